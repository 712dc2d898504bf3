"""What a page waits for before it shows anything, and that nothing moves afterwards."""

from __future__ import annotations

import re
import time
import zlib

import pytest
from browser import Browser, serve
from bs4 import BeautifulSoup
from built_site import SITE
from sphinx.errors import ExtensionError

from livingreview.book.style_sheet import SHEET, joined
from livingreview.book.used_rules import Notes, named_by, names_in, with_rules_for

# The sum of all movements that no reader caused, as browsers count it; below 0.1 is called good.
MOVED = """
new Promise((done) => {
  let moved = 0;
  const note = (list) => list.getEntries().forEach(({ value }) => (moved += value));
  new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 500);
})
"""
SLOW = 0.7  # seconds until a script comes: the page stands there before


def test_sheets_are_joined_in_order_with_addresses_that_still_lead_there():
    sheet = joined(
        {
            "_static/styles/a.css": '@charset "UTF-8";\n/*! licence */\na { b: url(../x.png) }\n',
            "_static/b.css": "/* why */ a { b: url('y.png'); c: url(\"data:image/png,z\") }\n",
        }
    )
    assert sheet == (
        '@charset "UTF-8";/*! licence */a{b:url(x.png)}'
        "a{b:url('y.png');c:url(\"data:image/png,z\")}"
    )


def test_a_sheet_that_imports_another_is_refused():
    with pytest.raises(ExtensionError, match=r"a\.css imports"):
        joined({"_static/a.css": '@import "b.css";'})


def test_rules_for_what_no_page_has_are_left_out():
    sheet = (
        "a.gone{b:c}.kept,.gone p{b:c}.kept:not(.gone){b:c}:is(.gone,p){b:c}#gone{b:c}"
        '[title=".gone"]{b:c}.md\\:wide{b:c}:root{--x:#gone}@media print{.gone{b:c}}'
        "@media print{.gone{b:c}a{b:c}}@supports (a:b){@media print{#kept{b:c}}}"
        "@keyframes gone{from{b:c}}@font-face{src:url(gone.woff)}"
    )
    assert with_rules_for(sheet, {"kept", "md:wide"}) == (
        ".kept{b:c}.kept:not(.gone){b:c}:is(.gone,p){b:c}"
        '[title=".gone"]{b:c}.md\\:wide{b:c}:root{--x:#gone}'
        "@media print{a{b:c}}@supports (a:b){@media print{#kept{b:c}}}"
        "@keyframes gone{from{b:c}}@font-face{src:url(gone.woff)}"
    )


def test_classes_and_identifiers_of_rules_are_found_wherever_they_stand():
    sheet = (
        ".a,.b .c{x:y}#d{x:url(e.f)}@media print{.g{x:y}}.md\\:h{x:y}.\\31 0{x:#i}"
        "@font-face{src:url(j.woff)}a.k:hover{x:y}"
    )
    assert named_by(sheet) == {"a", "b", "c", "d", "g", "md:h", "10", "k"}


def test_a_sheet_follows_pages_that_come_change_and_go(tmp_path):
    sheet, last = ".a{x:y}.b{x:y}.c{x:y}", tmp_path / "notes.json"

    def build(sheet=sheet, **pages):
        for path in tmp_path.glob("*.html"):
            if path.stem not in pages:
                path.unlink()
        for name, text in pages.items():
            path = tmp_path / f"{name}.html"
            if not path.is_file() or path.read_text() != text:
                path.write_text(text)
        notes = Notes(last, sheet)
        for path in sorted(tmp_path.glob("*.html")):
            notes.look_at(path)
        notes.keep()
        return notes.text, notes.text_changed, {path.stem for path in notes.changed}

    a, b = '<p class="a">', '<p class="b">'
    assert build(one=a) == (".a{x:y}", True, {"one"})
    assert build(one=a) == (".a{x:y}", False, set())
    assert build(one=a, two=a) == (".a{x:y}", False, {"two"})
    assert build(one=a, two=b) == (".a{x:y}.b{x:y}", True, {"two"})
    assert build(two=b) == (".b{x:y}", True, set())
    assert build(sheet.replace("y", "z"), two=b) == (".b{x:z}", True, {"two"})
    last.write_text("cut o")
    assert build(two=b) == (".b{x:y}", True, {"two"})


def test_names_of_pages_and_words_of_scripts_count_as_used():
    page = '<p class="one two" id="three">class="not"</p><script>x.add("four-a")</script>'
    found = names_in([page], ["y.toggle('five')"])
    assert {"one", "two", "three", "four-a", "five"} <= found and "six" not in found


def test_the_sheet_of_the_site_has_no_rule_for_what_is_not_there(built):
    sheet = (built / SITE / SHEET).read_text(encoding="utf-8")
    assert ".lr-table" in sheet and ".bd-article" in sheet
    assert not any(f".{name}" in sheet for name in ("card-img-top", "display-6", "breadcrumb-item"))
    (checksum,) = {
        checksum
        for path in (built / SITE).rglob("*.html")
        for checksum in re.findall(rf"{SHEET}\?v=(\w+)", path.read_text(encoding="utf-8"))
    }
    assert checksum == f"{zlib.crc32(sheet.encode()):08x}"


def test_every_page_waits_for_one_style_sheet_and_no_script(built):
    pages = sorted((built / SITE).rglob("*.html"))
    assert len(pages) > 50
    for path in pages:
        head = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").head
        sheets = [link["href"] for link in head.find_all("link", rel="stylesheet")]
        assert len(sheets) == 1, path
        assert f"{SHEET}?v=" in sheets[0], path
        scripts = head.find_all("script", src=True)
        waited = [one["src"] for one in scripts if not one.has_attr("defer")]
        assert not waited or path.name == "search.html", (path, waited)


@pytest.mark.parametrize("width", [360, 412, 800, 1280])
@pytest.mark.parametrize(
    ("page", "script"), [("chapters/register.html", "register.js"), ("index.html", "clock.js")]
)
def test_nothing_moves_when_a_script_comes_late(built, page, script, width):
    with (
        serve(built / SITE) as address,
        Browser() as browser,
        browser.window({"width": width, "height": 2000}) as window,
    ):
        window.clock.set_fixed_time("2099-01-01")  # the next update is overdue
        window.route(f"**/{script}", lambda route: (time.sleep(SLOW), route.continue_()))
        window.goto(address + page)
        assert window.evaluate(MOVED) < 0.05
