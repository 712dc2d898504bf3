"""Retracted reports: out of everything at one place, and still there for whoever looks for them."""

from __future__ import annotations

import pytest
import small_project

from livingreview.book.reference_list import with_retractions
from livingreview.checks import check_project
from livingreview.data import load
from livingreview.register import RETRACTED, filters, register
from livingreview.study_pages import Site, StudyPages
from livingreview.tables.register import study_register

HEAD = "reference,retracted,notice,reason,extracted,checked\n"
NOTICE = ",2026-11-20,10.1000/notice,The data could not be produced.,2026-11-21,\n"
MICE = "gamma2022_mice"


@pytest.fixture
def small(tmp_path):
    """A project in which the report gamma2022 is retracted."""
    return small_project.write(tmp_path / "project")


def retract(folder, *references):
    text = HEAD + "".join(reference + NOTICE for reference in references)
    (folder / "data/retractions.csv").write_text(text, encoding="utf-8")


def keys(frame):
    return frame.iloc[:, 0].tolist()


def test_its_rows_are_in_no_table_and_in_the_whole(small):
    review = load(small)
    for name in ("studies", "doses", "arms", "comparisons"):
        assert not any(MICE in key for key in keys(review.tables[name])), name
        assert any(MICE in key for key in keys(review.whole.tables[name])), name
        assert not any(MICE in key for key in keys(review.printed.tables[name])), name
        assert any(MICE in key for key in keys(review.whole.printed.tables[name])), name
    assert keys(review.discrepancies) == [], "a fault of a row that is gone"
    assert keys(review.whole.discrepancies) == ["beta2021-d1"]
    assert (small / "data/studies.csv").read_text().count(MICE) == 1, "nothing is deleted"


def test_without_a_retraction_there_is_one_review(small):
    retract(small)
    review = load(small)
    assert review.whole is review
    assert MICE in keys(review.studies)


def test_what_was_read_in_a_retracted_source_goes_too(small):
    retract(small, "beta2021")
    review = load(small)
    assert keys(review.studies) == ["alpha2020"]
    assert keys(review.sources) == ["alpha2020", "beta2021"], "what it is stays known"
    retract(small, "alpha2020")
    path = small / "data/certainty.csv"
    path.write_text(path.read_text().replace("pain_score,alpha2020,", "pain_score,,"))
    assert check_project(small) == []
    assert keys(load(small).pharmacology) == []
    assert keys(load(small).mechanisms) == []


def test_a_study_that_overlaps_with_it_no_longer_says_so(small):
    path = small / "data/studies.csv"
    head, first, *others = path.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = first.split(",")
    cells[head.split(",").index("overlaps")] = MICE
    path.write_text("".join([head, ",".join(cells), *others]), encoding="utf-8")
    assert load(small).labels("studies", "overlaps")["alpha2020"] == ""
    assert load(small).whole.labels("studies", "overlaps")["alpha2020"] == MICE


def test_a_correction_of_its_cell_is_shown_on_its_page(small):
    path = small / "data/discrepancies.csv"
    text = path.read_text(encoding="utf-8")
    assert ",19,,internal comparison" in text
    path.write_text(text.replace(",19,,internal", ",19,19,internal"), encoding="utf-8")
    review = load(small)
    assert MICE not in keys(review.printed.studies)
    page = StudyPages(review, Site("", "", "", "")).page(MICE)
    assert "Corrected; the source prints 20." in page.text


def test_its_page_says_so_first_and_shows_its_values(small):
    pages = StudyPages(load(small), Site("", "", "", ""))
    page = pages.page(MICE)
    assert page.title.startswith("Retracted: ")
    assert "This report was retracted on 2026-11-20." in page.text
    assert 'href="https://doi.org/10.1000/notice"' in page.body
    assert "From what was retracted, none is computed." in page.text
    assert "LDN 0.1 mg/kg" in page.text
    assert "etracted" not in pages.page("alpha2020").text
    before = pages.made_of(MICE)
    retract(small)
    assert StudyPages(load(small), Site("", "", "", "")).made_of(MICE) != before


def test_the_list_of_references_says_so_at_its_entry_alone(small):
    review = load(small)
    (gone,) = review.retractions["reference"]
    entry = '<div class="citation" id="{}" role="listitem"><span>[x]</span>\n<p>{}.</p></div>'
    names = {key: one.anchor for key, one in review.references.items()}
    body = "\n".join(entry.format(anchor, key) for key, anchor in names.items())
    told = "<strong>Retracted on 2026-11-20.</strong> "
    found = with_retractions(body, review)
    assert found == body.replace(f"<p>{gone}.", f"<p>{told}{gone}.") != body
    retract(small)
    assert with_retractions(body, load(small)) == body


def test_a_notice_without_a_doi_is_linked_as_it_is(small):
    path = small / "data/retractions.csv"
    text = path.read_text().replace("10.1000/notice", "https://journal.test/notice?id=1")
    path.write_text(text)
    page = StudyPages(load(small), Site("", "", "", "")).page(MICE)
    assert 'href="https://journal.test/notice?id=1"' in page.body


def test_the_register_shows_it_last_and_no_filter_counts_it(review, data_copy):
    free = set(review.studies["reference"]) - {
        review.labels("studies", "reference")[key]
        for cell in review.certainty["studies"]
        for key in cell.split()
    }
    gone = review.studies[review.studies["reference"].isin(free)].iloc[-1]
    retract(data_copy, gone["reference"])
    changed = load(data_copy)
    rows = register(changed)
    assert sorted(rows["study_id"]) == sorted(review.studies["study_id"])
    last = rows[rows["rung"] == RETRACTED]
    assert gone["study_id"] in last["study_id"].tolist()
    assert last.index.tolist() == list(range(len(rows) - len(last), len(rows)))
    for values in last["values"]:
        assert values["rung"] == (RETRACTED,)
        assert not (values["dose"] or values["direction"] or values["risk"])
    (rung,) = [one for one in filters(changed) if one.name == "rung"]
    assert RETRACTED in rung.labels
    shown = study_register(changed)
    assert len(shown.groups[0].rows) == len(rows)
    assert "Retracted" in shown.groups[0].rows[-1][0]


def test_a_register_without_a_retraction_has_no_such_filter(review):
    assert all(RETRACTED not in one.labels for one in filters(review))
