"""Text from the data is text: whatever it holds, it appears as itself and does nothing.

A copy of the book is built with a study whose title, groups, model and notes are written by
somebody who means harm, and each place where they appear is looked at.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
import zipfile

import pandas as pd
import pytest
import rispy
from browser import Browser, serve
from built_site import SITE, add_study, append
from conftest import LEFT_OUT, ROOT, command
from pybtex.database import parse_string

from livingreview.bibliography import BRACES
from livingreview.book.downloads import ARCHIVE

KEY = "newcomer2026"
# A formula for a spreadsheet, scripts, Markdown, a role of MyST, mathematics, HTML, right to left.
# (Signs that turn text around and cannot be seen are refused by the checks of the data.)
HARM = (
    '=HYPERLINK("https://example.org/","x") <script>window.ran=1</script> '
    "<img src=x onerror=window.ran=1> **bold** [a](b) {glue:text}`x` $y^2$ &amp; {{ z }} "
    "עברית"
)
# In BibTeX, an ampersand of a text follows a backslash, and braces stand wide.
BIBTEX = HARM.translate(BRACES).replace("&", "\\&")
FOR_MACHINES = re.compile(
    r'<script type="application/(?:ld\+)?json"[^>]*>(.*?)</script>', re.DOTALL
)
CELLS = {
    "studies": ("model", "note"),
    "arms": ("label", "note"),
    "doses": ("called", "schedule", "note"),
    "measurements": ("note",),
    "comparisons": ("note",),
}


def spoil(folder):
    """Write harm into every free text of the made-up study."""
    for table, columns in CELLS.items():
        path = folder / f"data/{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            if KEY in next(iter(row.values())):
                row.update(dict.fromkeys(columns, HARM))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    path = folder / "references.bib"
    text = path.read_text(encoding="utf-8")
    assert text.count("A made-up trial for this test") == 1
    text = text.replace("A made-up trial for this test", BIBTEX)
    path.write_text(text, encoding="utf-8")
    append(folder, "updates", date="2026-11-28", kind="studies added", summary=HARM)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = shutil.copytree(ROOT, tmp_path_factory.mktemp("harm") / "project", ignore=LEFT_OUT)
    add_study(folder)
    spoil(folder)
    done = command(folder, "build")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return folder / SITE


@pytest.fixture(scope="module")
def opened(site):
    """A function that opens a page; at the end, nothing of what was written has run anywhere."""
    dialogs = []
    desk = {"width": 1280, "height": 900}
    with serve(site) as address, Browser() as browser, browser.window(desk) as page:
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

        def goto(path):
            page.goto(address + path, wait_until="load")
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert page.evaluate("window.ran") is None, path
            assert page.locator("img[src=x], script:text('window.ran=1')").count() == 0, path
            return page

        yield goto
        assert page.evaluate("window.ran") is None
    assert dialogs == []


def words(locator):
    return " ".join(" ".join(locator.all_inner_texts()).split())


def plain(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("path", "inside", "expected"),
    [
        (f"studies/{KEY}.html", "h1", [HARM]),
        (f"studies/{KEY}.html", "article", [HARM]),
        ("chapters/register.html", "#table-register", [HARM]),
        ("chapters/cancer-trials.html", "article", [HARM]),
    ],
)
def test_it_appears_as_itself_on_a_page(opened, path, inside, expected):
    page = opened(path)
    text = words(page.locator(inside))
    for harm in expected:
        assert plain(harm) in text, text[:3000]


def test_it_appears_as_itself_in_the_list_of_references(opened):
    page = opened("chapters/references.html")
    # the style of the list sets the first word in small letters
    title = plain(HARM.translate(BRACES)).casefold()
    assert title in words(page.locator(f"#ref-{KEY}")).casefold()


def test_the_search_finds_and_shows_it(opened):
    page = opened("search.html?q=hyperlink")
    found = page.locator("#search-results li").filter(has_text="window.ran")
    found.first.wait_for()
    page.wait_for_load_state("networkidle")
    assert plain(HARM) in words(page.locator("#search-results li a"))
    assert page.evaluate("window.ran") is None
    assert page.locator("#search-results :is(script, img)").count() == 0


def test_the_rows_saved_from_the_register_hold_it_and_run_no_formula(opened):
    page = opened(f"chapters/register.html?q={KEY[:-4]}")
    files = {}
    for name in ("CSV", "RIS", "BibTeX"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name, exact=True).evaluate("button => button.click()")
        files[name] = waiting.value.path().read_bytes().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(files["CSV"]))
    assert row["title"] == "'" + HARM, "an apostrophe makes it text for a spreadsheet"
    assert row["model"] == "'" + HARM
    (entry,) = rispy.loads(files["RIS"])
    assert entry["title"] == HARM
    fields = parse_string(files["BibTeX"], "bibtex").entries[KEY].fields
    assert fields["title"] == BIBTEX


def test_the_data_package_keeps_it_as_printed(site):
    for table, columns in CELLS.items():
        path = site / f"data/{table}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        rows = frame[frame.iloc[:, 0].str.contains(KEY)]
        objects = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        for column in columns:
            assert len(rows) and set(rows[column]) == {HARM}, (table, column)
            assert sum(row[column] == HARM for row in objects) == len(rows), (table, column)
        with zipfile.ZipFile(site / "data" / ARCHIVE) as archive:
            assert archive.read(f"{table}.csv") == path.read_bytes()
    items = json.loads((site / "data/references.json").read_text(encoding="utf-8"))
    (item,) = [item for item in items if item["id"] == KEY]
    assert item["title"] == HARM
    records = rispy.loads((site / "data/references.ris").read_text(encoding="utf-8"))
    (record,) = [record for record in records if record.get("id") == KEY]
    assert record["title"] == HARM


def test_the_feed_and_the_data_for_machines_hold_it(site):
    root = ET.parse(site / "feed.xml").getroot()
    contents = [element.text for element in root.iter("{http://www.w3.org/2005/Atom}content")]
    assert HARM in contents
    read = 0
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        for text in FOR_MACHINES.findall(html):
            json.loads(text)
            read += 1
        assert "<script>window.ran" not in html, path
    assert read >= 3
