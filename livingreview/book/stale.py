"""Never stale: a chapter runs again when anything that it read has changed, and only then.

Sphinx looks at a page's own file only, and jupyter-cache at its code cells and kernelspec only. A
new row in a table changes neither, so that both would show old numbers. Here both are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cached_property
from pathlib import Path

import nbformat
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from livingreview.book.execution import Chapter, Outputs
from livingreview.book.forked_kernels import KernelServer
from livingreview.book.history import last_changes, newest
from livingreview.book.inputs import PACKAGE, names_below
from livingreview.book.memory import at_once
from livingreview.book.running_start import PRELOAD
from livingreview.parts import ABOUT
from livingreview.project import BIBLIOGRAPHY, CITATION, DATA_DIR, PACKAGE_FILE

KERNELSPEC = re.compile(r"^kernelspec:\n", re.MULTILINE)
FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.MULTILINE | re.DOTALL)
CITES = re.compile(r"\{(cite|bibliography)")
UPDATES, RETRACTIONS = f"{DATA_DIR}/updates.csv", f"{DATA_DIR}/retractions.csv"
UNFINISHED = "unfinished"
logger = logging.getLogger(__name__)


def connect(app: Sphinx) -> None:
    """Connect to the moments at which a page may be taken for unchanged."""
    app.connect("env-get-outdated", outdated_pages)
    app.connect("source-read", stamp_page)
    app.connect("build-finished", finish)


def outdated_pages(
    app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set
) -> list[str]:
    """Run the chapters whose inputs have changed, and return the pages to be read again.

    After a build that failed or was cut off, all pages are read again: Sphinx would take pages for
    written that are not, and would not repeat a warning.

    Raises
    ------
    ExtensionError
        If a chapter cannot be run to its end; names each with its cell.
    """
    mark = Path(app.doctreedir) / UNFINISHED
    all_again = mark.exists()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    outputs = Outputs(Path(env.mystnb_config.execution_cache_path), Path(app.srcdir))
    texts = {name: Path(env.doc2path(name)).read_text(encoding="utf-8") for name in env.found_docs}
    chapters = list(_chapters(env, texts))
    _run(outputs, [c for c in chapters if not outputs.holds(c)], env.mystnb_config)
    env.livingreview_stamps = {c.name: outputs.digest(c.name) for c in chapters}
    # a chapter that ran and came to the same is the same page
    shown = {c.name: outputs.shown(c.name) for c in chapters}
    references = outputs.inputs.digest([BIBLIOGRAPHY, RETRACTIONS])
    env.livingreview_changed = _days(env, outputs, texts)
    around = outputs.inputs.digest(_around_pages(outputs.root))
    now = {
        name: " ".join(
            (
                shown.get(name, ""),
                references if CITES.search(text) else "",
                env.livingreview_changed[name],
                around,
                outputs.inputs.content(UPDATES) if name == env.config.root_doc else "",
            )
        )
        for name, text in texts.items()
    }
    before, env.livingreview_pages = getattr(env, "livingreview_pages", {}), now
    return [name for name in sorted(now) if all_again or before.get(name) != now[name]]


def _around_pages(root: Path) -> Iterator[str]:
    """Yield the names of what every page shows or names around its text.

    Sphinx copies a changed style sheet, and makes pages for studies, only when it writes a page.
    """
    yield CITATION
    yield f"{DATA_DIR}/{PACKAGE_FILE}"
    for folder in ("_static", "_templates"):
        yield from names_below(root, folder)
    for folder in ("book", "study_pages"):
        yield from names_below(PACKAGE.parent, f"{PACKAGE.name}/{folder}")


def _days(env: BuildEnvironment, outputs: Outputs, texts: dict[str, str]) -> dict[str, str]:
    """Return the day on which each page, or data that it read, last changed."""
    days = last_changes(outputs.root)
    found = {}
    for name, text in texts.items():
        read = outputs.record.chapters.get(name, {}).get("names", ())
        files = {one.partition(ABOUT)[0] for one in read}
        shown = sorted(one for one in files if one.startswith(f"{DATA_DIR}/"))
        shown += [BIBLIOGRAPHY] if BIBLIOGRAPHY in files or CITES.search(text) else []
        page = Path(env.doc2path(name)).relative_to(outputs.root).as_posix()
        found[name] = newest(days, [page, *shown])
    return found


def _chapters(env: BuildEnvironment, texts: dict[str, str]) -> Iterator[Chapter]:
    for name, text in sorted(texts.items()):
        path = Path(env.doc2path(name))
        reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
        if reader is not None:
            yield Chapter(name, path, Notebook(reader.read, text))


class Notebook:
    """The notebook of a page, read from its text once: nbformat checks each cell anew.

    Parameters
    ----------
    read : callable
        Reads a notebook from a text.
    text : str
        Text of the page.
    """

    def __init__(self, read: Callable[[str], nbformat.NotebookNode], text: str):
        self._read, self._text = read, text

    @cached_property
    def _plain(self) -> nbformat.NotebookNode:
        return self._read(self._text)

    def __call__(self, digest: str) -> nbformat.NotebookNode:
        """Return the notebook, not run; with a digest as `stamped` puts it into the text."""
        notebook = deepcopy(self._plain)
        if digest and "kernelspec" in notebook.metadata:
            notebook.metadata["kernelspec"]["inputs"] = digest
        return notebook


def _run(outputs: Outputs, chapters: list[Chapter], config: NbParserConfig) -> None:
    """Run chapters, telling how far it is."""
    if not chapters:
        logger.info("no chapter has to run: all that they read is unchanged")
        return
    KernelServer.start(PRELOAD, outputs.root)
    logger.info("running %s chapters, up to %s at once", len(chapters), at_once(outputs.root))
    errors = []
    done = outputs.run(chapters, config.execution_timeout)
    for count, (chapter, seconds, error) in enumerate(done, 1):
        if error:
            errors.append(str(error))
        elif not outputs.finds(chapter):
            errors.append(f"{chapter.name}: its outputs could not be stored")
        how = "failed" if error else f"{seconds:.1f} s"
        logger.info("  %s of %s: %s, %s", count, len(chapters), chapter.name, how)
    KernelServer.stop()
    if errors:
        raise ExtensionError("chapters could not be run:\n" + "\n".join(errors))


def stamp_page(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the digest under the page's kernelspec, where jupyter-cache's key includes it."""
    digest = app.env.livingreview_stamps.get(docname)
    if digest:
        source[0] = stamped(source[0], digest)


def stamped(text: str, digest: str) -> str:
    """Return a page's text with the digest under ``kernelspec:`` in its front matter.

    A page without a kernelspec runs no code and is left as it is.
    """
    front = FRONT_MATTER.match(text)
    if not front:
        return text
    head = KERNELSPEC.sub(f'kernelspec:\n  inputs: "{digest}"\n', front[0], count=1)
    return head + text[front.end() :]


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Note that the build came to its end without an error or a warning."""
    KernelServer.stop()
    if exception is None and not app._warncount:
        (Path(app.doctreedir) / UNFINISHED).unlink(missing_ok=True)
