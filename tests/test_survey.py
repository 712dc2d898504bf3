"""The survey of pages finds what it looks for: on a page that has each fault once."""

from __future__ import annotations

import pytest
from browser import Browser, serve
from survey import Look, names, survey

ROWS = 200
THEMES = ("light", "dark")
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


# Good in light and pale in the dark, or the other way round, where axe-core comes to no verdict.
FIGURE = "<svg role='img' aria-label='x' viewBox='0 0 90 90' width='90' height='90'>%s</svg>"
SAID = "<text x='10' y='50' style='font: 12px serif; fill: %s'>said</text>"
UNJUDGED = {
    "figure-dark": ("#222", "#333", FIGURE % (SAID % "var(--x)")),
    "figure-light": ("#ddd", "#eee", FIGURE % (SAID % "var(--x)")),
    "shape-dark": (
        *("#222", "#888"),
        FIGURE % ("<path d='M 0 0 H 90 V 90 H 0 z' style='fill: var(--x)'/>" + SAID % "#ddd"),
    ),
    "mark-dark": (
        *("#222", "#888"),
        FIGURE
        % (
            "<defs><path id='disc' d='M 0 0 H 60 V 60 H 0 z'/></defs>"
            "<use href='#disc' style='fill: var(--x)'/>" + SAID % "#ddd"
        ),
    ),
    "faint-dark": ("#222", "#808080", FIGURE % (SAID % "var(--x); fill-opacity: 0.8")),
    "cut-dark": (
        *("#666", "#666"),  # on a shape of its own colour that is cut off before it
        FIGURE
        % (
            "<clipPath id='cut'><rect x='0' y='0' width='5' height='90'/></clipPath>"
            "<path clip-path='url(#cut)' d='M 0 0 H 90 V 90 H 0 z' style='fill: #666'/>"
            + SAID
            % "var(--x)"
        ),
    ),
    "sign-light": ("#ccc", "#eee", "<p style='color: var(--x)'>‡</p>"),
    "covered-light": (
        *("#ccc", "#eee"),
        "<div style='position: relative; color: var(--x)'>said<p style='position: absolute;"
        "inset: 0; background: rgb(0 0 0 / 1%)'></p></div>",
    ),
}


@pytest.fixture(scope="module")
def looks(tmp_path_factory):
    site = tmp_path_factory.mktemp("faults")
    table = ROW * ROWS
    (site / "good.html").write_text(GOOD % ("", table, ""), encoding="utf-8")
    for name, (style, body, _) in FAULTS.items():
        (site / f"{name}.html").write_text(GOOD % (style, table, body), encoding="utf-8")
    for name, (light, dark, body) in UNJUDGED.items():
        style = f"html {{ --x: {light} }} html[data-theme=dark] {{ --x: {dark} }}"
        (site / f"{name}.html").write_text(GOOD % (style, "", body), encoding="utf-8")
    style, body = ".fa { mask-image: linear-gradient(red, red) }", "<i class='fa fa-gone'></i>"
    (site / "no-place.html").write_text(GOOD % (style, "", body), encoding="utf-8")
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


@pytest.mark.parametrize("name", UNJUDGED)
def test_contrast_is_measured_where_axe_comes_to_no_verdict(looks, name):
    look, wrong = looks[f"{name}.html"], name.partition("-")[2]
    faults = {
        theme: [said for said in look.colours[theme] if said.startswith("contrast:")]
        for theme in THEMES
    }
    (right,) = {*THEMES} - {wrong}
    assert len(faults[wrong]) == 1 and not faults[right], faults


def test_every_text_is_measured_in_both_themes(looks):
    count = 2 * ROWS + 2  # cells, the heading and the button
    assert looks["good.html"].texts == dict.fromkeys(THEMES, count)


def test_an_icon_without_a_place_in_the_picture_is_found(looks):
    assert "fa-gone" in found(looks["no-place.html"], "icons")
