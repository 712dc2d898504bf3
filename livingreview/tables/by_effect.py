"""Tables with one row an effect."""

from __future__ import annotations

from functools import partial

import pandas as pd
from markupsafe import Markup, escape

from livingreview.data import Review
from livingreview.effects import CELLS, CORRELATIONS, FROM_ARMS, RATIO, changes, effects
from livingreview.effects.cells import Cell
from livingreview.evidence import studies_that_are
from livingreview.pooled import pools_about
from livingreview.recompute import recompute
from livingreview.tables.base import (
    BookTable,
    Column,
    Group,
    lines,
    opens,
    quiet,
    study_link,
    which_studies,
)
from livingreview.tables.by_arm import CONDITION
from livingreview.tables.marks import marks, measured

# columns of a change from the baseline, and what each is of
SIDES = (
    ("treated", "With naltrexone"),
    ("other", "Without"),
    ("difference", "Difference"),
)
BASIS = "Computed from the values as printed, or as corrected where a row says so."
_computed = partial(
    BookTable,
    source="",
    basis=BASIS,
    none="Nothing can be computed: no study in people reports enough for it.",
)


def absolute_effects(review: Review, about: str = CONDITION, family: str = "") -> BookTable:
    """Return, for outcomes that are counted, numbers out of a thousand and numbers to treat."""
    rows = effects(review, about, family)
    rows = rows[(rows["measure"] == RATIO) & (rows["given"] == FROM_ARMS)]
    groups = [
        Group(
            study_link(review, study, reference),
            [
                [
                    escape(row.outcome) + quiet(f" [{row.place}]{_unpaired(review, row)}"),
                    measured(review, _thousand(row.treated), row.treated_cells),
                    measured(review, _thousand(row.comparator), row.comparator_cells),
                    f"{1000 * row.difference:+.0f} "
                    f"({1000 * row.difference_low:+.0f} to {1000 * row.difference_high:+.0f})",
                    escape(_size(row)) + quiet(f" {row.corrected}" if row.corrected else ""),
                    row.nnt,
                ]
                for row in cells.itertuples(index=False)
            ],
        )
        for (study, reference), cells in rows.groupby(["study_id", "reference"], sort=False)
    ]
    columns = (
        Column("Outcome"),
        Column("With naltrexone, out of 1,000", number=True),
        Column("Without, out of 1,000", number=True),
        Column("Difference out of 1,000 (interval)", number=True),
        Column("Risk ratio (interval)", number=True),
        Column("Number to treat (interval)", number=True),
    )
    shown = frozenset(f"{row.study_id} {row.outcome}" for row in rows.itertuples(index=False))
    caption = "How many people out of a thousand, and how many must be treated for one?"
    return _computed("absolute-effects", caption, columns, groups, shown=shown)


def _unpaired(review: Review, row) -> str:
    crossover = row.study_id in studies_that_are(review, "crossover")
    return " The same people took both; intervals are those of two groups." if crossover else ""


def _size(row) -> str:
    return f"{row.estimate:.2f} ({row.low:.2f} to {row.high:.2f})"


def _thousand(text: str) -> str:
    events, _, n = text.partition(" of ")
    return f"{1000 * float(events) / float(n):.0f} ({text})"


def pooling(review: Review, about: str = CONDITION, family: str = "") -> BookTable:
    """Return for each outcome the pooled result, or the reason why there is none."""
    rows = effects(review, about, family)
    found = pools_about(review, about, family)
    body: list[list[str | Markup]] = []
    alike: dict[tuple[int, str], list[str]] = {}
    for pool in found:
        if not pool.result:
            alike.setdefault((pool.k, pool.reason), []).append(pool.outcome)
            continue
        printed = pool.printed
        unit = f" {pool.unit}" if pool.unit else ""
        size = f"{printed.estimate:.2f}{unit} ({printed.low:.2f} to {printed.high:.2f})"
        apart = f"Left apart: {pool.reason}." if pool.reason else ""
        mended = [
            measured(review, f"{_short(review, row)}: {row.corrected}.", _cells(row))
            for row in rows.loc[list(pool.rows)].itertuples()
            if row.corrected
        ]
        told = [f"Pooled: {pool.measure} {size}.", pool.heterogeneity, *pool.result.notes]
        told += [*mended, apart]
        body.append([pool.outcome, _counted(review, rows, pool.k, [pool.outcome]), lines(told)])
    for (k, reason), outcomes in alike.items():
        counted = _counted(review, rows, k, outcomes)
        body.append(["; ".join(outcomes), counted, f"Not pooled: {reason}."])
    columns = (
        Column("Outcome"),
        Column("Studies", number=True),
        Column("Pooled effect with interval and heterogeneity, or why there is none"),
    )
    shown = frozenset(f"{place} {pool.outcome}" for place, pool in enumerate(found))
    caption = "Which outcomes could be pooled, and why not the others?"
    return _computed("pooling", caption, columns, [Group("", body)], shown=shown)


def _counted(review: Review, rows: pd.DataFrame, k: int, outcomes: list[str]) -> Markup:
    """Return a number of studies with a mark that opens which studies have the outcomes."""
    studies = rows.loc[rows["topic"].isin(outcomes), "study_id"].unique()
    return escape(k) + which_studies(review, studies)


def _short(review: Review, row) -> str:
    return review.references[row.reference].short


def _cells(row) -> list[Cell]:
    return [cell for name in CELLS for cell in getattr(row, name)]


def audited_effects(review: Review, condition: str = CONDITION) -> BookTable:
    """Return each effect beside the p value that is reported for it, and what its numbers give."""
    rows = effects(review, condition)
    audit = recompute(review)
    audit = audit[(audit["row_table"] == "comparisons") & (audit["statistic"] == "p")]
    claims = review.printed.comparisons.merge(audit, left_on="comparison_id", right_on="row_key")
    labels = review.labels("outcomes")
    groups = []
    for (study, reference), cells in rows.groupby(["study_id", "reference"], sort=False):
        body = []
        for row in cells.itertuples(index=False):
            # nobody reports a p value of an outcome that was derived here
            derived = row.topic != labels[row.outcome_id]
            found = [] if derived else _claims_of(claims, row).to_dict("records")
            p = [
                escape(claim["p"]) + marks(review, "comparisons", claim["comparison_id"], "p")
                for claim in found
            ]
            effect = measured(review, f"{row.measure} {_size(row)}", _cells(row))
            body.append(
                [
                    escape(row.outcome) + quiet(f" [{row.place}]"),
                    effect + quiet(f" {row.corrected}" if row.corrected else ""),
                    lines(p) if p else "not reported",
                    lines([_range(claim) for claim in found]),
                    lines([_verdict(claim) for claim in found]),
                ]
            )
        groups.append(Group(study_link(review, study, reference), body))
    columns = (
        Column("Outcome"),
        Column("Effect (interval)", number=True),
        Column("p as reported", number=True),
        Column("p recomputed (range by rounding)", number=True),
        Column("Verdict"),
    )
    shown = frozenset(f"{row.study_id} {row.outcome}" for row in rows.itertuples(index=False))
    caption = "Do the reported p values go with the effects?"
    basis = f"{BASIS} p was recomputed from the values as printed."
    return _computed("audited-effects", caption, columns, groups, shown=shown, basis=basis)


def _claims_of(claims: pd.DataFrame, row) -> pd.DataFrame:
    """Return the p values reported of an effect: those printed with it, or else all others."""
    same = claims[
        (claims["arm_id"] == row.arm_id)
        & (claims["comparator_id"] == row.comparator_id)
        & (claims["outcome_id"] == row.outcome_id)
        & (claims["part"] == row.part)
        & claims["timepoint"].isin([row.timepoint, ""])
    ]
    beside = same[same["locator_x"] == row.place]
    return beside if len(beside) else same.drop_duplicates("p")


def _range(claim: dict[str, str]) -> str:
    span = f" ({claim['low']} to {claim['high']})" if claim["low"] != claim["high"] else ""
    return claim["recomputed"] + span or "–"


def _verdict(claim: dict[str, str]) -> Markup:
    how = opens("how", "The arithmetic", claim["arithmetic"]) if claim["arithmetic"] else ""
    return Markup("{}").format(claim["verdict"]) + how + quiet(f" {claim['why']}")


def change_bounds(review: Review, condition: str = CONDITION) -> BookTable:
    """Return change in each arm and difference in changes, as bounds over the correlation."""
    frame = changes(review, condition)
    reference = dict(zip(review.studies["study_id"], review.studies["reference"], strict=True))
    groups = []
    for row in frame.to_dict("records"):
        unit = f", {row['unit']}" if row["unit"] not in ("count", "grade", "ratio", "") else ""
        heading = Markup("{} (").format(row["outcome"] + unit)
        heading += (
            study_link(review, row["study_id"], reference[row["study_id"]])
            + f", {row['arms']})"
            + quiet(f" {row['corrected']}" if row["corrected"] else "")
        )
        groups.append(Group(heading, [_change(review, row, *side) for side in SIDES]))
    low, high = CORRELATIONS
    columns = (
        Column("Group"),
        Column("Change", number=True),
        Column(f"Interval if r = {high:g}", number=True),
        Column(f"Interval if r = {low:g}", number=True),
    )
    shown = frozenset(f"{row.study_id} {row.outcome}" for row in frame.itertuples(index=False))
    caption = (
        "How far did each group change from the baseline? Bounds, not a guess: the correlation r "
        f"of before with after is not printed and may lie anywhere from {low:g} to {high:g}."
    )
    return _computed("change-bounds", caption, columns, groups, shown=shown)


def _change(review: Review, row: dict, name: str, label: str) -> list[str | Markup]:
    places = row["decimals"]
    intervals = (
        " to ".join(f"{row[f'{name}_{side}_{end}']:+.{places + 1}f}" for side in ("low", "high"))
        for end in (1, 0)
    )
    change = f"{row[f'{name}_change']:+.{places}f}"
    return [label, measured(review, change, row.get(f"{name}_cells", ())), *intervals]
