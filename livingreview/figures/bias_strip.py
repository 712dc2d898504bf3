"""Risk of bias as a strip of discs beside the studies of another figure."""

from __future__ import annotations

from itertools import pairwise
from string import ascii_uppercase

from livingreview.data import Review, once
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
    judged, columns, above = _judgements(review), 0, ""
    for y, study in placed:
        if study == above:
            continue
        above = study
        rows = judged.get(study, [])
        if not rows:
            axes.text(-0.5, y, "not judged", va="center", fontsize=7.5, color=MUTED)
        columns = max(columns, len(rows))
        for x, row in enumerate(rows):
            symbol, colour = LIGHTS[row["judgement"]]
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
        for row in _judgements(review).get(study, []):
            domains = tools.setdefault(f"{row['tool']} {row['tool_version']}", [])
            if row["domain"] not in domains:
                domains.append(row["domain"])
            same = words.setdefault(LIGHTS[row["judgement"]][0], [])
            if row["judgement"] not in same:
                same.append(row["judgement"])
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


@once
def _judgements(review: Review) -> dict[str, list[dict[str, str]]]:
    """Return the judgements of each study that has any, by one tool, the overall one last."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in review.risk_of_bias.to_dict("records"):
        rows = found.setdefault(row["study_id"], [])
        if not rows or row["tool"] == rows[0]["tool"]:
            rows.append(row)
    return {study: sorted(rows, key=_is_overall) for study, rows in found.items()}


def _is_overall(row: dict[str, str]) -> bool:
    return row["domain"] == OVERALL
