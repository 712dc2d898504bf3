"""What readers expect of any site, in a real browser: keyboard, search, themes, paper, citing."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin

import pytest
import yaml
from built_site import SITE, Page
from conftest import ROOT

from livingreview.book import build as building
from livingreview.book.citation import read_work
from livingreview.book.cite_button import of_page
from livingreview.new_study.citation_files import read_bibtex, read_ris
from livingreview.register import filters, register

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
ADDRESS, REPOSITORY = CONFIG["html"]["baseurl"], CONFIG["repository"]["url"]
WORK = read_work(ROOT)
REGISTER = "chapters/register.html"
HOSTILE = '</p><script>alert(1)</script> {x} & "y" \nER  - '
# A page of each kind.
KINDS = ["index.html", "chapters/cancer-trials.html", REGISTER, "studies/{study}.html"]


@pytest.fixture
def study(review):
    """A study with measurements; that with the fewest, whose page opens soon."""
    owner = review.labels("arms", "study_id")
    return review.measurements["arm_id"].map(owner).value_counts().index[-1]


def focused(page, script="e => e.outerHTML"):
    return page.evaluate(f"({script})(document.activeElement)")


# --- keyboard ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_stop_leads_past_the_menu(visit, study, kind):
    page = visit(kind.format(study=study)).page
    page.keyboard.press("Tab")
    assert "Skip to main content" in focused(page, "e => e.innerText")
    # it slides into sight
    page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main-content, main') !== null")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_has_the_focus_is_seen(visit, study, kind, theme):
    page = visit(kind.format(study=study), theme=theme).page
    look = (
        "e => { const s = getComputedStyle(e); return [s.outlineStyle !== 'none' "
        "&& parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none', e.outerHTML.slice(0, 120)]; }"
    )
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen, what = focused(page, look)
        stops.append(what)
        assert seen, what
    assert len(set(stops)) > 30, "the focus goes on"


def test_the_menu_of_a_phone_opens_by_keyboard(visit):
    page = visit("index.html", width=360).page
    button = page.locator("button.primary-toggle").first
    button.focus()
    page.keyboard.press("Enter")
    link = page.locator(".bd-sidebar-primary").get_by_role("link", name="Summary").first
    link.wait_for(state="visible")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/summary.html")


def test_filters_are_worked_by_keyboard(visit, review):
    page = visit(REGISTER, width=360).page
    page.locator("#register-q").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page, "e => e.id") == "register-condition"
    page.keyboard.type("Glio")
    page.wait_for_url("**condition=glioma*")
    assert page.locator("#table-register tbody tr").count() < len(review.studies)


def test_a_mark_opens_and_closes_by_keyboard(visit, review):
    page = visit("chapters/implantation-failure.html").page
    mark = page.locator("details.lr-note > summary", has_text="‡").first
    words = mark.locator("xpath=following-sibling::span")
    assert not words.is_visible()
    mark.focus()
    page.keyboard.press("Enter")
    assert words.is_visible() and len(words.inner_text()) > 20
    page.keyboard.press("Space")
    assert not words.is_visible()


# --- search, theme, paper ----------------------------------------------------------------


def test_the_search_finds_chapters_and_studies(visit, review, study):
    label = review.references[review.studies.set_index("study_id").loc[study, "reference"]]
    word = re.findall(r"[^\W\d]+", label.authors[0])[-1]
    page = visit(f"search.html?q={word}").page
    results = page.locator("ul.search li a")
    results.first.wait_for()
    page.wait_for_function("document.querySelectorAll('ul.search li a[href*=studies]').length")
    (link,) = [
        one for one in results.all() if f"studies/{study}" in (one.get_attribute("href") or "")
    ]
    link.click()
    page.wait_for_url(f"**/studies/{study}.html*")
    page = visit("search.html?q=glioma").page
    page.locator("ul.search li a[href*='chapters/']").first.wait_for()


def test_the_search_quotes_what_a_page_says_and_not_its_reference(visit):
    page = visit("search.html?q=pain").page
    page.wait_for_function("document.querySelectorAll('ul.search li .context').length > 10")
    quoted = page.locator("ul.search li .context").all_inner_texts()
    assert any("pain" in one.lower() for one in quoted)
    assert not [one for one in quoted if "In: Low-dose naltrexone: a living review" in one]


def test_a_search_for_nothing_known_says_so(visit):
    page = visit("search.html?q=zzzqqqxxx").page
    page.get_by_text(re.compile("did not match any documents|No results", re.I)).first.wait_for()


def test_the_theme_can_be_chosen_and_stays(visit, study):
    opened = visit("index.html")
    page = opened.page
    theme = "document.documentElement.dataset.theme"
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(theme) == "light"
    light = page.evaluate(ground)
    button = page.locator(".theme-switch-button").first
    for _ in range(3):
        button.click()
        if page.evaluate(theme) == "dark":
            break
    assert page.evaluate(theme) == "dark" and page.evaluate(ground) != light
    page.goto(urljoin(page.url, f"studies/{study}.html"))
    assert page.evaluate(theme) == "dark"
    assert opened.errors == []


@pytest.mark.parametrize("kind", KINDS)
def test_on_paper_stands_the_text_alone_and_all_of_it(visit, study, kind):
    page = visit(kind.format(study=study), theme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article"):
        for part in page.locator(hidden).all():
            assert not part.is_visible(), hidden
    assert page.locator("a.lr-report:visible").count() == 0
    for words in page.locator("details.lr-note > span").all()[:20]:
        assert words.is_visible()
    grounds = page.evaluate(
        "[document.body, ...document.querySelectorAll('article table td, article figure')]"
        ".map(e => getComputedStyle(e).backgroundColor)"
    )
    assert set(grounds) <= {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    ink = page.locator("article p").first.evaluate("e => getComputedStyle(e).color")
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 110, ink
    assert page.pdf(format="A4").startswith(b"%PDF")


# --- references and citing ---------------------------------------------------------------


def test_a_reference_is_told_on_hover(built, review):
    """A link to the list of references has the entry as its title, or is the title itself."""
    titles = {one.title for one in review.references.values()}
    counted = 0
    names = [*building.pages(built), *(f"studies/{s}.html" for s in review.studies["study_id"])]
    for name in names:
        text = (built / SITE / name).read_text(encoding="utf-8")
        for tag, words in re.findall(r"(<a [^>]*references\.html#ref-[^>]*>)(.*?)</a>", text):
            plain = re.sub("<[^>]+>", "", words)
            assert re.search(r'title="[^"]{30,}', tag) or plain in titles or "&" in plain, tag
            counted += 1
    assert counted > 400


def saved(page, name):
    with page.expect_download() as waiting:
        page.locator(".lr-cite-button").get_by_role("link", name=name).click()
    return waiting.value.suggested_filename, waiting.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_each_page_gives_its_reference_for_a_library(visit, study, kind, scripts):
    path = kind.format(study=study)
    page = visit(path, width=360, scripts=scripts).page
    address = ADDRESS if path == "index.html" else ADDRESS + path
    button = page.locator(".lr-cite-button > summary")
    assert min(button.bounding_box()[side] for side in ("width", "height")) >= 24
    button.focus()
    page.keyboard.press("Enter")
    box = page.locator(".lr-cite-button > div")
    assert address in box.inner_text()
    place = box.bounding_box()
    assert place["x"] >= 0 and place["x"] + place["width"] <= 360
    title = page.locator('meta[name="citation_title"]').get_attribute("content")
    name, text = saved(page, "BibTeX")
    assert f"url          = {{{address}}}" in text
    (entry,) = read_bibtex(text)
    assert name.endswith(".bib") and entry.title.startswith(title)
    name, text = saved(page, "RIS")
    assert f"UR  - {address}\n" in text
    (record,) = read_ris(text)
    assert name.endswith(".ris") and record.title == title
    for found in (entry, record):
        assert [author.family for author in found.authors] == WORK.names
        assert found.year == WORK.released[:4]


def test_a_title_is_text_in_a_reference():
    cite = of_page(WORK, "studies/x", HOSTILE)
    files = {kind: address for kind, _, address in cite.files}
    assert all('"' not in address and "<" not in address for address in files.values())
    assert HOSTILE in cite.text


def test_pages_that_are_no_work_have_no_reference(built):
    for name in ("search.html", "404.html"):
        assert "lr-cite-button" not in (built / SITE / name).read_text(encoding="utf-8")


def test_every_chapter_can_be_edited_and_every_page_reported(built, review):
    for name in building.pages(built):
        links = Page(built / SITE / name).links
        source = name.removesuffix(".html") + ".md"
        assert f"{REPOSITORY}/edit/main/{source}" in links, name
        assert any(link.startswith(f"{REPOSITORY}/issues/new") for link in links), name
    for study in review.studies["study_id"]:
        links = Page(built / SITE / f"studies/{study}.html").links
        assert any(link.startswith(f"{REPOSITORY}/issues/new?title") for link in links), study


def test_every_link_of_a_study_page_leads_somewhere(built, review):
    known = {}
    for study in review.studies["study_id"]:
        name = f"studies/{study}.html"
        for link in Page(built / SITE / name).links:
            if re.match(r"[a-z]+:", link):
                continue
            target, anchor = urldefrag(urljoin(name, link))
            target = target.partition("?")[0] or name
            assert (built / SITE / target).is_file(), (name, link)
            if anchor and target.endswith(".html"):
                if target not in known:
                    known[target] = Page(built / SITE / target).identifiers
                assert anchor in known[target], (name, link)


# --- the register, every choice ----------------------------------------------------------


def test_every_choice_of_every_filter_shows_its_studies_and_stays_in_the_address(visit, review):
    page = visit(REGISTER).page
    studies = register(review)
    tried = 0
    for one in filters(review):
        field = page.locator(f"#register-{one.name}")
        for value in one.labels:
            field.select_option(value)
            expected = studies.loc[
                studies["values"].map(lambda has, n=one.name, v=value: v in has[n]), "study_id"
            ]
            found = page.locator("#table-register tbody th a[href*='/studies/']").evaluate_all(
                "links => links.map(a => a.getAttribute('href').replace(/.*\\/|\\.html$/g, ''))"
            )
            assert found == expected.tolist(), (one.name, value)
            assert page.evaluate(f"new URLSearchParams(location.search).get('{one.name}')") == value
            tried += 1
        field.select_option("")
    assert {one.name for one in filters(review)} == {
        *("condition", "rung", "dose", "direction", "risk")
    }
    assert tried > 30


def test_every_cell_of_the_maps_leads_to_as_many_studies_as_it_says(visit, review):
    studies = register(review)["values"]
    for path in ("index.html", "chapters/evidence-map.html"):
        links = (
            visit(path)
            .page.locator("svg.lr-figure a")
            .evaluate_all(
                "links => links.map(a => [a.getAttribute('href'), a.getAttribute('aria-label')])"
            )
        )
        assert len(links) > 25
        for address, name in links:
            wanted = dict(part.split("=") for part in urljoin("", address).split("?")[1].split("&"))
            wanted = {k: re.sub(r"%2C", ",", v.replace("+", " ")) for k, v in wanted.items()}
            fits = sum(all(v in has[k] for k, v in wanted.items()) for has in studies)
            assert fits == int(re.search(r": (\d+) stud", name)[1]) > 0, (address, name)
