"""Pooling of what is comparable, and words for what is not, on trials made up for the test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_up_trials import add_events, add_trial, measure, report
from scipy import stats

from livingreview.data import load
from livingreview.effects import DIFFERENCE, RATIO, REPORTED, STANDARDISED, effects
from livingreview.meta_analysis.pooling import Model, pool
from livingreview.pooled import pools

CONDITION = "gout"


def made(folder):
    review = load(folder)
    rows = effects(review, CONDITION)
    return rows, pools(review, rows)


def log_ratio(a, n1, c, n2):
    return math.log((a / n1) / (c / n2)), 1 / a - 1 / n1 + 1 / c - 1 / n2


def test_two_randomised_placebo_trials_are_pooled(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("15", "26"), n="60")
    rows, (found,) = made(data_copy)
    y, v = zip(log_ratio(10, 40, 20, 40), log_ratio(15, 60, 26, 60), strict=True)
    expected = pool(y, v, Model(method="REML", test="adhoc"))
    assert (found.outcome, found.measure, found.k) == ("Symptoms", RATIO, 2)
    assert found.reason == ""
    for name in ("estimate", "ci_low", "ci_high", "tau2", "q", "pi_low", "pi_high"):
        assert getattr(found.result, name) == pytest.approx(getattr(expected, name)), name
    # the same by hand, where the studies vary no more than chance: tau2 is 0
    w = 1 / np.array(v)
    middle = float(w @ np.array(y) / w.sum())
    assert found.result.tau2 == 0
    assert found.result.estimate == pytest.approx(middle)
    half = stats.t.isf(0.025, 1) / math.sqrt(w.sum())
    assert found.result.ci_high == pytest.approx(middle + half)
    assert found.result.weights == pytest.approx(tuple(100 * w / w.sum()))
    assert list(rows.loc[list(found.rows), "study_id"]) == ["alpha2020", "beta2021"]


def test_one_randomised_and_one_not_are_not_pooled(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("12", "15"), design="non-randomised trial")
    _, (found,) = made(data_copy)
    assert found.result is None
    assert found.k == 2
    assert found.reason == "designs differ: 1 randomised, 1 not randomised or not described"


def test_one_study_is_not_pooled(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    _, (found,) = made(data_copy)
    assert (found.k, found.result, found.reason) == (1, None, "one study")


def test_a_third_study_that_is_not_alike_is_left_apart_in_words(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("12", "15"))
    add_events(data_copy, "gamma2022", ("11", "16"), amounts=("50",))
    add_events(data_copy, "delta2023", ("11", "16"))
    _change_time(data_copy, "delta2023", "two years")
    _, (found,) = made(data_copy)
    assert found.k == 2
    assert "Gamma 2022: other dose" in found.reason
    assert "times differ: 2 up to three months, 1 more than a year" in found.reason


def _change_time(folder, study, time):
    path = folder / "data/measurements.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(
            line.replace("12 weeks", time) if line.startswith(study) else line for line in lines
        ),
        encoding="utf-8",
    )


def test_a_trial_of_another_antagonist_is_not_pooled(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("12", "15"))
    path = data_copy / "data/doses.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("beta2021,naltrexone,", "beta2021,methylnaltrexone,"), encoding="utf-8"
    )
    _, (found,) = made(data_copy)
    assert found.result is None
    assert "Beta 2021: not naltrexone" in found.reason


def test_two_rows_of_one_study_are_refused_in_words(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_trial(data_copy, "beta2021", amounts=("3", "4.5"))
    for arm, events in (("ldn0", "9"), ("ldn1", "8"), ("placebo", "15")):
        measure(data_copy, f"beta2021.{arm}", "symptoms", 1, n="40", events=events)
    rows, (found,) = made(data_copy)
    assert len(rows) == 3
    assert found.result is None
    assert "2 rows of one study, Beta 2021" in found.reason
    assert "naltrexone 3 mg v placebo and naltrexone 4.5 mg v placebo share a" in found.reason


def test_the_later_of_two_that_overlap_is_left_out_in_words(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("12", "15"), overlaps="alpha2020")
    _, (found,) = made(data_copy)
    assert found.result is None
    assert "Beta 2021 is left out: it overlaps with Alpha 2020" in found.reason
    add_events(data_copy, "gamma2022", ("12", "18"))
    rows, (found,) = made(data_copy)
    assert found.k == 2
    assert list(rows.loc[list(found.rows), "study_id"]) == ["alpha2020", "gamma2022"]
    assert found.reason == "Beta 2021 is left out: it overlaps with Alpha 2020"


def test_other_measures_of_an_outcome_are_told(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_trial(data_copy, "beta2021")
    report(
        data_copy,
        "beta2021.ldn0",
        "symptoms",
        1,
        measure="odds ratio",
        effect="0.50",
        ci_low="0.30",
        ci_high="0.83",
        unit="ratio",
    )
    rows, (found,) = made(data_copy)
    assert set(rows["measure"]) == {RATIO, "odds ratio"}
    assert found.reason == "measures differ: 1 risk ratio, 1 odds ratio"


def crossover(folder, study="cross2022", **cells):
    add_trial(folder, study, design="randomised crossover trial", n="30")
    printed = {"measure": DIFFERENCE, "effect": "-1.2", "unit": "grade"}
    report(folder, f"{study}.ldn0", "pain", 1, **printed, **cells)


def test_a_crossover_trial_enters_by_its_printed_difference(data_copy):
    crossover(data_copy, ci_low="-2.0", ci_high="-0.4")
    rows, _ = made(data_copy)
    (row,) = rows.itertuples()
    assert (row.estimate, row.low, row.high) == (-1.2, -2.0, -0.4)
    assert (row.measure, row.unit, row.given) == (DIFFERENCE, "grade", REPORTED)
    # paired: 29 degrees of freedom from 30 people
    assert math.sqrt(row.vi) == pytest.approx(1.6 / (2 * stats.t.isf(0.025, 29)))


def test_a_printed_difference_comes_from_an_exact_p_but_not_from_a_bound(data_copy):
    crossover(data_copy, p="0.004")
    crossover(data_copy, "other2023", p="<0.001")
    rows, _ = made(data_copy)
    (row,) = rows.itertuples()
    assert row.study_id == "cross2022"
    assert math.sqrt(row.vi) == pytest.approx(1.2 / stats.t.isf(0.002, 29))
    assert row.low < -1.2 < row.high < 0


def test_means_become_a_difference_where_another_study_prints_only_that(data_copy):
    crossover(data_copy, ci_low="-2.0", ci_high="-0.4")
    add_trial(data_copy, "means2021")
    for arm, mean in (("ldn0", "4.0"), ("placebo", "5.0")):
        measure(data_copy, f"means2021.{arm}", "pain", 1, n="40", mean=mean, sd="2.0", unit="grade")
        other = {"n": "40", "mean": mean, "sd": "2.0", "unit": "count"}
        measure(data_copy, f"means2021.{arm}", "symptoms", 2, **other)
    rows, found = made(data_copy)
    pain = rows[rows["outcome_id"] == "pain"]
    assert list(pain["measure"]) == [DIFFERENCE, DIFFERENCE]
    assert pain["vi"].iloc[-1] == pytest.approx(0.2) or pain["vi"].iloc[0] == pytest.approx(0.2)
    assert list(rows.loc[rows["outcome_id"] == "symptoms", "measure"]) == [STANDARDISED]
    assert {p.outcome: p.k for p in found if p.result} == {"Pain": 2}


def test_a_crossover_trial_known_by_its_arms_alone_is_shown_but_not_pooled(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("12", "15"), design="randomised crossover trial")
    rows, (found,) = made(data_copy)
    assert len(rows) == 2
    assert "Beta 2021: a crossover trial whose paired comparison is not printed" in found.reason


def test_add_on_to_the_same_treatment_counts_as_no_treatment(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_events(data_copy, "beta2021", ("12", "15"))
    path = data_copy / "data/doses.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("beta2021.placebo,beta2021,placebo,", "beta2021.placebo,beta2021,melatonin,"),
        encoding="utf-8",
    )
    _, (found,) = made(data_copy)
    assert "Beta 2021: compared with another treatment" in found.reason
    path = data_copy / "data/arms.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "naltrexone 4.5 mg,intervention,beta2021.ldn0,",
            "naltrexone 4.5 mg,intervention,beta2021.ldn0 beta2021.placebo,",
        ),
        encoding="utf-8",
    )
    _, (found,) = made(data_copy)
    assert found.k == 2
    assert found.result is not None
