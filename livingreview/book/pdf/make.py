"""The command that makes the PDF: from the built site, in one piece or not at all."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pikepdf
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from livingreview.book.build import WORK, BuildError, build, note_added
from livingreview.book.pdf import chromium
from livingreview.book.pdf.document import Document, document
from livingreview.book.pdf.paper import PAPER
from livingreview.book.pdf.whole import NAME, faults_of_pdf

LAYOUT = Path(__file__).with_name("layout.js")
MOST_PASSES = 3  # the second settles the numbers, since filling them in moves nothing
FILL_IN = """(numbers) => {
  for (const place of document.querySelectorAll("[data-of]"))
    place.textContent = numbers[place.dataset.of];
}"""


def make_pdf(root: Path) -> Path:
    """Build the book, print it as a PDF, and put that beside its pages.

    If nothing has changed since it was made, nothing is done.

    Parameters
    ----------
    root : Path
        Folder of the project.

    Returns
    -------
    Path
        The PDF.

    Raises
    ------
    BuildError
        If the book cannot be built or printed, or something in it would be cut off. The site stays
        as it was built, without a PDF or with the one it had.
    """
    site = build(root)
    place = site / NAME
    if place.is_file():  # the build has taken it away if anything has changed
        print("Nothing has changed since the PDF was made.")
        return place
    try:
        book = document(root)
        upcoming = root / WORK / NAME
        upcoming.write_bytes(finished(printed(book), book))
        faults = faults_of_pdf(root, site, upcoming)
        if faults:
            raise BuildError("\n".join(f"the PDF {fault}" for fault in faults))
        upcoming.replace(place)
        note_added(root)
    except (OSError, RuntimeError, BrowserError) as error:
        raise BuildError(f"the PDF could not be made: {error}") from error
    return place


def printed(book: Document) -> bytes:
    """Return the document as Chromium prints it, with the numbers of pages in its contents.

    Raises
    ------
    BuildError
        If something does not fit on its page, or the numbers do not settle.
    """
    with chromium.opened(book.html, int(PAPER.upright.width)) as page:
        lay_out(page)
        numbers = page_numbers(chromium.printed(page, tagged=False))
        for _ in range(MOST_PASSES):
            page.evaluate(FILL_IN, numbers)
            result = chromium.printed(page, tagged=True)
            before, numbers = numbers, page_numbers(result)
            if numbers == before:
                return result
    raise BuildError("the numbers of pages in the contents of the PDF do not settle")


def lay_out(page: Page) -> None:
    """Fit tables and figures of a page to the paper.

    Raises
    ------
    BuildError
        If something would be cut off even so; each such place is named.
    """
    misfits = page.evaluate(LAYOUT.read_text(encoding="utf-8"), PAPER.rooms)
    if misfits:
        listed = "\n".join(dict.fromkeys(misfits))
        raise BuildError(f"in the PDF these would be cut off:\n{listed}")


def page_numbers(pdf: bytes) -> dict[str, int]:
    """Return on which page each place lies that something in the document leads to."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        number = {page.objgen: place for place, page in enumerate(opened.pages, start=1)}
        places: Mapping = opened.Root.get("/Dests", {})
        return {name[1:]: number[target[0].objgen] for name, target in places.items()}


def finished(pdf: bytes, book: Document) -> bytes:
    """Return the same bytes for the same book: its own title, author and day, and packed small.

    Parameters
    ----------
    pdf : bytes
        What the browser has printed, with its own name and the time of printing.
    book : Document
        The book.
    """
    work, day = book.work, datetime.fromisoformat(book.edition.day)
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for name in list(opened.docinfo):
            del opened.docinfo[name]
        opened.docinfo["/Title"] = work.title
        opened.docinfo["/Author"] = "; ".join(work.names)
        opened.docinfo["/Subject"] = f"{work.abstract} {book.edition.line}."
        opened.docinfo["/Keywords"] = ", ".join(work.keywords)
        for name in ("/CreationDate", "/ModDate"):
            opened.docinfo[name] = f"D:{day:%Y%m%d%H%M%S}Z"
        _set_bookmarks(opened, book)
        opened.save(
            written,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,
        )
    return written.getvalue()


def _set_bookmarks(pdf: pikepdf.Pdf, book: Document) -> None:
    """Give the parts, chapters and sections of the book bookmarks."""

    def bookmark(title: str, place: str) -> pikepdf.OutlineItem:
        return pikepdf.OutlineItem(title, pdf.Root.Dests[f"/{place}"])

    with pdf.open_outline() as outline:
        listed = outline.root
        for chapter in book.chapters:
            if chapter.part:
                part = bookmark(chapter.part, chapter.heading)
                outline.root.append(part)
                listed = part.children
            entry = bookmark(chapter.title, chapter.heading)
            entry.children.extend(bookmark(title, place) for place, title in chapter.sections)
            entry.is_closed = True
            listed.append(entry)
