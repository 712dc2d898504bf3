"""Recompute what studies report: p values, percentages, correlations, means and SDs.

Each statistic that the printed numbers allow to recompute is recomputed over the whole range that
the rounding of those numbers leaves open, and compared with what is printed.
"""

from livingreview.recompute.audit import COLUMNS, PUBLISHED, published, recompute
from livingreview.recompute.verdicts import VERDICTS

__all__ = ["COLUMNS", "PUBLISHED", "VERDICTS", "published", "recompute"]
