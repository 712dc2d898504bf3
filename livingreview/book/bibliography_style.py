"""The style of the bibliography, which formats an entry once and keeps it for later builds.

sphinxcontrib-bibtex formats every entry at every build, and once more for its tooltip. What comes
out is a function of the label and the entry alone.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import ClassVar

from pybtex.database import Entry
from pybtex.plugin import find_plugin, register_plugin
from pybtex.style import FormattedEntry
from sphinx.application import Sphinx
from sphinx.config import Config

from livingreview.book.inputs import Inputs

GROUP = "pybtex.style.formatting"
KEPT = "bibliography.pickle"


def connect(app: Sphinx) -> None:
    """Put a style that keeps its entries in place of the one in the settings."""
    app.connect("config-inited", wrap_style)
    app.connect("builder-inited", recall)
    app.connect("build-finished", remember)


def wrap_style(app: Sphinx, config: Config) -> None:
    """Make and name a style like the one in the settings, but for its memory."""
    plain = config.bibtex_default_style
    name = f"kept-{plain}"
    register_plugin(GROUP, name, keeping(find_plugin(GROUP, plain)), force=True)
    config.bibtex_default_style = name


def keeping(style: type) -> type:
    """Return a style that formats each entry once.

    Parameters
    ----------
    style : type
        A formatting style of pybtex.

    Returns
    -------
    type
        The same style with ``kept``, what was formatted before by label and entry, and ``used``,
        the part of it that was asked for.
    """

    class Keeping(style):
        kept: ClassVar[dict[tuple[str, str], FormattedEntry]] = {}
        used: ClassVar[dict[tuple[str, str], FormattedEntry]] = {}

        def format_entry(self, label: str, entry: Entry, bib_data=None) -> FormattedEntry:
            """Return an entry as it was formatted before, or format it."""
            if "crossref" in entry.fields:  # it depends on another entry too
                return super().format_entry(label, entry, bib_data)
            key = (label, repr(entry))
            if key not in self.kept:
                self.kept[key] = super().format_entry(label, entry, bib_data)
            self.used[key] = self.kept[key]
            return self.kept[key]

    return Keeping


def recall(app: Sphinx) -> None:
    """Take what the last build has formatted, if by the same style and versions."""
    style = find_plugin(GROUP, app.config.bibtex_default_style)
    style.kept.clear()
    style.used.clear()
    try:
        with _file(app).open("rb") as file:
            made_by, entries = pickle.load(file)
    except Exception:
        # Nothing kept, or cut off while it was written: all is formatted again.
        return
    if made_by == _made_by(app):
        style.kept.update(entries)


def remember(app: Sphinx, exception: Exception | None) -> None:
    """Keep what was asked for in this build, and no more."""
    style = find_plugin(GROUP, app.config.bibtex_default_style)
    if exception is None and style.used:
        upcoming = _file(app).with_suffix(".next")
        upcoming.write_bytes(pickle.dumps((_made_by(app), style.used)))
        upcoming.replace(_file(app))


def _file(app: Sphinx) -> Path:
    return Path(app.doctreedir) / KEPT


def _made_by(app: Sphinx) -> str:
    return f"{app.config.bibtex_default_style} {Inputs(Path(app.srcdir)).always}"
