"""Pages are written by two processes: one resolves the next page while another lays out the last.

Sphinx hands over up to ten pages at a time, and holds all of them in memory.

jupyter-book lets Sphinx write in parallel only if told by an option that its command has not, and
two of its extensions do not say whether that is safe. Reading stays in one process: jupyter-cache
and the glued values are not made for more.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sphinx import builders
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.parallel import make_chunks

# One numbers the contents when all is read, the other is for LaTeX: neither acts when pages are
# written.
SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")
PROCESSES = 2  # more gain nothing: the process that resolves pages is the slower one
LARGE = 1 << 22  # bytes of read pages that one of them is handed at a time


def connect(app: Sphinx) -> None:
    """Let pages be written in parallel once all of them are read."""
    app.connect("env-updated", write_in_parallel)


def write_in_parallel(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Tell Sphinx to use a second process from here on, where there is a core for it."""
    if (os.cpu_count() or 1) >= PROCESSES:
        for name in SILENT:
            if name in app.extensions:
                app.extensions[name].parallel_write_safe = True
        app.parallel = PROCESSES
        builders.make_chunks = partial(handed_over, Path(app.doctreedir))
    return []


def handed_over(folder: Path, names: Sequence[str], processes: int) -> list[list[str]]:
    """Return the pages of each task: as Sphinx parts them, but few at a time where they are large.

    Parameters
    ----------
    folder : Path
        Folder of the pages as they were read.
    names : sequence of str
        Names of all pages.
    processes : int
        Number of processes.
    """
    tasks: list[list[str]] = []
    for chunk in make_chunks(names, processes):
        held = math.inf  # a task of its own
        for name in chunk:
            size = (folder / f"{name}.doctree").stat().st_size
            if held + size > LARGE:
                tasks.append([])
                held = 0
            tasks[-1].append(name)
            held += size
    return tasks
