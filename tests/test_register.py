"""The register of studies: its rows, the words of its filters, and what a script gets of it."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import rispy
from conftest import with_rows
from pybtex.database import parse_string

from livingreview.bibliography import read_bibliography
from livingreview.citation_formats import bibtex, ris
from livingreview.data import keys_of
from livingreview.evidence import ORDER
from livingreview.ladder import NO_AMOUNT, NOT_STATED, OTHER_DRUG
from livingreview.register import NOT_JUDGED, address, filters, register
from livingreview.synthesis import FOR, HIGH, MIXED, UNSURE
from livingreview.tables import study_register
from livingreview.tables.register_csv import COLUMNS, csv_line


@pytest.fixture(scope="module")
def table(review):
    return study_register(review)


@pytest.fixture(scope="module")
def rows(review):
    return register(review).set_index("study_id", drop=False)


class Parsed(HTMLParser):
    """Cells of the table's rows, the text of each script, and all tags."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.scripts, self.tags, self.place = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            self.place = "cell"
        elif tag == "script":
            self.scripts.append("")
            self.place = "script"

    def handle_endtag(self, tag):
        if tag in ("th", "td", "script"):
            self.place = ""

    def handle_data(self, data):
        if self.place == "cell":
            self.rows[-1][-1] += data
        elif self.place == "script":
            self.scripts[-1] += data


def as_script_reads(table):
    return json.loads(json.dumps(table.data))


def test_every_study_stands_in_it_once(review, table):
    keys = review.studies["study_id"]
    assert table.shown == set(keys)
    assert table.left_out == {}
    html = table._repr_html_()
    for key in keys:
        assert html.count(f'<th scope="row"><a href="../studies/{key}.html"') == 1
    assert table.foot.startswith(f"{len(keys)} of the {len(keys)} rows of studies.csv.")


def test_those_nearest_to_a_patient_stand_first_and_the_newest_of_these(rows):
    ranks = rows["rung"].map(ORDER.index)
    assert ranks.is_monotonic_decreasing
    for _, alike in rows.groupby("rung"):
        dated = alike["year"].dropna()
        assert dated.is_monotonic_decreasing
        assert list(alike.index[: len(dated)]) == list(dated.index), "the undated come last"


def test_rows_that_a_reader_can_check(rows):
    trial = rows.loc["peters2015"]
    assert (trial["about"], trial["rung"], trial["number"]) == ("Glioma", "Randomised trials", 110)
    assert (trial["year"], trial["low"], trial["high"]) == (2015, 4.5, 4.5)
    assert (trial["direction"], trial["risk"]) == (MIXED, UNSURE)
    assert trial["values"] == {
        "condition": ("glioma", "Cancer"),
        "rung": ("Randomised trials", "people", "trials"),
        "dose": ("inside",),
        "direction": (MIXED,),
        "risk": (UNSURE,),
    }
    cells = rows.loc["liu2016_cells"]
    assert cells["values"]["condition"] == ("colorectal_cancer", "lung_cancer", "Cancer")
    assert cells["values"]["rung"] == ("Cells",)
    assert cells["values"]["dose"] == cells["dose"] == ("below", "inside")
    assert math.isnan(cells["number"])
    assert rows.loc["donahue2011b_mice", "dose"] == ("below", NO_AMOUNT)
    assert rows.loc["janku2016", "dose"] == (OTHER_DRUG,)
    assert (rows.loc["janku2016", "direction"], rows.loc["janku2016", "risk"]) == (MIXED, HIGH)
    assert rows.loc["donahue2011b_mice", "direction"] == FOR
    assert rows.loc["raknes2019", "values"]["rung"] == ("Register studies", "people")
    assert rows.loc["machado2018_dogs", "values"]["rung"] == ("Animals",)
    assert rows.loc["brown2022", "direction"] == NOT_STATED


def test_cells_of_the_table_as_a_reader_sees_them(review, table):
    found = {row[0].split(" ")[0]: row for row in Parsed(table._repr_html_()).rows[1:]}
    name, year, condition, design, who, dose, direction, risk = found["Peters"]
    assert review.references["peters2015"].title in name
    assert (year, condition, design) == ("2015", "Glioma", "Randomised trials")
    assert "People with high-grade glioma" in who
    assert who.endswith("n = 110")
    assert "‡" in found["Raffeq"][4], "in doubt, and marked"
    assert dose.startswith("LDN 4.5 mg, ")
    assert dose.endswith(" inside the low-dose band")
    assert (direction, risk) == (MIXED, UNSURE)
    assert found["McLaughlin"][5].endswith(" 0.49 mg in an adult; below the low-dose band")


def test_a_study_without_judgement_or_year_is_still_there(review):
    new = {"study_id": "new", "reference": "undated", "species_id": "human"}
    new |= {"conditions": "fibromyalgia", "design": "randomised trial"}
    undated = replace(review.references["peters2015"], key="undated", year="")
    grown = replace(
        with_rows(review, studies=[new]), entries=review.references | {"undated": undated}
    )
    row = register(grown).set_index("study_id").loc["new"]
    assert row["values"]["risk"] == (NOT_JUDGED,)
    assert row["values"]["direction"] == (NOT_STATED,)
    assert row["values"]["dose"] == ()
    assert math.isnan(row["year"])
    data = study_register(grown).data["studies"]
    place = register(grown)["study_id"].tolist().index("new")
    assert data[place]["sort"][1] is None
    (risk,) = (one for one in filters(grown) if one.name == "risk")
    assert NOT_JUDGED in risk.labels
    assert NOT_JUDGED not in next(one for one in filters(review) if one.name == "risk").labels


def test_every_value_of_a_study_is_an_option_and_every_option_has_a_study(review, rows):
    for one in filters(review):
        used = {value for values in rows["values"] for value in values[one.name]}
        assert set(one.labels) == used
        assert len(one.labels) == sum(map(len, one.options.values())), "no value twice"
    conditions = next(one for one in filters(review) if one.name == "condition")
    listed = {key for cell in review.studies["conditions"] for key in keys_of(cell)}
    assert listed <= set(conditions.labels)
    assert conditions.options["Cancer"]["Cancer"] == "Cancer: all"


def test_an_address_can_hold_any_value():
    assert address(rung="Randomised trials") == "register.html?rung=Randomised+trials"
    assert address("a/b.html", condition="&x=1#") == "a/b.html?condition=%26x%3D1%23"


def test_the_script_gets_a_study_for_each_row_in_their_order(review, table):
    parsed = Parsed(table._repr_html_())
    data = json.loads(parsed.scripts[1])
    assert data == as_script_reads(table)
    assert len(data["studies"]) == len(parsed.rows) - 1 == len(review.studies)
    for row, study in zip(parsed.rows[1:], data["studies"], strict=True):
        assert row[0].startswith(study["sort"][0])
        assert len(study["sort"]) == len(data["columns"]) == len(row)
        assert study["reference"] in data["references"]


def texts_of(review, text):
    """The review with a text in place of what is printed of one study."""
    studies, conditions = review.studies.copy(), review.conditions.copy()
    at = studies["study_id"] == "liu2020_cells"
    studies.loc[at, ["model", "cell_lines", "registration"]] = text
    conditions.loc[conditions["condition_id"] == "cervical_cancer", ["label", "group"]] = text
    entries = review.references | {"liu2020": replace(review.references["liu2020"], title=text)}
    return replace(review.replacing(studies=studies, conditions=conditions), entries=entries)


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><img src=x onerror=alert(1)>',
    "]]> & ' \" \u2028 \\",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_data_stays_text(review, text):
    spoilt = study_register(texts_of(review, text))
    parsed = Parsed(spoilt._repr_html_())
    assert parsed.tags.count("script") == 3
    assert set(parsed.tags) == set(Parsed(study_register(review)._repr_html_()).tags)
    assert json.loads(parsed.scripts[1]) == as_script_reads(spoilt)
    assert any(text in cell for row in parsed.rows for cell in row)


def test_the_lines_of_csv_are_the_studies(review, table):
    data = table.data
    lines = [data["head"], *(study["csv"] for study in data["studies"])]
    found = list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\ufeff"), newline="")))
    assert [row["study_id"] for row in found] == register(review)["study_id"].tolist()
    trial = next(row for row in found if row["study_id"] == "peters2015")
    assert tuple(trial) == COLUMNS
    assert trial["n"] == "110"
    assert trial["registration"] == "NCT01303835"
    assert trial["doses"].startswith("LDN 4.5 mg, ")
    assert trial["title"] == review.references["peters2015"].title


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\n=1", "＝1"])
def test_no_cell_is_a_formula(review, cell):
    assert next(csv.reader(io.StringIO(csv_line([cell, "a"]), newline=""))) == ["'" + cell, "a"]
    spoilt = study_register(texts_of(review, cell)).data["studies"]
    for study in spoilt:
        for found in next(csv.reader(io.StringIO(study["csv"], newline=""))):
            assert not found.strip().startswith(("=", "+", "-", "@", "＝")), found


def test_harmless_cells_stay_as_they_are():
    cells = ["a=1", "4.5 mg", "", "≥270 g", 'say "so", twice', "two\nlines"]
    assert next(csv.reader(io.StringIO(csv_line(cells), newline=""))) == cells


def test_references_survive_in_bibtex(review):
    text = "".join(bibtex(reference) for reference in review.references.values())
    assert dict(parse_string(text, "bibtex").entries) == {
        key: reference.entry for key, reference in review.references.items()
    }


def test_references_survive_in_ris(review):
    text = "".join(ris(reference) for reference in review.references.values())
    found = {entry["id"]: entry for entry in rispy.loads(text)}
    assert list(found) == list(review.references)
    for key, reference in review.references.items():
        entry = found[key]
        assert entry["title"] == reference.title
        assert entry.get("year", "") == reference.year
        assert entry.get("doi", "") == reference.doi
        authors = [name for name in reference.authors if name != "others"]
        told = [name.split(",")[0] for name in entry.get("authors", [])]
        assert told == authors
    article = found["donahue2011b"]
    assert article["type_of_reference"] == "JOUR"
    assert {"secondary_title", "volume", "start_page", "end_page"} <= set(article)
    assert found["peters2015"]["type_of_reference"] == "GEN"
    assert found["peters2015"]["notes"] == ["Registration: NCT01303835"]


def test_a_line_end_in_a_reference_starts_no_field_of_its_own(tmp_path):
    (tmp_path / "references.bib").write_text(
        "@article{odd2020,\n  author = {{World Health Organization} and others},\n"
        "  title = {One\nER  - \n\nTY  - BOOK\nTI  - Two \\& {\\o}},\n  pages = {5--9},\n"
        "  journal = {J\n\nER  - },\n  doi = {10.1/2\nER  - },\n  year = {2020}\n}\n",
        encoding="utf-8",
    )
    references, _ = read_bibliography(tmp_path)
    (entry,) = rispy.loads(ris(references["odd2020"]))
    assert entry["title"] == "One ER - TY - BOOK TI - Two & ø"
    assert entry["authors"] == ["World Health Organization"]
    assert (entry["start_page"], entry["end_page"]) == ("5", "9")
