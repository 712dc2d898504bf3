"""Which effects are pooled, and in words why the others are not.

Only different studies that ask the same are pooled; `comparable` says what that is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from livingreview.comparable import TRAITS, bar, traits
from livingreview.data import Review, keys_of, once
from livingreview.effects import RATIOS, effects
from livingreview.meta_analysis import pooling
from livingreview.meta_analysis.errors import ConvergenceError

# Cochrane Handbook, section 10.10.4: REML with Knapp and Hartung's interval, never narrower than
# Wald's (the ad-hoc rule), since two studies that happen to agree would else look too sure.
MODEL = pooling.Model(method="REML", test="adhoc")
FEW = 5  # studies below which the prediction interval is not to be relied on


class Printed(NamedTuple):
    """A pooled result on the scale that is printed: ratios not in logarithms."""

    estimate: float
    low: float
    high: float
    expected_low: float
    expected_high: float


@dataclass(frozen=True)
class Pooled:
    """What was made of the effects on one outcome.

    Attributes
    ----------
    outcome : str
        Label of the outcome.
    measure, unit : str
        Measure that was pooled, and its unit; empty where nothing was.
    k : int
        Number of studies with an effect on the outcome; of those pooled where any were.
    rows : tuple of int
        Index of the effects pooled, in the order of the weights of ``result``; empty if none.
    result : pooling.Pooled or None
        Pooled result on the analysis scale, or None.
    reason : str
        Why nothing was pooled, or what was left apart and why; may be empty beside a result.
    """

    outcome: str
    measure: str
    unit: str
    k: int
    rows: tuple[int, ...]
    result: pooling.Pooled | None
    reason: str

    @property
    def printed(self) -> Printed:
        """Estimate, interval and prediction interval on the scale that is printed."""
        scale = math.exp if self.measure in RATIOS else float
        result = self.result
        values = (result.estimate, result.ci_low, result.ci_high, result.pi_low, result.pi_high)
        return Printed(*map(scale, values))

    @property
    def heterogeneity(self) -> str:
        """How far the studies pooled differ, with the prediction interval, in one line."""
        result, printed = self.result, self.printed
        line = (
            f"Heterogeneity: τ² = {result.tau2:.2f}; I² = {result.i2:.0f}% (from τ²); "
            f"Q = {result.q:.2f}, df = {result.q_df}, p = {result.q_p:.2f}. "
            f"Prediction interval {printed.expected_low:.2f} to {printed.expected_high:.2f}"
        )
        return line + (", not to be relied on with so few studies." if result.k < FEW else ".")


def pools(review: Review, rows: pd.DataFrame) -> list[Pooled]:
    """Pool what is comparable in the effects of a condition.

    Parameters
    ----------
    review : Review
        The data.
    rows : DataFrame
        From `effects.effects`; its index is what ``Pooled.rows`` names.

    Returns
    -------
    list of Pooled
        For each outcome in the order of `rows`: one result for each group of two or more different
        studies that are alike, or one entry without a result whose reason says why.
    """
    found = []
    for topic, cells in rows.groupby("topic", sort=False):
        told = [traits(review, row) for row in cells.to_dict("records")]
        found += _of_outcome(review, topic, cells, pd.DataFrame(told, index=cells.index))
    return found


@once
def pools_about(review: Review, about: str, family: str = "") -> list[Pooled]:
    """Return the pools of all effects on a condition or a group, computed once: see `pools`.

    Parameters
    ----------
    review : Review
        The data.
    about, family : str
        As `effects.effects` takes them.
    """
    return pools(review, effects(review, about, family))


def without_in_a_thousand(rows: pd.DataFrame, pool: Pooled) -> float:
    """Return the risk without naltrexone over the studies pooled, out of a thousand people.

    All events of the comparators over all their people (GRADE handbook, section 4.5: a risk that
    the studies themselves give). The risk with naltrexone is this one times the pooled ratio.
    """
    counts = [text.split(" of ") for text in rows.loc[list(pool.rows), "comparator"]]
    events, people = (sum(float(pair[place]) for pair in counts) for place in (0, 1))
    return 1000 * events / people


def _of_outcome(
    review: Review, topic: str, cells: pd.DataFrame, told: pd.DataFrame
) -> list[Pooled]:
    names = {study: _name(review, study) for study in cells["study_id"]}
    barred = {i: why for i in cells.index if (why := bar(told.loc[i].to_dict()))}
    able = cells.index.difference(barred, sort=False)
    results, reasons, lonely = [], [], []
    for _, index in told.loc[able].groupby(list(TRAITS), sort=False).groups.items():
        group = cells.loc[index]
        kept, left = _without_overlap(review, dict.fromkeys(group["study_id"]))
        overlaps = [f"{names[a]} is left out: it overlaps with {names[b]}" for a, b in left]
        group = group[group["study_id"].isin(kept)]
        if repeated := _repeated(review, group, names):
            reasons.append(repeated)
        elif len(group) > 1:
            result = _result(group, overlaps)
            (results if isinstance(result, Pooled) else reasons).append(result)
            continue
        else:
            lonely += list(group.index)
        reasons += overlaps
    if cells["study_id"].nunique() == 1 and not reasons:
        reasons = ["one study"]
    else:
        reasons += _apart(told, lonely, results)
        reasons += [f"{names[cells.loc[i, 'study_id']]}: {why}" for i, why in barred.items()]
    words = "; ".join(dict.fromkeys(reasons))
    if not results:
        return [Pooled(topic, "", "", cells["study_id"].nunique(), (), None, words)]
    first, *rest = results
    whole = "; ".join(part for part in (first.reason, words) if part)
    return [Pooled(**{**vars(first), "reason": whole}), *rest]


def _result(group: pd.DataFrame, overlaps: list[str]) -> Pooled | str:
    try:
        result = pooling.pool(group["yi"], group["vi"], MODEL, study=list(group["study_id"]))
    except ConvergenceError as error:
        return f"the estimate did not settle ({error})"
    first = group.iloc[0]
    rows = tuple(int(i) for i in group.index)
    why = "; ".join(overlaps)
    return Pooled(first["topic"], first["measure"], first["unit"], result.k, rows, result, why)


def _without_overlap(
    review: Review, studies: Collection[str]
) -> tuple[set[str], list[tuple[str, str]]]:
    """Return the studies to keep, and each that is left out with the earlier one it overlaps."""
    overlaps = review.labels("studies", "overlaps")
    told = {key: set(keys_of(overlaps[key])) for key in studies}
    reference = review.labels("studies", "reference")
    kept: list[str] = []
    left = []
    for study in sorted(studies, key=lambda key: review.references[reference[key]].year):
        same = [other for other in kept if other in told[study] or study in told[other]]
        if same:
            left.append((study, same[0]))
        else:
            kept.append(study)
    return set(kept), left


def _repeated(review: Review, group: pd.DataFrame, names: dict[str, str]) -> str:
    """Say which studies have several rows: they share people, and must not count as studies."""
    labels, words = review.labels("arms"), []
    for study, rows in group.groupby("study_id", sort=False):
        if len(rows) > 1:
            pairs = [f"{labels[r.arm_id]} v {labels[r.comparator_id]}" for r in rows.itertuples()]
            shared = " share a comparator" if rows["comparator_id"].nunique() == 1 else ""
            said = " and ".join(dict.fromkeys(pairs))
            words.append(
                f"{len(rows)} rows of one study, {names[study]} ({said}{shared}), and how to "
                "combine them is not told"
            )
    return "; ".join(words)


def _apart(told: pd.DataFrame, lonely: list[int], results: list[Pooled]) -> list[str]:
    """Say in what the effects that found no partner differ from the others that could be pooled."""
    pooled = [i for found in results for i in found.rows]
    if not lonely:
        return []
    table = told.loc[[*pooled, *lonely]]
    differ = []
    for column, plural in TRAITS.items():
        counts = Counter(table[column])
        if len(counts) > 1:
            values = ", ".join(f"{count} {value}" for value, count in counts.items())
            differ.append(f"{plural} differ: {values}")
    return differ or ["one study is left"]


def _name(review: Review, study: str) -> str:
    return review.references[review.labels("studies", "reference")[study]].short
