"""Numbers of the studies in cancer."""

from __future__ import annotations

from livingreview.data import Review, numeric
from livingreview.doses import ANTAGONISTS, dose_band, low_dose_studies
from livingreview.evidence import CASES, CHANCE, distinct, favours, studies_view
from livingreview.facts.words import Facts, word
from livingreview.printed import number
from livingreview.synthesis import LOWER, SignTest, directions, sign_test


def cancer(review: Review) -> Facts:
    """Return counts of studies and directions in cancer."""
    studies = studies_view(review)
    studies = studies[studies["groups"].map(lambda groups: "Cancer" in groups)]
    results = distinct(favours(review)).merge(
        studies[["study_id", "rung", "in_people", "combined"]], on="study_id"
    )
    results = results[results["favours"] != "unclear"]
    models = results[~results["in_people"]]
    facts = {
        "n_cancer_models": word(int((~studies["in_people"]).sum())),
        "n_cancer_people": word(int(studies["in_people"].sum())),
        "n_single": word(int((~studies["in_people"] & ~studies["combined"]).sum())),
        "n_combined": word(int(studies["combined"].sum())),
        "n_combined_people": word(int((studies["combined"] & studies["in_people"]).sum())),
        "n_combined_chance": word(int((studies["combined"] & (studies["rung"] == CHANCE)).sum())),
        "n_model_results": str(len(models)),
        "n_model_favour": str((models["favours"] == "intervention").sum()),
        "n_model_none": word(int((models["favours"] == "neither").sum())),
        "n_model_against": word(int((models["favours"] == "comparator").sum())),
    }
    told = directions(review, "Cancer")
    signs = sign_test(told)
    facts |= {
        "n_sign_studies": word(told["study_id"].nunique()),
        "n_sign_reports": word(told["reference"].nunique()),
        "n_sign_lower_risk": word(told.loc[told["risk"] == LOWER, "study_id"].nunique()),
        "n_sign_for": word(signs.favouring),
        "n_sign_against": word(signs.against),
        "n_sign_mixed": word(signs.mixed),
        "sign_share": _share(signs),
        "sign_p": "below 0.001" if signs.p < 0.001 else f"{signs.p:.3f}",
    }
    return facts | _low_dose_trials(review, studies)


def _share(signs: SignTest) -> str:
    told = signs.favouring + signs.against
    if not told:
        return "none"
    share = signs.favouring / told
    return f"{share:.0%} (95% interval {100 * signs.low:.0f} to {signs.high:.0%})"


def _low_dose_trials(review: Review, studies) -> Facts:
    kind = dict(zip(review.agents["agent_id"], review.agents["kind"], strict=True))
    low_dose = low_dose_studies(review)
    _, high = dose_band(review, "low dose")
    trials = studies[studies["in_people"] & (studies["rung"] != CASES)]
    of_low_dose = trials[trials["study_id"].isin(low_dose)]
    results = favours(review)
    told = set(results.loc[results["favours"] != "unclear", "study_id"])
    better = set(
        results.loc[(results["favours"] == "intervention") & results["significant"], "study_id"]
    )
    others = [
        dose
        for dose in review.doses.itertuples(index=False)
        if kind[dose.agent_id] in ANTAGONISTS and dose.study_id in set(trials["study_id"])
    ]
    high_dose = {
        d.study_id
        for d in others
        if kind[d.agent_id] == "naltrexone" and d.unit == "mg" and number(d.amount) > high
    }
    return {
        "n_trials": word(len(trials)),
        "n_low_trials": word(len(of_low_dose)),
        "n_low_trials_told": word(int(of_low_dose["study_id"].isin(told).sum())),
        "n_low_trials_better": word(int(of_low_dose["study_id"].isin(better).sum())),
        "n_high_dose_trials": word(len(high_dose)),
        "n_other_drug_trials": word(
            trials["study_id"]
            .isin({d.study_id for d in others if kind[d.agent_id] != "naltrexone"})
            .sum()
        ),
        "n_case_people": word(int(numeric(studies.loc[studies["rung"] == CASES, "n"]).sum())),
    }
