"""One citation from a file: RIS, PubMed, BibTeX or CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from livingreview.bibliography import plain
from livingreview.new_study.citation import (
    Author,
    Citation,
    NewStudyError,
    clean,
    doi_of,
    registered,
    whole,
    year_of,
)

LIMIT = 5_000_000


def read_citation_file(path: Path) -> Citation:
    """Return the one citation of a file; its ending says what form it has.

    Raises
    ------
    NewStudyError
        If the file cannot be read, is of another form, or holds no or several references.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise NewStudyError(
            f"{path.name}: the name must end in {', '.join(READERS)}, for that tells the form"
        )
    try:
        content = path.read_bytes()
        if len(content) > LIMIT:
            raise NewStudyError(f"{path.name}: larger than {LIMIT} bytes; export one reference")
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise NewStudyError(f"{path.name}: the file cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise NewStudyError(f"{path.name}: not UTF-8; export it as UTF-8") from None
    return one_of(reader, text, path.name)


def one_of(reader: Callable[[str], list[Citation]], text: str, name: str) -> Citation:
    """Return the one citation that a reader finds in a text.

    Raises
    ------
    NewStudyError
        With the name of the file or service before the message.
    """
    try:
        found = reader(text)
    except NewStudyError as error:
        raise NewStudyError(f"{name}: {error}") from None
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        raise NewStudyError(f"{name}: not of the form it should have") from None
    if len(found) != 1:
        titles = "".join(f'\n  "{citation.title}"' for citation in found[:5])
        raise NewStudyError(
            f"{name}: {len(found) or 'no'} references found; export the one of the study{titles}"
        )
    try:
        return whole(found[0])
    except NewStudyError as error:
        raise NewStudyError(f"{name}: {error}") from None


def read_ris(text: str) -> list[Citation]:
    """Return the references of a RIS file; an entry without its last line, ER, is none."""
    import rispy

    return [_of_ris(record) for record in rispy.loads(text)]


def _of_ris(record: dict) -> Citation:
    def first(*names: str) -> str:
        values = (record.get(name) for name in names)
        return clean(next((value for value in values if value), ""))

    pages = "-".join(p for p in (first("start_page"), first("end_page")) if p)
    of_pubmed = re.search("pubmed|medline", first("name_of_database"), re.IGNORECASE)
    number = first("accession_number")
    return Citation(
        title=first("title", "primary_title").removesuffix("."),
        authors=tuple(
            _inverted(name) for name in record.get("authors") or record.get("first_authors") or ()
        ),
        year=year_of(first("year", "publication_year", "date")),
        journal=first(
            *("journal_name", "alternate_title3", "secondary_title"),
            *("alternate_title2", "alternate_title1"),
        ),
        publisher=first("publisher"),
        volume=first("volume"),
        number=first("number"),
        pages=pages,
        doi=doi_of(first("doi")) or next(filter(None, map(doi_of, record.get("urls", ()))), ""),
        pmid=number if of_pubmed and number.isdigit() else "",
    )


def _inverted(name: str) -> Author:
    family, _, given = clean(name).partition(",")
    return Author(family.strip(), given.replace(",", " ").strip())


def read_pubmed(text: str) -> list[Citation]:
    """Return the references of PubMed's own format, which .nbib files hold."""
    import rispy

    class Pubmed(rispy.RisParser):
        """The tags of MEDLINE: four letters, a hyphen; an empty line ends a record."""

        START_TAG = "PMID"
        DEFAULT_MAPPING = PUBMED_TAGS
        DEFAULT_LIST_TAGS = [*("FAU", "CN", "LID", "AID", "SI")]  # noqa: RUF012
        DEFAULT_DELIMITER_MAPPING = {}  # noqa: RUF012

        def parse_line(self, line: str) -> tuple[str | None, str]:
            if not line.strip():
                return "ER", ""
            tagged = line[:4].strip().isupper() and line[4:5] == "-"
            return (line[:4].strip() if tagged else None), line[6:].strip()

    records = rispy.loads(text.strip() + "\n\n", implementation=Pubmed, skip_unknown_tags=True)
    return [_of_pubmed(record) for record in records]


PUBMED_TAGS = {
    **{"PMID": "pmid", "TI": "title", "FAU": "authors", "CN": "bodies", "DP": "year"},
    **{"JT": "journal", "TA": "short_journal", "VI": "volume", "IP": "number", "PG": "pages"},
    **{"LID": "places", "AID": "places", "SI": "registers"},
}


def _of_pubmed(record: dict) -> Citation:
    places = [place.split(" ")[0] for place in record.get("places", ()) if "[doi]" in place]
    people = [_inverted(name) for name in record.get("authors", ())]
    bodies = [Author(clean(name)) for name in record.get("bodies", ())]
    return Citation(
        title=clean(record.get("title")).removesuffix("."),
        authors=(*people, *bodies),
        year=year_of(record.get("year")),
        journal=clean(record.get("short_journal") or record.get("journal")),
        volume=clean(record.get("volume")),
        number=clean(record.get("number")),
        pages=clean(record.get("pages")),
        doi=next(filter(None, map(doi_of, places)), ""),
        pmid=clean(record.get("pmid")),
        registration=registered(number.split("/")[-1] for number in record.get("registers", ())),
    )


def read_bibtex(text: str) -> list[Citation]:
    """Return the entries of a BibTeX file."""
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    try:
        return [_of_bibtex(entry) for entry in parse_string(text, "bibtex").entries.values()]
    except PybtexError as error:
        raise NewStudyError(f"not BibTeX ({' '.join(str(error).split())})") from None


def _of_bibtex(entry) -> Citation:
    def of(name: str) -> str:
        return clean(plain(entry.fields.get(name, "")))

    people = entry.persons.get("author") or entry.persons.get("editor") or []
    return Citation(
        title=of("title"),
        authors=tuple(
            Author(
                clean(plain(" ".join(person.prelast_names + person.last_names))),
                clean(plain(" ".join(person.first_names + person.middle_names))),
            )
            for person in people
        ),
        year=of("year") or year_of(of("date")),
        journal=of("journal") or of("journaltitle"),
        publisher=of("publisher"),
        volume=of("volume"),
        number=of("number"),
        pages=of("pages"),
        doi=doi_of(entry.fields.get("doi", "").replace("\\_", "_")),
        pmid=of("pmid"),
        registration=registered([of("registration")]),
    )


def read_csl(text: str) -> list[Citation]:
    """Return the items of a CSL-JSON file."""
    raw = json.loads(text)
    return [of_csl(item) for item in (raw if isinstance(raw, list) else [raw])]


def of_csl(item: dict) -> Citation:
    """Return an item of CSL-JSON, or the ``message`` of Crossref, which differs from it a little.

    Crossref sends lists where CSL has one text, and a subtitle of its own.
    """

    def of(name: str) -> str:
        value = item.get(name) or ""
        return clean(value[0] if isinstance(value, list) else value)

    title, subtitle = of("title").removesuffix("."), of("subtitle")
    issued = item.get("issued") or {}
    parts = (issued.get("date-parts") or [[]])[0]
    trials = item.get("clinical-trial-number") or ()
    return Citation(
        title=f"{title}: {subtitle}" if subtitle and subtitle not in title else title,
        authors=tuple(_of_name(name) for name in item.get("author") or item.get("editor") or ()),
        year=year_of(parts[0] if parts else issued.get("raw") or issued.get("literal")),
        journal=of("container-title"),
        publisher=of("publisher"),
        volume=of("volume"),
        number=of("issue"),
        pages=of("page") or of("article-number"),
        doi=doi_of(of("DOI")),
        pmid=of("PMID"),
        registration=registered(trial["clinical-trial-number"] for trial in trials),
    )


def _of_name(name: dict) -> Author:
    if not name.get("family"):
        return Author(clean(name.get("literal") or name.get("name")))
    family = " ".join(filter(None, (name.get("non-dropping-particle"), name["family"])))
    given = " ".join(filter(None, (name.get("given"), name.get("dropping-particle"))))
    return Author(clean(family), clean(given))


READERS = {".ris": read_ris, ".nbib": read_pubmed, ".bib": read_bibtex, ".json": read_csl}
