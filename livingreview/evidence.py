"""Views of the evidence: the rungs of the ladder, who benefits, and condition by design."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review, keys_of, once
from livingreview.doses import ANTAGONISTS
from livingreview.printed import number

CROSSOVER = "randomised crossover trial"  # each person takes both treatments, in random order
ALPHA = 0.05  # the level at which sources call a result significant

# From dish to trial. The rungs are those of the vocabulary of designs, put together where a
# reader need not tell them apart.
RUNGS = {
    "in vitro": "Cells",
    "in vivo": "Animals",
    "case report": "Case reports",
    "register study": "Register studies",
    "trial, design not described": "Trials, not randomised or not described",
    "non-randomised trial": "Trials, not randomised or not described",
    "controlled, allocation unclear": "Trials, not randomised or not described",
    "randomised trial": "Randomised trials",
    CROSSOVER: "Randomised trials",
    "pooled analysis of trials": "Pooled trials",
}
ORDER = tuple(dict.fromkeys(RUNGS.values()))


@once
def studies_view(review: Review) -> pd.DataFrame:
    """Return the studies with their rung, the groups of their conditions, and what was given.

    Returns
    -------
    DataFrame
        The table ``studies`` with ``rung``, ``groups`` (set of str), ``in_people`` (bool) and
        ``combined`` (bool: an opioid antagonist was given together with another agent).
    """
    group = dict(zip(review.conditions["condition_id"], review.conditions["group"], strict=True))
    frame = review.studies.copy()
    frame["rung"] = frame["design"].map(RUNGS)
    animals = (frame["species_id"] != "human") & (frame["design"] != "in vitro")
    frame.loc[animals, "rung"] = RUNGS["in vivo"]
    frame["groups"] = frame["conditions"].map(lambda cell: {group[k] for k in keys_of(cell)})
    frame["in_people"] = (frame["species_id"] == "human") & (frame["design"] != "in vitro")
    arms = arms_with_antagonist(review)
    frame["combined"] = frame["study_id"].isin(arms.loc[arms["combined"], "study_id"])
    return frame


@once
def arms_with_antagonist(review: Review) -> pd.DataFrame:
    """Return the arms given an opioid antagonist; ``combined``: with another agent (bool)."""
    kind = dict(zip(review.agents["agent_id"], review.agents["kind"], strict=True))
    agent = dict(zip(review.doses["dose_id"], review.doses["agent_id"], strict=True))
    told = [[kind[agent[dose]] in ANTAGONISTS for dose in keys_of(k)] for k in review.arms["doses"]]
    arms = review.arms.assign(combined=[not all(given) for given in told])
    return arms.loc[[any(given) for given in told]]


@once
def evidence_map(review: Review) -> pd.DataFrame:
    """Return one row per condition and study: the cells of the evidence map.

    A study of several conditions stands in each of them.
    """
    frame = studies_view(review)
    frame = frame.assign(condition_id=frame["conditions"].map(keys_of)).explode("condition_id")
    return frame.merge(
        review.conditions.rename(columns={"label": "condition"}), on="condition_id", how="left"
    )[["condition_id", "condition", "group", "rung", "study_id", "reference", "n"]]


@once
def favours(review: Review) -> pd.DataFrame:
    """Return the comparisons with the arm that each result favours.

    The direction claimed and the outcome's better direction give ``favours``: ``intervention``,
    ``comparator``, ``neither`` (no difference) or ``unclear``: nothing reported, an outcome of
    which neither direction is better, a claim about an arm that is itself a comparator, or a
    comparison with an arm that was given an opioid antagonist too: it tells of the other drug, or
    of the dose.
    ``significant`` says whether the source calls the result so, or prints p below 0.05.
    """
    better = dict(zip(review.outcomes["outcome_id"], review.outcomes["better"], strict=True))
    frame = review.comparisons.merge(
        review.arms[["arm_id", "study_id", "role"]], on="arm_id", how="left"
    )

    with_antagonist = set(arms_with_antagonist(review)["arm_id"])

    def side(row) -> str:
        wanted = {"higher": "increase", "lower": "decrease"}.get(better[row.outcome_id])
        if row.role != "intervention" or row.comparator_id in with_antagonist:
            return "unclear"
        if row.direction == "not reported":
            return "unclear"
        if row.direction == "no difference":
            return "neither"
        if wanted is None:
            return "unclear"
        return "intervention" if row.direction == wanted else "comparator"

    frame["favours"] = [side(row) for row in frame.itertuples(index=False)]
    frame["significant"] = [
        row.significance == "significant" or (row.p != "" and number(row.p.lstrip("=")) < ALPHA)
        for row in frame.itertuples(index=False)
    ]
    return frame


def distinct(results: pd.DataFrame) -> pd.DataFrame:
    """Return results with what a source states at several places counted once."""
    return results.drop_duplicates(["arm_id", "comparator_id", "outcome_id", "part", "direction"])


@once
def people_with(review: Review, condition: str) -> set[str]:
    """Return the studies in people that are about one condition.

    Raises
    ------
    LookupError
        If the data know no such condition.
    """
    if condition not in set(review.conditions["condition_id"]):
        raise LookupError(f"conditions.csv has no condition {condition!r}")
    frame = studies_view(review)
    about = frame["conditions"].map(lambda cell: condition in keys_of(cell))
    return set(frame.loc[about & frame["in_people"], "study_id"])


@once
def resolved_citations(review: Review) -> pd.DataFrame:
    """Return the studies with the entry that their printed citation points to.

    Returns
    -------
    DataFrame
        ``study_id``, ``cited_as``, ``reference`` (the report the study is from) and
        ``printed_reference`` (key of the entry of that number; empty where the source is the
        report itself). Where the two differ, the citation in the source is wrong.
    """
    entry = {
        (row.source_id, row.number): row.reference
        for row in review.reference_lists.itertuples(index=False)
    }

    def resolve(row: pd.Series) -> str:
        digits = row["cited_as"].strip("[]")
        return entry.get((row["source_id"], int(digits)), "") if digits.isdigit() else ""

    frame = review.studies[["study_id", "source_id", "cited_as", "reference"]].copy()
    frame["printed_reference"] = [resolve(row) for _, row in frame.iterrows()]
    return frame
