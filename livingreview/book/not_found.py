"""The page for an address that leads nowhere: ``404.html``, right at any depth.

GitHub Pages shows it at the address that was asked for. Links that start from the page's own place
would lead astray there, so all of them are made to start from the root of the host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from markupsafe import Markup
from sphinx.application import Sphinx

NAME = "404"
BODY = Markup(
    """\
<h1>There is no page here</h1>
<p>The address may be misspelled, or the page may have moved.</p>
<ul>
<li><a href="index.html">The first page</a></li>
<li><a href="search.html">Search</a></li>
<li><a href="chapters/data.html">The data and all downloads</a></li>
</ul>
"""
)
LINK = re.compile(r'(\b(?:href|src|action)=")([^"#][^"]*)"')


def connect(app: Sphinx) -> None:
    """Write the page with the others."""
    app.connect("html-collect-pages", page)
    app.connect("build-finished", write)


def page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Yield the page in the look of all pages."""
    if app.builder.format == "html":
        yield NAME, {"title": "Page not found", "body": BODY}, "page.html"


def write(app: Sphinx, exception: Exception | None) -> None:
    """Make the links of the written page right wherever it is shown."""
    if exception is None and app.builder.format == "html":
        path = Path(app.outdir) / f"{NAME}.html"
        base = urlsplit(app.config.html_baseurl).path or "/"
        text = rooted(path.read_text(encoding="utf-8"), base)
        path.write_text(text, encoding="utf-8")


def rooted(html: str, base: str) -> str:
    """Return a page of the topmost folder with links from the root of the host.

    Parameters
    ----------
    html : str
        The page. Addresses with a scheme, and places on the page itself, stay as they are.
    base : str
        Path of the site on its host: ``/low-dose-naltrexone/``.
    """
    html = html.replace('data-content_root="./"', f'data-content_root="{base}"')
    return LINK.sub(lambda match: f'{match[1]}{urljoin(base, match[2])}"', html)
