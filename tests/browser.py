"""A real browser for the built pages: Chromium as Debian packs it, driven by Playwright."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from livingreview.book.pdf.chromium import OPTIONS as PRINTING
from livingreview.book.pdf.chromium import program

# Whatever a page asks for, nothing is asked of another machine.
OPTIONS = (*PRINTING, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")


class _BelowBase(SimpleHTTPRequestHandler):
    """Serves a folder below a path of the host, and nothing beside it."""

    def __init__(self, *arguments, base: str, **more):
        self.base = base
        super().__init__(*arguments, **more)

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(self.base) if path.startswith(self.base) else "/beside/the/site"
        return super().translate_path("/" + inside)

    def log_message(self, *words) -> None:
        pass


@contextmanager
def serve(folder: Path, base: str = "/") -> Iterator[str]:
    """Serve a folder on this machine below a path, and yield its address, which ends with "/"."""
    handler = functools.partial(_BelowBase, directory=str(folder), base=base)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{base}"
        finally:
            server.shutdown()
            thread.join()


def note(opened: Visit, said: ConsoleMessage) -> None:
    """Keep an error of the console, with where it comes from."""
    if said.type == "error":
        opened.errors.append(f"{said.text} {said.location['url']}")


@dataclass
class Visit:
    """An opened page, with what it asked of other servers and what went wrong in it.

    Attributes
    ----------
    page : playwright.sync_api.Page
        The page.
    outside : list of str
        Addresses outside of the site that were asked for; none of them was answered.
    errors : list of str
        Errors of scripts, and errors written to the console.
    """

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Browser:
    """Chromium, from ``with Browser() as browser`` to the end of the block."""

    def __enter__(self) -> Browser:
        path = program()
        self._driver = sync_playwright().start()
        self._chromium = self._driver.chromium.launch(executable_path=path, args=list(OPTIONS))
        return self

    def __exit__(self, *error) -> None:
        self._chromium.close()
        self._driver.stop()

    @contextmanager
    def window(self, size: dict[str, int]) -> Iterator[Page]:
        """Yield a window whose movements are over at once; it closes at the end."""
        window = self._chromium.new_context(
            viewport=size, color_scheme="light", locale="en-GB", reduced_motion="reduce"
        )
        window.set_default_timeout(60_000)
        try:
            yield window.new_page()
        finally:
            window.close()

    @contextmanager
    def visits(self, address: str) -> Iterator[Callable[..., Visit]]:
        """Yield a function that opens a page, each in a window of its own; all close at the end.

        Its first argument is the path inside the site. Others are ``width`` and ``height`` of the
        window, ``scripts`` (False: as without JavaScript) and ``theme`` (light or dark).
        """
        windows = []

        def visit(path: str, width=1280, height=900, scripts=True, theme="light") -> Visit:
            window = self._chromium.new_context(
                viewport={"width": width, "height": height},
                java_script_enabled=scripts,
                color_scheme=theme,
                locale="en-GB",
            )
            windows.append(window)
            window.set_default_timeout(30_000)
            opened = Visit(window.new_page())

            def answer(route) -> None:
                if route.request.url.startswith(address):
                    route.continue_()
                else:
                    opened.outside.append(route.request.url)
                    route.abort()

            window.route(lambda url: not url.startswith(("data:", "blob:")), answer)
            opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
            opened.page.on("console", lambda said: note(opened, said))
            opened.page.goto(address + path, wait_until="load")
            return opened

        try:
            yield visit
        finally:
            for window in windows:
                window.close()
