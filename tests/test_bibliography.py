"""The short way past LaTeX reads a field as the long way does."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from livingreview.bibliography import NO_LATEX, plain, without_latex


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("aøن9_ .,:;()/+=-–$%{}~'`\"\\\t\n&#^?!…<>"), max_size=30))
@example("Low-dose naltrexone: an n-of-1 trial (2026)")
@example("snake_case")
@example("one,, two")
def test_a_text_that_holds_no_latex_is_read_as_it_stands(text):
    if NO_LATEX.fullmatch(text):
        assert plain(text) == without_latex(text)


def test_every_field_of_the_bibliography_is_read_alike_in_both_ways(review):
    short = 0
    for reference in review.references.values():
        for name in ("title", "journal", "author"):
            text = reference.entry.fields.get(name, "")
            short += bool(text and NO_LATEX.fullmatch(text))
            assert plain(text) == without_latex(text)
    assert short >= 50
