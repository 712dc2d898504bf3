"""What a study is, in one plain sentence."""

from __future__ import annotations

from livingreview.data import keys_of
from livingreview.evidence import CELLS
from livingreview.study_pages.records import Records, Row


def sentence(records: Records, study: str) -> str:
    """Return condition, design, subjects with their number, and what was given.

    For example ``Glioma: a randomised trial in 110 people; given: Naltrexone (LDN) 4.5 mg.``
    The condition stands first so that a name in it keeps its capital.
    """
    row = records.studies[study]
    labels = records.labels["conditions"]
    about = ", ".join(labels[key] for key in keys_of(row["conditions"]))
    design = records.labels["designs"][row["design"]]
    words = f"{about}: {design} in {_subjects(records, row)}"
    given = _given(records, study)
    return f"{words}; given: {given}." if given else f"{words}."


def _subjects(records: Records, row: Row) -> str:
    species = records.labels["species"][row["species_id"]].lower()
    if records.rungs[row["design"]] == CELLS:
        return f"{species} cells"
    if row["species_id"] != "human":
        return f"{row['n']} animals ({species})".strip()
    if not row["n"]:
        return "people (number not printed)"
    return "one person" if row["n"] == "1" else f"{row['n']} people"


def _given(records: Records, study: str) -> str:
    """Return the doses; those that differ in their amount alone are put together."""
    amounts: dict[tuple[str, str], list[str]] = {}
    for dose in records.of("doses", study):
        name = _name(records.labels["agents"][dose["agent_id"]], dose["called"])
        high = f"–{dose['amount_high']}" if dose["amount_high"] else ""
        amounts.setdefault((name, dose["unit"]), []).append(dose["amount"] + high)
    return ", ".join(
        " ".join(part for part in (name, ", ".join(filter(None, sizes)), unit) if part)
        for (name, unit), sizes in amounts.items()
    )


def _name(agent: str, called: str) -> str:
    """Return the agent with the name that the source gives it, unless one holds the other."""
    if agent.lower() in called.lower():
        return called
    return agent if called.lower() in agent.lower() else f"{agent} ({called})"
