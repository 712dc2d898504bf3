"""The seven signalling diagrams of the book, each a choice among the causal statements."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.figures.drawing import Drawing
from livingreview.figures.signalling import signalling

LOW, STANDARD, OPIOID, NO_DRUG = (
    "low-dose naltrexone",
    "standard-dose naltrexone",
    "opioid agonist",
    "no drug",
)
TOLL = ("tlr4", "myd88", "trif", "nfkb", "microglia", "inflammation")


def behind(review: Review, figure: str) -> pd.DataFrame:
    """Return the statements that stand behind one figure of their source, by its number."""
    edges = review.mechanisms
    return edges[edges["figures"].str.split(" ").map(lambda numbers: figure in numbers)]


def opioid_signalling(review: Review) -> Drawing:
    """Draw how opioids and the opioid growth factor act in a cancer cell."""
    return signalling(review.mechanism_nodes, behind(review, "1"), None, "opioid-signalling")


def receptor_blockade(review: Review) -> Drawing:
    """Draw a short block of the receptors beside a continuous one."""
    return _low_beside_standard(review, behind(review, "2"), "receptor-blockade")


def low_and_standard(review: Review) -> Drawing:
    """Draw low and standard dose as a whole."""
    return _low_beside_standard(review, behind(review, "5"), "low-and-standard")


def _low_beside_standard(review: Review, edges: pd.DataFrame, name: str) -> Drawing:
    both = edges["driver"] == NO_DRUG
    panels = {
        "Low dose": (edges["driver"] == LOW) | both,
        "Standard dose": (edges["driver"] == STANDARD) | both,
    }
    return signalling(review.mechanism_nodes, edges, panels, name)


def immune_cells(review: Review) -> Drawing:
    """Draw the immune cells and messengers that a low dose is said to change."""
    edges = behind(review, "3")
    return signalling(review.mechanism_nodes, edges[~_toll(edges)], None, "immune-cells")


def tlr4_pathway(review: Review) -> Drawing:
    """Draw the pathway of Toll-like receptor 4."""
    edges = behind(review, "3")
    toll = _toll(edges)
    # the direct statements on messengers of that pathway belong to it as well
    messengers = set(edges.loc[toll, "target_node"]) & {"tnfa", "ifnb"}
    direct = (edges["effect"] == "decreases") & edges["target_node"].isin(messengers)
    return signalling(review.mechanism_nodes, edges[toll | direct], None, "tlr4")


def _toll(edges: pd.DataFrame) -> pd.Series:
    return edges["source_node"].isin(TOLL) | edges["target_node"].isin(TOLL)


def treated_cells(review: Review) -> Drawing:
    """Draw what a low and a standard dose do in cancer cells."""
    edges = behind(review, "4")
    edges = edges[edges["driver"].isin([LOW, STANDARD]) & (edges["cell"] == "cancer cell")]
    panels = {
        "Low dose": edges["driver"] == LOW,
        "Standard dose": edges["driver"] == STANDARD,
    }
    return signalling(review.mechanism_nodes, edges, panels, "treated-cells")


def healthy_cells(review: Review) -> Drawing:
    """Draw what a low dose does in healthy cells."""
    edges = behind(review, "4")
    edges = edges[edges["cell"] == "healthy cell"]
    return signalling(review.mechanism_nodes, edges, None, "healthy-cells")
