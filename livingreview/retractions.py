"""Retracted reports: which rows of the data rest on one.

A retracted report is not deleted: its rows stay in the CSV files, its studies keep their page and
their place in the register. `livingreview.data.load` leaves their rows out of the tables, in this
one step, so that no effect, pool, count, figure or other table can rest on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

TABLE = "retractions"
# Tables whose rows say what a source found; what words, factors and citations say stays.
FOUND = (
    *("studies", "doses", "arms", "measurements", "comparisons", "characteristics"),
    *("risk_of_bias", "trustworthiness", "pharmacology", "reference_values", "mechanisms"),
)
Row = Mapping[str, str]


@dataclass(frozen=True)
class Retracted:
    """What rests on a retracted report.

    Attributes
    ----------
    references : frozenset of str
        Keys of the retracted reports.
    sources : frozenset of str
        Sources that are one of these reports.
    studies : frozenset of str
        Studies that were reported in one, or taken from such a source.
    """

    references: frozenset[str]
    sources: frozenset[str]
    studies: frozenset[str]


def retracted(rows: Mapping[str, Iterable[Row]]) -> Retracted:
    """Return what rests on a retracted report.

    Parameters
    ----------
    rows : mapping of iterable of dict
        Rows by table; read are ``retractions``, ``sources``, ``studies``, ``doses``, ``arms``.
    """
    references = {row["reference"] for row in rows[TABLE]}
    sources = {row["source_id"] for row in rows["sources"] if row["reference"] in references}
    studies = {row["study_id"] for row in rows["studies"] if row["reference"] in references}
    # a study whose groups or doses cannot be trusted has nothing left that stands by itself
    for name in ("studies", "doses", "arms"):
        studies |= {row["study_id"] for row in rows[name] if row["source_id"] in sources}
    return Retracted(frozenset(references), frozenset(sources), frozenset(studies))


def leave_out(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables that hold rows of a retracted report, without these rows.

    Parameters
    ----------
    tables : mapping of DataFrame
        All tables by name; they are not changed.

    Returns
    -------
    dict of DataFrame
        Tables with fewer rows, or with a retracted study taken out of a list; no others.
    """
    if tables[TABLE].empty:
        return {}
    names = (TABLE, "sources", "studies", "doses", "arms")
    gone = retracted({name: tables[name].to_dict("records") for name in names})
    arms = tables["arms"].loc[tables["arms"]["study_id"].isin(gone.studies), "arm_id"]
    fewer: dict[str, pd.DataFrame] = {}
    dropped: set[tuple[str, str]] = set()
    for name in FOUND:
        frame = tables[name]
        out = frame["source_id"].isin(gone.sources)
        for column, keys in (("study_id", gone.studies), ("arm_id", arms)):
            if column in frame:
                out |= frame[column].isin(keys)
        if out.any():
            fewer[name] = frame[~out].reset_index(drop=True)
            dropped |= {(name, key) for key in frame.loc[out].iloc[:, 0]}
    faults = tables["discrepancies"]
    touches = [cell in dropped for cell in zip(faults["table"], faults["row"], strict=True)]
    if any(touches):
        fewer["discrepancies"] = faults[[not one for one in touches]].reset_index(drop=True)
    if "studies" in fewer:
        told = fewer["studies"]["overlaps"].map(lambda cell: _without(cell, gone.studies))
        fewer["studies"] = fewer["studies"].assign(overlaps=told)
    return fewer


def _without(cell: str, keys: frozenset[str]) -> str:
    """Return a list of keys, as a cell holds it, without some of them."""
    return " ".join(key for key in cell.split(" ") if key not in keys)
