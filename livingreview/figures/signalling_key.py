"""The key of a signalling diagram: only what its lines need, in rows of entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from livingreview.figures.label_widths import SMALL, text_width
from livingreview.figures.statement_lines import (
    CONFLICT,
    DOWN,
    DRIVERS,
    DRUGS,
    PASSIVE,
    UP,
    Line,
)

SAMPLE = 26.0  # points that the lines of an entry are long


def key_entries(panels: Mapping[str, list[Line]]) -> list[tuple[str, list[Line]]]:
    """Return the words of the key and the lines beside each; a faint box stands for no line."""
    lines = [line for panel in panels.values() for line in panel]
    key = []
    for kind in [kind for kind in PASSIVE if any(line.kind == kind for line in lines)]:
        text = "statements conflict" if kind == CONFLICT else kind
        key.append((text, [Line("", "", kind)]))
    for panel in panels.values():
        signs = {line[:3]: line for line in panel}
        for line in panel:
            if line.kind == DOWN and (up := signs.get((*line[:2], UP))):
                text = f"decreases {line.phases}, increases {up.phases}"
                key.append((text, [Line("", "", DOWN), Line("", "", UP)]))
    colours = defaultdict(list)
    for driver, colour in DRIVERS.items():
        if any(line.driver == driver and line.colour == colour for line in lines):
            colours[colour].append(driver)
    for drivers in colours.values() if len(colours) > 1 else ():
        key.append((" or ".join(drivers), [Line("", "", "", drivers[0])]))
    if any(line.cells_only for line in lines):
        key.append(("cells only (in vitro)", [Line("", "", "", cells_only=True)]))
    if len(numbers := sorted({min(line.places, 3) for line in lines})) > 1:
        words = ", ".join(map(str, numbers)).replace("3", "3 or more")
        key.append((f"stated in {words} places", [Line("", "", "", places=n) for n in numbers]))
    touched = [
        {end for line in panel for end in line[:2]} - set(DRUGS) for panel in panels.values()
    ]
    if any(one != touched[0] for one in touched):
        key.append(("not named in this panel", []))
    return [entry for i, entry in enumerate(key) if entry not in key[:i]]


def key_rows(
    key: list[tuple[str, list[Line]]], wide: float
) -> list[list[tuple[float, str, list[Line]]]]:
    """Return the key in rows within a width, each entry with its place."""
    rows, x = [[]], 6.0
    for text, lines in key:
        width = SAMPLE + 6 + text_width(text, SMALL)
        if x + width > wide - 6:
            rows.append([])
            x = 6.0
        rows[-1].append((x, text, lines))
        x += width + 18
    return rows
