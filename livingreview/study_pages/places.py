"""Where in the book a study is shown: its tables link to the pages of their studies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

TABLE_OR_LINK = re.compile(
    r'id="table-(?P<table>[\w-]+)">\s*<caption>(?P<caption>.*?)</caption>'
    r'|href="\.\./studies/(?P<study>[\w.-]+)\.html"'
)


@dataclass(frozen=True)
class Use:
    """One table of the book that shows rows of a study: its question and its address."""

    caption: str
    address: str


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
            use = Use(unescape(match["caption"]), f"../{name}.html#table-{match['table']}")
        elif use is not None and (match["study"], use) not in seen:
            seen.add((match["study"], use))
            yield match["study"], use
