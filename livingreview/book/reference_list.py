"""The list of references as a list, also for those who hear the page."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

# docutils gives each entry a role that WAI-ARIA has given up, and that no list may hold.
GIVEN_UP, ENTRY = ' role="doc-biblioentry"', ' role="listitem"'


def connect(app: Sphinx) -> None:
    """Change the role of the entries when a page is written."""
    app.connect("html-page-context", name_entries)


def name_entries(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Make the entries items of the list that they stand in."""
    if doctree is not None:
        context["body"] = context["body"].replace(GIVEN_UP, ENTRY)
