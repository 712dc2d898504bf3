"""A citation and what a register says of a trial, whatever they were read from."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from text_unidecode import unidecode

DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/[^\s{}\\]+)", re.IGNORECASE)
NCT = re.compile(r"(?:https?://(?:www\.)?clinicaltrials\.gov/\S*?)?(NCT\d{8})", re.IGNORECASE)
PMID = re.compile(
    r"(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?\s*)?([1-9]\d{0,8})/?", re.IGNORECASE
)
# Crossref and PubMed send titles with these marks of print; any other <...> is text.
PRINT_MARKS = re.compile(r"</?(?:i|b|u|em|strong|sub|sup|sc|scp|tt)>", re.IGNORECASE)


class NewStudyError(Exception):
    """The study cannot be added; the message says why and what to do."""


@dataclass(frozen=True)
class Author:
    """A person, or a body where `given` is empty."""

    family: str
    given: str = ""


@dataclass(frozen=True)
class Given:
    """What an arm was given, as the source calls and prints it."""

    called: str = ""
    amount: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Arm:
    """A group; `role` is a word of the table's vocabulary or empty."""

    label: str = ""
    role: str = ""
    given: tuple[Given, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What a register says, in the words of the table of studies; empty where it does not."""

    design: str = ""
    n: str = ""
    status: str = ""
    phase: str = ""
    country: str = ""
    arms: tuple[Arm, ...] = ()


@dataclass(frozen=True)
class Citation:
    """A work as plain text; empty where the record is silent."""

    title: str
    authors: tuple[Author, ...]
    year: str
    journal: str = ""
    publisher: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    registration: str = ""
    url: str = ""
    urldate: str = ""
    trial: Trial | None = field(default=None)


def whole(citation: Citation) -> Citation:
    """Return the citation if it has what an entry cannot be without.

    Raises
    ------
    NewStudyError
        If title, author or year is missing.
    """
    for part in ("title", "authors", "year"):
        if not getattr(citation, part):
            raise NewStudyError(
                f"the record gives no {part.removesuffix('s')}; write the entry by hand, "
                "as CONTRIBUTING.md says under Add a study"
            )
    return citation


def clean(text: object) -> str:
    """Return text as the tables take it: one line, no marks of print, nothing invisible."""
    plain = PRINT_MARKS.sub("", html.unescape(str(text or "")))
    plain = re.sub(r"\s+", " ", plain)
    # control characters and marks that turn the direction of writing would hide what stands there
    return "".join(c for c in plain if c.isprintable()).strip()


def doi_of(text: str) -> str:
    """Return the DOI in small letters, without the address before it; empty if there is none."""
    found = DOI.fullmatch(text.strip())
    return found[1].lower() if found else ""


def year_of(text: object) -> str:
    """Return the first year in a date of any form; empty if there is none."""
    found = re.search(r"(?<!\d)(1[89]|20)\d\d(?!\d)", str(text or ""))
    return found[0] if found else ""


def registered(numbers: Iterable[str]) -> str:
    """Return the NCT number if there is one and only one; a paper may name several trials."""
    found = {number.upper() for number in numbers if NCT.fullmatch(number)}
    return found.pop() if len(found) == 1 else ""


def letters(text: str) -> str:
    """Return the ASCII letters and digits of a text, in small letters."""
    return re.sub(r"[^a-z0-9]+", "", unidecode(text).lower())


def new_key(citation: Citation, taken: Iterable[str]) -> str:
    """Return the key of a new entry: first author, year, and a letter where that is taken.

    Parameters
    ----------
    citation : Citation
        With author and year.
    taken : iterable of str
        Keys in use; ``smith2024_cells`` and ``smith2024b`` both count as ``smith2024``.

    Raises
    ------
    NewStudyError
        If the author's name has no letter or all letters are taken.
    """
    first = citation.authors[0]
    # of a body the first word will do, as in the keys that are there
    word = letters(first.family if first.given else (first.family.split() or [""])[0])
    if not word:
        raise NewStudyError(f'no key can be made of the author "{first.family}"')
    base = word + citation.year
    used = [
        found[1]
        for key in taken
        if (found := re.fullmatch(rf"{re.escape(base)}([a-z]?)(?:[_.].*)?", key.lower()))
    ]
    if not used:
        return base
    letter = max(max(used), "a")
    if letter == "z":
        raise NewStudyError(f"all keys from {base} to {base}z are taken")
    return base + chr(ord(letter) + 1)
