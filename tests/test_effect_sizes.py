"""Effect sizes against R's metafor, stats and epiR, and against worked examples.

Outcomes and variances of every data set in reference/metafor.json are recomputed from the raw
columns and compared to a relative error of 1e-6 (absolute 1e-9 near zero).

What is not compared with metafor, and why:

- Newcombe and Miettinen-Nurminen intervals: metafor has none.  Newcombe's is compared with
  square-and-add of the Wilson limits of R's prop.test; Miettinen and Nurminen's with limits
  that reference/metafor.R finds by searching the restricted likelihood (the code uses closed
  forms); both with examples of Newcombe (1998), and without the factor N/(N - 1) with epiR,
  whose search for the risk difference stops near 1e-6.
- Standard errors from intervals and p-values, crossover trials, and differences in change:
  metafor 3.8-1 has no functions for them.  They are compared with the Cochrane Handbook's
  formulas, worked out by hand, and with one another in round trips.
- Numbers needed to treat: compared with an example of Altman (1998).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metafor_reference import REFERENCE, SETS
from scipy import stats

from livingreview import effect_sizes as es

# The same examples in every run: a rare failure should not turn up in an unrelated change.
PROPERTY = settings(max_examples=200, deadline=None, derandomize=True)

RAW_SETS = [name for name in SETS if SETS[name]["measure"] != "GEN"]


def recompute(measure: str, raw: dict) -> es.EffectSizes:
    if measure in ("RR", "OR", "RD"):
        return es.effect_sizes(es.TwoByTwo(**raw), measure)
    if measure in ("MD", "SMD", "ROM", "D2ORL", "RPB"):
        arms = es.TwoArms(**raw)
        if measure == "RPB":
            g = es.standardised_mean_difference(arms).yi
            return es.g_to_correlation(g, arms.n1i, arms.n2i)
        return {
            "MD": es.mean_difference,
            "SMD": es.standardised_mean_difference,
            "ROM": es.log_ratio_of_means,
            "D2ORL": es.d_to_log_odds_ratio,
        }[measure](arms)
    if measure in ("PHI", "OR2DL"):
        function = es.phi_from_table if measure == "PHI" else es.log_odds_ratio_to_d
        return function(es.TwoByTwo(**raw))
    return es.fisher_z(**raw) if measure == "ZCOR" else es.logit_proportion(**raw)


def check(ours, theirs, rtol=1e-6, atol=1e-9):
    np.testing.assert_allclose(ours, np.array(theirs, dtype=float), rtol=rtol, atol=atol)


# ------------------------------------------------------------- agreement with metafor


def test_reference_covers_every_measure():
    assert len(RAW_SETS) >= 68
    measures = {SETS[name]["measure"] for name in RAW_SETS}
    assert measures == {"RR", "OR", "RD", "MD", "SMD", "ROM", "ZCOR", "PLO"}
    assert len(REFERENCE["zero_cells"]) == 6
    assert len(REFERENCE["conversions"]) == 6
    assert len(REFERENCE["paired"]["results"]) == 15
    assert len(REFERENCE["intervals"]) == 14


@pytest.mark.parametrize("name", RAW_SETS)
def test_outcomes_and_variances(name):
    ours = recompute(SETS[name]["measure"], SETS[name]["raw"])
    assert ours.measure == SETS[name]["measure"]
    check(ours.yi, SETS[name]["yi"])
    check(ours.vi, SETS[name]["vi"], atol=0)


@pytest.mark.parametrize("cell", REFERENCE["zero_cells"], ids=lambda c: c["call"])
def test_zero_cells_and_double_zero_studies(cell):
    ours = es.effect_sizes(es.TwoByTwo(**cell["raw"]), cell["measure"], cell["drop00"])
    check(ours.yi, cell["yi"])
    check(ours.vi, cell["vi"])
    assert np.isnan(ours.yi).sum() == (2 if cell["drop00"] else 0)


@pytest.mark.parametrize("cell", REFERENCE["conversions"], ids=lambda c: c["call"])
def test_conversions(cell):
    ours = recompute(cell["measure"], cell["raw"])
    assert ours.measure == cell["measure"]
    check(ours.yi, cell["yi"])
    check(ours.vi, cell["vi"])


@pytest.mark.parametrize(
    "cell", REFERENCE["paired"]["results"], ids=lambda c: f"{c['measure']}-{c['r']}"
)
def test_change_for_a_known_correlation(cell):
    data = es.PrePost(**REFERENCE["paired"]["raw"])
    bounds = es.change_bounds(data, (cell["r"], cell["r"]), cell["measure"])
    for end in (bounds.at_low, bounds.at_high):
        check(end.yi, cell["yi"])
        check(end.vi, cell["vi"])


INTERVALS = {
    "wilson1": lambda t: es.wilson(t.ai, t.n1i),
    "wilson2": lambda t: es.wilson(t.ci, t.n2i),
    "newcombe": es.newcombe_rd,
    "mn_rd": es.miettinen_nurminen_rd,
    "mn_rr": es.miettinen_nurminen_rr,
    "mee": lambda t: es.miettinen_nurminen_rd(t, corrected=False),
    "koopman": lambda t: es.miettinen_nurminen_rr(t, corrected=False),
}


@pytest.mark.parametrize(
    "cell", REFERENCE["intervals"], ids=lambda c: "{ai}/{n1i}-{ci}/{n2i}".format(**c)
)
def test_intervals_of_a_table(cell):
    table = es.TwoByTwo(cell["ai"], cell["n1i"], cell["ci"], cell["n2i"])
    for name, limits in cell["result"].items():
        ours = [float(limit[0]) for limit in INTERVALS[name](table)]
        theirs = [math.inf if limit is None else limit for limit in limits]
        # epiR's search for Mee's limits stops near 1e-6 of the statistic.
        check(ours, theirs, rtol=1e-6, atol=1e-6 if name == "mee" else 1e-9)


def test_every_interval_is_compared():
    compared = [name for cell in REFERENCE["intervals"] for name in cell["result"]]
    assert {name: compared.count(name) for name in INTERVALS} == {
        "wilson1": 14,
        "wilson2": 14,
        "newcombe": 14,
        "mn_rd": 10,
        "mn_rr": 12,
        "mee": 6,
        "koopman": 6,
    }


# ------------------------------------------------------------------- worked examples


@pytest.mark.parametrize(
    ("table", "method", "printed"),
    [
        # Newcombe (1998), Stat Med 17:873, table II, columns (a) and (b), methods 6, 5 and 10.
        ((56, 70, 48, 80), es.miettinen_nurminen_rd, (0.0528, 0.3382)),
        ((56, 70, 48, 80), INTERVALS["mee"], (0.0533, 0.3377)),
        ((56, 70, 48, 80), es.newcombe_rd, (0.0524, 0.3339)),
        ((9, 10, 3, 10), es.miettinen_nurminen_rd, (0.1700, 0.8406)),
        ((9, 10, 3, 10), INTERVALS["mee"], (0.1821, 0.8370)),
        ((9, 10, 3, 10), es.newcombe_rd, (0.1705, 0.8090)),
    ],
)
def test_examples_of_newcombe(table, method, printed):
    low, high = method(es.TwoByTwo(*table))
    assert (round(float(low[0]), 4), round(float(high[0]), 4)) == printed


def test_score_interval_without_any_event_has_a_closed_form():
    # With no events the restricted estimates put all of the difference on one arm, so that
    # |d| = z^2 c / (n + z^2 c) with c = N / (N - 1).
    low, high = es.miettinen_nurminen_rd(es.TwoByTwo(0, 10, 0, 20))
    z2 = stats.norm.isf(0.025) ** 2 * 30 / 29
    assert float(low[0]) == pytest.approx(-z2 / (20 + z2), rel=1e-9)
    assert float(high[0]) == pytest.approx(z2 / (10 + z2), rel=1e-9)


def test_score_interval_of_opposite_arms_ends_at_one():
    low, high = es.miettinen_nurminen_rd(es.TwoByTwo(10, 10, 0, 12))
    assert float(high[0]) == 1.0 and 0.5 < float(low[0]) < 1.0
    low, high = es.miettinen_nurminen_rd(es.TwoByTwo(0, 10, 12, 12))
    assert float(low[0]) == -1.0 and -1.0 < float(high[0]) < -0.5


def test_score_interval_of_a_ratio_without_events():
    low, high = es.miettinen_nurminen_rr(es.TwoByTwo([0, 3, 0], [9, 9, 9], [0, 0, 3], [9, 9, 9]))
    assert low[0] == 0 and high[0] == math.inf
    assert low[1] > 0 and high[1] == math.inf
    assert low[2] == 0 and high[2] < math.inf
    assert low[1] == pytest.approx(1 / high[2], rel=1e-9)


def test_number_needed_to_treat_of_altman():
    # Altman (1998), BMJ 317:1309: a risk reduction of 10 % with limits of -5 % and 25 % is
    # NNTB 10 (NNTH 20 to infinity to NNTB 4).
    def printed(table, level):
        return np.array([-0.25]), np.array([0.05])

    (result,) = es.number_needed_to_treat(es.TwoByTwo(5, 10, 6, 10), 0.95, printed)
    assert result.through_infinity
    assert result.text == "NNTB 10.0 (NNTH 20.0 to infinity to NNTB 4.0)"
    assert result.limits == ((pytest.approx(4), "benefit"), (pytest.approx(20), "harm"))
    (result,) = es.number_needed_to_treat(
        es.TwoByTwo(5, 10, 6, 10), 0.95, printed, event_is_harmful=False
    )
    assert result.text == "NNTH 10.0 (NNTH 4.0 to infinity to NNTB 20.0)"


def test_number_needed_to_treat_that_does_not_pass_through_infinity():
    table = es.TwoByTwo([10, 30], [100, 100], [30, 10], [100, 100])
    good, bad = es.number_needed_to_treat(table)
    assert (good.direction, bad.direction) == ("benefit", "harm")
    assert good.estimate == pytest.approx(5) and not good.through_infinity
    low, high = es.newcombe_rd(table)
    assert good.limits == (
        (pytest.approx(-1 / low[0]), "benefit"),
        (pytest.approx(-1 / high[0]), "benefit"),
    )
    assert good.text == f"NNTB 5.0 (NNTB {-1 / low[0]:.1f} to NNTB {-1 / high[0]:.1f})"
    assert bad.limits[0][0] > bad.limits[1][0] and "infinity" not in bad.text


def test_number_needed_to_treat_without_a_difference_is_infinite():
    (result,) = es.number_needed_to_treat(es.TwoByTwo(5, 20, 5, 20))
    assert result.estimate == math.inf and result.direction == "none" and result.through_infinity
    assert result.text.startswith("NNT infinity (NNTH")


def test_standard_errors_from_reports():
    # Cochrane Handbook, section 6.3.1: a risk ratio's SE is (ln U - ln L) / 3.92.
    assert es.se_from_ci(math.log(0.5), math.log(0.9)) == pytest.approx(
        (math.log(0.9) - math.log(0.5)) / 3.92, rel=1e-4
    )
    # Section 6.5.2.3: a mean difference of 3.8 with p = 0.008 and 25 + 22 participants.
    assert es.se_from_p(3.8, 0.008, df=45) == pytest.approx(1.37, abs=0.005)


@PROPERTY
@given(st.floats(0.01, 10), st.floats(0.5, 0.999), st.sampled_from([None, 1, 7, 45.5]))
def test_an_interval_gives_its_standard_error_back(se, level, df):
    tail = (1 - level) / 2
    quantile = stats.norm.isf(tail) if df is None else stats.t.isf(tail, df)
    assert es.se_from_ci(2 - quantile * se, 2 + quantile * se, level, df) == pytest.approx(se)


@PROPERTY
@given(st.floats(0.1, 5), st.floats(0.2, 5), st.sampled_from([None, 5, 30]))
def test_a_p_value_gives_its_standard_error_back(estimate, se, df):
    z = estimate / se
    p = float(2 * (stats.norm.sf(z) if df is None else stats.t.sf(z, df)))
    assert es.se_from_p(-estimate, p, df) == pytest.approx(se, rel=1e-6)


# -------------------------------------------------------------------- paired outcomes


def pre_post(sign: float = 1.0) -> es.PrePost:
    return es.PrePost([sign * 24.0, 31.0], [4.4, 6.1], [27.3, 30.2], [5.2, 6.6], [12, 40])


@pytest.mark.parametrize("measure", ["MC", "SMCC", "SMCR"])
def test_every_correlation_in_the_range_lies_between_the_bounds(measure):
    bounds = es.change_bounds(pre_post(), (0.3, 0.8), measure)
    for r in (0.3, 0.4, 0.55, 0.8):
        inner = es.change_bounds(pre_post(), (r, r), measure).at_low
        for name in ("yi", "vi"):
            ends = getattr(bounds.at_low, name), getattr(bounds.at_high, name)
            value = getattr(inner, name)
            assert (np.minimum(*ends) <= value + 1e-12).all()
            assert (value <= np.maximum(*ends) + 1e-12).all()


def test_difference_in_change():
    treatment, control = pre_post(), pre_post(0.9)
    bounds = es.difference_in_change_bounds(treatment, control, (0.2, 0.7))
    for r, end in ((0.2, bounds.at_low), (0.7, bounds.at_high)):
        first, second = (es.change_bounds(d, (r, r)).at_low for d in (treatment, control))
        check(end.yi, first.yi - second.yi)
        check(end.vi, first.vi + second.vi)
    with pytest.raises(ValueError, match="same number of rows"):
        es.difference_in_change_bounds(treatment, es.PrePost(1, 1, 2, 1, 9), (0.2, 0.7))


@pytest.mark.parametrize("limits", [(0.8, 0.3), (-1, 0.5), (0.5, 1), (math.nan, 0.5)])
def test_a_range_of_correlations_must_be_possible(limits):
    with pytest.raises(ValueError, match="range of the correlation"):
        es.change_bounds(pre_post(), limits)
    with pytest.raises(ValueError, match="range of the correlation"):
        es.crossover_standardised_mean_difference(pre_post(), limits)


def test_correlation_from_the_standard_deviation_of_the_change():
    # The example of the Cochrane Handbook, section 6.5.2.8: both arms of one trial.
    assert round(es.correlation_from_change_sd(6.4, 7.1, 4.5), 2) == 0.78
    assert round(es.correlation_from_change_sd(7.0, 6.9, 4.2), 2) == 0.82
    r = es.correlation_from_change_sd(6.4, 7.1, 4.5)
    data = es.PrePost(16.2, 6.4, 15.2, 7.1, 129)
    assert es.change_bounds(data, (r, r)).at_low.vi[0] == pytest.approx(4.5**2 / 129)
    with pytest.raises(ValueError, match="correlation of"):
        es.correlation_from_change_sd(1.0, 1.0, 5.0)
    with pytest.raises(ValueError, match="above zero"):
        es.correlation_from_change_sd(1.0, 0.0, 1.0)


def test_crossover_trials_by_any_paired_statistic():
    # One trial reported in three ways: mean difference -2, SD of differences 5, n = 16.
    for statistic, kind in ((5.0, "sd"), (1.25, "se"), (-1.6, "t")):
        outcome = es.crossover_mean_difference(-2.0, statistic, kind, 16)
        assert (outcome.yi[0], outcome.vi[0]) == pytest.approx((-2.0, 1.25**2))
    p = float(2 * stats.t.sf(1.6, 15))
    assert es.se_from_p(-2.0, p, df=15) == pytest.approx(1.25)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-2.0, 1.6, "t", 16), "sign of the difference"),
        ((-2.0, -1.0, "se", 16), "above zero"),
        ((-2.0, 1.0, "ci", 16), "kind must be"),
        ((-2.0, 1.0, "se", 1), "at least 2"),
    ],
)
def test_crossover_refuses_contradictions(arguments, message):
    with pytest.raises(ValueError, match=message):
        es.crossover_mean_difference(*arguments)


def test_crossover_standardised_mean_difference():
    data = es.PrePost(10, 4, 12, 3, 20)
    bounds = es.crossover_standardised_mean_difference(data, (0.5, 0.5))
    d = -2 / math.sqrt(12.5)
    # With a correlation of one half, sqrt(2 (1 - r)) is one.
    assert bounds.at_low.yi[0] == pytest.approx(d)
    assert bounds.at_low.vi[0] == pytest.approx(1 / 20 + d**2 / 40)


# ---------------------------------------------------------------- conversions, properties

sizes = st.integers(2, 500)


@PROPERTY
@given(st.floats(-3, 3), sizes, sizes)
def test_g_to_correlation_and_back(g, n1, n2):
    r = es.g_to_correlation(g, n1, n2).yi
    assert abs(r[0]) < 1
    assert es.correlation_to_g(r, n1, n2).yi[0] == pytest.approx(g, rel=1e-9, abs=1e-12)


@PROPERTY
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_phi_is_the_correlation_of_group_and_event(a, b, c, d):
    group = np.repeat([1.0, 1, 0, 0], [a, b, c, d])
    event = np.repeat([1.0, 0, 1, 0], [a, b, c, d])
    phi = es.phi_from_table(es.TwoByTwo(a, a + b, c, c + d)).yi[0]
    assert phi == pytest.approx(np.corrcoef(group, event)[0, 1], abs=1e-12)
    # Standardising the 0/1 outcome directly gives the g that phi is converted to.
    sd1, sd2 = event[group == 1].std(ddof=1) if a + b > 1 else 0, event[group == 0].std(ddof=1)
    arms = es.TwoArms(a / (a + b), sd1, a + b, c / (c + d), sd2, c + d)
    expected = es.standardised_mean_difference(arms).yi[0]
    assert es.correlation_to_g(phi, a + b, c + d).yi[0] == pytest.approx(expected, abs=1e-9)


def test_log_odds_ratio_to_d_and_back_share_their_factor():
    table = es.TwoByTwo(15, 30, 9, 28)
    d = es.log_odds_ratio_to_d(table)
    assert d.yi[0] == pytest.approx(es.log_odds_ratio(table).yi[0] * math.sqrt(3) / math.pi)


tables = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@PROPERTY
@given(tables)
def test_intervals_contain_the_effect_and_mirror_when_arms_are_swapped(counts):
    a, n1, c, n2 = counts
    table, swapped = es.TwoByTwo(a, n1, c, n2), es.TwoByTwo(c, n2, a, n1)
    difference = a / n1 - c / n2
    for method in (es.newcombe_rd, es.miettinen_nurminen_rd):
        (low,), (high,) = method(table)
        (other_low,), (other_high,) = method(swapped)
        assert -1 <= low <= difference <= high <= 1
        check([low, high], [-other_high, -other_low], rtol=1e-7, atol=1e-7)
    (low,), (high,) = es.miettinen_nurminen_rr(table)
    (other_low,), (other_high,) = es.miettinen_nurminen_rr(swapped)
    if a and c:
        assert low <= (a / n1) / (c / n2) <= high
    assert low == pytest.approx(1 / other_high if other_high < math.inf else 0, rel=1e-6)
    assert 0 <= low < high


@PROPERTY
@given(tables)
def test_score_limits_of_difference_and_ratio_agree_about_no_effect(counts):
    # Both test the hypothesis of equal risks with the same statistic.
    table = es.TwoByTwo(*counts)
    (low,), (high,) = es.miettinen_nurminen_rd(table)
    (ratio_low,), (ratio_high,) = es.miettinen_nurminen_rr(table)
    if min(abs(low), abs(high), abs(ratio_low - 1), abs(ratio_high - 1)) > 1e-6:
        assert (low < 0 < high) == (ratio_low < 1 < ratio_high)


@PROPERTY
@given(tables)
def test_swapping_the_arms_changes_only_the_sign(counts):
    a, n1, c, n2 = counts
    for measure in ("RR", "OR", "RD"):
        first = es.effect_sizes(es.TwoByTwo(a, n1, c, n2), measure)
        second = es.effect_sizes(es.TwoByTwo(c, n2, a, n1), measure)
        check(first.yi, -second.yi)
        check(first.vi, second.vi)
        assert first.vi[0] > 0


@PROPERTY
@given(
    st.floats(-50, 50),
    st.floats(-50, 50),
    st.floats(0.5, 10),
    st.floats(0.5, 10),
    st.floats(0.01, 100),
)
def test_units_of_the_outcome(m1, m2, sd1, sd2, unit):
    first = es.TwoArms(m1, sd1, 12, m2, sd2, 20)
    second = es.TwoArms(unit * m1, unit * sd1, 12, unit * m2, unit * sd2, 20)
    check(es.mean_difference(second).yi, unit * es.mean_difference(first).yi)
    check(es.mean_difference(second).vi, unit**2 * es.mean_difference(first).vi)
    g = es.standardised_mean_difference
    check(g(second).yi, g(first).yi)
    check(g(second).vi, g(first).vi)


def test_wald_interval():
    outcome = es.log_risk_ratio(es.TwoByTwo([4, 6], [123, 306], [11, 29], [139, 303]))
    low, high = outcome.interval(0.9)
    check((low + high) / 2, outcome.yi)
    check((high - low) / 2, stats.norm.isf(0.05) * np.sqrt(outcome.vi))
    with pytest.raises(ValueError, match="level"):
        outcome.interval(90)


def test_named_measures_are_the_general_function():
    table = es.TwoByTwo([4, 0], [123, 30], [11, 2], [139, 30])
    for function, measure in (
        (es.log_risk_ratio, "RR"),
        (es.log_odds_ratio, "OR"),
        (es.risk_difference, "RD"),
    ):
        check(function(table).yi, es.effect_sizes(table, measure).yi)


# -------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda: es.TwoByTwo(5, 4, 1, 9), r"ai\[0\] is 5; it must not be larger than n1i"),
        (lambda: es.TwoByTwo(1, 4, 10, 9), "must not be larger than n2i"),
        (lambda: es.TwoByTwo(-1, 4, 1, 9), "must not be negative"),
        (lambda: es.TwoByTwo(1, 4.5, 1, 9), r"n1i\[0\] is 4.5; it must be a whole number"),
        (lambda: es.TwoByTwo(0, 0, 1, 9), "must be at least 1"),
        (lambda: es.TwoByTwo([1, 2], [4, 4], [1], [9]), "one length"),
        (lambda: es.TwoByTwo(math.nan, 4, 1, 9), "finite number"),
        (lambda: es.effect_sizes(es.TwoByTwo(1, 4, 1, 9), "HR"), "measure must be"),
        (lambda: es.logit_proportion(3, 2), "larger than ni"),
        (lambda: es.logit_proportion(1.5, 2), "whole number"),
        (lambda: es.TwoArms(1, -1, 9, 1, 1, 9), r"sd1i\[0\] is -1; it must not be negative"),
        (lambda: es.TwoArms(1, 1, 1, 1, 1, 9), "at least 2"),
        (lambda: es.TwoArms(1, 1, 9.5, 1, 1, 9), "whole number"),
        (lambda: es.mean_difference(es.TwoArms(1, 0, 9, 2, 0, 9)), "both standard deviations"),
        (
            lambda: es.standardised_mean_difference(es.TwoArms(1, 0, 9, 2, 0, 9)),
            "both standard deviations",
        ),
        (lambda: es.log_ratio_of_means(es.TwoArms(1, 1, 9, -2, 1, 9)), "same sign"),
        (lambda: es.log_ratio_of_means(es.TwoArms(1, 1, 9, 0, 1, 9)), "same sign"),
        (lambda: es.log_ratio_of_means(es.TwoArms(1, 0, 9, 2, 0, 9)), "standard deviations"),
        (lambda: es.hedges_correction(1), "more than one degree"),
        (lambda: es.fisher_z(1, 20), "between -1 and 1"),
        (lambda: es.fisher_z(-1.2, 20), "between -1 and 1"),
        (lambda: es.fisher_z(0.2, 3), "at least 4"),
        (lambda: es.fisher_z(0.2, 20.5), "whole number"),
        (lambda: es.g_to_correlation(0.5, 0, 20), "at least 1"),
        (lambda: es.correlation_to_g(1, 20, 20), "between -1 and 1"),
        (lambda: es.correlation_to_g(0.1, 20, 0), "at least 1"),
        (lambda: es.phi_from_table(es.TwoByTwo(0, 4, 0, 9)), "undefined"),
        (lambda: es.d_to_log_odds_ratio(es.TwoArms(1, 0, 9, 2, 0, 9)), "above zero"),
        (lambda: es.PrePost(1, 0, 2, 1, 9), "above zero"),
        (lambda: es.PrePost(1, 1, 2, 1, 2), "at least 3"),
        (lambda: es.PrePost(1, 1, 2, 1, 9.5), "whole number"),
        (lambda: es.change_bounds(pre_post(), (0.1, 0.2), "MD"), "measure must be"),
        (lambda: es.se_from_ci(2, 1), "ascending"),
        (lambda: es.se_from_ci(1, math.inf), "finite"),
        (lambda: es.se_from_ci(1, 2, level=95), "level"),
        (lambda: es.se_from_ci(1, 2, df=0), "df must be"),
        (lambda: es.se_from_p(0, 0.5), "not zero"),
        (lambda: es.se_from_p(1, 0), "p must be"),
        (lambda: es.se_from_p(1, 1), "p must be"),
        (lambda: es.se_from_p(1, 0.5, df=-1), "df must be"),
    ],
)
def test_impossible_numbers_are_refused(function, message):
    with pytest.raises(ValueError, match=message):
        function()
