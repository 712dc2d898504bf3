"""The first page: the answers from data, and a clock that turns overdue by the reader's own day."""

from __future__ import annotations

import json
import re
from datetime import date
from urllib.parse import urlsplit

import pandas as pd
import pytest
from built_site import SITE, Page, plain
from conftest import command, with_rows

from livingreview.currency import clock, currency_faults
from livingreview.evidence import ORDER
from livingreview.figures.kinds_of_evidence import LOW, kinds_of_evidence
from livingreview.ladder import INSIDE
from livingreview.register import register
from livingreview.tables import answers, honest_clock
from livingreview.tables.front_page import SIGNS

FRONT = "index.html"
HOSTILE = "<script>alert(1)</script> =1+1 **b**"


def shown(review):
    """The questions that the first page shall answer, by the data alone."""
    return review.certainty[review.certainty["answered_on"] != ""]


# --- the answers -------------------------------------------------------------------------


def test_the_page_answers_each_question_in_a_sentence_with_sign_and_word(visit, review):
    page = visit(FRONT).page
    found = page.locator("ul.lr-answers > li")
    rows = shown(review).to_dict("records")
    assert found.count() == len(rows) >= 3
    for item, row in zip(found.all(), rows, strict=True):
        link = item.get_by_role("link")
        assert link.inner_text() == row["question"]
        assert urlsplit(link.get_attribute("href")).path == f"{row['answered_on']}.html"
        text = plain(item.inner_text())
        assert row["sentence"] in text
        certainty = item.locator(".lr-certainty").inner_text()
        assert certainty.startswith(SIGNS[row["certainty"]])
        assert row["certainty"] in certainty
    heads = page.locator("article :is(h1, h2)").all_inner_texts()
    assert "answers" in heads[1].lower(), "the answer comes first"


def test_each_grade_has_a_sign_of_its_own(review):
    grades = review.package.tables["certainty"].by_name["certainty"].enum
    assert set(SIGNS) == set(grades)
    assert len(set(SIGNS.values())) == len(grades)
    for steps, grade in enumerate(("very low", "low", "moderate", "high"), 1):
        assert SIGNS[grade].count("⊕") == steps


def test_a_row_of_certainty_is_all_that_an_answer_needs(review):
    row = {
        "certainty_id": "pain.intensity",
        "question": f"Does it ease pain? {HOSTILE}",
        "sentence": "It may ease pain a little.",
        "certainty": "low",
        "answered_on": "chapters/summary",
    }
    html = answers(with_rows(review, certainty=[row]))._repr_html_()
    last = html[html.rindex("<li") :]
    assert 'href="chapters/summary.html"' in last
    assert "It may ease pain a little." in last and "⊕⊕◯◯</span> low certainty" in last
    assert "<script>" not in last and "&lt;script&gt;alert(1)&lt;/script&gt; =1+1 **b**" in last
    hidden = answers(with_rows(review, certainty=[row | {"answered_on": ""}]))
    assert len(hidden.rows) == len(shown(review))


def test_the_check_names_an_answer_that_leads_nowhere(project):
    path = project / "data/certainty.csv"
    text = path.read_text(encoding="utf-8")
    assert currency_faults(project) == []
    path.write_text(text.replace("chapters/cancer-trials", "chapters/cancer-trails"), "utf-8")
    done = command(project, "check")
    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if "cancer-trails" in line)
    assert re.match(r"data/certainty\.csv:\d+: column answered_on", line)
    assert "chapters/cancer-trials" in line, "the near miss"


def test_the_check_asks_for_at_least_one_answer(project):
    path = project / "data/certainty.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False).assign(answered_on="")
    frame.to_csv(path, index=False, lineterminator="\n")
    (fault,) = currency_faults(project)
    assert fault.column == "answered_on" and "no question" in fault.why


# --- the clock ---------------------------------------------------------------------------


def test_the_days_follow_from_the_data(review):
    now = clock(review)
    updates = review.updates
    looked = updates[updates["kind"].isin(["search run", "studies added"])]
    assert now.current_to <= looked["date"].max().date() <= now.changed
    months = int(re.fullmatch(r"P(\d+)M", review.package.interval)[1])
    assert now.due == (pd.Timestamp(now.current_to) + pd.DateOffset(months=months)).date()
    tables = [frame for frame in review.tables.values() if "checked" in frame]
    assert now.values == sum(map(len, tables))
    assert now.checked == sum(int(frame["checked"].notna().sum()) for frame in tables)


def test_a_search_winds_the_clock_and_a_correction_does_not(review):
    def later(kind):
        row = {"date": pd.Timestamp("2031-08-31"), "kind": kind, "summary": "Later."}
        return clock(with_rows(review, updates=[row]))

    before = clock(review)
    searched, corrected = later("search run"), later("values corrected")
    assert (searched.current_to, searched.searched) == (date(2031, 8, 31), True)
    assert searched.due == date(2031, 11, 30), "the last day of a shorter month"
    assert (corrected.current_to, corrected.due) == (before.current_to, before.due)
    assert corrected.changed == date(2031, 8, 31)
    assert corrected.change == "Later."


def test_values_checked_are_counted_even_when_all_or_none_are(review):
    def counted(day):
        tables = {
            name: frame.assign(checked=pd.to_datetime(pd.Series(day, frame.index)))
            for name, frame in review.tables.items()
            if "checked" in frame
        }
        now = clock(review.replacing(**tables))
        return now, honest_clock(review.replacing(**tables))._repr_html_()

    none, html = counted(None)
    assert none.checked == 0 and f"<dd>0 of {none.values:,}</dd>" in html
    every, html = counted("2030-01-02")
    assert every.checked == every.values and every.changed == date(2030, 1, 2)
    assert f"<dd>{every.values:,} of {every.values:,}</dd>" in html


@pytest.mark.parametrize("interval", ["", "P0M", "quarterly", "P3W", "3"])
def test_the_check_refuses_an_interval_that_gives_no_day(project, interval):
    path = project / "data/datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["accrualPeriodicity"] = interval
    path.write_text(json.dumps(described), encoding="utf-8")
    (fault,) = currency_faults(project)
    assert fault.file == "data/datapackage.json"
    assert "accrualPeriodicity" in fault.why and "P3M" in fault.remedy


def test_without_an_update_the_check_asks_for_one(project):
    path = project / "data/updates.csv"
    text = re.sub(",(studies added|search run),", ",values corrected,", path.read_text("utf-8"))
    path.write_text(text, encoding="utf-8")
    (fault,) = currency_faults(project)
    assert (fault.file, fault.column) == ("data/updates.csv", "kind")


def at(visit, day, hour="12:00:00"):
    """The first page as a reader sees it on a day of their own."""
    opened = visit(FRONT)
    opened.page.clock.set_fixed_time(f"{day}T{hour}")
    opened.page.reload()
    assert opened.errors == []
    return opened.page


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-40, ""),
        (0, ""),
        (1, "overdue by 1 day"),
        (2, "overdue by 2 days"),
        (400, "overdue by 400"),
    ],
)
def test_the_clock_turns_overdue_by_the_readers_own_day(visit, review, days, said):
    due = clock(review).due
    day = (pd.Timestamp(due) + pd.Timedelta(days=days)).date()
    for hour in ("00:00:01", "23:59:59"):
        page = at(visit, day, hour)
        state = page.locator("#clock-state").inner_text()
        assert state.startswith(said) if said else state == ""
        assert page.locator("#clock").evaluate("e => e.matches('.lr-overdue')") == (days > 0)
        text = plain(page.locator("#clock").inner_text())
        assert f"{due:%-d %B %Y}" in text and "after that day the review is overdue" in text


def test_without_javascript_the_days_stand_there(visit, review):
    now = clock(review)
    page = visit(FRONT, scripts=False).page
    text = plain(page.locator("#clock").inner_text())
    for day in (now.current_to, now.changed, now.due):
        assert f"{day:%-d %B %Y}" in text
    assert f"{now.checked:,} of {now.values:,}" in text
    assert "after that day the review is overdue" in text
    assert page.locator("#clock-state").inner_text() == ""


def test_an_overdue_clock_is_seen_in_both_themes(visit, review):
    late = f"{clock(review).due.year + 1}-12-31"
    colours = set()
    for theme in ("light", "dark"):
        opened = visit(FRONT, theme=theme)
        opened.page.clock.set_fixed_time(f"{late}T12:00:00")
        opened.page.reload()
        state = opened.page.locator("#clock-state")
        assert state.is_visible()
        colours.add(state.evaluate("e => getComputedStyle(e).color"))
    assert len(colours) == 2


# --- how much evidence -------------------------------------------------------------------


def test_bars_count_each_study_once_with_the_low_doses_apart(review):
    drawing = kinds_of_evidence(review)
    studies = register(review)
    assert drawing.table["studies"].sum() == len(studies)
    named = [key for cell in drawing.table["study_id"] for key in cell.split(" ")]
    assert sorted(named) == sorted(studies["study_id"])
    low = studies[studies["dose"].map(lambda dose: INSIDE in dose)]
    of_low = drawing.table[drawing.table["given"] == LOW].set_index("rung")["studies"]
    assert of_low.to_dict() == low["rung"].value_counts().to_dict()
    texts = {text.get_text().replace("\n", " ") for text in drawing.figure.axes[0].texts}
    for rung in ORDER:
        assert rung in texts
        total, few = (int((frame["rung"] == rung).sum()) for frame in (studies, low))
        assert (f"{total}; at a low dose: {few}" if total else "none") in texts


def test_a_bar_leads_to_its_studies(visit, review):
    page = visit(FRONT).page
    studies = register(review)["rung"].value_counts()
    for rung, count in studies.items():
        link = page.get_by_role("link", name=re.compile(rf"^{rung}: {count} stud"))
        # asked like this, what is far below is laid out
        box = link.evaluate("link => link.getBoundingClientRect().toJSON()")
        assert min(box["width"], box["height"]) >= 24
    link.click()
    page.wait_for_url("**/chapters/register.html?*")
    assert page.locator("#table-register tbody tr").count() == count


# --- the page ----------------------------------------------------------------------------


def test_a_patient_finds_what_to_read_and_what_to_ask(built):
    page = Page(built / SITE / FRONT)
    text = plain(page.text)
    for words in ("What is it?", "Does it help?", "Is it safe?", "ask my doctor?"):
        assert words in text
    assert "not medical advice" in text
    assert "chapters/how-to-read.html" in page.links


def test_the_script_of_the_clock_is_on_the_first_page_alone(built):
    site = built / SITE
    pages = [
        path.relative_to(site).as_posix()
        for path in site.rglob("*.html")
        if "clock.js" in path.read_text(encoding="utf-8")
    ]
    assert pages == [FRONT]
    assert (site / "clock.js").is_file()
