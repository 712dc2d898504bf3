"""What a reader may download of a figure: the numbers as CSV, and all files packed for the build.

A chapter's outputs are stored and shown again without running it. So its figures carry their files
with them, in an element of their output that the build takes out (livingreview/book/figures.py).
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass

import pandas as pd

OPENING = '<script type="application/json" class="lr-figure-files">'
PACKED = re.compile(re.escape(OPENING) + r"(.*?)</script>", re.DOTALL)
# A program for spreadsheets would compute a text that starts so.
FORMULA = re.compile(r"[=+\-@\t\r]")


def as_csv(table: pd.DataFrame) -> str:
    """Return the numbers behind a figure as CSV, every digit of them.

    A text that a spreadsheet would take for a formula gets an apostrophe before it. Numbers are
    left as they are, those below zero too.

    Parameters
    ----------
    table : DataFrame
        The numbers; its index is not written.
    """
    texts = [name for name in table if table[name].map(_formula).any()]
    safe = table.assign(**{name: table[name].map(harmless) for name in texts})
    heads = [harmless(name) for name in safe]
    return safe.to_csv(index=False, header=heads, lineterminator="\n", date_format="%Y-%m-%d")


def harmless(cell):
    """Return a cell that no spreadsheet computes; whatever is no text is returned as it is."""
    return f"'{cell}" if _formula(cell) else cell


def _formula(cell) -> bool:
    return isinstance(cell, str) and bool(FORMULA.match(cell))


@dataclass(frozen=True)
class FigureFiles:
    """A figure as it is downloaded.

    Attributes
    ----------
    name : str
        Short name of the figure.
    alt : str
        What is seen.
    files : dict of bytes
        Content by ending: ``svg``, ``csv``.
    studies : tuple of str
        Keys of the studies that the figure shows.
    """

    name: str
    alt: str
    files: dict[str, bytes]
    studies: tuple[str, ...] = ()


def packed(figure: FigureFiles) -> str:
    """Return the files of a figure in one element that shows nothing on a page."""
    coded = {end: base64.b64encode(content).decode() for end, content in figure.files.items()}
    about = {"name": figure.name, "alt": figure.alt, "studies": figure.studies}
    text = json.dumps(about | {"files": coded})
    return OPENING + text.replace("<", r"\u003c") + "</script>"


def unpacked(html: str) -> tuple[str, FigureFiles] | None:
    """Return an output without its files, and the files; None if it has none."""
    found = PACKED.search(html)
    if not found:
        return None
    raw = json.loads(found[1])
    files = {ending: base64.b64decode(code) for ending, code in raw["files"].items()}
    drawn = FigureFiles(raw["name"], raw["alt"], files, tuple(raw["studies"]))
    return html[: found.start()] + html[found.end() :], drawn
