"""Long pages answer at once, and readers lose nothing by it."""

from __future__ import annotations

import pytest
from browser import Browser, serve
from bs4 import BeautifulSoup
from built_site import SITE

STUDIES, CHAPTERS = "studies", "chapters"
PHONE, DESK = {"width": 360, "height": 800}, {"width": 1280, "height": 900}
FRAMES = ":is(.lr-table-frame, .lr-figure-frame)"
# Each theme that the page had, from its first element on.
THEMES = """
window.themes = [];
new MutationObserver(() => {
  const now = document.documentElement?.dataset.theme;
  if (now !== undefined && now !== themes.at(-1)) themes.push(now);
}).observe(document, { attributes: true, childList: true, subtree: true });
"""
LAID_OUT = f"""
() => [...document.querySelectorAll("{FRAMES} *")].filter(
  (element) => !element.closest("details:not([open])"),
).map((element) => element.checkVisibility({{ contentVisibilityAuto: true }}))
"""
WAYS = f"""
() => [...new Set(
  [...document.querySelectorAll("{FRAMES}, tr")].map((e) => getComputedStyle(e).contentVisibility),
)]
"""
HEIGHT = "() => document.documentElement.scrollHeight"
ALL = f"{FRAMES}, {FRAMES} tr {{ content-visibility: visible !important; }}"
TOP = "id => Math.round(document.getElementById(id).getBoundingClientRect().top)"
STILL = """
() => new Promise((done) => {
  let [last, same] = [-1, 0];
  const look = () => {
    same = scrollY === last ? same + 1 : 0;
    last = scrollY;
    if (same > 10) done();
    else requestAnimationFrame(look);
  };
  look();
})
"""


def largest(site, folder):
    pages = (site / folder).glob("*.html")
    return f"{folder}/{max(pages, key=lambda path: path.stat().st_size).name}"


@pytest.fixture(scope="module")
def site(built):
    return built / SITE


@pytest.fixture(scope="module")
def address(site):
    with serve(site) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with Browser() as browser:
        yield browser


@pytest.mark.parametrize("wanted", ["light", "dark"])
def test_a_page_has_the_theme_that_its_reader_wants_from_the_start(browser, address, wanted):
    with browser.visits(address) as visit:
        page = visit("404.html", theme=wanted).page
        page.context.add_init_script(THEMES)
        page.evaluate("localStorage.clear()")
        page.goto(address + "chapters/register.html", wait_until="load")
        assert page.evaluate("themes") == [wanted]
        # one who chose a theme keeps it, whatever the computer says
        other = {"light": "dark", "dark": "light"}[wanted]
        page.evaluate("other => (localStorage.mode = localStorage.theme = other)", other)
        page.goto(address + "index.html", wait_until="load")
        assert page.evaluate("themes") == [other]


@pytest.mark.parametrize("folder", [STUDIES, CHAPTERS])
def test_what_stands_far_below_is_laid_out_later(browser, address, site, folder):
    with browser.window(PHONE) as page:
        page.goto(address + largest(site, folder), wait_until="load")
        laid_out = page.evaluate(LAID_OUT)
        assert len(laid_out) > 1500
        assert sum(laid_out) < 0.5 * len(laid_out)
        page.emulate_media(media="print")
        assert page.evaluate(WAYS) == ["visible"], "nothing is left out on paper"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("folder", [STUDIES, CHAPTERS])
def test_a_page_is_about_as_long_as_it_will_be(browser, address, site, folder, size):
    with browser.window(size) as page:
        page.goto(address + largest(site, folder), wait_until="load")
        guessed = page.evaluate(HEIGHT)
        page.add_style_tag(content=ALL)
        assert 0.7 < guessed / page.evaluate(HEIGHT) < 1.4


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_link_into_the_middle_of_a_long_page_leads_there(browser, address, site, size):
    name = largest(site, STUDIES)
    soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    rows = [row["id"] for row in soup.select("tr[id]")]
    heads = [head["id"] for head in soup.select("article h2[id]")]
    places = [rows[len(rows) // 3], rows[len(rows) // 2], rows[-20], heads[2], heads[3]]
    with browser.window(size) as page:
        for place in places:
            page.goto("about:blank")
            page.goto(f"{address}{name}#{place}", wait_until="load")
            page.evaluate(STILL)
            assert 0 <= page.evaluate(TOP, place) < 120, place
        for place in heads[1:5]:
            page.goto("about:blank")
            page.goto(address + name, wait_until="load")
            page.locator(f".lr-contents a[href='#{place}']").click()
            page.evaluate(STILL)
            assert 0 <= page.evaluate(TOP, place) < 120, place


def test_a_search_in_the_page_finds_what_is_not_laid_out_yet(browser, address, site):
    with browser.window(PHONE) as page:
        page.goto(address + largest(site, STUDIES), wait_until="load")
        row = page.locator("tr[id]").last
        words = row.locator("th bdi").text_content()
        assert not row.evaluate("row => row.checkVisibility({ contentVisibilityAuto: true })")
        # from the end of the page upwards: the words may stand above, too
        assert page.evaluate("words => find(words, true, true, true)", words)
        assert row.evaluate("row => row.contains(getSelection().anchorNode)")
        assert row.evaluate("row => row.checkVisibility({ contentVisibilityAuto: true })")


def test_only_a_list_of_what_is_on_the_page_is_followed_while_scrolling(site):
    followed = set()
    for path in sorted(site.rglob("*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        has_list = soup.select_one(".bd-toc-nav") is not None
        assert has_list == soup.body.has_attr("data-bs-spy"), path
        followed.add(has_list)
    assert followed == {True, False}
