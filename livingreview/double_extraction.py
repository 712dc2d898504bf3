"""Cells that were read in their source twice: which they can be, and whether the readings agree.

Compared is the text as printed: ``0.5`` and ``0.50`` are a disagreement, since this review keeps
the precision that a source prints, but they are told apart from different numbers. What was first
found is kept beside the second reading, so that a disagreement counts as one after it is resolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from livingreview.printed import number
from livingreview.schema import Package, Table

TABLE = "second_readings"
NOT_PRINTED = "not printed"
# Doses are left out: the names of groups tell them, so that nobody could read them unseen.
TABLES = ("studies", "arms", "measurements", "comparisons")
CLAIMED = ("direction", "significance")
KEPT = ("first", "second")
Row = Mapping[str, str]


@dataclass(frozen=True)
class Reading:
    """A cell that was read twice.

    Attributes
    ----------
    table, row, column : str
        The cell.
    first, second : str
        What the two readings found, or `NOT_PRINTED`.
    reader : str
        Who read it the second time.
    resolved : bool
        Whether a disagreement was resolved.
    study : str
        Key of the study that the cell belongs to.
    """

    table: str
    row: str
    column: str
    first: str
    second: str
    reader: str
    resolved: bool
    study: str

    @property
    def agrees(self) -> bool:
        """Whether both found the same text."""
        return self.first == self.second

    @property
    def same_number(self) -> bool:
        """Whether they found one number in two forms, such as ``0.5`` and ``0.50``."""
        return not self.agrees and same_number(self.first, self.second)


def same_number(first: str, second: str) -> bool:
    """Return whether two texts stand for one number, with the same sign of comparison."""
    try:
        signs = [text[0] if text[:1] in "<>≤≥~" else "" for text in (first, second)]
        return signs[0] == signs[1] and number(first) == number(second)
    except (ValueError, ArithmeticError):
        return False


def columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that are read twice: printed numbers, and what is claimed."""
    if table.name not in TABLES:
        return ()
    return tuple(
        name
        for name, field in table.by_name.items()
        if field.printed or (table.name == "comparisons" and name in CLAIMED)
    )


def readings(tables: Mapping[str, Iterable[Row]]) -> Iterator[Reading]:
    """Yield the rows of ``second_readings`` as `Reading`."""
    arms = {row["arm_id"]: row["study_id"] for row in tables["arms"]}
    owner = {("arms", arm): study for arm, study in arms.items()}
    for name, key in (("measurements", "measurement_id"), ("comparisons", "comparison_id")):
        owner |= {(name, row[key]): arms[row["arm_id"]] for row in tables[name]}
    names = ("table", "row", "column", "first", "second", "reader")
    for row in tables[TABLE]:
        study = owner.get((row["table"], row["row"]), row["row"])
        yield Reading(*(row[name] for name in names), bool(row["kept"]), study)


def counted(package: Package, tables: Mapping[str, Iterable[Row]]) -> dict[str, int]:
    """Return how many values the first reading found in the cells that can be read twice."""
    return {
        name: sum(
            bool(row[column]) for row in tables[name] for column in columns(package.tables[name])
        )
        for name in TABLES
    }
