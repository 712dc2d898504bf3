"""Effects computed from the tables, against values worked out by hand."""

from __future__ import annotations

import math

import pytest

from livingreview.effects import RATIO, STANDARDISED, effects


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
