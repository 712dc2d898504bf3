"""Hold no more than is needed at a time, so that a book of thousands of studies can be built.

Sphinx holds each page that it has read until the last is written, though all of them lie on disk;
and the C library keeps what was freed, once large texts have come and gone.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from livingreview.project import DATA_DIR

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

# Numbers that <malloc.h> of the GNU C library gives to these settings.
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
LARGE = 1 << 17  # bytes; what is larger is given back as soon as it is freed
# The same for a process to be started.
ENVIRONMENT = {
    "MALLOC_TRIM_THRESHOLD_": str(LARGE),
    "MALLOC_MMAP_THRESHOLD_": str(LARGE),
    "MALLOC_ARENA_MAX": "1",
}
MOST = 4  # chapters at once
LARGE_DATA = 1 << 22  # bytes of tables from which on a kernel computes long, and holds much


def connect(app: Sphinx) -> None:
    """Hold no page longer than needed, and give back what is freed."""
    for option, value in ((MMAP_THRESHOLD, LARGE), (TRIM_THRESHOLD, LARGE), (ARENA_MAX, 1)):
        _ask("mallopt", option, value)
    atexit.register(gc.freeze)  # else Python looks for garbage three times before it ends: 2 s
    app.connect("env-before-read-docs", hold_no_pages)
    app.connect("env-updated", give_back, priority=900)
    app.connect("html-collect-pages", give_back, priority=100)


class Forgetful(dict):
    """A store that keeps nothing."""

    def __setitem__(self, key: object, value: object) -> None:
        """Forget what is to be kept."""


def hold_no_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Have Sphinx take a page from disk each time that it needs it."""
    env._write_doc_doctree_cache = Forgetful()
    env._pickled_doctree_cache = Forgetful()


def at_once(root: Path) -> int:
    """Return how many chapters run at once.

    While one computes on each core, another one starts, which is mostly waiting. Where data are
    large there is little of that, and much memory is saved without it.
    """
    size = sum(path.stat().st_size for path in (root / DATA_DIR).glob("*.csv"))
    return min(MOST, (os.cpu_count() or 1) + (size < LARGE_DATA))


def give_back(*_: object) -> tuple[()]:
    """Have the C library give back what it keeps of many small pieces that were freed."""
    _ask("malloc_trim", 0)
    return ()


def _ask(name: str, *values: int) -> None:
    """Call a function of the GNU C library, where there is one."""
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:
        function(*values)
