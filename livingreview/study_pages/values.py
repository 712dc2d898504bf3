"""A row of the data as a reader meets it: what it is, the value as printed, and its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from livingreview.data import keys_of
from livingreview.study_pages.records import Records, Row
from livingreview.tables.phrases import amount, effect_text, p_phrase, value_text

STUDY_COLUMNS = {
    "design": "Design",
    "model": "Model or participants",
    "species_id": "Species",
    "cell_lines": "Cell lines",
    "n": "Number",
    "conditions": "Conditions",
    "registration": "Registration",
    "status": "Status",
    "phase": "Phase",
    "country": "Country",
    "cited_as": "Cited in the source as",
    "overlaps": "Probably holds some of the same people as",
}


@dataclass(frozen=True)
class Value:
    """One value of a study.

    Attributes
    ----------
    table, row : str
        Table of the data package, and key of the row.
    columns : tuple of str
        Columns of that row that the value is printed in.
    what : str
        What it is a value of.
    printed : str
        The value with its unit, as printed; corrected where `details` say so.
    details : tuple of str
        What a reader must know beside it: kind of spread, number measured, note.
    source_id, locator, extracted, checked : str
        Place in the source, day it was read, day a second person compared it or empty.
    faults : tuple of str
        Keys of the discrepancies that touch the row.
    """

    table: str
    row: str
    columns: tuple[str, ...]
    what: str
    printed: str
    details: tuple[str, ...]
    source_id: str
    locator: str
    extracted: str
    checked: str
    faults: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """Anchor on the page: a row of ``studies`` gives several values, each with its own."""
        column = f"-{self.columns[0]}" if self.table == "studies" else ""
        return f"{self.table}-{self.row}{column}"


def values(records: Records, table: str, study: str) -> list[Value]:
    """Return the values of a study that stand in one table, in the order of the table."""
    if table == "studies":
        (row,) = records.of(table, study)
        return _of_study(records, row)
    words = _WORDS[table]
    return [_value(records, table, row, *words(records, row)) for row in records.of(table, study)]


# what it is, value as printed, columns it may stand in, details
Words = tuple[str, str, tuple[str, ...], tuple[str, ...]]


def _value(
    records: Records, table: str, row: Row, what: str, printed: str, columns, details
) -> Value:
    key = row[records.key[table]]
    marks = records.marks(table, key)
    if table == "studies":
        marks = [fault for fault in marks if fault["column"] in columns]
    twice = [
        _resolved(one) for one in records.disagreements(table, key) if one["column"] in columns
    ]
    place = (row[name] for name in ("source_id", "locator", "extracted", "checked"))
    return Value(
        table,
        key,
        tuple(name for name in columns if row[name]) or columns[:1],
        what,
        printed,
        (*(text for text in details if text), *_printed(marks), *twice),
        *place,
        tuple(fault["discrepancy_id"] for fault in marks),
    )


def _printed(marks: list[Row]) -> list[str]:
    """Say what the source prints where a corrected value is shown."""
    return [f"Corrected; the source prints {one['printed']}." for one in marks if one["corrected"]]


def _resolved(reading: Row) -> str:
    """Say how two readings of a cell disagreed, and what came of it."""
    found = f"Read twice: {reading['first']}, then {reading['second']} ({reading['column']})"
    kept = f"the {reading['kept']} kept" if reading["kept"] != "neither" else "neither kept"
    return f"{found}; {kept} on {reading['resolved']}: {reading['reason']}"


def _of_study(records: Records, row: Row) -> list[Value]:
    labels = records.labels
    shown = dict(row)
    shown["species_id"] = labels["species"][row["species_id"]]
    shown["conditions"] = ", ".join(labels["conditions"][key] for key in keys_of(row["conditions"]))
    shown["overlaps"] = ", ".join(
        f"{records.references[records.studies[key]['reference']].short} ({key})"
        for key in keys_of(row["overlaps"])
    )
    details = {"model": (row["note"],), "cited_as": (_other_entry(records, row),)}
    return [
        _value(records, "studies", row, label, shown[name], (name,), details.get(name, ()))
        for name, label in STUDY_COLUMNS.items()
        if row[name]
    ]


def _other_entry(records: Records, row: Row) -> str:
    """Say which work the printed citation points to, where that is not this report."""
    printed = records.cited_entry[row["study_id"]]
    if not printed or printed == row["reference"]:
        return ""
    other = records.references[printed]
    return (
        f"The entry of that number is {other.short}, “{other.title}”. "
        "By the sentence and the titles in the source’s list, this study is meant."
    )


def _arm(records: Records, row: Row) -> Words:
    doses = {dose["dose_id"]: dose for dose in records.of("doses", row["study_id"])}
    given = "; ".join(dose_text(doses[key]) for key in keys_of(row["doses"]))
    printed = f"n = {row['n']}" if row["n"] else "number not printed"
    details = (f"Given: {given}." if given else "", row["note"])
    same = row["role"] == row["label"].lower()
    what = row["label"] if same else f"{row['label']} ({row['role']})"
    return what, printed, ("n", "label", "role", "doses"), details


def dose_text(row: Row) -> str:
    """Return name and amount of a dose as printed: ``LDN 4.5 mg``."""
    return f"{row['called']} {amount(row['amount'], row['amount_high'], row['unit'])}".strip()


def _dose(records: Records, row: Row) -> Words:
    agent = records.labels["agents"][row["agent_id"]]
    what = agent if row["called"].lower() == agent.lower() else f"{agent}, called {row['called']}"
    size = amount(row["amount"], row["amount_high"], row["unit"]) if row["amount"] else ""
    parts = (size or "no amount printed", row["route"], row["schedule"])
    columns = ("amount", "amount_high", "unit", "route", "schedule")
    return what, ", ".join(part for part in parts if part), columns, (row["note"],)


def _characteristic(records: Records, row: Row) -> Words:
    reported = "" if row["reported"] == "yes" else f"Reported: {row['reported']}."
    what = row["item"][:1].upper() + row["item"][1:]
    return what, row["statement"], ("statement",), (reported, row["note"])


def _measurement(records: Records, row: Row) -> Words:
    arm = records.labels["arms"][row["arm_id"]]
    inside = (records.labels["outcomes"][row["outcome_id"]], row["part"], row["timepoint"])
    what = f"{', '.join(part for part in inside if part)}: {arm}"
    spread = (
        ("sd", "mean ± SD"),
        ("se", "mean ± SE"),
        ("plus_minus", "what ± is, is not said"),
        ("mean", "mean"),
        ("statistic", row["statistic"] if row["statistic"] != "value" else ""),
    )
    kind = next((words for name, words in spread if row[name]), "")
    size = f"n = {row['n']}" if row["n"] and not row["events"] else ""
    columns = (
        *("mean", "sd", "se", "plus_minus", "events", "n", "percent"),
        *("value", "value_high", "unit"),
    )
    about = "; ".join(text for text in (kind, size) if text)
    return what, value_text(row), columns, (f"{about}." if about else "", row["note"])


def _comparison(records: Records, row: Row) -> Words:
    arms = records.labels["arms"]
    between = arms[row["arm_id"]]
    if row["comparator_id"]:
        between += f" v {arms[row['comparator_id']]}"
    inside = (records.labels["outcomes"][row["outcome_id"]], row["part"], row["timepoint"])
    what = f"{', '.join(part for part in inside if part)}: {between}"
    p = f"p {p_phrase(row['p'])}" if row["p"] else ""
    said = (effect_text(row), p, row["significance"], row["strength"])
    columns = (
        *("effect", "effect_high", "ci_low", "ci_high", "se", "unit"),
        *("p", "significance", "strength", "direction"),
    )
    return what, ", ".join(part for part in said if part), columns, (row["note"],)


def _judgement(records: Records, row: Row) -> Words:
    what = row["domain"][:1].upper() + row["domain"][1:]
    return what, row["judgement"], ("judgement",), (row["reason"],)


_WORDS: dict[str, Callable[[Records, Row], Words]] = {
    "arms": _arm,
    "doses": _dose,
    "characteristics": _characteristic,
    "measurements": _measurement,
    "comparisons": _comparison,
    "risk_of_bias": _judgement,
    "trustworthiness": _judgement,
}
