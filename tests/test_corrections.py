"""Corrections: applied once, when the data are loaded, and both values can be had."""

from __future__ import annotations

import csv

import pytest
from conftest import ROOT
from test_checks import edit, line_of

from livingreview import tables
from livingreview.data import load
from livingreview.effects import RATIO, effects
from livingreview.figures.forest_plot import forest_plot
from livingreview.recompute import recompute

CONDITION = "implantation_failure"


def cell(review, fault):
    frame = review.tables[fault.table]
    key = review.package.tables[fault.table].primary_key[0]
    return frame.loc[frame[key] == fault.row, fault.column].item()


def test_a_corrected_cell_holds_the_correction_and_the_printed_one_what_the_file_holds(review):
    corrected = review.discrepancies.query("corrected != ''")
    assert len(corrected) > 10
    for fault in corrected.itertuples(index=False):
        assert cell(review, fault) == fault.corrected
        with (ROOT / f"data/{fault.table}.csv").open(encoding="utf-8") as file:
            key = review.package.tables[fault.table].primary_key[0]
            row = next(row for row in csv.DictReader(file) if row[key] == fault.row)
        assert cell(review.printed, fault) == row[fault.column] != fault.corrected


def test_no_other_cell_changes(review):
    for name, frame in review.tables.items():
        printed = review.printed.tables[name]
        different = (frame != printed) & (frame.notna() | printed.notna())
        faults = review.discrepancies.query("corrected != '' and table == @name")
        assert different.to_numpy().sum() == len(faults), name


@pytest.fixture
def with_corrected_count(data_copy):
    """The data with a correction of a count of events, from which an effect is computed."""
    line = line_of(data_copy, "discrepancies", "discrepancy_id", "raffeq2025-d14")
    edit(data_copy, "discrepancies", line, "corrected", "54")
    return load(data_copy)


def test_an_effect_rests_on_a_corrected_count_and_says_so(review, with_corrected_count):
    before, after = (
        effects(data, CONDITION).set_index("outcome").loc["Implantation"]
        for data in (review, with_corrected_count)
    )
    assert after["estimate"] == pytest.approx((79 / 175) / (54 / 175))
    assert before["estimate"] == pytest.approx((79 / 175) / (51 / 175))
    assert before["corrected"] == ""
    assert after["corrected"] == "events corrected from 51 to 54"
    words = after["corrected"]
    assert words in tables.absolute_effects(with_corrected_count)._repr_html_()
    assert words in forest_plot(with_corrected_count, CONDITION, RATIO).alt
    html = tables.corrections(with_corrected_count)._repr_html_()
    assert any(">54<" in part and "Implantation" in part for part in html.split("<tr>"))


def test_a_corrected_percentage_changes_no_effect(review):
    now, printed = (effects(data, CONDITION) for data in (review, review.printed))
    assert "percent" in set(review.discrepancies.query("corrected != ''")["column"])
    assert now.equals(printed)


def test_the_audit_is_of_the_printed_values(review, with_corrected_count):
    frame = recompute(review)
    assert frame.equals(recompute(review.printed))
    assert frame.equals(recompute(with_corrected_count))
    wrong = frame[(frame["statistic"] == "percent") & (frame["verdict"] == "inconsistent")]
    assert set(review.discrepancies.query("kind == 'percentage is not its count'")["row"]) <= set(
        wrong["row_key"]
    )


def test_a_table_that_is_put_in_is_as_printed(review):
    (name, *_) = review.uncorrected
    frame = review.tables[name].iloc[:1]
    other = review.replacing(**{name: frame})
    assert other.printed.tables[name].equals(frame)
    assert set(other.uncorrected) == set(review.uncorrected) - {name}
