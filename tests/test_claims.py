"""The claims ledger: a conclusion that the data no longer bear out stops the build."""

from __future__ import annotations

import csv
import re

import pytest
from conftest import ROOT, command
from made_up_trials import add_trial, measure

from livingreview.claim_views import computed, harms, pooled, side
from livingreview.claims import ClaimError, check_claims, claim_faults
from livingreview.data import load


def spoilt(review, **cells):
    claims = review.claims.copy()
    for column, value in cells.items():
        claims.loc[0, column] = value
    return review.replacing(claims=claims)


def test_every_claim_holds_on_the_data_of_this_repository(review):
    assert claim_faults(ROOT) == []
    assert len(check_claims(review)) == len(review.claims)


def test_every_claim_stands_on_its_page_word_for_word(review):
    for claim in review.claims.itertuples(index=False):
        text = (ROOT / f"{claim.page}.md").read_text(encoding="utf-8")
        assert claim.sentence in text, claim.claim_id


@pytest.mark.parametrize(
    ("relation", "number", "holds"),
    [
        ("is", "{n}", True),
        ("is", "{n}0", False),
        ("is at least", "{n}", True),
        ("is at most", "1", False),
        ("is at least half of", "design == 'in vitro' or design == 'in vivo'", True),
        ("is less than half of", "design == 'in vitro'", False),
    ],
)
def test_each_relation_can_hold_and_fall(review, relation, number, holds):
    count = int((review.studies["design"] == "in vivo").sum())
    changed = spoilt(
        review,
        view="studies",
        rows="design == 'in vivo'",
        relation=relation,
        number=number.format(n=count),
    )
    verdict = check_claims(changed)[0]
    assert verdict.count == count
    assert verdict.holds is holds


def test_a_fallen_claim_names_sentence_rule_and_rows(review):
    changed = spoilt(review, view="studies", rows="phase == 'I'", relation="is", number="0")
    text = str(check_claims(changed)[0])
    assert review.claims.loc[0, "sentence"] in text
    assert "phase == 'I' is 0" in text
    assert review.studies.loc[review.studies["phase"] == "I", "study_id"].iloc[0] in text
    assert "Rewrite the sentence" in text


@pytest.mark.parametrize("rows", ["nonsense == 1", "design ==", "import os", "design = 1"])
def test_a_rule_that_cannot_be_read_is_told_and_not_passed_over(review, rows):
    with pytest.raises(ClaimError, match="cannot be read"):
        check_claims(spoilt(review, view="studies", rows=rows))
    with pytest.raises(ClaimError, match="not a number"):
        check_claims(spoilt(review, view="studies", rows="", relation="is", number="few"))


def test_check_and_build_stop_on_a_fallen_claim(data_copy):
    path = data_copy / "data" / "claims.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r",is at most,1\n", ",is at least,99\n", text, count=1), encoding="utf-8"
    )
    for name in ("check", "build"):
        done = command(data_copy, name)
        assert done.returncode == 1
        assert rows[0]["sentence"] in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def fallen(folder):
    return {verdict.claim_id for verdict in check_claims(load(folder)) if not verdict.holds}


def add_harm(folder, study, outcome, counts, *, n="40", timepoint="during treatment, 12 weeks"):
    add_trial(folder, study, n=n)
    for arm, events in zip(("ldn0", "placebo"), counts, strict=True):
        cells = {"n": n, "events": events, "timepoint": timepoint}
        measure(folder, f"{study}.{arm}", outcome, 1, **cells)


def test_words_on_safety_fall_when_the_counts_move(data_copy):
    assert fallen(data_copy) == set()
    add_harm(data_copy, "alpha2020", "adverse_event", ("38", "12"))
    found = fallen(data_copy)
    assert {"safety-not-more-computed", "safety-most-complain"} <= found
    texts = [str(fault) for fault in claim_faults(data_copy)]
    assert any("more people have adverse events" in text and "alpha2020" in text for text in texts)


def test_words_on_safety_fall_when_the_pooled_result_moves(data_copy):
    for number in range(6):
        add_harm(data_copy, f"alpha202{number}", "adverse_event", ("380", "220"), n="400")
    found = fallen(data_copy)
    assert {"safety-not-more-pooled", "safety-alike", "safety-small", "safety-rare-unseen"} <= found


def test_words_on_how_long_trials_ran_fall_when_longer_ones_come(data_copy):
    for number in range(9):
        study, time = f"alpha202{number}", "during treatment, 2 years"
        add_harm(data_copy, study, "nausea", ("3", "3"), timepoint=time)
    assert fallen(data_copy) == {"safety-short"}


def test_a_harm_is_seen_from_both_sides_by_counts_or_else_by_percentages(data_copy):
    add_harm(data_copy, "alpha2020", "nausea", ("10", "4"))
    add_trial(data_copy, "beta2021")
    measure(data_copy, "beta2021.ldn0", "nausea", 1, percent="25.5", unit="%")
    frame = harms(load(data_copy)).set_index("study_id")
    assert frame.loc["alpha2020", ["treated", "control", "weeks"]].to_list() == [25, 10, 12]
    assert frame.loc["beta2021", "treated"] == 25.5
    assert frame["control"].isna()["beta2021"]


def test_an_effect_favours_a_side_only_with_its_whole_interval(review):
    assert side("risk ratio", "lower", 1.1, 2.0) == "comparator"
    assert side("risk ratio", "lower", 0.5, 0.9) == "intervention"
    assert side("risk ratio", "lower", 0.5, 1.0) == "neither"
    assert side("mean difference", "higher", 0.1, 0.4) == "intervention"
    assert side("mean difference", "either", 0.1, 0.4) == "unclear"
    for view in (computed(review), pooled(review)):
        inside = (view["low"] <= view["estimate"]) & (view["estimate"] <= view["high"])
        assert inside.all() and len(view)
