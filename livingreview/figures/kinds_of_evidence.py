"""How much evidence of which kind: a bar a kind of study, what was given at a low dose apart."""

from __future__ import annotations

import math
import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from livingreview.data import Review
from livingreview.doses import dose_band
from livingreview.evidence import ORDER
from livingreview.figures.drawing import COMPARATOR, INK, LDN, PAPER, Drawing, canvas
from livingreview.ladder import ABOVE, BELOW, INSIDE, NO_AMOUNT, OTHER_DRUG
from livingreview.register import PAGE, address, register

LOW, OTHER_DOSE = "naltrexone at a low dose", "naltrexone at another dose"
UNKNOWN, OTHER = "naltrexone, amount not printed", "another opioid antagonist"
COMPARED = "naltrexone for comparison only"
# colour of the edge, of the face, and hatch: told apart by more than the colour
LOOKS = {
    LOW: (LDN, LDN, ""),
    OTHER_DOSE: (COMPARATOR, COMPARATOR, ""),
    UNKNOWN: (COMPARATOR, PAPER, "//////"),
    OTHER: (COMPARATOR, PAPER, ""),
    COMPARED: (COMPARATOR, PAPER, "...."),
}
# Inches.
WIDTH, NAMES, TOTALS, ROW, BAR, KEY = 7.2, 2.0, 1.75, 0.42, 0.26, 0.24


def kinds_of_evidence(review: Review, page: str = PAGE) -> Drawing:
    """Draw how many studies there are of each kind, and which of them gave a low dose.

    A dose counts as low where it lies inside the low-dose band on the scale of a dose in an
    adult (`livingreview.ladder.doses_in_people`). A study stands once: one of several doses goes
    by the first of `LOOKS` that it holds. Bars and numbers lead to their studies.

    Parameters
    ----------
    review : Review
        The data.
    page : str
        Address of the register, seen from the page that the figure stands on.
    """
    studies = register(review)[["study_id", "rung", "dose"]]
    studies = studies.assign(given=studies["dose"].map(_given))
    counts = studies.groupby(["rung", "given"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=ORDER[::-1], columns=list(LOOKS), fill_value=0)
    low, high = dose_band(review, "low dose")
    links: dict[str, str] = {}
    shown = [kind for kind in LOOKS if counts[kind].any()]
    height = ROW * len(ORDER) + KEY * math.ceil(len(shown) / 2) + 0.2
    unit = (WIDTH - NAMES - TOTALS) / counts.sum(axis=1).max()
    with canvas(WIDTH, height) as (figure, axes):
        figure.set_layout_engine("none")
        axes.set(position=(0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        for place, (rung, row) in enumerate(counts.iterrows()):
            y = ROW * (place + 0.5)
            _bar(axes, y, row[row > 0], unit)
            name = textwrap.fill(rung, 26)
            axes.text(NAMES - 0.12, y, name, ha="right", va="center", fontsize=9, linespacing=1)
            total = int(row.sum())
            said = f"{total}; at a low dose: {row[LOW]}" if total else "none"
            axes.text(NAMES + unit * total + 0.1, y, said, va="center", fontsize=9.5, color=INK)
            if total:
                link = address(page, rung=rung)
                links[link] = f"{rung}: {_studies(total)}, {row[LOW]} at a low dose"
                cell = Rectangle((0, ROW * place), WIDTH, ROW, fill=False, linewidth=0, url=link)
                axes.add_patch(cell).set_zorder(4)
        _key(axes, ROW * len(ORDER) + 0.3, shown)
    table = (
        studies.groupby(["rung", "given"])["study_id"]
        .agg(studies="size", study_id=" ".join)
        .reindex([(rung, kind) for rung in ORDER[::-1] for kind in LOOKS])
        .dropna()
        .reset_index()
        .astype({"studies": int})
    )
    kinds = "; ".join(
        f"{rung.lower()} {row.sum()}, at a low dose {row[LOW]}" for rung, row in counts.iterrows()
    )
    alt = (
        f"Bars of the number of studies by kind, {len(studies)} in all, {counts[LOW].sum()} at a "
        f"low dose ({low:g} to {high:g} mg in an adult). {kinds[:1].upper()}{kinds[1:]}."
    )
    return Drawing("kinds-of-evidence", figure, alt, table, links)


def _given(dose: tuple[str, ...]) -> str:
    """Return what a study is counted under, by the places of its doses in the register."""
    if INSIDE in dose:
        return LOW
    if BELOW in dose or ABOVE in dose:
        return OTHER_DOSE
    if NO_AMOUNT in dose:
        return UNKNOWN
    return OTHER if OTHER_DRUG in dose else COMPARED


def _bar(axes: Axes, y: float, row: pd.Series, unit: float) -> None:
    left = NAMES
    for kind, count in row.items():
        axes.add_patch(_box((left, y - BAR / 2), unit * count, BAR, kind))
        left += unit * count


def _box(corner: tuple[float, float], width: float, height: float, kind: str) -> Rectangle:
    edge, face, hatch = LOOKS[kind]
    return Rectangle(
        corner, width, height, facecolor=face, edgecolor=edge, hatch=hatch, linewidth=1
    )


def _key(axes: Axes, y: float, kinds: list[str]) -> None:
    """Write what each look means, in two columns."""
    for place, kind in enumerate(kinds):
        x, top = WIDTH / 2 * (place % 2) + 0.25, y + KEY * (place // 2)
        axes.add_patch(_box((x, top - 0.08), 0.3, 0.15, kind))
        axes.text(x + 0.4, top, kind, va="center", fontsize=9)


def _studies(count: int) -> str:
    return "1 study" if count == 1 else f"{count} studies"
