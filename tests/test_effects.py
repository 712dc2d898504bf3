"""Effects computed from the tables, against values worked out by hand."""

from __future__ import annotations

import math

import pytest
from made_up_trials import add_trial, correct, measure, report

from livingreview.data import load
from livingreview.effect_sizes import PrePost, difference_in_change_bounds
from livingreview.effects import (
    CORRELATIONS,
    DIFFERENCE,
    RATIO,
    STANDARDISED,
    changes,
    effects,
    period,
)
from livingreview.timepoints import last


@pytest.fixture(scope="module")
def rows(review):
    return effects(review, "implantation_failure").set_index("outcome")


def test_a_risk_ratio_follows_from_its_counts(rows):
    row = rows.loc["Pregnancy"]
    ratio = (84 / 175) / (58 / 175)
    se = math.sqrt(1 / 84 - 1 / 175 + 1 / 58 - 1 / 175)
    assert row["measure"] == RATIO
    assert row["estimate"] == pytest.approx(ratio)
    assert row["low"] == pytest.approx(ratio * math.exp(-1.959964 * se))
    assert row["high"] == pytest.approx(ratio * math.exp(1.959964 * se))
    assert row["difference"] == pytest.approx(26 / 175)
    assert row["nnt"].startswith("NNTB 6.7")


def test_miscarriage_has_both_denominators(rows):
    assert rows.loc["Miscarriage", "treated"] == "14 of 175"
    of_pregnant = rows.loc["Miscarriage, of the women pregnant"]
    assert (of_pregnant["treated"], of_pregnant["comparator"]) == ("14 of 84", "21 of 58")
    assert of_pregnant["estimate"] == pytest.approx((14 / 84) / (21 / 58))
    assert "infinity" in rows.loc["Miscarriage", "nnt"]


def test_hedges_g_follows_from_its_means(rows):
    row = rows.loc["Endometrial thickness"]
    pooled = math.sqrt((1.2**2 + 1.0**2) / 2)
    correction = 1 - 3 / (4 * 348 - 1)
    assert row["measure"] == STANDARDISED
    assert row["estimate"] == pytest.approx(2.2 / pooled * correction, rel=1e-5)


def test_every_outcome_after_treatment_has_an_effect(review, rows):
    frame = review.measurements
    tabled = frame["locator"].str.startswith("Table")
    after = frame[(frame["timepoint"] == "after treatment") & tabled]
    labels = review.labels("outcomes")
    assert {labels[o] for o in after["outcome_id"]} <= set(rows.index)


def test_a_group_without_two_arms_gives_nothing(review):
    assert effects(review, "healthy_brain").empty


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        (["4 weeks", "end of treatment", "6 months follow-up"], "end of treatment"),
        (["12 weeks", "4 weeks"], "12 weeks"),
        (["two months", "12 weeks"], "12 weeks"),
        (["visit 2", "visit 3"], "visit 3"),
        (["", "visit 3"], "visit 3"),
        (["12 weeks", "one year follow-up"], "12 weeks"),
        (["one year follow-up"], "one year follow-up"),
        (["baseline to 12 weeks", "12 weeks"], "12 weeks"),
        (["12 weeks", "baseline to 12 weeks"], "12 weeks"),
        (["8 weeks", "baseline to 12 weeks"], "baseline to 12 weeks"),
    ],
)
def test_the_end_of_a_study_stands_for_it(told, stands):
    assert last(told) == stands


@pytest.mark.parametrize(
    ("told", "group"),
    [
        ("12 weeks", "up to three months"),
        ("end of treatment, 8 weeks", "up to three months"),
        ("3 months", "up to three months"),
        ("six months", "three months to a year"),
        ("one year", "three months to a year"),
        ("two years", "more than a year"),
        ("after treatment", "after treatment, length not told"),
        ("12 weeks follow-up", "follow-up after treatment"),
        ("", "time not told"),
    ],
)
def test_times_have_classes(told, group):
    assert period(told) == group


def count(folder, arm, events, number=1, **cells):
    measure(folder, f"alpha2020.{arm}", "symptoms", number, n="40", events=events, **cells)


def made(folder):
    return effects(load(folder), "gout")


def test_the_last_time_that_both_arms_report_is_taken(data_copy):
    add_trial(data_copy, "alpha2020")
    for arm, early, late in (("ldn0", "20", "10"), ("placebo", "21", "11")):
        count(data_copy, arm, early, 1, timepoint="4 weeks")
        count(data_copy, arm, late, 2, timepoint="12 weeks")
    count(data_copy, "ldn0", "1", 3, timepoint="24 weeks")
    (row,) = made(data_copy).itertuples()
    assert (row.treated, row.comparator) == ("10 of 40", "11 of 40")


def test_values_of_the_text_are_read_where_no_table_holds_them(data_copy):
    add_trial(data_copy, "alpha2020")
    for arm, events in (("ldn0", "10"), ("placebo", "20")):
        count(data_copy, arm, "30", 1, locator="Abstract")
        count(data_copy, arm, events, 2, locator="Results, paragraph 2")
    (row,) = made(data_copy).itertuples()
    assert (row.treated, row.place) == ("10 of 40", "Results, paragraph 2")
    for arm, events in (("ldn0", "11"), ("placebo", "21")):
        count(data_copy, arm, events, 3, locator="Table 3, row 1")
    (row,) = made(data_copy).itertuples()
    assert (row.treated, row.place) == ("11 of 40", "Table 3, row 1")


def test_arms_in_different_rows_of_a_table_make_a_pair(data_copy):
    add_trial(data_copy, "alpha2020")
    count(data_copy, "ldn0", "10", locator="Table 2, row 1")
    count(data_copy, "placebo", "20", locator="Table 2, row 2")
    (row,) = made(data_copy).itertuples()
    assert (row.treated, row.comparator) == ("10 of 40", "20 of 40")


def test_a_standard_error_becomes_a_standard_deviation(data_copy):
    add_trial(data_copy, "alpha2020")
    for arm, mean in (("ldn0", "4.0"), ("placebo", "5.0")):
        measure(data_copy, f"alpha2020.{arm}", "pain", 1, n="25", mean=mean, se="0.4")
    (row,) = made(data_copy).itertuples()
    assert row.estimate == pytest.approx(-1 / 2 * (1 - 3 / (4 * 48 - 1)), rel=1e-4)


def test_changes_are_bounds_over_the_correlation(review):
    frame = changes(review, "implantation_failure").set_index("outcome")
    row = frame.loc["Endometrial thickness"]
    arms = []
    for arm in (".ldn", ".control"):
        cells = review.measurements
        cells = cells[
            cells["arm_id"].str.endswith(arm)
            & (cells["outcome_id"] == "endometrial_thickness")
            & cells["locator"].str.startswith("Table 4")
        ].set_index("timepoint")
        values = cells.loc[["after treatment", "baseline"], ["mean", "sd"]].astype(float)
        arms.append(PrePost(*([x] for x in values.to_numpy().ravel()), [175]))
    bounds = difference_in_change_bounds(*arms, CORRELATIONS)
    for end, effect in enumerate((bounds.at_low, bounds.at_high)):
        low, high = effect.interval()
        assert row["difference_change"] == pytest.approx(effect.yi[0])
        assert row[f"difference_low_{end}"] == pytest.approx(low[0])
        assert row[f"difference_high_{end}"] == pytest.approx(high[0])
    width = frame["difference_high_0"] - frame["difference_low_0"]
    assert (width > frame["difference_high_1"] - frame["difference_low_1"]).all()
    means = review.measurements[review.measurements["mean"] != ""]
    of_study = means["arm_id"].str.startswith(frame["study_id"].iloc[0])
    both = means[of_study & means["locator"].str.startswith(("Table 2", "Table 3", "Table 4"))]
    assert set(frame["outcome_id"]) == set(both["outcome_id"])


@pytest.mark.parametrize(
    ("cells", "yi", "se"),
    [
        ({"measure": DIFFERENCE, "effect": "-1.2", "se": "0.4"}, -1.2, 0.4),
        ({"measure": RATIO, "effect": "0.50", "se": "0.20"}, math.log(0.5), 0.2),
        # p does not count beside a standard error, nor a standard error beside an interval
        ({"measure": RATIO, "effect": "0.50", "se": "0.20", "p": "0.9"}, math.log(0.5), 0.2),
        (
            {"measure": RATIO, "effect": "0.5", "se": "9", "ci_low": "0.25", "ci_high": "1"},
            math.log(0.5),
            math.log(4) / (2 * 1.959964),
        ),
    ],
)
def test_an_effect_printed_with_its_standard_error_enters(data_copy, cells, yi, se):
    add_trial(data_copy, "alpha2020")
    unit = "grade" if cells["measure"] == DIFFERENCE else "ratio"
    report(data_copy, "alpha2020.ldn0", "pain", 1, unit=unit, **cells)
    (row,) = made(data_copy).itertuples()
    assert row.estimate == float(cells["effect"])
    assert (row.yi, math.sqrt(row.vi)) == pytest.approx((yi, se))
    scale = math.exp if unit == "ratio" else float
    ends = (scale(yi - 1.959964 * se), scale(yi + 1.959964 * se))
    assert (row.low, row.high) == pytest.approx(ends)


@pytest.mark.parametrize("se", ["0", "<0.4", ""])
def test_a_standard_error_that_tells_no_precision_gives_no_effect(data_copy, se):
    add_trial(data_copy, "alpha2020")
    cells = {"measure": DIFFERENCE, "effect": "-1.2", "unit": "grade", "se": se}
    report(data_copy, "alpha2020.ldn0", "pain", 1, **cells)
    assert made(data_copy).empty


def test_an_effect_names_the_cells_that_it_rests_on_and_what_of_them_is_corrected(data_copy):
    add_trial(data_copy, "alpha2020")
    for arm, lost, women in (("ldn0", "3", "10"), ("placebo", "6", "9")):
        key = f"alpha2020.{arm}"
        measure(data_copy, key, "pregnancy", 1, n="40", events=women)
        measure(data_copy, key, "miscarriage", 2, n="40", events=lost)
        measure(data_copy, key, "pain", 3, n="40", mean=women, se="0.5")
    printed = {"measure": "odds ratio", "effect": "0.50", "unit": "ratio", "p": "0.03"}
    report(data_copy, "alpha2020.ldn0", "symptoms", 1, **printed)
    correct(data_copy, "measurements", "alpha2020.placebo.m1", "events", "9", "8")
    correct(data_copy, "measurements", "alpha2020.ldn0.m3", "se", "0.5", "0.6")
    correct(data_copy, "comparisons", "alpha2020.ldn0.c1", "p", "0.03", "0.04")
    correct(data_copy, "comparisons", "alpha2020.ldn0.c1", "note", "empty", "Not told.")
    rows = made(data_copy).set_index("topic")
    assert rows["corrected"].to_dict() == {
        "Pregnancy": "events corrected from 9 to 8",
        "Miscarriage": "",
        "Miscarriage, of the women pregnant": "events corrected from 9 to 8",
        "Pain": "se corrected from 0.5 to 0.6",
        "Symptoms": "p corrected from 0.03 to 0.04",
    }
    assert rows.loc["Miscarriage, of the women pregnant", "comparator"] == "6 of 8"
    printed = effects(load(data_copy).printed, "gout")
    assert set(printed["corrected"]) == {""}
