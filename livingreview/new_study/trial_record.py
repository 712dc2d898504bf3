"""What a record of ClinicalTrials.gov says, in the words of the table of studies."""

from __future__ import annotations

from datetime import date

from livingreview.new_study.citation import Arm, Author, Citation, Given, Trial, clean, year_of

# Only what has one word in the tables; the rest stays blank for a person to judge.
DESIGNS = {"RANDOMIZED": "randomised trial", "NON_RANDOMIZED": "non-randomised trial"}
PHASES = {"PHASE1": "I", "PHASE2": "II", "PHASE3": "III", "PHASE4": "IV"}
ROLES = {
    "EXPERIMENTAL": "intervention",
    "ACTIVE_COMPARATOR": "active comparator",
    "PLACEBO_COMPARATOR": "placebo",
    "NO_INTERVENTION": "untreated control",
}


def of_trial_record(record: dict) -> Citation:
    """Return the citation of a record of the API, version 2, with what it says of the trial."""
    protocol = record["protocolSection"]
    names = protocol["identificationModule"]
    status = protocol.get("statusModule", {})
    sponsor = protocol.get("sponsorCollaboratorsModule", {}).get("leadSponsor", {})
    number = clean(names["nctId"])
    return Citation(
        title=clean(names.get("officialTitle") or names.get("briefTitle")).removesuffix("."),
        authors=(Author(clean(sponsor.get("name"))),) if sponsor.get("name") else (),
        year=year_of(status.get("studyFirstSubmitDate"))
        or year_of(status.get("studyFirstPostDateStruct", {}).get("date")),
        publisher="ClinicalTrials.gov",
        registration=number,
        url=f"https://clinicaltrials.gov/study/{number}",
        urldate=date.today().isoformat(),
        trial=_trial(protocol),
    )


def _trial(protocol: dict) -> Trial:
    design = protocol.get("designModule", {})
    phases = design.get("phases", [])
    places = protocol.get("contactsLocationsModule", {}).get("locations", [])
    countries = dict.fromkeys(clean(place.get("country")) for place in places)
    count = design.get("enrollmentInfo", {}).get("count")
    return Trial(
        design=DESIGNS.get(design.get("designInfo", {}).get("allocation", ""), ""),
        n="" if count is None else str(int(count)),
        status=_words(protocol.get("statusModule", {}).get("overallStatus")),
        phase=PHASES.get(phases[0], "") if len(phases) == 1 else "",
        country=", ".join(filter(None, countries)),
        arms=tuple(
            _arm(arm) for arm in protocol.get("armsInterventionsModule", {}).get("armGroups", [])
        ),
    )


def _words(constant: object) -> str:
    return clean(constant).replace("_", " ").capitalize()


def _arm(arm: dict) -> Arm:
    # "Drug: Naltrexone" names the kind before the drug
    given = [clean(name).partition(": ")[2] for name in arm.get("interventionNames", [])]
    return Arm(
        label=clean(arm.get("label")),
        role=ROLES.get(arm.get("type", ""), ""),
        given=tuple(Given(called=name) for name in given if name),
    )
