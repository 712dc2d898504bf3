"""The numbers that stand in prose: from the tables to short texts, one function a chapter.

A chapter hands the results to `glue_facts`, and its prose names the keys. Where data should
speak, no number is typed.
"""

from livingreview.facts.by_group import of_group
from livingreview.facts.cancer_studies import cancer
from livingreview.facts.drug import dose, dose_bands, mechanism
from livingreview.facts.registered import registered
from livingreview.facts.reproduction import implantation
from livingreview.facts.safety import safety
from livingreview.facts.source_audit import audit, judgements
from livingreview.facts.whole_review import dish_to_trial, double_extraction, evidence, whole
from livingreview.facts.words import WORDS, glue_facts

__all__ = [
    "WORDS",
    "audit",
    "cancer",
    "dish_to_trial",
    "dose",
    "dose_bands",
    "double_extraction",
    "evidence",
    "glue_facts",
    "implantation",
    "judgements",
    "mechanism",
    "of_group",
    "registered",
    "safety",
    "whole",
]
