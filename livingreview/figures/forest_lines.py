"""The lines of a forest plot in their order: outcomes by which way is better, studies, pools."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from livingreview.data import Review
from livingreview.dose_marks import marked
from livingreview.effects import REPORTED, effects
from livingreview.evidence import studies_that_are
from livingreview.pooled import Pooled, pools_about

# a crossover trial that prints its periods and not the comparison within people
UNPAIRED = "as if two groups"
LABEL, NOTE = 26, 106  # characters that fit beside the plot, and across the figure
FAVOURS = {
    "higher": ("favours control", "favours naltrexone"),
    "lower": ("favours naltrexone", "favours control"),
    "neither": ("less", "more"),
}
EFFECT, HEAD, POOLED, TOLD, FOOT = "effect", "head", "pooled", "note", "foot"
HEIGHTS = {EFFECT: 1.0, HEAD: 0.9, POOLED: 1.0, TOLD: 0.62, FOOT: 1.15}


@dataclass(frozen=True)
class Line:
    """One line: what it is, its words, and the effect or the pool that it shows.

    Attributes
    ----------
    kind : str
        `EFFECT`, `HEAD`, `POOLED`, `TOLD` or `FOOT`.
    text : str
        Label; the way that is better for `FOOT`.
    row : int
        Index of the effect; -1 for other lines.
    pool : Pooled or None
        What a line of kind `POOLED` shows.
    weight : float
        Percent of the weight in its pool; NaN where it is in none.
    """

    kind: str
    text: str
    row: int = -1
    pool: Pooled | None = None
    weight: float = math.nan

    @property
    def height(self) -> float:
        """Height in rows; a line that is wrapped is higher."""
        more = self.text.count("\n")
        return HEIGHTS[self.kind] + more * (0.48 if self.kind == TOLD else 0.42)


@dataclass(frozen=True)
class Section:
    """The lines of one measure in their order, its effects in that order, and its pools.

    Attributes
    ----------
    measure : str
        Measure of the effects.
    lines : list of Line
        What stands under one another.
    rows : DataFrame
        From `effects.effects`, those of the measure.
    shown : list of Pooled
        Pools of the measure.
    """

    measure: str
    lines: list[Line]
    rows: pd.DataFrame
    shown: list[Pooled]

    @property
    def height(self) -> float:
        """Height of all lines, in rows."""
        return sum(line.height for line in self.lines)


def forest_sections(
    review: Review, about: str, measure: str = "", family: str = ""
) -> list[Section]:
    """Return the sections of a forest plot: one for each measure, or for the one that is named.

    Parameters
    ----------
    review : Review
        The data.
    about, family : str
        As `effects.effects` takes them.
    measure : str
        Measure to take; all by default. One without an effect has no section.
    """
    every = effects(review, about, family)
    told: dict[str, list[Pooled]] = {}
    for pool in pools_about(review, about, family):
        told.setdefault(pool.outcome, []).append(pool)
    measures = [found for found in every["measure"].unique() if measure in ("", found)]
    return [_section(review, every, told, found) for found in measures]


def _section(
    review: Review, every: pd.DataFrame, told: dict[str, list[Pooled]], measure: str
) -> Section:
    rows = every[every["measure"] == measure]
    several = every["study_id"].nunique() > 1
    lines = []
    for better in FAVOURS:
        for topic, cells in rows[rows["better"] == better].groupby("topic", sort=False):
            alone = (every["topic"] == topic).sum() == 1
            lines += (
                [_single(review, cells.iloc[0], several)]
                if alone
                else _block(review, topic, cells, told[topic])
            )
        if (rows["better"] == better).any():
            lines.append(Line(FOOT, better))
    rows = rows.loc[[line.row for line in lines if line.kind == EFFECT]]
    shown = [pool for found in told.values() for pool in found if pool.measure == measure]
    return Section(measure, lines, rows, shown)


def _single(review: Review, row: pd.Series, several: bool) -> Line:
    head = f"{row['outcome']} ({_study(review, row)})" if several else row["outcome"]
    words = head + _given(review, row) + _unit(row)
    return Line(EFFECT, textwrap.fill(words, LABEL), int(row.name))


def _block(review: Review, topic: str, cells: pd.DataFrame, told: list[Pooled]) -> Iterator[Line]:
    yield Line(HEAD, topic + _unit(cells.iloc[0]))
    weights = {
        i: weight
        for pool in told
        if pool.result
        for i, weight in zip(pool.rows, pool.result.weights, strict=True)
    }
    for i, row in cells.iterrows():
        arms = row["outcome"].removeprefix(topic).lstrip(",")
        label = _study(review, row) + arms + _given(review, row)
        yield Line(EFFECT, textwrap.fill(label, LABEL), int(i), weight=weights.get(i, math.nan))
    for pool in told:
        if pool.result and set(pool.rows) <= set(cells.index):
            yield Line(POOLED, f"Pooled ({pool.k} studies)", pool=pool, weight=100.0)
            yield Line(TOLD, textwrap.fill(pool.heterogeneity, NOTE))
    apart = "Left apart: " if told[0].result else "Not pooled: "
    if told[0].reason:
        yield Line(TOLD, textwrap.fill(apart + told[0].reason + ".", NOTE))


def _study(review: Review, row: pd.Series) -> str:
    return marked(review, row["study_id"], review.references[row["reference"]].short)


def _given(review: Review, row: pd.Series) -> str:
    if row["given"] == REPORTED:
        return f", {REPORTED}"
    return f", {UNPAIRED}" if row["study_id"] in studies_that_are(review, "crossover") else ""


def _unit(row: pd.Series) -> str:
    return f", {row['unit']}" if row["unit"] else ""
