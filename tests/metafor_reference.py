"""The committed results of metafor, and the comparison with them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "reference" / "metafor.json").read_text(encoding="utf-8")
)
SETS: dict[str, Any] = REFERENCE["sets"]

RELATIVE = 1e-6
ABSOLUTE = 1e-9

# A p-value of 1e-26 is within 1e-9 of anything small, so p-values are compared relatively only.
P_VALUES = frozenset({"p", "q_p", "qe_p", "qm_p", "cmh_p", "bd_p", "tarone_p"})


def flatten(value: object) -> list[float]:
    """Turn a number, None or (nested) sequence into a list of floats, with NaN for None."""
    if value is None:
        return [math.nan]
    if isinstance(value, (int, float)):
        return [float(value)]
    return [number for item in value for number in flatten(item)]


def disagreements(expected: dict[str, Any], actual: object) -> list[str]:
    """List the fields of `expected` that the attributes of `actual` do not equal."""
    found = []
    for field, value in expected.items():
        theirs, ours = flatten(value), flatten(getattr(actual, field))
        absolute = 0.0 if field in P_VALUES else ABSOLUTE
        same = len(theirs) == len(ours) and all(
            (math.isnan(a) and math.isnan(b))
            or math.isclose(a, b, rel_tol=RELATIVE, abs_tol=absolute)
            for a, b in zip(theirs, ours, strict=True)
        )
        if not same:
            found.append(f"{field}: metafor {theirs}, here {ours}")
    return found
