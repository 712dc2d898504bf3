"""The survey of pages finds what it looks for: on a page that has each fault once."""

from __future__ import annotations

import pytest
from browser import Browser, serve
from survey import Look, names, survey

ROWS = 200
GOOD = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>A page</title>
<style>
html { background: #fff; color: #222; }
html[data-theme="dark"] { background: #111; color: #eee; }
button { min-width: 30px; min-height: 30px; }
a { color: inherit; }
%s
</style></head><body><main><h1 id="top">A page</h1>
<button class="theme-switch-button" onclick="const d = document.documentElement.dataset;
d.theme = d.theme === 'dark' ? 'light' : 'dark'">Theme</button>
<table><tbody>%s</tbody></table>%s</main></body></html>
"""
ROW = "<tr><th scope='row'>a</th><td>b</td></tr>"
FAULTS = {
    "structure": ("", "<img src='data:,'>", "image-alt"),
    "light": ("html:not([data-theme=dark]) .x { color: #ccc; }", "<p class='x'>pale</p>", "pale"),
    "dark": ("[data-theme=dark] .x { background: #999; }", "<p class='x'>on grey</p>", "on grey"),
    "phone": (
        "a.x { display: inline-block; font-size: 8px; }",
        "<a class='x' href='#top'>1</a><a class='x' href='#top'>2</a>",
        "target-size",
    ),
    "out_of_sight": (".x { width: 350px; overflow: hidden; } span { margin-left: 340px; }",
                     "<div class='x'><span>farout</span></div>", "farout"),
    "icons": (".x::before { content: '\\e0aa'; }", "<p class='x'>sign</p>", "::before"),
    "said": ("", "<script>console.log('hello')</script>", "hello"),
    "outside": (
        *("", "<script>fetch('https://example.org/x').catch(() => 0)</script>"),
        "example.org",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def looks(tmp_path_factory):
    site = tmp_path_factory.mktemp("faults")
    table = ROW * ROWS
    (site / "good.html").write_text(GOOD % ("", table, ""), encoding="utf-8")
    for name, (style, body, _) in FAULTS.items():
        (site / f"{name}.html").write_text(GOOD % (style, table, body), encoding="utf-8")
    hidden = table + ROW.replace("b</td>", "<i class='x'>b</i><i class='x'>word</i></td>")
    style = FAULTS["light"][0]
    (site / "one-cell.html").write_text(GOOD % (style, hidden, ""), encoding="utf-8")
    with serve(site, "/book/") as address, Browser() as browser:
        return dict(survey(browser, address, names(site)))


def found(look: Look, name: str) -> str:
    return " ".join(look.colours[name] if name in look.colours else getattr(look, name))


def test_a_page_without_fault_has_none(looks):
    assert [found(looks["good.html"], name) for name in FAULTS] == [""] * len(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(looks, name):
    assert FAULTS[name][2] in found(looks[f"{name}.html"], name)


def test_contrast_is_found_in_one_cell_of_many(looks):
    assert "color-contrast" in found(looks["one-cell.html"], "light")
    assert found(looks["one-cell.html"], "dark") == ""
