"""What the tests of the built site share: a parsed page, the site as digests, a made-up study."""

from __future__ import annotations

import csv
import hashlib
import re
from html.parser import HTMLParser

SITE = "_build/html"


class Page(HTMLParser):
    """Links, identifiers, pictures and text of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.identifiers, self.pictures, self.text = [], set(), [], ""
        self.hidden = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("script", "style"):
            self.hidden += 1
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        if attrs.get("id"):
            self.identifiers.add(attrs["id"])
        if tag == "img" or (tag == "svg" and attrs.get("role") in ("img", "group")):
            self.pictures.append(attrs.get("alt") or attrs.get("aria-label"))

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.hidden -= 1

    def handle_data(self, data):
        if not self.hidden:
            self.text += data


def page(folder, name):
    return Page(folder / SITE / f"{name}.html")


def plain(text):
    return re.sub(r"\s+", " ", text)


def append(folder, table, **cells):
    path = folder / "data" / f"{table}.csv"
    with path.open(encoding="utf-8") as file:
        header = next(csv.reader(file))
    assert set(cells) <= set(header)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(cells)


def add_study(folder):
    """Add a trial by the recipe: data files only."""
    with (folder / "references.bib").open("a", encoding="utf-8") as file:
        file.write(
            "\n@article{newcomer2026,\n  author = {Newcomer, A. and Second, B. and Third, C.},\n"
            "  title = {A made-up trial for this test},\n  journal = {Journal of Tests},\n"
            "  year = {2026}\n}\n"
        )
    common = {"source_id": "newcomer2026", "locator": "Table 2, row 1", "extracted": "2026-11-21"}
    append(
        folder,
        "sources",
        source_id="newcomer2026",
        reference="newcomer2026",
        kind="primary report",
        read="2026-11-21",
    )
    append(
        folder,
        "studies",
        study_id="newcomer2026",
        reference="newcomer2026",
        conditions="glioma",
        design="randomised trial",
        species_id="human",
        model="Adults with glioma, made up",
        n="4321",
        **common,
    )
    append(
        folder,
        "doses",
        dose_id="newcomer2026.ldn",
        study_id="newcomer2026",
        agent_id="naltrexone",
        called="LDN",
        amount="3.25",
        unit="mg",
        **common,
    )
    append(
        folder,
        "doses",
        dose_id="newcomer2026.placebo",
        study_id="newcomer2026",
        agent_id="placebo",
        called="placebo",
        **common,
    )
    append(
        folder,
        "arms",
        arm_id="newcomer2026.ldn",
        study_id="newcomer2026",
        label="LDN",
        role="intervention",
        doses="newcomer2026.ldn",
        n="2160",
        **common,
    )
    append(
        folder,
        "arms",
        arm_id="newcomer2026.placebo",
        study_id="newcomer2026",
        label="Placebo",
        role="placebo",
        doses="newcomer2026.placebo",
        n="2161",
        **common,
    )
    append(
        folder,
        "measurements",
        measurement_id="newcomer2026.m01",
        arm_id="newcomer2026.ldn",
        outcome_id="survival_1y",
        timepoint="one year",
        n="2160",
        events="1777",
        unit="count",
        **common,
    )
    append(
        folder,
        "comparisons",
        comparison_id="newcomer2026.c01",
        arm_id="newcomer2026.ldn",
        comparator_id="newcomer2026.placebo",
        outcome_id="survival_1y",
        direction="increase",
        measure="risk ratio",
        effect="1.08",
        ci_low="1.01",
        ci_high="1.15",
        unit="ratio",
        p="0.02",
        **common,
    )


def contents(folder):
    """Return a digest of every file of the site by its path."""
    site = folder / SITE
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }
