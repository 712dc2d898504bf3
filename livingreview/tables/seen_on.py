"""Where a value was seen: its place in a document, with a link where that is a page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from livingreview.data import Review


def place_phrase(review: Review, row: Mapping[str, str]) -> Markup:
    """Return where a row stands in its source, with a link where that is a page.

    For example ``Abstract, on pubmed.ncbi.nlm.nih.gov``.
    """
    url = review.labels("sources", "url")[row["source_id"]]
    words = escape(row["locator"])
    return words + Markup(", on {}").format(page_link(url)) if url else words


def page_link(url: str) -> Markup:
    """Return the host of an address as a link to it."""
    return Markup('<a href="{}" rel="nofollow">{}</a>').format(url, urlsplit(url).netloc)
