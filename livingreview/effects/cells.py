"""Which cells of the data an effect rests on, and which of them are corrected."""

from __future__ import annotations

from collections.abc import Iterable

from livingreview.data import Review

Cell = tuple[str, str, str]  # table, key of the row, column
N_CELL = "n_cell"  # entry of a measurement whose size is a value of another row


def of_arm(arm: dict, *columns: str) -> tuple[Cell, ...]:
    """Return the cells that columns of a measurement stand in; its size may be another's count."""
    own = (("measurements", arm["measurement_id"], column) for column in columns)
    return tuple(arm.get(N_CELL, cell) if cell[2] == "n" else cell for cell in own)


def corrected(review: Review, cells: Iterable[Cell]) -> str:
    """Say what is corrected among cells, as printed and as it is now; empty where nothing is."""
    words = []
    for table, key, column in dict.fromkeys(cells):
        if (table, key) in review.faults:
            before, now = (data.labels(table, column)[key] for data in (review.printed, review))
            if before != now:
                words.append(f"{column} corrected from {before or 'nothing'} to {now or 'nothing'}")
    return "; ".join(words)
