"""Where the items of a grid and the ends of its lines lie, so that lines run straight."""

from __future__ import annotations

import numpy as np

from livingreview.figures.layered_grid import PITCH, Grid


def share_sides(grid: Grid) -> None:
    """Spread the ports of each side of a node in the order of where their lines come from."""
    for item in filter(grid.is_node, grid.x):
        for side in (-1, 1):
            far = {
                port: np.mean([grid.x[b[0]] for a, b in grid.near[item] if a == port])
                for port in grid.ports(item, side)
            }
            pitch = min(PITCH, (grid.box_width(item) - 4) / max(len(far), 1))
            for i, port in enumerate(sorted(far, key=lambda port, far=far: (far[port], port))):
                grid.shift[port] = pitch * (i - (len(far) - 1) / 2)


def straighten(grid: Grid, rounds: int) -> float:
    """Place all items so that the sum of what lines go sideways is least, and return it.

    Alternates between reweighted least squares and keeping the items of each row apart.
    """
    index = {item: i for i, item in enumerate(grid.x)}
    rows = [(row, np.array([index[item] for item in row])) for row in grid.rows]
    matrix, goal = np.zeros((len(grid.links), len(index))), []
    for line, (a, b) in zip(matrix, grid.links, strict=True):
        line[index[a[0]]], line[index[b[0]]] = 1, -1
        goal.append(grid.shift.get(b, 0.0) - grid.shift.get(a, 0.0))
    kept = np.array(list(grid.x.values()))
    push, hold = np.zeros(len(index)), 0.2
    for turn in range(rounds):
        if turn % 10 == 0:
            weight = grid.stiff * (1 / np.maximum(abs(matrix @ kept - goal), 0.1) + 0.005)
            normal = matrix.T @ (weight[:, None] * matrix) + hold * np.eye(len(index))
            inverse, pull = np.linalg.inv(normal), matrix.T @ (weight * goal)
        free = inverse @ (pull + hold * (kept - push))
        wanted = free + push
        for row, at in rows:
            kept[at] = grid.keep_apart(row, wanted[at].tolist())
        push += free - kept
    half = np.array([grid.half[item] for item in index])
    kept += (grid.width - (kept + half).max() - (kept - half).min()) / 2
    grid.x = dict(zip(index, kept.round(1).tolist(), strict=True))
    return float((abs(matrix @ kept - goal) * grid.stiff).sum())
