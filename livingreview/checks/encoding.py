"""From the bytes of a file to its text; what had to be passed over to read it is a fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from livingreview.faults import Fault

RESTORE = "Restore it from the repository, or export it again"
SAVE = "Save it as CSV UTF-8 (comma delimited), without a byte-order mark"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def text_of(path: Path, name: str) -> tuple[str | None, list[Fault]]:
    """Return the text of a file with LF line ends, and the faults of its bytes.

    A byte-order mark and carriage returns are faults, but do not hide those of the cells: the text
    comes without them, while the file stays as it is.

    Returns
    -------
    tuple of (str or None) and list of Fault
        None where the bytes are no text.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, [Fault(name, 0, "", "", "the file is missing", RESTORE)]
    except OSError as error:
        why = f"the file cannot be read ({error.strerror})"
        return None, [Fault(name, 0, "", "", why, RESTORE)]
    if not content.strip():
        return None, [Fault(name, 0, "", "", "the file is empty", RESTORE)]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [Fault(name, 1, "", "", "the file is UTF-16, not UTF-8", SAVE)]
    faults = []
    if content.startswith(BYTE_ORDER_MARK):
        content = content.removeprefix(BYTE_ORDER_MARK)
        faults.append(Fault(name, 1, "", "", "the file starts with a byte-order mark", SAVE))
    broken = list(_broken_lines(name, content))
    if broken:
        return None, faults + broken
    text = content.decode("utf-8")
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        more = text.count("\r") - 1
        why = "the line ends with a carriage return (Windows or old Mac line ends)"
        why += f", as do {more} more" if more else ""
        faults.append(Fault(name, line, "", "", why, "Save the file with LF line ends"))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        line = text.count("\n") + 1
        why = "the last line has no line end"
        last = text[text.rfind("\n") + 1 :]
        faults.append(Fault(name, line, "", last, why, "Add one, if the file is whole"))
    return text, faults


def _broken_lines(name: str, content: bytes) -> Iterator[Fault]:
    try:
        if b"\x00" not in content and content.decode("utf-8"):
            return
    except UnicodeDecodeError:
        pass
    lines = content.split(b"\n")
    for number, line in enumerate(lines, 1):
        if b"\x00" in line:
            column = _column_at(lines[0], line, line.index(b"\x00"))
            yield Fault(name, number, column, "byte 0x00", "the line holds a NUL byte", SAVE)
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = line[error.start : error.start + 1]
            try:
                meant = f' (did you mean "{byte.decode("cp1252")}", as Latin-1 writes it?)'
            except UnicodeDecodeError:
                meant = ""
            column = _column_at(lines[0], line, error.start)
            why = f"the file is not UTF-8 at byte {error.start + 1} of this line"
            yield Fault(name, number, column, f"byte 0x{byte[0]:02x}", why, SAVE + meant)


def _column_at(header: bytes, line: bytes, start: int) -> str:
    """Return the column in which a byte of a line stands, or an empty text."""
    # what stands outside quotes, up to that byte
    before = b"".join(line[:start].split(b'"')[::2])
    columns = header.decode("ascii", "replace").strip().split(",")
    return columns[before.count(b",")] if before.count(b",") < len(columns) else ""
