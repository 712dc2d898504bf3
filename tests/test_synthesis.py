"""Directions of effect and the sign test."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import with_rows

from livingreview.evidence import ORDER, favours, studies_view
from livingreview.figures.traffic_light import LIGHTS
from livingreview.synthesis import (
    AGAINST,
    FOR,
    HIGH,
    LOWER,
    MIXED,
    MODELS,
    PEOPLE,
    RISKS,
    UNSURE,
    directions,
    over_all_outcomes,
    overall_risk,
    sign_test,
)


def frame_of(*studies):
    rows = [
        {
            "study_id": f"s{i}",
            "family": "survival",
            "favouring": f,
            "against": a,
            "neither": n,
            "outcomes": f + a + n,
            "direction": "",
        }
        for i, (f, a, n) in enumerate(studies)
    ]
    return pd.DataFrame(rows)


def test_the_sign_test_is_the_exact_binomial():
    test = sign_test(frame_of(*[(1, 0, 0)] * 9, (0, 1, 0), (1, 1, 0)))
    assert (test.favouring, test.against, test.mixed) == (9, 1, 1)
    # two-sided, ten signs, nine alike: 2 * (10 + 1) / 1024
    assert test.p == pytest.approx(22 / 1024)
    # nine of ten, Clopper and Pearson: printed in tables of exact limits
    assert (test.low, test.high) == pytest.approx((0.5550, 0.9975), abs=5e-5)


def test_a_study_has_one_sign_whatever_the_number_of_its_outcomes():
    many = pd.concat([frame_of((3, 0, 0))] * 4)
    assert sign_test(many).favouring == 1


def test_without_signs_nothing_is_improbable():
    test = sign_test(frame_of((0, 0, 2)))
    assert (test.mixed, test.p, test.low, test.high) == (1, 1.0, 0.0, 1.0)


def test_all_alike_leave_an_interval_on_one_side():
    test = sign_test(frame_of(*[(1, 0, 0)] * 6))
    # the lower limit of n out of n is the n-th root of 0.025
    assert test.low == pytest.approx(0.025 ** (1 / 6))
    assert test.high == 1.0


def test_seventy_in_a_hundred_make_a_direction(review):
    frame = directions(review, "Cancer")
    for row in frame.itertuples():
        share = row.favouring / row.outcomes
        if row.direction == FOR:
            assert share >= 0.7
        elif row.direction == AGAINST:
            assert row.against / row.outcomes >= 0.7
        else:
            assert row.direction == MIXED
            assert share < 0.7


def test_every_study_in_cells_and_animals_with_a_direction_is_in_it(review):
    studies = studies_view(review)
    models = studies[studies["groups"].map(lambda g: "Cancer" in g) & ~studies["in_people"]]
    told = favours(review).query("favours != 'unclear'")
    expected = set(models["study_id"]) & set(told["study_id"])
    assert set(directions(review, "Cancer")["study_id"]) == expected
    assert len(expected) > 15


# counted by hand in data/comparisons.csv: favouring, against, neither
BY_HAND = [
    # two results in one arm, one of them against the same antagonist alone
    ("donahue2011b_mice", "cell cycle", (1, 0, 0), FOR),
    # better with one drug, no difference with another: one outcome, and it is mixed
    ("donahue2011b_mice", "tumour growth", (0, 0, 1), MIXED),
    # two markers better, one better in one arm and worse in another
    ("aboalsoud2020_mice", "immune response", (2, 0, 1), MIXED),
    ("liu2022_cells", "proliferation and viability", (3, 0, 1), FOR),
    ("liu2021_mice", "signalling", (2, 0, 1), MIXED),
    ("zagon1983b_mice", "tumour growth", (2, 0, 0), FOR),
]


@pytest.mark.parametrize(("study", "family", "counts", "direction"), BY_HAND)
def test_directions_as_counted_by_hand(review, study, family, counts, direction):
    frame = directions(review, "Cancer")
    row = frame[(frame["study_id"] == study) & (frame["family"] == family)].iloc[0]
    assert (row.favouring, row.against, row.neither) == counts
    assert row.outcomes == sum(counts)
    assert row.direction == direction


def test_a_study_has_one_row_over_all_its_outcomes(review):
    frame = directions(review, "Cancer")
    whole = over_all_outcomes(frame).set_index("study_id")
    assert set(whole.index) == set(frame["study_id"])
    assert whole.loc["donahue2011b_mice", ["favouring", "neither"]].tolist() == [8, 1]
    assert whole.loc["liu2021_cells", "direction"] == MIXED
    assert whole["outcomes"].sum() == frame["outcomes"].sum()


def test_a_comparison_with_an_antagonist_tells_nothing_of_it(review):
    before = directions(review, "Cancer")
    result = {
        "comparison_id": "new",
        "outcome_id": "survival",
        "direction": "decrease",
    }
    arms = review.arms[review.arms["study_id"] == "zagon1983b_mice"].set_index("role")
    result["arm_id"] = arms.loc[["intervention"], "arm_id"].iloc[0]
    control = arms.loc[["untreated control"], "arm_id"].iloc[0]

    def survival(comparator):
        rows = [result | {"comparator_id": comparator}]
        frame = directions(with_rows(review, comparisons=rows), "Cancer")
        mine = (frame["study_id"] == "zagon1983b_mice") & (frame["family"] == "survival")
        return len(frame), frame.loc[mine, "direction"].tolist()

    assert survival(control) == (len(before) + 1, [AGAINST])
    assert survival(result["arm_id"]) == (len(before), [])


def test_cells_and_animals_come_unless_people_are_asked_for(review):
    assert set(MODELS + PEOPLE) == set(ORDER)
    people = directions(review, "Cancer", PEOPLE)
    view = studies_view(review).set_index("study_id")
    assert view.loc[people["study_id"], "in_people"].all()
    everything = directions(review, "Cancer", ORDER)
    assert len(everything) == len(people) + len(directions(review, "Cancer"))
    ranks = everything["rung"].map(ORDER.index)
    assert ranks.is_monotonic_increasing


def test_each_word_of_the_tools_has_its_shade(review):
    words = review.package.tables["risk_of_bias"].by_name["judgement"].enum
    assert set(RISKS) == set(words)
    for word, risk in RISKS.items():
        # as in the traffic light plot
        assert LIGHTS[word][0] in {LOWER: "+", UNSURE: "–?", HIGH: "×"}[risk]


def test_the_overall_risk_is_the_worst_of_several(review):
    assert overall_risk(review)["liu2020_cells"] == HIGH
    assert overall_risk(review)["liu2016_cells"] == UNSURE
    judged = [
        {"study_id": study, "domain": "overall", "judgement": judgement}
        for study, judgement in [
            ("liu2020_cells", "low"),
            ("liu2016_cells", "serious"),
            ("new_low", "low"),
            ("new_moderate", "moderate"),
        ]
    ]
    judged.append({"study_id": "new_low", "domain": "blinding", "judgement": "high"})
    risks = overall_risk(with_rows(review, risk_of_bias=judged))
    assert risks["liu2020_cells"] == risks["liu2016_cells"] == HIGH
    assert risks["new_low"] == LOWER
    assert risks["new_moderate"] == UNSURE
