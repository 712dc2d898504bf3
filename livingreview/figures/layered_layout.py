"""Layered layout of a directed graph whose nodes lie in horizontal lanes.

Nodes stand in rows. A line runs only in the gaps between rows, or straight through a row in a
slot that is kept free for it. A curve in a gap has its control points in that gap, and so can
never touch a label, whatever the graph.

All lines that leave one node in one direction share their way until they must part: a node with
many targets sends out one branching line instead of a bundle of parallel ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

MARGIN, EASE = 5.0, 7.0  # points kept free on either side of a node, and more where there is room
SLOT = 4.5  # half the width kept free for a line that passes a row
PITCH = 10.0  # points between two lines that end at the same side of a node
STUB, LEAVE = 13.0, 4.0  # last points of a line, straight for the mark at its end; and first ones
CURVE = (18.0, 44.0)  # least and greatest height of the curves between two rows
PAD = 9.0  # above the first row and below the last
SWEEPS = 16
LEAVES = -1

Item = tuple[str, int]  # a node in its own row; in any other row, the lines that left that node
Port = tuple[Item, int, int]  # item, side (-1 top, 1 bottom), number of the edge ending there
Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]


@dataclass(frozen=True)
class Node:
    """A node to place: its name, the number of its lane from the top, and its size in points."""

    name: str
    lane: int
    width: float
    height: float


@dataclass(frozen=True)
class Box:
    """A placed node: centre and size in points; y grows downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """Where everything is.

    Attributes
    ----------
    boxes : dict of Box
        Nodes by name.
    paths : list of list of Curve
        One path an edge, in the order given, from source to target: cubic Bézier curves that
        join. A stretch that two paths share is the same curve in both.
    lanes : dict of tuple
        Top and bottom of each lane that has a node.
    height : float
        Height of the whole.
    """

    boxes: dict[str, Box]
    paths: list[list[Curve]]
    lanes: dict[int, Point]
    height: float


def layered_layout(
    nodes: Sequence[Node], edges: Sequence[tuple[str, str]], width: float
) -> Layout:
    """Place nodes and lead edges between them.

    Parameters
    ----------
    nodes : sequence of Node
        Their order decides where nothing else does.
    edges : sequence of (source, target)
        A pair may occur several times: each gets an end of its own.
    width : float
        Width to fill, in points; rows that would be wider are wrapped.

    Raises
    ------
    ValueError
        If an edge has an unknown node or leads back to its own node, or a label is too wide.
    """
    known = {node.name for node in nodes}
    for source, target in edges:
        if source == target or not {source, target} <= known:
            raise ValueError(f"cannot draw a line from {source!r} to {target!r}")
    return _Grid(nodes, edges, width).layout()


class _Grid:
    """Rows of items, and the links between ports of neighbouring rows that make up the lines."""

    def __init__(self, nodes: Sequence[Node], edges: Sequence[tuple[str, str]], width: float):
        self.nodes = {node.name: node for node in nodes}
        self.edges, self.width = edges, width
        groups = _ranks(nodes, edges)
        parts = [1] * len(groups)
        wide = {-1}
        while wide:
            split = [np.array_split(g, n) for g, n in zip(groups, parts, strict=True)]
            self._fill([[str(name) for name in row] for rows in split for row in rows])
            wide = {
                group
                for group, row in zip(np.repeat(range(len(parts)), parts), self.rows, strict=True)
                if sum(2 * self.half[item] for item in row) > width
                and parts[group] < len(groups[group])
            }
            for group in wide:
                parts[group] += 1
        for row in self.rows:
            self._squeeze(row)
        self._arrange()

    def _fill(self, rows: list[list[str]]) -> None:
        """Set rows of items, the chains of links that edges follow, and the links of each item."""
        self.row_of = {name: r for r, row in enumerate(rows) for name in row}
        self.chains: list[list[tuple[Port, Port]]] = []
        for number, (source, target) in enumerate(self.edges):
            first, last = self.row_of[source], self.row_of[target]
            step = 1 if last > first else -1
            items = [*((source, r) for r in range(first, last, step)), (target, last)]
            ends = [LEAVES] * (len(items) - 2) + [number]
            chain = zip(pairwise(items), ends, strict=True)
            self.chains.append([((a, step, LEAVES), (b, -step, end)) for (a, b), end in chain])
        self.links: dict[Item, list[tuple[Port, Port]]] = defaultdict(list)
        for a, b in dict.fromkeys(link for chain in self.chains for link in chain):
            self.links[a[0]].append((a, b))
            self.links[b[0]].append((b, a))
        self.rows = []
        for r, row in enumerate(rows):
            slots = [(n, r) for n in self.nodes if self.row_of[n] != r and (n, r) in self.links]
            placed, middle = [(n, r) for n in row], len(row) // 2
            self.rows.append(placed[:middle] + slots + placed[middle:])
        self.half = {
            item: self._box_width(item) / 2 + MARGIN if self._is_node(item) else SLOT
            for row in self.rows
            for item in row
        }

    def _squeeze(self, row: list[Item]) -> None:
        """Narrow the slots of a row that holds one node and still is too wide."""
        slots = [item for item in row if not self._is_node(item)]
        free = self.width - sum(2 * self.half[item] for item in row if item not in slots)
        if free < 0:
            raise ValueError(f"{self.width:g} points are too narrow for the label of {row}")
        self.half.update((slot, min(SLOT, free / 2 / len(slots))) for slot in slots)

    def _is_node(self, item: Item) -> bool:
        return self.row_of[item[0]] == item[1]

    def _box_width(self, item: Item) -> float:
        sides = [{own for own, _ in self.links[item] if own[1] == side} for side in (-1, 1)]
        return max(self.nodes[item[0]].width, PITCH * (max(map(len, sides)) + 0.4))

    # Order and places within rows

    def _arrange(self) -> None:
        """Order and place the items of each row so that few lines cross and most are straight."""
        self.x = {i: x for row in self.rows for i, x in zip(row, self._even(row), strict=True)}
        self.shift: dict[Port, float] = {}
        best = ((np.inf, np.inf), self.rows, self.x)
        for sweep in range(SWEEPS):
            for r in range(len(self.rows))[:: 1 if sweep % 2 == 0 else -1]:
                for item in list(self.rows[r]):
                    self._sift(item)
                self._settle(self.rows[r])
            crossings = sum(np.triu(self._crossings(*two), 1).sum() for two in pairwise(self.rows))
            bends = sum(abs(self._at(a) - self._at(b)) for i in self.x for a, b in self.links[i])
            if (crossings, round(bends)) < best[0]:
                rows = [list(row) for row in self.rows]
                best = ((crossings, round(bends)), rows, dict(self.x))
        _, self.rows, self.x = best
        for sweep in range(SWEEPS):
            self._share_sides()
            for row in self.rows[:: 1 if sweep % 2 == 0 else -1]:
                self._settle(row)

    def _crossings(self, row: list[Item], other: list[Item]) -> np.ndarray:
        """Return how many links to the other row cross if item i (row) is left of item j."""
        index = {item: i for i, item in enumerate(other)}
        links = np.zeros((len(row), len(other)))
        for i, item in enumerate(row):
            for _, (far, *_) in self.links[item]:
                if far in index:
                    links[i, index[far]] += 1
        return links @ (np.cumsum(links, axis=1) - links).T

    def _sift(self, item: Item) -> None:
        """Move an item to the best place of its row, if that is better than where it is."""
        row = self.rows[item[1]]
        old = row.index(item)
        cross = np.zeros((len(row), len(row)))
        for other in (item[1] - 1, item[1] + 1):
            if 0 <= other < len(self.rows):
                cross += self._crossings(row, self.rows[other])
        rest = [i for i in range(len(row)) if i != old]
        count = np.concatenate([[0], np.cumsum([cross[i, old] - cross[old, i] for i in rest])])
        best = (count[old], self._reach(row))
        for place in np.flatnonzero(count <= count[old]):
            trial = [row[i] for i in rest]
            trial.insert(int(place), item)
            cost = (count[place], self._reach(trial))
            if cost < (best[0], best[1] - 1e-6):
                best, self.rows[item[1]] = cost, trial

    def _reach(self, row: list[Item]) -> float:
        """Return the sum of squares of how far lines reach sideways from a row spread evenly."""
        return sum(
            (x - self._at(far)) ** 2
            for item, x in zip(row, self._even(row), strict=True)
            for _, far in self.links[item]
        )

    def _at(self, port: Port) -> float:
        """Return where a line meets an item."""
        return self.x[port[0]] + self.shift.get(port, 0.0)

    def _even(self, row: list[Item]) -> list[float]:
        """Return the places of a row whose free width is spread evenly."""
        halves = np.array([self.half[item] for item in row])
        halves += (self.width / 2 - halves.sum()) / len(row)
        return (np.cumsum(2 * halves) - halves).tolist()

    def _settle(self, row: list[Item]) -> None:
        """Place a row near its neighbours without changing its order.

        The places nearest (least squares) to those wanted that keep items apart, by the pool
        adjacent violators algorithm.
        """
        halves = np.array([self.half[item] for item in row])
        spare = max(self.width / 2 - halves.sum(), 0.0) / len(row)
        halves += [min(EASE, spare) if self._is_node(item) else 0.0 for item in row]
        offsets = np.cumsum(2 * halves) - halves
        pools: list[tuple[float, float, int]] = []  # value, weight, number of items
        for item, offset in zip(row, offsets.tolist(), strict=True):
            pulls = [(self.width / 2, 0.02)]
            for own, far in self.links[item]:
                straight = 1 + 3 * (not self._is_node(item)) + 3 * (not self._is_node(far[0]))
                pulls.append((self._at(far) - self.shift.get(own, 0.0), straight))
            weight = sum(w for _, w in pulls)
            pools.append((sum(x * w for x, w in pulls) / weight - offset, weight, 1))
            while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
                (x, w, n), (x2, w2, n2) = pools.pop(), pools.pop()
                pools.append(((x * w + x2 * w2) / (w + w2), w + w2, n + n2))
        values = np.repeat([x for x, *_ in pools], [n for *_, n in pools])
        values = np.clip(values, 0, max(self.width - 2 * halves.sum(), 0.0))
        self.x.update(zip(row, (values + offsets).tolist(), strict=True))

    def _share_sides(self) -> None:
        """Spread the ports of each side of a node in the order of where their lines come from."""
        for item in filter(self._is_node, self.x):
            for side in (-1, 1):
                far: dict[Port, list[float]] = defaultdict(list)
                for own, other in self.links[item]:
                    if own[1] == side:
                        far[own].append(self.x[other[0]])
                ports = sorted(far, key=lambda port, far=far: (np.mean(far[port]), port[2]))
                for i, port in enumerate(ports):
                    self.shift[port] = PITCH * (i - (len(ports) - 1) / 2)

    # Coordinates

    def layout(self) -> Layout:
        """Return the coordinates of boxes, lines and lanes."""
        heights = [
            max(self.nodes[item[0]].height for item in row if self._is_node(item))
            for row in self.rows
        ]
        gaps = [self._gap(r) for r in range(len(self.rows) - 1)] + [(PAD, 0.0, 0.0)]
        steps = [height + sum(gap) for height, gap in zip(heights, gaps, strict=True)]
        bottoms = (PAD + np.cumsum(steps)).tolist()
        middle = [b - sum(g) - h / 2 for b, g, h in zip(bottoms, gaps, heights, strict=True)]
        boxes = {
            name: Box(self.x[name, r], middle[r], self._box_width((name, r)), self.nodes[name].height)
            for name, r in self.row_of.items()
        }

        def stub(port: Port) -> tuple[Point, Point]:
            item, side, _ = port
            name, r = item
            start = side * boxes[name].height / 2 if self._is_node(item) else 0.0
            clear = gaps[r][0] if side > 0 else gaps[r - 1][2]
            x = self._at(port)
            return (x, middle[r] + start), (x, middle[r] + side * (heights[r] / 2 + clear))

        def line(link: tuple[Port, Port]) -> list[Curve]:
            (a, b), (d, c) = map(stub, link)
            half = (b[1] + c[1]) / 2
            return [(a, a, b, b), (b, (b[0], half), (c[0], half), c), (c, c, d, d)]

        lanes: dict[int, Point] = {}
        for name, r in self.row_of.items():
            top = bottoms[r - 1] - sum(gaps[r - 1]) / 2 if r else 0.0
            bottom = bottoms[r] - (sum(gaps[r]) / 2 if r + 1 < len(bottoms) else 0.0)
            old = lanes.get(self.nodes[name].lane, (top, bottom))
            lanes[self.nodes[name].lane] = (min(top, old[0]), max(bottom, old[1]))
        paths = [[curve for link in chain for curve in line(link)] for chain in self.chains]
        return Layout(boxes, paths, lanes, bottoms[-1])

    def _gap(self, upper: int) -> tuple[float, float, float]:
        """Return the heights of a gap's parts: marks at the top, curves, marks at the bottom."""
        links = [link for item in self.rows[upper] for link in self.links[item] if link[0][1] > 0]
        ends = [any(link[end][2] != LEAVES for link in links) for end in (0, 1)]
        reach = max((abs(self._at(a) - self._at(b)) for a, b in links), default=0.0)
        marks = [STUB if end else LEAVE for end in ends]
        return marks[0], min(CURVE[0] + 0.1 * reach, CURVE[1]), marks[1]


def _ranks(nodes: Sequence[Node], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return groups of nodes from top to bottom: lanes, and ranks by longest path within each.

    Of a cycle within a lane, the edge that closes it is drawn upwards.
    """
    lane = {node.name: node.lane for node in nodes}
    pairs = list(dict.fromkeys(edges))
    order: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        seen.add(name)
        for source, target in pairs:
            if source == name and lane[target] == lane[name] and target not in seen:
                visit(target)
        order.insert(0, name)

    for node in reversed(nodes):
        if node.name not in seen:
            visit(node.name)
    place = {name: i for i, name in enumerate(order)}
    inside = sorted(
        sorted(pair, key=place.__getitem__) for pair in pairs if lane[pair[0]] == lane[pair[1]]
    )
    rank = dict.fromkeys(order, 0)
    for upper in order:
        for a, b in inside:
            if a == upper:
                rank[b] = max(rank[b], rank[a] + 1)
    linked = {name for pair in inside for name in pair}
    groups: dict[tuple[int, int], list[str]] = defaultdict(list)
    for late in (False, True):  # of a rank that is wrapped, those with targets below come last
        for node in nodes:
            near = [lane[b if a == node.name else a] for a, b in pairs if node.name in (a, b)]
            if (max(near, default=-1) > node.lane) is late:
                falls = node.name not in linked and min(near, default=-1) > node.lane
                last = max(r for name, r in rank.items() if lane[name] == node.lane)
                groups[node.lane, last if falls else rank[node.name]].append(node.name)
    return [groups[key] for key in sorted(groups)]
