"""Pages are written by two processes: one resolves the next page while another lays out the last.

jupyter-book lets Sphinx write in parallel only if told by an option that its command has not, and
two of its extensions do not say whether that is safe. Reading stays in one process: jupyter-cache
and the glued values are not made for more.
"""

from __future__ import annotations

import os

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

# One numbers the contents when all is read, the other is for LaTeX: neither acts when pages are
# written.
SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")
PROCESSES = 2  # more gain nothing: the process that resolves pages is the slower one


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
    return []
