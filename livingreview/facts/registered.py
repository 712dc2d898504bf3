"""Numbers of the registered trials and of the flow of records."""

from __future__ import annotations

from livingreview.data import Review
from livingreview.facts.words import Facts, word
from livingreview.registered import (
    EXPECTED,
    KNOWN,
    OVERDUE,
    UNTOLD,
    WITHDRAWN,
    day_of_review,
    record_flow,
    registered_trials,
)


def registered(review: Review) -> Facts:
    """Return how many trials are registered, have results, are overdue or still to come.

    ``n_registered_here``: with a study in the data that holds values.
    """
    trials = registered_trials(review)
    facts = {
        "n_registered": word(len(trials)),
        "n_registered_here": word(int(trials["here"].sum())),
        "review_day": f"{day_of_review(review):%-d %B %Y}",
        "longest_overdue": f"{trials['years'].max():.0f} years",
    }
    for key, state in (
        ("overdue", OVERDUE),
        ("expected", EXPECTED),
        ("untold", UNTOLD),
        ("known", KNOWN),
        ("withdrawn", WITHDRAWN),
    ):
        facts[f"n_registered_{key}"] = word(int((trials["state"] == state).sum()))
    coming = trials[trials["state"] == EXPECTED].sort_values("end")
    facts["next_expected"] = "; ".join(
        f"{row.title} ({row.end:%B %Y})" for row in coming.itertuples(index=False)
    ) or ("none with a date that lies ahead")
    for flow in record_flow(review):
        key = flow.record.replace(" ", "_")
        facts[f"n_found_{key}"] = word(flow.found)
        facts[f"n_included_{key}"] = word(flow.included)
        facts[f"n_excluded_{key}"] = word(sum(flow.excluded.values()))
    return facts
