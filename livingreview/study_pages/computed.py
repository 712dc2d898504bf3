"""What is computed over all studies at once, arranged by study."""

from __future__ import annotations

import math
from collections import defaultdict

from livingreview.data import Review, keys_of
from livingreview.doses import concentrations, human_equivalents
from livingreview.effects import effects
from livingreview.evidence import studies_view
from livingreview.recompute import recompute
from livingreview.study_pages.records import Row


class Computed:
    """Audit verdicts, effects, and doses on common scales.

    Parameters
    ----------
    review : Review
        The data; the computations run once, over all of its studies.

    Attributes
    ----------
    verdicts : dict of list of Row
        Rows of `recompute` by study.
    effects : dict of list of Row
        Rows of `effects` by study; a study of several conditions gives each effect once.
    dose : dict of str
        A dose as a human-equivalent dose or in mol/L, in words, by key of the dose.
    """

    def __init__(self, review: Review):
        self.verdicts: dict[str, list[Row]] = defaultdict(list)
        for row in recompute(review).to_dict("records"):
            self.verdicts[row["study_id"]].append(row)
        view = studies_view(review)
        people = view.loc[view["in_people"], "conditions"]
        found = dict.fromkeys(condition for cell in people for condition in keys_of(cell))
        self.effects: dict[str, list[Row]] = defaultdict(list)
        for condition in found:
            rows = effects(review, condition).to_dict("records")
            known = set(self.effects)
            for row in rows:
                if row["study_id"] not in known:
                    self.effects[row["study_id"]].append(row)
        self.dose = {
            row["dose_id"]: f"Human-equivalent dose by body surface: {_range(row)} mg."
            for row in human_equivalents(review).to_dict("records")
            if not math.isnan(row["low"])
        } | {
            row["dose_id"]: f"In amount of substance: {_range(row, 1e6)} µmol/L."
            for row in concentrations(review).to_dict("records")
            if not math.isnan(row["low"])
        }


def _range(row: Row, times: float = 1) -> str:
    low, high = (f"{row[name] * times:.3g}" for name in ("low", "high"))
    return low if low == high else f"{low}–{high}"
