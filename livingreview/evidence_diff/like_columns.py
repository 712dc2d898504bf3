"""Two sides of which one has columns that the other does not have yet.

A change that adds a column is to be compared with what was before it, and the code asks for the
column on both sides. An empty cell says that nothing is told, so a column that may be empty is
read as empty where it is missing, and so is a table that may hold no rows. A column that must be
filled is not made up.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from pathlib import Path

from livingreview.evidence_diff.sides import Place, Side, loaded
from livingreview.project import BIBLIOGRAPHY, CONFIG, DATA_DIR, PACKAGE_FILE
from livingreview.schema import PackageError, read_package

Missing = dict[str, list[str]]


def read_alike(before: Place, after: Place) -> tuple[Side, Side, list[str]]:
    """Read both sides with the optional columns and tables of either, and tell of each one added.

    Raises
    ------
    SideError
        If the data of a side have faults.
    """
    old, new = (_missing(*pair) for pair in ((before, after), (after, before)))
    notes = [
        f"{place.name} has no column {column} in {name}.csv; it is read there as empty."
        for place, missing in ((before, old), (after, new))
        for name, columns in missing.items()
        for column in columns
    ]
    tables = [_lacking(*pair) for pair in ((before, after), (after, before))]
    notes += [
        f"{place.name} has no table {name}.csv; it is read there as empty."
        for place, names in zip((before, after), tables, strict=True)
        for name in names
    ]
    sides = _read(before, after, old, tables[0]), _read(after, before, new, tables[1])
    return *sides, notes


def _lacking(place: Place, other: Place) -> list[str]:
    """Return the tables that only the other side has and that may hold no rows."""
    try:
        own, more = (read_package(side.folder).tables for side in (place, other))
    except PackageError:
        return []  # reading the data names the fault
    return [name for name, table in more.items() if table.may_be_empty and name not in own]


def _missing(place: Place, other: Place) -> Missing:
    """Return the optional columns that only the other side has, by table of both."""
    try:
        own, more = (read_package(side.folder).tables for side in (place, other))
    except PackageError:
        return {}  # reading the data names the fault
    found = {
        name: [
            field.name
            for field in more[name].fields
            if field.name not in table.by_name and not field.required
        ]
        for name, table in own.items()
        if name in more
    }
    return {name: columns for name, columns in found.items() if columns}


def _read(place: Place, other: Place, missing: Missing, lacking: list[str]) -> Side:
    if not (missing or lacking):
        return loaded(place, place.folder)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(place.folder / DATA_DIR, folder / DATA_DIR)
        for name in (BIBLIOGRAPHY, CONFIG):
            if (place.folder / name).is_file():
                shutil.copy(place.folder / name, folder / name)
        described, more = _description(folder), _description(other.folder)
        described["resources"] += [one for one in more["resources"] if one["name"] in lacking]
        for name in lacking:
            header = [field["name"] for field in _tables(more)[name][1]["fields"]]
            (folder / DATA_DIR / f"{name}.csv").write_text(
                ",".join(header) + "\n", encoding="utf-8"
            )
        fields = {
            name: {field["name"]: field for field in schema["fields"]}
            for name, (_, schema) in _tables(more).items()
        }
        for name, (path, schema) in _tables(described).items():
            columns = missing.get(name, [])
            schema["fields"] += [fields[name][column] for column in columns]
            _widen(folder / DATA_DIR / path, columns)
        file = folder / DATA_DIR / PACKAGE_FILE
        file.write_text(json.dumps(described), encoding="utf-8")
        return loaded(place, folder)


def _description(folder: Path) -> dict:
    return json.loads((folder / DATA_DIR / PACKAGE_FILE).read_text(encoding="utf-8"))


def _tables(described: dict) -> dict[str, tuple[str, dict]]:
    return {table["name"]: (table["path"], table["schema"]) for table in described["resources"]}


def _widen(path: Path, columns: list[str]) -> None:
    """Add empty columns to a file; one that cannot be read stays, for the checks to name it."""
    try:
        header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")), strict=True)
    except (OSError, ValueError, csv.Error):
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*header, *columns])
    writer.writerows([*row, *("" for _ in columns)] for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8")
