"""What the review and its data are, in schema.org's words for machines (JSON-LD)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from livingreview.book.citation import Work
from livingreview.book.downloads import (
    ARCHIVE,
    RECOMPUTED,
    RECOMPUTED_JSON,
    REFERENCES_CSL,
    REFERENCES_RIS,
)
from livingreview.project import BIBLIOGRAPHY, DATA_DIR, PACKAGE_FILE
from livingreview.schema import Package

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".zip": "application/zip",
    ".bib": "application/x-bibtex",
    ".ris": "application/x-research-info-systems",
}


def article(work: Work, changed: str) -> dict:
    """Return the review as a scholarly article.

    Parameters
    ----------
    work : Work
        The review.
    changed : str
        Day of the newest update.
    """
    return _common("ScholarlyArticle", work) | {
        "@id": work.address,
        "headline": work.title,
        "abstract": work.abstract,
        "url": work.address,
        "datePublished": work.released,
        "dateModified": changed,
    }


def dataset(work: Work, package: Package, page: str) -> dict:
    """Return the data as a data set with every file to download.

    Parameters
    ----------
    work : Work
        The review.
    package : Package
        Description of the tables.
    page : str
        Address of the page that shows the data.
    """
    tables = [table.path for table in package.tables.values()]
    names = [
        *(ARCHIVE, PACKAGE_FILE, *tables),
        *(path.removesuffix(".csv") + ".json" for path in tables),
        *(RECOMPUTED, RECOMPUTED_JSON, BIBLIOGRAPHY, REFERENCES_RIS, REFERENCES_CSL),
    ]
    return _common("Dataset", work) | {
        "@id": page,
        "description": work.abstract,
        "url": page,
        "datePublished": work.released,
        "isPartOf": {"@id": work.address},
        "variableMeasured": [table.title for table in package.tables.values()],
        "distribution": [_download(urljoin(work.address, f"{DATA_DIR}/{name}")) for name in names],
        "name": package.title,
        "version": package.version,
    }


def _common(kind: str, work: Work) -> dict:
    return {
        "@context": "https://schema.org",
        "@type": kind,
        "name": work.title,
        "author" if kind == "ScholarlyArticle" else "creator": _authors(work),
        "version": work.version,
        "license": f"https://spdx.org/licenses/{work.licence}",
        "keywords": list(work.keywords),
        "inLanguage": "en",
        "isAccessibleForFree": True,
    }


def _authors(work: Work) -> Sequence[dict]:
    return [
        {"@type": "Person", "familyName": author.family, "givenName": author.given}
        if author.given
        else {"@type": "Organization", "name": author.family}
        for author in work.authors
    ]


def _download(address: str) -> dict:
    ending = address[address.rindex(".") :]
    return {
        "@type": "DataDownload",
        "name": address.rpartition("/")[2],
        "encodingFormat": MEDIA_TYPES[ending],
        "contentUrl": address,
    }


def as_script(data: dict) -> Markup:
    """Return JSON-LD for a page's head; text in it can neither end the element nor open one."""
    return Markup('<script type="application/ld+json">{}</script>').format(
        htmlsafe_json_dumps(data, indent=1, ensure_ascii=False, sort_keys=False)
    )
