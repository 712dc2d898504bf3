"""From the text of a CSV file to rows with line numbers, or to faults; nothing is repaired."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from livingreview.checks.encoding import RESTORE, text_of
from livingreview.faults import Fault, near_miss
from livingreview.project import DATA_DIR
from livingreview.schema import Table

SEPARATORS = {";": "semicolons", "\t": "tabs"}
OPEN_QUOTE = 'a quote " is opened and not closed'
RAGGED = 'Add or remove cells; put quotes " around a cell that holds a comma'


@dataclass
class RawTable:
    """The cells of one file as text.

    Attributes
    ----------
    rows : list of (int, dict)
        Line of the file (from 1) and cell by column name, of every row that can be read.
    sound : bool
        False if the file, its header or the form of a row is so faulty that rows may be missing.
    lost : list of str
        The lines whose cells cannot be told.
    lines : list of str
        The lines of the file as they stand.
    header : list of str
        The columns in the order of the file.
    separator : str
        What stands between two cells.
    """

    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    sound: bool = True
    lost: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    separator: str = ","

    def position(self, line: int, column: str) -> int:
        """Return the character of a line at which a cell starts, from 1, or 0 if unknown."""
        if not 0 < line <= len(self.lines) or column not in self.header:
            return 0
        return cell_start(self.lines[line - 1], self.header.index(column), self.separator)


def read_table(root: Path, table: Table) -> tuple[RawTable, list[Fault]]:
    """Read one CSV file in the pinned dialect: UTF-8, comma, LF, double quotes.

    A fault does not hide the next one: where a file can still be read, its rows are read.

    Returns
    -------
    tuple of RawTable and list of Fault
        The cells, and every fault of the file's form.
    """
    text, faults = text_of(root / DATA_DIR / table.path, f"{DATA_DIR}/{table.path}")
    if text is None:
        return RawTable(sound=False), faults
    raw, found = read_lines(table, text)
    return raw, faults + found


def read_lines(table: Table, text: str) -> tuple[RawTable, list[Fault]]:
    """Read the text of a CSV file; see `read_table`."""
    name = f"{DATA_DIR}/{table.path}"
    raw = RawTable(lines=text.removesuffix("\n").split("\n"))
    faults = _header(name, raw, table)
    if not faults and len(raw.lines) == 1 and not table.may_be_empty:
        faults.append(Fault(name, 0, "", "", "the table holds no rows", RESTORE))
    faults += _body(name, raw)
    filled = bool(raw.rows) or table.may_be_empty
    raw.sound = filled and not raw.lost and set(table.by_name) <= set(raw.header)
    return raw, faults


def split(line: str, separator: str = ",") -> list[str]:
    """Return the cells of one line.

    Raises
    ------
    ValueError
        If a quote is not closed, or closed before its cell ends; the message says which.
    """
    if '"' not in line:
        return line.split(separator) if line else []
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error as error:
        why = OPEN_QUOTE if "end of data" in str(error) else str(error)
        why = 'text stands after the closing quote " of a cell' if "expected after" in why else why
        raise ValueError(why) from None


def cell_start(line: str, index: int, separator: str = ",") -> int:
    """Return the character, from 1, at which the cell of this index starts; 0 if there is none."""
    quoted = False
    for position, character in enumerate(line, 1):
        if index == 0:
            return position
        if character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            index -= 1
    return len(line) + 1 if index == 0 else 0


def _header(name: str, raw: RawTable, table: Table) -> list[Fault]:
    expected, line, faults = list(table.by_name), raw.lines[0], []
    for separator, word in SEPARATORS.items():
        if "," not in line and separator in line:
            raw.separator = separator
            why = f"the file is separated by {word}, not by commas"
            faults.append(Fault(name, 1, "", line, why, "Save it as CSV (comma delimited)"))
    try:
        raw.header = split(line, raw.separator)
    except ValueError as error:
        why = f"the header cannot be read ({error})"
        return [*faults, Fault(name, 1, "", "", why, f"It must be {','.join(expected)}")]
    for column, count in Counter(raw.header).items():
        if count > 1 and column:
            why = f"the column stands {count} times"
            faults.append(Fault(name, 1, column, "", why, "Keep one of them"))
        elif not column:
            why = f"{count} column(s) without a name"
            faults.append(Fault(name, 1, "", "", why, "Remove them, and their cells in every row"))
        elif column not in expected:
            missing = [other for other in expected if other not in raw.header]
            remedy = f"Remove or rename it{near_miss(column, missing or expected)}"
            faults.append(Fault(name, 1, column, "", "there is no such column here", remedy))
    for column in expected:
        if column not in raw.header:
            remedy = f"Add it; the columns are {', '.join(expected)}"
            faults.append(Fault(name, 1, column, "", "the column is missing", remedy))
    return faults


def _body(name: str, raw: RawTable) -> list[Fault]:
    faults: list[Fault] = []
    if not raw.header or len(set(raw.header)) < len(raw.header):
        return faults
    beyond = 0  # last line of a cell that runs over several
    for number, line in enumerate(raw.lines[1:], 2):
        if number <= beyond:
            continue
        try:
            cells = split(line, raw.separator)
        except ValueError as error:
            raw.lost.append(line)
            column, value = "", line
            beyond, cells = _over_lines(raw, number) if str(error) == OPEN_QUOTE else (0, [])
            if beyond:
                column, value = next(
                    item for item in zip(raw.header, cells, strict=True) if "\n" in item[1]
                )
                why, remedy = "a cell runs over more than one line", "Write it on one line"
            else:
                why, remedy = f"the row cannot be read ({error})", "Check the quotes of this row"
            faults.append(Fault(name, number, column, value, why, remedy))
            continue
        if len(cells) == len(raw.header) and any(cells):
            cells = map(sys.intern, cells)  # most stand in many rows, and are held once
            raw.rows.append((number, dict(zip(raw.header, cells, strict=True))))
        else:
            faults.extend(_no_row(name, number, cells, raw))
    return faults


def _over_lines(raw: RawTable, number: int) -> tuple[int, list[str]]:
    """Return the line that closes a quote opened in a line, and the cells of the row that both are.

    Returns
    -------
    tuple of int and list of str
        0 and no cells where the lines are no row together.
    """
    # only a line with an odd number of quotes can close it
    for other in range(number + 1, len(raw.lines) + 1):
        if raw.lines[other - 1].count('"') % 2:
            try:
                cells = split("\n".join(raw.lines[number - 1 : other]), raw.separator)
            except ValueError:
                return 0, []
            return (other, cells) if len(cells) == len(raw.header) else (0, [])
    return 0, []


def _no_row(name: str, number: int, cells: list[str], raw: RawTable) -> Iterator[Fault]:
    if not any(cells):
        why = "the row holds nothing but separators" if cells else "the line is empty"
        yield Fault(name, number, "", "", why, "Remove it")
        return
    why = f"the row has {len(cells)} cells where the header has {len(raw.header)} columns"
    line = raw.lines[number - 1]
    raw.lost.append(line)
    smart = '; smart quotes “ ” do not hold a cell together, only " does' if "“" in line else ""
    yield Fault(name, number, "", line, why, RAGGED + smart)
