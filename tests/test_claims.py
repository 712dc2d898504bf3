"""The claims ledger: a conclusion that the data no longer bear out stops the build."""

from __future__ import annotations

import csv
import re

import pytest
from conftest import ROOT, command

from livingreview.claims import ClaimError, check_claims, claim_faults


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
