"""The coordinates of a layered layout: boxes, the curves of its lines, and lanes."""

from __future__ import annotations

from typing import NamedTuple

from livingreview.figures.layered_grid import OUT, Grid, Link, Port

# Points. The last STUB of a line is straight, for the mark at its end; so is LEAVE at its start.
STUB, LEAVE, PAD = 13.0, 4.0, 9.0
LOW, HIGH, SLOPE = 15.0, 40.0, 0.08  # height of the curves in a gap: more for those that go far

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]


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


def coordinates(grid: Grid) -> Layout:
    """Return the coordinates of boxes, lines and lanes."""
    boxes: dict[str, Box] = {}
    lanes: dict[int, Point] = {}
    rows: list[Point] = []  # top and bottom
    gaps = [
        (PAD, 0.0, 0.0),
        *(_gap(grid, upper) for upper in range(len(grid.rows) - 1)),
        (PAD, 0.0, 0.0),
    ]
    edge, y = 0.0, PAD
    for r, row in enumerate(grid.rows):
        nodes = [grid.nodes[item[0]] for item in row if grid.is_node(item)]
        rows.append((y, y + max(node.height for node in nodes)))
        for node in nodes:
            x, width = grid.x[node.name, r], grid.box_width((node.name, r))
            boxes[node.name] = Box(x, sum(rows[r]) / 2, width, node.height)
        y = rows[r][1] + sum(gaps[r + 1])
        bottom = (y + rows[r][1]) / 2 if r + 1 < len(grid.rows) else y
        lanes[nodes[0].lane] = (lanes.get(nodes[0].lane, (edge, 0))[0], bottom)
        edge = bottom

    def stub(port: Port) -> tuple[Point, Point]:
        (name, r), side, _ = port
        start = side * boxes[name].height / 2 if grid.is_node(port[0]) else 0.0
        clear = gaps[r + 1][0] if side > 0 else -gaps[r][2]
        x = grid.at(port)
        return (x, sum(rows[r]) / 2 + start), (x, rows[r][side > 0] + clear)

    def curves(link: Link) -> list[Curve]:
        (a, b), (d, c) = map(stub, link)
        half = (b[1] + c[1]) / 2
        return [(a, a, b, b), (b, (b[0], half), (c[0], half), c), (c, c, d, d)]

    paths = [[curve for link in way for curve in curves(link)] for way in grid.chains]
    return Layout(boxes, paths, lanes, y)


def _gap(grid: Grid, upper: int) -> tuple[float, float, float]:
    """Return the heights of a gap's parts: marks at the top, curves, marks at the bottom."""
    links = [link for item in grid.rows[upper] for link in grid.near[item] if link[0][1] > 0]
    marks = [STUB if any(link[i][2] != OUT for link in links) else LEAVE for i in (0, 1)]
    reach = max((abs(grid.at(a) - grid.at(b)) for a, b in links), default=0.0)
    return marks[0], min(LOW + SLOPE * reach, HIGH), marks[1]
