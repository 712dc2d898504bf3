"""A part of the data is the same rows in the loaded tables and in the text of their files."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from conftest import ROOT

from livingreview import reads, retractions
from livingreview.book.inputs import Inputs
from livingreview.data import load
from livingreview.evidence_diff.chapters import read_chapter
from livingreview.figures.drawing import Drawing
from livingreview.parts import ABOUT, PartsOfFiles, deciding
from livingreview.project import BIBLIOGRAPHY, DATA_DIR

LOADS = re.compile(r'load\(about="(.+)"\)')
CHAPTERS = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "chapters").glob("*.md"))}
ABOUT_A_PART = {name: found[1] for name, text in CHAPTERS.items() if (found := LOADS.search(text))}
SUBJECTS = sorted(set(ABOUT_A_PART.values()))


@pytest.fixture(scope="module")
def texts():
    """The files that the data are in."""
    names = [f"{DATA_DIR}/{path.name}" for path in sorted((ROOT / DATA_DIR).glob("*.csv"))]
    return {name: (ROOT / name).read_text("utf-8") for name in [*names, BIBLIOGRAPHY]}


def content(texts, name, subject):
    tables = [one for one in texts if one.endswith(".csv")]
    return PartsOfFiles(texts.__getitem__, tables).content(f"{name}{ABOUT}{subject}")


def keys(review, table):
    return review.tables[table][review.package.tables[table].primary_key[0]].tolist()


def test_most_chapters_are_about_a_part():
    assert len(ABOUT_A_PART) >= len(CHAPTERS) / 3
    assert len(SUBJECTS) > 5


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_part_is_the_same_rows_in_tables_and_files(review, texts, subject):
    part = review.whole.about(subject)
    assert 0 < len(part.studies) < len(review.whole.studies)
    decided = [n for n, t in review.package.tables.items() if deciding(n, t.by_name)]
    assert {"studies", "arms", "measurements", "doses", "comparisons", "sources"} <= set(decided)
    for table in decided:
        key = review.package.tables[table].primary_key[0]
        lines = content(texts, f"{DATA_DIR}/{table}.csv", subject).split("\n")
        at = lines[0].split("\x1f").index(key)
        assert [line.split("\x1f")[at] for line in lines[1:]] == keys(part, table), table
    held = re.findall(r"^@\w+\{(.+),$", content(texts, BIBLIOGRAPHY, subject), re.MULTILINE)
    assert sorted(held) == sorted(part.references)
    assert set(part.studies["reference"]) <= set(held)


def changed(text, key, column):
    """The text of a table with one cell changed."""
    header, *rows = csv.reader(io.StringIO(text))
    at = header.index(column)
    for row in rows:
        if row[0] == key:
            row[at] += "x"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    assert out.getvalue() != text
    return out.getvalue()


@pytest.mark.parametrize("subject", ["Pain", "implantation_failure"])
@pytest.mark.parametrize("table", ["studies", "arms", "measurements", "doses", "sources"])
def test_a_part_changes_with_its_rows_and_with_no_others(review, texts, subject, table):
    inside = set(keys(review.whole.about(subject), table))
    found = {}
    last = list(review.package.tables[table].by_name)[-1]
    for key in (sorted(inside)[0], sorted(set(keys(review.whole, table)) - inside)[0]):
        name = f"{DATA_DIR}/{table}.csv"
        other = texts | {name: changed(texts[name], key, last)}
        found[key in inside] = content(other, name, subject) != content(texts, name, subject)
    assert found == {True: True, False: False}


def test_a_part_of_the_references_changes_with_its_entries_and_with_no_others(review, texts):
    part = review.about("Pain")
    own, other = (
        part.studies["reference"].iloc[0],
        next(iter(set(review.references) - set(part.references))),
    )
    for key, changes in ((own, True), (other, False)):
        text = texts[BIBLIOGRAPHY].replace(f"{{{key},", f"{{{key},\n  note = {{Changed}},")
        assert text != texts[BIBLIOGRAPHY]
        others = texts | {BIBLIOGRAPHY: text}
        same = content(others, BIBLIOGRAPHY, "Pain") == content(texts, BIBLIOGRAPHY, "Pain")
        assert same is not changes
    words = texts[BIBLIOGRAPHY] + '\n@string{journal = "J"}\n'
    assert content(texts | {BIBLIOGRAPHY: words}, BIBLIOGRAPHY, "Pain").endswith('"J"}')
    more = texts[BIBLIOGRAPHY] + "\n@book{of_nobody,\n title = {T}\n}\n"
    for subject in SUBJECTS:  # one of them holds what was the last entry
        same = content(texts | {BIBLIOGRAPHY: more}, BIBLIOGRAPHY, subject)
        assert same == content(texts, BIBLIOGRAPHY, subject)


def test_a_study_that_comes_into_a_part_or_leaves_it_changes_it(texts):
    name = f"{DATA_DIR}/studies.csv"
    moved = texts | {name: texts[name].replace(",fibromyalgia,", ",crohn,", 1)}
    for subject, changes in (("Pain", True), ("Bowel", True), ("Skin", False)):
        assert (content(moved, name, subject) != content(texts, name, subject)) is changes


def test_faulty_files_have_parts_too(texts):
    name = f"{DATA_DIR}/arms.csv"
    cut = texts | {name: texts[name] + "a row that ends\n"}
    for subject in ("Pain", "Skin"):
        assert content(cut, name, subject).endswith("a row that ends"), "it is in every part"
    open_quote = texts[name] + '"' + "x" * 200_000
    for spoilt in ("", "no,such,header\n1,2,3\n", open_quote):
        assert content(texts | {name: spoilt}, name, "Pain") != content(texts, name, "Pain")
    without = {one: text for one, text in texts.items() if one != name}
    assert content(without, name, "Pain") == ""


@pytest.mark.parametrize("name", ABOUT_A_PART)
def test_a_chapter_about_a_part_says_what_it_would_say_with_all_data(review, name):
    def seen(text):
        chapter = read_chapter(name, text, review)
        assert not chapter.failed
        shown = {}
        for call, output in chapter.outputs.items():
            shown[call] = output.svg() if isinstance(output, Drawing) else output._repr_html_()
        return chapter.sentences, shown

    assert seen(CHAPTERS[name]) == seen(LOADS.sub("load()", CHAPTERS[name]))


def test_what_is_read_of_a_part_is_noted_as_that_part():
    with reads.noted() as names:
        review = load(ROOT, about="Pain")
        for view in (review, review.printed, review.whole):
            assert len(view.studies) and len(view.arms) and len(view.doses) and len(view.outcomes)
        assert review.references
    corrections = {f"{DATA_DIR}/discrepancies.csv", f"{DATA_DIR}/{retractions.TABLE}.csv"}
    assert set(names) == {
        *(f"{DATA_DIR}/{table}.csv about Pain" for table in ("studies", "arms", "doses")),
        *(f"{DATA_DIR}/{name}" for name in ("datapackage.json", "outcomes.csv")),
        "references.bib about Pain",
        *corrections,
    }


def test_an_unknown_subject_is_named():
    with pytest.raises(ValueError, match="no group of conditions is named 'pain'"):
        load(ROOT, about="pain")


def test_where_a_correction_moves_a_study_all_data_are_taken(review):
    """The files do not tell by themselves to which part such a study belongs."""
    studies = review.studies.copy()
    studies.loc[studies["study_id"] == "younger2013", "conditions"] = "crohn"
    as_printed = replace(review, uncorrected=review.uncorrected | {"studies": studies})
    assert as_printed.about("Skin").part is not None
    assert as_printed.about("Bowel") is as_printed


def test_rows_of_retracted_reports_stay_under_whole(review):
    study = review.about("Pain").studies.iloc[0]
    row = {"reference": study["reference"], "retracted": pd.Timestamp("2026-01-01")}
    retracted = pd.DataFrame([row]).reindex(columns=review.retractions.columns, fill_value="")
    tables = dict(review.tables) | {retractions.TABLE: retracted}
    printed = retractions.leave_out(tables | review.uncorrected)
    part = replace(
        review,
        tables=review.tables | retractions.leave_out(tables),
        uncorrected={
            name: printed.get(name, review.uncorrected[name]) for name in review.uncorrected
        },
        with_retracted=review,
    ).about("Pain")
    assert study["study_id"] not in set(part.studies["study_id"])
    assert study["study_id"] in set(part.whole.studies["study_id"])
    assert len(part.whole.studies) < len(review.studies)


def test_parts_are_of_the_moment_at_which_the_data_were_read(data_copy):
    inputs = Inputs(data_copy)
    name = f"{DATA_DIR}/studies.csv"
    inputs.content(name)
    path = data_copy / name
    path.write_text(path.read_text("utf-8").replace("fibromyalgia", "chronic_pain"), "utf-8")
    part = f"{name}{ABOUT}fibromyalgia"
    assert inputs.content(part) == Inputs(ROOT).content(part)
    assert Inputs(data_copy).content(part) != inputs.content(part)
