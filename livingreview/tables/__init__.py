"""Tables of the book. `book_tables` is the list that the row accounting goes by."""

from __future__ import annotations

from livingreview.data import Review
from livingreview.tables import by_arm, by_statement, by_study
from livingreview.tables.about_data import (
    accounting,
    claims_ledger,
    dictionary,
    double_extraction,
    sizes,
    versions,
)
from livingreview.tables.audit import citations, corrections, discrepancies, recomputed
from livingreview.tables.base import BookTable
from livingreview.tables.by_arm import baseline, correlations, pregnancy
from livingreview.tables.by_effect import (
    absolute_effects,
    audited_effects,
    change_bounds,
    pooling,
)
from livingreview.tables.by_group import percentages, studies_of, without_control
from livingreview.tables.by_judgement import (
    how_sure,
    risk_of_bias,
    summary_of_findings,
    trustworthiness,
)
from livingreview.tables.by_rung import dish_to_trial
from livingreview.tables.by_statement import (
    conduct,
    mechanisms,
    pharmacology,
    receptors,
)
from livingreview.tables.by_study import (
    combinations,
    reproduction,
    single_agents,
    trials,
)
from livingreview.tables.front_page import answers, honest_clock
from livingreview.tables.harms import harms
from livingreview.tables.register import study_register
from livingreview.tables.registered import exclusions, record_counts, trials_board
from livingreview.tables.stated_in_text import claims_again, remaining, stated_again

__all__ = [
    "BookTable",
    "absolute_effects",
    "accounting",
    "answers",
    "audited_effects",
    "baseline",
    "book_tables",
    "change_bounds",
    "citations",
    "claims_again",
    "claims_ledger",
    "combinations",
    "conduct",
    "corrections",
    "correlations",
    "dictionary",
    "discrepancies",
    "dish_to_trial",
    "double_extraction",
    "endometrial_values",
    "exclusions",
    "harms",
    "honest_clock",
    "hormones",
    "how_sure",
    "immune_markers",
    "mechanisms",
    "pain_and_history",
    "percentages",
    "pharmacology",
    "pooling",
    "pregnancy",
    "receptor_expression",
    "receptors",
    "recomputed",
    "record_counts",
    "remaining",
    "reproduction",
    "risk_of_bias",
    "single_agents",
    "sizes",
    "stated_again",
    "studies_of",
    "study_register",
    "summary_of_findings",
    "trials",
    "trials_board",
    "trustworthiness",
    "ultrasound",
    "versions",
    "without_control",
]


# groups of conditions whose chapters have tables of their own
OWN_TABLES = ("Cancer", "Reproduction")


def hormones(review: Review) -> BookTable:
    """Return hormones before and after treatment."""
    return by_arm.before_after(
        review, "hormones", "hormones", "Did hormones change more with naltrexone?"
    )


def immune_markers(review: Review) -> BookTable:
    """Return immune markers before and after treatment."""
    return by_arm.before_after(
        review,
        "immune response",
        "immune-markers",
        "Did immune markers change more with naltrexone?",
    )


def ultrasound(review: Review) -> BookTable:
    """Return endometrium and ovary on ultrasound before and after treatment."""
    return by_arm.before_after(
        review,
        "endometrium and ovary",
        "ultrasound",
        "Did the endometrium and the ovaries change more with naltrexone?",
    )


def endometrial_values(review: Review) -> BookTable:
    """Return windows and thresholds of implantation, and its failure."""
    topics = (
        "endometrial thickness",
        "implantation window",
        "endometrial pattern",
        "hormones",
        "synchrony",
        "implantation failure",
    )
    return by_statement.reference_values(
        review, topics, "endometrial-values", "What does an embryo need to implant?"
    )


def pain_and_history(review: Review) -> BookTable:
    """Return frequencies of pain in cancer and dates in the history of the drugs."""
    return by_statement.reference_values(
        review,
        ("pain in cancer", "drug history"),
        "pain-and-history",
        "How many people with cancer have chronic pain?",
    )


def receptor_expression(review: Review) -> BookTable:
    """Return the cancers in which sources say that opioid receptors are overexpressed."""
    return by_statement.reference_values(
        review,
        ("receptor expression",),
        "receptor-expression",
        "In which cancers are opioid receptors said to be overexpressed?",
    )


def book_tables(review: Review) -> list[BookTable]:
    """Return every table of the book that shows rows of evidence."""
    groups = review.conditions["group"].unique()
    own = [studies_of(review, group) for group in groups if group not in OWN_TABLES]
    return own + [
        function(review)
        for function in (
            study_register,
            by_study.single_agents,
            by_study.combinations,
            by_study.trials,
            by_study.reproduction,
            dish_to_trial,
            baseline,
            hormones,
            immune_markers,
            ultrasound,
            pregnancy,
            remaining,
            correlations,
            stated_again,
            claims_again,
            conduct,
            pharmacology,
            receptors,
            endometrial_values,
            pain_and_history,
            receptor_expression,
            mechanisms,
            corrections,
            discrepancies,
            citations,
            risk_of_bias,
            trustworthiness,
            summary_of_findings,
        )
    ]
