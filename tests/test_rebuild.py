"""The book built again: never stale, the same as a clean build, and never half published."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from built_site import SITE, add_study, contents, page, plain
from conftest import ROOT, command

from livingreview.book import build as building
from livingreview.book.downloads import ARCHIVE
from livingreview.book.inputs import whole_book
from livingreview.book.stale import stamped
from livingreview.book.style_sheet import SHEET
from livingreview.data import load
from livingreview.evidence import CHANCE, studies_view

BIN = Path(sys.executable).parent
RECORD = "_build/work/_build/.jupyter_cache/inputs.json"


def build(folder):
    """Build a copy of the project and return what was said."""
    done = command(folder, "build")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def ran(said):
    """The chapters that were run, by what a build said."""
    return set(re.findall(r"^ +\d+ of \d+: (\S+), [\d.]+ s$", said, re.MULTILINE))


def reading(folder, name, groups=()):
    """The chapters that read an input, by the record of the last build.

    Of a part of the data: those that read the part about one of some groups of conditions.
    """
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    names = {name, *(f"{name} about {group}" for group in groups)}
    return {chapter for chapter, entry in record.items() if names.intersection(entry["names"])}


def differences(one, other):
    one, other = contents(one), contents(other)
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def change_note(folder, table):
    """Change the note of the last row of a table."""
    path = folder / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2026-11-21", "2026-11-20", 1), encoding="utf-8")


# --- never stale -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def changing(built, tmp_path_factory):
    """A copy of the built project, its build folder included, that tests change in order."""
    return shutil.copytree(built, tmp_path_factory.mktemp("changing") / "project")


@pytest.fixture(scope="module")
def ran_for_study(changing):
    """The chapters that ran when a trial in glioma was added."""
    add_study(changing)
    return ran(build(changing))


@pytest.fixture(scope="module")
def with_study(changing, ran_for_study):
    return changing


@pytest.fixture(scope="module")
def clean_with_study(with_study, tmp_path_factory):
    """The same data, built from nothing in a folder of another name."""
    folder = tmp_path_factory.mktemp("clean") / "another name"
    shutil.copytree(with_study, folder, ignore=shutil.ignore_patterns("_build"))
    build(folder)
    return folder


def test_an_added_study_stands_everywhere_it_belongs(with_study, review):
    count = len(review.studies) + 1
    assert f"{count} studies" in plain(page(with_study, "index").text)
    assert f"Of {count} studies" in plain(page(with_study, "chapters/summary").text)
    evidence = page(with_study, "chapters/evidence-map")
    assert f"{count} studies stand in the map" in plain(evidence.text)
    told = f"randomised trials {(studies_view(review)['rung'] == CHANCE).sum() + 1},"
    assert any(words and told in words for words in evidence.pictures)
    trials = plain(page(with_study, "chapters/cancer-trials").text)
    for part in (
        "Newcomer et al. 2026",
        "Adults with glioma, made up; n = 4321; randomised trial; condition: Glioma",
        "LDN 3.25 mg",
        "1777 of 2160",
        "risk ratio 1.08 (1.01 to 1.15)",
        "p = 0.02",
        "Table 2, row 1",
    ):
        assert part in trials
    assert "newcomer2026" in (with_study / SITE / "data/studies.csv").read_text(encoding="utf-8")
    with zipfile.ZipFile(with_study / SITE / "data" / ARCHIVE) as archive:
        assert b"newcomer2026" in archive.read("measurements.csv")
    assert "ref-newcomer2026" in page(with_study, "chapters/references").identifiers
    accounting = plain(page(with_study, "chapters/data").text)
    assert f" {count} " in accounting


def test_only_data_files_were_changed_for_it(with_study):
    changed = []
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        if not path.is_file() or relative.parts[0] in {".git", ".venv", "_build"}:
            continue
        if "__pycache__" in relative.parts or relative.parts[0].startswith(
            (".", "livingreview.egg")
        ):
            continue
        if (with_study / relative).read_bytes() != path.read_bytes():
            changed.append(relative.as_posix())
    assert all(name.startswith("data/") or name == "references.bib" for name in changed)
    assert "data/studies.csv" in changed


def test_no_chapter_about_something_else_ran_for_it(with_study, ran_for_study):
    record = json.loads((with_study / RECORD).read_text(encoding="utf-8"))
    studies = "data/studies.csv"
    elsewhere = {
        chapter
        for chapter, entry in record.items()
        if not {studies, f"{studies} about Cancer"}.intersection(entry["names"])
    }
    assert {"chapters/pain", "chapters/implantation-failure", "chapters/mechanisms"} <= elsewhere
    assert ran_for_study == set(record) - elsewhere


def test_built_on_it_is_the_same_as_built_from_nothing(with_study, clean_with_study):
    assert differences(with_study, clean_with_study) == []


def test_two_clean_builds_are_the_same_byte_for_byte(clean_with_study, tmp_path):
    again = tmp_path / "project"
    shutil.copytree(clean_with_study, again, ignore=shutil.ignore_patterns("_build"))
    build(again)
    assert differences(clean_with_study, again) == []


def test_taken_out_again_it_is_gone_everywhere(with_study, built):
    for path in (ROOT / "data").iterdir():
        shutil.copy(path, with_study / "data" / path.name)
    shutil.copy(ROOT / "references.bib", with_study / "references.bib")
    build(with_study)
    for path in (with_study / SITE).rglob("*"):
        if path.is_file() and path.suffix in {".html", ".csv", ".js", ".json", ".bib"}:
            assert b"newcomer2026" not in path.read_bytes(), path
    assert differences(built, with_study) == []


# --- no more than needed -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def touched(built, tmp_path_factory):
    """A copy of the built project that tests change, each leaving it built."""
    return shutil.copytree(built, tmp_path_factory.mktemp("touched") / "project")


def test_nothing_changed_runs_nothing_and_writes_nothing(touched):
    before = {path: path.stat().st_mtime_ns for path in (touched / SITE).rglob("*")}
    for path in (touched / "data").iterdir():
        path.touch()
    said = build(touched)
    assert "Nothing has changed" in said
    assert {path: path.stat().st_mtime_ns for path in (touched / SITE).rglob("*")} == before


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("data/mechanisms.csv", ()),
        ("data/risk_of_bias.csv", ("Cancer",)),  # what the first row is about
        ("livingreview/figures/plasma_day.py", ()),
    ],
)
def test_only_chapters_that_read_the_change_run_again(touched, name, groups):
    expected = reading(touched, name, groups)
    everything = set(json.loads((touched / RECORD).read_text(encoding="utf-8")))
    assert set() < expected < everything
    path = touched / name
    if path.suffix == ".csv":
        change_note(touched, path.stem)
    else:
        path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert ran(build(touched)) == expected


def test_every_chapter_runs_again_when_a_pin_changes(touched):
    with (touched / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    everything = set(json.loads((touched / RECORD).read_text(encoding="utf-8")))
    assert ran(build(touched)) == everything


def test_changed_prose_runs_nothing_and_is_shown(touched):
    with (touched / "chapters/summary.md").open("a", encoding="utf-8") as file:
        file.write("\nA sentence more.\n")
    said = build(touched)
    assert ran(said) == set()
    assert "A sentence more." in page(touched, "chapters/summary").text


@pytest.mark.parametrize("name", ["_static/livingreview.css", "CITATION.cff"])
def test_what_stands_around_every_page_is_never_stale(touched, name):
    path = touched / name
    text = path.read_text(encoding="utf-8").replace("living review", "lively review")
    path.write_text(text + ".lr-table{color:red}\n" * (".css" in name), encoding="utf-8")
    assert ran(build(touched)) == set()
    if name == "CITATION.cff":
        for page_of in ("chapters/references", "studies/berkson2017"):
            html = (touched / SITE / f"{page_of}.html").read_text(encoding="utf-8")
            assert "lively review" in html, page_of
    else:
        sheet = touched / SITE / SHEET
        assert sheet.read_text(encoding="utf-8").endswith(".lr-table{color:red}")
        checksum = f"{SHEET}?v={zlib.crc32(sheet.read_bytes()):08x}"
        for page_of in ("chapters/references", "studies/berkson2017"):
            html = (touched / SITE / f"{page_of}.html").read_text(encoding="utf-8")
            assert checksum in html, page_of


def test_a_page_taken_out_of_the_site_is_noticed(touched):
    (touched / SITE / "index.html").unlink()
    build(touched)
    assert (touched / SITE / "index.html").is_file()


def test_the_plain_command_runs_only_what_changed_too(touched):
    def plain_command():
        done = subprocess.run(
            [str(BIN / "jupyter-book"), "build", "."],
            cwd=touched,
            env=os.environ | {"PYTHONPATH": str(touched)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    everything = set(json.loads((touched / RECORD).read_text(encoding="utf-8")))
    assert ran(plain_command()) == everything
    assert ran(plain_command()) == set()
    change_note(touched, "pharmacology")
    assert ran(plain_command()) == reading(touched, "data/pharmacology.csv")
    build(touched)


def test_a_file_that_only_a_chapter_reads_makes_it_run_again(touched):
    (touched / "extra.txt").write_text("first words", encoding="utf-8")
    chapter = touched / "chapters" / "how-to-read.md"
    with chapter.open("a", encoding="utf-8") as file:
        file.write('\n```{code-cell} ipython3\nprint(open("../extra.txt").read().strip())\n```\n')
    assert ran(build(touched)) == {"chapters/how-to-read"}
    assert "first words" in page(touched, "chapters/how-to-read").text
    (touched / "extra.txt").write_text("second words", encoding="utf-8")
    build_all_again = building.SITE.parent / "site.json"
    (touched / build_all_again).unlink()
    assert ran(build(touched)) == {"chapters/how-to-read"}
    assert "second words" in page(touched, "chapters/how-to-read").text
    (touched / "extra.txt").write_text("second words\n", encoding="utf-8")
    (touched / build_all_again).unlink()
    said = build(touched)
    assert ran(said) == {"chapters/how-to-read"}
    assert "0 added, 0 changed, 0 removed" in said, "its outputs are the same, and so is the page"


# --- never half published ----------------------------------------------------------------------


@pytest.fixture
def published(built, tmp_path):
    """A copy of the built project for one test to spoil."""
    return shutil.copytree(built, tmp_path / "project")


def test_faulty_data_stop_the_build_and_leave_the_site(published):
    before = contents(published)
    path = published / "data" / "studies.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("in vitro", "in vitr", 1), encoding="utf-8"
    )
    done = command(published, "build")
    assert done.returncode == 1
    assert "data/studies.csv:2: column design" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert contents(published) == before


def test_make_book_stops_on_a_fault(published):
    before = contents(published)
    (published / "data" / "arms.csv").unlink()
    # the environment of this run serves the copy too, so that nothing is installed again
    done = subprocess.run(
        ["make", "book", f"VENV={BIN.parent}", "-o", f"{BIN.parent}/.installed"],
        cwd=published,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "data/arms.csv: the file is missing" in done.stderr
    assert contents(published) == before


def test_a_chapter_that_raises_stops_the_build_and_leaves_the_site(published):
    before = contents(published)
    chapter = published / "chapters" / "evidence-map.md"
    text = chapter.read_text(encoding="utf-8")
    chapter.write_text(
        text.replace("map_of_evidence(review)", "map_of_evidence(None)"), encoding="utf-8"
    )
    done = command(published, "build")
    assert done.returncode == 1
    assert "chapters/evidence-map, code cell 2 (map_of_evidence(None))" in done.stderr
    assert contents(published) == before


def test_a_chapter_that_hangs_is_named_and_the_site_stays(published):
    before = contents(published)
    config = published / "_config.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("timeout: 300", "timeout: 20"), encoding="utf-8")
    with (published / "chapters/summary.md").open("a", encoding="utf-8") as file:
        file.write("\n```{code-cell} ipython3\nimport time; time.sleep(1000)\n```\n")
    done = command(published, "build")
    assert done.returncode == 1
    assert re.search(
        r"chapters/summary, code cell \d+ \(import time; time.sleep\(1000\)\): did not end within "
        "20 s",
        done.stderr,
    )
    assert contents(published) == before


def test_a_killed_build_leaves_the_site_and_the_next_one_is_right(published, tmp_path):
    before = contents(published)
    add_study(published)
    for moment in ("1 of", "reading sources", "writing output", "dumping search index"):
        running = subprocess.Popen(
            [sys.executable, "-u", "-m", "livingreview", "build"],
            cwd=published,
            env=os.environ | {"PYTHONPATH": str(published)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with running:
            for line in running.stdout:
                if moment in line:
                    running.send_signal(signal.SIGKILL)
                    break
            running.stdout.read()
        assert running.returncode == -signal.SIGKILL, moment
        assert contents(published) == before, moment
    build(published)
    clean = tmp_path / "clean"
    shutil.copytree(published, clean, ignore=shutil.ignore_patterns("_build"))
    build(clean)
    assert differences(published, clean) == []


def test_a_full_disk_leaves_the_site_and_the_next_build_is_right(published, clean_with_study):
    """A file may grow to a size that a page of the book is larger than; writing more fails."""
    before = contents(published)
    add_study(published)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    done = subprocess.run(
        [sys.executable, "-m", "livingreview", "build"],
        cwd=published,
        env=os.environ | {"PYTHONPATH": str(published)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert contents(published) == before
    build(published)
    assert differences(published, clean_with_study) == []


def test_a_warning_stops_the_build(published):
    chapter = published / "chapters" / "summary.md"
    with chapter.open("a", encoding="utf-8") as file:
        file.write("\nSee [nowhere](no-such-page.md).\n")
    before = contents(published)
    # and the next one too: Sphinx would say nothing of a page that it has read before
    for _ in range(2):
        done = command(published, "build")
        assert done.returncode == 1
        assert "no-such-page" in done.stdout + done.stderr
        assert contents(published) == before


def test_a_build_cut_off_between_two_renames_is_mended(tmp_path):
    (tmp_path / "_build").mkdir()
    (tmp_path / building.LAST).mkdir()
    (tmp_path / building.LAST / "index.html").write_text("good", encoding="utf-8")
    building.restore(tmp_path)
    assert (tmp_path / building.SITE / "index.html").read_text(encoding="utf-8") == "good"


def test_publishing_replaces_the_whole_site(tmp_path):
    for name, text in (("old", "1"), ("new", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.html").write_text(text, encoding="utf-8")
    building.publish(tmp_path, tmp_path / "old")
    building.publish(tmp_path, tmp_path / "new")
    assert [p.name for p in (tmp_path / building.SITE).iterdir()] == ["new.html"]
    assert not (tmp_path / building.LAST).exists()
    assert not (tmp_path / building.NEXT).exists()


def test_the_plain_command_of_jupyter_book_refuses_faulty_data_too(project):
    path = project / "data" / "units.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("nanomolar", "nano ", 1), encoding="utf-8"
    )
    done = subprocess.run(
        [str(BIN / "jupyter-book"), "build", "."],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "data/units.csv" in done.stdout + done.stderr
    assert not (project / "_build/html/index.html").exists()


# --- the digest --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "data/outcomes.csv",
        "data/datapackage.json",
        "references.bib",
        "_config.yml",
        "_toc.yml",
        "index.md",
        "chapters/summary.md",
        "_static/livingreview.css",
        "_templates/last-updated.html",
        "CITATION.cff",
        "requirements.txt",
    ],
)
def test_every_input_changes_the_digest(project, name):
    before = whole_book(project)
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert whole_book(project) != before


def test_the_stamp_goes_under_the_kernelspec_and_nowhere_else():
    text = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\nkernelspec:\n"
    assert stamped(text, "abc") == (
        '---\nfile_format: mystnb\nkernelspec:\n  inputs: "abc"\n  name: python3\n---\n'
        "\nkernelspec:\n"
    )
    assert stamped("# A page without code\n", "abc") == "# A page without code\n"


def test_a_copy_uses_its_own_data(project):
    add_study(project)
    assert "newcomer2026" in set(load(project).studies["study_id"])
