"""The bibliography as CSL-JSON and RIS, for programs that do not read BibTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from livingreview.bibliography import plain

# Type of an entry in CSL and in RIS.
TYPES = {
    "article": ("article-journal", "JOUR"),
    "book": ("book", "BOOK"),
    "inbook": ("book", "BOOK"),
    "incollection": ("chapter", "CHAP"),
    "inproceedings": ("paper-conference", "CPAPER"),
}
OTHER = ("webpage", "ELEC")
CSL_NAMES = {
    "title": "title",
    "journal": "container-title",
    "booktitle": "container-title",
    "series": "collection-title",
    "volume": "volume",
    "number": "issue",
    "pages": "page",
    "publisher": "publisher",
    "address": "publisher-place",
    "edition": "edition",
    "chapter": "section",
    "doi": "DOI",
    "pmid": "PMID",
    "url": "URL",
    "note": "note",
}
RIS_NAMES = {
    "title": "title",
    "collection-title": "tertiary_title",
    "volume": "volume",
    "issue": "number",
    "publisher": "publisher",
    "publisher-place": "place_published",
    "edition": "edition",
    "DOI": "doi",
    "PMID": "accession_number",
}


def as_csl(bibtex: str) -> list[dict]:
    """Return the entries of a BibTeX file as items of CSL-JSON, in the order of the file.

    Parameters
    ----------
    bibtex : str
        Text of the file. LaTeX in it becomes plain text.
    """
    from pybtex.database import parse_string

    entries = parse_string(bibtex, "bibtex").entries
    return [_csl(key, entry) for key, entry in entries.items()]


def _csl(key: str, entry) -> dict:
    item = {"id": key, "type": TYPES.get(entry.type, OTHER)[0]}
    for role in ("author", "editor"):
        if entry.persons.get(role):
            item[role] = [_name(person) for person in entry.persons[role]]
    for name, value in entry.fields.items():
        if name in CSL_NAMES:
            # an address is no LaTeX
            text = value.replace("\\_", "_") if name in ("doi", "url") else plain(value)
            item[CSL_NAMES[name]] = text
    if year := entry.fields.get("year"):
        item["issued"] = {"date-parts": [[int(year)]]} if year.isdigit() else {"literal": year}
    if day := re.fullmatch(r"(\d+)-(\d+)-(\d+)", entry.fields.get("urldate", "")):
        item["accessed"] = {"date-parts": [[int(part) for part in day.groups()]]}
    return item


def _name(person) -> dict[str, str]:
    family = plain(" ".join(person.prelast_names + person.last_names))
    given = plain(" ".join(person.first_names + person.middle_names))
    if family == "others":
        # the source prints no more names than these
        return {"literal": "et al."}
    return {"family": family, "given": given} if given else {"literal": family}


def ris_records(items: Sequence[dict]) -> list[dict]:
    """Return items of CSL-JSON as records of RIS, named as `rispy` names the parts."""
    return [_ris(item) for item in items]


def _ris(item: dict) -> dict:
    ris_type = next((ris for csl, ris in TYPES.values() if csl == item["type"]), OTHER[1])
    record = {"type_of_reference": ris_type, "id": item["id"]}
    people = {"author": "authors", "editor": "secondary_authors"}
    for role, name in people.items():
        if role in item:
            record[name] = [_inverted(person) for person in item[role]]
    record |= {ris: item[csl] for csl, ris in RIS_NAMES.items() if csl in item}
    if "container-title" in item:
        whole = "journal_name" if ris_type == "JOUR" else "secondary_title"
        record[whole] = item["container-title"]
    if "PMID" in item:
        record["name_of_database"] = "PubMed"
    # the format has a place for a year, none for the words "no date"
    if parts := item.get("issued", {}).get("date-parts"):
        record["year"] = str(parts[0][0])
    first, dash, last = re.sub(r"[-–]+", "–", item.get("page", "")).partition("–")
    record |= {"start_page": first} if first else {}
    record |= {"end_page": last} if dash else {}
    record |= {"urls": [item["URL"]]} if "URL" in item else {}
    record |= {"notes": [item["note"]]} if "note" in item else {}
    return record


def _inverted(person: dict[str, str]) -> str:
    return person.get("literal") or f"{person['family']}, {person['given']}"


def as_ris(records: Sequence[dict]) -> str:
    """Return records as the text of a RIS file; a value is one line, whatever it holds."""
    import rispy

    class Writer(rispy.RisWriter):
        def set_header(self, count: int) -> str:
            """Return nothing: a number before a record is no part of RIS."""
            return ""

    def line(value):
        if isinstance(value, list):
            return [line(one) for one in value]
        return " ".join(str(value).split())

    lines = [{name: line(value) for name, value in record.items()} for record in records]
    return rispy.dumps(lines, implementation=Writer).lstrip("\n")
