"""Made-up studies, to see what a book of many costs. They are never part of the review."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

COMMON = {"source_id": "made_up", "locator": "Table 1, row 1", "extracted": "2026-01-01"}
# Conditions and outcomes over which they spread, as those of the review do; keys of the data.
CONDITIONS = (
    *("fibromyalgia", "rheumatoid_arthritis", "crohn", "ulcerative_colitis", "multiple_sclerosis"),
    *("depression", "hailey_hailey", "long_covid", "me_cfs", "endometriosis"),
)
# Of these no sentence of the book says how many trials there are; one more makes none false.
UNCOUNTED = ("fibromyalgia", "multiple_sclerosis", "depression", "endometriosis")
OUTCOMES = (
    *("quality_of_life", "fatigue", "symptoms", "pain_intensity", "symptom_score", "function"),
    *("mental_health", "depression"),
)
FAMILIES = ("Adams", "Brandt", "Costa", "Dubois", "Ek", "Ferrari", "Green", "Horvat")


def grow(project: Path, studies: int) -> None:
    """Append so many made-up trials to a copy of the project."""
    forget_claims(project)
    rows = Rows(project)
    rows.add("sources", source_id="made_up", reference="made_up", kind="primary report",
             read="2026-01-01")  # fmt: skip
    rows.bib("made_up", "A made-up source")
    for number in range(studies):
        add_trial(rows, f"trial{number:05d}")
    rows.save()


def studies_in(project: Path) -> int:
    """Return how many studies a project holds."""
    with (project / "data/studies.csv").open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def grow_to_rows(project: Path, rows: int) -> int:
    """Append made-up trials until the tables hold at least so many rows, and return how many."""
    present = sum(
        path.read_text(encoding="utf-8").count("\n") - 1
        for path in (project / "data").glob("*.csv")
    )
    # a trial has a study, two doses, two arms, two measurements and a comparison
    grow(project, max(0, -(-(rows - present) // 8)))
    return sum(
        path.read_text(encoding="utf-8").count("\n") - 1
        for path in (project / "data").glob("*.csv")
    )


def forget_claims(project: Path) -> None:
    """Take away the sentences of the book that made-up studies would make false."""
    path = project / "data/claims.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    kept = [row for row in rows if "cancer" in ",".join(row).lower()]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *kept])


class Rows:
    """Rows to append to the tables of a project, written all at once."""

    def __init__(self, project: Path):
        self.project, self.rows, self.entries = project, {}, []

    def add(self, table: str, **cells: str) -> None:
        """Add a row; the cells that are not named stay empty."""
        self.rows.setdefault(table, []).append(cells)

    def bib(self, key: str, title: str) -> None:
        """Add an entry to the references."""
        family = FAMILIES[hash_of(key) % len(FAMILIES)]
        self.entries.append(
            f"@article{{{key},\n  author = {{{family}, A. and Second, B.}},\n  title = {{{title}}},"
            f"\n  journal = {{Journal of Made-up Trials}},\n  year = {{2020}}\n}}\n"
        )

    def save(self) -> None:
        """Append everything to its files."""
        for table, rows in self.rows.items():
            path = self.project / f"data/{table}.csv"
            with path.open(encoding="utf-8", newline="") as file:
                header = next(csv.reader(file))
            with path.open("a", encoding="utf-8", newline="") as file:
                csv.DictWriter(file, header, lineterminator="\n").writerows(rows)
        with (self.project / "references.bib").open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(self.entries))


def add_trial(rows: Rows, key: str, conditions: Sequence[str] = CONDITIONS) -> None:
    """Add one placebo-controlled trial with two arms, an outcome and judgements."""
    lot = random.Random(hash_of(key))
    n, outcome = lot.randint(20, 200), lot.choice(OUTCOMES)
    common = COMMON | {"locator": f"Table {lot.randint(1, 5)}, row {lot.randint(1, 20)}"}
    rows.bib(key, f"A made-up trial of low-dose naltrexone, number {key}")
    rows.add("studies", study_id=key, reference=key, conditions=lot.choice(conditions),
             design="randomised trial", species_id="human", model="Adults, made up",
             n=str(2 * n), **common)  # fmt: skip
    for arm, agent, amount in (("ldn", "naltrexone", "4.5"), ("placebo", "placebo", "")):
        rows.add("doses", dose_id=f"{key}.{arm}", study_id=key, agent_id=agent, called=arm.upper(),
                 amount=amount, unit="mg" if amount else "", **common)  # fmt: skip
        rows.add("arms", arm_id=f"{key}.{arm}", study_id=key, label=arm.upper(),
                 role="intervention" if amount else "placebo", doses=f"{key}.{arm}", n=str(n),
                 **common)  # fmt: skip
        rows.add("measurements", measurement_id=f"{key}.{arm}.m01", arm_id=f"{key}.{arm}",
                 outcome_id=outcome, timepoint="after treatment", n=str(n),
                 mean=f"{lot.gauss(50, 3):.1f}", sd=f"{lot.uniform(8, 12):.1f}", unit="grade",
                 **common)  # fmt: skip
    rows.add("comparisons", comparison_id=f"{key}.c01", arm_id=f"{key}.ldn",
             comparator_id=f"{key}.placebo", outcome_id=outcome,
             direction="no difference", **common)  # fmt: skip


def hash_of(text: str) -> int:
    """Return a number that is the same on every run."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(text)) % 2**32
