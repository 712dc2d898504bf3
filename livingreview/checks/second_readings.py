"""Second readings: each is of a cell that there is, and no disagreement stays open."""

from __future__ import annotations

from collections.abc import Iterator

from livingreview.checks.cells import cell_fault
from livingreview.checks.references import Rows
from livingreview.double_extraction import KEPT, NOT_PRINTED, TABLE, TABLES, columns, same_number
from livingreview.faults import Fault, near_miss
from livingreview.project import DATA_DIR
from livingreview.schema import Package

Told = tuple[str, str, str]  # column, reason, remedy
Row = dict[str, str]


def check_second_readings(package: Package, rows: Rows) -> Iterator[Fault]:
    """Yield second readings of no cell, open disagreements, and cells that fit neither reading.

    Parameters
    ----------
    package : Package
        Description of the tables.
    rows : Rows
        Rows by table; those that carry a fault are only looked up.
    """
    places: dict[str, dict[str, tuple[int, Row]]] = {}
    for line, row in rows[TABLE]:
        if told := _no_cell(package, rows, row):
            found = [told]
        else:
            table = package.tables[row["table"]]
            if table.name not in places:
                key = table.primary_key[0]
                places[table.name] = {r[key]: (at, r) for at, r in rows.every[table.name]}
            if row["row"] not in places[table.name]:
                continue  # it may stand in a line that cannot be read
            at, cells = places[table.name][row["row"]]
            if cell_fault(table.by_name[row["column"]], cells[row["column"]]):
                continue  # that is told there
            now = cells[row["column"]] or NOT_PRINTED
            where = f"{DATA_DIR}/{table.path}:{at}, column {row['column']}"
            found = [*_no_value(package, row), *_resolution(row)]
            found = found or list(_compared(row, now, where))
        for column, why, remedy in found:
            yield Fault(f"{DATA_DIR}/{TABLE}.csv", line, column, row[column], why, remedy)


def _no_cell(package: Package, rows: Rows, row: Row) -> Told | None:
    if row["table"] not in TABLES:
        near = near_miss(row["table"], TABLES)
        return (
            "table",
            "no table whose values are read twice",
            f"Use one of: {', '.join(TABLES)}{near}",
        )
    table = package.tables[row["table"]]
    known = columns(table)
    if row["column"] not in known:
        near = near_miss(row["column"], known)
        why = f"no column of {table.path} that is read twice"
        return "column", why, f"Use one of: {', '.join(known)}{near}"
    keys = rows.by_key(table)
    if table.name in rows.complete and row["row"] not in keys:
        near = near_miss(row["row"], keys)
        return (
            "row",
            f"no row of {table.path} has this key",
            f"Correct the key, or remove the row{near}",
        )
    return None


def _no_value(package: Package, row: Row) -> Iterator[Told]:
    """Yield readings that hold what cannot stand in their cell."""
    field = package.tables[row["table"]].by_name[row["column"]]
    for column in ("first", "second"):
        if row[column] != NOT_PRINTED and (found := cell_fault(field, row[column])):
            why, remedy = found
            yield column, f"as content of {row['column']} of {row['table']}.csv: {why}", remedy


def _resolution(row: Row) -> Iterator[Told]:
    """Yield resolutions of which a part is missing or impossible."""
    for column in ("kept", "reason", "resolved"):
        if not row[column] and any(row[other] for other in ("kept", "reason", "resolved")):
            why = "kept, reason and resolved must all be filled, or none of them"
            yield column, why, "Say whose value was kept, why, and on which day"
    if row["resolved"] and row["resolved"] < row["extracted"]:
        why = f"resolved before it was read ({row['extracted']})"
        yield "resolved", why, "Correct the day"


def _compared(row: Row, now: str, where: str) -> Iterator[Told]:
    """Yield an open disagreement, or a cell that does not hold what the readings say."""
    first, second, kept = row["first"], row["second"], row["kept"]
    if first != second and not kept:
        form = " (the same number, printed otherwise)" if same_number(first, second) else ""
        why = f'the second reading disagrees with the first, "{first}"{form}, in {where}'
        remedy = (
            "Look at the source again, both together; correct that cell if need be, and say here "
            "in kept, reason and resolved whose value it holds and why"
        )
        yield "second", why, remedy
    elif kept == "neither":
        if now in (first, second):
            why = f'"neither" was kept, and {where} holds "{now}", which one of them found'
            yield "kept", why, "Correct that cell, or kept"
    elif now != (row[kept] if kept in KEPT else first):
        what = f'the {kept} reading, "{row[kept]}", was kept' if kept else f'both found "{first}"'
        why = f'{what}, and {where} holds "{now}"'
        remedy = "Correct that cell; or, if it is right, say in kept, reason and resolved why"
        yield "kept" if kept else "second", why, remedy
