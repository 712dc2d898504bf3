"""What the output of a chapter depends on, as digests of the contents.

An input is named by its path inside the project; a part of the data by the path and what the part
is about. The package's own code counts as ``livingreview/...`` wherever it is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import livingreview
from livingreview.parts import ABOUT, PartsOfFiles
from livingreview.project import BIBLIOGRAPHY, CITATION, CONFIG, DATA_DIR

PACKAGE = Path(livingreview.__file__).parent
PINS = "requirements.txt"
RECORD = "inputs.json"


@dataclass
class Inputs:
    """Digests of inputs, each file read once.

    Parameters
    ----------
    root : Path
        Folder of the project.
    """

    root: Path
    known: dict[str, str] = field(default_factory=dict)
    data: dict[str, bytes] = field(default_factory=dict)

    def content(self, name: str) -> str:
        """Return the digest of one input; of a file that is gone, the word ``missing``."""
        if name not in self.known:
            if ABOUT in name:
                self.known[name] = digest_of(self._parts.content(name).encode())
            else:
                content = self._bytes(name)
                self.known[name] = "missing" if content is None else digest_of(content)
        return self.known[name]

    def _bytes(self, name: str) -> bytes | None:
        if name in self.data:
            return self.data[name]
        path = self.path(name)
        content = path.read_bytes() if path.is_file() else None
        if content is not None and (name == BIBLIOGRAPHY or name.startswith(f"{DATA_DIR}/")):
            # kept: parts of it are to be of the same moment
            self.data[name] = content
        return content

    @cached_property
    def _parts(self) -> PartsOfFiles:
        tables = [name for name in names_below(self.root, DATA_DIR) if name.endswith(".csv")]
        return PartsOfFiles(
            lambda name: (self._bytes(name) or b"").decode(errors="replace"), tables
        )

    def path(self, name: str) -> Path:
        """Return where an input lies."""
        head, _, rest = name.partition("/")
        return PACKAGE / rest if head == PACKAGE.name else self.root / name

    @cached_property
    def always(self) -> str:
        """What every chapter depends on: the interpreter and the pinned packages."""
        return f"{sys.version} {self.content(PINS)}"

    def digest(self, names: Iterable[str]) -> str:
        """Return one digest of the names and contents of some inputs."""
        lines = [self.always, *(f"{name} {self.content(name)}" for name in sorted(set(names)))]
        return digest_of("\n".join(lines).encode())


class Record:
    """What each chapter read when it last ran, kept beside the stored outputs.

    Attributes
    ----------
    chapters : dict of dict
        By name of the chapter: ``names`` (what it read), ``digest`` (of all of that, then),
        ``outputs`` (digest of what came of it) and ``seconds`` (that it took).

    Parameters
    ----------
    folder : Path
        Folder of the stored outputs.
    """

    def __init__(self, folder: Path):
        self.path = folder / RECORD
        try:
            self.chapters: dict[str, dict] = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.chapters = {}

    def changed(self, name: str, inputs: Inputs) -> bool:
        """Return whether anything that a chapter read is not as it was, or it never ran."""
        entry = self.chapters.get(name)
        return entry is None or inputs.digest(entry["names"]) != entry["digest"]

    def seconds(self, name: str) -> float:
        """Return how long a chapter took when it last ran; 0 if it never did."""
        return self.chapters.get(name, {}).get("seconds", 0.0)

    def add(self, name: str, **entry) -> None:
        """Add what a chapter read, and write the record, whole or not at all."""
        self.chapters[name] = entry
        self.path.parent.mkdir(parents=True, exist_ok=True)
        upcoming = self.path.with_suffix(".next")
        text = json.dumps(self.chapters, indent=1, sort_keys=True)
        upcoming.write_text(text + "\n", encoding="utf-8")
        upcoming.replace(self.path)


def whole_book(root: Path) -> str:
    """Return one digest of all that the site is made of: data, pages, settings, code, pins."""
    return Inputs(root).digest(all_names(root))


def all_names(root: Path) -> Iterator[str]:
    """Yield the names of all that the site is made of."""
    folders = (DATA_DIR, "chapters", "_static", "_scripts", "_templates")
    files = ("_toc.yml", "index.md", CONFIG, CITATION, BIBLIOGRAPHY)
    yield from (name for name in files if (root / name).is_file())
    for folder in folders:
        yield from names_below(root, folder)
    yield from code_names()


def code_names() -> Iterator[str]:
    """Yield the names of the package's own code."""
    yield from names_below(PACKAGE.parent, PACKAGE.name)


def names_below(root: Path, name: str) -> Iterator[str]:
    """Yield the names of all files in a folder of `root`."""
    folder = root / name
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        inside = Path(place).relative_to(folder).as_posix()
        for file in sorted(files):
            if not file.startswith("."):
                yield f"{name}/{file}" if inside == "." else f"{name}/{inside}/{file}"


def digest_of(data: bytes) -> str:
    """Return a digest of some bytes."""
    return hashlib.sha256(data).hexdigest()
