"""Numbers of the audit of the sources, and of our judgements."""

from __future__ import annotations

from livingreview.data import Review
from livingreview.facts.words import Facts, word
from livingreview.recompute import recompute


def judgements(review: Review) -> Facts:
    """Return counts of certainty."""
    grades = review.certainty["certainty"].value_counts()
    return {
        "n_questions": word(len(review.certainty)),
        "n_very_low": word(int(grades.get("very low", 0))),
        "n_no_evidence": word(int(grades.get("no evidence", 0))),
        "n_moderate_or_high": word(sum(int(grades.get(one, 0)) for one in ("high", "moderate"))),
    }


def audit(review: Review) -> Facts:
    """Return counts of faults and citations."""
    verdicts = review.citations["verdict"].value_counts()
    again = recompute(review)["verdict"].value_counts()
    wrong = sum(int(n) for verdict, n in verdicts.items() if verdict.startswith("wrong"))
    return {
        "n_recomputed": word(int(again.sum())),
        "n_consistent": word(int(again.get("consistent", 0))),
        "n_inconsistent": word(sum(int(n) for v, n in again.items() if v.startswith("incons"))),
        "n_decision": word(int(again.get("inconsistent and changes the decision at 0.05", 0))),
        "n_impossible": word(int(again.get("impossible", 0))),
        "n_not_assessable": word(int(again.get("not assessable", 0))),
        "n_citations": str(len(review.citations)),
        "n_wrong_citations": word(wrong),
        "n_supporting_citations": word(int(verdicts.get("supports", 0))),
        "n_partial_citations": word(int(verdicts.get("partial", 0))),
        "n_discrepancies": word(len(review.discrepancies)),
        "n_touching": word(int((review.discrepancies["row"] != "").sum())),
        "n_corrected": word(int((review.discrepancies["corrected"] != "").sum())),
    }
