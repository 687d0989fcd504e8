"""The door of `netsandbox serve`: who may come in, how many, for how long, and to which directory.

textual-serve brings the page and runs a program for each web socket; it asks nobody anything.  Here every request must
name this server as its host and its origin, so that no other page that is open in the browser can speak to it, and must
bring the token of the address that was printed, which becomes a cookie.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import time
from contextlib import suppress
from hmac import compare_digest
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from netsandbox.engine.chance import secret
from netsandbox.explain.words import Both, language_of_locale, said
from netsandbox.tui.serving.page import SCRIPT, page, policy

PATIENCE = 5  # Seconds for an app to end after its visitor has gone; then it is ended
LARGEST_SIDE = 1000  # Columns or rows of a visitor's terminal
HEADERS = {"Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
           "Cache-Control": "no-store"}


STRANGE: Both = ("This page may not speak to netsandbox.", "这个网页不能和 netsandbox 通信。")
NO_TOKEN: Both = ("The address that netsandbox printed has a token in it; this one has not.",
                  "netsandbox 打印的地址里带有令牌（token），这个地址里没有。")
FULL: Both = ("{count} visitors are here already.", "已经有 {count} 个人在用了，请稍后再来。")


def _said(request: Any, words: Both) -> str:
    """A refusal in the language that the browser asks for first."""
    return said(words, language_of_locale(request.headers.get("Accept-Language", "").partition(",")[0])) + "\n"


class Rules(NamedTuple):
    """Who may come in."""

    host: str
    port: int
    token: str
    visitors: int  # how many at a time
    idle: float  # seconds without a key, after which one is let go
    directory: Path  # where each has a directory of their own
    light: bool = False  # the app is in a light theme, and so is what is around it


class Door:
    """Serves the app to those who may come in."""

    def __init__(self, rules: Rules, command: str) -> None:
        self.rules = rules
        self._command = command
        self._inside = 0
        self._page = Server(command, title="netsandbox")  # Of which only the page and what its sockets say is used

    def serve(self) -> None:
        """Until interrupted.  Raises OSError: nobody can listen there."""
        web.run_app(self.app(), host=self.rules.host, port=self.rules.port, print=None, access_log=None)

    def app(self) -> Any:
        """The web application."""
        async def let_in(request: Any, handler: Any) -> Any:
            return await self._let_in(request, handler)
        app = web.Application(middlewares=[web.middleware(let_in)])
        app.add_routes([web.get("/", self._index), web.get("/ws", self._visit),
                        web.get("/page.js", self._script),
                        web.get("/download/{key}", self._page.handle_download, name="download"),
                        web.static("/static", self._page.statics_path, name="static")])
        return app

    # -- who may come in

    async def _let_in(self, request: Any, handler: Any) -> Any:
        if not self.is_own_host(request.host) or request.headers.get("Origin", self._origin(request)) != \
                self._origin(request):
            raise web.HTTPForbidden(text=_said(request, STRANGE))
        given = request.query.get("token") or request.cookies.get(self._cookie("token"), "")
        if not compare_digest(given.encode(), self.rules.token.encode()):
            raise web.HTTPForbidden(text=_said(request, NO_TOKEN))
        if "token" in request.query and request.path == "/":
            response = web.HTTPFound("/")
            self._set_cookies(request, response)
        else:
            response = await handler(request)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    def is_own_host(self, host: str) -> bool:
        """Whether a request's Host means this server: by another name a page would get past the same-origin rule."""
        name, _colon, port = host.rpartition(":") if re.search(r":\d+$", host) else (host, "", "80")
        name = name.strip("[]").lower()
        if port != str(self.rules.port):
            return False
        if name in (self.rules.host.lower(), "localhost"):
            return True
        try:
            address = ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or self.rules.host in ("0.0.0.0", "::")

    def _origin(self, request: Any) -> str:
        return f"http://{request.host}"

    def _cookie(self, name: str) -> str:
        """Browsers share the cookies of all ports of a host."""
        return f"netsandbox-{name}-{self.rules.port}"

    def _set_cookies(self, request: Any, response: Any) -> None:
        for name, value in (("token", self.rules.token), ("visitor", self._visitor(request) or secret())):
            response.set_cookie(self._cookie(name), value, httponly=True, samesite="Strict")

    def _visitor(self, request: Any) -> str:
        """Whose directory it is; empty for somebody new."""
        told = request.cookies.get(self._cookie("visitor"), "")
        return told if re.fullmatch(r"[0-9a-f]{32}", told) else ""

    # -- the page

    async def _index(self, request: Any) -> Any:
        size = request.query.get("fontsize", "")
        socket = f"ws://{request.host}/ws"
        text = page(socket, int(size) if re.fullmatch(r"[0-9]{1,2}", size) else 16, self.rules.light)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy(socket)})

    async def _script(self, _request: Any) -> Any:
        return web.Response(text=SCRIPT, content_type="text/javascript")

    # -- a visit

    async def _visit(self, request: Any) -> Any:
        if self._inside >= self.rules.visitors:
            raise web.HTTPServiceUnavailable(text=_said(request, FULL).format(count=self.rules.visitors))
        self._inside += 1
        try:
            return await self._visited(request)
        finally:
            self._inside -= 1

    async def _visited(self, request: Any) -> Any:
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=1 << 20)
        await socket.prepare(request)
        service = AppService(self.command_of(self._visitor(request) or secret()), write_bytes=socket.send_bytes,
                             write_str=socket.send_str, close=socket.close,
                             download_manager=self._page.download_manager)
        try:
            await service.start(_side(request.query.get("width"), 80), _side(request.query.get("height"), 24))
            await self._listen(socket, service)
        finally:
            await _end(service)
            with suppress(ConnectionError):
                await socket.close()
        return socket

    def command_of(self, visitor: str) -> str:
        """What runs for a visitor: in a directory of their own, and nowhere else."""
        directory = self.rules.directory / visitor
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        prefix = "exec " if os.name == "posix" else ""
        return f"{prefix}{self._command} --only-below {shlex.quote(str(directory))}"

    async def _listen(self, socket: Any, service: Any) -> None:
        """Pass on what the page sends, until it goes or nobody has pressed a key for long."""
        until = time.monotonic() + self.rules.idle
        while not socket.closed:
            try:
                message = await asyncio.wait_for(socket.receive(), max(0.0, until - time.monotonic()))
            except TimeoutError:
                return
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            if message.type == WSMsgType.TEXT and await _passed_on(message.data, socket, service):
                until = time.monotonic() + self.rules.idle


def _side(told: object, usual: int) -> int:
    """Columns or rows, as a page tells them."""
    text = str(told)
    return min(max(int(text), 1), LARGEST_SIDE) if re.fullmatch(r"[0-9]{1,6}", text) else usual


async def _passed_on(text: str, socket: Any, service: Any) -> bool:
    """Do what a message of the page asks for; whether a person did something.  What is no such message is nothing."""
    try:
        kind, *rest = json.loads(text)
        data: Any = rest[0] if rest else None
        if kind == "stdin":
            return bool(await service.send_bytes(data.encode("utf-8", "replace")))
        if kind == "resize":
            await service.set_terminal_size(_side(data["width"], 80), _side(data["height"], 24))
        elif kind == "ping":
            await socket.send_json(["pong", data])
        elif kind in ("blur", "focus"):
            await (service.blur() if kind == "blur" else service.focus())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    return False


async def _end(service: Any) -> None:
    """End a visitor's app: asked to, and if it does not, by force."""
    try:
        await asyncio.wait_for(service.stop(), PATIENCE)
    except (TimeoutError, asyncio.CancelledError):
        process = service._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
