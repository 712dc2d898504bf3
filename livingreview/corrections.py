"""The one step that puts the corrected content in place of what a source prints wrongly.

The CSV files hold every value as printed. A row of ``discrepancies`` that names table, row and
column, and gives ``corrected``, answers that cell. The step is taken once, when the data are
loaded: tables, figures, effects and counts rest on the corrected cells; the audit of reported
statistics asks for the printed ones, since it is about what is printed.
"""

from __future__ import annotations

import pandas as pd

from livingreview.schema import Package


def apply_corrections(
    package: Package, printed: dict[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return the tables that hold a corrected cell, with the corrected content in it.

    Parameters
    ----------
    package : Package
        Description of the tables, for the column with the key.
    printed : dict of DataFrame
        All tables as printed, by name; they are not changed.

    Returns
    -------
    dict of DataFrame
        Copies of the tables that a correction touches, by name; the others are not in it.
    """
    faults = printed["discrepancies"]
    tables = {}
    for name, rows in faults[faults["corrected"] != ""].groupby("table", sort=False):
        frame = printed[name].copy()
        keys = frame[package.tables[name].primary_key[0]]
        for fault in rows.itertuples(index=False):
            frame.loc[keys == fault.row, fault.column] = fault.corrected
        tables[name] = frame
    return tables


def faults_by_row(discrepancies: pd.DataFrame) -> dict[tuple[str, str], list[tuple]]:
    """Return the discrepancies that touch a cell, by table and key of the row."""
    found: dict[tuple[str, str], list[tuple]] = {}
    for fault in discrepancies[discrepancies["row"] != ""].itertuples(index=False):
        found.setdefault((fault.table, fault.row), []).append(fault)
    return found
