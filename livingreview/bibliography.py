"""References by key, read from references.bib."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from livingreview.faults import Fault
from livingreview.project import BIBLIOGRAPHY

if TYPE_CHECKING:
    from pybtex.database import Entry


@dataclass(frozen=True)
class Reference:
    """One entry of the bibliography, as far as pages of the book show it; `entry` has it whole."""

    key: str
    authors: tuple[str, ...]
    year: str
    title: str
    where: str
    doi: str
    url: str
    pmid: str = ""
    registration: str = ""
    entry: Entry | None = field(default=None, repr=False, compare=False)

    @property
    def short(self) -> str:
        """Author and year, as a table shows it: ``Liu et al. 2020``."""
        if not self.authors:
            return self.key
        names = {1: self.authors[0], 2: " and ".join(self.authors[:2])}
        # works of one author and year are told apart by the letter of their key
        letter = self.key[-1] if re.search(r"\d{4}[a-z]$", self.key) else ""
        return f"{names.get(len(self.authors), self.authors[0] + ' et al.')} {self.year}{letter}"

    @property
    def anchor(self) -> str:
        """Its place in the list of references, as docutils makes identifiers of a key."""
        return re.sub("[^a-z0-9]+", "-", f"ref-{self.key.lower()}").strip("-")

    @property
    def full(self) -> str:
        """The reference in one line, for a tooltip."""
        return f"{self.short}. {self.title}. {self.where}".strip(". ") + "."


def read_bibliography(root: Path) -> tuple[dict[str, Reference], list[Fault]]:
    """Return the references by key, and the faults of the file.

    Entries are read by pybtex; a file that it cannot read is one fault, not a traceback.
    """
    # pybtex takes a while to import and most callers of the package do not need it
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    fix = "Correct the entry, or restore the file from the repository"
    try:
        text = (root / BIBLIOGRAPHY).read_bytes().decode("utf-8")
        entries = parse_string(text, bib_format="bibtex").entries
    except FileNotFoundError:
        return {}, [Fault(BIBLIOGRAPHY, 0, "", "", "the file is missing", fix)]
    except OSError as error:
        why = f"the file cannot be read ({error.strerror})"
        return {}, [Fault(BIBLIOGRAPHY, 0, "", "", why, fix)]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return {}, [Fault(BIBLIOGRAPHY, line, "", "", "the file is not UTF-8", fix)]
    except PybtexError as error:
        why = f"the file cannot be read ({' '.join(str(error).split())})"
        line = getattr(error, "lineno", None) or 0
        return {}, [Fault(BIBLIOGRAPHY, line, "", "", why, fix)]
    return {key: _reference(key, entry) for key, entry in entries.items()}, [
        fault for key, entry in entries.items() for fault in _comments(key, entry)
    ]


def _comments(key: str, entry) -> list[Fault]:
    """Name the fields that the list of references would show cut off."""
    why = "a percent sign starts a comment in LaTeX, so that the rest of the field would be lost"
    return [
        Fault(BIBLIOGRAPHY, 0, name, key, why, "Write \\% instead of %")
        for name, value in entry.fields.items()
        if name not in ("doi", "url") and BARE_PERCENT.search(value)
    ]


def _reference(key: str, entry) -> Reference:
    fields = entry.fields
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [plain(" ".join(person.prelast_names + person.last_names)) for person in people]
    where = fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or ""
    for name, mark in (("volume", " "), ("pages", ":")):
        if fields.get(name):
            where += mark + fields[name].replace("--", "–")
    return Reference(
        key=key,
        authors=tuple(name for name in names if name.lower() != "others")
        + (("others",) if "others" in [name.lower() for name in names] else ()),
        year=fields.get("year", ""),
        title=plain(fields.get("title", "")),
        where=plain(where),
        doi=fields.get("doi", ""),
        url=fields.get("url", ""),
        pmid=fields.get("pmid", ""),
        registration=fields.get("registration", ""),
        entry=entry,
    )


BARE_PERCENT = re.compile(r"(?<!\\)%")
# Most titles and names: signs that LaTeX leaves alone, hyphens that are no dash, and commas that
# are no quotation mark.
NO_LATEX = re.compile(r"(?:[\w\s.:;()/+=]|-(?!-)|,(?!,))*")
# A lone brace has no form that all readers of BibTeX agree on: its wide form stands for it.
BRACES = str.maketrans("{}", "｛｝")
_BRACES_BACK = str.maketrans("｛｝", "{}")


def plain(text: str) -> str:
    """Return the text of a field without LaTeX, read as the list of references reads it."""
    if NO_LATEX.fullmatch(text):
        return re.sub(r"\s+", " ", text).strip()
    return without_latex(text)


def without_latex(text: str) -> str:
    """Return the text of a field, decoded; `plain` spares this where nothing is to be decoded."""
    from pybtex.richtext import Text

    decoded = str(Text.from_latex(BARE_PERCENT.sub(r"\%", text))).translate(_BRACES_BACK)
    return re.sub(r"\s+", " ", decoded.replace("\\$", "$")).strip()
