"""Every page of a built site, opened once in Chromium: what is wrong with it, what it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
from browser import Browser
from playwright.sync_api import ConsoleMessage, Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# As a reader has it who is there: axe-core takes the place of what is not laid out yet for another.
LAID_OUT = "* { content-visibility: visible !important; }"
QUESTIONS = Path(__file__).with_name("look_at_page.js")
CONTRAST = Path(__file__).with_name("contrast.js")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}
# The theme tells on every page which of its themes it shows and where it has scrolled to.
CHATTER = re.compile(r"\[PST\]: (Changed to|Scrolled sidebar|Set focus on)")


@dataclass
class Look:
    """What was seen on one page.

    Attributes
    ----------
    structure, phone : list of str
        What axe-core finds whatever the colours are, at a desk and on a phone.
    colours : dict of list of str
        What axe-core finds by theme of what depends on colours, and each text of low contrast.
    texts : dict of int
        How many texts had their contrast measured, by theme.
    out_of_sight, icons : list of str
        Text cut off on a phone, and icons that show nothing.
    said, outside : list of str
        Errors and whatever was written to the console; requests that left the site.
    addresses, identifiers, loaded : list of str
        What it leads to, what can be led to on it, and what it loaded.
    """

    structure: list[str] = field(default_factory=list)
    phone: list[str] = field(default_factory=list)
    colours: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    out_of_sight: list[str] = field(default_factory=list)
    icons: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)


def names(site: Path) -> list[str]:
    """Return every page of a site as a path inside it."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def survey(browser: Browser, address: str, pages: list[str]) -> Iterator[tuple[str, Look]]:
    """Open each page once, in one window, and yield what was seen.

    Structure and colours are looked at with all folds open. What depends on colours is asked in
    both themes, by axe-core of some elements of each look, and of every text by `contrast.js`: for
    many, as in figures, axe-core comes to no verdict. All else is asked once.
    """
    with browser.window(DESK) as page:
        for script in (AXE, QUESTIONS, CONTRAST):
            page.context.add_init_script(path=script)
        for name in pages:
            look = Look()
            forget = _listen(page, address, look)
            page.set_viewport_size(DESK)
            page.goto(address + name, wait_until="load")
            page.add_style_tag(content=LAID_OUT)
            page.evaluate("look.openAll()")
            look.structure = page.evaluate("look.structure()")
            for theme in ("light", "dark"):
                switch_to(page, theme)
                page.evaluate("look.settled()")
                contrast = page.evaluate("contrast()")
                look.texts[theme] = contrast["count"]
                look.colours[theme] = page.evaluate("look.colours()") + contrast["faults"]
            look.icons = page.evaluate("look.iconsWithoutShape()")
            page.set_viewport_size(PHONE)
            look.phone = page.evaluate("look.phone()")
            look.out_of_sight = page.evaluate("look.outOfSight()")
            for part in ("addresses", "identifiers", "loaded"):
                setattr(look, part, page.evaluate(f"look.{part}()"))
            forget()
            yield name, look


def switch_to(page: Page, theme: str) -> None:
    """Press the theme's own button until it shows the theme; it goes round through "auto"."""
    for _ in range(3):
        if page.locator("html").get_attribute("data-theme") == theme:
            return
        page.evaluate("document.querySelector('.theme-switch-button').click()")
    raise AssertionError(f"the button does not lead to the {theme} theme")


def _listen(page: Page, address: str, look: Look):
    """Note what goes wrong on a page; return a function that stops."""

    def console(said: ConsoleMessage) -> None:
        if not (said.type == "log" and CHATTER.match(said.text)):
            look.said.append(f"{said.type}: {said.text} {said.location['url']}")

    def request(request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            look.outside.append(request.url)

    listeners = {
        "console": console,
        "pageerror": lambda error: look.said.append(str(error)),
        "request": request,
    }
    for event, listener in listeners.items():
        page.on(event, listener)

    def forget() -> None:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)

    return forget
