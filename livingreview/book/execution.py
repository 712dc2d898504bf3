"""Run the chapters whose inputs have changed, several at once, and keep their outputs.

Outputs are kept by jupyter-cache, from which myst-nb takes them when Sphinx reads the page. Its key
is the code and the kernelspec. The digest of all that the chapter read is put under the kernelspec,
so that a chapter is found again only while all of that is unchanged.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from livingreview.book.inputs import Inputs, Record, all_names, digest_of
from livingreview.book.memory import at_once

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LATE = 120  # seconds that the outputs of a cell may come after its end, on a busy machine


class ChapterError(Exception):
    """A chapter could not be run to its end."""


@dataclass(frozen=True)
class Chapter:
    """A page that runs code.

    Attributes
    ----------
    name : str
        Name of the page, for example ``chapters/summary``.
    path : Path
        Its file.
    read : callable
        Returns the notebook of the page, not run, with a digest under its kernelspec if given.
    """

    name: str
    path: Path
    read: Callable[[str], nbformat.NotebookNode]


class Outputs:
    """Stored outputs of chapters, each with what it was made from.

    Parameters
    ----------
    folder : Path
        Folder of jupyter-cache.
    root : Path
        Folder of the project.
    """

    def __init__(self, folder: Path, root: Path):
        self.root = root
        self.inputs = Inputs(root)
        for name in all_names(root):
            # what changes while chapters run is held against what it was before: they run again
            self.inputs.content(name)
        self.record = Record(folder)
        self.cache = get_cache(folder)

    def digest(self, name: str) -> str:
        """Return the digest of all that a chapter read when it last ran, as it is now."""
        return self.inputs.digest(self.record.chapters[name]["names"])

    def shown(self, name: str) -> str:
        """Return the digest of the outputs of a chapter when it last ran."""
        return self.record.chapters[name]["outputs"]

    def holds(self, chapter: Chapter) -> bool:
        """Return whether the outputs of a chapter are stored and all it read is unchanged."""
        if self.record.changed(chapter.name, self.inputs):
            return False
        try:
            self.cache.get_cache_bundle(self._place(chapter))
        except Exception:
            # Nothing stored, or cut off while it was being stored: it runs again.
            return False
        return True

    def finds(self, chapter: Chapter) -> bool:
        """Return whether the outputs of a chapter that was just kept stand where they belong."""
        try:
            self._place(chapter)
        except KeyError:
            return False
        return True

    def _place(self, chapter: Chapter) -> int:
        return self.cache.match_cache_notebook(chapter.read(self.digest(chapter.name))).pk

    def keep(
        self, chapter: Chapter, notebook: nbformat.NotebookNode, names: list[str], seconds: float
    ) -> None:
        """Store a notebook that was run, under the digest of what it read."""
        digest = self.inputs.digest(names)
        stored = chapter.read(digest)
        for cell, ran in zip(stored.cells, notebook.cells, strict=True):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
        # what the kernel told of itself: the language of shown code, and the state of widgets
        for key in {"language_info", "widgets"} & notebook.metadata.keys():
            stored.metadata[key] = notebook.metadata[key]
        bundle = CacheBundleIn(stored, str(chapter.path), data={})
        self.cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        # what came of other data may be the same, and so is the page
        shown = [[cell.get("outputs"), cell.get("execution_count")] for cell in stored.cells]
        shown.append(stored.metadata.get("widgets"))
        self.record.add(
            chapter.name,
            names=names,
            digest=digest,
            outputs=digest_of(json.dumps(shown, sort_keys=True).encode()),
            seconds=round(seconds, 2),
        )

    def run(
        self, chapters: list[Chapter], timeout: int
    ) -> Iterator[tuple[Chapter, float, ChapterError | None]]:
        """Run chapters, several at once; yield each as it ends, with seconds and error."""
        # the longest first, so that none is left to run alone at the end; one that never ran is
        # judged by the number of its cells
        chapters = sorted(
            chapters,
            key=lambda c: (self.record.seconds(c.name), len(c.read("").cells)),
            reverse=True,
        )
        with ThreadPoolExecutor(at_once(self.root)) as pool:
            started = {
                pool.submit(_timed, chapter, self.root, timeout): chapter for chapter in chapters
            }
            for ended in as_completed(list(started)):
                # let go of what ended: a notebook with its outputs may be large
                chapter = started.pop(ended)
                try:
                    notebook, names, seconds = ended.result()
                except ChapterError as error:
                    yield chapter, 0.0, error
                else:
                    self.keep(chapter, notebook, names, seconds)
                    del ended, notebook
                    yield chapter, seconds, None


def _timed(chapter: Chapter, root: Path, timeout: int):
    started = time.perf_counter()
    notebook, names = run_chapter(chapter, root, timeout)
    return notebook, names, time.perf_counter() - started


def run_chapter(
    chapter: Chapter, root: Path, timeout: int
) -> tuple[nbformat.NotebookNode, list[str]]:
    """Run one chapter in a kernel of its own.

    Parameters
    ----------
    chapter : Chapter
        The chapter.
    root : Path
        Folder of the project; what is read inside it is noted.
    timeout : int
        Seconds that a cell may take.

    Returns
    -------
    tuple of NotebookNode and list of str
        The notebook with its outputs, and the names of all it read.

    Raises
    ------
    ChapterError
        If a cell raises, takes too long or ends its kernel; names the chapter and the cell.
    """
    notebook = chapter.read("")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "reads"
        settings = notebook.metadata.get("execution", {})
        client = NotebookClient(
            notebook,
            timeout=settings.get("timeout", timeout),
            allow_errors=settings.get("allow_errors", False),
            resources={"metadata": {"path": str(chapter.path.parent)}},
            shutdown_kernel="immediate",
            record_timing=False,
            # nbclient would go on without outputs that come late, and keep the chapter without them
            iopub_timeout=LATE,
            raise_on_iopub_timeout=True,
        )
        at = Place(chapter.name)
        client.on_cell_start = at.enter
        code = f"from livingreview import reads; reads.start({str(root)!r}, {str(log)!r})"

        async def watch(**_) -> None:
            reply = await client.kc._async_execute_interactive(code, silent=True)
            if reply["content"]["status"] != "ok":
                raise ChapterError(f"{chapter.name}: what it reads cannot be watched: {reply}")

        client.on_notebook_start = watch
        try:
            asyncio.run(client.async_execute())
        except CellTimeoutError as error:
            raise ChapterError(f"{at}: did not end within {client.timeout} s\n{error}") from error
        except CellExecutionError as error:
            words = COLOURS.sub("", str(error))
            raise ChapterError(f"{at}: {error.ename}: {error.evalue}\n{words}") from error
        except DeadKernelError as error:
            raise ChapterError(f"{at}: ended its kernel") from error
        seen = log.read_text(encoding="utf-8").split("\n")
    if seen[0] != "start":
        raise ChapterError(f"{chapter.name}: what it read was not noted")
    return notebook, sorted(filter(None, seen[1:]))


class Place:
    """Where a running chapter is, in the words of its author."""

    def __init__(self, name: str):
        self.name, self.cell, self.first_line = name, 0, ""

    def enter(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        """Note the cell that starts."""
        if cell.cell_type == "code":
            self.cell += 1
            self.first_line = cell.source.strip().split("\n")[0]

    def __str__(self) -> str:
        return f"{self.name}, code cell {self.cell} ({self.first_line})"
