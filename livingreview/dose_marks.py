"""Which studies are not of low-dose naltrexone, in a word that stands beside their names.

The word follows from what was given: `doses` and `agents` tell it, nobody types it.
"""

from __future__ import annotations

import re

from livingreview.data import Review, once
from livingreview.evidence import studies_view
from livingreview.ladder import ABOVE, BELOW, COUNTED, INSIDE, NO_AMOUNT, doses_in_people

NALTREXONE = "naltrexone"  # key of the agent
OTHER_DRUG, UNTOLD = "other drug", "dose not told"
MARKS = {ABOVE: "above low dose", BELOW: "below low dose"}
_CALLED_LOW = re.compile(r"\bV?LDN\b|\blow[- ]dose\b", re.I)


@once
def dose_marks(review: Review) -> dict[str, str]:
    """Return the word of each study that is not of low-dose naltrexone.

    Studies in people that gave naltrexone above or below the low-dose band alone, or of which no
    dose is told and the source does not call it low; and studies at any rung that did not give
    naltrexone. A study with one dose inside the band has no word.
    """
    given = review.doses.loc[review.doses["agent_id"] == NALTREXONE, "study_id"]
    marks = dict.fromkeys(review.studies.loc[~review.studies["study_id"].isin(given), "study_id"])
    marks = dict.fromkeys(marks, OTHER_DRUG)
    studies = studies_view(review)
    people = set(studies.loc[studies["in_people"], "study_id"])
    doses = doses_in_people(review)
    doses = doses[doses["study_id"].isin(people) & doses["use"].isin([COUNTED, NO_AMOUNT])]
    for study, rows in doses.groupby("study_id", sort=False):
        reached = {where for cell in rows["places"] for where in cell.split(", ") if where}
        if INSIDE in reached:
            continue
        if reached:
            marks[study] = " and ".join(
                MARKS[where] for where in (BELOW, ABOVE) if where in reached
            )
        elif not all(_CALLED_LOW.search(name) for name in rows["called"]):
            marks[study] = UNTOLD
    return marks


def marked(review: Review, study: str, name: str) -> str:
    """Return the name of a study with its word, if it has one: ``Group 2020 (other drug)``."""
    word = dose_marks(review).get(study, "")
    return f"{name} ({word})" if word else name
