"""The tables of values on a page, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from livingreview.study_pages.records import VALUE_TABLES, Records
from livingreview.study_pages.values import Value, values

PLACE = "Place in the source"
# heading, caption and first two heads of the table of each kind of value
SECTIONS = {
    "studies": ("The study", "What does the source say of the study?", "About", "As told"),
    "arms": ("Groups", "Which groups were there?", "Group", "Size as printed"),
    "doses": ("Doses", "What was given, and how much?", "Given", "Dose as printed"),
    "characteristics": ("How it was done", "How was the study done?", "About", "In our words"),
    "measurements": (
        "Measurements",
        "What was measured, in which group and when?",
        "Measured",
        "Value as printed",
    ),
    "comparisons": (
        "Comparisons",
        "What does the source say of one group against another?",
        "Compared",
        "Claim, with values as printed",
    ),
}
JUDGED = ("Domain", "Judgement, and why", PLACE)


@dataclass(frozen=True)
class Section:
    """A table of values: its anchor, heading, caption, column heads and rows.

    ``reasons`` says that the details are the reasons of judgements, not notes beside values.
    """

    name: str
    heading: str
    caption: str
    heads: tuple[str, str, str]
    values: Sequence[Value]
    reasons: bool = False


def value_sections(records: Records, study: str, scaled: Mapping[str, str]) -> list[Section]:
    """Return one table for each table of the data that holds values of a study.

    Parameters
    ----------
    records : Records
        The rows by study.
    study : str
        Key of the study.
    scaled : mapping of str
        What a dose is on the scale that makes doses comparable, by key of the dose.
    """
    found = []
    for table in VALUE_TABLES:
        rows = values(records, table, study)
        if table == "doses":
            rows = [replace(row, details=(*_words(scaled, row), *row.details)) for row in rows]
        if rows:
            heading, caption, *heads = SECTIONS[table]
            found.append(Section(table, heading, caption, (*heads, PLACE), rows))
    return found


def _words(scaled: Mapping[str, str], dose: Value) -> tuple[str, ...]:
    return (scaled[dose.row],) if dose.row in scaled else ()


def bias_sections(records: Records, study: str) -> list[Section]:
    """Return one table for each tool, so that its name and version stand over its domains."""
    rows = records.of("risk_of_bias", study)
    tools: dict[tuple[str, str], list[Value]] = {}
    for row, value in zip(rows, values(records, "risk_of_bias", study), strict=True):
        tools.setdefault((row["tool"], row["tool_version"]), []).append(value)
    return [
        Section(f"bias-{i}", "", f"Judged by {tool} (version {version})", JUDGED, found, True)
        for i, ((tool, version), found) in enumerate(tools.items(), 1)
    ]


def trust_sections(records: Records, study: str) -> list[Section]:
    """Return the table of trustworthiness, or none where nothing is entered."""
    judged = values(records, "trustworthiness", study)
    caption = "Checked in the shape of INSPECT-SR"
    return [Section("trustworthiness", "", caption, JUDGED, judged, True)] if judged else []
