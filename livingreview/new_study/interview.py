"""What is to be added: from the options of the command, and from questions where those lack."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from livingreview.bibliography import Reference
from livingreview.faults import near_miss
from livingreview.new_study.citation import (
    DOI,
    NCT,
    PMID,
    Author,
    Citation,
    NewStudyError,
    doi_of,
)
from livingreview.new_study.citation_files import READERS, read_citation_file
from livingreview.new_study.questions import ask, ask_until, choose
from livingreview.new_study.registries import look_up
from livingreview.new_study.rows import Answers, Row, read_arm
from livingreview.schema import Package

WHAT = f"a DOI, a PMID, an NCT number, or a file that ends in {', '.join(READERS)}"


def source(given: str | None, references: dict[str, Reference], asks: bool) -> tuple[Citation, str]:
    """Return the citation, and its key where the author named an entry of references.bib.

    Raises
    ------
    NewStudyError
        If it is not said what to add, or it cannot be found.
    """
    text = (given or (ask(f"Which study? Give {WHAT}:") if asks else "")).strip()
    if not text:
        raise NewStudyError(f"say which study: {WHAT}")
    for kind, form in (("DOI", DOI), ("NCT", NCT), ("PMID", PMID)):
        if found := form.fullmatch(text):
            number = {"DOI": found[1].lower(), "NCT": found[1].upper()}.get(kind, found[1])
            return look_up(kind, number), ""
    if text in references:
        reference = references[text]
        return _of_reference(reference), text
    if Path(text).suffix.lower() in READERS or Path(text).exists():
        return read_citation_file(Path(text)), ""
    raise NewStudyError(f'"{text}" is not {WHAT}{near_miss(text, references)}')


def _of_reference(reference: Reference) -> Citation:
    return Citation(
        title=reference.title,
        authors=tuple(Author(name) for name in reference.authors),
        year=reference.year,
        doi=doi_of(reference.doi),
        registration=reference.registration,
    )


def from_options(
    options: argparse.Namespace, package: Package, tables: dict[str, list[Row]]
) -> Answers:
    """Return the answers that stand in the options of the command.

    Raises
    ------
    NewStudyError
        If a word is not one that the tables know; the message says what to do.
    """
    conditions, made = tuple(options.condition or ()), tuple(options.new_condition or ())
    known = [row["condition_id"] for row in tables["conditions"]]
    remedy = "; for one that data/conditions.csv does not have yet, use --new-condition"
    for name in conditions:
        _insist("--condition", _not_known(name, known), remedy)
    for name in made:
        _insist("--new-condition", _no_new_key(name, known, package))
    designs = [row["design"] for row in tables["designs"]]
    species = [row["species_id"] for row in tables["species"]]
    if options.design:
        _insist("--design", _not_known(options.design, designs))
    if options.species:
        _insist("--species", _not_known(options.species, species))
    if options.n:
        _insist("--n", _no_number(options.n, package))
    arms = tuple(
        _arm(text, number, package, tables) for number, text in enumerate(options.arm or ())
    )
    return Answers(
        conditions, made, options.design or "", options.species or "", options.n or "", arms
    )


def complete(
    answers: Answers, citation: Citation, package: Package, tables: dict[str, list[Row]]
) -> Answers:
    """Return the answers with those added that the author gives at the keyboard.

    What the options or a register have answered is not asked.
    """
    trial = citation.trial
    if not (answers.conditions or answers.new_conditions):
        known = [row["condition_id"] for row in tables["conditions"]]
        name = choose("Condition?", known)
        answers = replace(answers, conditions=(name,) if name else ())
        if not name:
            name = ask_until(
                "Key of a condition that is not there yet (Enter for none):",
                lambda text: _no_new_key(text, known, package),
            )
            answers = replace(answers, new_conditions=(name,) if name else ())
    if not (answers.design or (trial and trial.design)):
        words = [row["design"] for row in tables["designs"]]
        answers = replace(answers, design=choose("Design?", words))
    if not (answers.species or trial):
        species = [row["species_id"] for row in tables["species"]]
        answers = replace(answers, species=choose("Species?", species))
    if not (answers.n or (trial and trial.n)):
        number = ask_until("Number of participants?", lambda text: _no_number(text, package))
        answers = replace(answers, n=number)
    if not (answers.arms or (trial and trial.arms)):
        arms = []
        while text := ask("An arm, such as LDN 4.5 mg or placebo (Enter: no more):"):
            arms.append(_arm(text, len(arms), package, tables))
        answers = replace(answers, arms=tuple(arms))
    return answers


def _arm(text: str, number: int, package: Package, tables: dict[str, list[Row]]):
    units = [row["unit"] for row in tables["units"]]
    return read_arm(text, number, units, package.tables["arms"].by_name["role"].enum)


def _insist(option: str, why: str, remedy: str = "") -> None:
    if why:
        raise NewStudyError(f"{option}: {why}{remedy}")


def _not_known(word: str, words: Iterable[str]) -> str:
    words = list(words)
    if word in words:
        return ""
    return f'"{word}" is none of {", ".join(words)}{near_miss(word, words)}'


def _no_new_key(name: str, known: Iterable[str], package: Package) -> str:
    if name in known:
        return f'"{name}" is there already; use --condition'
    field = package.tables["conditions"].by_name["condition_id"]
    return "" if field.regex.fullmatch(name) else f'"{name}" must match {field.pattern}'


def _no_number(text: str, package: Package) -> str:
    field = package.tables["studies"].by_name["n"]
    return "" if field.regex.fullmatch(text) else f'"{text}" is not a number as printed'
