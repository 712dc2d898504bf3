"""Recomputed statistics against scipy, R, published examples and brute force.

P values of `IN_R` are those of ``fisher.test`` and ``chisq.test`` (without, then with correction)
of R 4; NaN where R gives none.
"""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from livingreview.effects import AFTER
from livingreview.recompute import COLUMNS, PUBLISHED, VERDICTS, published, recompute
from livingreview.recompute.correlations import (
    after_treatment,
    change_scores,
    change_sd_ends,
    p_of_r,
)
from livingreview.recompute.counts import Counts, chi_square, count_tests, fisher_exact, phi
from livingreview.recompute.granularity import debit, granular, grim, grimmer
from livingreview.recompute.intervals import interval_tests
from livingreview.recompute.means import Group, student_p, t_tests, welch_p
from livingreview.recompute.spans import rounded, shown_p, span_of_p
from livingreview.recompute.verdicts import Finding, judge_p

# The same examples in every run: a rare failure should not turn up in an unrelated change.
PROPERTY = settings(max_examples=150, deadline=None, derandomize=True)
CONSISTENT, INCONSISTENT, DECISION, IMPOSSIBLE, NOT_ASSESSABLE = VERDICTS

IN_R = [
    (((84, 175, 58, 175), 0.00640617716239333, 0.00465052673829396, 0.00649988888559096)),
    (((14, 175, 21, 175), 0.284956649080603, 0.212317160772965, 0.285049407402613)),
    (((3, 10, 0, 12), 0.0779220779220779, 0.0411841631553893, 0.15624122613529)),
    (((0, 7, 0, 9), 1, math.nan, math.nan)),
    (((1, 24, 9, 30), 0.0306941490118575, 0.0151663051161883, 0.0379054165746814)),
    (((12, 20, 5, 18), 0.0584961303924404, 0.0460822052413856, 0.0953293535447014)),
    (((60, 400, 90, 410), 0.0113848656719815, 0.0108874743327577, 0.0140559806546011)),
    (((5, 5, 0, 5), 0.00793650793650794, 0.00156540225800255, 0.0114120363860017)),
]


def group(mean: str, sd: str, n: int) -> Group:
    return Group(rounded(mean), rounded(sd), n)


# --- tests on unrounded numbers -----------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(2, 2), (12, 30), (175, 175)])
@pytest.mark.parametrize("means", [(9.8, 7.6), (5.2, 5.5), (1.0, 1.01)])
def test_t_tests_agree_with_scipy(means, sizes):
    sds = (1.2, 0.7)
    for equal, p in ((True, student_p), (False, welch_p)):
        theirs = stats.ttest_ind_from_stats(
            means[0], sds[0], sizes[0], means[1], sds[1], sizes[1], equal_var=equal
        ).pvalue
        assert float(p(means[0] - means[1], sds, sizes)) == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize(("cells", "exact", "plain", "yates"), IN_R)
def test_tests_of_counts_agree_with_r(cells, exact, plain, yates):
    first, second = Counts(*cells[:2]), Counts(*cells[2:])
    assert fisher_exact(first, second) == pytest.approx(exact, rel=1e-9)
    if math.isnan(plain):
        with pytest.raises(ValueError, match="events and non-events"):
            chi_square(first, second, yates=False)
        assert [f.test for f in count_tests(first, second)] == ["Fisher exact"]
        return
    assert chi_square(first, second, yates=False)[1] == pytest.approx(plain, rel=1e-9)
    assert chi_square(first, second, yates=True)[1] == pytest.approx(yates, rel=1e-9)


@PROPERTY
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_tests_of_counts_agree_with_scipy(n1, n2, data):
    first = Counts(data.draw(st.integers(0, n1)), n1)
    second = Counts(data.draw(st.integers(0, n2)), n2)
    table = [[first.events, n1 - first.events], [second.events, n2 - second.events]]
    assert fisher_exact(first, second) == pytest.approx(stats.fisher_exact(table)[1], rel=1e-6)
    if 0 < first.events + second.events < n1 + n2:
        for yates in (False, True):
            theirs = stats.chi2_contingency(table, correction=yates)
            value, p = chi_square(first, second, yates)
            assert value == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
            assert p == pytest.approx(theirs.pvalue, rel=1e-9)


def test_correlations_are_those_of_the_values_themselves():
    rng = np.random.default_rng(1)
    first, second = rng.normal(1, 1, 14), rng.normal(0, 2, 9)
    values, arm = np.concatenate([first, second]), [1] * 14 + [0] * 9
    groups = [group(f"{x.mean():.12f}", f"{x.std(ddof=1):.12f}", len(x)) for x in (first, second)]
    r = stats.pearsonr(arm, values)
    assert after_treatment(*groups).value == pytest.approx(r.statistic, rel=1e-9)
    assert p_of_r(rounded(f"{r.statistic:.12f}"), 23).value == pytest.approx(r.pvalue, rel=1e-8)
    yes = [1] * 5 + [0] * 9 + [1] * 6 + [0] * 3
    assert phi(Counts(5, 14), Counts(6, 9)) == pytest.approx(stats.pearsonr(arm, yes).statistic)


def test_p_from_an_interval():
    # Altman and Bland (2011), BMJ 343:d2304: relative risk 0.81 (0.70 to 0.94) gives p = 0.005.
    (ratio,) = interval_tests(rounded("0.81"), (rounded("0.70"), rounded("0.94")), ratio=True)
    assert ratio.value == pytest.approx(0.005, abs=0.0005)
    # A t interval made from two groups gives back the p of Student's test.
    p = student_p(1.0, (2.0, 2.0), (8, 8))
    half = stats.t.ppf(0.975, 14) * 2 * math.sqrt(1 / 4)
    limits = rounded(f"{1 - half:.10f}"), rounded(f"{1 + half:.10f}")
    of_t = interval_tests(rounded("1.0"), limits, ratio=False, df=14)[1]
    assert of_t.value == pytest.approx(p, rel=1e-6)
    with pytest.raises(ValueError, match="outside"):
        interval_tests(rounded("3"), (rounded("0.5"), rounded("1.5")), ratio=True)
    with pytest.raises(ValueError, match="ascending"):
        interval_tests(rounded("1"), (rounded("1.5"), rounded("0.5")), ratio=True)
    with pytest.raises(ValueError, match="above zero"):
        interval_tests(rounded("1"), (rounded("-0.5"), rounded("1.5")), ratio=True)


# --- ranges under rounding ----------------------------------------------------------------------

printed_mean = st.decimals(-20, 20, places=1).map(str)
printed_sd = st.decimals("0.1", 9, places=1).map(str)
some_group = st.builds(group, printed_mean, printed_sd, st.integers(2, 200))
unit = st.floats(0, 1)


def inside(printed, share: float) -> float:
    low = max(0.0, printed.low) if share < 0 else printed.low
    return low + abs(share) * (printed.high - low)


@PROPERTY
@given(some_group, some_group, st.tuples(unit, unit, unit, unit))
def test_no_rounding_leaves_the_range_of_p_and_r(first, second, shares):
    difference = inside(first.mean, shares[0]) - inside(second.mean, shares[1])
    sds = inside(first.sd, shares[2]), inside(second.sd, shares[3])
    sizes = first.n, second.n
    student, welch = t_tests(first, second)
    for finding, p in (
        (student, student_p(difference, sds, sizes)),
        (welch, float(welch_p(difference, sds, sizes))),
    ):
        assert finding.low * (1 - 1e-6) <= p <= finding.high * (1 + 1e-6) + 1e-15
        assert finding.low <= finding.value * (1 + 1e-9)
        assert finding.value <= finding.high * (1 + 1e-9)
    found = after_treatment(first, second)
    texts = [f"{x:.17f}" for x in (difference, *sds)]
    exact = group(texts[0], texts[1], first.n), group("0." + "0" * 17, texts[2], second.n)
    assert found.low - 1e-9 <= after_treatment(*exact).value <= found.high + 1e-9


def test_the_ends_of_the_range_are_reached():
    first, second = group("5.2", "1.2", 175), group("5.5", "1.2", 175)
    student, welch = t_tests(first, second)
    assert student.high == pytest.approx(student_p(0.2, (1.25, 1.25), (175, 175)))
    assert student.low == pytest.approx(student_p(0.4, (1.15, 1.15), (175, 175)))
    samples = [
        float(welch_p(d, (a, b), (175, 175)))
        for d in (0.2, 0.3, 0.4)
        for a in np.linspace(1.15, 1.25, 9)
        for b in np.linspace(1.15, 1.25, 9)
    ]
    assert welch.low == pytest.approx(min(samples), rel=1e-6)
    assert welch.high == pytest.approx(max(samples), rel=1e-6)


def test_welch_is_searched_along_the_edges():
    # Two against a hundred: more spread in the large group raises the degrees of freedom from
    # near 1, so that p is not largest at the corner of the largest SDs.
    first, second = group("30", "1.0", 2), group("0", "9", 100)
    welch = t_tests(first, second)[1]
    grid = [
        float(welch_p(d, (a, b), (2, 100)))
        for d in (29.0, 31.0)
        for a in np.linspace(0.95, 1.05, 41)
        for b in np.linspace(8.5, 9.5, 41)
    ]
    assert welch.low <= min(grid) * (1 + 1e-9)
    assert welch.high >= max(grid) * (1 - 1e-9)


@PROPERTY
@given(
    st.tuples(some_group, some_group, some_group, some_group),
    st.lists(unit, min_size=8, max_size=8),
    st.tuples(st.floats(0, 0.99), st.floats(0, 0.99)),
)
def test_no_rounding_leaves_the_range_of_change_scores(groups, shares, correlations):
    n1, n2 = groups[2].n, groups[3].n
    means = [inside(g.mean, s) for g, s in zip(groups, shares[:4], strict=True)]
    sds = [inside(g.sd, s) for g, s in zip(groups, shares[4:], strict=True)]
    changes = means[2] - means[0], means[3] - means[1]
    spread = [
        math.sqrt(sds[i] ** 2 + sds[i + 2] ** 2 - 2 * correlations[i] * sds[i] * sds[i + 2])
        for i in (0, 1)
    ]
    texts = [f"{x:.17f}" for x in (*changes, *spread)]
    r = after_treatment(group(texts[0], texts[2], n1), group(texts[1], texts[3], n2)).value
    low, high = change_scores(groups[:2], groups[2:])
    assert low - 1e-9 <= r <= high + 1e-9


@pytest.mark.parametrize(("before", "after"), [("1.0", "1.02"), ("1.02", "1.0"), ("0.4", "1.1")])
def test_the_ends_of_the_spread_of_change_are_reached(before, after):
    groups = group("1.0", before, 9), group("2.0", after, 9)
    low, high = change_sd_ends(*groups)
    spreads = [
        math.sqrt(a * a + b * b - 2 * c * a * b)
        for a in np.linspace(*groups[0].sd_ends, 201)
        for b in np.linspace(*groups[1].sd_ends, 201)
        for c in (0, 0.99)
    ]
    assert low == pytest.approx(min(spreads), rel=1e-4)
    assert high == pytest.approx(max(spreads))


@PROPERTY
@given(
    st.decimals("0.2", 9, places=2),
    st.decimals("0.1", 3, places=2),
    st.booleans(),
    st.tuples(unit, unit, unit),
)
def test_no_rounding_leaves_the_range_of_an_interval(effect, width, ratio, shares):
    texts = str(effect), str(effect - min(width, effect - effect / 2)), str(effect + width)
    printed = [rounded(text) for text in texts]
    if printed[1].low <= 0 and ratio:
        return
    samples = [inside(x, s) for x, s in zip(printed, shares, strict=True)]
    findings = interval_tests(printed[0], (printed[1], printed[2]), ratio, df=20)
    value, low, high = (math.log(x) if ratio else x for x in samples)
    p = 2 * stats.norm.sf(abs(value) * 2 * stats.norm.ppf(0.975) / (high - low))
    assert findings[0].low * (1 - 1e-9) <= p <= findings[0].high * (1 + 1e-9) + 1e-300


@pytest.mark.parametrize(
    ("text", "low", "high", "meeting", "missing"),
    [
        ("0.61", 0.605, 0.615, 0.61, 0.62),
        ("=0.05", 0.045, 0.055, 0.055, 0.056),
        (".05", 0.045, 0.055, 0.045, 0.044),
        ("<0.001", 0, 0.001, 0.00099, 0.001),
        ("≤0.001", 0, 0.001, 0.001, 0.0011),
        (">0.05", 0.05, 1, 0.051, 0.05),
        ("≥0.05", 0.05, 1, 0.05, 0.049),
        ("0.000", 0, 0.0005, 1e-30, 0.001),
    ],
)
def test_what_a_printed_p_stands_for(text, low, high, meeting, missing):
    span = span_of_p(text)
    assert (span.low, span.high) == pytest.approx((low, high))
    assert span.meets(meeting, meeting)
    assert not span.meets(missing, missing)


def test_numbers_without_a_known_rounding_are_not_used():
    assert [rounded(text) for text in ("", "<5", "~3", "10^-5")] == [None] * 4
    assert rounded("10,000").low == 9999.5
    assert [shown_p(p) for p in (0.3744, 0.001, 0.00098, 0.0)] == [
        "0.374",
        "0.001",
        "9.8e-4",
        "<1e-300",
    ]


# --- granularity --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "n", "agrees"),
    [
        # Brown and Heathers (2017): 28 whole numbers cannot have the mean 5.19 (145 / 28 = 5.18,
        # 146 / 28 = 5.21).
        ("5.19", 28, False),
        ("5.18", 28, True),
        ("5.21", 28, True),
        # Data set pigs1 of the R package scrutiny, with the results of its grim_map.
        ("7.22", 32, True),
        ("4.74", 25, False),
        ("5.23", 29, False),
        ("2.57", 24, False),
        ("2.68", 28, True),
        ("7.38", 26, True),
        ("6.89", 31, False),
        ("5.00", 25, True),
        # A half may be rounded up or to the even digit: 1 / 8 = 0.125.
        ("0.12", 8, True),
        ("0.13", 8, True),
    ],
)
def test_grim(mean, n, agrees):
    assert grim(rounded(mean), n).agrees is agrees


def test_grim_needs_granularity():
    assert granular("5.19", 99)
    assert not granular("5.19", 100)
    assert not granular("5", 2)
    found = grim(rounded("5.19"), 28)
    assert (found.nearest, found.low, found.high) == pytest.approx((145 / 28, 145 / 28, 146 / 28))


@pytest.mark.parametrize(
    ("mean", "sd", "n", "agrees"),
    [
        # Tests of the R package rsprite2 (GRIMMER of Allard 2018).
        ("5.21", "1.60", 28, True),
        ("3.44", "2.47", 18, False),
    ],
)
def test_grimmer(mean, sd, n, agrees):
    assert grimmer(rounded(mean), rounded(sd), n).agrees is agrees


@pytest.mark.parametrize("n", [3, 5, 7])
def test_granularity_against_all_samples(n):
    """Every mean and SD that a sample has passes, and what fails no sample has."""
    seen = {}
    for sample in itertools.combinations_with_replacement(range(7), n):
        mean, sd = f"{np.mean(sample):.2f}", f"{np.std(sample, ddof=1):.1f}"
        seen.setdefault(mean, set()).add(sd)
    sds = [f"{i / 10:.1f}" for i in range(60)]
    failed = 0
    for mean in (f"{i / 100:.2f}" for i in range(301)):
        assert grim(rounded(mean), n).agrees is (mean in seen)
        if mean not in seen:
            with pytest.raises(ValueError, match="whole numbers"):
                grimmer(rounded(mean), rounded("1.0"), n)
            continue
        for sd in sds:
            passes = grimmer(rounded(mean), rounded(sd), n).agrees
            assert passes or sd not in seen[mean], (mean, sd)
            failed += not passes
    assert failed > 50


@pytest.mark.parametrize("n", [5, 6])
def test_grimmer_passes_little_that_no_sample_has(n):
    # Of sums up to 12 every sample is here, so all that passes beyond them passes wrongly.
    real, passed = set(), set()
    for sample in itertools.combinations_with_replacement(range(13), n):
        if sum(sample) <= 12:
            real.add((f"{sum(sample) / n:.2f}", f"{np.std(sample, ddof=1):.2f}"))
    for mean in {mean for mean, _ in real}:
        for i in range(700):
            if grimmer(rounded(mean), rounded(f"{i / 100:.2f}"), n).agrees:
                passed.add((mean, f"{i / 100:.2f}"))
    assert real <= passed
    assert len(passed - real) < len(real)


@pytest.mark.parametrize(
    ("mean", "sd", "agrees"),
    [
        # Data set pigs3 of the R package scrutiny (Heathers and Brown 2019, table 1), n = 1683.
        ("0.53", "0.50", True),
        ("0.44", "0.50", True),
        ("0.77", "0.42", True),
        ("0.19", "0.35", False),
        ("0.34", "0.47", True),
        ("0.93", "0.25", True),
        ("0.12", "0.33", True),
    ],
)
def test_debit(mean, sd, agrees):
    assert debit(rounded(mean), rounded(sd), 1683).agrees is agrees
    percent = [f"{float(text) * 100:.0f}" for text in (mean, sd)]
    assert debit(*map(rounded, percent), 1683, 100).agrees is agrees


def test_debit_against_all_samples():
    n = 20
    real = {
        (f"{k / n:.2f}", f"{np.std([1] * k + [0] * (n - k), ddof=1):.2f}") for k in range(n + 1)
    }
    for mean in (f"{k / n:.2f}" for k in range(n + 1)):
        for i in range(70):
            pair = mean, f"{i / 100:.2f}"
            assert debit(*map(rounded, pair), n).agrees is (pair in real)
    with pytest.raises(ValueError, match="no whole number"):
        debit(rounded("0.33"), rounded("0.47"), n)


# --- the audit of synthetic studies -------------------------------------------------------------


def measured(arm: str, **cells: str) -> dict[str, str]:
    return {
        "arm_id": f"new.{arm}",
        "outcome_id": "pain",
        "timepoint": AFTER,
        "unit": "grade",
        "source_id": "new",
        "locator": "Table 1, row 1",
        **cells,
    }


def claimed(**cells: str) -> dict[str, str]:
    return {
        "arm_id": "new.ldn",
        "comparator_id": "new.control",
        "outcome_id": "pain",
        "timepoint": AFTER,
        "source_id": "new",
        "locator": "Table 1, row 1",
        **cells,
    }


def study(review, measurements=(), comparisons=(), sizes=("40", "40")):
    """A review of one study: the real one with its rows replaced."""
    arms = [
        {"arm_id": f"new.{arm}", "study_id": "new", "n": n}
        for arm, n in zip(("ldn", "control"), sizes, strict=True)
    ]
    frames = {"arms": arms, "measurements": measurements, "comparisons": comparisons}
    tables = {}
    for name, rows in frames.items():
        columns = review.tables[name].columns
        key = review.package.tables[name].primary_key[0]
        empty = dict.fromkeys(columns, "")
        rows = [{**empty, key: f"new.{i:03d}", **row} for i, row in enumerate(rows)]
        tables[name] = pd.DataFrame(rows, columns=columns, dtype="str")
    return review.replacing(**tables)


def audit(review, *arguments, **more) -> list[tuple[str, str]]:
    frame = recompute(study(review, *arguments, **more))
    assert list(frame.columns) == COLUMNS
    assert set(frame["verdict"]) <= set(VERDICTS)
    return list(zip(frame["statistic"], frame["verdict"], strict=True))


def two(first: tuple[str, str], second: tuple[str, str], n: str = "40", **more: str) -> list[dict]:
    return [
        measured("ldn", mean=first[0], sd=first[1], n=n, **more),
        measured("control", mean=second[0], sd=second[1], n=n, **more),
    ]


APART = two(("5.0", "1.0"), ("4.2", "1.2"))  # Student p about 0.0017, range 0.0003 to 0.0088
NEAR = two(("5.0", "1.0"), ("4.9", "1.2"))  # p about 0.69


@pytest.mark.parametrize(
    ("rows", "p", "verdict"),
    [
        (APART, "0.002", CONSISTENT),
        (APART, "<0.05", CONSISTENT),
        (APART, "<0.01", CONSISTENT),
        (APART, "0.03", INCONSISTENT),
        (APART, "0.05", INCONSISTENT),  # 0.045 to 0.055 lies on both sides
        (APART, "0.20", DECISION),
        (APART, ">0.05", DECISION),
        (NEAR, "0.69", CONSISTENT),
        (NEAR, "0.01", DECISION),
        (NEAR, "<0.001", DECISION),
        (NEAR, "<0.05", DECISION),
        (two(("5.0", "1.0"), ("4.6", "1.2")), "0.70", INCONSISTENT),  # range on both sides
    ],
)
def test_p_of_means(review, rows, p, verdict):
    assert audit(review, rows, [claimed(p=p)]) == [("p", verdict)]


def test_each_decision_needs_the_whole_range(review):
    frame = recompute(study(review, two(("5.0", "1.0"), ("4.6", "1.2")), [claimed(p="0.70")])).iloc[
        0
    ]
    assert float(frame["low"]) < 0.05 < float(frame["high"])
    assert "cannot be told" in frame["why"]


def test_the_test_shown_is_the_closest_that_fits():
    findings = [Finding(name, p, p, p, "") for name, p in (("near", 0.06), ("fits", 0.001))]
    assert judge_p(span_of_p("<0.05"), findings, "").test == "fits"
    assert judge_p(span_of_p("0.08"), findings, "").test == "near"


@pytest.mark.parametrize(
    ("p", "verdict", "test"),
    [
        ("0.05", CONSISTENT, "chi-square"),
        ("0.06", CONSISTENT, "Fisher exact"),
        ("0.10", CONSISTENT, "chi-square with Yates' correction"),
        ("0.3", INCONSISTENT, "chi-square with Yates' correction"),
    ],
)
def test_p_of_counts(review, p, verdict, test):
    # 12 of 20 against 5 of 18: chi-square 0.046, with correction 0.095, Fisher 0.058 (R).
    rows = [measured("ldn", events="12", n="20"), measured("control", events="5", n="18")]
    frame = recompute(study(review, rows, [claimed(p=p)])).iloc[0]
    assert (frame["verdict"], frame["test"]) == (verdict, test)


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"measure": "odds ratio", "ci_low": "1.10", "ci_high": "3.64", "p": "0.02"}, CONSISTENT),
        ({"measure": "odds ratio", "ci_low": "1.10", "ci_high": "3.64", "p": "0.4"}, DECISION),
        (
            {"measure": "odds ratio", "ci_low": "2.10", "ci_high": "3.64", "p": "0.02"},
            NOT_ASSESSABLE,
        ),
        ({"measure": "mean difference", "ci_low": "1.0", "ci_high": "3.0", "p": "0.4"}, DECISION),
        (
            {"measure": "percent difference", "ci_low": "1", "ci_high": "3", "p": "0.4"},
            NOT_ASSESSABLE,
        ),
    ],
)
def test_p_of_an_interval(review, cells, verdict):
    assert audit(review, [], [claimed(effect="2.00", **cells)]) == [("p", verdict)]


def test_an_interval_of_unknown_kind_condemns_no_p(review):
    claim = claimed(measure="mean difference", effect="2.0", ci_low="1.0", ci_high="3.0", p="0.4")
    assert audit(review, [], [claim], sizes=("", "")) == [("p", NOT_ASSESSABLE)]


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        ({}, []),
        ({"comparator_id": ""}, APART),
        ({"timepoint": "baseline"}, APART),
        ({}, two(("5.0", ""), ("4.2", ""), plus_minus="1.0")),
        ({}, two(("5.0", "1.0"), ("4.2", "1.2"), n="")),
        ({}, two(("~5.0", "1.0"), ("4.2", "1.2"))),
        ({}, [*APART, measured("ldn", mean="6.0", sd="1.0", n="40", locator="Table 1, row 1")]),
    ],
)
def test_p_that_cannot_be_assessed_says_why(review, cells, rows):
    (row,) = recompute(study(review, rows, [claimed(p="0.03", **cells)])).to_dict("records")
    assert row["verdict"] == NOT_ASSESSABLE
    assert row["why"]
    assert row["recomputed"] == row["low"] == row["high"] == row["arithmetic"] == ""


def test_values_come_from_the_table_where_the_text_repeats_p(review):
    text = [measured(arm, mean="5.0", locator="Results") for arm in ("ldn", "control")]
    (row,) = recompute(
        study(review, [*text, *APART], [claimed(p="0.002", locator="Results")])
    ).to_dict("records")
    assert row["verdict"] == CONSISTENT
    assert "Values from Table 1, row 1." in row["why"]


def test_values_beside_the_claim_come_before_those_of_a_table(review):
    text = two(("5.0", "1.0"), ("4.9", "1.2"), locator="Results")
    rows = [*APART, *text]
    assert audit(review, rows, [claimed(p="0.69", locator="Results")]) == [("p", CONSISTENT)]
    assert audit(review, rows, [claimed(p="0.69")]) == [("p", DECISION)]


def test_a_standard_error_stands_for_an_sd(review):
    rows = [
        measured("ldn", mean="5.00", se="0.16", n="40"),
        measured("control", mean="4.20", se="0.19", n="40"),
    ]
    assert audit(review, rows, [claimed(p="0.002")]) == [("p", CONSISTENT)]


BASE = two(("4.2", "1.0"), ("4.1", "1.2"), timepoint="baseline")


@pytest.mark.parametrize(
    ("r", "rows", "verdict"),
    [
        ("+0.34", APART, CONSISTENT),
        ("-0.34", [*APART, *BASE], IMPOSSIBLE),
        ("+0.80", [*APART, *BASE], INCONSISTENT),  # change scores reach it
        ("+0.80", APART, INCONSISTENT),  # without a baseline they cannot be tried
        ("+0.99", [*APART, *BASE], IMPOSSIBLE),
        ("+1.20", [], IMPOSSIBLE),
        ("~0.3", APART, NOT_ASSESSABLE),
        ("+0.34", [], NOT_ASSESSABLE),
    ],
)
@pytest.mark.parametrize("timepoint", [AFTER, ""])
def test_r_of_means(review, r, rows, verdict, timepoint):
    claim = claimed(measure="correlation", effect=r, timepoint=timepoint)
    assert audit(review, rows, [claim]) == [("r", verdict)]


@pytest.mark.parametrize(("r", "verdict"), [("+0.35", CONSISTENT), ("+0.80", IMPOSSIBLE)])
def test_r_of_counts(review, r, verdict):
    rows = [measured("ldn", events="12", n="20"), measured("control", events="5", n="20")]
    claim = claimed(measure="correlation", effect=r)
    assert audit(review, rows, [claim]) == [("r", verdict)]


def test_p_of_a_correlation_is_of_its_r(review):
    pairs = [("+0.34", "0.002"), ("+0.34", "0.3"), ("+0.10", "0.002"), ("+0.10", "0.4")]
    claims = [claimed(measure="correlation", effect=r, p=p) for r, p in pairs]
    found = [verdict for statistic, verdict in audit(review, APART, claims) if statistic == "p"]
    assert found == [CONSISTENT, DECISION, DECISION, CONSISTENT]


def test_a_claim_without_a_time_is_about_the_end_of_treatment(review):
    claims = [claimed(p="0.002", timepoint=""), claimed(p="0.69", timepoint="")]
    week, year = (two(("5.0", "1.0"), ("4.2", "1.2"), timepoint=t) for t in ("week 9", "year 1"))
    before = two(("5.0", "1.0"), ("4.9", "1.2"), timepoint="baseline")
    near = two(("5.0", "1.0"), ("4.9", "1.2"), timepoint="year 1")
    for rows, found in (
        ([*before, *week], [CONSISTENT, DECISION]),
        ([*APART, *near], [CONSISTENT, DECISION]),
        (before, [DECISION, CONSISTENT]),
        ([*week, *year], [NOT_ASSESSABLE, NOT_ASSESSABLE]),
    ):
        assert [verdict for _, verdict in audit(review, rows, claims)] == found


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"percent": "48.0", "events": "84", "n": "175"}, CONSISTENT),
        ({"percent": "33.0", "events": "58", "n": "175"}, INCONSISTENT),
        ({"percent": "33", "events": "58", "n": "175"}, CONSISTENT),
        ({"percent": "12.5", "events": "1", "n": "8"}, CONSISTENT),
        ({"percent": "12", "events": "1", "n": "8"}, CONSISTENT),  # half to even
        ({"percent": "13", "events": "1", "n": "8"}, CONSISTENT),  # half up
        ({"percent": "14", "events": "1", "n": "8"}, INCONSISTENT),
        ({"percent": "112", "events": "9", "n": "8"}, IMPOSSIBLE),
        ({"percent": "12"}, NOT_ASSESSABLE),
        ({"percent": "~12", "events": "1", "n": "8"}, NOT_ASSESSABLE),
    ],
)
def test_percentages(review, cells, verdict):
    assert audit(review, [measured("ldn", unit="count", **cells)]) == [("percent", verdict)]


def test_a_percentage_alone_is_compared_with_the_count_of_the_table(review):
    rows = [
        measured("ldn", events="14", n="175", unit="count"),
        measured("ldn", percent="8", unit="%", locator="Results"),
        measured("ldn", percent="9", unit="%", locator="Results"),
    ]
    assert audit(review, rows) == [("percent", CONSISTENT), ("percent", INCONSISTENT)]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (("5.19", "1.60", "28"), [IMPOSSIBLE, NOT_ASSESSABLE]),
        (("5.21", "1.60", "28"), [CONSISTENT, CONSISTENT]),
        (("3.44", "2.47", "18"), [CONSISTENT, IMPOSSIBLE]),
        (("5.2", "1.6", "28"), [NOT_ASSESSABLE, NOT_ASSESSABLE]),
        (("5", "2", "28"), [NOT_ASSESSABLE, NOT_ASSESSABLE]),
    ],
)
def test_means_of_counts(review, cells, found):
    row = measured("ldn", **dict(zip(("mean", "sd", "n"), cells, strict=True)))
    expected = list(zip(("mean", "sd"), found, strict=True))
    assert audit(review, [{**row, "unit": "count"}]) == expected
    assert audit(review, [row]) == []  # other units have no whole steps


def test_debit_needs_an_outcome_counted_as_events(review):
    row = measured("ldn", mean="19", sd="35", n="1683", unit="%")
    counted = measured("control", events="300", n="1683", unit="count")
    assert audit(review, [row]) == []
    assert audit(review, [row, counted]) == [("sd", IMPOSSIBLE)]
    assert audit(review, [{**row, "sd": "39"}, counted]) == [("sd", CONSISTENT)]


def test_a_consistent_study_stays_consistent(review):
    """Summaries of real samples, rounded as a paper would, never fail."""
    rng = np.random.default_rng(7)
    measurements, comparisons = [], []
    for i in range(40):
        n = int(rng.integers(8, 60))
        values = rng.normal(10, 2, n), rng.normal(10 + rng.normal(), 3, n)
        place = {"locator": f"Table 1, row {i}", "part": str(i)}
        for arm, sample in zip(("ldn", "control"), values, strict=True):
            mean, sd = f"{sample.mean():.1f}", f"{sample.std(ddof=1):.1f}"
            measurements.append(measured(arm, mean=mean, sd=sd, n=str(n), **place))
        p = stats.ttest_ind(*values, equal_var=bool(i % 2)).pvalue
        r = stats.pearsonr([1] * n + [0] * n, np.concatenate(values)).statistic
        printed = "<0.001" if p < 0.001 else f"{p:.3f}"
        comparisons.append(claimed(p=printed, **place))
        comparisons.append(claimed(measure="correlation", effect=f"{r:+.2f}", **place))
        place["part"] += " events"
        k = [int(rng.integers(1, n)) for _ in range(2)]
        for arm, events in zip(("ldn", "control"), k, strict=True):
            cells = {"events": str(events), "percent": f"{100 * events / n:.1f}", "n": str(n)}
            measurements.append(measured(arm, unit="count", **cells, **place))
        p = stats.fisher_exact([[k[0], n - k[0]], [k[1], n - k[1]]])[1]
        comparisons.append(claimed(p="<0.001" if p < 0.001 else f"{p:.3f}", **place))
        counts = rng.poisson(3, n)
        mean, sd = f"{counts.mean():.2f}", f"{counts.std(ddof=1):.2f}"
        cells = {"mean": mean, "sd": sd, "n": str(n), "part": f"{i} counts"}
        measurements.append(measured("ldn", unit="count", **cells))
    found = audit(review, measurements, comparisons)
    assert len(found) == 40 * 7
    assert {verdict for _, verdict in found} == {CONSISTENT}


@pytest.mark.parametrize("power", [-2, -1, 1])
def test_the_unit_changes_no_verdict(review, power):
    def scaled(text: str) -> str:
        places = max(0, (1 if "." in text else 0) - power)
        return f"{float(text) * 10**power:.{places}f}"

    claims = [claimed(p=p) for p in ("0.002", "0.03", "0.20")]
    claims.append(claimed(measure="correlation", effect="+0.80"))
    rows = [*APART, *BASE]
    other = [{**row, "mean": scaled(row["mean"]), "sd": scaled(row["sd"])} for row in rows]
    assert audit(review, rows, claims) == audit(review, other, claims)


# --- the audit of the data ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def audited(review):
    return recompute(review)


def test_the_audit_is_a_table_of_texts(review, audited):
    assert list(audited.columns) == COLUMNS
    assert COLUMNS[: len(PUBLISHED)] == PUBLISHED == list(published(audited).columns)
    assert set(audited["verdict"]) <= set(VERDICTS)
    assert audited.map(lambda cell: isinstance(cell, str)).all(axis=None)
    assert not audited.duplicated(["row_key", "statistic"]).any()
    done = audited["verdict"] != NOT_ASSESSABLE
    filled = ["recomputed", "low", "high", "test", "arithmetic"]
    assert (audited.loc[done, filled] != "").all(axis=None)
    assert (audited.loc[~done, "why"] != "").all()
    pd.testing.assert_frame_equal(audited, recompute(review))


def test_every_reported_statistic_has_a_row(review, audited):
    def keys(statistic: str) -> list[str]:
        return list(audited.loc[audited["statistic"] == statistic, "row_key"])

    of = review.comparisons
    assert keys("p") == list(of.loc[of["p"] != "", "comparison_id"])
    assert keys("r") == list(of.loc[of["measure"] == "correlation", "comparison_id"])
    of = review.measurements
    assert keys("percent") == list(of.loc[of["percent"] != "", "measurement_id"])


def test_the_order_of_rows_changes_no_verdict(review, audited):
    rng, review = random.Random(3), review.printed
    tables = {}
    for name in ("measurements", "comparisons", "arms"):
        order = list(range(len(review.tables[name])))
        rng.shuffle(order)
        tables[name] = review.tables[name].iloc[order].reset_index(drop=True)
    other = recompute(review.replacing(**tables))
    keys = ["row_table", "row_key", "statistic"]
    one, two_ = (f.sort_values(keys).reset_index(drop=True) for f in (audited, other))
    pd.testing.assert_frame_equal(one, two_)


@pytest.mark.parametrize(
    ("key", "statistic", "verdict", "low", "high"),
    [
        ("raffeq2025.c02", "p", INCONSISTENT, 0.36, 0.38),
        ("raffeq2025.c06", "p", DECISION, 0.0013, 0.0015),
        ("raffeq2025.c07", "p", INCONSISTENT, 0.019, 0.021),
        ("raffeq2025.c08", "p", DECISION, 0.0001, 0.0002),
        ("raffeq2025.c09", "p", INCONSISTENT, 0, 1e-27),
        ("raffeq2025.c12", "p", DECISION, 1e-9, 2e-9),
        ("raffeq2025.c16", "p", INCONSISTENT, 0.004, 0.007),
        ("raffeq2025.c18", "p", CONSISTENT, 0.014, 0.015),
        ("raffeq2025.c19", "p", INCONSISTENT, 0.21, 0.22),
        ("raffeq2025.c36", "p", DECISION, 1e-9, 2e-9),
        ("raffeq2025.c20", "r", INCONSISTENT, 0.70, 0.71),
        ("raffeq2025.c26", "r", IMPOSSIBLE, 0.59, 0.60),
        ("raffeq2025.c30", "r", IMPOSSIBLE, 0.15, 0.152),
        ("raffeq2025.m10", "percent", INCONSISTENT, 4.0, 4.0),
        ("raffeq2025.m51", "percent", CONSISTENT, 48.0, 48.0),
        ("raffeq2025.m52", "percent", INCONSISTENT, 33.1, 33.1),
    ],
)
def test_known_rows(audited, key, statistic, verdict, low, high):
    """Rows worked out apart from this code."""
    found = audited[(audited["row_key"] == key) & (audited["statistic"] == statistic)]
    (row,) = found.to_dict("records")
    assert row["verdict"] == verdict
    assert low <= float(row["recomputed"]) <= high
