"""Tables as frames: each look-up is noted as a read of the table's file, or of a part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from livingreview import reads, retractions
from livingreview.parts import Part, deciding, part_about

CORRECTIONS = "discrepancies"


class Tables(Mapping):
    """Frames by the name of their table.

    Each look-up is noted as a read of the table's file, and of the files that may correct it or
    take rows out of it.
    """

    def __init__(self, frames: dict[str, pd.DataFrame], paths: dict[str, str]):
        self._frames = frames
        self._paths = paths

    def __getitem__(self, name: str) -> pd.DataFrame:
        frame = self._frames[name]
        for read in (name, CORRECTIONS, retractions.TABLE):
            reads.note(self._paths[read])
        return frame

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def __or__(self, others: dict[str, pd.DataFrame]) -> Tables:
        """Return these tables with some of them replaced."""
        return Tables(self._frames | others, self._paths)

    def part(self, subject: str) -> Part:
        """Return what belongs to a condition or a group of conditions; no table counts as read.

        Raises
        ------
        ValueError
            If there is no condition and no group of that name.
        """
        known = self._frames["conditions"]
        if subject not in set(known["condition_id"]) | set(known["group"]):
            raise ValueError(f"no condition and no group of conditions is named {subject!r}")
        return part_about(subject, self._frames, lambda table, name: self._frames[table][name])

    def of(self, part: Part) -> Tables:
        """Return the rows of a part; a look-up is noted as a read of that part of the file."""
        paths = {
            name: part.named(path) if deciding(name, self._frames[name]) else path
            for name, path in self._paths.items()
        }
        return Tables(rows_of(part, self._frames), paths)


def rows_of(part: Part, frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the rows of a part of some tables."""
    found = {}
    for name, frame in frames.items():
        by = deciding(name, frame)
        if by in part.keys:
            frame = frame[frame[by].isin(part.keys[by])].reset_index(drop=True)
        found[name] = frame
    return found
