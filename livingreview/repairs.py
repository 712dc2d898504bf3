"""``livingreview check --fix``: repair what cannot be misread, and say so, file by file.

Repaired are a byte-order mark, Windows line ends, spaces around a cell, empty rows, a missing last
line end, and semicolons or tabs in the place of commas. No value is touched: a decimal comma, a
date, an exponent or a word that is nearly right could mean two things, and stays a fault.
"""

from __future__ import annotations

import csv
import io
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from livingreview.checks.cells import check_cells
from livingreview.checks.days import is_day
from livingreview.checks.encoding import BYTE_ORDER_MARK
from livingreview.checks.files import SEPARATORS, read_lines, split
from livingreview.faults import NOTICE, Fault
from livingreview.project import DATA_DIR
from livingreview.schema import PackageError, Table, read_package


def repair_project(root: Path) -> list[Fault]:
    """Repair the tables of the project where that cannot change what they say.

    A file is replaced as a whole or not at all. A second run finds nothing to do.

    Returns
    -------
    list of Fault
        A notice for each repair, with the line as it was numbered before.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    try:
        package = read_package(root)
    except PackageError:
        return []  # the check names it; without it nobody knows what a table should look like
    told = []
    for table in package.tables.values():
        path = root / DATA_DIR / table.path
        if path.is_file():
            before = path.read_bytes()
            after, notices = repair_table(table, before)
            if after != before:
                _replace(path.resolve(), after)
                told += notices
    return told


def repair_table(table: Table, content: bytes) -> tuple[bytes, list[Fault]]:
    """Return the content of a table's file after repair, and a notice for each repair."""
    told = _Notices(table)
    text = _decoded(content, told)
    if text is None or not text.strip():
        return content, []
    if "\r" in text and text.count("\r") == text.count("\r\n"):
        line = text[: text.index("\r")].count("\n") + 1
        told.add(line, f"{text.count(chr(13))} lines ended with a carriage return", "now LF alone")
        text = text.replace("\r\n", "\n")
    if "\r" not in text:
        text = _separators(table, text, told)
        text = _lines(table, text, told)
    return text.encode("utf-8"), sorted(told.faults)


class _Notices:
    def __init__(self, table: Table):
        self.file, self.faults = f"{DATA_DIR}/{table.path}", []

    def add(self, line: int, why: str, now: str, column: str = "", value: str = "") -> None:
        self.faults.append(Fault(self.file, line, column, value, why, f"Repaired: {now}", NOTICE))


def _decoded(content: bytes, told: _Notices) -> str | None:
    bare = content
    while bare.startswith(BYTE_ORDER_MARK):
        bare = bare.removeprefix(BYTE_ORDER_MARK)
    try:
        text = bare.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\x00" in text:
        return None
    if bare != content:
        told.add(1, "the file started with a byte-order mark", "taken away")
    return text


def _separators(table: Table, text: str, told: _Notices) -> str:
    """Put commas for semicolons or tabs, if the table then reads without a single fault."""
    lines = text.split("\n")
    for separator, word in SEPARATORS.items():
        if "," in lines[0] or separator not in lines[0]:
            continue
        try:
            commas = "\n".join(_joined(split(line, separator)) for line in lines)
        except ValueError:
            continue
        raw, faults = read_lines(table, commas)
        if not faults and not check_cells(table, raw):
            told.add(1, f"the file was separated by {word}", "commas, and each cell as it was")
            return commas
    return text


def _lines(table: Table, text: str, told: _Notices) -> str:
    """Strip cells, leave out empty rows and end the last line; not where cells run over lines."""
    lines = text.removesuffix("\n").split("\n")
    try:
        rows = [split(line) for line in lines]
    except ValueError:
        return text
    header = next(([name.strip() for name in row] for row in rows if any(row)), [])
    if not set(table.by_name) & set(header):
        return text  # not the table that its name says: nothing is known of its lines
    kept = []
    for number, (line, cells) in enumerate(zip(lines, rows, strict=True), 1):
        bare = [cell.strip() for cell in cells]
        if not any(bare):
            told.add(number, "the row was empty", "taken away")
            continue
        if bare != cells and len(bare) == len(header):
            line = _joined(bare)
            for column, value, now in zip(header, cells, bare, strict=True):
                if value != now:
                    why = "there was a space at the start or end"
                    told.add(number, why, f'"{now}"', column, value)
        kept.append(line)
    end = "\n"
    if not text.endswith("\n") and any(cell.strip() for cell in rows[-1]):
        if _whole(table, header, split(kept[-1])):
            told.add(len(lines), "the last line had no line end", "it has one")
        else:
            end = ""
    return "\n".join(kept) + end


def _whole(table: Table, header: list[str], cells: list[str]) -> bool:
    """Whether a last row without a line end is whole, and not cut off with the file.

    Only a date tells: cut short it is no date, and none at all claims nothing. A text or a number
    that was cut looks like another one.
    """
    field = table.by_name.get(header[-1])
    is_date = field is not None and field.type == "date"
    return is_date and len(cells) == len(header) and (cells[-1] == "" or is_day(cells[-1]))


def _joined(cells: Iterable[str]) -> str:
    if not cells:
        return ""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """Put new content in place of a file: readers see the old one or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
