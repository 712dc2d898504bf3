"""What a signalling diagram shows, in words: its alternative text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from livingreview.figures.statement_lines import CONFLICT, PASSIVE, Line


def alternative_text(
    labels: pd.Series, shown: Mapping[str, pd.DataFrame], panels: Mapping[str, list[Line]]
) -> str:
    """Return what the picture shows, in words.

    Parameters
    ----------
    labels : Series
        Label of each node, by its id.
    shown : mapping of str to DataFrame
        Title of each panel and its statements.
    panels : mapping of str to list of Line
        Title of each panel and the lines merged from those statements.
    """
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
