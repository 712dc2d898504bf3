"""Which effects ask the same, and so may be pooled: traits of an effect in words.

The same outcome by the same measure, of designs that can be trusted alike, low-dose naltrexone
against placebo or nothing, at a like time.
"""

from __future__ import annotations

from livingreview.data import Review, keys_of, once
from livingreview.doses import ANTAGONISTS, dose_band
from livingreview.effects import DIFFERENCE, FROM_ARMS, STANDARDISED, period
from livingreview.evidence import designs_that_are
from livingreview.printed import number

# how a design is pooled, in the words of the table of designs
POOLABLE = ("randomised", "not randomised or not described")
NALTREXONE, LOW, NOTHING = "naltrexone", "low dose", "placebo or no treatment"
PLACEBO = "placebo"  # key of the agent
# traits in which two effects must not differ, and the word for several of them
TRAITS = {
    "measure": "measures",
    "design": "designs",
    "comparator": "comparators",
    "agent": "agents",
    "dose": "doses",
    "time": "times",
}


def traits(review: Review, row: dict) -> dict[str, str]:
    """Return in words what two effects must share to be pooled.

    Parameters
    ----------
    review : Review
        The data.
    row : dict
        A row of `effects.effects`.

    Returns
    -------
    dict of str
        A word for each of `TRAITS`. Agents that both arms got do not count, nor does a placebo.
    """
    design = review.labels("studies", "design")[row["study_id"]]
    treated, other = (_given(review, row[side]) for side in ("arm_id", "comparator_id"))
    kinds = review.labels("agents", "kind")
    agents, others = ({dose["agent_id"] for dose in given} for given in (treated, other))
    more, against = agents - others - {PLACEBO}, others - agents - {PLACEBO}
    measure = row["measure"] + (f" ({row['unit']})" if row["measure"] == DIFFERENCE else "")
    if row["measure"] == STANDARDISED and "baseline" in row["timepoint"]:
        # the standard deviation of changes is another yardstick than that of values
        measure += " of changes"
    words = review.labels("designs", "poolable")[design] or review.labels("designs")[design]
    if design in designs_that_are(review, "crossover") and row["given"] == FROM_ARMS:
        # taken for two groups of people, the arms of a crossover trial would weigh too little
        words = "a crossover trial whose paired comparison is not printed"
    return {
        "measure": measure,
        "design": words,
        "comparator": NOTHING if not against else "another treatment",
        "agent": _agent({kinds[agent] for agent in more}, {kinds[agent] for agent in others}),
        "dose": _dose(review, [dose for dose in treated if dose["agent_id"] == "naltrexone"]),
        "time": period(row["timepoint"]),
    }


def _given(review: Review, arm: str) -> list[dict]:
    doses = _doses(review)
    return [doses[key] for key in keys_of(review.labels("arms", "doses")[arm])]


@once
def _doses(review: Review) -> dict[str, dict]:
    return {row["dose_id"]: row for row in review.doses.to_dict("records")}


def _agent(more: set[str], other: set[str]) -> str:
    """Say what the treated arm got and the other did not, from kinds of agents."""
    if other & set(ANTAGONISTS):
        return "an antagonist in both arms"
    if more == {"naltrexone"}:
        return NALTREXONE
    return "naltrexone with another agent" if "naltrexone" in more else "not naltrexone"


def _dose(review: Review, doses: list[dict]) -> str:
    low, high = dose_band(review, LOW)
    # where a dose went up in steps, the highest is the one that was meant to act
    amounts = [
        (number(row["amount_high"] or row["amount"]), row["unit"]) for row in doses if row["amount"]
    ]
    if not amounts:
        return "dose not told"
    inside = all(unit == "mg" and low <= amount <= high for amount, unit in amounts)
    return LOW if inside else "other dose"


def bar(told: dict[str, str]) -> str:
    """Say why an effect with these traits is pooled with no other; empty where it can be."""
    if told["agent"] != NALTREXONE:
        return told["agent"]
    if told["dose"] != LOW:
        return told["dose"]
    if told["comparator"] != NOTHING:
        return f"compared with {told['comparator']}"
    return "" if told["design"] in POOLABLE else told["design"]
