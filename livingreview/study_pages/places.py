"""Where in the book a study is shown: in tables that link to its page, and in figures of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

TABLE, FIGURE = "table", "figure"
TABLE_OR_LINK = re.compile(
    r'id="table-(?P<table>[\w-]+)">\s*<caption>(?P<caption>.*?)</caption>'
    r'|href="\.\./studies/(?P<study>[\w.-]+)\.html"'
)


@dataclass(frozen=True)
class Use:
    """One table or figure of the book that shows a study.

    Attributes
    ----------
    caption : str
        What it answers.
    address : str
        Its address, seen from the page of a study.
    kind : str
        `TABLE` or `FIGURE`.
    page : str
        Title of the page that it stands on, where that is known.
    """

    caption: str
    address: str
    kind: str = TABLE
    page: str = ""


def uses_on_page(name: str, html: str) -> Iterator[tuple[str, Use]]:
    """Yield each study that the tables of a page link to, with the table, once each.

    Parameters
    ----------
    name : str
        Name of the page, for example ``chapters/cancer-trials``.
    html : str
        The tables of the page.
    """
    use, seen = None, set()
    for match in TABLE_OR_LINK.finditer(html):
        if match["table"]:
            address = f"../{name}.html#table-{match['table']}"
            use = Use(question(unescape(match["caption"])), address)
        elif use is not None and (match["study"], use) not in seen:
            seen.add((match["study"], use))
            yield match["study"], use


def question(caption: str) -> str:
    """Return the first sentence of a caption: the question that a table or figure answers."""
    return re.split(r"(?<=[.?!])\s", " ".join(caption.split()), maxsplit=1)[0]
