"""Cells and keys against the schema: types, vocabularies, patterns, primary and foreign keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from livingreview.checks.files import RawTable
from livingreview.faults import Fault, near_miss
from livingreview.project import DATA_DIR, PACKAGE_FILE
from livingreview.schema import Field, Package, Table

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = "not a number as this review writes it"
NUMBER_REMEDY = (
    "Write digits with a decimal point as the source prints them, for example 48.0, <0.001, "
    "10,000 or 10^-5"
)


def check_cells(table: Table, raw: RawTable) -> list[Fault]:
    """Return the faults of single cells and of the table's own keys."""
    name = f"{DATA_DIR}/{table.path}"
    faults: list[Fault] = []
    for line, row in raw.rows:
        for column, field in table.by_name.items():
            found = cell_fault(field, row[column])
            if found:
                faults.append(Fault(name, line, column, row[column], *found))
    keys = [table.primary_key] + [
        (f.name,) for f in table.fields if f.unique and (f.name,) != table.primary_key
    ]
    for key in keys:
        faults.extend(_repeated(name, key, raw))
    return faults


def cell_fault(field: Field, value: str) -> tuple[str, str] | None:
    """Return reason and remedy where a text cannot stand in a column, else None."""
    if value == "":
        if field.required:
            return "the cell is empty and must not be", f"Fill it: {field.description.rstrip('.')}"
        return None
    if field.enum and value not in field.enum:
        words = ", ".join(field.enum)
        return "not a word of this column's vocabulary", (
            f"Use one of: {words}{near_miss(value, field.enum)}"
        )
    if field.type == "date":
        return _date(value)
    if field.type == "integer" and not (value.isascii() and value.isdigit()):
        return "not a whole number", "Write digits only"
    if field.minimum is not None and float(value) < field.minimum:
        return f"below {field.minimum:g}", "Check it against the source"
    if field.regex and not field.regex.fullmatch(value):
        return _pattern(field, value)
    return None


def _pattern(field: Field, value: str) -> tuple[str, str]:
    if not field.printed:
        return "not of the form this column asks for", f"It must match {field.pattern}"
    if "," in value and "." not in value:
        point = value.replace(",", ".")
        return NUMBER, f'A decimal comma? Write a decimal point, "{point}". {NUMBER_REMEDY}'
    if "−" in value or "–" in value:
        return NUMBER, f"Write the minus sign as - (hyphen). {NUMBER_REMEDY}"
    return NUMBER, NUMBER_REMEDY


def _date(value: str) -> tuple[str, str] | None:
    try:
        if DAY.fullmatch(value) and date.fromisoformat(value):
            return None
    except ValueError:
        pass
    return "not a date", "Write the day as year-month-day, for example 2026-11-21"


def _repeated(name: str, key: tuple[str, ...], raw: RawTable) -> Iterator[Fault]:
    first: dict[tuple[str, ...], int] = {}
    for line, row in raw.rows:
        value = tuple(row[column] for column in key)
        if value in first:
            why = f"this key stands in line {first[value]} already"
            remedy = "Give the row a key of its own, or remove the repeated row"
            yield Fault(name, line, ", ".join(key), ", ".join(value), why, remedy)
        else:
            first[value] = line


def check_references(package: Package, raws: dict[str, RawTable]) -> list[Fault]:
    """Return the faults of keys that point into other tables.

    A table whose own file is faulty is passed over, so that one fault is told once.
    """
    faults: list[Fault] = []
    for table in package.tables.values():
        pointers = [(column, target, False) for column, *target in table.foreign_keys]
        pointers += [(f.name, list(f.list_of), True) for f in table.fields if f.list_of]
        for column, (resource, target_column), is_list in pointers:
            if resource not in raws or target_column not in package.tables[resource].by_name:
                why = (
                    f"column {column} of {table.path} points to {resource}, which is not described"
                )
                file = f"{DATA_DIR}/{PACKAGE_FILE}"
                faults.append(Fault(file, 0, "", "", why, "Restore it from the repository"))
                continue
            if not (raws[table.name].sound and raws[resource].sound):
                continue
            known = {row[target_column] for _, row in raws[resource].rows}
            for line, row in raws[table.name].rows:
                values = row[column].split(" ") if is_list and row[column] else [row[column]]
                for value in values:
                    if row[column] != "" and value not in known:
                        why = f"no row of {DATA_DIR}/{package.tables[resource].path} has this "
                        remedy = f"Add that row first, or correct the key{near_miss(value, known)}"
                        faults.append(
                            Fault(
                                f"{DATA_DIR}/{table.path}",
                                line,
                                column,
                                value,
                                why + target_column,
                                remedy,
                            )
                        )
    return faults
