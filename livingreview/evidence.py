"""Views of the evidence: the rungs of the ladder, who benefits, and condition by design."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review, keys_of, once
from livingreview.doses import ANTAGONISTS
from livingreview.printed import number
from livingreview.timepoints import is_change

EVERYTHING = "every condition"  # for what is asked across conditions, such as safety
ALPHA = 0.05  # the level at which sources call a result significant

# From dish to trial. The table of designs says on which rung each design stands.
ORDER = CELLS, ANIMALS, CASES, REGISTERS, UNCONTROLLED, CONTROLLED, CHANCE, POOLED = (
    "Cells",
    "Animals",
    "Case reports and series",
    "Register studies",
    "Studies without a control group",
    "Trials, not randomised or not described",
    "Randomised trials",
    "Pooled trials",
)


def designs_that_are(review: Review, trait: str) -> set[str]:
    """Return the designs with a trait: ``comparative``, ``randomised`` or ``crossover``."""
    told = review.labels("designs", trait)
    return {design for design, word in told.items() if word == "yes"}


@once
def studies_that_are(review: Review, trait: str) -> frozenset[str]:
    """Return the studies whose design has a trait; see `designs_that_are`."""
    designs = designs_that_are(review, trait)
    told = review.labels("studies", "design").items()
    return frozenset(key for key, design in told if design in designs)


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
    frame["rung"] = frame["design"].map(review.labels("designs", "rung"))
    living = frame["rung"] != CELLS
    frame.loc[living & (frame["species_id"] != "human"), "rung"] = ANIMALS
    frame["groups"] = frame["conditions"].map(lambda cell: {group[k] for k in keys_of(cell)})
    frame["in_people"] = living & (frame["species_id"] == "human")
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
    which neither direction is better, a claim about an arm that is itself a comparator, a change of
    one group where a control group stood beside it, or a comparison with an arm that was given an
    opioid antagonist too: it tells of the other drug, or of the dose.
    ``significant`` says whether the source calls the result so, or prints p below 0.05.
    """
    better = dict(zip(review.outcomes["outcome_id"], review.outcomes["better"], strict=True))
    frame = review.comparisons.merge(
        review.arms[["arm_id", "study_id", "role"]], on="arm_id", how="left"
    )

    with_antagonist = set(arms_with_antagonist(review)["arm_id"])
    compared = studies_that_are(review, "comparative")

    def side(row) -> str:
        wanted = {"higher": "increase", "lower": "decrease"}.get(better[row.outcome_id])
        if row.role != "intervention" or row.comparator_id in with_antagonist:
            return "unclear"
        if row.comparator_id == "" and row.study_id in compared and is_change(row.timepoint):
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
def people_with(review: Review, about: str) -> set[str]:
    """Return the studies in people that are about a condition, or a group of them.

    Parameters
    ----------
    review : Review
        The data.
    about : str
        Key of a condition, name of a group of conditions, or `EVERYTHING`.

    Raises
    ------
    LookupError
        If the data know neither a condition nor a group of this name.
    """
    frame = studies_view(review)
    if about == EVERYTHING:
        inside = pd.Series(True, index=frame.index)
    elif about in set(review.conditions["group"]):
        inside = frame["groups"].map(lambda groups: about in groups)
    elif about in set(review.conditions["condition_id"]):
        inside = frame["conditions"].map(lambda cell: about in keys_of(cell))
    else:
        raise LookupError(f"conditions.csv has no condition {about!r}, and no group of them")
    return set(frame.loc[inside & frame["in_people"], "study_id"])


def questions_about(review: Review, about: str) -> pd.Series:
    """Tell of each row of ``certainty`` whether it is about a group of conditions.

    A question that names no condition is about people with any, as harms are: it is found under
    `EVERYTHING`, and there alone.
    """
    group = review.labels("conditions", "group")
    groups = review.certainty["conditions"].map(lambda cell: {group[key] for key in keys_of(cell)})
    return groups.map(lambda found: about in (found or {EVERYTHING})).astype(bool)


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
        cited_in = row["cited_in"] or row["source_id"]
        return entry.get((cited_in, int(digits)), "") if digits.isdigit() else ""

    columns = ["study_id", "source_id", "cited_in", "cited_as", "reference"]
    frame = review.studies[columns].copy()
    frame["printed_reference"] = [resolve(row) for _, row in frame.iterrows()]
    return frame
