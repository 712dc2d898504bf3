"""Layered layout of a directed graph whose nodes lie in horizontal lanes.

Nodes stand in rows. A line runs only in the gaps between rows, or straight through a row in a
slot that is kept free for it. A curve in a gap has its control points in that gap, and so can
never touch a label, whatever the graph. All lines that leave one node in one direction share
their way until they must part: they form one branching line, not a bundle of parallel ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livingreview.figures.layer_ranks import ranks
from livingreview.figures.layered_grid import MARGIN, Grid, Node
from livingreview.figures.layout_coordinates import Layout, coordinates
from livingreview.figures.line_straightening import share_sides, straighten
from livingreview.figures.row_orders import row_orders, sort_twins

ROUNDS = 400  # of straightening the lines of the order that is chosen


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
    grid = Grid(nodes, ranks(nodes, edges), edges, width)
    _place(grid)
    return coordinates(grid)


def _place(grid: Grid) -> None:
    """Order the rows of a grid and place their items so that lines bend least."""
    best = np.inf
    for rows, x in row_orders(grid):
        grid.rows, grid.x, grid.shift = rows, x, {}
        sort_twins(grid)
        share_sides(grid)
        bends = straighten(grid, ROUNDS // 4)
        if bends < 0.97 * best:
            best, state = bends, (grid.rows, grid.x, grid.shift)
    grid.rows, grid.x, grid.shift = state
    share_sides(grid)
    straighten(grid, ROUNDS)
