"""Show the book while it is written: rebuild on a change, reload the page in the browser."""

from __future__ import annotations

from pathlib import Path

from livereload import Server

from livingreview.book.build import SITE, BuildError, build

WATCHED = ("data", "chapters", "livingreview", "_static", "_templates")
WATCHED_FILES = ("index.md", "references.bib", "CITATION.cff", "_config.yml", "_toc.yml")


def serve(root: Path, port: int) -> None:
    """Build the book, serve it on this machine, and build again when a file changes.

    A failed build is told and the last good site stays on show.
    """

    def rebuild() -> None:
        try:
            build(root)
        except BuildError as error:
            print(f"not built: {error}")

    rebuild()
    server = Server()
    for name in WATCHED:
        server.watch(f"{root / name}/**/*", rebuild, delay=1)
    for name in WATCHED_FILES:
        server.watch(str(root / name), rebuild, delay=1)
    server.serve(root=str(root / SITE), host="127.0.0.1", port=port)
