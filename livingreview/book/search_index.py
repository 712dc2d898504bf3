"""Pages that Sphinx does not know of, in its search; and the same index however it was built."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from docutils import nodes
from docutils.utils import new_document
from markupsafe import escape
from sphinx.application import Sphinx


def add_pages(app: Sphinx, pages: Iterable[tuple[str, str, str]]) -> None:
    """Feed pages, each with name, title and words, to the search of this build.

    Sphinx forgets at every build what is no document of its own, so that all are fed each time.
    Its script takes titles for HTML when it lists what it has found: they are fed as such.
    """
    indexer = getattr(app.builder, "indexer", None)
    if indexer is None:
        return
    names = set()
    for name, title, words in pages:
        names.add(name)
        document = new_document(name)
        html = str(escape(title))
        section = nodes.section("", nodes.title("", html), ids=["top"])
        section += nodes.paragraph("", words)
        document += section
        app.builder.index_page(name, document, html)
    prune = indexer.prune

    def keep_pages(documents: Collection[str]) -> None:
        prune({*documents, *names})
        # A word whose last page is gone stays behind without pages; a clean build has none.
        for mapping in (indexer._mapping, indexer._title_mapping):
            for word in [word for word, found in mapping.items() if not found]:
                del mapping[word]

    # Sphinx calls this right before it writes the index, with its own documents only.
    indexer.prune = keep_pages
