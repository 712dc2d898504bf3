"""Causal statements merged into the lines of a diagram, one a source, target and effect."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from livingreview.figures import drawing as look

DRUGS = {"ldn": look.LDN, "ntx": look.STANDARD}
DRIVERS = {
    "low-dose naltrexone": look.LDN,
    "standard-dose naltrexone": look.STANDARD,
    "opioid agonist": look.COMPARATOR,
    "no drug": look.COMPARATOR,
}
UP, DOWN, CONFLICT, BINDS, SAME = "increases", "decreases", "conflict", "binds", "no change"
PASSIVE = {
    DOWN: "decreased",
    UP: "increased",
    CONFLICT: "both increased and decreased (a conflict)",
    BINDS: "bound",
    SAME: "unchanged",
}


class Line(NamedTuple):
    """All statements of a panel with one source, target and effect."""

    source: str
    target: str
    kind: str
    driver: str = ""
    cells_only: bool = False
    places: int = 2
    phases: str = ""

    @property
    def colour(self) -> str:
        """Return the colour of its driver, or that of doubt or of no change."""
        special = {CONFLICT: look.DOUBT, SAME: look.MUTED}
        return special.get(self.kind, DRIVERS.get(self.driver, look.INK))

    @property
    def weakness(self) -> tuple:
        """Return what tells which of two lines is drawn where they share their way."""
        return self.kind in (CONFLICT, SAME), self.cells_only, -self.places


def merge(rows: pd.DataFrame) -> list[Line]:
    """Return the lines of a panel's statements."""
    lines = []
    for (source, target), pair in rows.groupby(["source_node", "target_node"], sort=False):
        kinds = pair["effect"]
        ups, downs = (set(pair.loc[kinds == sign, "phase"]) for sign in (UP, DOWN))
        if ups and downs and (ups & downs or "" in ups | downs):
            kinds = kinds.replace([UP, DOWN], CONFLICT)
        for kind in sorted(set(kinds), key=list(PASSIVE).index):
            same = pair[kinds == kind]
            driver = min(same["driver"], key=list(DRIVERS).index)
            cells_only = set(same["evidence"]) == {"in vitro"}
            places = len(same[["source_id", "locator"]].drop_duplicates())
            phases = " or ".join(sorted(set(same["phase"])))
            lines.append(Line(source, target, kind, driver, cells_only, places, phases))
    return lines
