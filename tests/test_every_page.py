"""Every page of the site in a real browser: whatever it is about, it must work for everybody.

All pages are opened once, in `survey`; each test below asks one thing of all of them.
"""

from __future__ import annotations

import gzip
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
import yaml
from browser import Browser, serve
from built_site import SITE
from conftest import ROOT
from survey import names, survey

from livingreview.book.style_sheet import SHEET, STATIC

ADDRESS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
BASE = urlsplit(ADDRESS).path
FRONT_PAGE, CHAPTER = 400_000, 600_000  # bytes over the wire, at the most
COMPRESSED = {".css", ".html", ".js", ".json", ".svg"}


@pytest.fixture(scope="module")
def site(printed):
    """The site as it is published, its PDF among it."""
    return printed / SITE


@pytest.fixture(scope="module")
def server(site):
    """The address of the site below its path, as on its host."""
    with serve(site, BASE) as address:
        yield address


@pytest.fixture(scope="module")
def looks(site, server):
    with Browser() as browser:
        return dict(survey(browser, server, names(site)))


def told(found):
    """Faults as lines, each with its page."""
    return "\n".join(f"{page}: {fault}" for page, faults in found for fault in faults)


def inside(server, address):
    """The path inside the site that an address leads to, and the place on it; None if outside."""
    for start in (server, ADDRESS):
        if address.startswith(start):
            path, place = urldefrag(address.removeprefix(start))
            return unquote(path.partition("?")[0]) or "index.html", unquote(place)
    return None


def test_every_page_was_opened(site, looks):
    assert set(looks) == set(names(site))
    assert {"index.html", "404.html", "search.html", "chapters/register.html"} < set(looks)
    assert len(looks) > 50


@pytest.mark.parametrize("part", ["structure", "phone"])
def test_axe_finds_nothing(looks, part):
    faults = told((page, getattr(look, part)) for page, look in looks.items())
    assert not faults, faults


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_is_told_apart_from_its_ground_in(looks, theme):
    assert min(look.texts[theme] for look in looks.values()) > 10
    faults = told((page, look.colours[theme]) for page, look in looks.items())
    assert not faults, faults


def test_nothing_goes_wrong_and_nothing_is_said_on_the_console(looks):
    faults = told((page, look.said) for page, look in looks.items())
    assert not faults, faults


def test_no_request_leaves_the_site(looks):
    faults = told((page, look.outside) for page, look in looks.items())
    assert not faults, faults


def test_no_text_is_out_of_sight_on_a_phone(looks):
    faults = told((page, look.out_of_sight) for page, look in looks.items())
    assert not faults, faults


def test_every_icon_has_a_shape(looks):
    faults = told((page, look.icons) for page, look in looks.items())
    assert not faults, faults


def test_every_link_inside_the_site_leads_somewhere(site, server, looks):
    places = {page: set(look.identifiers) | {"", "top"} for page, look in looks.items()}
    lost = {}
    followed = 0
    for page, look in looks.items():
        for address in look.addresses:
            target = inside(server, address)
            if target is None:
                # a link that starts at the root of the host leads beside the site
                if address.startswith(server.removesuffix(BASE)):
                    lost.setdefault(page, []).append(address)
                continue
            followed += 1
            path, place = target
            known = (site / path).is_file() and (path not in places or place in places[path])
            if not known:
                lost.setdefault(page, []).append(address)
    assert not lost, told(lost.items())
    assert followed > 20 * len(looks)


def wire(site, path):
    """Bytes of a file as a host sends it."""
    content = (site / path).read_bytes()
    return len(gzip.compress(content, 6)) if (site / path).suffix in COMPRESSED else len(content)


def test_a_page_and_all_that_it_loads_is_small_over_the_wire(site, server, looks):
    sizes = {}
    for page, look in looks.items():
        if page == "index.html" or page.startswith("chapters/"):
            loaded = {inside(server, address)[0] for address in look.loaded}
            assert SHEET in loaded, page
            icon = {f"{STATIC}/favicon.svg"}  # a browser with a window asks for it, too
            sizes[page] = sum(wire(site, path) for path in {page} | loaded | icon)
    assert len(sizes) > 15
    heavy = {p: n for p, n in sizes.items() if n > (FRONT_PAGE if p == "index.html" else CHAPTER)}
    assert not heavy, heavy


def test_every_file_beside_the_pages_is_used_by_one(site, server, looks):
    asked = set()
    for look in looks.values():
        targets = (inside(server, address) for address in look.loaded + look.addresses)
        asked |= {target[0] for target in targets if target}
    files = {path.relative_to(site).as_posix() for path in (site / STATIC).rglob("*.*")}
    used = [site / name for name in files & asked if name.endswith((".css", ".js"))]
    named = "\n".join(path.read_text("utf-8") for path in used)
    unused = {name for name in files - asked if name.rsplit("/", 1)[-1] not in named}
    assert not unused, unused
    assert not any(name.endswith(".map") for name in files), "named for developers alone"
    assert len(files & asked) > 10
