"""Build the book aside, and put it in place only when all of it is right."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import stat
import sys
from functools import partial
from pathlib import Path

from livingreview.book import manifest, running_start
from livingreview.book.history import last_changes
from livingreview.book.inputs import whole_book

WORK = Path("_build/work")
STORED = WORK / "_build/.jupyter_cache"  # outputs of chapters; jupyter-book names it so
SITE = Path("_build/html")
NEXT, LAST = Path("_build/html.next"), Path("_build/html.last")
MADE_OF = Path("_build/site.json")


class BuildError(Exception):
    """The book was not built; the site in place is as it was."""


def build(root: Path) -> Path:
    """Check the data, build the book and put the site in place.

    If nothing has changed since the site was put in place, nothing is done.

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
        If the data are faulty, a page fails or gives a warning, a page of the contents is missing,
        or the disk is full. The last good site stays as it was.
    """
    try:
        restore(root)
        made_of = {"inputs": whole_book(root), "changed": last_changes(root)}
        if _stamp(root) == made_of | {"files": _files(root / SITE)}:
            print("Nothing has changed since the book was built.")
            return root / SITE
        # The kernels' process imports what chapters use while this one checks the data.
        with running_start.kernels(root, root / STORED):
            # takes long to import
            from livingreview.book.refusal import faults_of

            faults = faults_of(root)
            if faults:
                print(*faults, sep="\n", file=sys.stderr)
                raise BuildError(f"{len(faults)} fault(s) in the data")
            if run_sphinx(root):
                raise BuildError("the book was not built; see above for what failed")
        built = root / WORK / "_build/html"
        missing = [page for page in pages(root) if not (built / page).is_file()]
        if missing:
            raise BuildError(f"pages of _toc.yml are missing: {', '.join(missing)}")
        manifest.write(built)
        publish(root, built)
        stamp = made_of | {"files": _files(root / SITE)}
        (root / MADE_OF).write_text(json.dumps(stamp), encoding="utf-8")
    except OSError as error:
        raise BuildError(
            f"a file could not be written ({error}); the book was not built"
        ) from error
    return root / SITE


def run_sphinx(root: Path, builder: str = "html") -> bool:
    """Run a builder of Sphinx with jupyter-book's settings; return whether it failed.

    Its output is in the working folder, under the name of the builder. Each builder has its own
    notes on which pages it has read, so that none takes for done what another one did; they share
    the outputs of the chapters.
    """
    with running_start.kernels(root, root / STORED):
        from jupyter_book.sphinx import build_sphinx

        # millions of nodes make Python look for garbage that is hardly there
        gc.set_threshold(50_000, 50, 100)
        os.environ["SOURCE_DATE_EPOCH"] = "315532800"
        result = build_sphinx(
            root,
            root / WORK / "_build" / builder,
            doctreedir=root / WORK / f"_build/.doctrees-{builder}",
            builder=builder,
            noconfig=True,
            path_config=root / "_config.yml",
            confoverrides={
                "external_toc_path": str(root / "_toc.yml"),
                "latex_individualpages": False,
                "nitpicky": True,
            },
            warningiserror=True,
            keep_going=True,
        )
    return result != 0


def pages(root: Path) -> list[str]:
    """Return the pages that the contents promise, as paths inside the site."""
    return [page for _, found in parts(root) for page in found]


def parts(root: Path) -> list[tuple[str, list[str]]]:
    """Return the parts of the contents, each with its pages; the first page has no part."""
    import yaml

    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))

    def below(entry: dict) -> list[str]:
        found = [f"{entry['file'].removesuffix('.md')}.html"] if "file" in entry else []
        inner = [one for key in ("chapters", "sections") for one in entry.get(key, [])]
        return found + [page for one in inner for page in below(one)]

    root_page = [f"{contents['root'].removesuffix('.md')}.html"]
    listed = [(part.get("caption", ""), below(part)) for part in contents.get("parts", [])]
    return [("", root_page + below(contents)), *listed]


def publish(root: Path, built: Path) -> None:
    """Put a copy of the built pages in place of the site, by renaming whole folders.

    A file that is as it was is linked to from both sites while there are two: nothing writes into a
    file of a site, while Sphinx writes over those of its own folder.
    """
    site, upcoming, last = root / SITE, root / NEXT, root / LAST
    for leftover in (upcoming, last):
        shutil.rmtree(leftover, ignore_errors=True)
    (root / MADE_OF).unlink(missing_ok=True)
    shutil.copytree(built, upcoming, copy_function=partial(_linked_or_copied, built, site))
    if site.exists():
        site.rename(last)
    upcoming.rename(site)
    shutil.rmtree(last, ignore_errors=True)


def _linked_or_copied(built: Path, site: Path, source: str, target: str) -> None:
    last = site / Path(source).relative_to(built)
    now = Path(source).stat()
    with contextlib.suppress(OSError):  # there was none, or no links are to be had here
        was = last.stat()
        if (was.st_size, was.st_mtime_ns) == (now.st_size, now.st_mtime_ns):
            os.link(last, target)
            return
    shutil.copy2(source, target)


def restore(root: Path) -> None:
    """Put the last site back if a build was cut off between the two renames."""
    if not (root / SITE).exists() and (root / LAST).exists():
        (root / LAST).rename(root / SITE)


def note_added(root: Path) -> None:
    """Note a file that a command has added to the site since it was put in place."""
    manifest.write(root / SITE)
    stamp = (_stamp(root) or {}) | {"files": _files(root / SITE)}
    (root / MADE_OF).write_text(json.dumps(stamp), encoding="utf-8")


def _stamp(root: Path) -> dict | None:
    """Return what the site in place was made of, as it was noted then."""
    try:
        return json.loads((root / MADE_OF).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _files(site: Path) -> dict[str, list[int]]:
    """Return size and time of every file of the site, so that a file taken away is noticed."""
    found = {}
    for path in site.rglob("*"):
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            found[path.relative_to(site).as_posix()] = [status.st_size, status.st_mtime_ns]
    return found
