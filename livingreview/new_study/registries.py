"""The one place that asks the network: Crossref, PubMed and ClinicalTrials.gov over plain HTTP."""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from livingreview.new_study.citation import Citation, NewStudyError
from livingreview.new_study.citation_files import of_csl, one_of, read_pubmed
from livingreview.new_study.trial_record import of_trial_record

SECONDS = 20
LIMIT = 10_000_000


@dataclass(frozen=True)
class Registry:
    """A service: its name, its address, the variable that sets another one, path and reader."""

    name: str
    address: str
    variable: str
    path: str
    read: Callable[[str], list[Citation]]


REGISTRIES = {
    "DOI": Registry(
        "Crossref",
        "https://api.crossref.org",
        "LIVINGREVIEW_CROSSREF",
        "/works/{}",
        lambda text: [of_csl(json.loads(text)["message"])],
    ),
    # PubMed's own format and not its JSON: it has whole names and the numbers of trials
    "PMID": Registry(
        "PubMed",
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
        "LIVINGREVIEW_PUBMED",
        "/efetch.fcgi?db=pubmed&id={}&rettype=medline&retmode=text&tool=livingreview",
        read_pubmed,
    ),
    "NCT": Registry(
        "ClinicalTrials.gov",
        "https://clinicaltrials.gov",
        "LIVINGREVIEW_CLINICALTRIALS",
        "/api/v2/studies/{}",
        lambda text: [of_trial_record(json.loads(text))],
    ),
}


def look_up(kind: str, number: str) -> Citation:
    """Return what a registry says of a number.

    Parameters
    ----------
    kind : {"DOI", "PMID", "NCT"}
        Which number it is, and so which registry is asked.
    number : str
        The number.

    Raises
    ------
    NewStudyError
        If there is no answer, the number is unknown, or the answer cannot be used.
    """
    registry = REGISTRIES[kind]
    base = os.environ.get(registry.variable) or registry.address
    if not base.startswith(("http://", "https://")):
        raise NewStudyError(f'{registry.variable}: "{base}" is no http address')
    url = base.rstrip("/") + registry.path.format(quote(number, safe=""))
    text = _get(url, registry.name, number)
    if not text.strip():
        raise NewStudyError(_unknown(registry.name, number))
    return one_of(registry.read, text, f"the answer of {registry.name}")


def _unknown(name: str, number: str) -> str:
    return f"{name} knows no {number}; check the number, or export the citation to a file"


def _get(url: str, name: str, number: str) -> str:
    request = Request(url, headers={"User-Agent": "livingreview"})
    offline = "Try again later, or export the citation to a file and give its name instead"
    try:
        with urlopen(request, timeout=SECONDS) as response:
            return _body(response, name).decode("utf-8")
    except HTTPError as error:
        error.close()
        # PubMed says 400 for a number that it does not have
        if error.code in (400, 404):
            raise NewStudyError(_unknown(name, number)) from None
        raise NewStudyError(f"{name} answers with error {error.code}. {offline}") from None
    except UnicodeDecodeError:
        raise NewStudyError(f"the answer of {name} is not UTF-8. {offline}") from None
    except (URLError, OSError, http.client.HTTPException) as error:
        why = getattr(error, "reason", None) or error
        raise NewStudyError(f"no answer from {name} ({why}). {offline}") from None


def _body(response: http.client.HTTPResponse, name: str) -> bytes:
    """Read piece by piece: an answer may be too long, or come too slowly to wait for."""
    end = time.monotonic() + SECONDS
    body = b""
    while piece := response.read1(65536):
        body += piece
        if len(body) > LIMIT:
            raise NewStudyError(f"the answer of {name} is longer than {LIMIT} bytes")
        if time.monotonic() > end:
            raise TimeoutError("timed out")
    if len(body) < int(response.headers.get("Content-Length") or 0):
        raise http.client.IncompleteRead(body)
    return body
