"""The updates of the review as an Atom feed (RFC 4287), at ``feed.xml``."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin

from sphinx.application import Sphinx

from livingreview.book.citation import Work, read_work
from livingreview.data import load
from livingreview.study_pages.records import texts

FEED = "feed.xml"
ATOM = "http://www.w3.org/2005/Atom"
# XML 1.0 has no way to write these.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def connect(app: Sphinx) -> None:
    """Write the feed when the pages are written."""
    app.connect("build-finished", write)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the feed of all updates."""
    if exception is None and app.builder.format == "html":
        root = Path(app.srcdir)
        text = feed(read_work(root), texts(load(root).updates))
        (Path(app.outdir) / FEED).write_bytes(text)


def feed(work: Work, updates: Sequence[dict[str, str]]) -> bytes:
    """Return the feed, newest entry first.

    Parameters
    ----------
    work : Work
        The review.
    updates : sequence of dict
        Rows of the table of updates. Day and kind are its key, so that they name an entry for good
        while its words may still be corrected.
    """
    address = urljoin(work.address, FEED)
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    _add(root, "id", address)
    _add(root, "title", f"{work.title}: updates")
    _add(root, "updated", _moment(max((row["date"] for row in updates), default=work.released)))
    _add(root, "link", rel="self", type="application/atom+xml", href=address)
    _add(root, "link", rel="alternate", type="text/html", href=work.address)
    for name in work.names:
        _add(_add(root, "author"), "name", name)
    _add(root, "rights", work.licence)
    for row in sorted(updates, key=lambda row: row["date"], reverse=True):
        entry = _add(root, "entry")
        _add(entry, "id", f"{address}#{row['date']}-{row['kind'].replace(' ', '-')}")
        _add(entry, "title", f"{row['kind'].capitalize()}, {row['date']}")
        _add(entry, "updated", _moment(row["date"]))
        _add(entry, "link", rel="alternate", type="text/html", href=work.address)
        _add(entry, "content", row["summary"], type="text")
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = NO_XML.sub("\N{REPLACEMENT CHARACTER}", text) or None
    return element


def _moment(day: str) -> str:
    """Return a day as the moment that Atom asks for: the updates tell no hour."""
    return f"{day}T00:00:00Z"
