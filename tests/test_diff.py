"""The evidence diff: what it names, what it calls a change of a conclusion, and what it escapes."""

from __future__ import annotations

import csv
import itertools
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from built_site import add_study, append
from conftest import ROOT
from made_up_trials import add_events
from markdown_it import MarkdownIt

from livingreview.cli import main
from livingreview.evidence_diff.calls import Calls
from livingreview.evidence_diff.compare import compared
from livingreview.evidence_diff.findings import Finding
from livingreview.evidence_diff.like_columns import read_alike
from livingreview.evidence_diff.markdown import LIMIT, ROWS, as_markdown, literal
from livingreview.evidence_diff.page import as_page
from livingreview.evidence_diff.page_style import DARK, LIGHT
from livingreview.evidence_diff.pages import _sentences
from livingreview.evidence_diff.reading import read
from livingreview.evidence_diff.report import EvidenceDiff, Section
from livingreview.evidence_diff.sides import Place, SideError, loaded
from livingreview.evidence_diff.wording import GONE, NEW, shortened, wording

UNCHANGED = "No conclusion changes."
HOSTILE = (
    "| `x` ``y` <script>alert(1)</script> <!-- c --> @admin #123 GH-7 a1b2c3d4 **b** _i_ ~~s~~ "
    "[a](http://e.test) ![p](//e.test/p.png) www.e.test m@e.test :tada: $x$ \\| &amp; \\"
)


def small(folder):
    """A copy of the data with two pages of the book: all that most of these tests need."""
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "chapters").mkdir()
    for name in ("references.bib", "_config.yml", "index.md", "chapters/implantation-failure.md"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def copy(tmp_path):
    return small(tmp_path / "after")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return of(small(tmp_path_factory.mktemp("base") / "before"))


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """The data with a made-up trial."""
    folder = small(tmp_path_factory.mktemp("grown") / "after")
    add_study(folder)
    return of(folder)


def of(folder):
    place = Place(folder.name, folder)
    return read(loaded(place, folder))


def edit(folder, table, key, **cells):
    """Change cells of the row whose first cell is the key; without cells, take the row away."""
    path = folder / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert [row[0] for row in rows].count(key) == 1
    changed = []
    for row in rows:
        if row[0] != key:
            changed.append(row)
        elif cells:
            changed.append([cells.get(name, cell) for name, cell in zip(header, row, strict=True)])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *changed])


def drop_column(folder, table, column):
    path = folder / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    place = rows[0].index(column)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([*row[:place], *row[place + 1 :]] for row in rows)
    package = folder / "data/datapackage.json"
    described = json.loads(package.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        if resource["name"] == table:
            fields = resource["schema"]["fields"]
            resource["schema"]["fields"] = [f for f in fields if f["name"] != column]
    package.write_text(json.dumps(described), encoding="utf-8")


def rows(diff, title):
    """The rows of a section as texts: what goes in [- -], what comes in {+ +}."""
    marks = {GONE: "[-{}-]", NEW: "{{+{}+}}"}

    def text(cell):
        if isinstance(cell, str):
            return cell
        return "".join(marks.get(kind, "{}").format(words) for kind, words in cell)

    found = [s for s in (diff.conclusions, *diff.sections) if s.title == title]
    return [tuple(map(text, row)) for section in found for row in section.rows]


def test_nothing_changed(base):
    diff = compared(base, base)
    assert diff.nothing and diff.verdict == UNCHANGED
    assert f"**{UNCHANGED}**\n\nNothing differs" in as_markdown(diff)
    assert UNCHANGED in as_page(diff)


def test_a_study_added(base, grown):
    diff = compared(base, grown)
    ((study, what, told, count),) = rows(diff, "Studies")
    assert (study, what) == ("newcomer2026", "added")
    assert told == "Newcomer et al. 2026: Adults with glioma, made up (randomised trial, n = 4321)"
    assert "2 added in doses.csv" in count and "1 added in comparisons.csv" in count
    ((label, effect),) = rows(diff, "Effects")
    assert label == "Newcomer et al. 2026: Survival at one year"
    assert effect == "[-(none)-]{+risk ratio 1.08 (1.01 to 1.15), as reported+}"
    # it excludes no effect, so it is a conclusion that was not there
    assert [row[:3] for row in rows(diff, "Conclusions that change")] == [
        ("Effects", label, "(none)")
    ]
    assert diff.verdict == "1 conclusion changes." and UNCHANGED not in as_markdown(diff)
    assert any("n: 4321" in row[2] for row in rows(diff, "Rows of studies.csv"))
    assert [row[:2] for row in rows(diff, "Rows of references.bib")] == [
        ("newcomer2026", "row added")
    ]
    sentences = [text for page, text in rows(diff, "Sentences of the book") if page == "index"]
    before, after = (len(r.side.review.studies) for r in (base, grown))
    assert any(f"The book holds [-{before}-]{{+{after}+}} studies" in text for text in sentences)
    pages = dict(rows(diff, "Pages touched"))
    assert pages["studies/newcomer2026"] == "page added"
    # the clock of the first page counts the values, so it changes with them
    assert pages["index"] == f"{len(sentences)} sentences, 1 table, 2 figures"
    assert ("index", "How current this is", "changed") in rows(diff, "Tables of the book")
    assert [name for name in pages if name.startswith("studies/")] == ["studies/newcomer2026"]
    ((verdict,),) = [row[1:] for row in rows(diff, "Audit of reported statistics")]
    assert "reported 0.02" in verdict and "[-(none)-]" in verdict


def test_a_study_removed(base, grown):
    diff = compared(grown, base)
    assert rows(diff, "Studies")[0][:2] == ("newcomer2026", "removed")
    assert rows(diff, "Effects")[0][1].endswith("{+(none)+}")
    assert rows(diff, "Conclusions that change")[0][3] == "(none)"
    assert dict(rows(diff, "Pages touched"))["studies/newcomer2026"] == "page removed"
    assert rows(diff, "Rows of studies.csv")[0][:2] == ("newcomer2026", "row removed")


def test_a_number_corrected_changes_a_conclusion_only_where_the_interval_meets_no_effect(
    base, copy
):
    edit(copy, "measurements", "raffeq2025.m51", events="85", percent="48.6")
    diff = compared(base, of(copy))
    assert ("raffeq2025.m51", "events", "[-84-]{+85+}") in rows(diff, "Rows of measurements.csv")
    effects = dict(rows(diff, "Effects"))
    (pregnancy,) = [text for label, text in effects.items() if label.endswith(": Pregnancy")]
    assert re.fullmatch(r"risk ratio \[-1\.448-\]\{\+1\.466\+\} \(.*\), from both arms", pregnancy)
    assert diff.verdict == UNCHANGED
    assert rows(diff, "Studies")[0][1::2] == ("changed", "1 changed in measurements.csv")
    assert dict(rows(diff, "Pages touched"))["studies/raffeq2025"] == "page changed"
    assert any("[-84-]{+85+} of 175" in text for _, text in rows(diff, "Sentences of the book"))

    edit(copy, "measurements", "raffeq2025.m51", events="60", percent="34.3")
    diff = compared(base, of(copy))
    changed = [row[1:] for row in rows(diff, "Conclusions that change") if row[0] == "Effects"]
    (label,) = [label for label in effects if label.endswith(": Pregnancy")]
    side = "higher with treatment, which is better; interval"
    assert (label, f"{side} excludes no effect", f"{side} includes no effect") in changed
    assert diff.verdict != UNCHANGED


def test_a_certainty_changed(base, copy):
    edit(copy, "certainty", "rif.pregnancy", certainty="low")
    diff = compared(base, of(copy))
    (row,) = rows(diff, "Conclusions that change")
    assert row[0] == "Certainty" and row[2].startswith("very low:") and row[3].startswith("low:")
    assert rows(diff, "Certainty")[0][1].startswith("[-very -]low: “")


def test_a_reason_for_a_certainty_changes_no_conclusion(base, copy):
    edit(copy, "certainty", "rif.pregnancy", reason="Another reason.")
    diff = compared(base, of(copy))
    assert diff.verdict == UNCHANGED and not diff.nothing
    assert not rows(diff, "Certainty")
    assert rows(diff, "Rows of certainty.csv")[0][:2] == ("rif.pregnancy", "reason")


def test_a_claim_that_falls(base, copy):
    append(copy, "updates", date="2026-12-01", kind="search run", summary="Made up.")
    diff = compared(base, of(copy))
    (row,) = rows(diff, "Conclusions that change")
    sentence = "“No search of our own has been run yet”"
    assert row == (
        "Claims of the book",
        "no-search-yet on chapters/methods",
        f"holds: {sentence}",
        f"falls: {sentence}",
    )
    assert diff.verdict == "1 conclusion changes."


def test_a_claim_that_falls_is_named_though_it_was_taken_from_the_ledger(base, copy):
    append(copy, "updates", date="2026-12-01", kind="search run", summary="Made up.")
    edit(copy, "claims", "no-search-yet", relation="is at most", number="9")
    diff = compared(base, of(copy))
    (row,) = rows(diff, "Conclusions that change")
    assert row[1] == "no-search-yet on chapters/methods, under the rule as it was before"
    assert row[2].startswith("holds") and row[3].startswith("falls")

    edit(copy, "claims", "no-search-yet")
    named = [row[1:] for row in rows(compared(base, of(copy)), "Conclusions that change")]
    assert [row[2].partition(":")[0] for row in named] == ["(none)", "falls"]


def test_a_claim_that_cannot_be_read_is_named_with_its_side(copy):
    edit(copy, "claims", "no-search-yet", rows="nonsense ==")
    with pytest.raises(SideError, match=r"^after: data/claims\.csv.*no-search-yet.*[^.]\.$"):
        of(copy)


def test_a_pool_that_comes_changes_a_conclusion(base, copy):
    for study, events in (("first2020", ("12", "22")), ("second2021", ("10", "20"))):
        add_events(copy, study, events)
    diff = compared(base, of(copy))
    (row,) = [row for row in rows(diff, "Pooled estimates") if "Symptoms" in row[0]]
    assert re.search(r"risk ratio 0\.5\d+ \(.*\), 2 studies", row[1])
    (row,) = [r for r in rows(diff, "Conclusions that change") if r[0] == "Pooled estimates"]
    assert row[2] == "(none)" and row[3].startswith("lower with treatment, which is better")


def test_an_audit_that_changes_the_decision_at_0_05_changes_a_conclusion(base, copy):
    edit(copy, "comparisons", "raffeq2025.c06", p="0.001")
    diff = compared(base, of(copy))
    (row,) = [r for r in rows(diff, "Conclusions that change") if r[0].startswith("Audit")]
    assert "raffeq2025.c06" in row[1]
    assert row[2:] == ("the decision at 0.05 changes", "the decision at 0.05 stands")


class Tags(HTMLParser):
    """Tags, identifiers, addresses and visible text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.identifiers, self.addresses, self.names, self.text = [], [], [], [], ""
        self.rows, self.hidden, self.in_cell = [], False, False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.hidden = tag == "style"
        attrs = dict(attrs)
        self.identifiers += [attrs["id"]] if "id" in attrs else []
        self.addresses += [v for k, v in attrs.items() if k in ("href", "src", "xlink:href")]
        self.names += [attrs["aria-label"]] if tag == "svg" else []
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        self.in_cell = self.in_cell or tag in ("td", "th")

    def handle_endtag(self, tag):
        self.hidden = False
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        if not self.hidden:
            self.text += data
            if self.in_cell:
                self.rows[-1][-1] += data


def shown(markdown):
    return Tags(MarkdownIt("gfm-like").render(markdown))


def without_breaks(text):
    return text.replace("\u200b", "")


def test_hostile_text_stays_text(base, copy):
    add_study(copy)
    edit(copy, "studies", "newcomer2026", model=HOSTILE, note=HOSTILE)
    diff = compared(base, of(copy))
    markdown = as_markdown(diff)
    page = shown(markdown)
    known = {"h2", "h3", "p", "strong", "details", "summary", "table", "thead", "tbody", "tr"}
    assert set(page.tags) <= known | {"th", "td", "del", "ins", "code", "em", "span"}
    assert page.addresses == []
    (row,) = [row for row in page.rows if row[:2] == ["newcomer2026", "added"]]
    assert f"Newcomer et al. 2026: {HOSTILE} (rand" in without_breaks(row[2])
    # what a forge looks for in the text, once it is rendered
    assert not re.search(r"@\w|#\d|\bGH-\d|:tada:|www\.|://|\ba1b2c3d4", page.text)
    page = Tags(as_page(diff))
    assert "script" not in page.tags and "img" not in page.tags
    assert HOSTILE in page.text


@pytest.mark.parametrize(
    "text", ["a\nb", "a\u202eb", "`", "``", "\\", "|", "* a", "_a_", "<b>", "&lt;", "~~a~~", "$"]
)
def test_literal_shows_any_text_on_one_line(text):
    page = shown(f"x {literal(text)} y\n")
    assert page.tags in (["p"], ["p", "span"])
    expected = text.replace("\n", " ").replace("\u202e", "\\u202e")
    assert without_breaks(page.text).strip() == f"x {expected} y"


def test_the_markdown_fits_a_comment_and_says_what_it_leaves_out():
    many = tuple((f"row {i}", "|*" * 400) for i in range(400))
    sections = tuple(Section(f"Part {i}", ("a", "b"), many, folded=i % 2 == 0) for i in range(9))
    diff = EvidenceDiff(
        "a", "b", Section("Conclusions that change", ("a", "b"), many), sections, ()
    )
    text = as_markdown(diff)
    assert 0.5 * LIMIT < len(text.encode()) <= LIMIT
    assert "**400 conclusions change.**" in text
    assert "Cut to fit a comment" in text and "Part 8 (400 of 400)" in text and "--html" in text
    assert text.count("<details>") == text.count("</details>")
    short = tuple((f"row {i}", "b") for i in range(ROWS + 7))
    diff = EvidenceDiff("a", "b", Section("C", (), ()), (Section("Part", ("a", "b"), short),), ())
    assert f"Rows left out: Part (7 of {ROWS + 7})." in as_markdown(diff)


def test_wordings_give_both_texts_again():
    for before, after in (
        ("Of 37 studies, ten are in cells.", "Of 38 studies, eleven are in cells."),
        ("One thing.", "Quite another matter"),
        ("", "new"),
        ("gone", ""),
        ("a  b", "a b"),
        ("x " * 3000, "x " * 3001),
    ):
        spans = wording(before, after)
        assert "".join(s.text for s in spans if s.kind != NEW) == before
        assert "".join(s.text for s in spans if s.kind != GONE) == after
    long = wording("same " * 100 + "37", "same " * 100 + "38")
    assert shortened(long)[0].text.endswith("same same ") and len(shortened(long)[0].text) < 100
    assert [s.text for s in shortened(long)[1:]] == ["37", "38"]


def test_sentences_are_paired_by_what_the_page_has(base):
    chapter = base.chapters["index"]
    assert list(_sentences(chapter, chapter)) == []
    fewer = type(chapter)(chapter.sentences[:5] + chapter.sentences[6:])
    ((gone, nothing),) = _sentences(chapter, fewer)
    assert (gone, nothing) == (chapter.sentences[5][1], "")


def git(folder, *arguments):
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(copy):
    """A repository of two revisions: before and after a study was added."""
    git(copy, "init", "--quiet", "--initial-branch=main")
    for message, change in (("First", lambda folder: None), ("Add a study", add_study)):
        change(copy)
        git(copy, "add", "--all")
        git(copy, "commit", "--quiet", "--message", message)
    return copy


def test_two_revisions_and_the_page(repository, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(repository)
    file = tmp_path / "diff.html"
    assert main(["diff", "HEAD~1", "HEAD", "--html", str(file)]) == 0
    out = capsys.readouterr().out
    commits = [git(repository, "rev-parse", "--short=7", name) for name in ("HEAD~1", "HEAD")]
    head = without_breaks(shown(out).text).splitlines()[0]
    assert head == f"Evidence: HEAD~1 ({commits[0]}) → HEAD ({commits[1]})"
    assert "newcomer2026" in out and "1 conclusion changes." in out
    # nothing is left in the repository
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "worktree", "list").count("\n") == 0

    text = file.read_text(encoding="utf-8")
    page = Tags(text)
    # both bars of kinds of evidence and the map change, each shown before and after
    assert page.tags.count("svg") == page.tags.count("figcaption") == 4
    trials = "randomised trials {},"
    number = next(n for n in range(200) if trials.format(n) in page.names[0])
    one, other = page.names[:2]
    assert trials.format(number) in one and trials.format(number + 1) in other
    assert len(set(page.identifiers)) == len(page.identifiers)
    # every address is one of the page itself
    assert page.addresses and all(a.startswith(("#", "data:")) for a in page.addresses)
    assert not re.search(r"@import|url\((?!#)", text)
    assert "prefers-color-scheme: dark" in text
    used = set(re.findall(r"var\(--lr-([a-z]+)\)", text))
    assert used and used <= set(LIGHT)
    headings = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h\d", tag)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(headings))


def test_a_revision_against_the_working_folder(repository, monkeypatch, capsys):
    monkeypatch.chdir(repository / "data")
    assert main(["diff", "HEAD"]) == 0
    out = capsys.readouterr().out
    assert "→ the working folder" in out and UNCHANGED in out and "Nothing differs" in out
    edit(repository, "studies", "newcomer2026", n="4320")
    assert main(["diff", "HEAD"]) == 0
    out = capsys.readouterr().out
    assert UNCHANGED in out and "<del>4321</del> <ins>4320</ins>" in out


def test_a_side_that_cannot_be_used_is_named(repository, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(repository)
    for place in ("no-such-branch", "--help-me-not", "data", "HEAD:data", str(tmp_path)):
        status = main(["diff", "--", place])
        captured = capsys.readouterr()
        assert (status, captured.out) == (2, "")
        assert captured.err.startswith(f"livingreview: {place}: neither a folder"), captured.err
    edit(repository, "studies", "newcomer2026", species_id="unicorn")
    assert main(["diff", "HEAD"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("livingreview: the working folder: 1 fault(s) in the data")
    assert "unicorn" in err and "data/studies.csv:" in err
    git(repository, "checkout", "--quiet", ".")
    assert main(["diff", "HEAD", "--html", str(tmp_path / "no" / "x.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    assert main(["diff", "HEAD", str(repository)]) == 2
    assert "no folder that holds a project" in capsys.readouterr().err


def test_a_column_that_one_side_does_not_have_is_read_as_empty(base, copy):
    after, before = base.side.place, Place("an older one", copy)
    drop_column(copy, "studies", "overlaps")
    old, new, notes = read_alike(before, after)
    assert notes == [
        "an older one has no column overlaps in studies.csv; it is read there as empty."
    ]
    diff = compared(read(old), read(new), notes)
    assert diff.verdict == UNCHANGED and (notes[0],) in rows(diff, "Columns of one side alone")
    assert "overlaps" not in (copy / "data/studies.csv").read_text(encoding="utf-8")
    drop_column(copy, "studies", "design")
    with pytest.raises(SideError, match=r"^an older one: "):
        read_alike(before, after)


def test_a_chapter_of_a_revision_runs_no_code_of_its_own(base, tmp_path):
    calls = Calls(base.side.review)
    trap = tmp_path / "trap"
    calls.run("from livingreview import facts\nfrom livingreview.data import load\nreview = load()")
    assert calls.failed == {}
    for source in (
        f"__import__('pathlib').Path({str(trap)!r}).touch()",
        "import os",
        "from os import system",
        "from livingreview.__main__ import main",
        "from livingreview.project import find_root\nfind_root()",
        f"review.root.joinpath({str(trap)!r}).touch()",
        "facts.whole.__globals__",
        "facts.whole(review)['n_studies']",
        "[x for x in review]",
        "load(",
        "from livingreview.tables import no_such_table",
        "facts.glue_facts(facts.no_such(review), facts.whole(review))",
    ):
        before = len(calls.failed)
        calls.run(source)
        assert len(calls.failed) == before + 1, source
    assert not trap.exists() and not calls.outputs
    # a fact that is gone does not take the others with it
    assert calls.facts["n_studies"] == str(len(base.side.review.studies))


def test_every_call_of_every_chapter_is_made():
    side = loaded(Place("here", ROOT), ROOT)
    chapters = read(side).chapters
    assert set(chapters) == {"index", *(f"chapters/{p.stem}" for p in ROOT.glob("chapters/*.md"))}
    pages = {name: (ROOT / f"{name}.md").read_text(encoding="utf-8") for name in chapters}
    for name, chapter in chapters.items():
        assert chapter.failed == {}, name
        assert len(chapter.outputs) == pages[name].count("remove-input"), name
        assert not any("is not computed" in text for _, text in chapter.sentences), name
        assert len(chapter.captions) == pages[name].count("caption: |"), name
    assert chapters["chapters/references"].lists_references


def test_a_finding_that_comes_counts_only_where_it_decides():
    from livingreview.evidence_diff.compare import changes_conclusion

    one = Finding("label", "shown", "reading", True)
    assert changes_conclusion(None, one) and changes_conclusion(one, None)
    assert not changes_conclusion(None, Finding("label", "shown", "reading", False))
    assert not changes_conclusion(one, Finding("label", "another", "reading", True))
    assert changes_conclusion(one, Finding("label", "shown", "other", True))


def test_the_page_has_the_colours_of_the_book():
    css = (ROOT / "_static/livingreview.css").read_text(encoding="utf-8")
    for selector, colours in (("html", LIGHT), ('html[data-theme="dark"]', DARK)):
        (block,) = re.findall(rf"^{re.escape(selector)} {{([^}}]*--lr-ink[^}}]*)}}", css, re.M)
        assert dict(re.findall(r"--lr-([a-z]+): (#[0-9a-f]{6})", block)) == colours


def test_other_commands_do_not_wait_for_what_a_diff_needs():
    code = (
        "import sys, livingreview.cli; "
        "print([m for m in ('matplotlib', 'myst_nb', 'sphinx') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
