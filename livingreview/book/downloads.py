"""The data beside the pages: every table, its description, the references, and all in one file."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from sphinx.application import Sphinx

from livingreview.data import load
from livingreview.project import BIBLIOGRAPHY, DATA_DIR
from livingreview.recompute import published, recompute
from livingreview.schema import read_package

RECOMPUTED = "recomputed.csv"
ARCHIVE = "low-dose-naltrexone-data.zip"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same data: no time of packing


def connect(app: Sphinx) -> None:
    """Write the downloads when the pages are written."""
    app.connect("build-finished", write_downloads)


def write_downloads(app: Sphinx, exception: Exception | None) -> None:
    """Copy data and references into the site and pack them; nothing on a failed build."""
    if exception is None and app.builder.format == "html":
        copy_data(Path(app.srcdir), Path(app.outdir))


def copy_data(root: Path, site: Path) -> None:
    """Copy the data package and the references of `root` to ``data/`` in the folder `site`."""
    package = read_package(root)
    folder = site / DATA_DIR
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    names = ["datapackage.json", *(table.path for table in package.tables.values())]
    files = [(name, root / DATA_DIR / name) for name in names]
    files.append((BIBLIOGRAPHY, root / BIBLIOGRAPHY))
    for name, path in files:
        shutil.copyfile(path, folder / name)
    recomputed = published(recompute(load(root)))
    recomputed.to_csv(folder / RECOMPUTED, index=False, lineterminator="\n", encoding="utf-8")
    with zipfile.ZipFile(folder / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
