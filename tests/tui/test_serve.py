"""The app in a browser: a page, and behind it the real program, told and watched as the page's script would."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
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


async def test_a_command_typed_in_the_browser_fills_the_log(tmp_path: Path) -> None:
    pytest.importorskip("textual_serve")
    aiohttp = pytest.importorskip("aiohttp")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    (tmp_path / "netsandbox").mkdir()
    (tmp_path / "netsandbox" / "tour-seen").touch()
    server = subprocess.Popen([sys.executable, "-m", "netsandbox", "serve", "--port", str(port)],
                              env=os.environ | {"XDG_STATE_HOME": str(tmp_path)}, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        async with aiohttp.ClientSession() as session:
            await _page(session, f"http://localhost:{port}/")
            async with session.ws_connect(f"http://localhost:{port}/ws?width=120&height=40") as page:
                await page.send_str(json.dumps(["resize", {"width": 120, "height": 40}]))
                await _until(page, b"nginx-2")
                await page.send_str(json.dumps(["stdin", ":ping nginx-1 nginx-2\r"]))
                await _until(page, b"ICMP")
    finally:
        server.terminate()
        server.wait()


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
