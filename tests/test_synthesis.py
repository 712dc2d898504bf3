"""Directions of effect and the sign test."""

from __future__ import annotations

import pandas as pd
import pytest

from livingreview.evidence import favours, studies_view
from livingreview.synthesis import AGAINST, FOR, MIXED, directions, sign_test


def frame_of(*studies):
    rows = [
        {"study_id": f"s{i}", "favouring": f, "against": a, "outcomes": f + a + n}
        for i, (f, a, n) in enumerate(studies)
    ]
    return pd.DataFrame(rows)


def test_the_sign_test_is_the_exact_binomial():
    test = sign_test(frame_of(*[(1, 0, 0)] * 9, (0, 1, 0), (1, 1, 0)))
    assert (test.favouring, test.against, test.mixed) == (9, 1, 1)
    # two-sided, ten signs, nine alike: 2 * (10 + 1) / 1024
    assert test.p == pytest.approx(22 / 1024)


def test_a_study_has_one_sign_whatever_the_number_of_its_outcomes():
    many = pd.concat([frame_of((3, 0, 0))] * 4)
    assert sign_test(many).favouring == 1


def test_without_signs_nothing_is_improbable():
    assert sign_test(frame_of((0, 0, 2))).p == 1.0


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
