"""Discrepancies: the cell that each one touches, and the content that it gives for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from livingreview.bibliography import Reference
from livingreview.checks.cells import cell_fault
from livingreview.checks.references import Rows
from livingreview.faults import Fault, near_miss
from livingreview.project import BIBLIOGRAPHY, DATA_DIR
from livingreview.schema import Field, Package, Table

CELL = ("table", "row", "column")
NAME_A_CELL = "Name a table, a key and a column of this package, or leave all three empty"


def check_discrepancies(
    package: Package, rows: Rows, references: dict[str, Reference]
) -> Iterator[Fault]:
    """Yield discrepancies that name no cell, or correct one to what cannot stand there.

    Parameters
    ----------
    package : Package
        Description of the tables.
    rows : Rows
        Rows by table; those that carry a fault are only looked up.
    references : dict of Reference
        Entries of the bibliography by key.
    """
    corrected: dict[tuple[str, ...], int] = {}
    for line, row in rows["discrepancies"]:
        found = list(_touched(package, rows, row))
        if not found and row["corrected"]:
            found = list(_correction(package, rows, references, row))
            cell = tuple(row[column] for column in CELL)
            if cell in corrected and all(cell):
                why = f"line {corrected[cell]} corrects this cell already"
                found.append(("corrected", why, "Keep one of the two"))
            corrected.setdefault(cell, line)
        for column, why, remedy in found:
            yield Fault(f"{DATA_DIR}/discrepancies.csv", line, column, row[column], why, remedy)


def _touched(package: Package, rows: Rows, row: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield column, reason and remedy where table, row and column name no cell."""
    filled = [bool(row[column]) for column in CELL]
    if not any(filled):
        return
    table = package.tables.get(row["table"])
    if not all(filled) or table is None:
        near = near_miss(row["table"], package.tables) if table is None else ""
        yield "table", "no such table", NAME_A_CELL + near
        return
    if row["column"] not in table.by_name:
        near = near_miss(row["column"], table.by_name)
        yield "column", "no such column", NAME_A_CELL + near
    if table.name in rows.complete and not _standing(table, rows, row["row"]):
        near = near_miss(row["row"], rows.by_key(table))
        yield "row", f"no row of {table.path} has this key", NAME_A_CELL + near


def _standing(table: Table, rows: Rows, key: str) -> list[dict[str, str]]:
    return rows.by_key(table).get(key, [])


def _correction(
    package: Package, rows: Rows, references: dict[str, Reference], row: dict[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yield column, reason and remedy where the corrected content cannot stand in its cell."""
    if not row["table"]:
        why = "a corrected content for no cell"
        yield "corrected", why, "Name table, row and column, or leave corrected empty"
        return
    table, value = package.tables[row["table"]], row["corrected"]
    column = table.by_name[row["column"]]
    standing = _standing(table, rows, row["row"])
    if not standing:
        return  # the row stands in a line that cannot be read
    if column.name in table.primary_key or column.type != "string" or len(standing) > 1:
        why = f"column {column.name} of {table.path} holds nothing that a source prints"
        yield "corrected", why, "Name the column of the value, or leave corrected empty"
        return
    if value == standing[0][column.name]:
        why = f"the same stands in {table.path} already"
        yield "corrected", why, "Enter the value there as printed, or leave corrected empty"
    if found := cell_fault(column, value):
        why, remedy = found
        yield "corrected", f"as content of {column.name} of {table.path}: {why}", remedy
    keys = value.split(" ") if column.list_of else [value]
    for name, known in _targets(package, table, column, rows, references):
        for key in keys:
            if key not in known:
                why = f"{name} has no {key}"
                yield "corrected", why, f"Use a key of {name}{near_miss(key, known)}"


def _targets(
    package: Package, table: Table, column: Field, rows: Rows, references: dict[str, Reference]
) -> Iterator[tuple[str, Collection[str]]]:
    """Yield name and keys of each table that the content of a column must point into."""
    pointers = [target for name, *target in table.foreign_keys if name == column.name]
    for resource, key in [*pointers, *([column.list_of] if column.list_of else [])]:
        yield package.tables[resource].path, {cells[key] for _, cells in rows.every[resource]}
    if column.name == "reference" and references:
        yield BIBLIOGRAPHY, references
