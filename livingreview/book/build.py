"""Build the book aside, and put it in place only when all of it is right."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from livingreview.checks import check_project
from livingreview.claims import fallen_claims

WORK = Path("_build/work")
SITE = Path("_build/html")
NEXT, LAST = Path("_build/html.next"), Path("_build/html.last")


class BuildError(Exception):
    """The book was not built; the site in place is as it was."""


def build(root: Path) -> Path:
    """Check the data, build the book and put the site in place.

    Parameters
    ----------
    root : Path
        Folder of the project.

    Returns
    -------
    Path
        Folder of the site.

    Raises
    ------
    BuildError
        If the data are faulty, a page fails or gives a warning, or a page of the contents is
        missing. The last good site stays as it was.
    """
    restore(root)
    faults = check_project(root) or fallen_claims(root)
    if faults:
        for fault in faults:
            print(fault, file=sys.stderr)
        raise BuildError(f"{len(faults)} fault(s) in the data; the book was not built")
    command = [
        *(str(Path(sys.executable).with_name("jupyter-book")), "build", str(root), "--path-output"),
        *(str(root / WORK), "-W", "-n", "--keep-going"),
    ]
    environment = os.environ | {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "315532800"}
    if subprocess.run(command, cwd=root, env=environment, check=False).returncode:
        raise BuildError("a page failed or gave a warning (see above); the book was not built")
    built = root / WORK / "_build/html"
    missing = [page for page in pages(root) if not (built / page).is_file()]
    if missing:
        raise BuildError(f"pages of _toc.yml are missing: {', '.join(missing)}")
    publish(root, built)
    return root / SITE


def pages(root: Path) -> list[str]:
    """Return the pages that the contents promise, as paths inside the site."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found = [contents["root"]]

    def walk(entries: list[dict]) -> None:
        for entry in entries:
            if "file" in entry:
                found.append(entry["file"])
            for key in ("chapters", "sections"):
                walk(entry.get(key, []))

    walk(contents.get("parts", []))
    walk(contents.get("chapters", []))
    return [f"{name.removesuffix('.md')}.html" for name in found]


def publish(root: Path, built: Path) -> None:
    """Put a copy of the built pages in place of the site, by renaming whole folders."""
    site, upcoming, last = root / SITE, root / NEXT, root / LAST
    for leftover in (upcoming, last):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(built, upcoming)
    if site.exists():
        site.rename(last)
    upcoming.rename(site)
    shutil.rmtree(last, ignore_errors=True)


def restore(root: Path) -> None:
    """Put the last site back if a build was cut off between the two renames."""
    if not (root / SITE).exists() and (root / LAST).exists():
        (root / LAST).rename(root / SITE)
