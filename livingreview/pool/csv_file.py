"""Reading CSV files, with line numbers and one clear line for each fault."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from livingreview.meta_analysis.errors import TableError

_MARKS = (
    (b"\xef\xbb\xbf", "a UTF-8 byte-order mark", "save it as UTF-8 without a byte-order mark"),
    (b"\xff\xfe", "a UTF-16 byte-order mark", "save it as UTF-8"),
    (b"\xfe\xff", "a UTF-16 byte-order mark", "save it as UTF-8"),
)


@dataclass(frozen=True)
class Record:
    """One row of cells.

    Attributes
    ----------
    line : int
        Line of the file on which the row begins, from 1.
    cells : list of str
        The cells as they stand.
    """

    line: int
    cells: list[str]


def show_path(path: str | Path) -> str:
    """Show a path on one line.

    Parameters
    ----------
    path : str or Path
        Any path.

    Returns
    -------
    str
        The path, escaped if it has characters that cannot be printed.
    """
    text = str(path)
    return text if text.isprintable() else ascii(text)


def _text(path: str | Path, shown: str) -> str:
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise TableError([f"{shown}: there is no such file; check the path"]) from None
    except IsADirectoryError:
        raise TableError([f"{shown}: this is a directory; name a CSV file in it"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise TableError([f"{shown}: the file cannot be read ({reason})"]) from None
    if not data.strip():
        raise TableError(
            [f"{shown}, line 1: the file is empty; write a header row and one row per study"]
        )
    for mark, name, remedy in _MARKS:
        if data.startswith(mark):
            raise TableError([f"{shown}, line 1: the file begins with {name}; {remedy}"])
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    faults = [
        f"{shown}, line {number}: the line contains a NUL byte; the file is damaged or not text, "
        "save it again as CSV in UTF-8"
        for number, line in enumerate(lines, start=1)
        if b"\0" in line
    ]
    for number, line in enumerate(lines, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            faults.append(
                f"{shown}, line {number}: the byte 0x{line[error.start]:02X} is not UTF-8; save "
                "the file as CSV in UTF-8"
            )
    if faults:
        raise TableError(faults)
    return data.decode("utf-8")


def read_records(path: str | Path) -> list[Record]:
    """Read the records of a CSV file.

    Parameters
    ----------
    path : str or Path
        CSV file in UTF-8, separated by commas.

    Returns
    -------
    list of Record
        Records with the line on which each begins; blank lines are left out.

    Raises
    ------
    TableError
        If the file cannot be read, is empty, is not UTF-8 text or is not valid CSV.
    """
    shown = show_path(path)
    text = _text(path, shown)
    # strict: a stray or unclosed quotation mark is an error, not a guess.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records = []
    start = 1
    try:
        for cells in reader:
            if cells:
                records.append(Record(start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            [f"{shown}, line {start}: the row is not valid CSV ({error}); check quotation marks"]
        ) from None
    return records
