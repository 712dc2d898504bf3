"""From the bytes of a CSV file to rows with line numbers, or to faults; nothing is repaired."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from livingreview.faults import Fault, near_miss
from livingreview.project import DATA_DIR
from livingreview.schema import Table

RESTORE = "Restore it from the repository, or export it again"
NOT_A_VALUE = {"nan", "na", "n/a", "#n/a", "null", "none", "inf", "-inf", "#ref!", "#value!"}


@dataclass
class RawTable:
    """The cells of one file as text.

    Attributes
    ----------
    rows : list of (int, dict)
        Line of the file (from 1) and cell by column name.
    sound : bool
        False if the file or its header is faulty, so that its cells cannot be judged.
    """

    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    sound: bool = True


def read_table(root: Path, table: Table) -> tuple[RawTable, list[Fault]]:
    """Read one CSV file in the pinned dialect: UTF-8, comma, LF, double quotes.

    Returns
    -------
    tuple of RawTable and list of Fault
        The cells, and every fault of the file's form.
    """
    name = f"{DATA_DIR}/{table.path}"
    raw = RawTable()
    text, faults = _read_text(root / DATA_DIR / table.path, name)
    if text is None:
        raw.sound = False
        return raw, faults
    lines = text.split("\n")
    header = next(csv.reader(lines[:1], strict=False), [])
    header_faults = _header(name, header, table)
    if header_faults:
        raw.sound = False
        return raw, faults + header_faults
    body, body_faults = _body(name, text, header)
    raw.rows = body
    if not body and not body_faults:
        faults.append(Fault(name, 0, "", "", "the table holds no rows", RESTORE))
        raw.sound = False
    if body_faults:
        raw.sound = False
    return raw, faults + body_faults


def _read_text(path: Path, name: str) -> tuple[str | None, list[Fault]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, [Fault(name, 0, "", "", "the file is missing", RESTORE)]
    except OSError as error:
        why = f"the file cannot be read ({error.strerror})"
        return None, [Fault(name, 0, "", "", why, RESTORE)]
    if not content.strip():
        return None, [Fault(name, 0, "", "", "the file is empty", RESTORE)]
    save = "Save it as CSV UTF-8 (comma delimited), without a byte-order mark"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [Fault(name, 1, "", "", "the file is UTF-16, not UTF-8", save)]
    if content.startswith(b"\xef\xbb\xbf"):
        return None, [Fault(name, 1, "", "", "the file starts with a byte-order mark", save)]
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        return None, [Fault(name, line, "", "", "the line holds a NUL byte", save)]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        byte = f"byte 0x{content[error.start]:02x}"
        return None, [Fault(name, line, "", byte, "the file is not UTF-8", save)]
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        why = "the line ends with a carriage return (Windows or old Mac line ends)"
        return None, [Fault(name, line, "", "", why, "Save the file with LF line ends")]
    if not text.endswith("\n"):
        line = text.count("\n") + 1
        return text, [
            Fault(name, line, "", "", "the last line has no line end", "Add one: is the file whole")
        ]
    return text, []


def _header(name: str, header: list[str], table: Table) -> list[Fault]:
    expected = list(table.by_name)
    if len(header) == 1 and len(expected) > 1:
        for mark, word in ((";", "semicolons"), ("\t", "tabs")):
            if mark in header[0]:
                why = f"the file is separated by {word}, not by commas"
                return [Fault(name, 1, "", "", why, "Save it as CSV (comma delimited)")]
    faults = []
    for column, count in Counter(header).items():
        if count > 1:
            faults.append(
                Fault(name, 1, column, "", f"the column stands {count} times", "Keep one of them")
            )
        elif column not in table.by_name:
            remedy = f"Remove or rename it{near_miss(column, expected)}"
            faults.append(Fault(name, 1, column, "", "there is no such column here", remedy))
    for column in expected:
        if column not in header:
            remedy = f"Add it; the columns are {', '.join(expected)}"
            faults.append(Fault(name, 1, column, "", "the column is missing", remedy))
    return faults


def _body(
    name: str, text: str, header: list[str]
) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    rows: list[tuple[int, dict[str, str]]] = []
    faults: list[Fault] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    next(reader)
    line = reader.line_num + 1
    try:
        for cells in reader:
            if reader.line_num > line:
                why = "a cell runs over more than one line"
                faults.append(Fault(name, line, "", "", why, "Write it on one line"))
            elif not cells:
                faults.append(Fault(name, line, "", "", "the line is empty", "Remove it"))
            elif len(cells) != len(header):
                why = f"the row has {len(cells)} cells where the header has {len(header)} columns"
                remedy = 'Add or remove cells; put quotes " around a cell that holds a comma'
                faults.append(Fault(name, line, "", ",".join(cells), why, remedy))
            else:
                row = dict(zip(header, cells, strict=True))
                rows.append((line, row))
                faults.extend(_cells(name, line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        why = f"the row cannot be read ({error})"
        faults.append(Fault(name, line, "", "", why, "Check the quotes of this row"))
    return rows, faults


def _cells(name: str, line: int, row: dict[str, str]) -> list[Fault]:
    faults = []
    for column, value in row.items():
        if value != value.strip():
            why = "there is a space at the start or end"
            faults.append(Fault(name, line, column, value, why, "Remove it"))
        elif value.lower() in NOT_A_VALUE:
            why = "this is no value"
            remedy = "Leave the cell empty where the source gives nothing"
            faults.append(Fault(name, line, column, value, why, remedy))
        elif not value.isprintable():
            why = "the cell holds a control character"
            faults.append(Fault(name, line, column, value, why, "Type the cell again"))
    return faults
