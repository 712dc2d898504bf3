"""The recipes of CONTRIBUTING.md, followed from their own text on one copy that is built twice.

A recipe that is edited wrongly fails here: its rows do not fit the tables, its check finds faults,
or the built pages do not show what it promises.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from built_site import SITE, page, plain
from conftest import LEFT_OUT, ROOT, command
from recipes import delete, follow, recipes, run

from livingreview.book.guard import PDF, faults_of_site
from livingreview.data import load
from livingreview.evidence_diff.compare import evidence_diff
from livingreview.evidence_diff.sides import Place

RECIPES = recipes(ROOT / "CONTRIBUTING.md")
MADE_UP = recipes(ROOT / "tests/studies_by_recipe.md")
STUDY, NORTH, PERSIAN = "example2026", "oest2026", "gorouh2026"
FORM = f"second-reading-{STUDY}.csv"
FIRST = (
    *("Add a study", "Add an outcome", "Add a condition", "Add a figure", "Correct a number"),
    "Have a study read a second time",
)


def copied(folder, *names):
    """A copy of some of the repository's files: enough to check and to compare."""
    for name in ("data", *names):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("references.bib", "_config.yml", "_toc.yml", "index.md"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def fill(folder):
    """Fill the form as a second reader does who misreads two values of the source."""
    path = folder / FORM
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        lines, heads = list(table), table.fieldnames
    assert lines and not any(line["value"] for line in lines)
    now = {name: {} for name in ("studies", "arms", "measurements", "comparisons")}
    for name, rows in now.items():
        with (folder / f"data/{name}.csv").open(encoding="utf-8", newline="") as file:
            rows.update({next(iter(row.values())): row for row in csv.DictReader(file)})
    for line in lines:
        first = now[line["table"]][line["row"]][line["column"]]
        read = {(f"{STUDY}.m04", "mean"): "5.1", (f"{STUDY}.m04", "sd"): "2.00"}
        line["value"] = read.get((line["row"], line["column"]), first or "not printed")
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # as a spreadsheet saves it
        writer = csv.DictWriter(file, heads)
        writer.writeheader()
        writer.writerows(lines)
    return len(lines)


def resolve(folder):
    """Resolve each disagreement as the recipe says."""
    path = folder / "data/second_readings.csv"
    text = path.read_text(encoding="utf-8")
    for second in ("5.1", "2.00"):
        (line,) = re.findall(rf".*,{second},person,.*,,,\n", text)
        kept = line.removesuffix(",,\n") + "first,The table prints it so.,2099-01-01\n"
        text = text.replace(line, kept)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A copy in which every recipe that adds was followed, with its book built."""
    folder = tmp_path_factory.mktemp("recipes") / "project"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    for name in FIRST[:-1]:
        asked = follow(folder, RECIPES[name])
        assert asked, f"{name} asks for no check"
    hand_out, take_in = (step.text.strip() for step in RECIPES[FIRST[-1]])
    run(folder, hand_out)
    count = fill(folder)
    told = run(folder, take_in)
    assert f"{count} values were entered" in told and f"{count - 2} agree" in told
    open_ones = command(folder, "check")
    assert open_ones.returncode == 1
    assert open_ones.stdout.count("the second reading disagrees with the first") == 2
    assert (
        '"2.00" the second reading disagrees with the first, "2.0" (the same number, printed'
        in (open_ones.stdout)
    )
    resolve(folder)
    for steps in MADE_UP.values():
        follow(folder, steps)
    done = command(folder, "build")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return folder


def text(folder, name):
    return plain(page(folder, name).text)


def search(folder):
    return (folder / SITE / "searchindex.js").read_text(encoding="utf-8")


def feed(folder):
    root = ET.parse(folder / SITE / "feed.xml").getroot()
    return [plain(" ".join(entry.itertext())) for entry in root.findall("{*}entry")]


@pytest.mark.parametrize(
    ("study", "title"),
    [
        (STUDY, "Low-dose naltrexone in a made-up trial"),
        (NORTH, "Lavdosis naltrexon før embryotransfer: en opdigtet undersøgelse på Ærø"),
        (PERSIAN, "نالترکسون با دوز کم در یک کارآزمایی ساختگی"),
    ],
)
def test_a_study_added_by_the_recipe_stands_everywhere(followed, study, title):
    link = f"../studies/{study}.html"
    assert title in text(followed, f"studies/{study}")
    for name in ("register", "references"):
        assert title in text(followed, f"chapters/{name}"), name
    showing = [
        path.stem
        for path in sorted((followed / SITE / "chapters").glob("*.html"))
        if link in path.read_text(encoding="utf-8")
    ]
    assert "register" in showing and "evidence-map" in showing and len(showing) >= 2, showing
    assert f"studies/{study}" in search(followed)
    assert f"studies/{study}.html" in (followed / SITE / "sitemap.xml").read_text(encoding="utf-8")
    found = json.loads((followed / SITE / "data/studies.json").read_text(encoding="utf-8"))
    assert study in [row["study_id"] for row in found]
    assert study in (followed / SITE / "data/studies.csv").read_text(encoding="utf-8")
    cited = json.loads((followed / SITE / "data/references.json").read_text(encoding="utf-8"))
    assert title in [item["title"] for item in cited]


def test_every_count_follows(followed, review):
    studies = load(followed).studies
    assert len(studies) == len(review.studies) + 3
    assert f"{len(studies)} studies" in text(followed, "index")
    assert f"{len(studies)} studies stand in the map" in text(followed, "chapters/evidence-map")
    assert any(STUDY in entry for entry in feed(followed))
    assert any("på Ærø" in entry for entry in feed(followed))


def test_conditions_that_the_book_did_not_know_stand_in_map_and_filters(followed):
    html = (followed / SITE / "chapters/evidence-map.html").read_text(encoding="utf-8")
    for key, label in (
        ("persistent_hiccups", "Persistent hiccups"),
        ("altitude_sickness", "Altitude sickness"),
    ):
        assert re.search(rf'aria-label="{label}, [^"]*: 1 study"', html), label
        register = (followed / SITE / "chapters/register.html").read_text(encoding="utf-8")
        assert f'<option value="{key}">{label}</option>' in register


def test_events_means_and_a_bare_p_become_what_they_can(followed):
    shown = text(followed, f"studies/{STUDY}")
    assert "risk ratio 1.20" in shown, "12 of 30 against 10 of 30"
    assert "Hedges' g" in shown
    assert "p = 0.41" in shown
    assert "Days without hiccups" in shown
    forest = (followed / SITE / "chapters/implantation-failure.html").read_text(encoding="utf-8")
    assert "Forskningsgruppen Øst" in forest
    assert "p = 0.73" in text(followed, f"studies/{NORTH}")


def test_a_corrected_number_shows_with_what_is_printed(followed):
    shown = text(followed, f"studies/{STUDY}")
    assert "4.3 ± 1.9" in shown and "4.1 ± 1.9" not in shown
    assert "Corrected; the source prints 35." in shown
    assert "Ten of thirty are not 35%." in shown
    assert any("mean of pain" in entry for entry in feed(followed))


def test_two_readings_and_their_agreement_are_told(followed):
    shown = text(followed, f"studies/{STUDY}")
    assert "Read twice: 5.0, then 5.1 (mean); the first kept on 2099-01-01" in shown
    methods = text(followed, "chapters/methods")
    with (followed / "data/second_readings.csv").open(encoding="utf-8") as file:
        count = len(list(csv.DictReader(file)))
    assert f"{count} were read a second time by a person" in methods
    assert "in one of the studies" in methods
    assert f"{count - 2} of them ({(count - 2) / count:.0%}) were the same as printed" in methods


def test_a_figure_added_by_the_recipe_stands_in_its_chapter_and_passes_its_test(followed):
    html = (followed / SITE / "chapters/register.html").read_text(encoding="utf-8")
    assert "In which years were the studies published?" in html
    for ending in ("svg", "png", "csv"):
        assert re.search(rf'href="[^"]*studies-by-year[^"]*\.{ending}"', html), ending
    ours = ["livingreview/figures/studies_by_year.py", "tests/test_figures.py"]
    ruff = [sys.executable, "-m", "ruff"]
    for check in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [*ruff, *check, *ours], cwd=followed, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout.decode()
    tests = ["tests/test_figures.py::test_each_year_has_a_bar_as_high_as_its_studies"]
    tests += ["tests/test_rooms.py::test_every_figure_stands_in_a_chapter_and_in_a_test"]
    tests += ["tests/test_rooms.py::test_a_chapter_has_one_hidden_cell_and_one_call_a_visible_cell"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=followed,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()[-3000:]


@pytest.fixture(scope="module")
def retracted(followed, tmp_path_factory):
    """The same copy after the recipe of a retraction, and its manifest from before."""
    folder = tmp_path_factory.mktemp("before")
    shutil.copy(followed / SITE / "manifest.json", folder / "manifest.json")
    shutil.copytree(followed / "data", folder / "project/data")
    for name in ("references.bib", "_config.yml", "index.md"):
        shutil.copy(followed / name, folder / "project" / name)
    assert follow(followed, RECIPES["Retract a study"]) == ["make check", "make book"]
    done = command(followed, "build")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return followed, folder


def test_a_retracted_study_keeps_its_page_and_leaves_everything_else(retracted, review):
    folder, before = retracted
    shown = text(folder, f"studies/{STUDY}")
    assert shown.index("Retracted: ") < shown.index("This report was retracted on 2026-11-26.")
    assert "The authors could not produce the data." in shown
    assert "https://doi.org/10.1000/example.notice" in page(folder, f"studies/{STUDY}").links
    assert "4.3 ± 1.9" in shown, "its values stay, for the record"
    assert "risk ratio 1.20" not in shown
    register = (folder / SITE / "chapters/register.html").read_text(encoding="utf-8")
    (row,) = re.findall(rf"<tr>\s*<th[^>]*>(?:(?!</tr>).)*{STUDY}\.html.*?</tr>", register, re.S)
    assert row.count("Retracted") >= 2
    assert text(folder, "chapters/references").count("Retracted on 2026-11-26.") == 1
    evidence = (folder / SITE / "chapters/evidence-map.html").read_text(encoding="utf-8")
    assert 'aria-label="Persistent hiccups' not in evidence
    showing = [
        path.stem
        for path in sorted((folder / SITE / "chapters").glob("*.html"))
        if f"../studies/{STUDY}.html" in path.read_text(encoding="utf-8")
    ]
    assert showing == ["register"]
    assert f"{len(review.studies) + 2} studies" in text(folder, "index")
    assert f"studies/{STUDY}" in search(folder)
    assert any("Study retracted" in entry and STUDY in entry for entry in feed(folder))
    assert "10.1000/example.notice" in (folder / SITE / "data/retractions.csv").read_text()
    # this copy was not printed; nothing else keeps it from being published
    faults = faults_of_site(folder, folder / SITE, before / "manifest.json")
    assert [fault.file for fault in faults] == [PDF]


def test_the_diff_says_what_a_retraction_does(retracted):
    folder, before = retracted
    after = before / "after"
    shutil.copytree(folder / "data", after / "data")
    for name in ("references.bib", "_config.yml", "index.md"):
        shutil.copy(folder / name, after / name)
    found = evidence_diff(Place("before", before / "project"), Place("after", after))
    sections = {section.title: section for section in found.sections}
    assert [row[:2] for row in sections["Studies"].rows] == [(STUDY, "retracted")]
    assert sections["Effects"].rows
    assert "Rows of retractions.csv" in sections
    assert "Rows of measurements.csv" not in sections, "its rows are still there"


def test_a_study_entered_by_mistake_is_gone_when_its_rows_are(tmp_path):
    folder = copied(tmp_path / "project", "chapters")
    follow(folder, RECIPES["Add a study"])
    (words,) = re.findall(
        r"^Delete its rows in (.+)\.$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.M
    )
    tables = re.findall(r"`(\w+)`", words)
    held = {path.stem for path in (folder / "data").glob("*.csv") if STUDY in path.read_text()}
    assert held - {"updates"} <= set(tables)
    assert sum(delete(folder, table, STUDY) for table in tables) >= 10
    follow(folder, RECIPES["Remove a study entered by mistake"])
    assert STUDY not in set(load(folder).studies["study_id"])


@pytest.mark.parametrize("name", [*RECIPES, *MADE_UP])
def test_a_person_reads_before_each_block_which_file_it_is_for(name):
    for step in {**RECIPES, **MADE_UP}[name]:
        if step.file and name in RECIPES:
            assert f"`{step.file}`" in step.line, step
        if step.kind == "csv":
            assert (ROOT / step.file).is_file(), step.file


def test_every_recipe_is_followed_here():
    blocks = {name for name, steps in RECIPES.items() if steps}
    others = {"Retract a study", "Remove a study entered by mistake"}
    # what asks the network is tried in test_new_study.py
    assert blocks == {*FIRST, *others, "Let a command write the first rows"}
