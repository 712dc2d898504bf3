"""Checks of the data: they say what is wrong and where, and never repair.

Reading order: `encoding` (bytes to text), `files` (text to rows), `cells` (one cell, with `days`),
`references` (keys into other tables), `rules` with `numbers`, `pairs`, `discrepancies`,
`retractions` and `second_readings` (more than one cell), and `plausibility` (warnings, which stop
nothing).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from livingreview.bibliography import Reference, read_bibliography
from livingreview.checks.cells import check_cells
from livingreview.checks.files import RawTable, read_table
from livingreview.checks.plausibility import check_plausibility
from livingreview.checks.references import Rows, check_references
from livingreview.checks.rules import check_rules
from livingreview.faults import DataError, Fault, near_miss
from livingreview.project import DATA_DIR, PACKAGE_FILE, state_of_data
from livingreview.schema import Package, PackageError, read_package

__all__ = ["DataError", "Fault", "check_project", "examine", "read_checked"]


@dataclass(frozen=True)
class _Reading:
    """What was read of a project, and what is wrong with it."""

    package: Package | None
    raws: dict[str, RawTable]
    references: dict[str, Reference]
    faults: list[Fault]
    warnings: list[Fault]


def examine(root: Path) -> tuple[list[Fault], list[Fault]]:
    """Return every fault and every warning in the data of the project, each sorted by place.

    Warnings tell what is unlikely; they stop nothing.
    """
    reading = _looked_at(root)
    return reading.faults, reading.warnings


def check_project(root: Path) -> list[Fault]:
    """Return every fault in the data of the project at `root`, sorted by place."""
    return _looked_at(root).faults


def read_checked(root: Path) -> tuple[Package, dict[str, RawTable], dict[str, Reference]]:
    """Return the description and the cells of all tables, and the references.

    Raises
    ------
    DataError
        If anything is wrong; its `faults` name file, line, column, value and remedy.
    """
    state, reading = _last.pop(root, ("", None))
    if reading is None or state != state_of_data(root):
        reading = _read(root)
    if reading.package is None or reading.faults:
        raise DataError(reading.faults)
    return reading.package, reading.raws, reading.references


# What was looked at last, with the state of its files: who checks data mostly takes them next.
_last: dict[Path, tuple[str, _Reading]] = {}


def _looked_at(root: Path) -> _Reading:
    """Return what was read, and keep it for who takes the data."""
    _last.clear()
    try:
        state = state_of_data(root)
    except OSError:
        # told as a fault of the file that cannot be read
        return _read(root)
    reading = _read(root)
    if not reading.faults:
        _last[root] = state, reading
    return reading


def _read(root: Path) -> _Reading:
    try:
        package = read_package(root)
    except PackageError as error:
        remedy = "Restore it from the repository"
        fault = Fault(error.file, error.line, "", "", error.why, remedy)
        return _Reading(None, {}, {}, [fault], [])
    faults: list[Fault] = list(_strangers(root, package))
    raws: dict[str, RawTable] = {}
    for table in package.tables.values():
        raws[table.name], found = read_table(root, table)
        faults += found + check_cells(table, raws[table.name])
    faults += check_references(package, raws, faults)
    references, found = read_bibliography(root)
    faults += found
    warnings: list[Fault] = []
    rows = Rows(package, raws, faults)
    try:
        faults += check_rules(package, rows, references)
        warnings += check_plausibility(rows)
    except KeyError as error:
        # rows hold what their description says: only that can lack what a rule asks for
        why = f"the description lacks the table or column {error.args[0]}, which a rule needs"
        file = f"{DATA_DIR}/{PACKAGE_FILE}"
        faults.append(Fault(file, 0, "", "", why, "Restore it from the repository"))
    placed = {f"{DATA_DIR}/{table.path}": raws[table.name] for table in package.tables.values()}
    faults, warnings = _placed(faults, placed), _placed(warnings, placed)
    return _Reading(package, raws, references, faults, warnings)


def _placed(faults: list[Fault], raws: dict[str, RawTable]) -> list[Fault]:
    return sorted(
        replace(fault, position=raws[fault.file].position(fault.line, fault.column.split(", ")[0]))
        if fault.file in raws
        else fault
        for fault in faults
    )


def _strangers(root: Path, package: Package) -> Iterator[Fault]:
    known = {table.path for table in package.tables.values()} | {PACKAGE_FILE}
    for path in sorted((root / DATA_DIR).iterdir()):
        if path.name not in known and not path.name.startswith("."):
            why = f"the file is not described in {PACKAGE_FILE}, so nothing would read it"
            remedy = f"Describe it there, or take it away{near_miss(path.name, known)}"
            yield Fault(f"{DATA_DIR}/{path.name}", 0, "", "", why, remedy)
