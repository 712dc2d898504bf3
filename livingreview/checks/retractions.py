"""Retractions: each is of a report that the review holds, and no certainty rests on one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from livingreview.checks.references import Rows
from livingreview.faults import Fault, near_miss
from livingreview.project import DATA_DIR
from livingreview.retractions import TABLE, retracted


def check_retractions(rows: Rows, references: Collection[str]) -> Iterator[Fault]:
    """Yield retractions of what the review does not hold, and judgements that rest on one.

    Parameters
    ----------
    rows : Rows
        Rows by table; those that carry a fault are only looked up.
    references : collection of str
        Keys of the bibliography: one that it lacks is told as such.
    """
    known = {"studies", "sources"} <= rows.complete
    held = {row["reference"] for name in ("studies", "sources") for _, row in rows.every[name]}
    for line, row in rows[TABLE]:
        if known and row["reference"] in references and row["reference"] not in held:
            why = "no study and no source of the review is this report"
            remedy = (
                f"Use the key in column reference of its study{near_miss(row['reference'], held)}"
            )
            yield _fault(TABLE, line, "reference", row["reference"], why, remedy)
    gone = retracted({name: [row for _, row in found] for name, found in rows.every.items()})
    for line, row in rows["certainty"]:
        for key in row["studies"].split(" "):
            if key in gone.studies:
                why = "the study is retracted, and this judgement rests on it"
                remedy = "Judge the question again without it, and take it out of the list"
                yield _fault("certainty", line, "studies", key, why, remedy)


def _fault(table: str, line: int, column: str, value: str, why: str, remedy: str) -> Fault:
    return Fault(f"{DATA_DIR}/{table}.csv", line, column, value, why, remedy)
