"""Causal statements as a diagram: compartments as lanes, flow downwards, one sign a line end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextToPath

from livingreview.figures import drawing as look
from livingreview.figures.layered_layout import Layout, Node, layered_layout

LANES = ("outside", "membrane", "cytoplasm", "nucleus", "immune cell", "mediator", "response")
DRUGS = {"ldn": look.LDN, "ntx": look.STANDARD}
DRIVERS = {
    "low-dose naltrexone": look.LDN,
    "standard-dose naltrexone": look.STANDARD,
    "opioid agonist": look.COMPARATOR,
    "no drug": look.COMPARATOR,
}
UP, DOWN, CONFLICT, BINDS, SAME = "increases", "decreases", "conflict", "binds", "no change"
PASSIVE = {
    DOWN: "decreased",
    UP: "increased",
    CONFLICT: "both increased and decreased (a conflict)",
    BINDS: "bound",
    SAME: "unchanged",
}
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
# Points. A label wider than WRAP is broken into two lines.
WIDTH, LANE_NAMES, GUTTER, TITLE, LEADING, WRAP = 518.4, 60.0, 14.0, 22.0, 11.5, 64.0
FONT, SMALL, SAMPLE, KEY_LEADING = 9.0, 8.5, 26.0, 18.0

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


class Line(NamedTuple):
    """All statements of a panel with one source, target and effect."""

    source: str
    target: str
    kind: str
    driver: str = ""
    cells_only: bool = False
    places: int = 2
    phases: str = ""

    @property
    def colour(self) -> str:
        """Return the colour of its driver, or that of doubt or of no change."""
        special = {CONFLICT: look.DOUBT, SAME: look.MUTED}
        return special.get(self.kind, DRIVERS.get(self.driver, look.INK))

    @property
    def weakness(self) -> tuple:
        """Return what tells which of two lines is drawn where they share their way."""
        return self.kind in (CONFLICT, SAME), self.cells_only, -self.places


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
    return look.Drawing(name, figure, _alt(known["label"], shown, lines), table)


def merge(rows: pd.DataFrame) -> list[Line]:
    """Return the lines of a panel's statements."""
    lines = []
    for (source, target), pair in rows.groupby(["source_node", "target_node"], sort=False):
        kinds = pair["effect"]
        ups, downs = (set(pair.loc[kinds == sign, "phase"]) for sign in (UP, DOWN))
        if ups and downs and (ups & downs or "" in ups | downs):
            kinds = kinds.replace([UP, DOWN], CONFLICT)
        for kind in sorted(set(kinds), key=list(PASSIVE).index):
            same = pair[kinds == kind]
            driver = min(same["driver"], key=list(DRIVERS).index)
            cells_only = set(same["evidence"]) == {"in vitro"}
            places = len(same[["source_id", "locator"]].drop_duplicates())
            phases = " or ".join(sorted(set(same["phase"])))
            lines.append(Line(source, target, kind, driver, cells_only, places, phases))
    return lines


class _Picture:
    """The panels and their key; distances are in points, and y grows downwards."""

    def __init__(self, nodes: pd.DataFrame, panels: Mapping[str, list[Line]]):
        self.nodes, self.panels = nodes, panels
        self.panel_width = (WIDTH - LANE_NAMES - GUTTER * (len(panels) - 1)) / len(panels)
        self.top = TITLE if any(panels) else 0.0
        self.layout = self._layout()
        key = _flow(_key(panels))
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
        self.texts = {node: _wrap(label) for node, label in self.nodes["label"].items()}
        places: dict[str, Node] = {}
        for node, lane in self.nodes["compartment"].items():
            seat, texts = self.seat[node], self.texts[node]
            width = max(_width(text, FONT, node in DRUGS) for text in texts) + 12
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


def _key(panels: Mapping[str, list[Line]]) -> list[tuple[str, list[Line]]]:
    """Return the words of the key and the lines beside each; a faint box stands for no line."""
    lines = [line for panel in panels.values() for line in panel]
    key = []
    for kind in [kind for kind in PASSIVE if any(line.kind == kind for line in lines)]:
        text = "statements conflict" if kind == CONFLICT else kind
        key.append((text, [Line("", "", kind)]))
    for panel in panels.values():
        signs = {line[:3]: line for line in panel}
        for line in panel:
            if line.kind == DOWN and (up := signs.get((*line[:2], UP))):
                text = f"decreases {line.phases}, increases {up.phases}"
                key.append((text, [Line("", "", DOWN), Line("", "", UP)]))
    colours = defaultdict(list)
    for driver, colour in DRIVERS.items():
        if any(line.driver == driver and line.colour == colour for line in lines):
            colours[colour].append(driver)
    for drivers in colours.values() if len(colours) > 1 else ():
        key.append((" or ".join(drivers), [Line("", "", "", drivers[0])]))
    if any(line.cells_only for line in lines):
        key.append(("cells only (in vitro)", [Line("", "", "", cells_only=True)]))
    if len(numbers := sorted({min(line.places, 3) for line in lines})) > 1:
        words = ", ".join(map(str, numbers)).replace("3", "3 or more")
        key.append((f"stated in {words} places", [Line("", "", "", places=n) for n in numbers]))
    touched = [
        {end for line in panel for end in line[:2]} - set(DRUGS) for panel in panels.values()
    ]
    if any(one != touched[0] for one in touched):
        key.append(("not named in this panel", []))
    return [entry for i, entry in enumerate(key) if entry not in key[:i]]


def _flow(key: list[tuple[str, list[Line]]]) -> list[list[tuple[float, str, list[Line]]]]:
    """Return the key in rows that are not too wide, each entry with its place."""
    rows, x = [[]], 6.0
    for text, lines in key:
        width = SAMPLE + 6 + _width(text, SMALL)
        if x + width > WIDTH - 6:
            rows.append([])
            x = 6.0
        rows[-1].append((x, text, lines))
        x += width + 18
    return rows


def _width(text: str, size: float, bold: bool = False) -> float:
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return TextToPath().get_text_width_height_descent(text, font, ismath=False)[0]


def _wrap(label: str) -> list[str]:
    """Return a label in one line, or in two as equal as can be if it is wide."""
    words = label.split()
    if len(words) == 1 or _width(label, FONT) <= WRAP:
        return [label]
    halves = [[" ".join(words[:i]), " ".join(words[i:])] for i in range(1, len(words))]
    return min(halves, key=lambda texts: max(_width(text, FONT) for text in texts))


def _alt(
    labels: pd.Series, shown: Mapping[str, pd.DataFrame], panels: Mapping[str, list[Line]]
) -> str:
    """Return what the picture shows, in words."""
    parts = []
    if len(panels) > 1:
        parts.append(f"{len(panels)} panels side by side in the same layout.")
    for title, lines in panels.items():
        counts = shown[title]["effect"].value_counts()
        words = ", ".join(f"{counts[k]} {k.removesuffix('s')}" for k in PASSIVE if k in counts)
        parts.append(f"{title or 'Diagram'}: {len(shown[title])} statements ({words}).")
        for line in [line for line in lines if line.kind == CONFLICT]:
            parts.append(f"Conflict: {labels[line.source]} on {labels[line.target]}.")
    states = {title: _states(labels, lines) for title, lines in panels.items()}
    first, *others = panels
    for other in others:
        for (here, there), names in _grouped(labels, states[first], states[other]):
            if here != there:
                here, there = here or "not acted on", there or "not acted on"
                parts.append(f"{names}: {here} ({first}), {there} ({other}).")
    if not others:
        for (here, _), names in _grouped(labels, states[first], states[first]):
            parts.append(f"{names}: {here}." if here else f"Acted on by nothing: {names}.")
    return " ".join(parts)


def _states(labels: pd.Series, lines: list[Line]) -> dict[str, str]:
    """Return what is done to each node, in words."""
    kinds = {node: {line.kind for line in lines if line.target == node} for node in labels.index}
    return {
        node: " and ".join(word for kind, word in PASSIVE.items() if kind in kinds[node])
        for node in labels.index
    }


def _grouped(labels: pd.Series, here: dict[str, str], there: dict[str, str]):
    """Return the labels of nodes to which the same is done, with what is done."""
    groups = defaultdict(list)
    for node, label in labels.items():
        groups[here[node], there[node]].append(label)
    return [(states, ", ".join(names)) for states, names in groups.items()]
