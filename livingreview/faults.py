"""What is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault in the data.

    Attributes
    ----------
    file : str
        Path inside the project.
    line : int
        Line of the file, counted from 1; 0 for the file as a whole.
    column : str
        Name of the column, or an empty text for a whole row or file.
    value : str
        What stands there.
    why : str
        Why it is a fault.
    remedy : str
        What to do.
    """

    file: str
    line: int
    column: str
    value: str
    why: str
    remedy: str

    def __str__(self) -> str:
        """Return the fault on one line: file, line, column, value, why, remedy."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        column = f" column {self.column}:" if self.column else ""
        value = f" {shown(self.value)}" if self.value != "" else ""
        return f"{place}:{column}{value} {self.why}. {self.remedy}."


class DataError(Exception):
    """The data cannot be used; `faults` says why."""

    def __init__(self, faults: Iterable[Fault]):
        """Keep the faults, sorted by place."""
        self.faults = sorted(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def shown(value: str, most: int = 60) -> str:
    """Return a value in quotes, on one line, cut where it is long."""
    text = value if len(value) <= most else value[: most - 1] + "…"
    return ascii_controls(f'"{text}"')


def ascii_controls(text: str) -> str:
    """Return the text with control characters written as escapes, so that one line stays one."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def near_miss(value: str, words: Iterable[str]) -> str:
    """Return ``; did you mean "word"?`` for the nearest of `words`, or an empty text."""
    words = list(words)
    lower = {word.lower(): word for word in words}
    found = difflib.get_close_matches(value.lower().strip(), lower, n=1, cutoff=0.6)
    return f' (did you mean "{lower[found[0]]}"?)' if found else ""
