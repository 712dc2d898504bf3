"""Refuse to publish a site that is empty, partial, or much smaller than the last one.

A build that fails publishes nothing anyway. This is for what fails without a word: a page cut off
by a full disk, an upload that lost files, a table that came back with half of its rows.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from livingreview.book import manifest
from livingreview.book.build import pages
from livingreview.book.downloads import ARCHIVE, RECOMPUTED
from livingreview.book.pdf.whole import NAME as PDF
from livingreview.book.pdf.whole import faults_of_pdf
from livingreview.book.study_pages import FOLDER
from livingreview.data import Review, load
from livingreview.faults import Fault
from livingreview.project import BIBLIOGRAPHY, DATA_DIR, PACKAGE_FILE
from livingreview.schema import read_package

SMALLEST_SHARE = 0.5  # of its last size that a page or a table may shrink to
AGAIN = "Build it again with `make clean pdf`"
ON_PURPOSE = (
    "If it is meant, run the workflow Publish by hand and tick that the site is smaller on purpose"
)


def faults_of_site(root: Path, site: Path, last: Path | None = None) -> list[Fault]:
    """Return why a site must not be published, sorted by file.

    Parameters
    ----------
    root : Path
        Folder of the project that the site was built from.
    site : Path
        Folder of the site.
    last : Path, optional
        Manifest of the site as last published; without it nothing is compared with the past.
    """
    review = load(root)
    downloads = _sources(root)
    promised = [*pages(root), *(f"{FOLDER}/{key}.html" for key in review.whole.studies["study_id"])]
    promised += ["search.html", "searchindex.js", manifest.MANIFEST, PDF]
    promised += [f"{DATA_DIR}/{name}" for name in (*downloads, RECOMPUTED, ARCHIVE)]
    missing = [name for name in promised if not (site / name).is_file()]
    faults = [_fault(name, "is missing from the site") for name in missing]
    faults += _cut_off(site)
    faults += _other_data(site, downloads)
    if PDF not in missing:
        faults += [_fault(PDF, why) for why in faults_of_pdf(root, site, site / PDF)]
    if manifest.MANIFEST not in missing:
        faults += _not_as_built(site)
    if last:
        faults += _shrunk(site, last, review)
    by_file: dict[str, Fault] = {}
    for fault in faults:
        by_file.setdefault(fault.file, fault)  # the first says most; the others follow from it
    return sorted(by_file.values())


def wrong_tag(root: Path, tag: str) -> list[Fault]:
    """Return a fault if a tag is not ``v`` and the version of the data package."""
    version = read_package(root).version
    if tag == f"v{version}":
        return []
    why = f"is the version of the data, and the tag says {tag}"
    remedy = "Set the version in pyproject.toml and here, or the tag, so that they agree"
    return [Fault(f"{DATA_DIR}/{PACKAGE_FILE}", 0, "", version, why, remedy)]


def _fault(name: str, why: str, remedy: str = AGAIN) -> Fault:
    return Fault(name, 0, "", "", why, remedy)


def _sources(root: Path) -> dict[str, Path]:
    """Return where each file that a reader may download comes from, by its name in the site."""
    names = [PACKAGE_FILE, *(table.path for table in read_package(root).tables.values())]
    return {name: root / DATA_DIR / name for name in names} | {BIBLIOGRAPHY: root / BIBLIOGRAPHY}


def _cut_off(site: Path) -> Iterator[Fault]:
    for path in sorted(site.rglob("*.html")):
        text = path.read_bytes()
        if path.relative_to(site).parts[0] == "_static":
            continue  # parts of pages, brought by the theme
        if not text.rstrip().endswith(b"</html>"):
            yield _fault(path.relative_to(site).as_posix(), "is cut off: its end is missing")
        elif b"<h1" not in text:
            yield _fault(path.relative_to(site).as_posix(), "is empty: it has no heading")


def _other_data(site: Path, downloads: dict[str, Path]) -> Iterator[Fault]:
    """Yield a fault for each download that is not the data of the repository."""
    folder = site / DATA_DIR
    for name, source in downloads.items():
        if (folder / name).is_file() and (folder / name).read_bytes() != source.read_bytes():
            yield _fault(f"{DATA_DIR}/{name}", "is not the file of the repository")
    if not (folder / ARCHIVE).is_file():
        return
    try:
        with zipfile.ZipFile(folder / ARCHIVE) as archive:
            held = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, EOFError):
        yield _fault(f"{DATA_DIR}/{ARCHIVE}", "cannot be opened")
        return
    for name, source in downloads.items():
        if held.get(name) != source.read_bytes():
            yield _fault(f"{DATA_DIR}/{ARCHIVE}", f"does not hold {name} of the repository")


def _not_as_built(site: Path) -> Iterator[Fault]:
    """Yield a fault for each file that was lost, added or changed since the build."""
    try:
        built = manifest.read(site / manifest.MANIFEST)
    except manifest.ManifestError as error:
        yield _fault(manifest.MANIFEST, f"is no manifest: {error}")
        return
    here = manifest.files(site)
    for name in sorted(built.keys() | here.keys()):
        if built.get(name) != here.get(name):
            was, now = built.get(name, "none"), here.get(name, "none")
            yield _fault(name, f"has changed since the build (bytes then: {was}, now: {now})")


def _shrunk(site: Path, last: Path, review: Review) -> Iterator[Fault]:
    """Yield a fault for each page or table that is gone or much smaller than last time."""
    try:
        before = manifest.read(last)
    except manifest.ManifestError as error:
        remedy = f"Fetch {manifest.MANIFEST} of the published site again"
        yield Fault(last.name, 0, "", "", f"is no manifest: {error}", remedy)
        return
    here = manifest.files(site)
    updates = review.updates
    removals = " ".join(updates.loc[updates["kind"] == "study removed", "summary"])
    for name, size in sorted(before.items()):
        if not name.endswith((".html", PDF)) and not name.startswith(f"{DATA_DIR}/"):
            continue  # scripts and styles come and go with the theme
        if name not in here:
            study = re.fullmatch(rf"{FOLDER}/(.+)\.html", name)
            if study is None:
                yield _fault(name, "was published last time and is gone", ON_PURPOSE)
            elif not re.search(rf"\b{re.escape(study[1])}\b", removals):
                remedy = (
                    f'Name {study[1]} in a row "study removed" of data/updates.csv, '
                    "or bring the study back"
                )
                yield _fault(name, "was published last time and is gone", remedy)
        elif here[name] < SMALLEST_SHARE * size:
            why = f"is less than half of what was published (bytes then: {size}, now: {here[name]})"
            yield _fault(name, why, f"{AGAIN}. {ON_PURPOSE}")
