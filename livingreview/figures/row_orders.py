"""The order of the items in each row of a grid: few crossings, and twins as they were given."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

import numpy as np

from livingreview.figures.layered_grid import Grid, Item

TRIALS, FINALISTS, SWEEPS = 60, 12, 12


def row_orders(grid: Grid) -> list[tuple[list[list[Item]], dict[Item, float]]]:
    """Return the orders of rows with fewest crossings, by barycentres from several starts."""
    start, random = grid.rows, np.random.default_rng(0)
    found: dict[tuple, tuple] = {}
    for trial in range(TRIALS):
        mixed = [[row[i] for i in random.permutation(len(row))] for row in start]
        grid.rows = mixed if trial else [list(row) for row in start]
        even = [(np.arange(len(row)) + 0.5) * grid.width / len(row) for row in grid.rows]
        grid.x = dict(zip(chain(*grid.rows), np.concatenate(even).tolist(), strict=True))
        for sweep in range(SWEEPS):
            step = 1 if sweep % 2 == 0 else -1
            for row in grid.rows[::step]:
                pulls = {}
                for item in row:
                    far = [b[0] for a, b in grid.near[item] if a[1] == -step or sweep > 5]
                    far = far or [item]
                    pulls[item] = sum(grid.x[other] for other in far) / len(far)
                row.sort(key=pulls.__getitem__)
                places = grid.keep_apart(row, [pulls[item] for item in row])
                grid.x.update(zip(row, places, strict=True))
            reach = np.dot(grid.stiff, [abs(grid.x[a[0]] - grid.x[b[0]]) for a, b in grid.links])
            rows = tuple(map(tuple, grid.rows))
            if rows not in found or found[rows][0][1] > reach:
                found[rows] = (_crossings(grid), reach), grid.x.copy()
    finalists = sorted(found.items(), key=lambda item: item[1][0])[:FINALISTS]
    return [
        ([list(row) for row in rows], x)
        for rows, (cost, x) in finalists
        if cost[0] == finalists[0][1][0][0]
    ]


def sort_twins(grid: Grid) -> None:
    """Put nodes of a row that have the same neighbours into the order they were given in."""
    given = {name: i for i, name in enumerate(grid.nodes)}
    for row in grid.rows:
        twins: dict[frozenset, list[int]] = defaultdict(list)
        for place, item in enumerate(row):
            if grid.is_node(item):
                twins[frozenset(far for _, (far, *_) in grid.near[item])].append(place)
        for places in twins.values():
            items = [row[place] for place in places]
            x = [grid.x[item] for item in items]
            items.sort(key=lambda item: given[item[0]])
            grid.x.update(zip(items, x, strict=True))
            for place, item in zip(places, items, strict=True):
                row[place] = item


def _crossings(grid: Grid) -> int:
    ends = [(a, b) if a[1] > 0 else (b, a) for a, b in grid.links]
    places = np.array([(a[0][1], grid.x[a[0]], grid.x[b[0]]) for a, b in ends]).reshape(-1, 3)
    row, upper, lower = (column[:, None] - column for column in places.T)
    return int(((row == 0) & (upper * lower < 0)).sum()) // 2
