"""The rows of a new study: what is known stands in them, what a person must fill is blank."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from text_unidecode import unidecode

from livingreview.new_study.citation import Arm, Citation, Given

Row = dict[str, str]
# Two groups to be filled where nothing is known of them; who has only one deletes the other.
UNKNOWN_ARMS = (Arm(role="intervention", given=(Given(),)), Arm())
TREATED = ("intervention", "active comparator", "placebo")


@dataclass(frozen=True)
class Answers:
    """What the author says of the study; empty where nothing is said."""

    conditions: tuple[str, ...] = ()
    new_conditions: tuple[str, ...] = ()
    design: str = ""
    species: str = ""
    n: str = ""
    arms: tuple[Arm, ...] = ()


def read_arm(text: str, number: int, units: Iterable[str], roles: Iterable[str]) -> Arm:
    """Return the arm that an author wrote as ``LDN 4.5 mg`` or ``untreated control: Usual care``.

    Parameters
    ----------
    text : str
        Name, then amount and unit if there are any; a role and a colon may stand before it.
    number : int
        Which arm it is, from 0; the first is the intervention unless it says otherwise.
    units : iterable of str
        Units that the tables know.
    roles : iterable of str
        Roles that the tables know.
    """
    before, colon, after = text.partition(":")
    role = before.strip().lower()
    if colon and role in roles:
        text = after.strip()
    elif "placebo" in text.lower():
        role = "placebo"
    else:
        role = "intervention" if number == 0 else ""
    ends = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    found = re.fullmatch(rf"(.*\S)\s+(\d[\d.,]*)\s*({ends})", text)
    if not found:
        return Arm(text, role, (Given(text),) if role in TREATED else ())
    return Arm(text, role, (Given(*found.groups()),))


def skeleton(
    key: str, citation: Citation, answers: Answers, tables: dict[str, list[Row]]
) -> dict[str, list[Row]]:
    """Return the new rows by table.

    Parameters
    ----------
    key : str
        Key of the entry in references.bib.
    citation : Citation
        The report, and what a register says of the trial.
    answers : Answers
        What the author says; it goes before what the register says.
    tables : dict of list of dict
        Rows that are there.
    """
    source = next((r["source_id"] for r in tables["sources"] if r["reference"] == key), "")
    kind = "registry" if citation.trial else "primary report"
    rows: dict[str, list[Row]] = {
        "conditions": [{"condition_id": name} for name in answers.new_conditions],
        "sources": [] if source else [{"source_id": key, "reference": key, "kind": kind}],
        "studies": [_study(key, source or key, citation, answers)],
        "doses": [],
        "arms": [],
        "updates": _update(tables["updates"]),
    }
    registered = citation.trial.arms if citation.trial else ()
    names: set[str] = set()
    for number, arm in enumerate(answers.arms or registered or UNKNOWN_ARMS):
        name = _free(
            f"{key}.{_short(arm.label) or ('comparator', 'intervention')[not number]}", names
        )
        doses = [
            {
                "dose_id": name
                if len(arm.given) == 1
                else _free(f"{name}_{_short(g.called)}", names),
                "study_id": key,
                "agent_id": _agent(g.called, tables),
                "called": g.called,
                "amount": g.amount,
                "unit": g.unit,
                "source_id": source or key,
            }
            for g in arm.given
        ]
        rows["doses"] += doses
        rows["arms"].append(
            {
                "arm_id": name,
                "study_id": key,
                "label": arm.label,
                "role": arm.role,
                "doses": " ".join(dose["dose_id"] for dose in doses),
                "source_id": source or key,
            }
        )
    return rows


def _update(updates: list[Row]) -> list[Row]:
    # the day of the change is this day; that of reading a source is known to its reader only
    row = {"date": date.today().isoformat(), "kind": "studies added"}
    there = any(row.items() <= other.items() for other in updates)
    return [] if there else [row]


def _study(key: str, source: str, citation: Citation, answers: Answers) -> Row:
    trial = citation.trial
    return {
        "study_id": key,
        "reference": key,
        "conditions": " ".join((*answers.conditions, *answers.new_conditions)),
        "design": answers.design or (trial.design if trial else ""),
        # a register of trials holds people only
        "species_id": answers.species or ("human" if trial else ""),
        "n": answers.n or (trial.n if trial else ""),
        "registration": citation.registration,
        "status": trial.status if trial else "",
        "phase": trial.phase if trial else "",
        "country": trial.country if trial else "",
        "source_id": source,
    }


def _agent(called: str, tables: dict[str, list[Row]]) -> str:
    """Return the agent that goes by this name, if the tables know one and only one."""
    name = called.casefold()
    known = {r["agent_id"] for r in tables["doses"] if name and r["called"].casefold() == name}
    known |= {r["agent_id"] for r in tables["agents"] if name and r["label"].casefold() == name}
    return known.pop() if len(known) == 1 else ""


def _short(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", unidecode(text).lower()).strip("_")[:30].strip("_")


def _free(name: str, names: set[str]) -> str:
    free, number = name, 2
    while free in names:
        free, number = f"{name}_{number}", number + 1
    names.add(free)
    return free
