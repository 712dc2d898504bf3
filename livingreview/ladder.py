"""From dish to trial: what is known of a condition at each rung, and at which dose in a person.

Doses stand on one scale, mg of naltrexone by mouth for an adult. A concentration in a dish
becomes the lowest dose that could reach it in plasma (`least_dose`), a dose in an animal its
human-equivalent dose by body surface, and a dose in people stays as printed.
"""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review, keys_of, numeric, once
from livingreview.doses import (
    concentrations,
    dose_band,
    human_doses,
    human_equivalents,
    of_other_antagonists,
)
from livingreview.evidence import ORDER, evidence_map, studies_view
from livingreview.pharmacokinetics import least_dose, read_parameters
from livingreview.synthesis import AGAINST, FOR, MIXED, study_directions

NOT_STATED = "no direction stated"
DIRECTIONS = {"favouring": FOR, "against": AGAINST, "mixed": MIXED, "unstated": NOT_STATED}
# where a dose lies against the low-dose band
PLACES = BELOW, INSIDE, ABOVE = ("below", "inside", "above")
# how a dose came onto the scale
LEAST, SCALED, PRINTED = "least dose", "body surface", "as printed"
# what becomes of a row of doses
COUNTED, NO_AMOUNT = "counted", "without an amount printed"
COMPARATOR, OTHER_DRUG = "of comparators", "of another opioid antagonist"


def places(low: float, high: float, band: tuple[float, float]) -> str:
    """Return where a dose from `low` to `high` lies against a band (same unit).

    A printed range across an edge of the band lies in several places: ``"below, inside"``.
    """
    reached = (low < band[0], low <= band[1] and high >= band[0], high > band[1])
    return ", ".join(where for where, there in zip(PLACES, reached, strict=True) if there)


@once
def doses_in_people(review: Review) -> pd.DataFrame:
    """Return every dose of an opioid antagonist as a dose of naltrexone in an adult.

    Returns
    -------
    DataFrame
        One row per row of ``doses`` of an antagonist: its columns; ``low`` and ``high`` (mg);
        ``scale`` (`LEAST`, `SCALED` or `PRINTED`); ``use``: `COUNTED`, or why the row is not,
        `NO_AMOUNT`, `COMPARATOR` (it stands only in arms that others are set against) or
        `OTHER_DRUG` (not naltrexone); and ``places`` against the low-dose band (see
        `places`), empty where the row is not counted. ``low`` and ``high`` are NaN where no
        amount is printed, and for `OTHER_DRUG`.
    """
    parameters = read_parameters(review)
    dishes = concentrations(review)
    for column in ("low", "high"):
        dishes[column] = [least_dose(value, parameters) for value in dishes[column]]
    frame = pd.concat(
        [
            dishes.assign(scale=LEAST),
            human_equivalents(review).assign(scale=SCALED),
            human_doses(review).assign(scale=PRINTED),
        ],
        ignore_index=True,
    )
    arms = review.arms.assign(dose_id=review.arms["doses"].map(keys_of)).explode("dose_id")
    tested = set(arms.loc[arms["role"] == "intervention", "dose_id"])
    compared = set(arms["dose_id"]) - tested
    band = dose_band(review, "low dose")

    def use(row) -> str:
        if row.agent_id != "naltrexone":
            return OTHER_DRUG
        if row.dose_id in compared:
            return COMPARATOR
        return NO_AMOUNT if pd.isna(row.low) else COUNTED

    frame["use"] = [use(row) for row in frame.itertuples(index=False)]
    # another drug's amount is no dose of naltrexone, whatever the arithmetic gives
    frame.loc[frame["use"] == OTHER_DRUG, ["low", "high"]] = float("nan")
    frame["places"] = [
        places(row.low, row.high, band) if row.use == COUNTED else ""
        for row in frame.itertuples(index=False)
    ]
    return frame


@once
def studies_on_the_ladder(review: Review) -> pd.DataFrame:
    """Return one row per condition and study: the rows of `evidence_map`, with what each says.

    Returns
    -------
    DataFrame
        The columns of `evidence_map`; ``people`` (number, NaN where none is printed or the study
        is not in people); ``in_people``, ``combined``, ``other_drug`` (an antagonist that is not
        naltrexone), ``shared`` (the study is of several conditions), ``dosed`` (an amount of
        naltrexone is printed) and ``direction`` (a value of `DIRECTIONS`).
    """
    frame = evidence_map(review)
    views = studies_view(review)[["study_id", "in_people", "combined"]]
    frame = frame.merge(views, on="study_id", how="left")
    told = study_directions(review)[["study_id", "direction"]]
    frame = frame.merge(told, on="study_id", how="left")
    frame["direction"] = frame["direction"].fillna(NOT_STATED)
    frame["people"] = numeric(frame["n"]).where(frame["in_people"])
    frame["other_drug"] = frame["study_id"].isin(of_other_antagonists(review))
    frame["shared"] = frame["study_id"].duplicated(keep=False)
    doses = doses_in_people(review)
    frame["dosed"] = frame["study_id"].isin(doses.loc[doses["use"] == COUNTED, "study_id"])
    return frame


@once
def ladder(review: Review) -> pd.DataFrame:
    """Return one row per condition and rung, empty rungs too: a gap is a finding.

    Returns
    -------
    DataFrame
        ``condition_id``, ``condition``, ``group``, ``rung``; numbers of ``studies``, ``reports``,
        ``combined``, ``other_drug``, ``shared`` and ``undosed`` studies (of naltrexone, without
        any amount); ``unprinted`` (doses without an amount); ``people`` (sum of those printed)
        and ``uncounted`` (studies in people that print no number of them); ``doses`` counted, and
        of these ``below``, ``inside`` and ``above`` the low-dose band, each wholly; ``places``
        that any of them reaches, ``low`` and ``high`` (mg, NaN without a dose) and ``scale``;
        and numbers of studies by direction: ``favouring``, ``against``, ``mixed``, ``unstated``.
    """
    studies = studies_on_the_ladder(review)
    doses = doses_in_people(review)
    places = studies.groupby(["condition_id", "rung"])
    at = {place: _rung(cells, doses) for place, cells in places}
    empty = _rung(studies.iloc[:0], doses)
    return pd.DataFrame(
        [
            {
                "condition_id": condition.condition_id,
                "condition": condition.label,
                "group": condition.group,
                "rung": rung,
                **at.get((condition.condition_id, rung), empty),
            }
            for condition in review.conditions.itertuples(index=False)
            for rung in ORDER
        ]
    )


def _rung(studies: pd.DataFrame, doses: pd.DataFrame) -> dict:
    doses = doses[doses["study_id"].isin(studies["study_id"])]
    unprinted = int((doses["use"] == NO_AMOUNT).sum())
    doses = doses[doses["use"] == COUNTED]
    row = {
        "studies": len(studies),
        "reports": studies["reference"].nunique(),
        "undosed": int((~studies["dosed"] & ~studies["other_drug"]).sum()),
        "unprinted": unprinted,
        "people": int(studies["people"].sum()),
        "uncounted": int((studies["in_people"] & studies["people"].isna()).sum()),
        "doses": len(doses),
        "low": doses["low"].min(),
        "high": doses["high"].max(),
        "scale": ", ".join(dict.fromkeys(doses["scale"])),
    }
    row |= {column: int(studies[column].sum()) for column in ("combined", "other_drug", "shared")}
    row |= {where: int((doses["places"] == where).sum()) for where in PLACES}
    reached = ", ".join(doses["places"])
    row["places"] = ", ".join(where for where in PLACES if where in reached)
    row |= {name: int((studies["direction"] == way).sum()) for name, way in DIRECTIONS.items()}
    return row
