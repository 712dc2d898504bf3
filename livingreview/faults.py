"""What is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"
NOTICE = "notice"


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
    severity : str
        `ERROR`, which stops the build, `WARNING` for what is unlikely but may be true, or
        `NOTICE` for what was repaired because somebody asked for it.
    position : int
        Character of the line at which the cell starts, counted from 1; 0 where it is not known.
    """

    file: str
    line: int
    column: str
    value: str
    why: str
    remedy: str
    severity: str = ERROR
    position: int = 0

    def __str__(self) -> str:
        """Return the fault on one line: file, line, column, value, why, remedy."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        mark = "" if self.severity == ERROR else f" {self.severity}:"
        return f"{ascii_controls(place)}:{mark} {self._words()}"

    def annotation(self) -> str:
        """Return the fault as a workflow command, which GitHub shows beside the changed line."""
        place = {"file": self.file, "line": self.line, "col": self.position, "title": self.why}
        properties = ",".join(
            f"{name}={_escaped(ascii_controls(str(value)), ':,')}"
            for name, value in place.items()
            if value
        )
        return f"::{self.severity} {properties}::{_escaped(self._words())}"

    def _words(self) -> str:
        column = f"column {self.column}: " if self.column else ""
        value = f"{shown(self.value)} " if self.value != "" else ""
        return ascii_controls(f"{column}{value}{self.why}. {self.remedy.removesuffix('.')}.")


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
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def near_miss(value: str, words: Iterable[str]) -> str:
    """Return ``(did you mean "word"?)`` for the nearest of `words`, or an empty text."""
    return NearMisses(words)(value)


class NearMisses:
    """The near miss of one value after another among the same words.

    Parameters
    ----------
    words : iterable of str
        What could be meant.
    """

    # Pairs of words compared at most: a second's work. A file with more unknown words than that
    # has another trouble than a slip of the pen.
    MOST_PAIRS = 50_000

    def __init__(self, words: Iterable[str]):
        self._lower = {word.lower(): word for word in words}
        self._found: dict[str, str] = {}

    def __call__(self, value: str) -> str:
        """Return ``(did you mean "word"?)`` after a space, or an empty text."""
        if value not in self._found:
            self._found[value] = self._search(value)
        return self._found[value]

    def _search(self, value: str) -> str:
        if len(self._found) * len(self._lower) > self.MOST_PAIRS or len(value) > 1000:
            return ""
        found = difflib.get_close_matches(value.lower().strip(), self._lower, n=1, cutoff=0.6)
        return f' (did you mean "{self._lower[found[0]]}"?)' if found else ""


def _escaped(text: str, more: str = "") -> str:
    """Return a text as GitHub reads it in a workflow command; in a property `more` stands too."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
