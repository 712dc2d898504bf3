"""Marks at cells: ‡ beside a value that is corrected or in doubt opens what the source prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from livingreview.data import Review
from livingreview.effects.cells import Cell
from livingreview.tables.base import MARK, opens

UNKNOWN = "cannot be told"  # the words of the data for a likely value that nobody can tell


def marks(review: Review, table: str, row: str, *columns: str) -> Markup:
    """Return a mark for each discrepancy that touches one of these cells of a row.

    Parameters
    ----------
    review : Review
        The data.
    table, row : str
        Name of the table, and key of the row.
    *columns : str
        Columns that the text before the marks shows.
    """
    faults = review.faults.get((table, row), [])
    return Markup("").join(_mark(fault) for fault in faults if fault.column in columns)


def measured(review: Review, text: str, cells: Iterable[Cell]) -> Markup:
    """Return a text computed from cells of the data, with the marks of these cells.

    Parameters
    ----------
    review : Review
        The data.
    text : str
        The text.
    cells : iterable of (str, str, str)
        Table, key and column, as `livingreview.effects.effects` names them.
    """
    found = (marks(review, *cell) for cell in dict.fromkeys(cells))
    return escape(text) + Markup("").join(found)


def _mark(fault) -> Markup:
    label = "Corrected" if fault.corrected else "In doubt"
    place = f"{fault.printed}, in {fault.locator}"
    if fault.other_locator:
        place += f"; {fault.other_printed}, in {fault.other_locator}"
    if fault.likely == UNKNOWN:
        likely = "What is correct cannot be told"
    else:
        likely = f"Likely correct: {fault.likely}"
    lead = "Corrected here." if fault.corrected else "In doubt, shown as printed."
    note = f"{lead} Printed: {place}. {fault.why} {likely}. How established: {fault.established}."
    return opens(MARK, f"{label}: opens what the source prints", note, fault.discrepancy_id)


class MarkedRow:
    """One row of the data as the tables show it: the cells, each with its marks.

    It keeps in mind which columns were shown, so that `rest` can add the marks of all others and
    no fault is lost because a table does not show the very column that it touches.

    Parameters
    ----------
    review : Review
        The data.
    table : str
        Name of the table.
    row : mapping
        The row, possibly with columns joined to it.
    """

    def __init__(self, review: Review, table: str, row: Mapping[str, str]):
        """Look up the faults of the row."""
        self.row = row
        self._review, self._table = review, table
        description = review.package.tables[table]
        self._key = row[description.primary_key[0]]
        self._unshown = dict.fromkeys(description.by_name)

    def marks(self, *columns: str) -> Markup:
        """Return the marks of these columns, for a text that shows them."""
        for column in columns:
            self._unshown.pop(column, None)
        return marks(self._review, self._table, self._key, *columns)

    def show(self, column: str, text: str | Markup | None = None) -> Markup:
        """Return a cell, or the words that stand for it, with its marks."""
        shown = self.row[column] if text is None else text
        return escape(shown) + self.marks(column)

    def rest(self) -> Markup:
        """Return the marks of every column that was not shown."""
        return self.marks(*list(self._unshown))
