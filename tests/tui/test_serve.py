"""The app in a browser: a page, and behind it the real program, told and watched as the page's script would."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsandbox.cli import main, parser
from netsandbox.tui.serve import command

PATIENCE = 20


def test_the_command_of_each_browser_is_quoted() -> None:
    options = parser("serve").parse_args(["a b; rm -rf x.yaml", "--lang", "zh", "--ascii", "--reduced-motion"])
    assert command(options).endswith(
        "-m netsandbox open 'a b; rm -rf x.yaml' --ascii --reduced-motion --lang zh"
    )


def test_without_textual_serve_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch,
                                                       capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert main(["serve"]) == 2
    assert "netsandbox[web]" in capsys.readouterr().err


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where the app is served."""
    pytest.importorskip("textual_serve")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        number: int = free.getsockname()[1]
    (tmp_path / "netsandbox").mkdir()
    (tmp_path / "netsandbox" / "tour-seen").touch()
    server = subprocess.Popen([sys.executable, "-m", "netsandbox", "serve", "--port", str(number)],
                              env=os.environ | {"XDG_STATE_HOME": str(tmp_path)}, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)  # fmt: skip
    yield number
    server.terminate()
    server.wait()


async def test_a_command_typed_in_the_browser_fills_the_log(port: int) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    async with aiohttp.ClientSession() as session:
        await _page(session, f"http://localhost:{port}/")
        async with session.ws_connect(f"http://localhost:{port}/ws?width=120&height=40") as page:
            await page.send_str(json.dumps(["resize", {"width": 120, "height": 40}]))
            await _until(page, b"nginx-2")
            await page.send_str(json.dumps(["stdin", ":ping nginx-1 nginx-2\r"]))
            await _until(page, b"ICMP")


async def test_a_real_browser_shows_it_and_takes_mouse_and_keys(port: int) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    driver = pytest.importorskip("playwright.async_api")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium here")
    async with aiohttp.ClientSession() as session:
        await _page(session, f"http://localhost:{port}/")
    painted = bytearray()
    came = asyncio.Event()

    def take(data: object) -> None:
        painted.extend(data if isinstance(data, bytes) else b"")
        came.set()

    async def until(text: bytes) -> None:
        while text not in painted:
            came.clear()
            await asyncio.wait_for(came.wait(), PATIENCE)

    async with driver.async_playwright() as play:
        chromium = await play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = await chromium.new_page(viewport={"width": 1200, "height": 800})
        page.on("websocket", lambda opened: opened.on("framereceived", take))
        await page.goto(f"http://localhost:{port}/")
        await until(b"nginx-2")
        painted.clear()
        await page.mouse.click(320, 90)  # the box of nginx-2
        await until("▶ nginx-2".encode())
        await page.keyboard.press("p")
        await until(b"ICMP")
        await chromium.close()


async def _page(session: object, address: str) -> None:
    """The page, as soon as the server listens."""
    for _ in range(PATIENCE * 10):
        try:
            async with session.get(address) as answer:  # type: ignore[attr-defined]
                assert answer.status == 200
                return
        except OSError:
            await asyncio.sleep(0.1)
    pytest.fail("the server never answered")


async def _until(page: object, text: bytes) -> None:
    """Read until a text is painted."""
    seen = b""
    while text not in seen:
        message = await asyncio.wait_for(page.receive(), PATIENCE)  # type: ignore[attr-defined]
        assert isinstance(message.data, bytes | str), f"{text!r} never came: {seen[-500:]!r}"
        seen += message.data if isinstance(message.data, bytes) else b""
