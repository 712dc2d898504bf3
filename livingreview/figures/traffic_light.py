"""Traffic light plot of the risk of bias: a row a study, a column a domain (as in robvis)."""

from __future__ import annotations

import textwrap

from livingreview.data import Review
from livingreview.dose_marks import marked
from livingreview.figures.drawing import (
    COMPARATOR,
    DOUBT,
    GOOD,
    LINE,
    PAPER,
    SIGN,
    STANDARD,
    Drawing,
    canvas,
)

# Symbol first, then colour. The words of five tools share four lights.
LIGHTS = {
    "low": ("+", GOOD),
    "yes": ("+", GOOD),
    "some concerns": ("–", DOUBT),
    "moderate": ("–", DOUBT),
    "high": ("×", STANDARD),
    "serious": ("×", STANDARD),
    "critical": ("×", STANDARD),
    "no": ("×", STANDARD),
    "no information": ("?", COMPARATOR),
    "unclear": ("?", COMPARATOR),
}
ROW = 0.36  # inches a row


def traffic_light(review: Review, tool: str) -> Drawing:
    """Draw the judgements of one tool.

    Parameters
    ----------
    review : Review
        The data.
    tool : str
        Name of the tool as in the table ``risk_of_bias``.

    Raises
    ------
    LookupError
        If no study was judged with that tool.
    """
    rows = review.risk_of_bias[review.risk_of_bias["tool"] == tool]
    if rows.empty:
        raise LookupError(f"no study was judged with {tool!r}")
    domains, studies = list(dict.fromkeys(rows["domain"])), list(dict.fromkeys(rows["study_id"]))
    reference = dict(zip(review.studies["study_id"], review.studies["reference"], strict=True))
    with canvas(7.2, 2.1 + ROW * len(studies)) as (figure, axes):
        for y in range(len(studies)):
            axes.axhline(y + 0.5, color=LINE, linewidth=0.6, zorder=0)
        xs, ys = rows["domain"].map(domains.index), rows["study_id"].map(studies.index)
        symbols, colours = zip(*rows["judgement"].map(LIGHTS), strict=True)
        axes.scatter(xs, ys, s=260, color=colours, zorder=2)
        for x, y, symbol, colour in zip(xs, ys, symbols, colours, strict=True):
            ink = SIGN if colour == DOUBT else PAPER
            axes.text(x, y, symbol, ha="center", va="center_baseline", color=ink, weight="bold")
        names = [
            marked(review, study, review.references[reference[study]].short) for study in studies
        ]
        axes.set_yticks(range(len(studies)), names)
        heads = [textwrap.fill(domain, 20) for domain in domains]
        axes.set_xticks(range(len(domains)), heads, rotation=90, fontsize=9, linespacing=1)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_xlim(-0.6, len(domains) - 0.4)
        axes.set_ylim(len(studies) - 0.4, -0.6)
        for spine in axes.spines.values():
            spine.set_visible(False)
        used = dict.fromkeys(rows["judgement"])
        key = "   ".join(f"{LIGHTS[word][0]} {word}" for word in used)
        figure.supxlabel(key, fontsize=9.5)
    overall = rows[rows["domain"] == "overall"]["judgement"].value_counts()
    alt = (
        f"Traffic light plot, {tool}: {len(studies)} studies by {len(domains)} domains. Overall: "
        + ", ".join(f"{count} {word}" for word, count in overall.items())
        + "."
    )
    name = "bias-" + "".join(c for c in tool.lower() if c.isalnum())
    return Drawing(name, figure, alt, rows)
