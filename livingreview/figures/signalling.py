"""Causal statements as a diagram: compartments as lanes, flow downwards, one sign a line end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from livingreview.figures import drawing as look
from livingreview.figures.label_widths import FONT, SMALL, text_width, wrap
from livingreview.figures.layered_grid import Node
from livingreview.figures.layered_layout import layered_layout
from livingreview.figures.layout_coordinates import Layout
from livingreview.figures.signalling_key import SAMPLE, key_entries, key_rows
from livingreview.figures.signalling_words import alternative_text
from livingreview.figures.statement_lines import (
    BINDS,
    CONFLICT,
    DOWN,
    DRUGS,
    SAME,
    UP,
    Line,
    merge,
)

LANES = ("outside", "membrane", "cytoplasm", "nucleus", "immune cell", "mediator", "response")
WIDTHS = (1.1, 1.9, 2.8)  # of a line, by the number of places that make the statement
COLUMNS = {
    "source_node": "From",
    "effect": "Effect",
    "target_node": "To",
    "driver": "Treatment",
    "phase": "Phase",
    "cell": "Cell",
    "evidence": "Evidence",
    "locator": "Place in source",
    "cited_as": "Citation as printed",
}
# Points.
WIDTH, LANE_NAMES, GUTTER, TITLE, LEADING, KEY_LEADING = 518.4, 60.0, 14.0, 22.0, 11.5, 18.0

BAR = np.array([(-1.2, 5), (-1.2, -5), (-3.4, -5), (-3.4, 5), (-1.2, 5)])
TIP = np.array([(-0.6, 0), (-8, 3.9), (-8, -3.9), (-0.6, 0)])
ENDS = {  # shape, drawn from the box at (0, 0) backwards, and where its line stops
    DOWN: (Path(BAR, closed=True), -2.0),
    UP: (Path(TIP, closed=True), -6.0),
    CONFLICT: (
        Path.make_compound_path(Path(BAR, closed=True), Path(TIP - (3.4, 0), closed=True)),
        -10.0,
    ),
    BINDS: (Path.circle((-4.0, 0), 3.4), -4.0),
    SAME: (Path.circle((-4.6, 0), 3.0), -7.6),
}


def signalling(
    nodes: pd.DataFrame, edges: pd.DataFrame, panels: Mapping[str, pd.Series] | None, name: str
) -> look.Drawing:
    """Draw causal statements, in one panel or in several with the same layout side by side.

    Statements of one panel with the same source, target and effect become one line, thicker the
    more places they stand in. A line is drawn as a conflict where the target is said to go both
    ways and no two phases tell the ways apart.

    Parameters
    ----------
    nodes, edges : DataFrame
        Tables ``mechanism_nodes`` and ``mechanisms``; of the edges those that are wanted.
    panels : mapping of str to boolean Series, or None
        Title of each panel and which edges it shows; None draws all in one panel without title.
    name : str
        Name of the drawing.

    Raises
    ------
    ValueError
        If a panel shows no statement, or a statement names an unknown node.
    """
    shown = {title: edges[mask] for title, mask in panels.items()} if panels else {"": edges}
    if empty := [title for title, rows in shown.items() if rows.empty]:
        raise ValueError(f"no statement to draw in panel {', '.join(map(repr, empty))}")
    used = edges[edges["edge_id"].isin(pd.concat(shown.values())["edge_id"])]
    named = set(used["source_node"]) | set(used["target_node"])
    if unknown := named - set(nodes["node_id"]):
        raise ValueError(f"unknown nodes: {', '.join(sorted(unknown))}")
    known = nodes[nodes["node_id"].isin(named)].set_index("node_id")
    lines = {title: merge(rows) for title, rows in shown.items()}
    table = used[list(COLUMNS)].rename(columns=COLUMNS).reset_index(drop=True)
    for end in ("From", "To"):
        table[end] = table[end].map(known["label"])
    figure = _Picture(known, lines).figure
    return look.Drawing(name, figure, alternative_text(known["label"], shown, lines), table)


class _Picture:
    """The panels and their key; distances are in points, and y grows downwards."""

    def __init__(self, nodes: pd.DataFrame, panels: Mapping[str, list[Line]]):
        self.nodes, self.panels = nodes, panels
        self.panel_width = (WIDTH - LANE_NAMES - GUTTER * (len(panels) - 1)) / len(panels)
        self.top = TITLE if any(panels) else 0.0
        self.layout = self._layout()
        key = key_rows(key_entries(panels), WIDTH)
        key_top = self.top + self.layout.height + 16
        height = float(np.ceil(key_top + KEY_LEADING * (len(key) - 0.4)))
        with look.canvas(WIDTH / 72, height / 72) as (self.figure, self.axes):
            self.figure.set_layout_engine("none")
            self.axes.set(position=(0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
            self.axes.set_axis_off()
            self._draw_lanes()
            for number, title in enumerate(panels):
                left = LANE_NAMES + number * (self.panel_width + GUTTER)
                self._text((left, 9.0), [title], size=10.0, weight="bold", ha="left")
                self._draw_panel(number, left, panels[title])
            for number, row in enumerate(key):
                for x, text, lines in row:
                    self._draw_key((x, key_top + KEY_LEADING * number), text, lines)

    def _layout(self) -> Layout:
        """Return the one layout of all panels; drugs that share no panel share a place."""
        ends = [{end for line in lines for end in line[:2]} for lines in self.panels.values()]
        drugs = [drug for drug in DRUGS if drug in self.nodes.index]
        self.seat = {node: node for node in self.nodes.index}
        if all(len(end.intersection(drugs)) < 2 for end in ends):
            self.seat.update((drug, drugs[0]) for drug in drugs)
        self.texts = {node: wrap(label) for node, label in self.nodes["label"].items()}
        places: dict[str, Node] = {}
        for node, lane in self.nodes["compartment"].items():
            seat, texts = self.seat[node], self.texts[node]
            width = max(text_width(text, FONT, node in DRUGS) for text in texts) + 12
            if seat in places:
                width = max(width, places[seat].width)
            places[seat] = Node(seat, LANES.index(lane), width, LEADING * len(texts) + 6.5)
        most: Counter[tuple[str, str]] = Counter()
        for lines in self.panels.values():
            most |= Counter((self.seat[line.source], self.seat[line.target]) for line in lines)
        self.ways = list(most.elements())
        return layered_layout(list(places.values()), self.ways, self.panel_width)

    def _draw_lanes(self) -> None:
        for number, (lane, (top, bottom)) in enumerate(sorted(self.layout.lanes.items())):
            band = Rectangle((0, self.top + top), WIDTH, bottom - top, linewidth=0, zorder=0)
            band.set(facecolor=look.LINE, alpha=0.18 if number % 2 == 0 else 0.0)
            self.axes.add_patch(band)
            words, place = LANES[lane].capitalize().split(), (6.0, self.top + (top + bottom) / 2)
            self._text(place, words, color=look.MUTED, size=SMALL, ha="left")

    def _draw_panel(self, number: int, left: float, lines: list[Line]) -> None:
        touched = {end for line in lines for end in line[:2]}
        seated: dict[str, str] = {}
        for node in self.nodes.index:
            if node in touched or self.seat[node] not in seated:
                seated[self.seat[node]] = node
        for seat, node in seated.items():
            box = self.layout.boxes[seat]
            centre, here = (left + box.x, self.top + box.y), node in touched
            colour = (DRUGS.get(node, look.MUTED), look.INK) if here else (look.LINE, look.MUTED)
            bold = {"weight": "bold"} if node in DRUGS else {}
            patch = self._box(centre, (box.width, box.height), colour[0])
            patch.set(gid=f"node-{number}-{node}", linewidth=2.0 if bold and here else 0.9)
            self._text(centre, self.texts[node], color=colour[1], **bold)
        free = {way: iter(np.flatnonzero([w == way for w in self.ways])) for way in self.ways}
        curves = {
            line: self.layout.paths[next(free[self.seat[line.source], self.seat[line.target]])]
            for line in lines
        }
        drawn: set[tuple] = set()  # a shared stretch is drawn once, for the strongest of its lines
        for line in sorted(lines, key=lambda line: line.weakness):
            own = [curve for curve in curves[line] if curve not in drawn]
            drawn.update(own)
            kind = line.kind.replace(" ", "-")
            gid = f"-{number}-{line.source}-{line.target}-{kind}"
            self._draw_line(line, np.add(own, (left, self.top)), gid)

    def _box(self, centre, size, colour: str) -> FancyBboxPatch:
        corner, style = np.subtract(centre, np.divide(size, 2)), "round,pad=0,rounding_size=4"
        patch = FancyBboxPatch(corner, *size, boxstyle=style, facecolor=look.PAPER, zorder=4)
        patch.set_edgecolor(colour)
        return self.axes.add_patch(patch)

    def _text(self, place, texts: list[str], **style) -> None:
        style = {"size": FONT, "ha": "center", "va": "baseline", "zorder": 5, **style}
        for number, text in enumerate(texts):
            drop = (number - (len(texts) - 1) / 2) * LEADING + 0.36 * style["size"]
            self.axes.text(place[0], place[1] + drop, text, **style)

    def _draw_line(self, line: Line, curves: np.ndarray, gid: str | None = None) -> None:
        """Draw a line along curves, joined where they follow each other, and its end."""
        end, way = curves[-1, 3].copy(), np.sign(curves[-1, 3] - curves[-1, 0])
        style = {
            "edgecolor": line.colour,
            "zorder": 3 - line.weakness[0] - 0.5 * (line.colour == look.COMPARATOR),
        }
        if line.kind:
            shape, stop = ENDS[line.kind]
            turned = Path(shape.vertices @ [way, way[::-1]] + end, shape.codes)
            fill, width = (look.PAPER, 1.5) if line.kind == SAME else (line.colour, 0.0)
            mark = PathPatch(turned, facecolor=fill, linewidth=width, **style)
            self.axes.add_patch(mark).set_gid(gid and f"end{gid}")
            curves[-1, 2:] = end + stop * way
        vertices, codes = [], []
        for number, curve in enumerate(curves):
            joined = number > 0 and np.array_equal(curve[0], curves[number - 1][3])
            vertices.extend(curve[1:] if joined else curve)
            codes.extend([Path.CURVE4] * 3 if joined else [Path.MOVETO, *[Path.CURVE4] * 3])
        patch = PathPatch(Path(vertices, codes), facecolor="none", **style)
        patch.set(linewidth=WIDTHS[min(line.places, 3) - 1], capstyle="butt")
        patch.set_linestyle((0, (3.2, 1.6)) if line.cells_only else "solid")
        self.axes.add_patch(patch).set_gid(gid and f"line{gid}")

    def _draw_key(self, place: tuple[float, float], text: str, lines: list[Line]) -> None:
        x, y = place
        if not lines:
            self._box((x + SAMPLE / 2, y), (SAMPLE - 2, 10.0), look.LINE)
        for number, line in enumerate(lines):
            rise = 9 * (number + 0.5 - len(lines) / 2) / max(len(lines) - 1, 1)
            start, end = (x, y + rise), (x + SAMPLE, y + rise)
            self._draw_line(line, np.array([[start, start, end, end]]))
        self._text((x + SAMPLE + 6, y), [text], size=SMALL, ha="left")
