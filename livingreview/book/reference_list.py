"""The list of references: a list also for those who hear the page, with what was retracted."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

from livingreview.data import Review, load

# docutils gives each entry a role that WAI-ARIA has given up, and that no list may hold.
GIVEN_UP, ENTRY = ' role="doc-biblioentry"', ' role="listitem"'


def connect(app: Sphinx) -> None:
    """Change the entries when a page is written."""
    app.connect("html-page-context", name_entries)


def name_entries(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Make the entries items of the list that they stand in, and say which were retracted."""
    if doctree is not None and GIVEN_UP in context["body"]:
        listed = context["body"].replace(GIVEN_UP, ENTRY)
        context["body"] = with_retractions(listed, load(app.srcdir))


def with_retractions(body: str, review: Review) -> str:
    """Return a list of references in which each retracted report says so before all else."""
    for row in review.retractions.itertuples(index=False):
        head, found, entry = body.partition(f'id="{review.references[row.reference].anchor}"')
        if found:
            words = f"<p><strong>Retracted on {row.retracted:%Y-%m-%d}.</strong> "
            body = head + found + entry.replace("<p>", words, 1)
    return body
