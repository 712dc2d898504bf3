"""Which nodes of a layered layout stand above which: their lanes, and their ranks in a lane."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from livingreview.figures.layered_grid import Node


def ranks(nodes: Sequence[Node], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
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
