"""Layered layout of a directed graph whose nodes lie in horizontal lanes.

Nodes stand in rows. A line runs only in the gaps between rows, or straight through a row in a
slot that is kept free for it. A curve in a gap has its control points in that gap, and so can
never touch a label, whatever the graph. All lines that leave one node in one direction share
their way until they must part: they form one branching line, not a bundle of parallel ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

# Points. MARGIN is free on either side of a node, EASE more where there is room, SLOT on either
# side of a line that passes a row. PITCH lies between the ends of two lines at a node. The last
# STUB of a line is straight, for the mark at its end; so is LEAVE at its start.
MARGIN, EASE, SLOT, PITCH, STUB, LEAVE, PAD = 5.0, 7.0, 4.5, 10.0, 13.0, 4.0, 9.0
LOW, HIGH, SLOPE = 15.0, 40.0, 0.08  # height of the curves in a gap: more for those that go far
TRIALS, FINALISTS, SWEEPS, ROUNDS = 60, 12, 12, 400
OUT = -1  # the end of a line that goes on, or leaves its node

Item = tuple[str, int]  # a node in its own row; in any other row, the lines that left that node
Port = tuple[Item, int, int]  # item, side (-1 top, 1 bottom), number of the edge that ends or OUT
Link = tuple[Port, Port]
Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]


class Node(NamedTuple):
    """A node to place: its name, the number of its lane from the top, and its size."""

    name: str
    lane: int
    width: float
    height: float


class Box(NamedTuple):
    """A placed node: its centre and size; y grows downwards."""

    x: float
    y: float
    width: float
    height: float


class Layout(NamedTuple):
    """Boxes by name, a path an edge (Bézier curves), top and bottom of lanes, and the height."""

    boxes: dict[str, Box]
    paths: list[list[Curve]]
    lanes: dict[int, Point]
    height: float


def layered_layout(nodes: Sequence[Node], edges: Sequence[tuple[str, str]], width: float) -> Layout:
    """Place nodes and lead edges between them.

    Parameters
    ----------
    nodes : sequence of Node
        Their order decides where nothing else does.
    edges : sequence of (source, target)
        A pair may occur several times: each gets an end of its own.
    width : float
        Width to fill; rows that would be wider are wrapped.

    Returns
    -------
    Layout
        All in points. A stretch that two paths share is the same curve in both.

    Raises
    ------
    ValueError
        If there is no node, one is too wide, or an edge is a loop or has an unknown node.
    """
    known = {node.name for node in nodes}
    if wrong := [edge for edge in edges if edge[0] == edge[1] or not known.issuperset(edge)]:
        raise ValueError(f"cannot draw a line from {wrong[0][0]!r} to {wrong[0][1]!r}")
    if not nodes or max(node.width for node in nodes) + 2 * MARGIN > width:
        raise ValueError(f"no node, or one wider than {width:g} points")
    return _Grid(nodes, edges, width).layout()


class _Grid:
    """Rows of items, and links between ports of neighbouring rows."""

    def __init__(self, nodes: Sequence[Node], edges: Sequence[tuple[str, str]], width: float):
        self.nodes, self.width = {node.name: node for node in nodes}, width
        groups = _ranks(nodes, edges)
        parts, crowded = [1] * len(groups), {-1}
        while crowded:
            split = [np.array_split(g, n) for g, n in zip(groups, parts, strict=True)]
            self._fill([[str(name) for name in row] for rows in split for row in rows], edges)
            crowded = set(np.repeat(np.arange(len(parts)), parts)[self.crowded].tolist())
            for group in crowded:
                parts[group] += 1
        best = np.inf
        for rows, x in self._orders():
            self.rows, self.x, self.shift = rows, x, {}
            self._sort_twins()
            self._share_sides()
            bends = self._straighten(ROUNDS // 4)
            if bends < 0.97 * best:
                best, state = bends, (self.rows, self.x, self.shift)
        self.rows, self.x, self.shift = state
        self._share_sides()
        self._straighten(ROUNDS)

    def _fill(self, rows: list[list[str]], edges: Sequence[tuple[str, str]]) -> None:
        """Set the rows, the links that each edge follows, and those of each item."""
        self.row_of = {name: r for r, row in enumerate(rows) for name in row}
        self.chains: list[list[Link]] = []
        for number, (source, target) in enumerate(edges):
            first, last = self.row_of[source], self.row_of[target]
            step = 1 if last > first else -1
            items = [*((source, r) for r in range(first, last, step)), (target, last)]
            ends = zip(pairwise(items), [*[OUT] * (len(items) - 2), number], strict=True)
            self.chains.append([((a, step, OUT), (b, -step, end)) for (a, b), end in ends])
        self.links = list(dict.fromkeys(link for way in self.chains for link in way))
        nodes = [self._is_node(a[0]) + self._is_node(b[0]) for a, b in self.links]
        self.stiff = np.array([8, 3, 1])[nodes]
        self.near: dict[Item, list[Link]] = defaultdict(list)
        for a, b in self.links:
            self.near[a[0]].append((a, b))
            self.near[b[0]].append((b, a))
        self.rows: list[list[Item]] = []
        self.half: dict[Item, float] = {}  # of the width that an item takes
        self.crowded = []
        for r, names in enumerate(rows):
            row = [(name, r) for name in names]
            slots = [(n, r) for n in self.nodes if self.row_of[n] != r and (n, r) in self.near]
            self.half.update((item, self._box_width(item) / 2 + MARGIN) for item in row)
            free = self.width / 2 - sum(self.half[item] for item in row)
            self.half.update((slot, min(SLOT, max(free, 0) / len(slots))) for slot in slots)
            self.crowded.append(free < SLOT * len(slots) and len(row) > 1)
            self.rows.append(row[: len(row) // 2] + slots + row[len(row) // 2 :])
            spare = max(free - SLOT * len(slots), 0) / len(self.rows[-1])
            self.half.update((item, self.half[item] + min(EASE, spare)) for item in row)

    def _is_node(self, item: Item) -> bool:
        return self.row_of[item[0]] == item[1]

    def _ports(self, item: Item, side: int) -> list[Port]:
        return list(dict.fromkeys(own for own, _ in self.near[item] if own[1] == side))

    def _box_width(self, item: Item) -> float:
        ends = max(len(self._ports(item, side)) for side in (-1, 1))
        wide = max(self.nodes[item[0]].width, PITCH * (ends + 0.4))
        return min(wide, self.width - 2 * MARGIN)

    def _at(self, port: Port) -> float:
        """Return where a line meets an item."""
        return self.x[port[0]] + self.shift.get(port, 0.0)

    def _orders(self) -> list[tuple[list[list[Item]], dict[Item, float]]]:
        """Return the orders of rows with fewest crossings, by barycentres from several starts."""
        self.shift: dict[Port, float] = {}
        start, random = self.rows, np.random.default_rng(0)
        found: dict[tuple, tuple] = {}
        for trial in range(TRIALS):
            mixed = [[row[i] for i in random.permutation(len(row))] for row in start]
            self.rows = mixed if trial else [list(row) for row in start]
            even = [(np.arange(len(row)) + 0.5) * self.width / len(row) for row in self.rows]
            self.x = dict(zip(chain(*self.rows), np.concatenate(even).tolist(), strict=True))
            for sweep in range(SWEEPS):
                step = 1 if sweep % 2 == 0 else -1
                for row in self.rows[::step]:
                    pulls = {}
                    for item in row:
                        far = [b[0] for a, b in self.near[item] if a[1] == -step or sweep > 5]
                        far = far or [item]
                        pulls[item] = sum(self.x[other] for other in far) / len(far)
                    row.sort(key=pulls.__getitem__)
                    places = self._keep_apart(row, [pulls[item] for item in row])
                    self.x.update(zip(row, places, strict=True))
                reach = np.dot(
                    self.stiff, [abs(self.x[a[0]] - self.x[b[0]]) for a, b in self.links]
                )
                rows = tuple(map(tuple, self.rows))
                if rows not in found or found[rows][0][1] > reach:
                    found[rows] = (self._crossings(), reach), self.x.copy()
        finalists = sorted(found.items(), key=lambda item: item[1][0])[:FINALISTS]
        return [
            ([list(row) for row in rows], x)
            for rows, (cost, x) in finalists
            if cost[0] == finalists[0][1][0][0]
        ]

    def _sort_twins(self) -> None:
        """Put nodes of a row that have the same neighbours into the order they were given in."""
        given = {name: i for i, name in enumerate(self.nodes)}
        for row in self.rows:
            twins: dict[frozenset, list[int]] = defaultdict(list)
            for place, item in enumerate(row):
                if self._is_node(item):
                    twins[frozenset(far for _, (far, *_) in self.near[item])].append(place)
            for places in twins.values():
                items = [row[place] for place in places]
                x = [self.x[item] for item in items]
                items.sort(key=lambda item: given[item[0]])
                self.x.update(zip(items, x, strict=True))
                for place, item in zip(places, items, strict=True):
                    row[place] = item

    def _crossings(self) -> int:
        ends = [(a, b) if a[1] > 0 else (b, a) for a, b in self.links]
        places = np.array([(a[0][1], self.x[a[0]], self.x[b[0]]) for a, b in ends]).reshape(-1, 3)
        row, upper, lower = (column[:, None] - column for column in places.T)
        return int(((row == 0) & (upper * lower < 0)).sum()) // 2

    def _keep_apart(self, row: list[Item], wanted: Sequence[float]) -> list[float]:
        """Return the places nearest to those wanted that keep the items of a row apart.

        Least squares, by the pool adjacent violators algorithm.
        """
        offset, offsets = 0.0, []
        pools: list[tuple[float, int]] = []  # place, number of items
        for item, place in zip(row, wanted, strict=True):
            offsets.append(offset + self.half[item])
            offset += 2 * self.half[item]
            pools.append((place - offsets[-1], 1))
            while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
                (x, n), (x2, n2) = pools.pop(), pools.pop()
                pools.append(((x * n + x2 * n2) / (n + n2), n + n2))
        places = [min(max(x, 0.0), self.width - offset) for x, n in pools for _ in range(n)]
        return [place + offset for place, offset in zip(places, offsets, strict=True)]

    def _share_sides(self) -> None:
        """Spread the ports of each side of a node in the order of where their lines come from."""
        for item in filter(self._is_node, self.x):
            for side in (-1, 1):
                far = {
                    port: np.mean([self.x[b[0]] for a, b in self.near[item] if a == port])
                    for port in self._ports(item, side)
                }
                pitch = min(PITCH, (self._box_width(item) - 4) / max(len(far), 1))
                for i, port in enumerate(sorted(far, key=lambda port, far=far: (far[port], port))):
                    self.shift[port] = pitch * (i - (len(far) - 1) / 2)

    def _straighten(self, rounds: int) -> float:
        """Place all items so that the sum of what lines go sideways is least, and return it.

        Alternates between reweighted least squares and keeping the items of each row apart.
        """
        index = {item: i for i, item in enumerate(self.x)}
        rows = [(row, [index[item] for item in row]) for row in self.rows]
        matrix, goal = np.zeros((len(self.links), len(index))), []
        for line, (a, b) in zip(matrix, self.links, strict=True):
            line[index[a[0]]], line[index[b[0]]] = 1, -1
            goal.append(self.shift.get(b, 0.0) - self.shift.get(a, 0.0))
        kept = np.array(list(self.x.values()))
        push, hold = np.zeros(len(index)), 0.2
        for turn in range(rounds):
            if turn % 10 == 0:
                weight = self.stiff * (1 / np.maximum(abs(matrix @ kept - goal), 0.1) + 0.005)
                normal = matrix.T @ (weight[:, None] * matrix) + hold * np.eye(len(index))
                inverse, pull = np.linalg.inv(normal), matrix.T @ (weight * goal)
            free = inverse @ (pull + hold * (kept - push))
            for row, at in rows:
                kept[at] = self._keep_apart(row, (free[at] + push[at]).tolist())
            push += free - kept
        half = np.array([self.half[item] for item in index])
        kept += (self.width - (kept + half).max() - (kept - half).min()) / 2
        self.x = dict(zip(index, kept.round(1).tolist(), strict=True))
        return float((abs(matrix @ kept - goal) * self.stiff).sum())

    def layout(self) -> Layout:
        """Return the coordinates of boxes, lines and lanes."""
        boxes: dict[str, Box] = {}
        lanes: dict[int, Point] = {}
        rows: list[Point] = []  # top and bottom
        gaps = [(PAD, 0.0, 0.0), *map(self._gap, range(len(self.rows) - 1)), (PAD, 0.0, 0.0)]
        edge, y = 0.0, PAD
        for r, row in enumerate(self.rows):
            nodes = [self.nodes[item[0]] for item in row if self._is_node(item)]
            rows.append((y, y + max(node.height for node in nodes)))
            for node in nodes:
                x, width = self.x[node.name, r], self._box_width((node.name, r))
                boxes[node.name] = Box(x, sum(rows[r]) / 2, width, node.height)
            y = rows[r][1] + sum(gaps[r + 1])
            bottom = (y + rows[r][1]) / 2 if r + 1 < len(self.rows) else y
            lanes[nodes[0].lane] = (lanes.get(nodes[0].lane, (edge, 0))[0], bottom)
            edge = bottom

        def stub(port: Port) -> tuple[Point, Point]:
            (name, r), side, _ = port
            start = side * boxes[name].height / 2 if self._is_node(port[0]) else 0.0
            clear = gaps[r + 1][0] if side > 0 else -gaps[r][2]
            x = self._at(port)
            return (x, sum(rows[r]) / 2 + start), (x, rows[r][side > 0] + clear)

        def curves(link: Link) -> list[Curve]:
            (a, b), (d, c) = map(stub, link)
            half = (b[1] + c[1]) / 2
            return [(a, a, b, b), (b, (b[0], half), (c[0], half), c), (c, c, d, d)]

        paths = [[curve for link in way for curve in curves(link)] for way in self.chains]
        return Layout(boxes, paths, lanes, y)

    def _gap(self, upper: int) -> tuple[float, float, float]:
        """Return the heights of a gap's parts: marks at the top, curves, marks at the bottom."""
        links = [link for item in self.rows[upper] for link in self.near[item] if link[0][1] > 0]
        marks = [STUB if any(link[i][2] != OUT for link in links) else LEAVE for i in (0, 1)]
        reach = max((abs(self._at(a) - self._at(b)) for a, b in links), default=0.0)
        return marks[0], min(LOW + SLOPE * reach, HIGH), marks[1]


def _ranks(nodes: Sequence[Node], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return groups of nodes from top to bottom: lanes, and ranks by longest path within each.

    Of a cycle within a lane, the edge that closes it is drawn upwards.
    """
    lane = {node.name: node.lane for node in nodes}
    near: dict[str, list[str]] = {name: [] for name in lane}
    after: dict[str, list[str]] = {name: [] for name in lane}
    for source, target in dict.fromkeys(edges):
        near[source].append(target)
        near[target].append(source)
        if lane[source] == lane[target]:
            after[source].append(target)
    order: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        seen.add(name)
        for target in after[name]:
            if target not in seen:
                visit(target)
        order.insert(0, name)

    for name in reversed(lane):
        if name not in seen:
            visit(name)
    rank = dict.fromkeys(lane, 0)
    for i, name in enumerate(order):
        for other in near[name]:
            if lane[other] == lane[name] and other in order[i:]:
                rank[other] = max(rank[other], rank[name] + 1)
    groups: dict[tuple[int, int], list[str]] = defaultdict(list)
    for falls in (False, True):  # of a rank that is wrapped, nodes with targets below come last
        for name in lane:
            lanes = [lane[other] for other in near[name]] or [lane[name]]
            if (max(lanes) > lane[name]) is falls:
                last = max(rank[other] for other in lane if lane[other] == lane[name])
                level = last if min(lanes) > lane[name] else rank[name]
                groups[lane[name], level].append(name)
    return [groups[key] for key in sorted(groups)]
