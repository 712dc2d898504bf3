"""Several files change together or not at all, whenever the program is stopped.

The old files are laid down in a journal before the first file changes, and the journal goes when
the last one has. A journal that still lies there tells that a run was cut off, by a lost power
supply for example: `restore` then puts the old files back.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

JOURNAL = ".new-study-journal"
UNFINISHED = ".new-study-unfinished"
CONTENTS = "contents.json"


class ChangedMeanwhileError(Exception):
    """A file is no longer what it was when the change was worked out; nothing was changed."""


def replace_all(root: Path, changes: dict[str, tuple[bytes, bytes]]) -> None:
    """Replace files, all or none.

    Parameters
    ----------
    root : Path
        Folder of the project.
    changes : dict of (bytes, bytes)
        Old and new content by the path of the file in the project.

    Raises
    ------
    ChangedMeanwhileError
        If a file does not hold its old content; the message names it.
    BaseException
        Whatever stopped the work; the files are then as they were.
    """
    restore(root)
    for name, (old, _) in changes.items():
        if (root / name).read_bytes() != old:
            raise ChangedMeanwhileError(name)
    try:
        _lay_down(root / UNFINISHED, root, changes)
        (root / UNFINISHED).rename(root / JOURNAL)
        for number, name in enumerate(changes):
            (root / JOURNAL / f"{number}.new").replace(root / name)
        # with this the change stands
        (root / JOURNAL).rename(root / UNFINISHED)
    except BaseException:
        restore(root)
        raise
    _forget(root)


def _lay_down(folder: Path, root: Path, changes: dict[str, tuple[bytes, bytes]]) -> None:
    folder.mkdir()
    for number, (name, (old, new)) in enumerate(changes.items()):
        for ending, content in (("old", old), ("new", new)):
            _write(folder / f"{number}.{ending}", content)
            shutil.copymode(root / name, folder / f"{number}.{ending}")
    contents = {name: _digest(new) for name, (_, new) in changes.items()}
    _write(folder / CONTENTS, json.dumps(contents).encode())


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        # the journal must be on the disk before a table changes, for power may fail too
        os.fsync(file.fileno())


def _forget(root: Path) -> None:
    shutil.rmtree(root / UNFINISHED, ignore_errors=True)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def restore(root: Path) -> list[str]:
    """Put back what a run that was cut off had changed; do nothing where none was.

    A file that somebody has edited since is left alone.

    Returns
    -------
    list of str
        One line for a reader on what was done; empty where there was nothing to do.
    """
    journal, told = root / JOURNAL, []
    if journal.is_dir():
        told.append("a command was cut off; the tables are as they were before it")
        for number, (name, digest) in enumerate(
            json.loads((journal / CONTENTS).read_bytes()).items()
        ):
            old = (journal / f"{number}.old").read_bytes()
            now = (root / name).read_bytes() if (root / name).exists() else None
            if now is not None and _digest(now) == digest:
                # by way of a copy: a run that is cut off here can be restored once more
                shutil.copy2(journal / f"{number}.old", journal / f"{number}.back")
                (journal / f"{number}.back").replace(root / name)
            elif now != old:
                told.append(f"{name} was changed since then and is left as it is: look it through")
        journal.rename(root / UNFINISHED)
    if (root / UNFINISHED).exists():
        _forget(root)
    return told
