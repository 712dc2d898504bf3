"""The command ``livingreview new-study``: what it writes, refuses, and leaves alone.

No request leaves the machine: the registries are a server of this test.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations

import pytest
from conftest import ROOT, command
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from livingreview.bibliography import plain, read_bibliography
from livingreview.checks import check_project
from livingreview.checks.cells import NOT_A_VALUE
from livingreview.cli import main
from livingreview.new_study import all_or_nothing, registries
from livingreview.new_study.all_or_nothing import JOURNAL, ChangedMeanwhileError, replace_all
from livingreview.new_study.bibtex_entry import bibtex_entry
from livingreview.new_study.citation import (
    Author,
    Citation,
    NewStudyError,
    clean,
    doi_of,
    new_key,
)
from livingreview.new_study.citation_files import READERS, read_citation_file
from livingreview.new_study.duplicates import NEAR, find, likeness
from livingreview.new_study.registries import look_up
from livingreview.new_study.rows import read_arm

CITATIONS = ROOT / "tests/citations"
TITLE = "Naltrexone & placebo in 50% of {all} cells: <script>alert(1)</script> and a second line"
FILLED = {
    **{"locator": "Abstract", "extracted": "2026-11-21", "read": "2026-11-21", "n": "20"},
    **{"model": "Adults", "label": "Group", "role": "untreated control", "summary": "A study."},
    **{"design": "randomised trial", "species_id": "human", "conditions": "glioma"},
    **{"called": "LDN", "agent_id": "naltrexone", "group": "Cancer"},
}


def rows(folder, table):
    text = (folder / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def state(folder):
    """All bytes of the project, so that a test sees any change at all."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def here(data_copy, monkeypatch):
    """A project that the command works in, and a keyboard at which nobody sits."""
    monkeypatch.chdir(data_copy)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return data_copy


def new_study(*arguments):
    return main(["new-study", *map(str, arguments)])


# Reading


@pytest.mark.parametrize("ending", READERS)
def test_each_form_of_file_gives_the_same_citation(ending):
    citation = read_citation_file(CITATIONS / f"study{ending}")
    assert citation.title == TITLE
    assert [author.family for author in citation.authors] == ["van der Żółty", "Ünlü"]
    assert citation.authors[0].given.rstrip(".") == "Test A"
    found = (citation.year, citation.journal, citation.volume, citation.number)
    assert found == ("2026", "Test Journal", "3", "2")
    assert citation.pages in ("12-19", "12–19")
    assert (citation.doi, citation.pmid) == ("10.1000/test_1", "99000001")
    # the abstract names another trial, which is not this one
    assert citation.registration == ("NCT99000001" if ending == ".nbib" else "")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "must end in .ris, .nbib, .bib, .json"),
        ("a.ris", b"", "no references found"),
        ("a.ris", b"TY  - JOUR\nTI  - Cut off\n", "no references found"),
        ("a.ris", b"TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nTI  - Two\nER  - \n", '"Two"'),
        ("a.ris", b"TY  - JOUR\nTI  - One\nPY  - 2026\nER  - \n", "no author"),
        ("a.ris", b"\xff\xfe", "not UTF-8"),
        ("a.nbib", b"nothing of the kind", "no references found"),
        ("a.bib", b"@article{a, title = {Open", "not BibTeX"),
        ("a.bib", b"@article{a, title = {50% off}, year = 2026}", "no author"),
        ("a.json", b"{", "not of the form"),
        ("a.json", b"[1]", "not of the form"),
        ("a.json", b'{"title": "T", "author": "me"}', "not of the form"),
        ("a.json", b'{"title": "T", "author": [{"family": "A"}], "issued": {}}', "no year"),
        ("a.json", b"[" * 100_000, "not of the form"),
    ],
)
def test_a_bad_file_is_refused_with_its_name(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NewStudyError) as error:
        read_citation_file(tmp_path / name)
    assert name in str(error.value)
    assert words in str(error.value)


def test_a_file_that_is_not_there_and_one_too_large_are_refused(tmp_path, monkeypatch):
    with pytest.raises(NewStudyError, match="cannot be read"):
        read_citation_file(tmp_path / "none.ris")
    monkeypatch.setattr("livingreview.new_study.citation_files.LIMIT", 10)
    with pytest.raises(NewStudyError, match="larger than"):
        read_citation_file(CITATIONS / "study.ris")


def test_old_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path):
    text = (CITATIONS / "study.ris").read_text(encoding="utf-8")
    (tmp_path / "a.ris").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    expected = read_citation_file(CITATIONS / "study.ris")
    assert read_citation_file(tmp_path / "a.ris") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<i>In vitro</i> CO<sub>2</sub>", "In vitro CO2"),
        ("p &lt; 0.05 &amp; <script>", "p < 0.05 & <script>"),
        ("two\n  lines\u00a0here", "two lines here"),
        ("abc\u202edef\u200b\x00", "abcdef"),
        ("שלום عربي", "שלום عربي"),
        (None, ""),
    ],
)
def test_text_is_cleaned_of_marks_of_print_only(text, expected):
    assert clean(text) == expected


def test_a_doi_is_known_in_every_dress():
    for text in ("10.1000/AbC", "doi:10.1000/abc", "https://doi.org/10.1000/ABC"):
        assert doi_of(text) == "10.1000/abc"
    assert doi_of("10.1000/a b") == ""


# Keys and entries


def citation(family="Żółty", given="Test", year="2026", **more):
    return Citation("A Title", (Author(family, given),), year, **more)


@pytest.mark.parametrize(
    ("family", "taken", "expected"),
    [
        ("Żółty", [], "zolty2026"),
        ("van der Berg", [], "vanderberg2026"),
        ("O'Neil-Strauß", [], "oneilstrauss2026"),
        ("Żółty", ["zolty2025", "zoltyk2026"], "zolty2026"),
        ("Żółty", ["zolty2026"], "zolty2026b"),
        ("Żółty", ["zolty2026_cells"], "zolty2026b"),
        ("Żółty", ["ZOLTY2026a", "zolty2026b"], "zolty2026c"),
    ],
)
def test_the_key_is_the_first_author_and_the_year(family, taken, expected):
    assert new_key(citation(family), taken) == expected


def test_no_key_can_be_made_of_nothing_or_after_z():
    with pytest.raises(NewStudyError, match="no key"):
        new_key(citation("…"), [])
    with pytest.raises(NewStudyError, match="taken"):
        new_key(citation(), ["zolty2026z"])
    assert new_key(citation("Test Sponsor, Inc.", ""), []) == "test2026"


HARD = [
    TITLE,
    "Żółty é ñ ß œ İ – “quotes” 'x' `y` \"q\" α ≥ 10²",
    "A & B 50% #1 a_b $5 and $6 ~x x^2 \\ back",
    "{} braces } of { all {{kinds}}",
    "double -- dash --- '' `` ?` !` [x] (y) @article{z,",
    "שלום عربي mixed with latin",
]


@pytest.mark.parametrize("title", HARD)
def test_a_title_survives_the_way_into_the_bibliography_and_out(data_copy, title):
    work = Citation(title, (Author("Żółty & Co", "T."), Author("A, B and C", "D.")), "2026")
    path = data_copy / "references.bib"
    entry = bibtex_entry("zolty2026", work)
    path.write_text(path.read_text(encoding="utf-8") + "\n" + entry, encoding="utf-8")
    references, faults = read_bibliography(data_copy)
    assert faults == []
    assert references["zolty2026"].title == title
    assert references["zolty2026"].authors == ("Żółty & Co", "A, B and C")


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" ")))
def test_any_title_survives(text):
    title = clean("x" + text.translate(str.maketrans("｛｝", "  ")))
    fields = parse_string(bibtex_entry("a2026", Citation(title, (), "2026")), "bibtex")
    assert plain(fields.entries["a2026"].fields["title"]) == title


def test_a_bare_percent_sign_in_the_bibliography_is_a_fault(data_copy):
    path = data_copy / "references.bib"
    bad = "\n@misc{bad2026,\n title = {50% off}, year = {2026}\n}\n"
    path.write_text(path.read_text(encoding="utf-8") + bad, encoding="utf-8")
    (fault,) = check_project(data_copy)
    assert (fault.column, fault.value) == ("title", "bad2026")
    assert "Write \\% instead" in fault.remedy
    assert read_bibliography(data_copy)[0]["bad2026"].title == "50% off"


def test_an_arm_is_read_as_authors_write_it():
    units, roles = ["mg", "mg/kg", "µM"], ["intervention", "placebo", "untreated control"]
    arm = read_arm("LDN 4.5 mg", 0, units, roles)
    assert (arm.role, arm.given[0].called) == ("intervention", "LDN")
    assert (arm.given[0].amount, arm.given[0].unit) == ("4.5", "mg")
    assert read_arm("NTX 0.1 mg/kg", 1, units, roles).given[0].unit == "mg/kg"
    assert read_arm("NTX 0.1 mg/kg", 1, units, roles).role == ""
    assert read_arm("Placebo tablets", 1, units, roles).role == "placebo"
    control = read_arm("Untreated control: Usual care", 1, units, roles)
    assert (control.label, control.role, control.given) == ("Usual care", "untreated control", ())


# Registries


class Answer(BaseHTTPRequestHandler):
    """Says what the test has laid down for a path, and keeps what it was asked."""

    def do_GET(self):
        self.server.asked.append(self.path)
        status, body = self.server.answers.get(self.path, (404, b"Resource not found."))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + self.server.missing))
        self.end_headers()
        for piece in [body] if not self.server.pause else [body[:1]] * 20:
            time.sleep(self.server.pause)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(piece)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.asked, server.missing, server.pause = [], 0, 0
        base = f"http://127.0.0.1:{server.server_port}"
        for name in ("CROSSREF", "PUBMED", "CLINICALTRIALS"):
            monkeypatch.setenv(f"LIVINGREVIEW_{name}", base)
        pubmed = "/efetch.fcgi?db=pubmed&id={}&rettype=medline&retmode=text&tool=livingreview"
        server.answers = {
            "/works/10.1000%2Ftest_1": (200, (CITATIONS / "crossref.json").read_bytes()),
            pubmed.format("99000001"): (200, (CITATIONS / "study.nbib").read_bytes()),
            pubmed.format("99000009"): (200, b"\n"),
            pubmed.format("99000008"): (400, b"error"),
            "/api/v2/studies/NCT99000002": (200, (CITATIONS / "trial.json").read_bytes()),
            "/works/10.1000%2Fhtml": (200, b"<html>not JSON</html>"),
            "/works/10.1000%2Fodd": (200, b'{"message": []}'),
            "/works/10.1000%2Fbusy": (503, b""),
            "/works/10.1000%2Flatin": (200, b"\xff"),
        }
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_doi_is_asked_of_crossref_and_a_pmid_of_pubmed(server):
    of_doi = look_up("DOI", "10.1000/test_1")
    of_pmid = look_up("PMID", "99000001")
    assert of_doi.title == of_pmid.title == TITLE
    assert of_doi.registration == of_pmid.registration == "NCT99000001"
    assert of_doi.authors[0] == Author("van der Żółty", "Test A.")
    assert len(server.asked) == 2


def test_a_register_tells_of_the_trial_what_has_a_word_in_the_tables(server):
    found = look_up("NCT", "NCT99000002")
    trial = found.trial
    assert found.authors == (Author("Test Sponsor, Inc. and Test"),)
    assert (found.year, found.registration) == ("2026", "NCT99000002")
    assert (trial.design, trial.n, trial.phase) == ("randomised trial", "40", "II")
    assert (trial.status, trial.country) == ("Not yet recruiting", "Norway, Iraq")
    assert [arm.role for arm in trial.arms] == [
        *("intervention", "placebo", "untreated control", "")
    ]
    assert [g.called for g in trial.arms[0].given] == ["Naltrexone", "Something else"]


@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [
        ("DOI", "10.1000/none", "Crossref knows no 10.1000/none"),
        ("PMID", "99000009", "PubMed knows no 99000009"),
        ("PMID", "99000008", "PubMed knows no 99000008"),
        ("NCT", "NCT00000000", "ClinicalTrials.gov knows no NCT00000000"),
        ("DOI", "10.1000/html", "the answer of Crossref: not of the form"),
        ("DOI", "10.1000/odd", "the answer of Crossref: not of the form"),
        ("DOI", "10.1000/busy", "error 503"),
        ("DOI", "10.1000/latin", "not UTF-8"),
    ],
)
def test_a_bad_answer_is_told_in_plain_words(server, kind, number, words):
    with pytest.raises(NewStudyError) as error:
        look_up(kind, number)
    assert words in str(error.value)


def test_an_answer_that_is_too_long_too_slow_or_cut_off_is_told(server, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(registries, "LIMIT", 10)
        with pytest.raises(NewStudyError, match="longer than 10 bytes"):
            look_up("DOI", "10.1000/test_1")
    server.missing = 50
    with pytest.raises(NewStudyError, match=r"no answer from PubMed \(IncompleteRead"):
        look_up("PMID", "99000001")
    server.pause = 0.1
    monkeypatch.setattr(registries, "SECONDS", 0.3)
    with pytest.raises(NewStudyError, match=r"no answer from Crossref \(timed out"):
        look_up("DOI", "10.1000/test_1")


def test_no_network_and_a_wrong_address_are_told(monkeypatch):
    monkeypatch.setenv("LIVINGREVIEW_CROSSREF", "http://127.0.0.1:9")
    with pytest.raises(NewStudyError, match="export the citation to a file"):
        look_up("DOI", "10.1000/test_1")
    monkeypatch.setenv("LIVINGREVIEW_CROSSREF", "file:///etc")
    with pytest.raises(NewStudyError, match="no http address"):
        look_up("DOI", "10.1000/test_1")


# Writing


def test_the_rows_are_written_and_all_else_stays(here, capsys):
    before = state(here)
    assert new_study(CITATIONS / "study.ris", "--arm", "LDN 4.5 mg", "--arm", "placebo") == 0
    after = state(here)
    changed = {name for name in after if after[name] != before.get(name)}
    expected = {"references.bib", *(f"data/{t}.csv" for t in ("sources", "studies", "doses"))}
    assert changed - {"data/updates.csv"} == expected | {"data/arms.csv"}
    for name in changed:
        assert after[name].startswith(before[name]), f"{name} lost something"
    study = rows(here, "studies")[-1]
    assert (study["study_id"], study["source_id"]) == ("vanderzolty2026", "vanderzolty2026")
    dose, placebo = rows(here, "doses")[-2:]
    assert (dose["called"], dose["amount"], dose["unit"]) == ("LDN", "4.5", "mg")
    assert (dose["agent_id"], placebo["agent_id"]) == ("naltrexone", "placebo")
    assert [arm["role"] for arm in rows(here, "arms")[-2:]] == ["intervention", "placebo"]
    assert rows(here, "arms")[-2]["doses"] == dose["dose_id"] == "vanderzolty2026.ldn_4_5_mg"
    line = 1 + len(rows(here, "studies"))
    assert f"data/studies.csv:{line}: column model" in capsys.readouterr().out


def required_blanks(folder):
    package = json.loads((folder / "data/datapackage.json").read_text(encoding="utf-8"))
    for table in package["resources"]:
        for line, row in enumerate(rows(folder, table["name"]), 2):
            for field in table["schema"]["fields"]:
                if field.get("constraints", {}).get("required") and not row[field["name"]]:
                    yield f"data/{table['path']}", line, field["name"]


def test_check_names_each_blank_and_is_content_when_all_are_filled(here):
    assert new_study(CITATIONS / "study.nbib", "--new-condition", "made_up") == 0
    blanks = set(required_blanks(here))
    assert len(blanks) > 15
    faults = check_project(here)
    assert {(fault.file, fault.line, fault.column) for fault in faults} == blanks
    assert all(fault.remedy.startswith("Fill it: ") for fault in faults)
    for name in {file for file, _, _ in blanks}:
        path = here / name
        table = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        for file, line, column in blanks:
            if file == name:
                table[line - 1][table[0].index(column)] = FILLED[column]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(table)
    assert check_project(here) == []


def test_a_trial_comes_with_what_the_register_says(here, server):
    assert new_study("nct99000002", "--condition", "glioma") == 0
    study = rows(here, "studies")[-1]
    assert (study["study_id"], study["registration"]) == ("test2026", "NCT99000002")
    assert (study["n"], study["phase"], study["species_id"]) == ("40", "II", "human")
    assert rows(here, "sources")[-1]["kind"] == "registry"
    doses, arms = rows(here, "doses"), rows(here, "arms")[-4:]
    own = [dose for dose in doses if dose["study_id"] == "test2026"]
    assert [dose["agent_id"] for dose in own[:3]] == ["naltrexone", "", "placebo"]
    assert arms[0]["doses"] == f"{own[0]['dose_id']} {own[1]['dose_id']}"
    assert arms[2]["doses"] == ""
    # what the register says is no fault; only blanks are left
    assert {fault.value for fault in check_project(here)} == {""}


def test_a_second_study_of_the_day_adds_no_second_line_to_the_updates(here, server):
    assert new_study(CITATIONS / "study.ris") == 0
    lines = len(rows(here, "updates"))
    assert new_study("NCT99000002") == 0
    assert len(rows(here, "updates")) == lines
    assert {fault.value for fault in check_project(here)} == {""}


def test_every_word_that_is_written_is_a_value(here, server):
    assert new_study("NCT99000002") == 0
    for table in ("studies", "doses", "arms"):
        for row in rows(here, table):
            assert not {value.lower() for value in row.values()} & NOT_A_VALUE


# Refusing


def refused(folder, capsys, status, *arguments):
    """Run the command, which must change nothing, and return what it says."""
    before = state(folder)
    assert new_study(*arguments) == status
    assert state(folder) == before
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "say which study: a DOI, a PMID, an NCT number"),
        (["liu202"], "did you mean"),
        (["--condition", "gliom"], 'did you mean "glioma"'),
        (["--condition", "pain"], "use --new-condition"),
        (["--new-condition", "glioma"], "use --condition"),
        (["--new-condition", "Back pain"], "must match"),
        (["--design", "randomised"], 'did you mean "randomised trial"'),
        (["--species", "humen"], 'did you mean "human"'),
        (["--n", "many"], "not a number"),
    ],
)
def test_wrong_words_are_refused_with_a_remedy(here, capsys, arguments, words):
    assert words in refused(here, capsys, 2, *arguments)


@pytest.mark.parametrize("option", [[], ["--different"]])
@pytest.mark.parametrize(
    ("field", "words"), [("doi", "the DOI 10.1000/test_1"), ("pmid", "the PMID 99000001")]
)
def test_a_number_that_is_there_is_refused_whatever_the_options(
    here, capsys, tmp_path, field, words, option
):
    assert new_study(CITATIONS / "study.ris") == 0
    item = json.loads((CITATIONS / "study.json").read_text(encoding="utf-8"))[0]
    other = "pmid" if field == "doi" else "doi"
    item |= {"title": "Something else altogether", other.upper(): ""}
    (tmp_path / "again.json").write_text(json.dumps(item), encoding="utf-8")
    told = refused(here, capsys, 1, tmp_path / "again.json", *option)
    assert words in told
    assert "is there as vanderzolty2026 in data/studies.csv" in told


def test_a_trial_that_a_study_is_registered_as_is_refused(here, server, capsys):
    with (here / "data/studies.csv").open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["registration"])
    record = (CITATIONS / "trial.json").read_bytes()
    record = record.replace(b"NCT99000002", row["registration"].encode())
    server.answers[f"/api/v2/studies/{row['registration']}"] = (200, record)
    told = refused(here, capsys, 1, row["registration"], "--different")
    assert f"the NCT number {row['registration']}" in told
    assert row["study_id"] in told


def entry_without_study(folder):
    studied = {row["reference"] for row in rows(folder, "studies")}
    sources = {row["reference"] for row in rows(folder, "sources")}
    references = read_bibliography(folder)[0]
    return next(
        reference
        for key, reference in references.items()
        if key not in studied | sources and len(reference.title) > 60
    )


def titled(folder, title):
    text = f"TY  - JOUR\nAU  - Żółty, T.\nPY  - 2026\nTI  - {title}\nER  - \n"
    (folder.parent / "near.ris").write_text(text, encoding="utf-8")
    return folder.parent / "near.ris"


def test_a_near_title_is_told_and_the_author_says_which_it_is(here, capsys):
    reference = entry_without_study(here)
    near = titled(here, reference.title.upper() + ": a further report!")
    told = refused(here, capsys, 1, near)
    assert reference.title in told
    assert f"run livingreview new-study {reference.key}" in told
    assert "--different" in told
    before = (here / "references.bib").read_bytes()
    assert new_study(reference.key) == 0
    assert (here / "references.bib").read_bytes() == before
    assert rows(here, "studies")[-1]["reference"] == reference.key
    assert "--different" in refused(here, capsys, 1, near)
    assert new_study(near, "--different") == 0
    assert rows(here, "studies")[-1]["reference"] == "zolty2026"


def test_no_two_works_of_the_bibliography_are_near_by_title(review):
    # but for two reports of one study
    study = review.labels("studies", "reference")
    report = review.labels("sources", "reference")
    told = (review.studies, review.arms, review.characteristics)
    same = {
        frozenset((study[row.study_id], report[row.source_id]))
        for table in told
        for row in table.itertuples()
    }
    for one, other in combinations(review.references.values(), 2):
        near = likeness(one.title, other.title) >= NEAR
        assert not near or frozenset((one.key, other.key)) in same, (one.key, other.key)


@pytest.mark.parametrize("key", ["title", "doi"])
def test_every_work_with_a_title_or_a_doi_is_found_again(review, key):
    looked_for = [r for r in review.references.values() if getattr(r, key)]
    assert looked_for
    for reference in looked_for:
        value = reference.title if key == "title" else doi_of(reference.doi)
        assert value, reference.key
        sought = {"title": "Nothing like it", key: value}
        match = find(Citation(authors=(), year="", **sought), review.references, [])
        assert match is not None, reference.key
        found = review.references[match.key]
        assert found is reference or (key == "title" and likeness(found.title, value) >= NEAR)
        assert match.sure == (key == "doi")


def test_tables_that_cannot_be_read_are_left_alone(here, capsys):
    path = here / "data/arms.csv"
    path.write_bytes(path.read_bytes()[:-1])
    assert "data/arms.csv" in refused(here, capsys, 2, CITATIONS / "study.ris")


# At the keyboard


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def keyboard(here, monkeypatch):
    """Return a function that lays down answers; a question too many ends as Ctrl-D does."""
    monkeypatch.setattr("sys.stdin", Terminal())
    left = []

    def answer(question=""):
        if not left:
            raise EOFError
        said = left.pop(0)
        if isinstance(said, BaseException):
            raise said
        return said

    monkeypatch.setattr("builtins.input", answer)
    return left


def test_the_questions_fill_the_rows(here, keyboard):
    keyboard += [str(CITATIONS / "study.ris"), "gliom", "glioma", "1", "human", "x", "24"]
    keyboard += ["LDN 3 mg", "placebo", "", "y"]
    assert new_study() == 0
    study = rows(here, "studies")[-1]
    assert (study["conditions"], study["species_id"], study["n"]) == ("glioma", "human", "24")
    assert study["design"] == "in vitro"
    assert [arm["label"] for arm in rows(here, "arms")[-2:]] == ["LDN 3 mg", "placebo"]
    assert keyboard == []


def test_a_condition_that_is_not_there_gets_a_row_with_blanks(here, keyboard):
    keyboard += ["", "made_up", "", "", "", "", "y"]
    assert new_study(CITATIONS / "study.ris") == 0
    assert rows(here, "conditions")[-1] == {"condition_id": "made_up", "label": "", "group": ""}
    assert rows(here, "studies")[-1]["conditions"] == "made_up"


def test_a_no_and_an_end_at_any_question_change_nothing(here, keyboard, capsys):
    said = [str(CITATIONS / "study.ris"), "glioma", "1", "human", "24", "LDN 3 mg", ""]
    keyboard += [*said, "n"]
    assert "nothing was changed" in refused(here, capsys, 2)
    for number in range(len(said) + 1):
        for end in ([], [KeyboardInterrupt()]):
            keyboard[:] = [*said[:number], *end]
            assert "Interrupted: nothing was changed" in refused(here, capsys, 130)


def test_a_near_title_is_asked_about(here, keyboard):
    reference = entry_without_study(here)
    keyboard += ["y", "", "", "", "", "", "", "y"]
    assert new_study(titled(here, reference.title)) == 0
    assert rows(here, "studies")[-1]["reference"] == reference.key


# All or nothing


class Stop(BaseException):
    """Stands for whatever stops a program."""


def steps_until_done(folder, monkeypatch, arguments):
    """Run the command again and again, stopped one step later each time, and yield each stop."""
    names = ("mkdir", "replace", "rename", "open", "unlink")
    for number in range(200):
        left = [number]
        with monkeypatch.context() as patch:
            for name in names:
                patch.setattr(all_or_nothing.Path, name, counted(name, left))
            try:
                new_study(*arguments)
                yield number, True
                return
            except (Stop, KeyboardInterrupt):
                pass
        yield number, False


def counted(name, left):
    """Return the method, which raises when the steps are used up, and once only."""
    method = getattr(all_or_nothing.Path, name)

    def step(self, *arguments, **more):
        if ".new-study" in f"{self}{arguments}":
            left[0] -= 1
            if left[0] == -1:
                raise Stop
        return method(self, *arguments, **more)

    return step


def test_stopped_at_any_step_the_tables_are_as_they_were(here, monkeypatch):
    before = state(here)
    stops = 0
    for number, done in steps_until_done(here, monkeypatch, [CITATIONS / "study.ris"]):
        if not done:
            assert state(here) == before, number
            stops += 1
    assert stops >= 15
    assert state(here) != before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_ctrl_c_or_a_full_disk_in_the_midst_is_told(here, monkeypatch, capsys, error):
    replaced = all_or_nothing.Path.replace
    times = []

    def fail(self, target):
        times.append(target)
        if len(times) == 3:
            raise error
        return replaced(self, target)

    monkeypatch.setattr(all_or_nothing.Path, "replace", fail)
    status = 130 if isinstance(error, KeyboardInterrupt) else 2
    assert "nothing was changed" in refused(here, capsys, status, CITATIONS / "study.ris")
    assert len(times) > 3, "the files that had changed were put back"


def test_ctrl_c_after_the_last_step_says_that_the_study_was_written(here, monkeypatch, capsys):
    def interrupt(*arguments, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(all_or_nothing, "_forget", interrupt)
    assert new_study(CITATIONS / "study.ris") == 130
    assert "Interrupted: the study was written" in capsys.readouterr().err
    assert rows(here, "studies")[-1]["study_id"] == "vanderzolty2026"


KILLED = """
import os, signal, sys
from livingreview.cli import main
from livingreview.new_study import all_or_nothing
method, left = getattr(all_or_nothing.Path, sys.argv[1]), [int(sys.argv[2])]
def step(self, *arguments, **more):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return method(self, *arguments, **more)
setattr(all_or_nothing.Path, sys.argv[1], step)
main(["new-study", sys.argv[3], "--yes"])
"""


@pytest.mark.parametrize(
    ("method", "step", "journal"),
    [("replace", 1, True), ("replace", 4, True), ("rename", 1, False), ("rename", 2, True)],
)
def test_after_a_real_kill_the_next_command_puts_the_tables_back(here, method, step, journal):
    before = state(here)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, method, str(step), str(CITATIONS / "study.ris")],
        cwd=here,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert (here / JOURNAL).exists() == journal
    checked = command(here, "check")
    assert ("was cut off" in checked.stderr) == journal
    assert checked.returncode == 0, checked.stdout
    assert state(here) == before


def test_a_table_edited_after_the_kill_is_left_as_it_is(data_copy):
    root = data_copy
    names = ["references.bib", "data/arms.csv", "data/doses.csv"]
    changes = {name: ((root / name).read_bytes(), b"new") for name in names}
    all_or_nothing._lay_down(root / JOURNAL, root, changes)
    (root / names[0]).write_bytes(b"new")
    (root / names[1]).write_bytes(b"edited by hand")
    told = all_or_nothing.restore(root)
    assert (root / names[0]).read_bytes() == changes[names[0]][0]
    assert (root / names[1]).read_bytes() == b"edited by hand"
    assert (root / names[2]).read_bytes() == changes[names[2]][0]
    assert any(names[1] in line for line in told)
    assert all_or_nothing.restore(root) == []


def test_a_table_that_somebody_saves_meanwhile_is_not_overwritten(here, keyboard, capsys):
    path = here / "data/arms.csv"
    before = path.read_bytes()
    edited = before.replace(b"2026-11-21", b"2026-11-20", 1)

    class Save(str):
        """An answer during which somebody saves a table in a spreadsheet."""

        def strip(self):
            path.write_bytes(edited)
            return "y"

    keyboard += ["", "", "", "", "", "", Save()]
    assert new_study(CITATIONS / "study.ris") == 2
    assert "data/arms.csv was changed meanwhile" in capsys.readouterr().err
    assert path.read_bytes() == edited
    with pytest.raises(ChangedMeanwhileError):
        replace_all(here, {"data/arms.csv": (before, b"new")})
