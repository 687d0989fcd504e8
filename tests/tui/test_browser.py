"""The app in Chromium: keys without a click, the clipboard, another size, both themes, and nobody else is asked."""

from __future__ import annotations

import asyncio
import re
import shutil
import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.tui.test_serve import PATIENCE, Served, serving

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")
BACKGROUND = re.compile(rb"48;2;(\d+);(\d+);(\d+)")
COLUMN = 9
"""Pixels that a letter is wide, at most."""


class Visit:
    """A page of the app, and what was painted on it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.painted = bytearray()
        self.said: list[str] = []
        """Sizes that the page told."""
        self.troubles: list[str] = []
        self._came = asyncio.Event()
        page.on("websocket", self._listen)
        page.on("console", lambda message: self.troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("requestfailed", lambda request: self.troubles.append(request.url))

    def _listen(self, socket: Any) -> None:
        socket.on("framereceived", self._take)
        socket.on("framesent", lambda data: self.said.append(data) if "resize" in str(data) else None)

    def _take(self, data: object) -> None:
        self.painted.extend(data if isinstance(data, bytes) else b"")
        self._came.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._came.clear()
                await self._came.wait()

    async def shows(self, text: str) -> None:
        await self.until(lambda: text.encode() in self.painted)


@asynccontextmanager
async def visit(served: Served) -> AsyncIterator[Visit]:
    driver = pytest.importorskip("playwright.async_api")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium here")
    async with driver.async_playwright() as play:
        chromium = await play.chromium.launch(executable_path=browser, args=QUIET)
        context = await chromium.new_context(viewport={"width": 1200, "height": 800},
                                             permissions=["clipboard-read", "clipboard-write"])
        await context.add_cookies([{"name": name, "value": value, "url": served.origin}
                                   for name, value in served.cookies.items()])
        found = Visit(await context.new_page())
        await found.page.goto(served.address)
        await found.shows("nginx-2")
        yield found
        await chromium.close()


async def test_keys_work_without_a_click_and_what_is_copied_is_on_the_clipboard(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        async with visit(served) as on:
            await on.page.wait_for_function("document.activeElement.className == 'xterm-helper-textarea'")
            await on.page.keyboard.press("p")
            await on.shows("ICMP")
            await on.shows("rtt min/avg/max")
            await on.page.keyboard.type("/icmp")  # the newest row may be of the ARP that comes five seconds later
            for key in ("Enter", "3", "y"):
                await on.page.keyboard.press(key)
            await on.shows("Copied")
            text = await on.page.evaluate("navigator.clipboard.readText()")
            assert re.match(r"\d+\t[\d.]+\t⇐ nginx-1:eth0\tnginx-2 → nginx-1\tICMP\t", text)
            assert not on.troubles, "it asks no other server, and has all it wants from this one"
            assert "token" not in on.page.url
            await another_page_is_kept_out(on, served)


async def test_a_click_selects_and_another_size_is_another_terminal_of_which_nothing_is_cut(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        async with visit(served) as on:
            assert not await is_light(on)
            on.painted.clear()
            await on.page.mouse.click(250, 95)  # the box of nginx-2
            await on.shows("▶ nginx-2")
            await on.page.set_viewport_size({"width": 800, "height": 500})
            await on.until(lambda: len(on.said) >= 2)
            width, height = map(int, re.findall(r"\d+", on.said[-1]))
            assert 800 / COLUMN - 2 <= width <= 800 / 8
            letters = "document.querySelector('.xterm-screen').getBoundingClientRect()"
            assert await on.page.evaluate(f"{letters}.height") <= 500
            assert await on.page.evaluate(f"{letters}.height") == pytest.approx(height * 21, abs=height)


async def test_a_light_theme_is_light_all_around(tmp_path: Path) -> None:
    with serving(tmp_path, "--theme", "textual-light") as served:
        async with visit(served) as on:
            assert await is_light(on)


async def is_light(on: Visit) -> bool:
    """Whether what was painted and what is around it are; they are alike."""
    around, beside = [await on.page.evaluate(f"getComputedStyle(document.querySelector('{one}')).backgroundColor")
                      for one in ("body", ".xterm-viewport")]
    assert beside == around, "beside the last column too"
    shades = [int(value) for found in BACKGROUND.findall(bytes(on.painted)) for value in found]
    found = {statistics.mean(shades) > 128, statistics.mean(map(int, re.findall(r"\d+", around))) > 128}
    assert len(found) == 1
    return found.pop()


async def another_page_is_kept_out(on: Visit, served: Served) -> None:
    """It cannot open the socket, even with the token; the token itself is a cookie of this browser's by now."""
    other = await on.page.context.new_page()
    await other.goto("data:text/html,<p>elsewhere</p>")
    closed = await other.evaluate("address => new Promise(done => { const socket = new WebSocket(address); "
                                  "socket.onopen = () => done('open'); socket.onerror = () => done('no'); })",
                                  served.socket)
    assert closed == "no"
    without = await other.goto(served.origin + "/")
    assert without is not None
    assert without.status == 200, "the token became a cookie of this browser's"
    stranger = await (await on.page.context.browser.new_context()).new_page()
    assert (await stranger.goto(served.origin + "/")).status == 403
