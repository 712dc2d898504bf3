"""Where in the book a study is used: every table and figure that shows it is named on its page."""

from __future__ import annotations

import csv
import re
from urllib.parse import parse_qs, unquote, urldefrag, urljoin, urlsplit

import matplotlib.pyplot as plt
import pytest
import yaml
from built_site import SITE, Page, plain
from conftest import ROOT
from test_figures import CASES, NAMES

from livingreview import reads, tables
from livingreview.data import keys_of
from livingreview.evidence import people_with
from livingreview.figures.figure_files import FigureFiles, packed, unpacked
from livingreview.study_pages import question, uses_on_page

# Tables of the data whose rows belong to a study.
OF_STUDIES = {"studies", "arms", "doses", "characteristics", "measurements", "comparisons"}
OF_STUDIES |= {"risk_of_bias", "trustworthiness"}
# It takes from the studies no more than which low dose is the usual one.
OF_NO_STUDY = ("plasma_day",)
COMPUTED = (tables.absolute_effects, tables.pooling, tables.audited_effects, tables.change_bounds)


def owners(review, table):
    """Studies whose rows a table of the book shows, by the keys it says that it shows."""
    if not table.source:
        # what is computed names the study before the outcome
        return {key.split(" ")[0] for key in table.shown} & set(review.studies["study_id"])
    if table.source not in review.tables:
        return set()
    frame = review.tables[table.source]
    frame = frame[frame[review.package.tables[table.source].primary_key[0]].isin(table.shown)]
    if "study_id" in frame:
        return set(frame["study_id"])
    if "arm_id" in frame:
        return set(frame["arm_id"].map(review.labels("arms", "study_id")))
    if "studies" in frame:
        return {key for cell in frame["studies"] for key in keys_of(cell)}
    return set()


def linked(table):
    return {study for study, _ in uses_on_page("chapters/x", table._repr_html_())}


def test_every_table_leads_to_each_study_whose_rows_it_shows(review):
    every = [*tables.book_tables(review), *(function(review) for function in COMPUTED)]
    every.append(tables.recomputed(review))
    shown = {table.name: owners(review, table) for table in every}
    assert sum(map(bool, shown.values())) >= 20
    for table in every:
        assert shown[table.name] <= linked(table), table.name


def test_what_is_pooled_or_not_names_its_studies(review):
    assert linked(tables.pooling(review)) == people_with(review, "implantation_failure")
    (mark,) = re.findall(
        r"Which studies.*?</details>", tables.pooling(review)._repr_html_(), re.DOTALL
    )
    assert mark.count("<a ") == 1


@pytest.mark.parametrize(("function", "rest"), CASES, ids=NAMES)
def test_a_figure_drawn_from_studies_names_them(review, function, rest, monkeypatch):
    seen = set()
    monkeypatch.setattr(reads, "note", seen.add)
    # a copy has computed nothing yet, so that all it reads is seen
    drawing = function(review.replacing(), *rest)
    plt.close(drawing.figure)
    read = {name for name in OF_STUDIES if f"data/{name}.csv" in seen}
    if function.__name__ in OF_NO_STUDY:
        read = set()
    assert bool(read) == ("study_id" in drawing.table), read
    assert set(drawing.studies) <= set(review.studies["study_id"])
    assert bool(drawing.studies) == bool(read) or "0 in the data" in drawing.alt


def test_studies_of_a_figure_survive_its_packing():
    figure = FigureFiles("x", "y", {"csv": b"1"}, ("one2020", "two2021"))
    assert unpacked(packed(figure))[1] == figure


def test_a_caption_gives_its_question():
    assert question("How many?  Look\nat it. And more.") == "How many?"
    assert question("No end") == "No end"


@pytest.fixture(scope="module")
def site(built):
    return built / SITE


@pytest.fixture(scope="module")
def pages(site):
    return {path.stem: Page(path) for path in (site / "studies").glob("*.html")}


def test_a_page_names_every_figure_of_its_study_and_no_other(site, pages):
    """By the numbers to download, and the figure that each stands under."""
    named = {}
    for path in (site / "figures").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        named[path.stem] = {key for row in rows for key in keys_of(row.get("study_id", ""))}
    places = {}
    for path in [site / "index.html", *(site / "chapters").glob("*.html")]:
        text = path.read_text(encoding="utf-8")
        for figure in re.findall(r"<figure.*?</figure>", text, re.DOTALL):
            anchor = re.search(r'<figure[^>]* id="([^"]+)"', figure)[1]
            (drawn,) = re.findall(r'figures/([\w-]+)\.csv"', figure)
            places[f"../{path.relative_to(site).as_posix()}#{anchor}"] = drawn
    assert set(places.values()) == set(named)
    for study, page in pages.items():
        inside = {link for link in page.links if link in places}
        assert inside == {link for link, drawn in places.items() if study in named[drawn]}, study
    assert sum(study in set().union(*named.values()) for study in pages) == len(pages)


def test_every_use_leads_to_its_place(site, pages):
    known = {}
    for study, page in pages.items():
        uses = [link for link in page.links if re.search(r"\.html#(table|fig)-", link)]
        assert len(uses) == len(set(uses)) >= 2, study
        for link in uses:
            target, anchor = urldefrag(urljoin(f"studies/{study}.html", link))
            if target not in known:
                known[target] = Page(site / unquote(target)).identifiers
            assert anchor in known[target], (study, link)


def test_a_use_says_what_it_is_and_where(site, review):
    (study,) = people_with(review, "implantation_failure")
    text = (site / f"studies/{study}.html").read_text(encoding="utf-8")
    book = text[text.index('id="book"') : text.index('id="report"')]
    uses = [
        plain(re.sub("<[^>]+>", "", item)) for item in re.findall(r"<li>(.*?)</li>", book, re.S)
    ]
    assert any(re.search(r"\? table, in ", use) for use in uses)
    assert any(re.search(r"\? figure, in ", use) for use in uses)
    assert all(len(use) < 220 for use in uses), "the question alone, not the whole caption"


# --- a problem with a value --------------------------------------------------------------


def test_every_value_of_every_page_can_be_reported_with_all_that_finds_it(site, review, pages):
    form = yaml.safe_load(
        (ROOT / ".github/ISSUE_TEMPLATE/report-a-problem.yml").read_text(encoding="utf-8")
    )
    fields = {part["id"] for part in form["body"] if "id" in part}
    keys = {
        name: set(review.tables[name][table.primary_key[0]])
        for name, table in review.package.tables.items()
    }
    reported = set()
    for study, page in pages.items():
        links = [urlsplit(link) for link in page.links if "/issues/new?" in link]
        # the theme has a link of its own for the page as a whole
        values = [link for link in links if "report-a-problem.yml" in link.query]
        text = (site / f"studies/{study}.html").read_text(encoding="utf-8")
        rows = re.findall(r'<tr id="[^"]+" data-table="(?!discrepancies)', text)
        assert len(values) == len(rows) > 5, study
        for link in values:
            asked = {name: text for name, (text,) in parse_qs(link.query).items()}
            assert set(asked) == {"template", "title", "study", "table", "row", "column", "value"}
            assert set(asked) - {"template", "title"} <= fields
            assert asked["study"] == study
            assert asked["row"] in keys[asked["table"]], asked
            columns = asked["column"].split(" ")
            assert set(columns) <= set(review.package.tables[asked["table"]].by_name)
            reported.add((asked["table"], asked["row"]))
    for table in OF_STUDIES:
        assert {row for name, row in reported if name == table} == keys[table], table


def test_the_link_beside_a_value_is_reached_by_keyboard_and_says_which_value(visit, review):
    study = review.studies["study_id"].iloc[0]
    page = visit(f"studies/{study}.html", width=360).page
    links = page.locator("a.lr-report")
    for link in links.all():
        box = link.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        assert link.get_attribute("aria-label").startswith("Report a problem with this value: ")
    links.first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert links.first.evaluate("e => e.matches(':focus-visible')")
    assert links.first.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
