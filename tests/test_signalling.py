"""Signalling diagrams: what is drawn, and that no line ever crosses a label."""

from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from livingreview.figures import drawing as look
from livingreview.figures import signalling as module
from livingreview.figures.layered_grid import Node
from livingreview.figures.layered_layout import layered_layout
from livingreview.figures.layout_coordinates import Box
from livingreview.figures.signalling import LANES, signalling
from livingreview.figures.statement_lines import CONFLICT, DRUGS, merge

LOW, STANDARD, NO_DRUG = "low-dose naltrexone", "standard-dose naltrexone", "no drug"
STEPS = np.linspace(0, 1, 60)
BERNSTEIN = np.stack(
    [(1 - STEPS) ** 3, 3 * STEPS * (1 - STEPS) ** 2, 3 * STEPS**2 * (1 - STEPS), STEPS**3], axis=1
)


def whole(edges):
    return None


def by_dose(edges):
    both = edges["driver"] == NO_DRUG
    return {
        "Low dose": (edges["driver"] == LOW) | both,
        "Standard dose": (edges["driver"] == STANDARD) | both,
    }


def by_dose_alone(edges):
    return {"Low dose": edges["driver"] == LOW, "Standard dose": edges["driver"] == STANDARD}


def toll(edges):
    return edges["source_node"].isin(["tlr4", "trif", "myd88", "nfkb"]) | edges["target_node"].isin(
        ["tlr4", "trif", "microglia"]
    )


CHOICES = {
    "one": ("1", lambda e: e["figures"] != "", whole),
    "two, whole": ("2", lambda e: e["figures"] != "", whole),
    "two": ("2", lambda e: e["figures"] != "", by_dose),
    "three, whole": ("3", lambda e: e["figures"] != "", whole),
    "three, cells": ("3", lambda e: ~toll(e), whole),
    "three, pathway": ("3", toll, whole),
    "four, whole": ("4", lambda e: e["figures"] != "", whole),
    "four, cancer": ("4", lambda e: e["cell"] == "cancer cell", by_dose_alone),
    "four, healthy": ("4", lambda e: e["cell"] == "healthy cell", whole),
    "five, whole": ("5", lambda e: e["figures"] != "", whole),
    "five": ("5", lambda e: e["figures"] != "", by_dose),
}


class Picture:
    """A drawing and its geometry, read back from the artists."""

    def __init__(self, nodes, edges, panels, name="test"):
        self.edges = edges
        self.panels = panels or {"": pd.Series(True, edges.index)}
        self.drawing = signalling(nodes, edges, panels, name)
        self.axes = self.drawing.figure.axes[0]
        self.boxes, self.lines, self.ends = {}, {}, {}
        for patch in self.axes.patches:
            kind, *key = (patch.get_gid() or "").split("-", 4)
            if kind == "node":
                corner, size = (
                    (patch.get_x(), patch.get_y()),
                    (patch.get_width(), patch.get_height()),
                )
                self.boxes[int(key[0]), key[1]] = Box(*np.add(corner, np.divide(size, 2)), *size)
            elif kind in ("line", "end"):
                target = self.lines if kind == "line" else self.ends
                target[int(key[0]), key[1], key[2], key[3].replace("-", " ")] = patch
        inverted = self.axes.transData.inverted()
        self.texts = [
            (text, text.get_window_extent().transformed(inverted))
            for text in self.axes.texts
            if text.get_text()
        ]

    def expected(self):
        """Yield panel number and line for each line that must be drawn."""
        for number, mask in enumerate(self.panels.values()):
            for line in merge(self.edges[mask]):
                yield number, line


def bezier_curves(patch):
    """Return the cubic curves of a line, each as four points."""
    path = patch.get_path()
    starts = [*np.flatnonzero(path.codes == path.MOVETO), len(path.vertices)]
    return [
        path.vertices[i : i + 4]
        for start, stop in itertools.pairwise(starts)
        for i in range(start, stop - 3, 3)
    ]


def sampled(patch):
    """Return points along a line, closely spaced."""
    return np.concatenate([BERNSTEIN @ curve for curve in bezier_curves(patch)])


def inside(points, box, slack=0.0):
    return (
        (abs(points[:, 0] - box.x) < box.width / 2 - slack)
        & (abs(points[:, 1] - box.y) < box.height / 2 - slack)
    ).any()


def overlap(a, b):
    return abs(a.x - b.x) < (a.width + b.width) / 2 and abs(a.y - b.y) < (a.height + b.height) / 2


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module", params=CHOICES)
def picture(request, review):
    figure, choice, panels = CHOICES[request.param]
    edges = review.mechanisms
    edges = edges[edges["figures"].str.split(" ").map(lambda numbers: figure in numbers)]
    edges = edges[choice(edges)]
    panels = panels(edges)
    if panels:
        edges = edges[np.any(list(panels.values()), axis=0)]
        panels = {title: mask[edges.index] for title, mask in panels.items()}
    return Picture(review.mechanism_nodes, edges, panels)


def test_every_figure_of_the_source_is_looked_at(review):
    numbers = {n for cell in review.mechanisms["figures"] for n in cell.split()}
    assert numbers == {figure for figure, *_ in CHOICES.values()}


def test_no_line_crosses_a_label(picture):
    assert picture.lines
    for (number, source, target, _), patch in picture.lines.items():
        points = sampled(patch)
        for (other, node), box in picture.boxes.items():
            if other == number and node not in (source, target):
                assert not inside(points, box, -2), (source, target, node)
        for text, extent in picture.texts:
            if not any(_holds(box, extent) for box in picture.boxes.values()):
                size = abs(extent.x1 - extent.x0), abs(extent.y1 - extent.y0)
                centre = (extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2
                assert not inside(points, Box(*centre, *size)), text.get_text()


def test_an_end_of_a_line_keeps_off_all_other_lines_and_labels(picture):
    for (number, source, target, kind), patch in picture.ends.items():
        extent = patch.get_path().get_extents()
        end = Box(*(extent.min + extent.max) / 2, *extent.size)
        own = sampled(picture.lines[number, source, target, kind])
        near = own[(own[:, 1] >= extent.y0) & (own[:, 1] <= extent.y1)]
        assert np.ptp(near[:, 0]) < 0.1, "a line comes to its end straight"
        for (other, *ends, other_kind), line in picture.lines.items():
            if other == number and (*ends, other_kind) != (source, target, kind):
                assert not inside(sampled(line), end, 0.3), (source, target, *ends)
        for (other, node), box in picture.boxes.items():
            assert other != number or not overlap(end, box), (source, target, node)


def _holds(box, extent):
    return (
        box.x - box.width / 2 <= extent.x0
        and extent.x1 <= box.x + box.width / 2
        and box.y - box.height / 2 <= min(extent.y0, extent.y1)
        and max(extent.y0, extent.y1) <= box.y + box.height / 2
    )


def test_labels_fit_their_boxes_and_panels(picture):
    for a, b in itertools.combinations(picture.boxes.items(), 2):
        assert not overlap(a[1], b[1]), (a[0], b[0])
    count = len(picture.panels)
    width = (module.WIDTH - module.LANE_NAMES - module.GUTTER * (count - 1)) / count
    for (number, node), box in picture.boxes.items():
        left = module.LANE_NAMES + number * (width + module.GUTTER)
        assert left <= box.x - box.width / 2 and box.x + box.width / 2 <= left + width, node
    height = picture.axes.get_ylim()[0]
    words = []
    for text, extent in picture.texts:
        assert extent.x0 >= 0 and extent.x1 <= module.WIDTH, text.get_text()
        assert min(extent.y0, extent.y1) >= 0 and max(extent.y0, extent.y1) <= height
        if any(_holds(box, extent) for box in picture.boxes.values()):
            words.append(text.get_text())
    labels = picture.drawing.table[["From", "To"]].to_numpy().ravel()
    assert set(" ".join(labels).split()) == set(" ".join(words).split())


def test_everything_is_drawn(picture):
    expected = list(picture.expected())
    keys = {(number, line.source, line.target, line.kind) for number, line in expected}
    assert set(picture.lines) == keys == set(picture.ends) and len(expected) == len(keys)
    nodes = set(picture.edges["source_node"]) | set(picture.edges["target_node"])
    assert {node for _, node in picture.boxes} == nodes
    for number, line in expected:
        patch = picture.lines[number, line.source, line.target, line.kind]
        assert to_hex(patch.get_edgecolor()).upper() == line.colour
        assert (patch.get_linestyle() != "solid") is line.cells_only
        target = picture.boxes[number, line.target]
        end = patch.get_path().vertices[-1]
        assert abs(end[0] - target.x) < target.width / 2
        assert abs(abs(end[1] - target.y) - target.height / 2) < 12
    for number, source in {(n, line.source) for n, line in expected}:
        # what leaves a node hangs together: each piece begins at the node or where one has passed
        box = picture.boxes[number, source]
        own = [p for (n, s, *_), p in picture.lines.items() if (n, s) == (number, source)]
        curves = [curve for patch in own for curve in bezier_curves(patch)]
        for start, *_ in curves:
            at_node = abs(abs(start[1] - box.y) - box.height / 2) < 1e-6
            assert at_node or any(np.allclose(start, end, atol=1e-6) for *_, end in curves)


def test_panels_have_one_layout(picture):
    count = len(picture.panels)
    step = (module.WIDTH - module.LANE_NAMES + module.GUTTER) / count
    places = [
        {
            "drug" if node in DRUGS and count > 1 else node: (box.x - number * step, box.y)
            for (number, node), box in picture.boxes.items()
            if number == panel
        }
        for panel in range(count)
    ]
    drugs = [[n for number, n in picture.boxes if number == p and n in DRUGS] for p in range(count)]
    assert count == 1 or [len(here) for here in drugs] == [1] * count  # each in the same place
    for other in places[1:]:
        assert other.keys() == places[0].keys()
        for node, place in other.items():
            assert place == pytest.approx(places[0][node]), node


def test_all_flows_downwards_through_the_lanes_in_order(picture, review):
    lanes = review.mechanism_nodes.set_index("node_id")["compartment"].map(LANES.index)
    heights = {node: box.y for (_, node), box in picture.boxes.items()}
    for a, b in itertools.permutations(heights, 2):
        assert heights[a] < heights[b] or lanes[a] >= lanes[b], (a, b)
    for _, source, target, _ in picture.lines:
        # within a lane too; only a statement about a lane further up leads there
        assert heights[source] < heights[target] or lanes[source] > lanes[target]


def test_the_same_statements_give_the_same_bytes(picture, review):
    panels = picture.panels if "" not in picture.panels else None
    again = signalling(review.mechanism_nodes, picture.edges, panels, "test")
    assert again.svg() == picture.drawing.svg()
    assert again.alt == picture.drawing.alt


def test_colours_of_the_picture_are_those_of_the_page(picture):
    text = picture.drawing.inline_svg()
    assert "var(--lr-ink)" in text and "var(--lr-paper)" in text
    assert not [part for part in text.split("#")[1:] if len(part) > 5 and _hexadecimal(part[:6])]


def _hexadecimal(text):
    return all(letter in "0123456789abcdefABCDEF" for letter in text)


NODES = pd.DataFrame(
    [
        ("ldn", "LDN", "outside"),
        ("ntx", "NTX", "outside"),
        ("r", "A receptor", "membrane"),
        ("k", "Kinase", "cytoplasm"),
        ("c", "Cell division", "response"),
    ],
    columns=["node_id", "label", "compartment"],
)


def statements(*rows, **same):
    """Return statements: source, target, effect and, optionally, more columns by name."""
    frame = []
    for number, (source, target, effect, *more) in enumerate(rows):
        frame.append(
            {
                "edge_id": f"e{number}",
                "source_node": source,
                "target_node": target,
                "effect": effect,
                "driver": LOW,
                "phase": "",
                "cell": "cancer cell",
                "evidence": "stated",
                "cited_as": "[1]",
                "source_id": "s",
                "locator": f"paragraph {number}",
                **same,
                **(more[0] if more else {}),
            }
        )
    return pd.DataFrame(frame)


def test_two_signs_make_a_conflict():
    edges = statements(("ldn", "r", "increases"), ("ldn", "r", "decreases"), ("r", "k", "binds"))
    picture = Picture(NODES, edges, None)
    assert set(picture.lines) == {(0, "ldn", "r", CONFLICT), (0, "r", "k", "binds")}
    patch = picture.lines[0, "ldn", "r", CONFLICT]
    assert to_hex(patch.get_edgecolor()).upper() == look.DOUBT
    end = picture.ends[0, "ldn", "r", CONFLICT].get_path()
    shapes = [len(end.to_polygons()), len(module.ENDS["increases"][0].to_polygons())]
    assert shapes == [2, 1]  # a bar and an arrow head
    assert "Conflict: LDN on A receptor." in picture.drawing.alt
    assert "statements conflict" in [text.get_text() for text in picture.axes.texts]


@pytest.mark.parametrize(
    ("phases", "kinds"),
    [
        (("during blockade", "after blockade"), {"increases", "decreases"}),
        (("during blockade", "during blockade"), {CONFLICT}),
        (("during blockade", ""), {CONFLICT}),
    ],
)
def test_phases_tell_two_signs_apart(phases, kinds):
    edges = statements(
        ("ldn", "r", "decreases", {"phase": phases[0]}),
        ("ldn", "r", "increases", {"phase": phases[1]}),
    )
    picture = Picture(NODES, edges, None)
    assert {kind for *_, kind in picture.lines} == kinds
    words = "decreases during blockade, increases after blockade"
    assert (words in [text.get_text() for text in picture.axes.texts]) is (CONFLICT not in kinds)


def test_each_effect_has_an_end_of_its_own_shape():
    assert len(module.ENDS) == 5
    shapes = {
        kind: tuple(map(tuple, np.round(path.vertices, 2)))
        for kind, (path, _) in module.ENDS.items()
    }
    assert len(set(shapes.values())) == len(shapes)
    edges = statements(
        *[
            ("ldn", node, effect)
            for node, effect in zip("rkc", ["increases", "binds", "no change"], strict=True)
        ],
        ("r", "k", "decreases"),
    )
    picture = Picture(NODES, edges, None)
    drawn = {kind: end for (*_, kind), end in picture.ends.items()}
    assert {
        kind for kind, end in drawn.items() if end.get_facecolor()[:3] != end.get_edgecolor()[:3]
    } == {"no change"}
    corners = {kind: len(end.get_path().vertices) for kind, end in drawn.items()}
    assert corners["increases"] == 4 and corners["decreases"] == 5 and corners["binds"] > 10


def test_statements_in_more_places_make_a_thicker_line():
    twice = {"locator": "elsewhere"}
    edges = statements(
        ("ldn", "r", "increases", twice),
        ("ldn", "r", "increases", twice),
        ("ldn", "k", "increases"),
        ("ldn", "k", "increases"),
        *[("ldn", "c", "increases")] * 4,
    )
    picture = Picture(NODES, edges, None)
    widths = {target: p.get_linewidth() for (_, _, target, _), p in picture.lines.items()}
    assert [widths[node] for node in "rkc"] == list(module.WIDTHS)
    assert "stated in 1, 2, 3 or more places" in [text.get_text() for text in picture.axes.texts]


def test_cells_only_is_dashed_and_colours_follow_the_drug():
    edges = statements(
        ("ldn", "r", "increases", {"evidence": "in vitro"}),
        ("ldn", "k", "increases", {"evidence": "in vitro"}),
        ("ldn", "k", "increases"),
        ("ntx", "r", "increases", {"driver": STANDARD}),
        ("r", "k", "no change"),
        ("k", "c", "increases", {"driver": NO_DRUG}),
    )
    picture = Picture(NODES, edges, None)
    seen = {key[1:3]: patch for key, patch in picture.lines.items()}
    assert [ends for ends, patch in seen.items() if patch.get_linestyle() != "solid"] == [
        ("ldn", "r")
    ]
    colours = {ends: to_hex(patch.get_edgecolor()).upper() for ends, patch in seen.items()}
    assert colours == {
        ("ldn", "r"): look.LDN,
        ("ldn", "k"): look.LDN,
        ("ntx", "r"): look.STANDARD,
        ("r", "k"): look.MUTED,
        ("k", "c"): look.COMPARATOR,
    }


def test_words_and_table_come_from_the_statements(review):
    edges = review.mechanisms
    edges = edges[edges["figures"].str.contains("2")]
    panels = by_dose(edges)
    drawing = signalling(review.mechanism_nodes, edges, panels, "test")
    low, standard = (edges[mask] for mask in panels.values())
    assert f"Low dose: {len(low)} statements" in drawing.alt
    assert f"Standard dose: {len(standard)} statements" in drawing.alt
    decreased = (low["effect"] == "decreases").sum()
    assert f"({decreased} decrease, " in drawing.alt
    assert "OGFr: decreased and increased and bound (Low dose), decreased and bound" in drawing.alt
    assert len(drawing.table) == len(edges)
    assert list(drawing.table) == list(module.COLUMNS.values())
    labels = dict(
        zip(review.mechanism_nodes["node_id"], review.mechanism_nodes["label"], strict=True)
    )
    assert list(drawing.table["From"]) == [labels[node] for node in edges["source_node"]]


def test_what_cannot_be_drawn_is_refused():
    edges = statements(("ldn", "r", "increases"))
    with pytest.raises(ValueError, match="'Empty'"):
        signalling(NODES, edges, {"Empty": edges["driver"] == "none"}, "test")
    with pytest.raises(ValueError, match="unknown nodes: x"):
        signalling(NODES, statements(("ldn", "x", "increases")), None, "test")
    with pytest.raises(ValueError, match="from 'r' to 'r'"):
        signalling(NODES, statements(("r", "r", "increases")), None, "test")
    with pytest.raises(ValueError, match="not in list"):
        signalling(NODES, statements(("ldn", "r", "cures")), None, "test")
    with pytest.raises(ValueError, match="wider than 50"):
        layered_layout([Node("a", 0, 60, 10)], [], 50)


@st.composite
def graphs(draw):
    """Draw up to 25 nodes in up to 7 lanes and edges among them, cycles and pairs included."""
    count = draw(st.integers(2, 25))
    nodes = [
        Node(
            f"n{i}",
            draw(st.integers(0, 6)),
            draw(st.floats(20, 90)),
            draw(st.sampled_from([18.0, 29.5])),
        )
        for i in range(count)
    ]
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = draw(st.lists(ends.filter(lambda pair: pair[0] != pair[1]), max_size=60))
    return nodes, [(f"n{a}", f"n{b}") for a, b in pairs], draw(st.sampled_from([220.0, 458.0]))


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_in_no_graph_a_line_crosses_a_label(graph):
    nodes, edges, width = graph
    layout = layered_layout(nodes, edges, width)
    assert layout == layered_layout(nodes, edges, width)
    assert set(layout.boxes) == {node.name for node in nodes} and len(layout.paths) == len(edges)
    for a, b in itertools.combinations(layout.boxes.values(), 2):
        assert not overlap(a, b)
    for node in nodes:
        box = layout.boxes[node.name]
        top, bottom = layout.lanes[node.lane]
        assert box.x - box.width / 2 >= 0 and box.x + box.width / 2 <= width
        assert box.width >= min(node.width, width) and box.height == node.height
        assert top <= box.y - box.height / 2 and box.y + box.height / 2 <= bottom <= layout.height
    bands = [layout.lanes[lane] for lane in sorted(layout.lanes)]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(bands))
    last = set()
    for (source, target), path in zip(edges, layout.paths, strict=True):
        assert all(a[3] == b[0] for a, b in itertools.pairwise(path))
        for name, end in ((source, path[0][0]), (target, path[-1][3])):
            box = layout.boxes[name]
            assert abs(end[0] - box.x) < box.width / 2
            assert abs(end[1] - box.y) == pytest.approx(box.height / 2)
        points = np.concatenate([BERNSTEIN @ np.array(curve) for curve in path])
        assert (points[:, 0] > 0).all() and (points[:, 0] < width).all()
        for name, box in layout.boxes.items():
            # its own two boxes are touched at their edge and not entered
            slack = 1e-6 if name in (source, target) else -1.0
            assert not inside(points, box, slack), (source, target, name)
        last.add(path[-1])
    assert len(last) == len(edges)  # each line has an end of its own
