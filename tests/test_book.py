"""The book as built: whole, and true to the data."""

from __future__ import annotations

import json
import re
import zipfile

import pytest
from built_site import SITE, Page, plain

from livingreview.book import build as building
from livingreview.book.downloads import (
    ARCHIVE,
    RECOMPUTED,
    RECOMPUTED_JSON,
    REFERENCES_CSL,
    REFERENCES_RIS,
)


@pytest.fixture(scope="module")
def pages(built):
    names = building.pages(built)
    return {name: Page(built / SITE / name) for name in names}


def test_every_page_of_the_contents_is_there(built, pages):
    contents = (built / "_toc.yml").read_text(encoding="utf-8")
    assert len(pages) == len(re.findall(r"^ *(?:- file|root): ", contents, re.M))
    assert (built / SITE / "search.html").is_file()


def test_every_picture_has_words_for_it(pages):
    total = 0
    for name, content in pages.items():
        for words in content.pictures:
            assert words, name
            assert not re.search(r"\.(svg|png)$", words), name
        total += sum(len(words) > 40 for words in content.pictures)
    assert total >= 19


def test_the_site_says_that_it_is_no_medical_advice(pages):
    for name, content in pages.items():
        assert "not medical advice" in content.text, name


def test_no_fact_was_left_unfilled(pages):
    for name, content in pages.items():
        assert "glue" not in content.text, name
        # the word of a sentence is none of Python
        assert not re.search(r"(?<!Control: )\bNone\b|\bnan\b", content.text), name


def test_every_reference_of_both_lists_can_be_linked_to(pages, review):
    known = pages["chapters/references.html"].identifiers
    for key in review.reference_lists["reference"]:
        assert review.references[key].anchor in known


def test_the_downloads_are_the_data(built):
    folder = built / SITE / "data"
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    names = ["datapackage.json", "references.bib", *(r["path"] for r in package["resources"])]
    made = [ARCHIVE, RECOMPUTED, RECOMPUTED_JSON, REFERENCES_CSL, REFERENCES_RIS]
    made += [r["path"].replace(".csv", ".json") for r in package["resources"]]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names, *made])
    header = (folder / RECOMPUTED).read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "study_id,outcome,statistic,locator,reported,recomputed,low,high,test,verdict"
    )
    with zipfile.ZipFile(folder / ARCHIVE) as archive:
        for name in names:
            origin = built / (name if name == "references.bib" else f"data/{name}")
            assert (folder / name).read_bytes() == origin.read_bytes()
            assert archive.read(name) == origin.read_bytes()


def test_the_counts_of_the_pages_agree_with_the_data(pages, review):
    studies = len(review.studies)
    assert f"{studies} studies" in plain(pages["index.html"].text)
    assert f"Of {studies} studies" in plain(pages["chapters/summary.html"].text)
    assert f"{studies} studies stand in the map" in plain(pages["chapters/evidence-map.html"].text)
