"""The evidence map: condition by design, with the number of studies in each cell."""

from __future__ import annotations

import textwrap

from matplotlib.patches import Rectangle

from livingreview.data import Review
from livingreview.evidence import ORDER, evidence_map
from livingreview.figures.drawing import LDN, LINE, MUTED, PAPER, Drawing, canvas
from livingreview.register import PAGE, address


def map_of_evidence(review: Review, register: str = PAGE) -> Drawing:
    """Draw a disc for each condition and design; its area is the number of studies in it.

    Conditions without a study at a rung keep an empty cell: a gap is a finding. A cell with a disc
    leads to its studies in the register.

    Parameters
    ----------
    review : Review
        The data.
    register : str
        Address of the register, seen from the page that the figure stands on.
    """
    cells = evidence_map(review)
    counts = cells.groupby(["condition_id", "rung"]).size()
    conditions = review.conditions[review.conditions["condition_id"].isin(cells["condition_id"])]
    rows = len(conditions)
    with canvas(7.2, 1.1 + 0.31 * rows) as (figure, axes):
        for x in range(len(ORDER)):
            axes.axvline(x, color=LINE, linewidth=0.6, zorder=0)
        labels, previous, links = [], None, {}
        for y, condition in enumerate(conditions.itertuples(index=False)):
            axes.axhline(y, color=LINE, linewidth=0.6, zorder=0)
            if previous is not None and condition.group != previous:
                axes.axhline(y - 0.5, color=MUTED, linewidth=1.1)
            previous = condition.group
            labels.append(condition.label)
            for x, rung in enumerate(ORDER):
                count = counts.get((condition.condition_id, rung), 0)
                if count:
                    axes.scatter(x, y, s=150 + 75 * count, color=LDN, zorder=2)
                    axes.text(x, y, str(count), ha="center", va="center", color=PAPER, zorder=3)
                    link = address(register, condition=condition.condition_id, rung=rung)
                    links[link] = f"{condition.label}, {rung.lower()}: {_studies(count)}"
                    # the whole cell, so that a finger finds it
                    cell = Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, linewidth=0, url=link)
                    axes.add_patch(cell).set_zorder(4)
        axes.set_xticks(
            range(len(ORDER)), [textwrap.fill(rung, 10) for rung in ORDER], fontsize=7.2
        )
        axes.set_yticks(range(rows), labels)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_xlim(-0.5, len(ORDER) - 0.5)
        axes.set_ylim(rows - 0.45, -0.55)
        for spine in axes.spines.values():
            spine.set_visible(False)
    table = (
        cells.groupby(["condition", "rung"], sort=False)["study_id"]
        .agg(studies="size", study_id=" ".join)
        .reset_index()
    )
    empty = rows * len(ORDER) - len(table)
    per_rung = cells.drop_duplicates("study_id")["rung"].value_counts().reindex(ORDER).fillna(0)
    alt = (
        f"Grid of {rows} conditions by {len(ORDER)} kinds of study; {empty} of "
        f"{rows * len(ORDER)} cells are empty. Studies: "
        + ", ".join(f"{rung.lower()} {int(count)}" for rung, count in per_rung.items())
        + "."
    )
    return Drawing("evidence-map", figure, alt, table, links)


def _studies(count: int) -> str:
    return "1 study" if count == 1 else f"{count} studies"
