"""What a site is expected to have beside its text: feed, sitemap, references, data for machines."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import yaml
from built_site import SITE
from conftest import ROOT

from livingreview.book import build as building
from livingreview.book.citation import read_work
from livingreview.book.feed import feed
from livingreview.book.history import last_changes, newest
from livingreview.book.not_found import rooted
from livingreview.book.page_head import Head, about_page
from livingreview.book.structured_data import article, as_script, dataset
from livingreview.new_study.citation_files import read_bibtex, read_ris
from livingreview.study_pages.records import texts

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ADDRESS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
HOSTILE = '</script><script>alert("1")</script> & ]]> \' "'
WORK = read_work(ROOT)


class PageHead(HTMLParser):
    """Tags of a page: meta by name, links by kind, data for machines, all addresses."""

    def __init__(self, path):
        super().__init__()
        self.meta, self.links, self.addresses, self.data, self.scripts = {}, {}, [], [], []
        self.inside = None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "meta":
            key = attrs.get("name") or attrs.get("property")
            self.meta.setdefault(key, []).append(attrs.get("content"))
        if tag == "link":
            self.links.setdefault(attrs.get("rel"), []).append(attrs.get("href"))
        self.addresses += [attrs[name] for name in ("href", "src", "action") if attrs.get(name)]
        if tag == "script":
            self.inside = attrs.get("type") or "text/javascript"

    def handle_endtag(self, tag):
        if tag == "script":
            self.inside = None

    def handle_data(self, data):
        if self.inside == "application/ld+json":
            self.data.append(json.loads(data))
        elif self.inside:
            self.scripts.append(data)


@pytest.fixture(scope="module")
def site(built):
    return built / SITE


@pytest.fixture(scope="module")
def pages(built):
    names = [*building.pages(built)]
    names += [f"studies/{path.name}" for path in sorted((built / SITE / "studies").iterdir())]
    return {name: PageHead(built / SITE / name) for name in names}


# --- addresses ---------------------------------------------------------------------------


def test_the_sitemap_holds_every_page_and_each_is_a_file(site, pages):
    root = ET.parse(site / "sitemap.xml").getroot()
    found = [element.text for element in root.iter(f"{MAP}loc")]
    assert found == sorted(set(found))
    assert {unquote(address.removeprefix(ADDRESS)) for address in found} == set(pages)
    for address in found:
        assert address.startswith(ADDRESS)
        assert (site / unquote(address.removeprefix(ADDRESS))).is_file()


def test_a_page_of_a_study_says_when_its_values_were_last_read_or_checked(site, review):
    root = ET.parse(site / "sitemap.xml").getroot()
    days = {url.find(f"{MAP}loc").text: url.find(f"{MAP}lastmod") for url in root}
    study = review.studies["study_id"].iloc[0]
    day = days[f"{ADDRESS}studies/{study}.html"].text
    assert f"read or checked: {day}." in (site / f"studies/{study}.html").read_text("utf-8")
    arms = review.arms[review.arms["study_id"] == study]
    rows = [review.studies.head(1), arms]
    rows += [review.measurements[review.measurements["arm_id"].isin(arms["arm_id"])]]
    assert day >= max(frame["extracted"].max() for frame in rows if len(frame)).strftime("%Y-%m-%d")


def test_robots_are_told_of_the_sitemap(site):
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")


def test_the_page_for_lost_readers_leads_home_from_any_depth(site):
    page = PageHead(site / "404.html")
    base = urlsplit(ADDRESS).path
    inside = [one for one in page.addresses if not re.match(r"[a-z]+:|#", one)]
    assert len(inside) > 30
    for address in inside:
        assert address.startswith(base), address
        asked_for = urlsplit(urljoin(f"{ADDRESS}a/b/c.html", address)).path
        assert (site / unquote(asked_for.removeprefix(base))).is_file(), address
    assert page.meta["robots"] == ["noindex"]
    assert f'data-content_root="{base}"' in (site / "404.html").read_text(encoding="utf-8")


def test_links_are_rooted_and_places_on_the_page_stay():
    html = (
        '<html data-content_root="./"><a href="#x"><a href="b/c.html"><img src="https://x/y.png">'
    )
    assert rooted(html, "/r/") == (
        '<html data-content_root="/r/"><a href="#x"><a href="/r/b/c.html">'
        '<img src="https://x/y.png">'
    )


def test_every_page_has_the_icon_the_feed_and_no_script_twice(site, pages):
    for name, page in pages.items():
        (icon,) = page.links["icon"]
        assert (site / name).parent.joinpath(icon.split("?")[0]).resolve().is_file(), name
        (address,) = page.links["alternate"]
        assert (site / name).parent.joinpath(address).resolve() == (site / "feed.xml").resolve()
        declared = re.findall(r"(?:const|let) (\w+)", " ".join(page.scripts))
        assert len(declared) == len(set(declared)), name


# --- updates -----------------------------------------------------------------------------


def test_the_feed_holds_every_update(site, review):
    root = ET.parse(site / "feed.xml").getroot()
    rows = texts(review.updates)
    entries = root.findall(f"{ATOM}entry")
    assert sorted(e.find(f"{ATOM}content").text for e in entries) == sorted(
        row["summary"] for row in rows
    )
    assert root.find(f"{ATOM}updated").text == max(row["date"] for row in rows) + "T00:00:00Z"
    assert root.find(f"{ATOM}author/{ATOM}name").text == WORK.names[0]
    for part in (root, *entries):
        for name in ("id", "title", "updated"):
            assert part.find(f"{ATOM}{name}").text, name
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", part.find(f"{ATOM}updated").text)


def test_an_entry_keeps_its_name_when_its_words_are_corrected():
    def names(*updates):
        return [e.text for e in ET.fromstring(feed(WORK, updates)).iter(f"{ATOM}id")][1:]

    old = {"date": "2026-01-02", "kind": "studies added", "summary": "One stdy."}
    new = {"date": "2026-03-04", "kind": "search run", "summary": "Nothing found."}
    assert names(old) == names(old | {"summary": "One study."})
    assert names(old, new) == [f"{ADDRESS}feed.xml#2026-03-04-search-run", *names(old)]


def test_text_of_an_update_is_text_in_the_feed():
    row = {"date": "2026-01-02", "kind": "search run", "summary": HOSTILE + "\x00\x1b"}
    root = ET.fromstring(feed(WORK, [row]))
    assert root.find(f"{ATOM}entry/{ATOM}content").text == HOSTILE + "\ufffd\ufffd"


# --- what programs read ------------------------------------------------------------------


def test_every_page_can_be_taken_into_a_library_of_references(pages):
    for name, page in pages.items():
        root = name == "index.html"
        address = ADDRESS if root else ADDRESS + name
        assert page.meta["citation_public_url"] == [address], name
        assert page.meta["citation_author"] == WORK.names
        assert page.meta["citation_publication_date"] == [WORK.released.replace("-", "/")]
        assert ("citation_inbook_title" in page.meta) == (not root), name
        assert page.meta["citation_title"][0].strip()
        assert "citation_doi" not in page.meta and "citation_pmid" not in page.meta
    assert pages["index.html"].meta["citation_title"] == [WORK.title]


def test_a_page_of_a_study_does_not_pass_for_its_paper(pages, review):
    for study in texts(review.studies):
        meta = pages[f"studies/{study['study_id']}.html"].meta
        assert meta["citation_title"] != [review.references[study["reference"]].title]
        assert meta["citation_inbook_title"] == [WORK.title]


def test_every_page_has_a_preview_and_its_picture_is_a_file(site, pages):
    pictures = 0
    for name, page in pages.items():
        for part in ("og:title", "og:type", "og:url", "og:site_name", "og:description"):
            assert len(page.meta[part]) == 1 and page.meta[part][0], (name, part)
        assert page.meta["description"] == page.meta["og:description"]
        assert len(page.meta["description"][0]) <= 310 or name.startswith("studies/"), name
        for address in page.meta.get("og:image", ()):
            assert (site / address.removeprefix(ADDRESS)).read_bytes().startswith(b"\x89PNG"), name
            assert len(page.meta["og:image:alt"][0]) > 40
            pictures += 1
    assert "og:image" in pages["index.html"].meta
    assert pictures >= 8


def test_the_first_page_says_what_the_review_is(pages, review):
    (data,) = pages["index.html"].data
    assert data["@type"] == "ScholarlyArticle"
    assert data["@context"] == "https://schema.org"
    assert data["headline"] == data["name"] == WORK.title
    assert data["url"] == ADDRESS
    assert data["version"] == review.package.version
    assert data["license"].endswith(WORK.licence)
    assert data["dateModified"] == review.updates["date"].max().strftime("%Y-%m-%d")
    assert [author["name"] for author in data["author"]] == WORK.names


def test_the_page_of_the_data_names_every_download_and_each_is_a_file(site, pages):
    (data,) = pages["chapters/data.html"].data
    assert data["@type"] == "Dataset"
    assert data["name"] and data["license"] and data["creator"] and len(data["description"]) > 50
    names = [part["contentUrl"].removeprefix(f"{ADDRESS}data/") for part in data["distribution"]]
    assert sorted(names) == sorted(path.name for path in (site / "data").iterdir())
    assert all(re.fullmatch(r"[a-z]+/[a-z-]+", p["encodingFormat"]) for p in data["distribution"])
    linked = set(pages["chapters/data.html"].addresses)
    assert {f"../data/{name}" for name in names} <= linked


def test_text_is_text_in_the_head(review):
    script = as_script(article(WORK, HOSTILE))
    assert script.count("<") == script.count(">") == 2
    assert json.loads(script.striptags())["dateModified"] == HOSTILE
    page = dataset(WORK, review.package, HOSTILE)
    assert json.loads(as_script(page).striptags())["url"] == HOSTILE
    tags = list(about_page(WORK, Head("studies/x", HOSTILE, HOSTILE, HOSTILE, HOSTILE), False))
    for tag in tags:
        assert tag.count("<") == tag.count(">") == 1 and tag.count('"') == 4, tag


# --- how to cite -------------------------------------------------------------------------


def test_the_review_can_be_cited_from_its_page_and_its_files(site, pages):
    text = (site / "chapters/data.html").read_text(encoding="utf-8")
    assert WORK.text() in text
    (entry,) = read_bibtex((site / "cite/review.bib").read_text(encoding="utf-8"))
    (record,) = read_ris((site / "cite/review.ris").read_text(encoding="utf-8"))
    for found in (entry, record):
        assert found.title.startswith(WORK.title)
        assert found.authors[0].family == WORK.names[0]
        assert found.year == WORK.released[:4]
    assert {"../cite/review.bib", "../cite/review.ris"} <= set(
        pages["chapters/data.html"].addresses
    )


def test_the_citation_has_the_version_of_the_data(review):
    assert WORK.version == review.package.version


def test_persons_can_be_authors(project):
    path = project / "CITATION.cff"
    person = "  - family-names: Newcomer\n    given-names: Ann B.\n"
    text = re.sub(r"  - name: .*\n", person, path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    work = read_work(project)
    assert work.names == ["Newcomer, Ann B."]
    assert "author       = {Newcomer, Ann B.}" in work.bibtex()
    assert "AU  - Newcomer, Ann B.\n" in work.ris()
    assert article(work, "")["author"][0]["familyName"] == "Newcomer"


# --- days --------------------------------------------------------------------------------


def test_days_are_those_of_commits(tmp_path):
    def git(*arguments, day="2026-01-02"):
        who = {"NAME": "a", "EMAIL": "a@example.org", "DATE": f"{day}T12:00:00+0000"}
        env = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()}
        subprocess.run(["git", *arguments], cwd=tmp_path, env=env, check=True, capture_output=True)

    book = tmp_path / "book"
    book.mkdir()
    (book / "étude.md").write_text("1", encoding="utf-8")
    assert last_changes(book) == {}
    git("init", "-q")
    assert last_changes(book) == {}
    git("add", ".")
    git("commit", "-qm", "One")
    (book / "b.csv").write_text("1", encoding="utf-8")
    git("add", ".")
    git("commit", "-qm", "Two", day="2026-03-04")
    days = last_changes(book)
    assert days == {"étude.md": "2026-01-02", "b.csv": "2026-03-04"}
    assert newest(days, ["étude.md", "b.csv", "gone"]) == "2026-03-04"
    assert newest(days, ["gone"]) == ""
    # a shallow clone knows one commit, and would give its day to every file
    git("clone", "-q", "--depth", "1", f"file://{tmp_path}", "shallow")
    assert last_changes(tmp_path / "shallow/book") == {}
