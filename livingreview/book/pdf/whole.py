"""What a PDF must hold to be published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pypdfium2

from livingreview.book.build import pages
from livingreview.book.citation import read_work

NAME = "low-dose-naltrexone.pdf"
END = b"%%EOF"
# the theme has a heading of its own before the content, for paper
_TITLE = re.compile(r"<article class=\"bd-article\".*?<h1>(.*?)</h1>", re.DOTALL)
_LINK = re.compile(r"<a class=\"headerlink\".*?</a>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def faults_of_pdf(root: Path, site: Path, path: Path) -> list[str]:
    """Return why a PDF is not the whole book of a site; an empty list if it is.

    Parameters
    ----------
    root : Path
        Folder of the project.
    site : Path
        Folder of the site whose book it should be.
    path : Path
        The PDF.
    """
    if not path.read_bytes().rstrip().endswith(END):
        return ["is cut off: its end is missing"]
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            return list(_faults(root, site, pdf))
    except pypdfium2.PdfiumError as error:
        return [f"cannot be opened ({error})"]


def _faults(root: Path, site: Path, pdf: pypdfium2.PdfDocument) -> Iterator[str]:
    version = read_work(root).version
    if version not in text_of(pdf, 0):
        yield f"does not name the version {version} on its cover"
    marked = {" ".join(mark.get_title().split()) for mark in pdf.get_toc()}
    for page in pages(root):
        title = title_of(site / page)
        if title not in marked:
            yield f"has no chapter {title!r}"


def title_of(page: Path) -> str:
    """Return the title of a page of the site; empty where it has none."""
    found = _TITLE.search(page.read_text(encoding="utf-8")) if page.is_file() else None
    return " ".join(unescape(_TAG.sub("", _LINK.sub("", found[1]))).split()) if found else ""


def text_of(pdf: pypdfium2.PdfDocument, place: int) -> str:
    """Return the text of a page of a PDF."""
    page = pdf[place]
    words = page.get_textpage()
    text = words.get_text_range()
    words.close()
    page.close()
    return text
