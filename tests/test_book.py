"""The book as built: whole, true to the data, never stale, and never half published.

Building takes a while (each chapter has a kernel), so that the tests share one built copy and a
second one that is changed step by step.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from conftest import ROOT, command

from livingreview.book import build as building
from livingreview.book.downloads import ARCHIVE, RECOMPUTED
from livingreview.book.inputs import digest
from livingreview.book.stale import stamped
from livingreview.data import load

SITE = "_build/html"
BIN = Path(sys.executable).parent


class Page(HTMLParser):
    """Links, identifiers, pictures and text of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.identifiers, self.pictures, self.text = [], set(), [], ""
        self.hidden = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("script", "style"):
            self.hidden += 1
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        if attrs.get("id"):
            self.identifiers.add(attrs["id"])
        if tag in ("img", "svg") and (tag == "img" or attrs.get("role") == "img"):
            self.pictures.append(attrs.get("alt") or attrs.get("aria-label"))

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.hidden -= 1

    def handle_data(self, data):
        if not self.hidden:
            self.text += data


def page(folder, name):
    return Page(folder / SITE / f"{name}.html")


def plain(text):
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def pages(built):
    names = building.pages(built)
    return {name: Page(built / SITE / name) for name in names}


def test_every_page_of_the_contents_is_there(built, pages):
    assert len(pages) == 15
    assert (built / SITE / "search.html").is_file()


def test_every_link_inside_the_site_leads_somewhere(built, pages):
    site = built / SITE
    cache = {}
    for name, content in pages.items():
        for link in content.links:
            if re.match(r"[a-z]+:", link):
                continue
            target, anchor = urldefrag(urljoin(name, link))
            path = site / unquote(target or name)
            assert path.is_file(), (name, link)
            if anchor and path.suffix == ".html":
                known = cache.setdefault(path, Page(path).identifiers)
                assert unquote(anchor) in known, (name, link)


def test_every_picture_has_words_for_it(pages):
    total = 0
    for name, content in pages.items():
        for words in content.pictures:
            assert words, name
            assert not re.search(r"\.(svg|png)$", words), name
        total += sum(len(words) > 40 for words in content.pictures)
    assert total >= 19


def test_the_site_says_that_it_is_no_medical_advice(pages):
    for name, content in pages.items():
        assert "not medical advice" in content.text, name


def test_no_fact_was_left_unfilled(pages):
    for name, content in pages.items():
        assert "glue" not in content.text, name
        assert not re.search(r"\bNone\b|\bnan\b", content.text), name


def test_every_reference_of_both_lists_can_be_linked_to(pages, review):
    known = pages["chapters/references.html"].identifiers
    for key in review.reference_lists["reference"]:
        assert f"ref-{key}" in known


def test_the_downloads_are_the_data(built):
    folder = built / SITE / "data"
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    names = ["datapackage.json", "references.bib", *(r["path"] for r in package["resources"])]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names, ARCHIVE, RECOMPUTED])
    header = (folder / RECOMPUTED).read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "study_id,outcome,statistic,locator,reported,recomputed,low,high,test,verdict"
    )
    with zipfile.ZipFile(folder / ARCHIVE) as archive:
        for name in names:
            origin = built / (name if name == "references.bib" else f"data/{name}")
            assert (folder / name).read_bytes() == origin.read_bytes()
            assert archive.read(name) == origin.read_bytes()


def test_the_counts_of_the_pages_agree_with_the_data(pages, review):
    studies = len(review.studies)
    assert f"{studies} studies" in plain(pages["index.html"].text)
    assert f"Of {studies} studies" in plain(pages["chapters/summary.html"].text)
    assert f"{studies} studies stand in the map" in plain(pages["chapters/evidence-map.html"].text)


def test_no_request_leaves_the_site(built, pages):
    for name in pages:
        text = (built / SITE / name).read_text(encoding="utf-8")
        for address in re.findall(r'(?:src|<link[^>]+href)="(https?://[^"]+)"', text):
            assert 'rel="canonical"' in text and address.startswith("https://"), (name, address)
            assert not re.search(rf'src="{re.escape(address)}"', text), (name, address)


# --- never stale -------------------------------------------------------------------------------


def append(folder, table, **cells):
    path = folder / "data" / f"{table}.csv"
    with path.open(encoding="utf-8") as file:
        header = next(csv.reader(file))
    assert set(cells) <= set(header)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(cells)


def add_study(folder):
    """Add a trial by the recipe: data files only."""
    with (folder / "references.bib").open("a", encoding="utf-8") as file:
        file.write(
            "\n@article{newcomer2026,\n  author = {Newcomer, A. and Second, B. and Third, C.},\n"
            "  title = {A made-up trial for this test},\n  journal = {Journal of Tests},\n"
            "  year = {2026}\n}\n"
        )
    common = {"source_id": "newcomer2026", "locator": "Table 2, row 1", "extracted": "2026-11-21"}
    append(
        folder,
        "sources",
        source_id="newcomer2026",
        reference="newcomer2026",
        kind="primary report",
        read="2026-11-21",
    )
    append(
        folder,
        "studies",
        study_id="newcomer2026",
        reference="newcomer2026",
        conditions="glioma",
        design="randomised trial",
        species_id="human",
        model="Adults with glioma, made up",
        n="4321",
        **common,
    )
    append(
        folder,
        "doses",
        dose_id="newcomer2026.ldn",
        study_id="newcomer2026",
        agent_id="naltrexone",
        called="LDN",
        amount="3.25",
        unit="mg",
        **common,
    )
    append(
        folder,
        "doses",
        dose_id="newcomer2026.placebo",
        study_id="newcomer2026",
        agent_id="placebo",
        called="placebo",
        **common,
    )
    append(
        folder,
        "arms",
        arm_id="newcomer2026.ldn",
        study_id="newcomer2026",
        label="LDN",
        role="intervention",
        doses="newcomer2026.ldn",
        n="2160",
        **common,
    )
    append(
        folder,
        "arms",
        arm_id="newcomer2026.placebo",
        study_id="newcomer2026",
        label="Placebo",
        role="placebo",
        doses="newcomer2026.placebo",
        n="2161",
        **common,
    )
    append(
        folder,
        "measurements",
        measurement_id="newcomer2026.m01",
        arm_id="newcomer2026.ldn",
        outcome_id="survival_1y",
        timepoint="one year",
        n="2160",
        events="1777",
        unit="count",
        **common,
    )
    append(
        folder,
        "comparisons",
        comparison_id="newcomer2026.c01",
        arm_id="newcomer2026.ldn",
        comparator_id="newcomer2026.placebo",
        outcome_id="survival_1y",
        direction="increase",
        measure="risk ratio",
        effect="1.08",
        ci_low="1.01",
        ci_high="1.15",
        unit="ratio",
        p="0.02",
        **common,
    )


def contents(folder):
    """Return a digest of every file of the site by its path, but for times of building.

    The execution table of the data page holds when and how long each chapter ran; the search index
    holds the words of that table.
    """
    site = folder / SITE
    found = {}
    for path in sorted(site.rglob("*")):
        if path.is_file() and path.name != "searchindex.js":
            data = path.read_bytes()
            if path.name == "data.html":
                data = re.sub(
                    rb"<tbody>.*?</tbody>\s*</table>\s*</div>\s*</section>",
                    b"",
                    data,
                    flags=re.DOTALL,
                )
            found[path.relative_to(site).as_posix()] = hashlib.sha256(data).hexdigest()
    return found


@pytest.fixture(scope="module")
def changing(built, tmp_path_factory):
    """A copy of the built project, its build folder included, that tests change in order."""
    return shutil.copytree(built, tmp_path_factory.mktemp("changing") / "project")


@pytest.fixture(scope="module")
def with_study(changing):
    add_study(changing)
    done = command(changing, "build")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return changing


def test_an_added_study_stands_everywhere_it_belongs(with_study, review):
    count = len(review.studies) + 1
    assert f"{count} studies" in plain(page(with_study, "index").text)
    assert f"Of {count} studies" in plain(page(with_study, "chapters/summary").text)
    evidence = page(with_study, "chapters/evidence-map")
    assert f"{count} studies stand in the map" in plain(evidence.text)
    assert any(words and "randomised trials 2" in words for words in evidence.pictures)
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


def test_taken_out_again_it_is_gone_everywhere(with_study, built):
    for path in (ROOT / "data").iterdir():
        shutil.copy(path, with_study / "data" / path.name)
    shutil.copy(ROOT / "references.bib", with_study / "references.bib")
    done = command(with_study, "build")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    for path in (with_study / SITE).rglob("*"):
        if path.is_file() and path.suffix in {".html", ".csv", ".js", ".json", ".bib"}:
            assert b"newcomer2026" not in path.read_bytes(), path
    before, after = contents(built), contents(with_study)
    assert before == after, [name for name in before if before.get(name) != after.get(name)]


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
    assert "evidence-map" in done.stdout + done.stderr
    assert contents(published) == before


def test_a_warning_stops_the_build(published):
    chapter = published / "chapters" / "summary.md"
    with chapter.open("a", encoding="utf-8") as file:
        file.write("\nSee [nowhere](no-such-page.md).\n")
    before = contents(published)
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
        "requirements.txt",
    ],
)
def test_every_input_changes_the_digest(project, name):
    before = digest(project)
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert digest(project) != before


def test_the_stamp_goes_under_the_kernelspec_and_nowhere_else():
    text = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\nkernelspec:\n"
    assert stamped(text, "abc") == (
        "---\nfile_format: mystnb\nkernelspec:\n  inputs: abc\n  name: python3\n---\n"
        "\nkernelspec:\n"
    )
    assert stamped("# A page without code\n", "abc") == "# A page without code\n"


def test_a_copy_uses_its_own_data(project):
    add_study(project)
    assert "newcomer2026" in set(load(project).studies["study_id"])
