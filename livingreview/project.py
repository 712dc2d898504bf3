"""Where the project lies and which addresses it has."""

from __future__ import annotations

import hashlib
from pathlib import Path

DATA_DIR = "data"
PACKAGE_FILE = "datapackage.json"
BIBLIOGRAPHY = "references.bib"
CONFIG = "_config.yml"
CITATION = "CITATION.cff"
CONTENTS = "_toc.yml"


class ProjectNotFoundError(Exception):
    """No folder at or above the start holds the data package."""


def state_of_data(folder: Path) -> str:
    """Return a digest of the tables, their description and the references of a project.

    Raises
    ------
    OSError
        If any of them cannot be read.
    """
    total = hashlib.sha256()
    for path in [folder / BIBLIOGRAPHY, *sorted((folder / DATA_DIR).iterdir())]:
        if path.is_file():
            total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def find_root(start: Path | str | None = None) -> Path:
    """Return the folder of the project that holds `start`.

    Parameters
    ----------
    start : path, optional
        Where to look first, then upwards; the current folder by default.
        A chapter runs in ``chapters/``, so its data lie one folder up.

    Raises
    ------
    ProjectNotFoundError
        If neither `start` nor a folder above it holds a project.
    """
    here = Path(start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file() and (folder / DATA_DIR).is_dir():
            return folder
    raise ProjectNotFoundError(
        f"No {CONFIG} beside a {DATA_DIR}/ folder at {here} or above it: "
        "run the command in the root of a copy of the repository."
    )
