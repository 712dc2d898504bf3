"""Harvest plot: each study a bar, as high as its design is strong (Ogilvie et al. 2008)."""

from __future__ import annotations

import math
import re
import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from livingreview.data import Review
from livingreview.figures.drawing import INK, LINE, MUTED, PAPER, Drawing, canvas
from livingreview.figures.effect_direction import MARKS
from livingreview.figures.study_key import study_key
from livingreview.synthesis import (
    AGAINST,
    FOR,
    HIGH,
    LOWER,
    MIXED,
    MODELS,
    UNSURE,
    directions,
    over_all_outcomes,
)

COLUMNS = (AGAINST, MIXED, FOR)
# The fuller the bar, the lower the risk of bias: full, hatched, empty.
HATCHES = {LOWER: "", UNSURE: "//////", HIGH: ""}

# Inches. The picture is laid out by hand, because its rows grow with the studies in them.
WIDTH, NAMES = 7.2, 1.62  # whole, and the column of row names
SLOT, BAR = 0.19, 0.135  # room for a bar, and the bar
LINE_HEIGHT, TALLEST = 0.55, 0.27  # a line of bars, and the highest of them
GAP, FEWEST = 0.16, 4  # between columns; slots of the narrowest column
TEXT_LINE, KEY_COLUMNS = 0.17, 3


def harvest(review: Review, group: str, rungs: tuple[str, ...] = MODELS) -> Drawing:
    """Draw the studies by the direction of their outcomes, as bars of the height of their design.

    Above, a row a design: each study once, over all of its outcomes. Below, a row an outcome
    family. In a cell the designs stand from the weakest to the strongest; the number under a bar
    is that of `study_key`.

    Parameters
    ----------
    review : Review
        The data.
    group : str
        Group of conditions, for example ``"Cancer"``.
    rungs : tuple of str
        Rungs of the ladder of designs; cells and animals unless told.

    Raises
    ------
    LookupError
        If the group has no study of these designs with a direction.
    """
    frame = directions(review, group, rungs)
    if frame.empty:
        raise LookupError(f"no study of these designs with a direction in the group {group!r}")
    key = study_key(review, frame)
    families = review.package.tables["outcomes"].by_name["family"].enum
    whole = over_all_outcomes(frame)
    blocks = {
        "All outcomes together, by design": _bars(whole.assign(row=whole["rung"]), key),
        "By outcome family": _bars(
            frame.assign(row=frame["family"]).sort_values(
                "row", key=lambda column: column.map(families.index), kind="stable"
            ),
            key,
        ),
    }
    bars = pd.concat(blocks, names=["block"]).reset_index(level="block")
    left, slots = _columns(bars)
    lines = bars.groupby(["row", "direction"]).size().reset_index(name="bars")
    lines["lines"] = [math.ceil(row.bars / slots[row.direction]) for row in lines.itertuples()]
    lines = lines.groupby("row")["lines"].max()
    names = [key["rung"] == rung for rung in dict.fromkeys(key["rung"])]
    key_lines = sum(1.5 + math.ceil(one.sum() / KEY_COLUMNS) for one in names)
    height = 0.5 + 0.3 * len(blocks) + LINE_HEIGHT * lines.sum() + TEXT_LINE * (key_lines + 4)
    with canvas(WIDTH, height) as (figure, axes):
        figure.set_layout_engine("none")
        axes.set_position([0, 0, 1, 1])
        axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        for way in COLUMNS:
            head = textwrap.fill(way, 13)
            axes.text(left[way], 0.4, head, fontsize=8.5, color=MARKS[way][1], va="bottom")
        y = 0.42
        for title, block in bars.groupby("block", sort=False):
            axes.text(0, y + 0.2, title, fontsize=8.5, weight="bold")
            y += 0.3
            for row, cells in block.groupby("row", sort=False):
                name = textwrap.fill(row, 22)
                axes.text(0, y + TALLEST + 0.1, name, fontsize=8.5, va="bottom", linespacing=1.1)
                for way in COLUMNS:
                    corner = (left[way], y + TALLEST + 0.1)
                    _draw_cell(axes, cells[cells["direction"] == way], corner, slots[way])
                y += LINE_HEIGHT * lines[row]
        _draw_key(axes, key, y + TEXT_LINE)
    slug = "-".join(re.findall("[a-z]+", f"harvest {group} {rungs[0]}".lower()))
    return Drawing(slug, figure, _alt(whole, frame, key), bars.drop(columns="height"))


def _bars(frame: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """Return a bar a study and row; heights are the ranks of the designs that are there."""
    designs = list(dict.fromkeys(key["rung"]))
    height = {rung: TALLEST * (rank + 1) / len(designs) for rank, rung in enumerate(designs)}
    about = key[["study_id", "number", "other"]]
    bars = frame[["row", "direction", "study_id", "rung", "risk"]].merge(about, on="study_id")
    return bars.assign(height=bars["rung"].map(height))


def _columns(bars: pd.DataFrame) -> tuple[dict[str, float], dict[str, int]]:
    """Return the left edge (inches) and the number of slots of the column of each direction.

    Room that nobody needs is shared out; where there is too little, the widest column gives way,
    and its bars run on in further lines.
    """
    room = int((WIDTH - NAMES - GAP * (len(COLUMNS) - 1)) / SLOT)
    most = bars.groupby(["row", "direction"]).size().groupby("direction").max()
    slots = {way: max(FEWEST, int(most.get(way, 0))) for way in COLUMNS}
    while sum(slots.values()) > room:
        slots[max(slots, key=slots.get)] -= 1
    spare = (room - sum(slots.values())) // len(COLUMNS)
    slots = {way: count + spare for way, count in slots.items()}
    left, x = {}, NAMES
    for way in COLUMNS:
        left[way] = x
        x += SLOT * slots[way] + GAP
    return left, slots


def _draw_cell(axes: Axes, bars: pd.DataFrame, corner: tuple[float, float], slots: int) -> None:
    """Draw the bars of one cell from its lower left corner, line after line."""
    for line in range(max(1, math.ceil(len(bars) / slots))):
        foot = corner[1] + LINE_HEIGHT * line
        axes.plot([corner[0], corner[0] + SLOT * slots], [foot, foot], color=LINE, linewidth=0.8)
    for place, bar in enumerate(bars.itertuples(index=False)):
        x = corner[0] + SLOT * (place % slots) + (SLOT - BAR) / 2
        y = corner[1] + LINE_HEIGHT * (place // slots)
        axes.add_patch(_shaded((x, y - bar.height), bar.height, MARKS[bar.direction][1], bar.risk))
        middle = {"x": x + BAR / 2, "ha": "center"}
        axes.text(y=y + 0.11, s=str(bar.number), color=INK, fontsize=7.5, **middle)
        if bar.other:
            axes.text(y=y - bar.height - 0.03, s="M", color=MUTED, fontsize=7, **middle)


def _shaded(corner: tuple[float, float], height: float, colour: str, risk: str) -> Rectangle:
    face = colour if risk == LOWER else PAPER
    return Rectangle(
        corner, BAR, height, facecolor=face, edgecolor=colour, hatch=HATCHES[risk], linewidth=1
    )


def _draw_key(axes: Axes, key: pd.DataFrame, y: float) -> None:
    """Write which number is which study, design by design, and what height and shade mean."""
    small = {"fontsize": 8, "va": "bottom"}
    y += 0.5 * TEXT_LINE
    designs = key.groupby("rung", sort=False)
    for rank, (rung, studies) in enumerate(designs):
        step = "lowest" if rank == 0 else "highest" if rank == len(designs) - 1 else "higher"
        words = f"{rung} ({step} bars)" if len(designs) > 1 else rung
        axes.text(0, y, words, weight="bold", **small)
        deep = math.ceil(len(studies) / KEY_COLUMNS)
        for place, label in enumerate(studies["label"]):
            x = WIDTH / KEY_COLUMNS * (place // deep)
            axes.text(x, y + TEXT_LINE * (place % deep + 1), label, **small)
        y += TEXT_LINE * (deep + 1.5)
    y += 0.5 * TEXT_LINE
    x = 0.0
    for risk in HATCHES:
        if risk in set(key["risk"]):
            axes.add_patch(_shaded((x, y - 0.16), 0.15, INK, risk))
            words = f"risk of bias: {risk}"
            axes.text(x + 0.2, y, words, **small)
            x += 0.6 + 0.07 * len(words)
    if key["other"].any():
        axes.text(0, y + 1.2 * TEXT_LINE, "M  methylnaltrexone (MNTX), another drug", **small)


def _alt(whole: pd.DataFrame, frame: pd.DataFrame, key: pd.DataFrame) -> str:
    said = []
    for rung, studies in whole.groupby("rung", sort=False):
        counts = studies["direction"].value_counts()
        said.append(
            f"{rung}: " + ", ".join(f"{way} {counts.get(way, 0)}" for way in reversed(COLUMNS))
        )
    risks = key["risk"].value_counts()
    shades = ", ".join(f"{risks.get(risk, 0)} {risk}" for risk in HATCHES)
    return (
        f"Harvest plot: {len(key)} studies by {frame['family'].nunique()} outcome families. Over "
        f"all outcomes, {'; '.join(said)}. Studies by overall risk of bias: {shades}."
    )
