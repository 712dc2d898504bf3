"""The nine tables of the papers were read a second time, from the source, without the data.

`reference/second_reading.csv` holds every number that stands in a cell of these tables, row by
row. The column heads' group sizes and the size of follicle in two row labels are not in it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict

import pytest
from conftest import ROOT

TABLES = ("studies", "doses", "arms", "measurements", "comparisons", "characteristics")
NUMBER = re.compile(r"NCT\d+|\[\d+\]|(?<![\w.])[+-]?\d[\d,]*(?:\.\d+)?(?:\^-\d+)?")


def read_second():
    path = ROOT / "tests/reference/second_reading.csv"
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def our_values(review):
    """Every number and text of ours by source and place, as printed."""
    values = defaultdict(list)
    for name in TABLES:
        for row in review.printed.tables[name].to_dict("records"):
            place = re.match(r"Table \d+, row \d+", row["locator"])
            if place:
                texts = [str(v) for k, v in row.items() if k not in ("locator", "extracted")]
                values[row["source_id"], place[0]] += texts
    return values


def test_the_second_reading_is_whole():
    rows = read_second()
    assert len(rows) == 312
    places = Counter((row["source_id"], row["locator"].split(",")[0]) for row in rows)
    assert len(places) == 9


def test_every_number_of_the_second_reading_is_in_the_data(review):
    ours = our_values(review)
    missing = []
    for row in read_second():
        texts = ours[row["source_id"], row["locator"]]
        value = row["value"]
        exact = value in texts or f"~{value}" in texts
        inside = any(
            value in NUMBER.findall(text) or re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)
            for text in texts
        )
        if not (exact or inside):
            missing.append((row["locator"], value, row["what"]))
    assert missing == []


def test_our_numbers_of_these_tables_are_all_in_the_second_reading(review):
    second = defaultdict(set)
    for row in read_second():
        second[row["source_id"], row["locator"]].add(row["value"])
    strange = []
    columns = {
        "doses": ("amount", "amount_high"),
        "measurements": ("mean", "sd", "plus_minus", "events", "percent", "value"),
        "comparisons": ("effect", "effect_high", "p"),
        "studies": ("registration", "cited_as"),
    }
    for name, names in columns.items():
        for row in review.printed.tables[name].to_dict("records"):
            key = row["source_id"], row["locator"]
            if key not in second:
                continue
            for column in names:
                value = row[column].lstrip("~")
                if value and value not in second[key] and value.strip("[]") not in second[key]:
                    strange.append((name, key[1], column, value))
    # "nearly four years" is printed in a word
    assert strange == [("measurements", "Table 2, row 13", "value", "4")]


RAFFEQ = [("Table 2", 4), ("Table 3", 3), ("Table 4", 3)]


@pytest.mark.parametrize(("table", "rows"), RAFFEQ)
def test_before_and_after_tables_are_whole(review, table, rows):
    frame = review.measurements
    frame = frame[
        frame["arm_id"].str.startswith("raffeq2025") & frame["locator"].str.startswith(table)
    ]
    assert len(frame) == 4 * rows
    assert not frame.duplicated(["arm_id", "outcome_id", "timepoint"]).any()
    assert (frame[["mean", "sd", "n"]] != "").all().all()


def test_each_printed_row_of_the_papers_tables_has_a_study_or_values(review):
    places = set(our_values(review))
    expected = {
        "ciwun2024": {1: 7, 2: 13, 3: 3},
        "raffeq2025": {1: 5, 2: 4, 3: 3, 4: 3, 5: 4, 6: 14},
    }
    for source, tables in expected.items():
        for table, rows in tables.items():
            for row in range(1, rows + 1):
                assert (source, f"Table {table}, row {row}") in places


def test_all_references_of_both_lists_are_there(review):
    counts = review.reference_lists.groupby("source_id")["number"].agg(["count", "max"])
    assert counts.loc["ciwun2024"].tolist() == [116, 116]
    assert counts.loc["raffeq2025"].tolist() == [26, 26]
    assert not review.reference_lists.duplicated(["source_id", "number"]).any()
