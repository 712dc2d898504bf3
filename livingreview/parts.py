"""A part of the data: the rows of studies of one condition, or of one group of conditions.

A chapter about a part runs again when a row of that part changes, and not for a row of another.
So a part is found in two ways that must agree: in the tables as they are loaded, and in the files
as text, by which the build tells whether anything in a part has changed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from livingreview.project import BIBLIOGRAPHY, DATA_DIR

ABOUT = " about "  # in the name of what a chapter has read, between a file and the part of it
ENTRY = re.compile(r"^(?=[ \t]*@)", re.MULTILINE)
KEY = re.compile(r"@\w+\s*[{(]\s*([^\s,]+)\s*,")


@dataclass(frozen=True)
class Part:
    """Which rows belong to a part.

    Attributes
    ----------
    subject : str
        Key of a condition, or a group of conditions.
    keys : dict of frozenset
        By the column that decides: keys of the studies and their arms, and of all sources and
        references that a row of the part names.
    """

    subject: str
    keys: dict[str, frozenset[str]]

    def named(self, name: str) -> str:
        """Return the name of this part of a file."""
        return f"{name}{ABOUT}{self.subject}"

    def names(self, reference: str) -> bool:
        """Return whether a row of the part names a reference."""
        return reference in self.keys["reference"]


def deciding(table: str, columns: Iterable[str]) -> str:
    """Return the column that tells which rows of a table belong; empty where all of them do."""
    wanted = ("source_id",) if table == "sources" else ("study_id", "arm_id")
    return next((column for column in wanted if column in columns), "")


def part_about(
    subject: str, tables: Mapping[str, Iterable[str]], cells: Callable[[str, str], Iterable[str]]
) -> Part:
    """Return the part of the data about a subject.

    Parameters
    ----------
    subject : str
        Key of a condition, or a group of conditions.
    tables : mapping of iterable of str
        Columns of each table.
    cells : callable
        Returns the cells of a column, given the names of a table and of a column that it has.
    """

    def pairs(table: str, first: str, second: str) -> Iterator[tuple[str, str]]:
        return zip(cells(table, first), cells(table, second), strict=True)

    groups = dict(pairs("conditions", "condition_id", "group"))

    def belongs(conditions: str) -> bool:
        return any(subject in (one, groups.get(one)) for one in conditions.split(" "))

    studies = {one for one, found in pairs("studies", "study_id", "conditions") if belongs(found)}
    for table, columns in tables.items():
        if {"studies", "conditions"} <= set(columns):
            # a question may rest on studies of other conditions too
            for found, named in pairs(table, "conditions", "studies"):
                studies.update(named.split(" ") if belongs(found) else ())
    arms = frozenset(arm for arm, study in pairs("arms", "arm_id", "study_id") if study in studies)
    keys = {"study_id": frozenset(studies), "arm_id": arms}
    for column in ("source_id", "reference"):
        found: set[str] = set()
        for table, columns in tables.items():
            by = deciding(table, columns)
            if column not in columns or column == by:
                continue
            if by:
                found |= {named for key, named in pairs(table, by, column) if key in keys[by]}
            else:
                found |= set(cells(table, column))
        keys[column] = frozenset(found)
    return Part(subject, keys)


class PartsOfFiles:
    """Parts of the data as text of their files, whatever faults these have.

    Parameters
    ----------
    text : callable
        Returns the text of a file of the project, by its name.
    tables : sequence of str
        Names of the files that hold tables.
    """

    def __init__(self, text: Callable[[str], str], tables: Iterable[str]):
        self._text, self._files = text, {_table(name): name for name in tables}
        self._parts: dict[str, Part] = {}

    def content(self, name: str) -> str:
        """Return the text of the rows of a part of a file; `name` is as `Part.named` gives it."""
        file, _, subject = name.partition(ABOUT)
        keys = self._part(subject).keys
        if file == BIBLIOGRAPHY:
            return "\n\n".join(
                entry.strip()
                for entry in ENTRY.split(self._text(file))
                if not (found := KEY.findall(entry)) or not keys["reference"].isdisjoint(found)
            )
        header, *rows = self._rows.get(_table(file)) or [[]]
        by = deciding(_table(file), header)
        if by:
            at = header.index(by)
            # a row that ends before its key belongs to every part
            rows = [row for row in rows if len(row) <= at or row[at] in keys[by]]
        return "\n".join("\x1f".join(row) for row in [header, *rows])

    @cached_property
    def _rows(self) -> dict[str, list[list[str]]]:
        return {table: _read(self._text(name)) for table, name in self._files.items()}

    def _part(self, subject: str) -> Part:
        if subject not in self._parts:
            columns = {table: rows[0] if rows else [] for table, rows in self._rows.items()}
            self._parts[subject] = part_about(subject, columns, self._cells)
        return self._parts[subject]

    def _cells(self, table: str, column: str) -> list[str]:
        header, *rows = self._rows.get(table) or [[]]
        if column not in header:
            return [""] * len(rows)
        at = header.index(column)
        return [row[at] if len(row) > at else "" for row in rows]


def _read(text: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error:
        return [[text]]  # as behind a quote that nobody closed: all of it is in every part


def _table(file: str) -> str:
    return file.removeprefix(f"{DATA_DIR}/").removesuffix(".csv")
