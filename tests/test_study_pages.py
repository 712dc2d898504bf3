"""A page for each study: no row lost, text of the data never markup, one pass over the tables."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import FrozenInstanceError
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import parse_qs, quote, urlsplit

import pandas as pd
import pytest
import yaml
from conftest import ROOT
from made_up_trials import add_events, add_trial, correct, report

from livingreview import tables
from livingreview.data import load
from livingreview.effects import effects
from livingreview.recompute import recompute
from livingreview.schema import read_package
from livingreview.study_pages import Site, StudyPages, uses_on_page
from livingreview.study_pages.records import JUDGEMENT_TABLES, VALUE_TABLES
from livingreview.study_pages.values import STUDY_COLUMNS

VOID = {"br", "meta", "link", "img", "input", "hr"}
PRINTED = {
    "arms": ("label", "n", "note"),
    "doses": ("called", "amount", "amount_high", "route", "schedule", "note"),
    "characteristics": ("statement", "note"),
    "measurements": (
        *("timepoint", "part", "n", "mean", "sd", "se", "plus_minus", "events", "percent"),
        *("value", "value_high", "note"),
    ),
    "comparisons": (
        *("timepoint", "part", "effect", "effect_high", "ci_low", "ci_high", "se", "p"),
        *("significance", "strength", "note"),
    ),
    "risk_of_bias": ("judgement", "reason"),
    "trustworthiness": ("judgement", "reason"),
}


class Parsed(HTMLParser):
    """The page as its elements: tags, text of each row, and whether every tag is closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.rows, self.faults = [], [], [], []
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([dict(attrs), ""])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        if "tr" in self.open:
            self.rows[-1][1] += data

    def of(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def site():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    return Site(
        config["repository"]["url"], config["html"]["baseurl"], config["title"], config["author"]
    )


@pytest.fixture(scope="module")
def used(review):
    """Tables that link to each study, as if all stood on one page."""
    found = {}
    html = "".join(table._repr_html_() for table in tables.book_tables(review))
    for study, use in uses_on_page("chapters/all", html):
        found.setdefault(study, []).append(use)
    return found


@pytest.fixture(scope="module")
def pages(review, used):
    made = StudyPages(review, site(), used)
    return {study: made.page(study) for study in made.study_ids}


@pytest.fixture(scope="module")
def parsed(pages):
    return {study: Parsed(page.body) for study, page in pages.items()}


def plain(text):
    return " ".join(text.split())


def owned(review, table):
    """Return the rows of a table with the study that each belongs to."""
    frame = review.tables[table]
    if "study_id" in frame:
        return frame
    return frame.merge(review.arms[["arm_id", "study_id"]], on="arm_id", validate="many_to_one")


def test_every_study_has_a_page(review, pages):
    assert list(pages) == list(review.studies["study_id"])
    page = next(iter(pages.values()))
    with pytest.raises(FrozenInstanceError):
        page.title = ""


def test_every_table_about_studies_is_shown(review):
    about = {
        name
        for name, table in review.package.tables.items()
        if {"study_id", "arm_id"} & set(table.by_name)
    }
    assert about == {*VALUE_TABLES, *JUDGEMENT_TABLES}
    told = {"study_id", "reference", "source_id", "locator", "note", "extracted", "checked"}
    assert set(STUDY_COLUMNS) | told == set(review.package.tables["studies"].by_name)


@pytest.mark.parametrize("table", PRINTED)
def test_every_row_stands_once_in_its_page_with_its_cells_place_and_dates(review, parsed, table):
    key = review.package.tables[table].primary_key[0]
    rows = owned(review, table)
    found = {
        (study, attrs["data-row"]): plain(text)
        for study, page in parsed.items()
        for attrs, text in page.rows
        if attrs.get("data-table") == table
    }
    counted = sum(
        attrs.get("data-table") == table for page in parsed.values() for attrs, _ in page.rows
    )
    assert counted == len(found) == len(rows)
    for row in rows.to_dict("records"):
        text = found[row["study_id"], row[key]]
        for column in ("locator", *PRINTED[table]):
            assert plain(row[column]).lower() in text.lower(), (row[key], column)
        assert f"read {row['extracted']:%Y-%m-%d}" in text
        checked = row["checked"]
        assert ("unchecked" if pd.isna(checked) else f"checked {checked:%Y-%m-%d}") in text


def test_every_filled_cell_of_a_study_stands_in_its_page(review, parsed):
    for row in review.studies.to_dict("records"):
        texts = {
            attrs["id"].rpartition("-")[2]: plain(text)
            for attrs, text in parsed[row["study_id"]].rows
            if attrs.get("data-table") == "studies"
        }
        assert set(texts) == {name for name in STUDY_COLUMNS if row[name]}
        for column in set(texts) - {"species_id", "conditions", "cited_in"}:
            # several studies that overlap are named one by one
            parts = row[column].split(" ") if column == "overlaps" else [row[column]]
            assert all(plain(part) in texts[column] for part in parts)
            assert row["locator"] in texts[column]
        assert plain(row["note"]) in texts["model"]


def test_every_discrepancy_of_a_row_is_told_on_its_study_and_marked_at_its_value(review, parsed):
    keys = {t: review.package.tables[t].primary_key[0] for t in (*VALUE_TABLES, *JUDGEMENT_TABLES)}
    owner = {
        (table, row[key]): row["study_id"]
        for table, key in keys.items()
        for row in owned(review, table).to_dict("records")
    }
    touching = 0
    for fault in review.discrepancies.to_dict("records"):
        study = owner.get((fault["table"], fault["row"]))
        if study is None:
            continue
        touching += 1
        page = parsed[study]
        (told,) = [text for attrs, text in page.rows if attrs.get("id") == f"fault-{_id(fault)}"]
        for column in ("printed", "locator", "other_printed", "why", "likely", "established"):
            assert plain(fault[column]) in plain(told), (_id(fault), column)
        assert plain(fault["corrected"]) in plain(told)
        marks = [a for a in page.of("a") if a["href"] == f"#fault-{_id(fault)}"]
        assert len(marks) == 1, fault
    assert touching


def _id(fault):
    return fault["discrepancy_id"]


def test_faults_of_a_report_that_touch_no_value_stand_on_its_own_page_alone(review, parsed):
    own = {
        source["source_id"]: set(
            review.studies.loc[review.studies["reference"] == source["reference"], "study_id"]
        )
        for source in review.sources.to_dict("records")
    }
    loose = review.discrepancies[review.discrepancies["table"] == ""].to_dict("records")
    assert any(own[fault["source_id"]] for fault in loose)
    for fault in loose:
        shown = {
            study
            for study, page in parsed.items()
            if any(attrs.get("id") == f"fault-{_id(fault)}" for attrs, _ in page.rows)
        }
        assert shown == own[fault["source_id"]]


def test_every_verdict_stands_on_the_page_of_its_study(review, parsed):
    found = Counter()
    for study, page in parsed.items():
        for attrs, text in page.rows:
            if "data-verdict" in attrs:
                found[study, *attrs["data-verdict"].split(" ")] += 1
                assert plain(text)
    audit = recompute(review)
    expected = Counter(
        audit[["study_id", "statistic", "row_key"]].itertuples(index=False, name=None)
    )
    assert found == expected
    for row in audit.to_dict("records"):
        (text,) = [
            plain(text)
            for attrs, text in parsed[row["study_id"]].rows
            if attrs.get("data-verdict") == f"{row['statistic']} {row['row_key']}"
        ]
        for column in ("reported", "recomputed", "low", "high", "test", "verdict", "why"):
            assert plain(row[column]) in text


def test_every_effect_stands_on_the_page_of_its_study_with_its_interval(review, parsed):
    shown = {
        (study, attrs["data-effect"]): plain(text)
        for study, page in parsed.items()
        for attrs, text in page.rows
        if "data-effect" in attrs
    }
    expected = {}
    for condition in review.conditions["condition_id"]:
        for row in effects(review, condition).to_dict("records"):
            interval = f"{row['estimate']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
            expected[row["study_id"], row["outcome"]] = interval
    assert expected and set(shown) == set(expected)
    for key, interval in expected.items():
        assert interval in shown[key]


def test_an_effect_says_on_its_page_where_it_is_from_and_what_was_corrected(data_copy):
    add_events(data_copy, "alpha2020", ("10", "20"))
    add_trial(data_copy, "beta2021", overlaps="alpha2020")
    printed = {"measure": "mean difference", "effect": "-1.2", "se": "0.4", "unit": "grade"}
    report(data_copy, "beta2021.ldn0", "pain", 1, **printed)
    correct(data_copy, "measurements", "alpha2020.ldn0.m1", "events", "10", "11")
    made = StudyPages(load(data_copy), site())
    alpha, beta = (Parsed(made.page(study).body) for study in ("alpha2020", "beta2021"))
    (row,) = [plain(text) for attrs, text in alpha.rows if "data-effect" in attrs]
    assert "from both arms risk ratio 0.55 (0.30 to 0.99) events corrected from 10 to 11" in row
    (row,) = [plain(text) for attrs, text in beta.rows if "data-effect" in attrs]
    assert "as reported mean difference -1.20 (-1.98 to -0.42) grade" in row
    (row,) = [plain(text) for _, text in beta.rows if "same people" in text]
    assert "Alpha 2020 (alpha2020)" in row
    (row,) = [
        plain(text) for attrs, text in beta.rows if attrs.get("data-row") == "beta2021.ldn0.c1"
    ]
    assert "mean difference -1.2 (SE 0.4)" in row


def test_bias_is_headed_by_tool_and_version(review, pages):
    for row in review.risk_of_bias.to_dict("records"):
        assert f"{row['tool']} (version {row['tool_version']})" in pages[row["study_id"]].text


def test_doses_stand_on_the_scale_that_compares_them(review, pages):
    kinds = dict(zip(review.studies["study_id"], review.studies["design"], strict=True))
    human = [study for study, page in pages.items() if "Human-equivalent dose" in page.text]
    molar = [study for study, page in pages.items() if "In amount of substance" in page.text]
    assert human and molar
    assert not {study for study in human if kinds[study] == "in vitro"}
    assert {kinds[study] for study in molar} == {"in vitro"}


def test_a_page_is_sound_html_with_ids_once_and_headings_in_order(parsed):
    for study, page in parsed.items():
        assert not page.faults and not page.open, study
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids)), study
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(low - high <= 1 for high, low in pairwise(levels))
        count = {tag: len(page.of(tag)) for tag in ("table", "caption")}
        assert count["table"] == count["caption"]
        assert {attrs.get("scope") for attrs in page.of("th")} == {"col", "row"}
        for link in page.of("a"):
            assert not link["href"].startswith("#") or link["href"][1:] in ids, link


def test_a_link_reports_one_value_with_all_that_finds_it(review, parsed):
    for study, page in parsed.items():
        links = [a for a in page.of("a") if a.get("class") == "lr-report"]
        values = [attrs for attrs, _ in page.rows if attrs.get("data-table") in review.tables]
        values = [attrs for attrs in values if attrs["data-table"] != "discrepancies"]
        assert len(links) == len(values)
        for link, row in zip(links, values, strict=True):
            address = urlsplit(link["href"])
            asked = {name: text for name, (text,) in parse_qs(address.query).items()}
            assert link["href"].startswith(f"{site().repository}/issues/new?")
            assert asked["template"] == "report-a-problem.yml"
            assert (asked["study"], asked["table"]) == (study, row["data-table"])
            assert asked["row"] == row["data-row"] and asked["row"] in asked["title"]
            columns = asked["column"].split(" ")
            assert set(columns) <= set(review.package.tables[asked["table"]].by_name)
            assert asked["value"] and asked["value"] in link["aria-label"]
            assert len(link["href"]) < 4000


def test_the_report_its_other_studies_and_how_to_cite_it_are_named(review, pages, parsed):
    for row in review.studies.to_dict("records"):
        page, reference = pages[row["study_id"]], review.references[row["reference"]]
        assert page.title == f"{reference.short}: {row['model']}"
        assert plain(reference.full) in page.text
        links = {a["href"] for a in parsed[row["study_id"]].of("a")}
        assert not reference.doi or f"https://doi.org/{quote(reference.doi)}" in links
        same = review.studies["reference"] == row["reference"]
        others = set(review.studies.loc[same, "study_id"]) - {row["study_id"]}
        found = {link for link in links if link.startswith("../studies/")}
        assert found == {f"../studies/{other}.html" for other in others}
        assert f"{site().address}{page.address}" in page.text


def test_a_report_that_was_not_read_is_said_to_be_so(review, pages):
    sources = review.sources
    read = set(sources.loc[sources["kind"] == "primary report", "reference"])
    for row in review.studies.to_dict("records"):
        said = "the report of the study itself was not read" in pages[row["study_id"]].text
        assert said == (row["reference"] not in read), row["study_id"]


def test_the_tables_that_show_a_study_are_named_and_linked(review, parsed):
    by_study = [t for t in tables.book_tables(review) if t.source == "studies"]
    assert len(by_study) >= 5
    for table in by_study:
        address = f"../chapters/all.html#table-{table.name}"
        for study, page in parsed.items():
            links = {a["href"] for a in page.of("a")}
            assert (address in links) == (study in table.shown), (table.name, study)


def test_a_page_is_made_of_its_own_rows_and_nothing_else(review):
    made = StudyPages(review, site())
    before = {study: made.made_of(study) for study in made.study_ids}
    row = review.measurements.index[0]
    owner = review.arms.set_index("arm_id").loc[review.measurements.loc[row, "arm_id"], "study_id"]
    changed = review.measurements.copy()
    changed.loc[row, "note"] = "another note"
    after = StudyPages(review.replacing(measurements=changed), site())
    differ = [study for study in before if after.made_of(study) != before[study]]
    assert differ == [owner]


def test_pages_of_some_studies_are_those_of_all(review, pages, used):
    some = list(pages)[::5]
    made = StudyPages(review, site(), used)
    made.prepare(some)
    for study in some:
        assert made.page(study) == pages[study]


def test_no_page_has_to_be_written_when_only_prose_has_changed(review, pages, used):
    made = StudyPages(review, site(), used)
    made.prepare([])
    made.prepare(list(pages)[:1])
    study = next(iter(pages))
    assert made.page(study) == pages[study]


def test_the_sentence_names_design_number_and_dose(review, pages):
    designs = review.labels("designs")
    for row in review.studies.to_dict("records"):
        said = pages[row["study_id"]].description
        assert designs[row["design"]] in said and said.endswith(".")
        if row["n"] not in ("", "1"):
            assert f" {row['n']} " in said
        doses = review.doses[review.doses["study_id"] == row["study_id"]]
        for amount in doses["amount"]:
            assert amount in said


def test_the_text_for_the_search_has_words_and_no_tags(pages):
    for page in pages.values():
        assert page.title in page.text
        assert not re.search(r"[⚑‡<>]/?(td|bdi|span)", page.text)
        assert len(page.text.split()) > 100


HOSTILE = '</td><script>alert(1)</script> **bold** [x](y) {{ 7*7 }} " onmouseover="a \' עברית'


def test_text_from_the_data_is_text_everywhere(data_copy):
    free = {
        "studies": ("model", "cell_lines", "note", "status", "locator"),
        "arms": ("label", "note", "locator"),
        "doses": ("called", "schedule", "note", "locator"),
        "characteristics": ("item", "statement", "note", "locator"),
        "measurements": ("timepoint", "part", "statistic", "note", "locator"),
        "comparisons": ("timepoint", "part", "note", "strength", "locator"),
        "outcomes": ("label",),
        "conditions": ("label",),
        "agents": ("label",),
        "species": ("label",),
        "discrepancies": ("printed", "other_printed", "why", "likely", "effect", "locator"),
        "risk_of_bias": ("domain", "reason", "locator"),
        "trustworthiness": ("reason", "locator"),
    }
    package = read_package(data_copy)
    for table, columns in free.items():
        enums = {f.name for f in package.tables[table].fields if f.enum or f.pattern}
        path = data_copy / "data" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row.update({name: row[name] + HOSTILE for name in set(columns) - enums if row[name]})
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    made = StudyPages(load(data_copy), site())
    for study in made.study_ids:
        page = made.page(study)
        read = Parsed(page.body)
        assert not read.faults and not read.open, study
        assert "script" not in {tag for tag, _ in read.tags}
        assert not any(name.startswith("on") for _, attrs in read.tags for name in attrs)
        assert "<script>alert(1)</script> **bold** [x](y) {{ 7*7 }}" in page.text
        for match in re.finditer("עברית", page.body):
            before = page.body[: match.start()]
            inside_tag = before.rfind("<") > before.rfind(">")
            assert inside_tag or before.count("<bdi>") > before.count("</bdi>"), before[-200:]


def test_a_page_touches_no_table(review, monkeypatch):
    made = StudyPages(review, site())
    made.prepare(made.study_ids)

    def refuse(*_, **__):
        raise AssertionError("a page read a whole table")

    for name in ("__getitem__", "itertuples", "iterrows", "to_dict", "merge", "groupby"):
        monkeypatch.setattr(pd.DataFrame, name, refuse)
    monkeypatch.setattr(pd.DataFrame, "loc", property(refuse))
    for study in made.study_ids:
        assert made.page(study).text
