"""The data beside the pages: tables as CSV and JSON, references, and all tables in one file."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from pathlib import Path

from sphinx.application import Sphinx

from livingreview.book.reference_files import as_csl, as_ris, ris_records
from livingreview.data import load
from livingreview.project import BIBLIOGRAPHY, DATA_DIR
from livingreview.recompute import published, recompute
from livingreview.schema import Table, read_package

RECOMPUTED, RECOMPUTED_JSON = "recomputed.csv", "recomputed.json"
REFERENCES_RIS, REFERENCES_CSL = "references.ris", "references.json"
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
    for table in package.tables.values():
        text = as_json(typed_rows(root / DATA_DIR / table.path, table))
        (folder / Path(table.path).with_suffix(".json")).write_text(text, encoding="utf-8")
    recomputed = published(recompute(load(root)))
    recomputed.to_csv(folder / RECOMPUTED, index=False, lineterminator="\n", encoding="utf-8")
    rows = json.loads(recomputed.to_json(orient="records"))
    (folder / RECOMPUTED_JSON).write_text(as_json(rows), encoding="utf-8")
    with zipfile.ZipFile(folder / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
    items = as_csl((root / BIBLIOGRAPHY).read_text(encoding="utf-8"))
    (folder / REFERENCES_CSL).write_text(as_json(items), encoding="utf-8")
    (folder / REFERENCES_RIS).write_text(as_ris(ris_records(items)), encoding="utf-8")


def typed_rows(path: Path, table: Table) -> list[dict]:
    """Return the rows of a table as objects, with the types of the schema.

    Whole numbers become numbers and an empty cell null. All else is text as printed in its source,
    numbers among it: ``<0.001`` and ``0.50`` would not survive being read as numbers.

    Parameters
    ----------
    path : Path
        The CSV file.
    table : Table
        Its description.
    """
    kinds = {name: int if field.type == "integer" else str for name, field in table.by_name.items()}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {name: kinds[name](cell) if cell else None for name, cell in row.items()}
            for row in csv.DictReader(file)
        ]


def as_json(value: list) -> str:
    """Return JSON with one object a line, so that a change shows as the row that changed."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in value)
    return f"[\n{lines}\n]\n" if value else "[]\n"
