"""Checks of the data: they say what is wrong and where, and never repair."""

from __future__ import annotations

from pathlib import Path

from livingreview.bibliography import Reference, read_bibliography
from livingreview.checks.cells import check_cells, check_references
from livingreview.checks.files import RawTable, read_table
from livingreview.checks.rules import check_rules
from livingreview.faults import DataError, Fault
from livingreview.project import DATA_DIR, PACKAGE_FILE
from livingreview.schema import Package, PackageError, read_package

__all__ = ["DataError", "Fault", "check_project", "read_checked"]


def check_project(root: Path) -> list[Fault]:
    """Return every fault in the data of the project at `root`, sorted by place."""
    try:
        _read(root)
    except DataError as error:
        return error.faults
    return []


def read_checked(root: Path) -> tuple[Package, dict[str, RawTable], dict[str, Reference]]:
    """Return the description and the cells of all tables, and the references.

    Raises
    ------
    DataError
        If anything is wrong; its `faults` name file, line, column, value and remedy.
    """
    return _read(root)


def _read(root: Path) -> tuple[Package, dict[str, RawTable], dict[str, Reference]]:
    try:
        package = read_package(root)
    except PackageError as error:
        file, _, why = str(error).partition(": ")
        raise DataError([Fault(file, 0, "", "", why, "Restore it from the repository")]) from error
    faults: list[Fault] = list(_strangers(root, package))
    raws: dict[str, RawTable] = {}
    sound = True
    for table in package.tables.values():
        raws[table.name], found = read_table(root, table)
        faults += found
        if raws[table.name].sound:
            cells = check_cells(table, raws[table.name])
            faults += cells
            sound = sound and not cells
        else:
            sound = False
    dangling = check_references(package, raws)
    faults += dangling
    references, found = read_bibliography(root)
    faults += found
    # rules across tables look rows up by their keys: they need tables and keys that are sound
    if sound and not dangling and not found:
        rows = {name: raw.rows for name, raw in raws.items()}
        faults += check_rules(package, rows, references)
    if faults:
        raise DataError(faults)
    return package, raws, references


def _strangers(root: Path, package: Package):
    known = {table.path for table in package.tables.values()} | {PACKAGE_FILE}
    for path in sorted((root / DATA_DIR).iterdir()):
        if path.name not in known and not path.name.startswith("."):
            why = f"the file is not described in {PACKAGE_FILE}, so nothing would read it"
            remedy = "Describe it there, or take it away"
            yield Fault(f"{DATA_DIR}/{path.name}", 0, "", "", why, remedy)
