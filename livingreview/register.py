"""The register of studies: what each is about, and the filters by which readers find them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import pandas as pd

from livingreview.data import Review, keys_of, numeric, once
from livingreview.doses import dose_band
from livingreview.evidence import ORDER, RUNGS, studies_view
from livingreview.ladder import (
    COMPARATOR,
    COUNTED,
    DIRECTIONS,
    NO_AMOUNT,
    NOT_STATED,
    OTHER_DRUG,
    PLACES,
    doses_in_people,
)
from livingreview.synthesis import PEOPLE, RISKS, overall_risk, study_directions

PAGE = "register.html"
NOT_JUDGED = "not judged"
RETRACTED = "Retracted"
# options that hold several rungs
UNTRIED = (RUNGS["case report"], RUNGS["register study"])
WIDER = {"people": PEOPLE, "trials": tuple(rung for rung in PEOPLE if rung not in UNTRIED)}


@dataclass(frozen=True)
class Filter:
    """One way to narrow the register down.

    Attributes
    ----------
    name : str
        Its name in the address and in the column ``values`` of `register`.
    label : str
        What a reader sees.
    options : dict of dict of str
        Labels by value, under headings; the heading of options that need none is empty.
    """

    name: str
    label: str
    options: dict[str, dict[str, str]]

    @property
    def labels(self) -> dict[str, str]:
        """Labels of all options by value."""
        return {value: label for under in self.options.values() for value, label in under.items()}


@once
def register(review: Review) -> pd.DataFrame:
    """Return one row per study, those nearest to a patient first, and the newest of these first.

    Retracted studies come last. They have a rung of their own and no other value but their
    conditions, so that no count of studies by a filter holds them.

    Returns
    -------
    DataFrame
        The columns of `livingreview.evidence.studies_view`; ``about`` (the conditions in words);
        ``year`` and ``number`` (of people or animals; NaN where none is printed); ``low``,
        ``high`` (mg of naltrexone in an adult over all doses counted, NaN without any) and
        ``scale`` as in `livingreview.ladder.doses_in_people`; ``dose`` (tuple: places against the
        low-dose band, and why others have none), ``direction`` and ``risk``; and ``values``, a
        dict with the tuple of its values for each `Filter`.
    """
    frame = _arranged(review)
    if review.whole is review:
        return frame
    gone = _arranged(review.whole)
    gone = gone[~gone["study_id"].isin(frame["study_id"])]
    gone = gone.assign(rung=RETRACTED, direction=RETRACTED.lower(), risk=RETRACTED.lower())
    gone["values"] = [
        dict.fromkeys(values, ()) | {"condition": values["condition"], "rung": (RETRACTED,)}
        for values in gone["values"]
    ]
    return pd.concat([frame, gone], ignore_index=True)


def _arranged(review: Review) -> pd.DataFrame:
    """Return the rows of `register` for a review as if nothing were retracted."""
    frame = studies_view(review).merge(_doses(review), on="study_id", how="left")
    frame["scale"] = frame["scale"].fillna("")
    frame["dose"] = [places if isinstance(places, tuple) else () for places in frame["dose"]]
    years = frame["reference"].map({key: one.year for key, one in review.references.items()})
    frame["year"] = numeric(years.where(years.str.isdecimal(), ""))
    frame["number"] = numeric(frame["n"])
    told = study_directions(review).set_index("study_id")["direction"]
    frame["direction"] = frame["study_id"].map(told).fillna(NOT_STATED)
    frame["risk"] = frame["study_id"].map(overall_risk(review)).fillna(NOT_JUDGED)
    labels, groups = (review.labels("conditions", name) for name in ("label", "group"))
    frame["about"] = [
        ", ".join(labels[key] for key in keys_of(cell)) for cell in frame["conditions"]
    ]
    frame["values"] = [
        {
            "condition": _with_wider(keys_of(row.conditions), groups),
            "rung": (row.rung, *(name for name, rungs in WIDER.items() if row.rung in rungs)),
            "dose": row.dose,
            "direction": (row.direction,),
            "risk": (row.risk,),
        }
        for row in frame.itertuples(index=False)
    ]
    height = frame["rung"].map(ORDER.index)
    order = frame.assign(height=height).sort_values(
        ["height", "year"], ascending=False, kind="stable"
    )
    return order.drop(columns="height").reset_index(drop=True)


def _with_wider(conditions: list[str], groups: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*conditions, *(groups[key] for key in conditions)]))


def doses_given(review: Review) -> pd.DataFrame:
    """Return the rows of `doses_in_people` that were tested, not only compared with."""
    doses = doses_in_people(review)
    return doses[doses["use"] != COMPARATOR]


def _doses(review: Review) -> pd.DataFrame:
    """Return the doses of each study: their range, scale, and places against the low-dose band."""
    given = doses_given(review)
    counted = given[given["use"] == COUNTED].groupby("study_id", sort=False)
    frame = counted.agg(low=("low", "min"), high=("high", "max"))
    frame["scale"] = counted["scale"].agg(lambda scales: ", ".join(dict.fromkeys(scales)))
    reached = dict.fromkeys(given["study_id"], "")
    # where a dose that is counted lies, or why another is not
    said = given["places"].where(given["use"] == COUNTED, given["use"])
    for study, words in zip(given["study_id"], said, strict=True):
        reached[study] += f", {words}"
    order = (*PLACES, NO_AMOUNT, OTHER_DRUG)
    dose = {study: tuple(one for one in order if one in words) for study, words in reached.items()}
    return (
        frame.reindex(list(dose)).assign(dose=dose.values()).rename_axis("study_id").reset_index()
    )


def filters(review: Review) -> tuple[Filter, ...]:
    """Return the filters, each with the options that some study has, in the order of the words."""
    low, high = dose_band(review, "low dose")
    band = f"low-dose band ({low:g}–{high:g} mg)"
    doses = {place: f"{place} the {band}" for place in PLACES}
    doses |= {NO_AMOUNT: "an amount is not printed", OTHER_DRUG: "another opioid antagonist"}
    several = dict(zip(WIDER, ("Any study in people", "Any trial in people"), strict=True))
    risks = [*dict.fromkeys(RISKS.values()), NOT_JUDGED]
    conditions = {
        group: {group: f"{group}: all", **_by(rows, "condition_id", "label")}
        for group, rows in review.conditions.groupby("group", sort=False)
    }
    found = (
        Filter("condition", "Condition", conditions),
        Filter(
            "rung",
            "Design",
            {"Several": several, "One": {rung: rung for rung in (*ORDER, RETRACTED)}},
        ),
        Filter("dose", "Dose, in an adult", {"": doses}),
        Filter("direction", "Direction", {"": {way: way for way in DIRECTIONS.values()}}),
        Filter("risk", "Risk of bias", {"": {risk: risk for risk in risks}}),
    )
    values = register(review)["values"]
    present = {one.name: {value for row in values for value in row[one.name]} for one in found}
    return tuple(_filled(one, present[one.name]) for one in found)


def _by(frame: pd.DataFrame, key: str, column: str) -> dict[str, str]:
    return dict(zip(frame[key], frame[column], strict=True))


def _filled(one: Filter, present: set[str]) -> Filter:
    options = {
        heading: {value: label for value, label in under.items() if value in present}
        for heading, under in one.options.items()
    }
    return Filter(one.name, one.label, {head: under for head, under in options.items() if under})


def address(page: str = PAGE, **wanted: str) -> str:
    """Return the address of the register narrowed down to some values of filters.

    Parameters
    ----------
    page : str
        Address of the register, seen from the page that the link stands on.
    **wanted : str
        Values by name of the filter.
    """
    return f"{page}?{urlencode(wanted)}"
