"""Made-up trials of low-dose naltrexone, added to a copy of the data: data files only."""

from __future__ import annotations

import csv

DAY = "2026-11-21"
CONDITION = "gout"  # not one that the review has studies of, so that nothing else is counted


def append(folder, name, /, **cells):
    path = folder / "data" / f"{name}.csv"
    with path.open(encoding="utf-8") as file:
        header = next(csv.reader(file))
    assert set(cells) <= set(header)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(cells)


def add_trial(folder, study, *, amounts=("4.5",), n="40", locator="Table 2, row 1", **cells):
    """Add a trial with a placebo arm and an arm for each dose: ``study.ldn0``, ``study.ldn1``…"""
    author, year = study[:-4].capitalize(), study[-4:]
    with (folder / "references.bib").open("a", encoding="utf-8") as file:
        file.write(
            f"\n@article{{{study},\n  author = {{{author}, A.}},\n  title = {{Made up}},\n"
            f"  journal = {{Journal of Tests}},\n  year = {{{year}}}\n}}\n"
        )
    if f"\n{CONDITION}," not in (folder / "data/conditions.csv").read_text(encoding="utf-8"):
        append(folder, "conditions", condition_id=CONDITION, label="Gout", group="Pain")
    common = {"source_id": study, "locator": locator, "extracted": DAY}
    append(folder, "sources", source_id=study, reference=study, kind="primary report", read=DAY)
    about = {
        "conditions": CONDITION,
        "design": "randomised trial",
        "species_id": "human",
        "model": "Made up",
    }
    append(folder, "studies", study_id=study, reference=study, **{**about, **cells}, **common)
    arms = [(f"ldn{i}", "naltrexone", "intervention", a) for i, a in enumerate(amounts)]
    for arm, agent, role, amount in [*arms, ("placebo", "placebo", "placebo", "")]:
        key = f"{study}.{arm}"
        append(
            folder,
            "doses",
            dose_id=key,
            study_id=study,
            agent_id=agent,
            called=agent,
            amount=amount,
            unit="mg" if amount else "",
            **common,
        )
        append(
            folder,
            "arms",
            arm_id=key,
            study_id=study,
            label=f"naltrexone {amount} mg" if amount else "placebo",
            role=role,
            doses=key,
            n=n,
            **common,
        )


def measure(folder, arm, outcome, number, **cells):
    """Add a measurement of an arm."""
    study = arm.split(".")[0]
    append(
        folder,
        "measurements",
        **{
            "measurement_id": f"{arm}.m{number}",
            "arm_id": arm,
            "outcome_id": outcome,
            "timepoint": "12 weeks",
            "unit": "count",
            "source_id": study,
            "locator": "Table 2, row 1",
            "extracted": DAY,
            **cells,
        },
    )


def report(folder, arm, outcome, number, **cells):
    """Add an effect as printed, of an arm against placebo."""
    study = arm.split(".")[0]
    append(
        folder,
        "comparisons",
        **{
            "comparison_id": f"{arm}.c{number}",
            "arm_id": arm,
            "comparator_id": f"{study}.placebo",
            "outcome_id": outcome,
            "timepoint": "12 weeks",
            "direction": "decrease",
            "source_id": study,
            "locator": "Table 2, row 1",
            "extracted": DAY,
            **cells,
        },
    )


def add_events(folder, study, events, n="40", outcome="symptoms", **cells):
    """Add a trial that counts events with naltrexone and with placebo."""
    add_trial(folder, study, n=n, **cells)
    for arm, count in zip(("ldn0", "placebo"), events, strict=True):
        measure(folder, f"{study}.{arm}", outcome, 1, n=n, events=count)


def correct(folder, table, row, column, printed, to):
    """Add a discrepancy that corrects a cell."""
    study = row.split(".")[0]
    append(
        folder,
        "discrepancies",
        discrepancy_id=f"{row}-{column}",
        source_id=study,
        kind="contradiction",
        locator="Table 2, row 1",
        printed=printed,
        table=table,
        row=row,
        column=column,
        why="The text says otherwise.",
        likely=to,
        corrected=to,
        established="internal comparison",
        effect="Made up.",
        extracted=DAY,
    )
