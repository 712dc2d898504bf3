"""The lines of a forest plot in their order: outcomes by which way is better, studies, pools."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from livingreview.data import Review
from livingreview.effects import REPORTED, effects
from livingreview.pooled import Pooled, pools

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


def forest_lines(
    review: Review, condition: str, measure: str
) -> tuple[list[Line], pd.DataFrame, list[Pooled]]:
    """Return the lines of a forest plot, the effects of its measure, and the pools among them.

    Raises
    ------
    LookupError
        If the condition has no effect of that measure.
    """
    every = effects(review, condition)
    rows = every[every["measure"] == measure]
    if rows.empty:
        raise LookupError(f"no {measure} can be computed for the condition {condition!r}")
    told: dict[str, list[Pooled]] = {}
    for pool in pools(review, every):
        told.setdefault(pool.outcome, []).append(pool)
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
    shown = [pool for found in told.values() for pool in found if pool.measure == measure]
    return lines, rows, shown


def _single(review: Review, row: pd.Series, several: bool) -> Line:
    head = f"{row['outcome']} ({_study(review, row)})" if several else row["outcome"]
    return Line(EFFECT, textwrap.fill(head + _given(row) + _unit(row), LABEL), int(row.name))


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
        label = _study(review, row) + arms + _given(row)
        yield Line(EFFECT, textwrap.fill(label, LABEL), int(i), weight=weights.get(i, math.nan))
    for pool in told:
        if pool.result and set(pool.rows) <= set(cells.index):
            yield Line(POOLED, f"Pooled ({pool.k} studies)", pool=pool, weight=100.0)
            yield Line(TOLD, textwrap.fill(pool.heterogeneity, NOTE))
    apart = "Left apart: " if told[0].result else "Not pooled: "
    if told[0].reason:
        yield Line(TOLD, textwrap.fill(apart + told[0].reason + ".", NOTE))


def _study(review: Review, row: pd.Series) -> str:
    return review.references[row["reference"]].short


def _given(row: pd.Series) -> str:
    return f", {REPORTED}" if row["given"] == REPORTED else ""


def _unit(row: pd.Series) -> str:
    return f", {row['unit']}" if row["unit"] else ""
