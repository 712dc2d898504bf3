"""Pages that Sphinx does not know of, in its search; and the same index however it was built."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from docutils import nodes
from docutils.utils import new_document
from markupsafe import escape
from sphinx.application import Sphinx


def connect(app: Sphinx) -> None:
    """Keep in the index what it holds of pages that Sphinx does not know of."""
    app.connect("builder-inited", keep_loaded)


def keep_loaded(app: Sphinx) -> None:
    """Have Sphinx forget, when it loads the last index, nothing but its own changed documents."""
    builder = app.builder
    load = getattr(builder, "load_indexer", None)
    if load is None:
        return

    def load_indexer(docnames: Iterable[str]) -> None:
        prune = builder.indexer.prune
        builder.indexer.prune = lambda kept: prune(
            {*kept, *(builder.indexer._titles.keys() - builder.env.all_docs.keys())}
        )
        load(docnames)
        builder.indexer.prune = prune

    builder.load_indexer = load_indexer


def add_pages(
    app: Sphinx, pages: Iterable[tuple[str, str, str]], unchanged: Collection[str]
) -> None:
    """Feed pages, each with name, title and words, to the search of this build.

    Sphinx's script takes titles for HTML when it lists what it has found: they are fed as such.
    Pages that are named as unchanged are fed if the last index does not hold them.
    """
    indexer = getattr(app.builder, "indexer", None)
    if indexer is None:
        return
    indexer.prune({*app.env.all_docs, *unchanged})
    held, names = set(indexer._titles), set()
    for name, title, words in pages:
        names.add(name)
        if name in held:
            continue
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
