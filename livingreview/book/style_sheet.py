"""One style sheet for the site: what a page waits for before it shows anything is one request."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import rcssmin
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

STATIC = "_static"
SHEET = f"{STATIC}/site.css"
# Those of the theme that Sphinx does not know: the theme's templates link to them by themselves.
THEME = tuple(
    f"{STATIC}/{name}.css" for name in ("basic", "styles/bootstrap", "styles/pydata-sphinx-theme")
)
CHARSET = re.compile(r'@charset "UTF-8";', re.IGNORECASE)
# Addresses beside the sheet, not those with a scheme, from the root, or of a place.
BESIDE = re.compile(r"url\(\s*([\"']?)(?![a-z]+:|[/#])([^\"')]+)", re.IGNORECASE)


def connect(app: Sphinx) -> None:
    """Join the style sheets when the first page is written, and link each page to that one."""
    app.connect("write-started", begin)
    # last, since themes and extensions add sheets for a page here
    app.connect("html-page-context", link_one, priority=900)


def begin(app: Sphinx, builder: object) -> None:
    """Forget the sheets of an earlier build: they are copied anew before pages are written."""
    app.livingreview_sheets = None


def link_one(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Replace the style sheets of a page by the one that holds them all.

    Sphinx copies the sheets and then writes the first page before it starts a second process, so
    that they are joined once.

    Raises
    ------
    ExtensionError
        If a page asks for other sheets than the first: the one would change with the page that
        happens to be written first.
    """
    sheets = context["css_files"]
    names = [*THEME, *(str(sheet.filename) for sheet in sheets)]
    if app.livingreview_sheets is None:
        app.livingreview_sheets = names
        texts = {name: (Path(app.outdir) / name).read_text("utf-8") for name in names}
        (Path(app.outdir) / SHEET).write_text(joined(texts), encoding="utf-8")
    if names != app.livingreview_sheets:
        odd = ", ".join(sorted(set(names) ^ set(app.livingreview_sheets)))
        raise ExtensionError(f"{pagename}: its style sheets differ from other pages' by {odd}")
    context["css_files"] = [type(sheets[0])(SHEET)]


def joined(texts: dict[str, str]) -> str:
    """Return style sheets as one, without the room and remarks that are for people.

    Licences, in remarks that start with ``!``, stay.

    Parameters
    ----------
    texts : dict of str
        Texts of the sheets by their paths, in the order in which they hold.

    Raises
    ------
    ExtensionError
        If a sheet imports another one, which a browser ignores behind the first rule.
    """
    parts = []
    for name, text in texts.items():
        if "@import" in text:
            raise ExtensionError(f"{name} imports a style sheet: name that one beside it instead")
        folder = posixpath.relpath(posixpath.dirname(name), STATIC)

        def moved(match: re.Match, folder: str = folder) -> str:
            return f"url({match[1]}{posixpath.normpath(posixpath.join(folder, match[2]))}"

        parts.append(BESIDE.sub(moved, CHARSET.sub("", text)))
    return '@charset "UTF-8";' + rcssmin.cssmin("\n".join(parts), keep_bang_comments=True)
