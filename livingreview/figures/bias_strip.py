"""Risk of bias as a strip of discs beside the studies of another figure."""

from __future__ import annotations

from itertools import pairwise
from string import ascii_uppercase

import pandas as pd

from livingreview.data import Review
from livingreview.figures.drawing import DOUBT, MUTED, PAPER, SIGN
from livingreview.figures.traffic_light import LIGHTS

OVERALL = "overall"
SIGNS = tuple(dict.fromkeys(sign for sign, _ in LIGHTS.values()))


def draw_strip(axes, review: Review, placed: list[tuple[float, str]], head: float) -> None:
    """Draw the judgements of studies, a column a domain; what the signs mean says `key_of`.

    A study that follows itself gets its discs once.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Panel with the rows of the figure as its y axis; one unit of x is one disc.
    review : Review
        The data.
    placed : list of (float, str)
        Height and study of each row, from the top.
    head : float
        Height of the letters of the columns.
    """
    columns, above = 0, ""
    for y, study in placed:
        if study == above:
            continue
        above = study
        rows = _judgements(review, study)
        if rows.empty:
            axes.text(-0.5, y, "not judged", va="center", fontsize=7.5, color=MUTED)
        columns = max(columns, len(rows))
        for x, judgement in enumerate(rows["judgement"]):
            symbol, colour = LIGHTS[judgement]
            axes.scatter(x, y, s=78, color=colour, zorder=2, linewidths=0)
            ink = SIGN if colour == DOUBT else PAPER
            style = {"ha": "center", "va": "center_baseline", "weight": "bold", "fontsize": 7.5}
            axes.text(x, y, symbol, color=ink, **style)
    for x in range(columns):
        style = {"ha": "center", "va": "center", "fontsize": 8, "color": MUTED}
        axes.text(x, head, ascii_uppercase[x], **style)


def key_of(review: Review, studies: list[str]) -> str:
    """Return what letters and signs of the strip mean; empty where no study was judged.

    Parameters
    ----------
    review : Review
        The data.
    studies : list of str
        Study of each row, from the top.
    """
    tools: dict[str, list[str]] = {}
    words: dict[str, list[str]] = {}
    for study in dict.fromkeys(studies):
        for row in _judgements(review, study).itertuples(index=False):
            domains = tools.setdefault(f"{row.tool} {row.tool_version}", [])
            if row.domain not in domains:
                domains.append(row.domain)
            same = words.setdefault(LIGHTS[row.judgement][0], [])
            if row.judgement not in same:
                same.append(row.judgement)
    if not tools:
        return ""
    said = [
        f"Risk of bias ({tool}): "
        + ", ".join(
            f"{letter} {domain}" for letter, domain in zip(ascii_uppercase, domains, strict=False)
        )
        for tool, domains in tools.items()
    ]
    signs = ", ".join(f"{sign} {' or '.join(words[sign])}" for sign in SIGNS if sign in words)
    repeated = any(a == b for a, b in pairwise(studies))
    tail = " A row without signs is of the study above it." if repeated else ""
    return f"{'; '.join(said)}. {signs}.{tail}"


def _judgements(review: Review, study: str) -> pd.DataFrame:
    """Return the judgements of a study by one tool, the overall one last."""
    rows = review.risk_of_bias[review.risk_of_bias["study_id"] == study]
    rows = rows[rows["tool"] == rows["tool"].iloc[0]] if len(rows) else rows
    return rows.sort_values("domain", key=lambda names: names == OVERALL, kind="stable")
