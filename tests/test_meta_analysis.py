"""Pooling, meta-regression, sensitivity analyses and Mantel-Haenszel against R's metafor.

Every field of every result in reference/metafor.json is compared to a relative error of 1e-6
(or an absolute one of 1e-9 near zero).  reference/metafor.R made the file with metafor 3.8-1
and says how its tolerances were tightened.

What is not compared, and why:

- The Q-profile interval for one study and for equal effects: metafor refuses to compute it.
  Here it is NaN.
- Cumulative and leave-one-out results give metafor's columns only (it computes neither weights
  nor the interval of tau2 there); the full set of fields is compared for whole data sets.
- The prediction interval with other distributions (``pi.type``), other estimators of tau2, other
  levels than 95 % (the level enters only through quantiles, checked by hand below), fixed
  weights, user-supplied tau2, location-scale and multilevel models: not implemented here.
- Variances of zero: metafor admits them for some methods, here they are refused.
- Collinear moderators: metafor drops them, here they are refused.
- Egger's test below ten studies: metafor computes it, here it is refused.
- Trim-and-fill after Knapp-Hartung: metafor refits with Wald intervals, here the model asked
  for is kept, so only Wald is compared; the estimators R0 and Q0 are not implemented.
- R2 of a meta-regression if tau2 without moderators is zero up to the tolerance of the
  iteration: metafor then divides two rounding errors, here R2 is 0.
- The standard error of tau2, AIC and the like: not computed here.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metafor_reference import REFERENCE, SETS, disagreements
from scipy import stats

from livingreview.effect_sizes import TwoByTwo
from livingreview.meta_analysis.egger import egger_test
from livingreview.meta_analysis.errors import DuplicateStudyError, TooFewStudiesError
from livingreview.meta_analysis.heterogeneity import i2_h2_from_q
from livingreview.meta_analysis.mantel_haenszel import mantel_haenszel
from livingreview.meta_analysis.meta_regression import dummy_columns, meta_regression
from livingreview.meta_analysis.pooling import METHODS, TESTS, Model, pool
from livingreview.meta_analysis.sensitivity import cumulative, leave_one_out, subgroups
from livingreview.meta_analysis.study_rows import combine_rows
from livingreview.meta_analysis.trim_and_fill import trim_and_fill

BCG = SETS["dat.bcg:RR"]


def outcomes(name: str) -> tuple[list[float], list[float]]:
    return SETS[name]["yi"], SETS[name]["vi"]


def label(cell: dict) -> str:
    parts = (cell.get("set"), cell.get("measure"), cell.get("method"), cell.get("test"))
    return "-".join(str(part) for part in parts if part)


def cells(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("cell", REFERENCE[section], ids=label)


# ------------------------------------------------------------------ the reference


def test_reference_grid_has_not_shrunk():
    public = {s["dataset"] for s in SETS.values()} - {"constructed"}
    grid = {(c["set"], c["method"], c["test"]) for c in REFERENCE["models"]}
    assert len(public) >= 35
    assert len(SETS) >= 81
    assert grid == {(s, m, t) for s in SETS for m in METHODS for t in TESTS}
    assert len(REFERENCE["models"]) == len(grid) >= 972
    minimum = {
        "leave_one_out": 54,
        "cumulative": 54,
        "subgroups": 28,
        "meta_regression": 96,
        "egger": 42,
        "trim_and_fill": 72,
        "mantel_haenszel": 24,
        "combined": 3,
    }
    assert {name: len(REFERENCE[name]) for name in minimum} == minimum


def test_reference_covers_every_kind_of_data():
    assert {s["measure"] for s in SETS.values()} == {
        *("RR", "OR", "RD", "MD", "SMD", "ROM", "ZCOR", "PLO", "GEN")
    }
    assert {1, 2, 3} <= {len(s["yi"]) for s in SETS.values()}
    no_variance = [
        c for c in REFERENCE["models"] if c["method"] != "EE" and c["result"]["tau2"] == 0
    ]
    assert len({c["set"] for c in no_variance}) >= 10
    tables = [s["raw"] for s in SETS.values() if s["measure"] in ("RR", "OR", "RD")]
    assert sum(0 in raw["ai"] or 0 in raw["ci"] for raw in tables) >= 10
    double_zero = [
        any(a == c == 0 for a, c in zip(raw["ai"], raw["ci"], strict=True)) for raw in tables
    ]
    assert sum(double_zero) >= 3


def test_reference_names_its_versions():
    assert REFERENCE["versions"]["metafor"] == "3.8.1"
    assert REFERENCE["versions"]["R"].startswith("4.")


def test_bcg_as_published():
    result = pool(BCG["yi"], BCG["vi"])
    printed = (-0.7145, 0.1798, -1.0669, -0.3622, 0.3132, 152.2330, 92.22)
    ours = (result.estimate, result.se, result.ci_low, result.ci_high, result.tau2, result.q)
    assert (*(round(number, 4) for number in ours), round(result.i2, 2)) == printed


# -------------------------------------------------------------- agreement with R


@cells("models")
def test_pool(cell):
    result = pool(*outcomes(cell["set"]), Model(cell["method"], cell["test"]))
    assert not disagreements(cell["result"], result)


@cells("leave_one_out")
def test_leave_one_out(cell):
    results = leave_one_out(*outcomes(cell["set"]), Model(cell["method"], cell["test"]))
    check_series(cell["result"], results)


@cells("cumulative")
def test_cumulative(cell):
    results = cumulative(*outcomes(cell["set"]), Model(cell["method"], cell["test"]))
    check_series(cell["result"], results)


def check_series(expected, results):
    compared = 0
    for field, column in expected.items():
        if not column:  # metafor gives no tau2 for equal effects
            continue
        for value, result in zip(column, results, strict=True):
            compared += 1
            assert not disagreements({field: value}, result)
    assert compared >= 9 * len(results)


@cells("subgroups")
def test_subgroups(cell):
    model = Model(cell["method"], cell["test"])
    yi, vi = outcomes(cell["set"])
    result = subgroups(yi, vi, cell["groups"], model)
    for level, expected in zip(cell["levels"], cell["results"], strict=True):
        assert not disagreements(expected, result.pooled[result.levels.index(level)])
    separate = cell["separate"]
    renamed = {"q_between": separate["q"], "q_df": separate["df"], "q_p": separate["p"]}
    assert not disagreements(renamed, result)
    common = cell["common"]
    regression = meta_regression(yi, vi, dummy_columns(cell["groups"]), model)
    renamed = {
        "qm": common["q"],
        "qm_df": common["df"],
        "qm_df2": common["df2"],
        "qm_p": common["p"],
        "tau2": common["tau2"],
    }
    assert not disagreements(renamed, regression)


@cells("meta_regression")
def test_meta_regression(cell):
    model = Model(cell["method"], cell["test"])
    # Rows without a value of a moderator were left out in R.
    yi, vi = (np.array(column)[cell["rows"]] for column in outcomes(cell["set"]))
    result = meta_regression(yi, vi, cell["moderators"], model)
    assert result.names == ("intercept", *cell["moderators"])
    assert not disagreements(cell["result"], result)


@cells("egger")
def test_egger(cell):
    model = None if cell["method"] == "lm" else Model(cell["method"], cell["test"])
    assert not disagreements(cell["result"], egger_test(*outcomes(cell["set"]), model))


@cells("trim_and_fill")
def test_trim_and_fill(cell):
    side = None if cell["side"] == "auto" else cell["side"]
    result = trim_and_fill(*outcomes(cell["set"]), Model(cell["method"]), side)
    expected = dict(cell["result"])
    assert result.side == expected.pop("side")
    own = {name: expected.pop(name) for name in ("k0", "se_k0", "filled_yi", "filled_vi")}
    assert not disagreements(own, result)
    assert not disagreements(expected, result.pooled)


@cells("mantel_haenszel")
def test_mantel_haenszel(cell):
    result = mantel_haenszel(TwoByTwo(**SETS[cell["set"]]["raw"]), cell["measure"])
    assert not disagreements(cell["result"], result)


@cells("combined")
def test_combine_rows(cell):
    yi, vi = outcomes(cell["set"])
    for how, expected in (
        ("independent", cell["independent"]),
        (cell["rho"], cell["correlated"]),
    ):
        new_yi, new_vi, labels = combine_rows(yi, vi, cell["study"], how)
        assert labels == tuple(dict.fromkeys(cell["study"]))
        np.testing.assert_allclose(new_yi, expected["yi"], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(new_vi, expected["vi"], rtol=1e-6, atol=1e-9)
        pool(new_yi, new_vi, study=labels)


# --------------------------------------------------------------- rules for input


def test_duplicate_study_is_refused():
    with pytest.raises(DuplicateStudyError, match=r"'a'.*combine_rows"):
        pool([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], study=["a", "b", "a"])


@pytest.mark.parametrize(
    "function",
    [pool, leave_one_out, cumulative, egger_test, trim_and_fill],
    ids=lambda f: f.__name__,
)
def test_every_function_that_pools_refuses_a_duplicate_study(function):
    with pytest.raises(DuplicateStudyError):
        function(BCG["yi"], BCG["vi"], study=["one study"] * 13)


def test_functions_with_more_arguments_refuse_a_duplicate_study():
    study = ["a", *range(11), "a"]
    with pytest.raises(DuplicateStudyError):
        subgroups(BCG["yi"], BCG["vi"], [0] * 6 + [1] * 7, study=study)
    with pytest.raises(DuplicateStudyError):
        meta_regression(BCG["yi"], BCG["vi"], {"x": range(13)}, study=study)
    with pytest.raises(DuplicateStudyError):
        mantel_haenszel(TwoByTwo(**BCG["raw"]), study=study)


@pytest.mark.parametrize(
    ("yi", "vi", "message"),
    [
        ([], [], "no studies"),
        ([0.1], [0.1, 0.2], "one length"),
        ([[0.1]], [[0.1]], "one-dimensional"),
        ([0.1, math.nan], [0.1, 0.1], r"yi\[1\] is nan"),
        ([0.1, 0.2], [math.inf, 0.1], r"vi\[0\] is inf"),
        ([0.1, 0.2], [0.1, 0.0], "above zero"),
        ([0.1, 0.2], [0.1, -1.0], "above zero"),
        ([1e200, -1e200], [1e-200, 1e-200], "double precision"),
        ([0.1, 0.2], [1e-320, 0.1], "double precision"),
    ],
)
def test_pool_refuses_bad_numbers(yi, vi, message):
    for method in METHODS:
        with pytest.raises(ValueError, match=message):
            pool(yi, vi, Model(method))


@pytest.mark.parametrize("setting", [{"method": "ML"}, {"test": "t"}, {"level": 95}, {"level": 0}])
def test_model_refuses_unknown_settings(setting):
    with pytest.raises(ValueError, match="must be"):
        Model(**setting)


def test_egger_is_refused_below_ten_studies():
    yi, vi = outcomes("dat.bcg:RR")
    with pytest.raises(TooFewStudiesError, match="at least 10 studies; there are 9"):
        egger_test(yi[:9], vi[:9])
    egger_test(yi[:10], vi[:10])


def test_egger_is_refused_when_all_standard_errors_are_equal():
    with pytest.raises(ValueError, match="same standard error"):
        egger_test(np.arange(10.0), np.full(10, 0.1))


def test_leave_one_out_is_refused_for_one_study():
    with pytest.raises(TooFewStudiesError):
        leave_one_out([0.1], [0.1])


def test_trim_and_fill_is_refused_for_one_study_and_an_unknown_side():
    with pytest.raises(TooFewStudiesError):
        trim_and_fill([0.1], [0.1], side="left")
    with pytest.raises(ValueError, match="side must be"):
        trim_and_fill(BCG["yi"], BCG["vi"], side="up")


@pytest.mark.parametrize(
    ("moderators", "message"),
    [
        ({}, "at least one moderator"),
        ({"x": [1.0] * 13}, "linear combination"),
        ({"x": range(13), "y": range(0, 26, 2)}, "linear combination"),
        ({"x": range(12)}, "shape"),
        ({"x": [math.nan] * 13}, "not a finite number"),
        ({str(i): np.arange(13.0) ** i for i in range(1, 13)}, "cannot determine|linear"),
    ],
)
def test_meta_regression_refuses_bad_moderators(moderators, message):
    with pytest.raises(ValueError, match=message):
        meta_regression(BCG["yi"], BCG["vi"], moderators)


def test_meta_regression_warns_of_too_many_moderators():
    moderators = {"x": range(13), "y": [i**2 for i in range(13)]}
    assert "ten studies for each" in meta_regression(BCG["yi"], BCG["vi"], moderators).notes[0]


def test_subgroups_refuses_one_group_and_a_wrong_length():
    with pytest.raises(ValueError, match="two subgroups"):
        subgroups([0.1, 0.2], [0.1, 0.1], ["a", "a"])
    with pytest.raises(ValueError, match="labels"):
        subgroups([0.1, 0.2], [0.1, 0.1], ["a"])


@pytest.mark.parametrize("how", ["average", 1.5, math.nan, True])
def test_combine_rows_must_be_told_how(how):
    with pytest.raises(ValueError, match="how must be"):
        combine_rows([0.1, 0.2], [0.1, 0.1], ["a", "a"], how)


def test_combine_rows_refuses_an_average_without_variance():
    with pytest.raises(ValueError, match="no variance"):
        combine_rows([0.1, 0.2], [0.1, 0.1], ["a", "a"], -1)


def test_labels_must_match_the_rows():
    with pytest.raises(ValueError, match="1 study labels for 2 rows"):
        pool([0.1, 0.2], [0.1, 0.1], study=["a"])
    with pytest.raises(ValueError, match="1 study labels for 2 rows"):
        combine_rows([0.1, 0.2], [0.1, 0.1], ["a"], 0.5)


def test_dummy_columns_need_two_categories_and_take_the_first_as_reference():
    columns = dummy_columns(["b", "a", "c", "a"])
    assert {name: column.tolist() for name, column in columns.items()} == {
        "b": [1, 0, 0, 0],
        "c": [0, 0, 1, 0],
    }
    with pytest.raises(ValueError, match="two categories"):
        dummy_columns(["a", "a"])


def test_outcomes_on_a_line_leave_some_tests_undefined():
    x = np.arange(12.0)
    v = np.linspace(0.1, 0.3, 12)
    fitted = meta_regression(2 * x, v, {"x": x}, Model("DL", "knha"))
    assert fitted.beta == pytest.approx((0, 2), abs=1e-9)
    assert fitted.se == (0, 0) and fitted.stat[1] == math.inf
    assert math.isnan(fitted.qm) and math.isnan(fitted.qm_p)
    flat = subgroups([0.1, 0.1, 0.4, 0.9], [0.1] * 4, list("aabb"), Model("DL", "knha"))
    assert math.isnan(flat.q_p) and "undefined" in flat.notes[-1]


def test_a_subgroup_of_one_study_is_mentioned():
    result = subgroups([0.1, 0.3, 0.4], [0.1] * 3, ["a", "a", "b"])
    assert result.notes == ("Subgroup 'b' has one study; its between-study variance is set to 0.",)


def test_cumulative_sorts_and_keeps_ties_in_order():
    by_year = cumulative([1.0, 2.0, 3.0], [0.1] * 3, Model("EE"), order=[2001, 1999, 1999])
    assert [round(r.estimate, 6) for r in by_year] == [2.0, 2.5, 2.0]
    with pytest.raises(ValueError, match="order"):
        cumulative([1.0, 2.0], [0.1, 0.1], order=[1])


# ------------------------------------------------------------ rules for few studies


def test_one_study_by_rule_and_in_words():
    result = pool([0.4], [0.04], Model("REML", "knha"))
    assert (result.k, result.tau2, result.i2, result.h2, result.q_df) == (1, 0, 0, 1, 0)
    assert math.isnan(result.tau2_low) and math.isnan(result.tau2_high)
    assert result.weights == (100.0,)
    assert result.ci_high == pytest.approx(0.4 + stats.norm.isf(0.025) * 0.2)
    text = " ".join(result.notes)
    assert "one study" in text and "'knha' needs at least two studies" in text
    assert "only repeats the confidence interval" in text


def test_two_studies_in_words():
    notes = " ".join(pool([0.4, 0.1], [0.04, 0.03], Model("REML", "knha")).notes)
    assert "two studies" in notes and "one degree of freedom" in notes
    assert "prediction interval is not to be relied on" in notes


def test_many_studies_need_no_note():
    assert pool(BCG["yi"], BCG["vi"]).notes == ()


@pytest.mark.parametrize(
    ("yi", "vi", "model", "words"),
    [
        ([0.25, 0.25, 0.25], [0.1, 0.2, 0.4], Model("REML", "knha"), "has no width"),
        ([0.25, 0.26, 0.25, 0.26, 0.25], [0.1] * 5, Model("DL", "knha"), "narrower than the Wald"),
        ([0.25, 0.26, 0.25], [0.1] * 3, Model("DL"), "interval of tau2 is empty"),
        ([0.2, 0.9, 0.4], [0.1] * 3, Model("EE", "knha"), "because it was asked for"),
        ([0.2, 0.9, 0.4], [1e-9, 0.1, 0.1], Model("DL"), "check the variances"),
        ([0.075, -0.001, 3.408], [0.0013, 0.001, 1.4544], Model(), "local maximum"),
    ],
)
def test_notes(yi, vi, model, words):
    assert words in " ".join(pool(yi, vi, model).notes)


def test_knapp_hartung_is_not_applied_unasked():
    assert pool(BCG["yi"], BCG["vi"]) == pool(BCG["yi"], BCG["vi"], Model("REML", "wald", 0.95))


def test_result_is_frozen_and_holds_plain_numbers():
    result = pool(BCG["yi"], BCG["vi"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.estimate = 0.0
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        for number in value if isinstance(value, tuple) else (value,):
            assert type(number) in (int, float, str, Model), field.name


def test_other_levels_change_only_the_quantiles():
    narrow = pool(BCG["yi"], BCG["vi"], Model(level=0.8))
    wide = pool(BCG["yi"], BCG["vi"])
    assert narrow.estimate == wide.estimate
    assert narrow.ci_high == pytest.approx(wide.estimate + stats.norm.isf(0.1) * wide.se)
    # Q at a limit of tau2 is the quantile that defines it.
    for limit, tail in ((narrow.tau2_low, 0.9), (narrow.tau2_high, 0.1)):
        y, w = np.array(BCG["yi"]), 1 / (np.array(BCG["vi"]) + limit)
        q = w @ (y - w @ y / w.sum()) ** 2
        assert q == pytest.approx(stats.chi2.ppf(tail, 12), rel=1e-9)


def test_both_definitions_of_i2_are_offered():
    reml, dl = (pool(BCG["yi"], BCG["vi"], Model(method)) for method in ("REML", "DL"))
    assert dl.i2 == pytest.approx(dl.i2_from_q) == pytest.approx(100 * (1 - 12 / dl.q))
    assert dl.h2 == pytest.approx(dl.h2_from_q) == pytest.approx(dl.q / 12)
    assert reml.i2 != pytest.approx(reml.i2_from_q, rel=1e-4)
    assert i2_h2_from_q(0.0, 5) == (0.0, 0.0)
    assert i2_h2_from_q(0.0, 0) == (0.0, 1.0)


# --------------------------------------------------------------------- properties

# The same examples in every run: a rare failure should not turn up in an unrelated change.
PROPERTY = settings(max_examples=150, deadline=None, derandomize=True)

number = st.floats(-5, 5, allow_nan=False).map(lambda value: round(value, 4))
variance = st.floats(0.001, 5).map(lambda value: round(value, 4))
studies = st.lists(st.tuples(number, variance), min_size=2, max_size=12)
models = st.builds(Model, st.sampled_from(METHODS), st.sampled_from(TESTS))

SCALED = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high")
SQUARED = ("tau2", "tau2_low", "tau2_high")
UNCHANGED = ("p", "i2", "h2", "q", "q_p")


def split(rows) -> tuple[np.ndarray, np.ndarray]:
    array = np.array(rows, dtype=float)
    return array[:, 0], array[:, 1]


def close(a, b, scale=1.0):
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-7 * scale) or (
        math.isnan(a) and math.isnan(b)
    )


@PROPERTY
@given(studies, models, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, model, random):
    y, v = split(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    first, second = pool(y, v, model), pool(y[order], v[order], model)
    for field in SCALED + SQUARED + UNCHANGED:
        assert close(getattr(first, field), getattr(second, field)), field
    for place, row in enumerate(order):
        assert close(first.weights[row], second.weights[place])


@PROPERTY
@given(studies, models, st.floats(0.01, 100))
def test_a_change_of_unit_changes_only_the_unit(rows, model, factor):
    y, v = split(rows)
    first, second = pool(y, v, model), pool(factor * y, factor**2 * v, model)
    for fields, by in ((SCALED, factor), (SQUARED, factor**2), (UNCHANGED, 1.0)):
        for field in fields:
            assert close(getattr(first, field) * by, getattr(second, field), by), field


@PROPERTY
@given(studies, models)
def test_a_change_of_sign_mirrors_the_result(rows, model):
    y, v = split(rows)
    first, second = pool(y, v, model), pool(-y, v, model)
    assert close(first.estimate, -second.estimate)
    assert close(first.ci_low, -second.ci_high)
    assert close(first.pi_low, -second.pi_high)
    for field in ("se", *SQUARED, *UNCHANGED):
        assert close(getattr(first, field), getattr(second, field)), field


@PROPERTY
@given(studies, models, st.floats(-100, 100))
def test_a_shift_moves_the_estimate_and_nothing_else(rows, model, shift):
    y, v = split(rows)
    first, second = pool(y, v, model), pool(y + shift, v, model)
    for field in ("estimate", "ci_low", "ci_high", "pi_low", "pi_high"):
        assert close(getattr(first, field) + shift, getattr(second, field)), field
    for field in ("se", "i2", "h2", "q", "q_p", *SQUARED):
        assert close(getattr(first, field), getattr(second, field)), field


@PROPERTY
@given(studies, st.sampled_from(METHODS))
def test_duplicated_evidence_narrows_the_interval(rows, method):
    y, v = split(rows)
    once, twice = pool(y, v, Model(method)), pool(np.tile(y, 2), np.tile(v, 2), Model(method))
    assert twice.se < once.se
    if method == "EE":
        assert twice.se == pytest.approx(once.se / math.sqrt(2))


@PROPERTY
@given(studies, st.sampled_from(METHODS))
def test_adhoc_is_never_narrower_than_wald(rows, method):
    y, v = split(rows)
    wald, adhoc, knha = (pool(y, v, Model(method, test)) for test in ("wald", "adhoc", "knha"))
    assert adhoc.se >= wald.se * (1 - 1e-12)
    assert adhoc.ci_low <= wald.ci_low and wald.ci_high <= adhoc.ci_high
    assert adhoc.se >= knha.se * (1 - 1e-12)


@PROPERTY
@given(studies, models)
def test_results_stay_within_their_bounds(rows, model):
    y, v = split(rows)
    result = pool(y, v, model)
    assert result.tau2 >= 0 and 0 <= result.i2 <= 100
    assert math.isclose(sum(result.weights), 100)
    assert min(y) - 1e-9 <= result.estimate <= max(y) + 1e-9
    if model.method != "EE":
        assert result.pi_low <= result.ci_low and result.ci_high <= result.pi_high
        assert 0 <= result.tau2_low <= result.tau2_high
        assert result.h2 >= 1


@PROPERTY
@given(st.lists(st.tuples(number, variance), min_size=3, max_size=8))
def test_a_useless_moderator_leaves_equal_effects_fit_alone(rows):
    y, v = split(rows)
    x = np.arange(y.size, dtype=float)
    with_x = meta_regression(y, v, {"x": x}, Model("EE"))
    # Q splits into what the moderator explains and what remains.
    assert close(pool(y, v, Model("EE")).q, with_x.qm + with_x.qe)


@pytest.mark.parametrize("test", TESTS)
def test_leave_one_out_of_two_leaves_the_other(test):
    first, second = leave_one_out([0.1, 0.7], [0.04, 0.09], Model("REML", test))
    assert (first.estimate, second.estimate) == pytest.approx((0.7, 0.1))


def test_mantel_haenszel_without_events_in_one_arm_is_undefined():
    table = TwoByTwo([3, 2], [10, 12], [0, 0], [11, 9])
    for measure in ("RR", "OR"):
        result = mantel_haenszel(table, measure)
        assert math.isnan(result.estimate) and math.isnan(result.p)
    assert mantel_haenszel(table, "RD").estimate > 0


def test_mantel_haenszel_of_equal_arms_finds_nothing():
    result = mantel_haenszel(TwoByTwo([3, 5], [10, 20], [3, 5], [10, 20]), "OR")
    assert result.estimate == 0 and result.p == 1
    assert result.bd == pytest.approx(0) and result.bd_p == pytest.approx(1)


def test_mantel_haenszel_of_one_table_is_that_table():
    result = mantel_haenszel(TwoByTwo(3, 10, 2, 12), "OR")
    assert result.estimate == pytest.approx(math.log(3 * 10 / (7 * 2)))
    assert (result.q, result.q_df, result.q_p) == (0, 0, 1) and math.isnan(result.bd_p)


def test_mantel_haenszel_refuses_bad_settings():
    table = TwoByTwo([3, 2], [10, 12], [1, 2], [11, 9])
    with pytest.raises(ValueError, match="measure"):
        mantel_haenszel(table, "HR")
    with pytest.raises(ValueError, match="level"):
        mantel_haenszel(table, "RR", 95)
