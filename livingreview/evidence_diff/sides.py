"""The two sides of a diff: a folder, or a revision that git hands out into a temporary folder."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from livingreview.data import Review, load
from livingreview.faults import DataError, ascii_controls
from livingreview.project import CONFIG, DATA_DIR

NAMED = 20  # faults that a message names
SHORT = 7  # digits of a commit
# What reading or computing raises where a table, a column or a word is not there.
COMPUTING = (LookupError, ValueError, ArithmeticError, AttributeError, TypeError)


class SideError(Exception):
    """A side cannot be used; the message names it."""


class Place(NamedTuple):
    """Where a side lies, and what the reader of the diff knows it by."""

    name: str
    folder: Path


@dataclass(frozen=True)
class Side:
    """One side of a diff.

    Attributes
    ----------
    place : Place
        Where it lies.
    review : Review
        Its data.
    """

    place: Place
    review: Review

    @property
    def name(self) -> str:
        """What the reader of the diff knows it by."""
        return self.place.name

    @cached_property
    def pages(self) -> dict[str, str]:
        """Text of each page of the book by its name, the front page first.

        Raises
        ------
        SideError
            If a page is not UTF-8.
        """
        folder = self.place.folder
        found = {}
        for path in [folder / "index.md", *sorted((folder / "chapters").glob("*.md"))]:
            name = path.relative_to(folder).as_posix()
            try:
                if path.is_file():
                    found[name.removesuffix(".md")] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise SideError(f"{self.name}: {name} is not UTF-8; save it as UTF-8.") from error
        return found


@contextmanager
def found(place: str | None, root: Path | None) -> Iterator[Place]:
    """Find a side; a revision is gone again after the block, and the repository untouched.

    Parameters
    ----------
    place : str or None
        A folder that holds a project, or a revision of the repository around `root`; None for
        the folder `root` itself.
    root : Path or None
        Folder of the project that the command runs in, if any.

    Raises
    ------
    SideError
        If it is neither.
    """
    if place is None:
        yield Place("the working folder", root)
        return
    if _holds_project(Path(place)):
        yield Place(place, Path(place))
        return
    if root is None:
        raise SideError(
            f"{place}: no folder that holds a project ({CONFIG} beside {DATA_DIR}/). "
            "To name a revision, run the command inside a copy of the repository."
        )
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{place}^0")
    commit = _git(root, place, *asked).decode().strip()
    with tempfile.TemporaryDirectory() as folder:
        archive = _git(root, place, "archive", "--format=tar", commit)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            # Python before 3.11.4 knows no filter; what git packs lies inside the folder
            tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
            tar.extractall(folder)
        if not _holds_project(Path(folder)):
            raise SideError(f"{place}: this revision holds no {CONFIG} beside {DATA_DIR}/.")
        short = commit[:SHORT]
        yield Place(place if place == short else f"{place} ({short})", Path(folder))


def _holds_project(folder: Path) -> bool:
    return (folder / CONFIG).is_file() and (folder / DATA_DIR).is_dir()


def _git(root: Path, place: str, *arguments: str) -> bytes:
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=True
        ).stdout
    except FileNotFoundError:
        raise SideError(f"{place}: git is not installed; name two folders instead.") from None
    except (subprocess.CalledProcessError, ValueError) as error:
        why = " ".join(getattr(error, "stderr", b"").decode(errors="replace").split())
        raise SideError(
            f"{place}: neither a folder that holds a project nor a revision that git knows here"
            + (f" ({ascii_controls(why)})." if why else ".")
            + " In a shallow copy, fetch the revision first."
        ) from None


def loaded(place: Place, folder: Path) -> Side:
    """Read the data of a side from a folder: its own, or one made from it.

    Raises
    ------
    SideError
        If the data have faults, or are of a form that this version of the package cannot read.
    """
    try:
        return Side(place, load(folder))
    except DataError as error:
        lines = [f"{place.name}: {len(error.faults)} fault(s) in the data; nothing is compared:"]
        lines += [f"  {fault}" for fault in error.faults[:NAMED]]
        if len(error.faults) > NAMED:
            lines.append(f"  and {len(error.faults) - NAMED} more.")
        raise SideError("\n".join(lines)) from None
    except COMPUTING as error:
        raise not_read(place, error) from error


def not_read(place: Place, error: Exception) -> SideError:
    """Return the error of a side whose data this version of the package does not understand."""
    what = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return SideError(
        f"{place.name}: this version of the package cannot read or compute its data ({what}). "
        "Its tables are of another form; compare revisions with the same columns."
    )
