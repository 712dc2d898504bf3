"""Warnings: what is unlikely, and may be true all the same, so that it never stops a build."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from livingreview.checks.references import Rows
from livingreview.faults import WARNING, Fault
from livingreview.printed import number
from livingreview.project import DATA_DIR

# Below this size a standard error and a standard deviation differ too little to be told apart.
SMALLEST = 9
# How far, as a ratio, two spreads that should be alike may lie apart.
ALIKE = 1.5
# Hardly any measurement of living beings varies by less than a hundredth of its mean.
LEAST_VARIATION = 0.01
# 1,234 is read as 1234, and is how half of the world prints 1.234; nobody prints 10.000 for 10.
THOUSANDS = re.compile("[<>≤≥~]?[+-]?[1-9][0-9]{0,2},(?!000)[0-9]{3}")
MEASURED = {
    "doses": ("amount", "amount_high"),
    "measurements": ("mean", "sd", "se", "plus_minus", "value", "value_high"),
    "comparisons": ("effect", "effect_high", "ci_low", "ci_high", "se"),
    "pharmacology": ("value", "low", "high", "plus_minus"),
    "reference_values": ("low", "high"),
}


@dataclass(frozen=True)
class Spread:
    """A printed spread of one group: its line, column (``sd`` or ``se``), text, size and mean."""

    line: int
    column: str
    text: str
    n: int
    mean: float

    @property
    def value(self) -> float:
        """The spread as a number."""
        return number(self.text)


def check_plausibility(rows: Rows) -> Iterator[Fault]:
    """Yield a warning for spreads and sizes that look like a slip.

    Parameters
    ----------
    rows : Rows
        Rows by table, without those that are faulty.
    """
    yield from _spreads(rows)
    yield from _sizes(rows)
    yield from _thousands(rows)


def _spreads(rows: Rows) -> Iterator[Fault]:
    """Yield SDs that look like SEs, and SEs like SDs: SE = SD / sqrt(n)."""
    study = {row["arm_id"]: row["study_id"] for _, row in rows.every["arms"]}
    groups: dict[tuple[str, ...], list[Spread]] = defaultdict(list)
    for line, row in rows["measurements"]:
        n = int(row["n"]) if row["n"].isdecimal() else 0
        for column in ("sd", "se"):
            if row[column] and row["mean"] and n >= SMALLEST and number(row[column]) > 0:
                place = study[row["arm_id"]], row["outcome_id"], row["part"], row["unit"]
                spread = Spread(line, column, row[column], n, number(row["mean"]))
                groups[place].append(spread)
    for group in groups.values():
        for spread in group:
            why = _unlike_the_others(spread, group) or _hardly_any(spread)
            if why:
                remedy = "Look in the source which of the two it is, and enter it as sd or as se"
                yield _warning("measurements", spread.line, spread.column, spread.text, why, remedy)


def _unlike_the_others(spread: Spread, group: list[Spread]) -> str:
    others = [other for other in group if other is not spread]
    deviations = [other.value for other in others if other.column == "sd"]
    if not deviations:
        return ""
    usual, root = median(deviations), math.sqrt(spread.n)
    usual_text = f"{usual:.3g}, the SD of the same outcome in this study,"
    if spread.column == "sd" and _alike(spread.value * root, usual):
        return f"an SE seems to stand where an SD should: {usual_text} divided by √{spread.n}"
    if spread.column == "se" and _alike(spread.value, usual):
        return f"an SD seems to stand where an SE should: it is about {usual_text} as it stands"
    return ""


def _hardly_any(spread: Spread) -> str:
    if spread.column == "sd" and spread.value < LEAST_VARIATION * abs(spread.mean):
        share = f"{100 * spread.value / abs(spread.mean):.2g}%"
        return f"an SE seems to stand where an SD should: it is {share} of the mean"
    return ""


def _alike(first: float, second: float) -> bool:
    return second > 0 and 1 / ALIKE < first / second < ALIKE


def _sizes(rows: Rows) -> Iterator[Fault]:
    answered = {(row["table"], row["row"], row["column"]) for _, row in rows.every["discrepancies"]}
    checks = (
        ("measurements", "measurement_id", "arms", "arm_id", "its arm"),
        ("arms", "arm_id", "studies", "study_id", "its study"),
    )
    for table, key, whole, whole_key, called in checks:
        sizes = {row[whole_key]: row["n"] for _, row in rows.every[whole]}
        for line, row in rows[table]:
            n, size = row["n"], sizes[row[whole_key]]
            if not (n.isdecimal() and size.isdecimal()):
                continue
            places = {(table, row[key], "n"), (whole, row[whole_key], "n")}
            if int(n) > int(size) and not places & answered:
                why = f"more than the {size} of {called}"
                yield _warning(table, line, "n", n, why, "Check both against the source")


def _thousands(rows: Rows) -> Iterator[Fault]:
    """Yield measured numbers whose comma may be a decimal one, unless the note speaks of it."""
    for table, columns in MEASURED.items():
        for line, row in rows[table]:
            for column in columns:
                text = row[column]
                if THOUSANDS.fullmatch(text) and "thousand" not in row["note"].lower():
                    whole, point = text.replace(",", ""), text.replace(",", ".")
                    why = f"read as {whole}, with a comma between thousands"
                    remedy = (
                        f"If the source prints a decimal comma, write {point}; "
                        "if thousands, say so in note"
                    )
                    yield _warning(table, line, column, text, why, remedy)


def _warning(table: str, line: int, column: str, value: str, why: str, remedy: str) -> Fault:
    return Fault(f"{DATA_DIR}/{table}.csv", line, column, value, why, remedy, WARNING)
