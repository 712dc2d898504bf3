"""Never stale: when an input changes, every chapter that runs is read and run again.

Sphinx looks at a page's own file only, and jupyter-cache at its code cells and kernelspec only. A
new row in a table changes neither, so that both would show old numbers. Here both are told.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from livingreview.book.inputs import digest

KERNELSPEC = re.compile(r"^kernelspec:\n", re.MULTILINE)
FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.MULTILINE | re.DOTALL)


def connect(app: Sphinx) -> None:
    """Connect to the two moments at which a page may be taken for unchanged."""
    app.connect("env-get-outdated", outdated_pages)
    app.connect("source-read", stamp_page)


def outdated_pages(
    app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set
) -> list[str]:
    """Return all pages when the inputs have changed since the pages were read, else none."""
    now = digest(Path(app.srcdir))
    before = getattr(env, "livingreview_inputs", None)
    env.livingreview_inputs = now
    return [] if before == now else sorted(env.found_docs - removed)


def stamp_page(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the digest under the page's kernelspec, where jupyter-cache's key includes it."""
    source[0] = stamped(source[0], digest(Path(app.srcdir)))


def stamped(text: str, inputs: str) -> str:
    """Return a page's text with the digest under ``kernelspec:`` in its front matter.

    A page without a kernelspec runs no code and is left as it is.
    """
    front = FRONT_MATTER.match(text)
    if not front:
        return text
    head = KERNELSPEC.sub(f"kernelspec:\n  inputs: {inputs}\n", front[0], count=1)
    return head + text[front.end() :]
