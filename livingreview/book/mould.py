"""Pages that differ in a few texts alone: the theme lays one out, and the others are cast from it.

The theme takes a tenth of a second for a page, most of it for a sidebar that is the same on all.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sphinx.builders.html import StandaloneHTMLBuilder

# Letters and digits alone, so that no escaping changes them; none is a part of another.
MARK = "lrmould{}end"


class Mould:
    """A page with a mark in the place of each text.

    Parameters
    ----------
    builder : StandaloneHTMLBuilder
        What lays out pages.
    name : str
        Name of a page with ``{}`` in the place of what differs: ``studies/{}``.
    texts : tuple of str
        Names of the template's variables that differ from page to page.
    **context
        Variables that are the same on every page.
    """

    def __init__(
        self, builder: StandaloneHTMLBuilder, name: str, texts: tuple[str, ...], **context
    ):
        marks = {text: MARK.format(text) for text in texts}
        page = name.format(MARK.format("name"))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "page.html"
            builder.handle_page(page, context | marks, "page.html", outfilename=str(file))
            html = file.read_text(encoding="utf-8")
        self._parts = re.split(MARK.format(r"(\w+?)"), html)

    def cast(self, name: str, texts: Mapping[str, str]) -> str:
        """Return a page.

        Parameters
        ----------
        name : str
            What stands in the place of ``{}`` in its name.
        texts : mapping of str
            HTML of each text by its variable.
        """
        filled = {"name": name, **texts}
        parts = enumerate(self._parts)
        return "".join(filled[part] if at % 2 else part for at, part in parts)
