"""The app in a browser: a page, and behind it the real program, told and watched as the page's script would."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from netsandbox.cli import main, parser
from netsandbox.commands.catalogue import VERBS
from netsandbox.tui.serving.serve import command

PATIENCE = 40
KNOWN = "0123456789abcdef" * 2


def test_the_command_of_each_browser_is_quoted() -> None:
    options = parser("serve").parse_args(["a b; rm -rf x.yaml", "--lang", "zh", "--ascii", "--reduced-motion"])
    assert command(options).endswith("-m netsandbox open 'a b; rm -rf x.yaml' --ascii --reduced-motion --lang zh")


def test_without_textual_serve_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delitem(sys.modules, "netsandbox.tui.serving.door", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    assert main(["serve"]) == 2
    assert "netsandbox[web]" in capsys.readouterr().err


class Served(NamedTuple):
    """A server that runs: its address with the token, and where its visitors' directories are."""

    address: str
    visitors: Path

    @property
    def cookies(self) -> dict[str, str]:
        """Of a visitor who has seen the tour."""
        return {f"netsandbox-visitor-{self.origin.rpartition(':')[2]}": KNOWN}

    @property
    def origin(self) -> str:
        return self.address.partition("/?")[0]

    @property
    def socket(self) -> str:
        return self.address.replace("http:", "ws:").replace("/?", "/ws?width=120&height=40&")


@contextmanager
def serving(tmp_path: Path, *words: str) -> Iterator[Served]:
    """The app, served."""
    for library in ("textual_serve", "aiohttp"):
        pytest.importorskip(library)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        number: int = free.getsockname()[1]
    state = tmp_path / "netsandbox" / "visitors" / KNOWN / ".state" / "netsandbox"
    state.mkdir(parents=True)
    (state / "tour-seen").touch()
    line = [sys.executable, "-m", "netsandbox", "serve", "--port", str(number), "--visitors", "2", *words]
    server = subprocess.Popen(line, env=os.environ | {"XDG_STATE_HOME": str(tmp_path)}, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    try:
        assert "served at" in server.stdout.readline()
        address = server.stdout.readline().strip()
        _wait_for(number)
        yield Served(address, tmp_path / "netsandbox" / "visitors")
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def _wait_for(port: int) -> None:
    """Until somebody listens."""
    for _ in range(PATIENCE * 10):
        with socket.socket() as trial:
            if not trial.connect_ex(("localhost", port)):
                return
        time.sleep(0.1)
    pytest.fail("the server never listened")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as found:
        yield found


async def test_a_command_typed_in_the_browser_fills_the_log(served: Served) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    async with aiohttp.ClientSession(cookies=served.cookies) as session:
        await _page(session, served.address)
        async with session.ws_connect(f"{served.origin}/ws?width=120&height=40") as page:
            await page.send_str(json.dumps(["resize", {"width": 120, "height": 40}]))
            await _until(page, b"nginx-2")
            await page.send_str(json.dumps(["stdin", ":ping nginx-1 nginx-2\r"]))
            await _until(page, b"ICMP")


CLOSED = [({"Origin": "http://evil.example"}, True), ({"Host": "evil.example"}, True),
          ({"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"}, True), ({}, False),
          ({"Origin": "null"}, True), ({"Host": "localhost:1"}, True)]


@pytest.mark.parametrize(("headers", "has_token"), CLOSED)
async def test_the_door_is_closed_to_other_pages_and_without_the_token(
        served: Served, headers: dict[str, str], has_token: bool) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    port = served.origin.rpartition(":")[2]
    given = {name: value.format(port=port) for name, value in headers.items()}
    async with aiohttp.ClientSession(cookies=served.cookies) as session:
        await _page(session, served.address)
    async with aiohttp.ClientSession() as stranger:
        address = served.socket if has_token else served.socket.replace("&token=", "&t=")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await stranger.ws_connect(address, headers=given)
        assert refused.value.status == 403
        for path in ("/", "/static/js/textual.js", "/download/x"):
            query = "?" + served.address.partition("?")[2] if has_token else "?token=" + "0" * 32
            async with stranger.get(served.origin + path + query, headers=given) as answer:
                assert answer.status == 403
    assert [path.name for path in served.visitors.iterdir()] == [KNOWN]


async def test_the_page_may_speak_with_its_own_server_alone(served: Served) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    async with (aiohttp.ClientSession(cookies=served.cookies) as session, session.get(served.address) as answer):
        rules = answer.headers["Content-Security-Policy"]
    sources = {one for rule in rules.split(";") for one in rule.split()[1:] if not one.startswith("'")}
    assert "default-src 'self'" in rules
    assert {one.partition("?")[0] for one in sources} <= {"data:", served.socket.partition("/ws")[0],
                                                          served.socket.partition("?")[0]}


async def test_a_visitor_writes_in_a_directory_of_their_own_and_nowhere_else(served: Served) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    precious = served.visitors.parent.parent / "precious.txt"
    precious.write_text("precious", encoding="utf-8")
    async with aiohttp.ClientSession(cookies=served.cookies) as session:
        await _page(session, served.address)
        async with session.ws_connect(f"{served.origin}/ws?width=120&height=40") as page:
            await _until(page, b"nginx-2")
            for line in (f"save {precious} --force", "export ../x.pcapng", "save mine.yaml"):
                await page.send_str(json.dumps(["stdin", f"\x1b:{line}\r"]))
            await _until(page, b"mine.yaml")
        async with session.ws_connect(f"{served.origin}/ws?width=120&height=40") as page:
            await _until(page, b"nginx-2")
    (own,) = served.visitors.iterdir()
    assert {path.name for path in own.iterdir()} == {".state", "mine.yaml"}
    assert precious.read_text(encoding="utf-8") == "precious"


async def test_only_so_many_visitors_are_let_in_and_nonsense_is_ignored(served: Served) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    async with aiohttp.ClientSession(cookies=served.cookies) as session:
        await _page(session, served.address)
        async with session.ws_connect(served.socket) as one, session.ws_connect(served.socket):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(served.socket)
            assert refused.value.status == 503
            for text in ("", "[", "[]", "{}", '["stdin"]', '["stdin", 1]', '["resize", {}]', "[" * 100_000,
                         '["resize", {"width": -5, "height": 1e99}]', '["ping", [[]]]'):
                await one.send_str(text)
            await _until(one, b"nginx-2")


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
    async with asyncio.timeout(PATIENCE):
        while text not in seen:
            message = await page.receive()  # type: ignore[attr-defined]
            assert isinstance(message.data, bytes | str), f"{text!r} never came: {seen[-500:]!r}"
            seen += message.data if isinstance(message.data, bytes) else b""


@pytest.mark.parametrize(("host", "asked", "is_own"), [
    ("localhost", "localhost:80", True), ("localhost", "127.0.0.1:80", True), ("localhost", "[::1]:80", True),
    ("localhost", "localhost", True), ("localhost", "localhost:8080", False), ("localhost", "192.0.2.1:80", False),
    ("localhost", "localhost.evil.example:80", False), ("0.0.0.0", "192.0.2.1:80", True), ("localhost", "", False),
    ("0.0.0.0", "evil.example:80", False), ("lab.example", "lab.example:80", True), ("localhost", ":80", False)])
def test_whom_a_request_may_name_as_its_host(host: str, asked: str, is_own: bool, tmp_path: Path) -> None:
    door = pytest.importorskip("netsandbox.tui.serving.door")
    assert door.Door(door.Rules(host, 80, "x", 1, 1, tmp_path), "true").is_own_host(asked) == is_own


async def test_a_visitor_who_does_nothing_is_let_go(tmp_path: Path) -> None:
    door = pytest.importorskip("netsandbox.tui.serving.door")

    class Silent:
        closed = False

        async def receive(self) -> object:
            await asyncio.Event().wait()
            return None
    await door.Door(door.Rules("localhost", 80, "x", 1, 0.01, tmp_path), "true")._listen(Silent(), None)


@pytest.mark.parametrize(("host", "warns"), [("localhost", False), ("::1", False), ("0.0.0.0", True), ("::", True),
                                             ("192.0.2.1", True)])
def test_the_banner_names_verbs_that_there_are_and_an_open_host_warns(
        host: str, warns: bool, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    door = pytest.importorskip("netsandbox.tui.serving.door")
    monkeypatch.setattr(door.Door, "serve", lambda _self: None)
    assert main(["serve", "--host", host]) == 0
    said = capsys.readouterr()
    assert ("can be reached from other machines" in said.err) == warns
    named = set(re.findall(r"`(\w+)`", said.out))
    assert named
    assert named <= VERBS.keys()
    assert re.search(r"http://\S+:8000/\?token=[0-9a-f]{32}\n", said.out)
