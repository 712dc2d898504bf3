"""Numbers that cannot be: counts, percentages, and doses in units that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from livingreview.checks.references import Rows
from livingreview.faults import Fault
from livingreview.printed import number
from livingreview.project import DATA_DIR

ANTAGONISTS = ("naltrexone", "other opioid antagonist")
CONCENTRATIONS = ("amount concentration", "mass concentration")
ANIMAL_DOSES = ("dose per body weight", "dose per animal")


def check_numbers(rows: Rows) -> Iterator[Fault]:
    """Yield counts that are no counts, percentages above a hundred, and doses in odd units."""
    for table, columns in (
        ("studies", ("n",)),
        ("arms", ("n",)),
        ("measurements", ("n", "events")),
    ):
        for line, row in rows[table]:
            for column in columns:
                text = row[column]
                if text and (number(text) % 1 or (column == "n" and number(text) == 0)):
                    why = "not a number of people or animals"
                    yield _fault(table, line, column, text, why, "Write a whole number")
    for line, row in rows["measurements"]:
        if row["percent"] and number(row["percent"]) > 100:
            why = "more than a hundred per cent"
            yield _fault("measurements", line, "percent", row["percent"], why, "Check the source")
    yield from _doses(rows)
    for line, row in rows["species"]:
        for column in ("km", "body_weight"):
            if row[column] and number(row[column]) == 0:
                why = "a factor of scaling cannot be zero"
                yield _fault("species", line, column, row[column], why, "Check the source")
    for line, row in rows["mechanisms"]:
        if row["source_node"] == row["target_node"]:
            why = "a statement cannot run from a node to itself"
            remedy = "Name the node that is acted on"
            yield _fault("mechanisms", line, "target_node", row["target_node"], why, remedy)


def _doses(rows: Rows) -> Iterator[Fault]:
    dimension = {row["unit"]: row["dimension"] for _, row in rows.every["units"]}
    agent = {row["agent_id"]: row for _, row in rows.every["agents"]}
    species = {row["study_id"]: row["species_id"] for _, row in rows.every["studies"]}
    factors = {row["species_id"]: row for _, row in rows.every["species"]}
    for line, row in rows["doses"]:
        if row["amount"] and number(row["amount"]) == 0:
            why = "a dose of nothing"
            remedy = "Leave the dose out, and the arm without it"
            yield _fault("doses", line, "amount", row["amount"], why, remedy)
        if agent[row["agent_id"]]["kind"] not in ANTAGONISTS or not row["unit"]:
            continue
        animal = species[row["study_id"]]
        if row["route"] == "in culture":
            fits = dimension[row["unit"]].startswith(CONCENTRATIONS)
            why = "a dose in culture is a concentration"
        elif animal != "human":
            fits = dimension[row["unit"]].startswith(ANIMAL_DOSES)
            why = "a dose of an animal stands per kilogram or per animal"
        else:
            fits, why = True, ""
        if not fits:
            remedy = "Check route and unit; the unit stands as the source prints it"
            yield _fault("doses", line, "unit", row["unit"], why, remedy)
        elif dimension[row["unit"]].startswith("mass") and not agent[row["agent_id"]]["formula"]:
            why = f"to make it molar, agent {row['agent_id']} needs a formula"
            yield _fault("doses", line, "agent_id", row["agent_id"], why, "Fill it in agents.csv")
        elif animal != "human" and row["route"] != "in culture" and not factors[animal]["km"]:
            why = f"to scale it, species {animal} needs km"
            yield _fault("doses", line, "study_id", row["study_id"], why, "Fill it in species.csv")


def _fault(table: str, line: int, column: str, value: str, why: str, remedy: str) -> Fault:
    return Fault(f"{DATA_DIR}/{table}.csv", line, column, value, why, remedy)
