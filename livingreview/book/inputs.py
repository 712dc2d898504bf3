"""Everything outside its own file that a chapter's output depends on, as one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import livingreview
from livingreview.project import BIBLIOGRAPHY, CONFIG, DATA_DIR

PINS = "requirements.txt"


def input_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every input: data, references, configuration, pins, package code."""
    for path in sorted((root / DATA_DIR).rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(root).as_posix(), path
    for name in (BIBLIOGRAPHY, CONFIG, PINS):
        if (root / name).is_file():
            yield name, root / name
    package = Path(livingreview.__file__).parent
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".mplstyle"}:
            yield f"livingreview/{path.relative_to(package).as_posix()}", path


def digest(root: Path) -> str:
    """Return a digest of the names and contents of all inputs of the project at `root`."""
    total = hashlib.sha256()
    for name, path in input_files(root):
        total.update(name.encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
