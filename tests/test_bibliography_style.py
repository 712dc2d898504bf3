"""The style of the bibliography: the entries of the style in the settings, each formatted once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pybtex.database import parse_string
from pybtex.plugin import find_plugin

from livingreview.book import bibliography_style
from livingreview.book.bibliography_style import GROUP, keeping, recall, remember, wrap_style

ENTRY = r"@article{a, author = {M{\"u}ller, A.}, title = {One {Two}}, journal = {J}, year = {2020}}"


@pytest.fixture
def app(tmp_path):
    (tmp_path / "requirements.txt").write_text("x==1")
    config = SimpleNamespace(bibtex_default_style="alpha")
    app = SimpleNamespace(config=config, doctreedir=tmp_path, srcdir=tmp_path)
    wrap_style(app, config)
    recall(
        app,
    )
    return app


def entry(text=ENTRY):
    return parse_string(text, "bibtex").entries["a"]


def style_of(app):
    return find_plugin(GROUP, app.config.bibtex_default_style)


def test_an_entry_is_as_the_style_in_the_settings_has_it(app):
    plain, kept = find_plugin(GROUP, "alpha")(), style_of(app)()
    for _ in range(2):
        assert kept.format_entry("X", entry()).text == plain.format_entry("X", entry()).text
    assert "Müller" in str(kept.format_entry("X", entry()).text)


def test_an_entry_is_formatted_once_in_all_builds(app, monkeypatch):
    first = style_of(app)().format_entry("X", entry())
    remember(app, None)
    recall(app)
    plain = find_plugin(GROUP, "alpha")
    monkeypatch.setattr(plain, "get_article_template", lambda *_: pytest.fail("formatted again"))
    assert style_of(app)().format_entry("X", entry()).text == first.text


@pytest.mark.parametrize("change", ["entry", "label", "pins", "style", "damage"])
def test_whatever_it_depends_on_makes_it_anew(app, tmp_path, change):
    style_of(app)().format_entry("X", entry())
    remember(app, None)
    if change == "pins":
        (tmp_path / "requirements.txt").write_text("x==2")
    if change == "style":
        app.config.bibtex_default_style = "plain"
        wrap_style(app, app.config)
    if change == "damage":
        (tmp_path / bibliography_style.KEPT).write_bytes(b"\x80")
    recall(app)
    asked = ("Y" if change == "label" else "X", repr(entry(ENTRY.replace("One", "Two"))))
    if change in ("entry", "label"):
        assert asked not in style_of(app).kept
    else:
        assert not style_of(app).kept


def test_an_entry_that_takes_from_another_is_not_kept(app):
    child = parse_string(
        "@inproceedings{c, crossref = {p}, author = {A, B}, title = {T}}"
        "@proceedings{p, booktitle = {Old}, title = {Old}, year = {2020}}",
        "bibtex",
    )
    style = style_of(app)()
    assert "Old" in str(style.format_entry("X", child.entries["c"], child).text)
    assert not style.kept


def test_what_was_not_asked_for_is_forgotten(app):
    style_of(app)().format_entry("X", entry())
    remember(app, None)
    recall(app)
    style_of(app)().format_entry("Y", entry())
    remember(app, None)
    recall(app)
    assert [label for label, _ in style_of(app).kept] == ["Y"]


def test_styles_do_not_share_what_they_keep():
    one, other = (keeping(find_plugin(GROUP, name)) for name in ("alpha", "plain"))
    one().format_entry("X", entry())
    assert not other.kept
