"""Which rows of the data a table leaves out, and why."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

# Reasons for which a row belongs to another chapter; such rows are named and not counted, so that
# a chapter says the same whatever is added to another one. `accounting` counts them all.
OTHER_STUDIES, OTHER_CONDITIONS = "of other studies", "about other conditions"


class LeftOut(dict[str, str]):
    """Reason for each data row that a table leaves out, by key.

    Attributes
    ----------
    apart : str
        The reason that takes out what belongs to another chapter, whether or not a row has it;
        empty for a table about all rows.
    """

    apart = ""


def leave_out(
    frame: pd.DataFrame, key: str, rules: Iterable[tuple[str, pd.Series]]
) -> tuple[pd.DataFrame, LeftOut]:
    """Split rows into those to show and those to leave out, each with its first reason.

    Parameters
    ----------
    frame : DataFrame
        All rows of a data table, possibly with columns joined to it.
    key : str
        Column with the key of the row.
    rules : iterable of (str, Series of bool)
        A reason, and the rows that it leaves out.

    Returns
    -------
    tuple of DataFrame and LeftOut
        The rows to show, in order, and reason by key for all others.
    """
    reason, apart = pd.Series("", index=frame.index), ""
    for why, mask in rules:
        reason = reason.mask((reason == "") & mask, why)
        apart = why if why in (OTHER_STUDIES, OTHER_CONDITIONS) else apart
    out = LeftOut(zip(frame.loc[reason != "", key], reason[reason != ""], strict=True))
    out.apart = apart
    return frame[reason == ""], out
