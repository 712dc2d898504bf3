"""What many chapters compute from the tables, computed once before their kernels are forked.

A view that is missing here costs time and nothing else: the chapter computes it. What a view was
made from counts as read by every chapter that uses it, and by no other (see `data.once`).
"""

from __future__ import annotations

from livingreview import facts, tables  # noqa: F401  (every chapter imports them)
from livingreview.data import load
from livingreview.dose_marks import dose_marks
from livingreview.dose_response import dose_responses
from livingreview.doses import concentrations, human_equivalents
from livingreview.effects import effects
from livingreview.evidence import EVERYTHING, evidence_map, studies_view
from livingreview.ladder import ladder
from livingreview.recompute import recompute
from livingreview.synthesis import study_directions
from livingreview.tables.by_study import findings

VIEWS = (
    studies_view,
    evidence_map,
    study_directions,
    dose_marks,
    concentrations,
    human_equivalents,
    dose_responses,
    ladder,
    recompute,
    findings,
)


def compute() -> None:
    """Compute views of the project in the current folder, and keep them with its data.

    Raises
    ------
    DataError
        If any table has a fault.
    """
    review = load()
    for view in VIEWS:
        view(review)
    for group in (EVERYTHING, *review.conditions["group"].unique()):
        effects(review, group)
