"""How a pooled result is written, as JSON and as text."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from scipy import special

from livingreview.meta_analysis.pooling import Pooled


def _exp(value: float) -> float:
    """Exponentiate, giving infinity where the result leaves double precision."""
    return math.exp(value) if value < 700 else math.inf


_FIELDS = (
    *("k", "estimate", "se", "ci_low", "ci_high", "p", "tau2", "tau2_low", "tau2_high", "i2"),
    *("h2", "q", "q_df", "q_p", "pi_low", "pi_high", "weights"),
)
_SCALES = {
    "RR": "log risk ratio",
    "OR": "log odds ratio",
    "RD": "risk difference",
    "MD": "mean difference",
    "SMD": "standardised mean difference (Hedges' g)",
    "ROM": "log ratio of means",
    "ZCOR": "Fisher's z of the correlation",
    "PLO": "logit of the proportion",
    "GEN": "outcome as given",
}
_BACK = {
    "RR": ("risk ratio", _exp),
    "OR": ("odds ratio", _exp),
    "ROM": ("ratio of means", _exp),
    "ZCOR": ("correlation", math.tanh),
    "PLO": ("proportion", special.expit),
}


def as_json(result: Pooled, notes: Sequence[str]) -> str:
    """Write a result as one JSON object.

    Parameters
    ----------
    result : Pooled
        Pooled result.
    notes : sequence of str
        Sentences for the key "notes".

    Returns
    -------
    str
        The object; numbers that are undefined or infinite are null.
    """
    answer: dict[str, object] = {}
    for name in _FIELDS:
        value = getattr(result, name)
        if name == "weights":
            answer[name] = list(value)
        else:
            answer[name] = value if math.isfinite(value) else None
    answer["notes"] = list(notes)
    return json.dumps(answer, allow_nan=False)


def as_text(result: Pooled, notes: Sequence[str], measure: str, labels: Sequence[str]) -> str:
    """Write a result as a short text in ASCII, but for the labels.

    Parameters
    ----------
    result : Pooled
        Pooled result.
    notes : sequence of str
        Sentences for the end of the text.
    measure : str
        A key of `study_columns.COLUMNS`; decides about the scales that are shown.
    labels : sequence of str, length k
        Study labels.

    Returns
    -------
    str
        Several lines without a newline at the end.
    """

    def interval(low: float, high: float) -> str:
        return "undefined" if math.isnan(low) else f"{low:.4f} to {high:.4f}"

    lines = [
        f"studies              {result.k}  ({result.model.method}, {result.model.test})",
        f"scale                {_SCALES[measure]}",
        f"estimate             {result.estimate:.4f}  (SE {result.se:.4f}, p {result.p:.3g})",
        f"95 % interval        {interval(result.ci_low, result.ci_high)}",
        f"prediction interval  {interval(result.pi_low, result.pi_high)}",
    ]
    if measure in _BACK:
        name, back = _BACK[measure]
        numbers = (float(back(x)) for x in (result.estimate, result.ci_low, result.ci_high))
        lines.append("{:<20} {:.4f}  ({:.4f} to {:.4f})".format(name, *numbers))
    lines += [
        f"tau2                 {result.tau2:.4f}  ({interval(result.tau2_low, result.tau2_high)})",
        f"I2, H2               {result.i2:.2f} %, {result.h2:.2f}",
        f"Q                    {result.q:.4f}  (df {result.q_df}, p {result.q_p:.3g})",
        "weights in percent",
    ]
    lines += [
        f"  {weight:6.2f}  {label if label.isprintable() else ascii(label)}"
        for weight, label in zip(result.weights, labels, strict=True)
    ]
    lines += [f"note: {note}" for note in notes]
    return "\n".join(lines)
