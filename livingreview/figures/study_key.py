"""The numbers by which a reader finds a study in the figures of directions."""

from __future__ import annotations

import pandas as pd

from livingreview.data import Review
from livingreview.dose_marks import dose_marks, marked


def study_key(review: Review, frame: pd.DataFrame) -> pd.DataFrame:
    """Give each study of a synthesis a number, the same in each figure of it.

    Parameters
    ----------
    review : Review
        The data.
    frame : DataFrame
        From `livingreview.synthesis.directions`.

    Returns
    -------
    DataFrame
        A row a study, in the order of ``frame`` (by rung): ``study_id``, ``rung``, ``risk``,
        ``number`` (int, from 1), ``other`` (bool: not low-dose naltrexone) and ``label``
        (number, short reference and its word from `livingreview.dose_marks`).
    """
    key = frame.drop_duplicates("study_id")[["study_id", "reference", "rung", "risk"]]
    key = key.assign(number=range(1, len(key) + 1), other=key["study_id"].isin(dose_marks(review)))
    key["label"] = [
        f"{row.number} {marked(review, row.study_id, review.references[row.reference].short)}"
        for row in key.itertuples(index=False)
    ]
    return key.reset_index(drop=True)
