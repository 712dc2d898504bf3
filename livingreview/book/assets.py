"""The first build and a later one of the same data give the same pages."""

from __future__ import annotations

from pathlib import Path

from myst_nb.sphinx_ext import add_global_html_resources
from sphinx.application import Sphinx


def connect(app: Sphinx) -> None:
    """Put myst-nb's style sheet in place before pages are written, not after.

    Sphinx adds a checksum to the link of a style sheet that is there when the page is written.
    myst-nb copies its own at the end, so that only a second build would have the checksum.
    """
    app.connect("builder-inited", copy_style_sheet)


def copy_style_sheet(app: Sphinx) -> None:
    """Copy the style sheet of notebook cells into the folder of the pages."""
    if app.builder.format == "html":
        (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)
        add_global_html_resources(app, None)
