"""What a schema cannot say: rules across the cells of a row, across rows, and across tables."""

from __future__ import annotations

from collections.abc import Iterator

from livingreview.bibliography import Reference
from livingreview.checks.discrepancies import check_discrepancies
from livingreview.checks.numbers import check_numbers
from livingreview.checks.pairs import check_pairs
from livingreview.checks.references import Rows
from livingreview.checks.retractions import check_retractions
from livingreview.checks.second_readings import check_second_readings
from livingreview.faults import Fault, NearMisses
from livingreview.printed import number
from livingreview.project import BIBLIOGRAPHY, DATA_DIR
from livingreview.schema import Package

VALUES = ("mean", "events", "percent", "value")
PAGES = ("abstract page", "summary page")  # kinds of sources that are known by their address
RANGES = (
    ("doses", "amount", "amount_high"),
    ("measurements", "value", "value_high"),
    ("measurements", "ci_low", "ci_high"),
    ("comparisons", "effect", "effect_high"),
    ("comparisons", "ci_low", "ci_high"),
    ("pharmacology", "low", "high"),
    ("reference_values", "low", "high"),
)


def check_rules(package: Package, rows: Rows, references: dict[str, Reference]) -> Iterator[Fault]:
    """Yield the faults that need more than one cell to be seen.

    Parameters
    ----------
    package : Package
        Description of the tables.
    rows : Rows
        Line and cells of every row without a fault, by table; other rows only to be looked up.
    references : dict of Reference
        Entries of the bibliography by key; none where it cannot be read.
    """
    if references:
        yield from _references(package, rows, references)
    yield from _ranges(package, rows)
    yield from _measurements(rows)
    yield from _comparisons(rows)
    yield from _arms(rows)
    yield from _overlaps(rows)
    yield from _registrations(rows)
    yield from _dates(package, rows)
    yield from _citations(rows)
    yield from _pages(rows)
    yield from check_numbers(rows)
    yield from check_pairs(package, rows)
    yield from check_discrepancies(package, rows, references)
    yield from check_retractions(rows, references)
    yield from check_second_readings(package, rows)


def _fault(table: str, line: int, column: str, value: str, why: str, remedy: str) -> Fault:
    return Fault(f"{DATA_DIR}/{table}.csv", line, column, value, why, remedy)


def _references(package: Package, rows: Rows, references: dict[str, Reference]) -> Iterator[Fault]:
    near = NearMisses(references)
    for table in package.tables.values():
        if "reference" not in table.by_name:
            continue
        for line, row in rows[table.name]:
            if row["reference"] not in references:
                yield _fault(
                    table.name,
                    line,
                    "reference",
                    row["reference"],
                    f"{BIBLIOGRAPHY} has no entry of this key",
                    f"Add the entry{near(row['reference'])}",
                )


def _ranges(package: Package, rows: Rows) -> Iterator[Fault]:
    for table, low, high in RANGES:
        if table not in package.tables:
            continue
        for line, row in rows[table]:
            if row[high] == "":
                continue
            if row[low] == "":
                why = f"an upper end stands here and {low} is empty"
                yield _fault(table, line, high, row[high], why, f"Fill {low}, or move the value")
            elif number(row[low]) > number(row[high]):
                why = f"{low} ({row[low]}) is above {high}"
                yield _fault(table, line, high, row[high], why, "Swap the two limits")


def _measurements(rows: Rows) -> Iterator[Fault]:
    for line, row in rows["measurements"]:
        if not any(row[column] for column in VALUES):
            why = f"the row holds no value: {', '.join(VALUES)} are all empty"
            yield _fault("measurements", line, "", row["measurement_id"], why, "Fill one of them")
        for spread in ("sd", "se", "plus_minus"):
            if row[spread] and not row["mean"]:
                why = "a spread without its mean"
                yield _fault("measurements", line, spread, row[spread], why, "Fill mean")
        if row["ci_low"] and not (row["mean"] or row["value"]):
            why = "an interval without what it is of"
            yield _fault("measurements", line, "ci_low", row["ci_low"], why, "Fill mean or value")
        if row["value"] and not row["statistic"]:
            why = "what this value is, is not said"
            yield _fault("measurements", line, "value", row["value"], why, "Fill statistic")
        if row["n"] and row["events"] and number(row["events"]) > number(row["n"]):
            why = f"more events than the {row['n']} measured"
            yield _fault("measurements", line, "events", row["events"], why, "Check n and events")


def _comparisons(rows: Rows) -> Iterator[Fault]:
    owner = {row["arm_id"]: row["study_id"] for _, row in rows.every["arms"]}
    for line, row in rows["comparisons"]:
        other = row["comparator_id"]
        if other and owner.get(other) != owner.get(row["arm_id"]):
            why = "the comparator is an arm of another study"
            yield _fault("comparisons", line, "comparator_id", other, why, "Compare within a study")
        if other and other == row["arm_id"]:
            why = "the arm is compared with itself"
            remedy = "Name the other arm, or leave the cell empty"
            yield _fault("comparisons", line, "comparator_id", other, why, remedy)
        if bool(row["effect"]) != bool(row["measure"]):
            why = "effect and measure must both be filled or both be empty"
            yield _fault("comparisons", line, "effect", row["effect"], why, "Fill the other")
        for column, name in (("ci_low", "an interval"), ("se", "a standard error")):
            if row[column] and not row["effect"]:
                why = f"{name} without its effect"
                yield _fault("comparisons", line, column, row[column], why, "Fill effect")
        if row["ci_low"] and row["ci_high"] and row["effect"]:
            low, effect, high = (number(row[c]) for c in ("ci_low", "effect", "ci_high"))
            if low <= high and not low <= effect <= high:
                why = f"the effect lies outside its interval {row['ci_low']} to {row['ci_high']}"
                yield _fault("comparisons", line, "effect", row["effect"], why, "Check the three")


def _arms(rows: Rows) -> Iterator[Fault]:
    owner = {row["dose_id"]: row["study_id"] for _, row in rows.every["doses"]}
    with_arm = {row["study_id"] for _, row in rows.every["arms"]}
    given = {dose for _, row in rows.every["arms"] for dose in row["doses"].split(" ")}
    arms_told = "arms" in rows.complete
    for line, row in rows["arms"]:
        doses = row["doses"].split(" ") if row["doses"] else []
        for dose in doses:
            if dose in owner and owner[dose] != row["study_id"]:
                why = "the dose belongs to another study"
                yield _fault("arms", line, "doses", dose, why, "Use a dose of this study")
        if not doses and row["role"] in ("intervention", "active comparator", "placebo"):
            why = f"the arm is called {row['role']} and nothing was given"
            yield _fault("arms", line, "doses", "", why, "Name the doses, or change the role")
    for line, row in rows["doses"]:
        if arms_told and row["dose_id"] not in given:
            why = "no arm was given this dose, so no table would show it"
            yield _fault("doses", line, "dose_id", row["dose_id"], why, "Name it in arms.csv")
        if row["amount"] and not row["unit"] and not row["note"]:
            why = "an amount without its unit"
            yield _fault("doses", line, "unit", "", why, "Fill unit, or say in note why not")
    for line, row in rows["studies"]:
        if arms_told and row["study_id"] not in with_arm:
            why = "the study has no arm, so no table would show it"
            yield _fault("studies", line, "study_id", row["study_id"], why, "Add it to arms.csv")


def _overlaps(rows: Rows) -> Iterator[Fault]:
    for line, row in rows["studies"]:
        if row["study_id"] in row["overlaps"].split(" "):
            why = "the study is said to overlap with itself"
            yield _fault("studies", line, "overlaps", row["overlaps"], why, "Name the other study")


def _registrations(rows: Rows) -> Iterator[Fault]:
    """Yield entries of registers that name a study of another number as their report."""
    numbers = {row["study_id"]: row["registration"] for _, row in rows.every["studies"]}
    for line, row in rows["registrations"]:
        for study in filter(None, row["studies"].split(" ")):
            if row["number"] and (other := numbers[study]) not in ("", row["number"]):
                why = f"the study carries another number ({other})"
                yield _fault("registrations", line, "studies", study, why, "Correct one of the two")


def _dates(package: Package, rows: Rows) -> Iterator[Fault]:
    for table in package.tables.values():
        if "checked" not in table.by_name:
            continue
        for line, row in rows[table.name]:
            if row["checked"] and row["checked"] < row["extracted"]:
                why = f"checked before it was extracted ({row['extracted']})"
                yield _fault(table.name, line, "checked", row["checked"], why, "Correct the day")


def _pages(rows: Rows) -> Iterator[Fault]:
    """Yield pages without their address: nobody could look at what the values were seen on."""
    for line, row in rows["sources"]:
        if row["kind"] in PAGES and not row["url"]:
            why = f"a source of the kind {row['kind']} without its address"
            yield _fault("sources", line, "url", row["source_id"], why, "Fill url")


def _citations(rows: Rows) -> Iterator[Fault]:
    if "reference_lists" not in rows.complete:
        return
    listed = {(row["source_id"], row["number"]) for _, row in rows.every["reference_lists"]}
    sources = {source for source, _ in listed}
    for line, row in rows["studies"]:
        if not row["cited_as"]:
            continue
        number = row["cited_as"].removeprefix("[").removesuffix("]")
        source = row["cited_in"] or row["source_id"]
        if source not in sources:
            why = "the source has no numbered list in reference_lists.csv"
            yield _fault("studies", line, "cited_as", row["cited_as"], why, "Add the list")
        elif (source, number) not in listed or f"[{number}]" != row["cited_as"]:
            why = "not a bracketed number of the source's list"
            remedy = "Write one number as printed, for example [73]"
            yield _fault("studies", line, "cited_as", row["cited_as"], why, remedy)
    for line, row in rows["citations"]:
        for column in ("number", "should_be"):
            for number in row[column].split():
                if (row["source_id"], number) not in listed:
                    why = "the source's list has no such number"
                    yield _fault("citations", line, column, number, why, "Check the list")
