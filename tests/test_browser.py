"""The pages in a real browser: the register of studies, and the map that leads to it."""

from __future__ import annotations

import io
import re
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
import rispy
from browser import Browser
from pybtex.database import parse_string

from livingreview.book.pdf.chromium import REMEDY, program
from livingreview.register import register

PAGE = "chapters/register.html"


def shown(page):
    """Keys of the studies in the table, from top to bottom."""
    links = page.locator("#table-register tbody th a[href*='/studies/']")
    return [link.split("/")[-1].removesuffix(".html") for link in hrefs(links)]


def hrefs(links):
    return links.evaluate_all("links => links.map(link => link.getAttribute('href'))")


def field(page, name):
    return page.locator(f"#register-{name}")


def status(page):
    return page.locator("#register-status").inner_text()


def query(page):
    return {name: value for name, (value,) in parse_qs(urlsplit(page.url).query).items()}


def chosen(review, **wanted):
    """Keys of the studies that have all of some values, in the order of the register."""
    studies = register(review)
    fits = studies["values"].map(lambda has: all(wanted[name] in has[name] for name in wanted))
    return studies.loc[fits, "study_id"].tolist()


def head(page, name):
    return page.locator("#table-register thead th").filter(has_text=re.compile(f"^{name}"))


def test_a_missing_browser_fails_with_the_remedy(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(RuntimeError, match=re.escape(REMEDY)):
        program()
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(RuntimeError), Browser():
        pass


def test_without_javascript_all_studies_stand_there_and_no_form(visit, review):
    page = visit(PAGE, scripts=False).page
    assert shown(page) == register(review)["study_id"].tolist()
    assert page.locator("#table-register tbody tr").last.is_visible()
    assert not page.locator("#register-form").is_visible()
    assert page.locator("#table-register thead button").count() == 0


def test_filters_show_the_studies_that_have_all_values(visit, review):
    page = visit(PAGE).page
    assert status(page) == f"{len(review.studies)} of {len(review.studies)} studies."
    field(page, "condition").select_option("Cancer")
    field(page, "rung").select_option("trials")
    field(page, "dose").select_option("inside")
    expected = chosen(review, condition="Cancer", rung="trials", dose="inside")
    assert 0 < len(expected) < len(chosen(review, condition="Cancer", rung="trials"))
    assert shown(page) == expected
    assert status(page).startswith(f"{len(expected)} of {len(review.studies)} studies;")
    assert "Design: Any trial in people" in status(page)
    assert query(page) == {"condition": "Cancer", "rung": "trials", "dose": "inside"}
    page.get_by_role("button", name="Reset").click()
    assert shown(page) == register(review)["study_id"].tolist()
    assert query(page) == {}


def test_each_option_says_how_many_studies_it_would_show(visit, review):
    page = visit(f"{PAGE}?rung=people&condition=glioma").page
    for option in page.locator("#register-condition option").all():
        number = int(re.search(r"\((\d+)\)$", option.inner_text())[1])
        value = option.get_attribute("value")
        wanted = {"rung": "people"} | ({"condition": value} if value else {})
        assert number == len(chosen(review, **wanted)), value


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zágon", "zagon1983b_mice"),
        ("ZAGON mice", "zagon1983b_mice"),
        ("nct01303835", "peters2015"),
        ("trials people glioma", "peters2015"),
        ("quality of life in high", "peters2015"),
    ],
)
def test_the_search_finds_words_whatever_their_accents_and_order(visit, review, words, found):
    page = visit(PAGE).page
    field(page, "q").fill(words)
    assert found in shown(page)
    assert len(shown(page)) < len(review.studies) / 3
    page.wait_for_url("**q=*")
    assert query(page) == {"q": words}


def test_a_search_that_finds_nothing_says_so(visit):
    page = visit(PAGE).page
    field(page, "q").fill("no such words anywhere")
    assert shown(page) == []
    assert "no study fits" in status(page)
    assert page.get_by_role("button", name="CSV").is_disabled()


def test_the_address_brings_a_view_back_and_ignores_what_it_does_not_know(visit, review):
    address = f"{PAGE}?condition=glioma&rung=Randomised+trials"
    page = visit(address).page
    assert shown(page) == chosen(review, condition="glioma", rung="Randomised trials")
    assert field(page, "condition").input_value() == "glioma"
    page = visit(f"{PAGE}?condition=gl%22%3Eoma&rung=people&dose=&sort=constructor&x=1").page
    assert shown(page) == chosen(review, rung="people")
    assert field(page, "condition").input_value() == ""
    assert field(page, "condition").locator("option:checked").inner_text().startswith("All (")
    assert page.locator("th[aria-sort]").count() == 0
    field(page, "condition").select_option("glioma")
    assert query(page) == {"condition": "glioma", "rung": "people", "x": "1"}


def test_the_back_button_takes_choices_back(visit, review):
    page = visit(PAGE).page
    field(page, "condition").select_option("glioma")
    field(page, "rung").select_option("trials")
    page.go_back()
    assert shown(page) == chosen(review, condition="glioma")
    assert field(page, "rung").input_value() == ""
    page.go_back()
    assert len(shown(page)) == len(review.studies)
    page.go_forward()
    assert shown(page) == chosen(review, condition="glioma")


def test_a_head_sorts_by_keyboard_and_tells_how(visit, review):
    page = visit(PAGE).page
    years = register(review).set_index("study_id")["year"]
    head(page, "Year").get_by_role("button").press("Enter")
    assert head(page, "Year").get_attribute("aria-sort") == "descending"
    newest, undated = years.dropna(), int(years.isna().sum())
    assert 0 < undated < len(newest)
    found = years[shown(page)]
    assert found.dropna().is_monotonic_decreasing and found.iloc[-undated:].isna().all()
    assert query(page) == {"sort": "-year"}
    head(page, "Year").get_by_role("button").press("Space")
    assert head(page, "Year").get_attribute("aria-sort") == "ascending"
    found = years[shown(page)]
    assert found.dropna().is_monotonic_increasing and found.iloc[-undated:].isna().all()
    assert "sorted by Year, ascending" in status(page)
    head(page, "Condition").get_by_role("button").click()
    assert page.locator("th[aria-sort]").count() == 1


def test_what_is_not_known_comes_last_both_ways(visit, review):
    numbers = register(review).set_index("study_id")["number"]
    known = int(numbers.notna().sum())
    assert 0 < known < len(numbers)
    for sort, ascending in (("participants", True), ("-participants", False)):
        found = numbers[shown(visit(f"{PAGE}?sort={sort}").page)]
        assert found.iloc[:known].notna().all()
        assert found.iloc[known:].isna().all()
        assert found.dropna().tolist() == sorted(numbers.dropna(), reverse=not ascending)


def saved(page, name):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name, exact=True).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes().decode("utf-8")


def test_the_downloads_hold_the_rows_shown(visit, review):
    page = visit(f"{PAGE}?condition=breast_cancer&sort=-year").page
    keys = shown(page)
    assert 1 < len(keys) < len(review.studies)
    name, text = saved(page, "CSV")
    assert (name, text[0]) == ("studies.csv", "\ufeff")
    assert pd.read_csv(io.StringIO(text[1:]))["study_id"].tolist() == keys
    reports = review.studies.set_index("study_id")["reference"][keys].drop_duplicates().tolist()
    assert len(reports) < len(keys), "cells and animals of one report"
    name, text = saved(page, "RIS")
    assert (name, [entry["id"] for entry in rispy.loads(text)]) == ("studies.ris", reports)
    name, text = saved(page, "BibTeX")
    assert (name, list(parse_string(text, "bibtex").entries)) == ("studies.bib", reports)


def test_a_cell_of_the_map_leads_to_its_studies_by_keyboard(visit, review):
    for path in ("chapters/evidence-map.html", "index.html"):
        page = visit(path).page
        link = page.get_by_role("link", name=re.compile(r"^Glioma, randomised trials: \d"))
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/chapters/register.html?*")
        assert shown(page) == chosen(review, condition="glioma", rung="Randomised trials")


# Has the part laid out that is asked, which what is far below is not.
SIDES = "part => { const box = part.getBoundingClientRect(); return [box.width, box.height] }"


def test_a_cell_of_the_map_is_large_enough_for_a_finger(visit):
    page = visit("chapters/evidence-map.html", width=360).page
    for link in page.locator("svg.lr-figure a").all():
        assert min(link.evaluate(SIDES)) >= 24


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_first_study_found_is_in_sight(visit, theme):
    page = visit(PAGE, width=360, height=800, theme=theme).page
    assert not field(page, "condition").is_visible(), "the filters are folded"
    field(page, "q").fill("fibromyalgia")
    row = page.locator("#table-register tbody tr").first
    assert row.is_visible()
    assert row.bounding_box()["y"] < 700
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_text("Filters and downloads").click()
    field(page, "rung").select_option("trials")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("#register-form :is(input, select, button)").all():
        assert control.bounding_box()["height"] >= 24


def test_the_script_of_the_register_is_on_its_page_alone(built):
    site = built / "_build/html"
    pages = [
        path.relative_to(site).as_posix()
        for path in site.rglob("*.html")
        if "register.js" in path.read_text(encoding="utf-8")
    ]
    assert pages == [PAGE]
    assert (site / "register.js").is_file()
