"""Effect direction plot: a row a study, a column an outcome family (Boon and Thomson 2021)."""

from __future__ import annotations

import textwrap

from livingreview.data import Review
from livingreview.doses import of_other_antagonists
from livingreview.evidence import ORDER
from livingreview.figures.drawing import COMPARATOR, LDN, LINE, MUTED, STANDARD, Drawing, canvas
from livingreview.synthesis import AGAINST, FOR, MIXED, directions

# shape, colour: told apart by shape first
MARKS = {FOR: ("^", LDN), AGAINST: ("v", STANDARD), MIXED: ("D", COMPARATOR)}
ROW = 0.29  # inches a row
MIDDLE = {"va": "center"}


def effect_direction(review: Review, group: str) -> Drawing:
    """Draw which way the outcomes of each study point, by family, in cells and animals.

    Parameters
    ----------
    review : Review
        The data.
    group : str
        Group of conditions, for example ``"Cancer"``.

    Raises
    ------
    LookupError
        If the group has no study outside of people with a direction.
    """
    frame = directions(review, group)
    if frame.empty:
        raise LookupError(f"no study in cells or animals with a direction in the group {group!r}")
    order = review.package.tables["outcomes"].by_name["family"].enum
    families = [family for family in order if family in set(frame["family"])]
    studies = frame.drop_duplicates("study_id").sort_values(
        "rung", key=lambda rungs: rungs.map(ORDER.index), kind="stable"
    )
    place = {study: y for y, study in enumerate(studies["study_id"])}
    with canvas(7.2, 1.9 + ROW * len(place)) as (figure, axes):
        for x in range(len(families)):
            axes.axvline(x, color=LINE, linewidth=0.6, zorder=0)
        for y in place.values():
            axes.axhline(y, color=LINE, linewidth=0.6, zorder=0)
        for row in frame.itertuples(index=False):
            marker, colour = MARKS[row.direction]
            x, y = families.index(row.family), place[row.study_id]
            axes.plot(x, y, marker, color=colour, markersize=8.5)
            if row.outcomes > 1:
                axes.text(
                    x + 0.2, y + 0.1, str(row.outcomes), fontsize=7.5, color=MUTED, va="center"
                )
        others = of_other_antagonists(review)
        labels = [
            f"{review.references[row.reference].short}, {row.rung.lower()}"
            + (" (MNTX)" if row.study_id in others else "")
            for row in studies.itertuples(index=False)
        ]
        axes.set_yticks(range(len(labels)), labels, fontsize=8.5)
        heads = [textwrap.fill(family, 17) for family in families]
        axes.set_xticks(range(len(families)), heads, fontsize=8.5, rotation=90, linespacing=1)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_xlim(-0.5, len(families) - 0.4)
        axes.set_ylim(len(place) - 0.45, -0.6)
        for spine in axes.spines.values():
            spine.set_visible(False)
        handles = [
            axes.plot([], [], marker, color=colour, linestyle="", label=word)[0]
            for word, (marker, colour) in MARKS.items()
            if word in set(frame["direction"])
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=3)
    counts = frame["direction"].value_counts()
    said = [f"{counts.get(word, 0)} marks: {word}" for word in MARKS]
    alt = (
        f"Effect direction plot: {len(place)} studies in cells and animals by {len(families)} "
        f"outcome families. {'; '.join(said)}."
    )
    return Drawing("effect-direction", figure, alt, frame)
