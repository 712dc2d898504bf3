"""The grid of a layered layout: rows of items, and the links between neighbouring rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

# Points. MARGIN is free on either side of a node, EASE more where there is room, SLOT on either
# side of a line that passes a row. PITCH lies between the ends of two lines at a node.
MARGIN, EASE, SLOT, PITCH = 5.0, 7.0, 4.5, 10.0
OUT = -1  # the end of a line that goes on, or leaves its node

Item = tuple[str, int]  # a node in its own row; in any other row, the lines that left that node
Port = tuple[Item, int, int]  # item, side (-1 top, 1 bottom), number of the edge that ends or OUT
Link = tuple[Port, Port]


class Node(NamedTuple):
    """A node to place: its name, the number of its lane from the top, and its size."""

    name: str
    lane: int
    width: float
    height: float


class Grid:
    """Rows of items, and links between ports of neighbouring rows.

    Parameters
    ----------
    nodes : sequence of Node
        The nodes to place.
    groups : list of list of str
        Their names from top to bottom; a group that is too wide is wrapped into several rows.
    edges : sequence of (source, target)
        The edges to lead between them.
    width : float
        Width that no row may exceed.

    Attributes
    ----------
    rows : list of list of Item
        The items of each row, from left to right.
    x : dict of Item to float
        The centre of each item, once it has been placed.
    shift : dict of Port to float
        How far beside that centre a port lies.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        groups: list[list[str]],
        edges: Sequence[tuple[str, str]],
        width: float,
    ):
        self.nodes, self.width = {node.name: node for node in nodes}, width
        self.x: dict[Item, float] = {}
        self.shift: dict[Port, float] = {}
        parts, crowded = [1] * len(groups), {-1}
        while crowded:
            split = [np.array_split(g, n) for g, n in zip(groups, parts, strict=True)]
            self._fill([[str(name) for name in row] for rows in split for row in rows], edges)
            crowded = set(np.repeat(np.arange(len(parts)), parts)[self.crowded].tolist())
            for group in crowded:
                parts[group] += 1

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
        nodes = [self.is_node(a[0]) + self.is_node(b[0]) for a, b in self.links]
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
            self.half.update((item, self.box_width(item) / 2 + MARGIN) for item in row)
            free = self.width / 2 - sum(self.half[item] for item in row)
            self.half.update((slot, min(SLOT, max(free, 0) / len(slots))) for slot in slots)
            self.crowded.append(free < SLOT * len(slots) and len(row) > 1)
            self.rows.append(row[: len(row) // 2] + slots + row[len(row) // 2 :])
            spare = max(free - SLOT * len(slots), 0) / len(self.rows[-1])
            self.half.update((item, self.half[item] + min(EASE, spare)) for item in row)

    def is_node(self, item: Item) -> bool:
        """Return whether an item is a node, not the lines that pass its row."""
        return self.row_of[item[0]] == item[1]

    def ports(self, item: Item, side: int) -> list[Port]:
        """Return the ports on one side of an item."""
        return list(dict.fromkeys(own for own, _ in self.near[item] if own[1] == side))

    def box_width(self, item: Item) -> float:
        """Return the width of a node's box, which has room for the ends of its lines."""
        ends = max(len(self.ports(item, side)) for side in (-1, 1))
        wide = max(self.nodes[item[0]].width, PITCH * (ends + 0.4))
        return min(wide, self.width - 2 * MARGIN)

    def at(self, port: Port) -> float:
        """Return where a line meets an item."""
        return self.x[port[0]] + self.shift.get(port, 0.0)

    def keep_apart(self, row: list[Item], wanted: Sequence[float]) -> list[float]:
        """Return the places nearest to those wanted that keep the items of a row apart.

        Least squares, by the pool adjacent violators algorithm.
        """
        offset, offsets = 0.0, []
        pools: list[tuple[float, int]] = []  # place, number of items
        for item, place in zip(row, wanted, strict=True):
            half = self.half[item]
            offsets.append(offset + half)
            offset += 2 * half
            x, n = place - offsets[-1], 1
            while pools and pools[-1][0] >= x:
                before, number = pools.pop()
                x, n = (x * n + before * number) / (n + number), n + number
            pools.append((x, n))
        last = self.width - offset
        places = [min(max(x, 0.0), last) for x, n in pools for _ in range(n)]
        return [place + offset for place, offset in zip(places, offsets, strict=True)]
