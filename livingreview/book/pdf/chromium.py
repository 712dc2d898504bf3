"""The browser that prints the book: Chromium, which also opens the pages in the tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from playwright.sync_api import Page, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
REMEDY = (
    "There is no Chromium to open the pages in. Install one (Debian: apt-get install chromium), "
    "or name its program in the variable CHROMIUM."
)
# Neither the book nor a test has a use for what a browser does on its own, and either may run as
# root in a container.
OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
ADDRESS = "http://book.invalid/"  # answered here; nothing is asked of a network
# The fonts that come with matplotlib: the same on every machine, and those of the figures.
FONTS = Path(matplotlib.get_data_path()) / "fonts/ttf"

# Laid out once, in its own faces: else links would be cut into parts on some days only.
SHOW = """() => Promise.all([...document.fonts].map((face) => face.load())).then(() => {
  document.body.hidden = false;
})"""


def program() -> str:
    """Return the path of Chromium.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ((named,) if named else NAMES))
    path = next(filter(None, found), None)
    if path is None:
        raise RuntimeError(REMEDY)
    return path


@contextmanager
def opened(html: str, width: int) -> Iterator[Page]:
    """Yield a page of HTML, whose body is hidden till now, in a browser as laid out for print.

    Parameters
    ----------
    html : str
        The page.
    width : int
        Width in CSS pixels that the page is laid out for.
    """
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program(), args=list(OPTIONS))
        page = chromium.new_page(viewport={"width": width, "height": 1000}, locale="en-GB")
        page.set_default_timeout(300_000)
        page.emulate_media(media="print", color_scheme="light")
        page.route("**/*", _answer(html))
        page.goto(ADDRESS, wait_until="load")
        page.evaluate(SHOW)
        yield page
        chromium.close()


def _answer(html: str) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        asked = route.request.url.removeprefix(ADDRESS)
        if not asked:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif (FONTS / asked).is_file():
            route.fulfill(path=FONTS / asked)
        else:
            route.abort()

    return answer


def printed(page: Page, tagged: bool) -> bytes:
    """Return the page as PDF.

    Parameters
    ----------
    page : playwright.sync_api.Page
        The page.
    tagged : bool
        Whether it tells a screen reader what is a heading, a table or a figure; that takes longer.
    """
    return page.pdf(prefer_css_page_size=True, print_background=True, tagged=tagged)
