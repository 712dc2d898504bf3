"""What only means something together, and what is told twice.

A percentage and its count, the two limits of an interval, a source and the place in it; a row that
repeats another under a new key, and a key that stands twice in a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from livingreview.checks.references import Rows
from livingreview.faults import Fault
from livingreview.printed import decimals, half_even, half_up
from livingreview.project import DATA_DIR
from livingreview.schema import Package

COUNTED = ("percent", "events", "n")


def check_pairs(package: Package, rows: Rows) -> Iterator[Fault]:
    """Yield the faults of cells and rows that belong together.

    Parameters
    ----------
    package : Package
        Description of the tables.
    rows : Rows
        Rows by table, without those that are faulty by themselves.
    """
    yield from _percentages(rows)
    yield from _half_intervals(rows)
    for table in package.tables.values():
        yield from _places(table.name, rows)
        yield from _listed_twice(table, rows)
        yield from _repeated(table, rows)


def _percentages(rows: Rows) -> Iterator[Fault]:
    """Yield percentages that 100 × events / n does not round to, unless a discrepancy says so."""
    answered = {
        row["row"]
        for _, row in rows.every["discrepancies"]
        if row["table"] == "measurements" and row["column"] in COUNTED
    }
    for line, row in rows["measurements"]:
        percent, events, n = (row[column] for column in COUNTED)
        # a printed < or ~ is not held against anyone
        if not (events.isdecimal() and n.isdecimal() and percent.replace(".", "").isdecimal()):
            continue
        exact, places = Fraction(100 * int(events), int(n) or 1), decimals(percent)
        rounded = {half_up(exact, places), half_even(exact, places)}
        if int(events) > int(n) or Fraction(percent) in rounded:
            continue
        if row["measurement_id"] not in answered:
            right = f"{float(half_up(exact, places)):.{places}f}"
            why = f"not the percentage of its count: {events} of {n} is {right}"
            remedy = (
                "Correct percent, events or n; if the source prints it so, add a row to "
                f"{DATA_DIR}/discrepancies.csv for measurements, {row['measurement_id']}, percent"
            )
            yield _fault("measurements", line, "percent", percent, why, remedy)


def _half_intervals(rows: Rows) -> Iterator[Fault]:
    for table in ("measurements", "comparisons"):
        for line, row in rows[table]:
            if row["ci_low"] and not row["ci_high"]:
                why = "an interval without its upper limit"
                remedy = "Fill ci_high, or move the value"
                yield _fault(table, line, "ci_low", row["ci_low"], why, remedy)


def _places(table: str, rows: Rows) -> Iterator[Fault]:
    for line, row in rows[table]:
        source, locator = row.get("source_id", ""), row.get("locator", "")
        if source and locator == "" and "locator" in row:
            remedy = 'Say where it stands in the source, for example "Table 4, row 1"'
            yield _fault(table, line, "locator", "", "a source without the place in it", remedy)
        if locator and source == "":
            why = "a place without its source"
            yield _fault(table, line, "locator", locator, why, "Fill source_id")


def _listed_twice(table, rows: Rows) -> Iterator[Fault]:
    for column in (field.name for field in table.fields if field.list_of):
        for line, row in rows[table.name]:
            keys = row[column].split(" ")
            if len(set(keys)) < len(keys):
                why = "a key stands twice in the list"
                yield _fault(table.name, line, column, row[column], why, "Keep one of them")


def _repeated(table, rows: Rows) -> Iterator[Fault]:
    if len(table.primary_key) != 1:
        return
    key, first = table.primary_key[0], {}
    for line, row in rows[table.name]:
        told = tuple(value for column, value in row.items() if column != key)
        if told in first:
            why = f"the row repeats line {first[told]} in all but its key"
            remedy = "Remove one of the two, or say what tells them apart"
            yield _fault(table.name, line, key, row[key], why, remedy)
        else:
            first[told] = line


def _fault(table: str, line: int, column: str, value: str, why: str, remedy: str) -> Fault:
    return Fault(f"{DATA_DIR}/{table}.csv", line, column, value, why, remedy)
