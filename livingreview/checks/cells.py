"""Cells and keys of one table against the schema: form, types, vocabularies, patterns, keys."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from livingreview.checks.days import YEARS, days_meant, is_day, mangled
from livingreview.checks.files import RawTable
from livingreview.faults import Fault, near_miss
from livingreview.printed import number
from livingreview.project import DATA_DIR
from livingreview.schema import Field, Table

NUMBER = "not a number as this review writes it"
NUMBER_REMEDY = (
    "Write digits with a decimal point as the source prints them, for example 48.0, <0.001, "
    "10,000 or 10^-5"
)
NOT_A_VALUE = {"nan", "na", "n/a", "#n/a", "null", "none", "inf", "-inf", "#ref!", "#value!"}
QUOTES = (("“", "”"), ("„", "“"), ("”", "”"), ("‘", "’"), ("’", "’"), ('"', '"'), ("'", "'"))
_EXPONENT = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]{1,2}")
_RANGE = re.compile(r"[0-9.,]+ ?[-–] ?[0-9.,]+")
# 0,125 would be read as 125 with its comma between thousands
_ZERO_THOUSANDS = re.compile(r"[<>≤≥~]?[+-]?0[0-9]*,.*")


def check_cells(table: Table, raw: RawTable) -> list[Fault]:
    """Return the faults of single cells and of the table's own keys."""
    name = f"{DATA_DIR}/{table.path}"
    faults: list[Fault] = []
    present = [column for column in table.by_name if column in raw.header]
    for column in present if raw.rows else ():
        # values repeat down a column: each is judged once
        values = {row[column] for _, row in raw.rows}
        bad = {v: found for v in values if (found := cell_fault(table.by_name[column], v))}
        if bad:
            faults += [
                Fault(name, line, column, row[column], *bad[row[column]])
                for line, row in raw.rows
                if row[column] in bad
            ]
    keys = [table.primary_key] + [
        (f.name,) for f in table.fields if f.unique and (f.name,) != table.primary_key
    ]
    for key in keys:
        if set(key) <= set(present):
            faults.extend(_repeated(name, key, raw))
    return faults


def cell_fault(field: Field, value: str) -> tuple[str, str] | None:
    """Return reason and remedy where a text cannot stand in a column, else None."""
    if value == "":
        if field.required:
            return "the cell is empty and must not be", f"Fill it: {field.description}"
        return None
    return _form(field, value) or _content(field, value)


def _form(field: Field, value: str) -> tuple[str, str] | None:
    """Judge what no cell may hold, whatever its column."""
    bare = value.strip()
    if value != bare:
        return "there is a space at the start or end", f'Write "{bare}"'
    if value.lower() in NOT_A_VALUE:
        return "this is no value", "Leave the cell empty where the source gives nothing"
    if not value.isascii() or not value.isprintable():
        odd = next((c for c in value if c != " " and unicodedata.category(c)[0] in "ZC"), None)
        if odd:
            called = unicodedata.name(odd, "control character").lower()
            why = f"it holds a character that cannot be seen (U+{ord(odd):04X}, {called})"
            return why, "Type the cell again, with plain spaces"
    for first, last in QUOTES:
        inner = value[1:-1]
        if value.startswith(first) and value.endswith(last) and not set(inner) & {first, last}:
            return "quotes stand around the whole cell", f'Remove them: write "{inner}"'
    if field.type != "date" and mangled(value):
        why = "a spreadsheet seems to have made a date of it"
        return why, "Write it again as the source prints it, with the column set to text"
    return None


def _content(field: Field, value: str) -> tuple[str, str] | None:
    if field.enum and value not in field.enum:
        return "not a word of this column's vocabulary", (
            f"Use one of: {', '.join(field.enum)}{near_miss(value, field.enum)}"
        )
    if field.type == "date" and not is_day(value):
        return _no_day(value)
    # nine digits are more than anything here is counted to, and fit every type of integer
    if field.type == "integer" and not re.fullmatch(r"0|[1-9][0-9]{0,8}", value):
        return "not a whole number", "Write digits only, without zeros before them"
    if field.regex and not field.regex.fullmatch(value):
        if field.printed:
            return _no_number(field, value)
        return "not of the form this column asks for", _described(field)
    if field.printed and (_ZERO_THOUSANDS.fullmatch(value) or not math.isfinite(_number(value))):
        return _no_number(field, value)
    if field.minimum is not None and _number(value) < field.minimum:
        return f"below {field.minimum:g}", "Check it against the source"
    return None


def _number(value: str) -> float:
    try:
        return number(value)
    except (ValueError, ArithmeticError):
        return math.nan


def _no_number(field: Field, value: str) -> tuple[str, str]:
    hint = ""
    plain = unicodedata.normalize("NFKC", value).translate(str.maketrans("−–", "--"))
    if _EXPONENT.fullmatch(value):
        written = f"{Decimal(value.replace(',', '.')):f}"
        hint = f'An exponent? Write it out, "{written}". '
    elif "," in value and "." not in value and field.regex.fullmatch(value.replace(",", ".")):
        hint = f'A decimal comma? Write a decimal point, "{value.replace(",", ".")}". '
    elif value[0] in "−–" and re.fullmatch("-[0-9.]+", plain):
        hint = "Write the minus sign as - (hyphen). "
    elif plain != value and field.regex.fullmatch(plain):
        hint = f'Write plain digits and signs, "{plain}". '
    elif _RANGE.fullmatch(value):
        hint = "A range has a column for each end. "
    elif "±" in value:
        hint = "The number after ± has a column of its own. "
    elif value.endswith("%"):
        hint = "The unit has a column of its own. "
    elif value[0] == "-" and field.regex.fullmatch(value[1:]):
        return "below zero", f"{field.description} Check it against the source"
    elif field.regex.fullmatch(value):
        hint = "A power too large or too small to compute with. "
    elif math.isfinite(_number(value)):
        return "not a number that can stand here", _described(field)
    return NUMBER, hint + NUMBER_REMEDY


def _described(field: Field) -> str:
    return f"{field.description} It must match {field.pattern}"


def _no_day(value: str) -> tuple[str, str]:
    why, remedy = "not a date", "Write the day as year-month-day, for example 2026-11-21"
    meant = days_meant(value)
    if meant:
        # where day and month can be exchanged only the source of the row can tell
        remedy += f" (did you mean {' or '.join(meant)}?)"
    elif re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        remedy = f"There is no such day between {YEARS.start} and {YEARS.stop - 1}; correct it"
    return why, remedy


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
