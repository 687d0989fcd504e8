"""What nginx's configuration comes to: servers with their names and places, and groups of upstream servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from netsandbox.apps.nginx.conf import ConfError, Directive, Reader, read_tree
from netsandbox.apps.nginx.directives import BLOCKS, MULTIPLE, RULES, SIZE, TIME, check, check_once
from netsandbox.apps.nginx.text import check_variables
from netsandbox.linux.tcp.state import Keepalive
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4, parse_network

ANY = "0.0.0.0"
WEB_PORT = 80
LISTEN = re.compile(r"(?:(?P<host>\[[0-9a-fA-F:]*\]|[^:\[\]]*):)?(?P<port>[0-9]+)")
COMBINED = ('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
            '"$http_user_agent"')
"""The log's format unless another is named."""
LISTENS_AS = frozenset({"default_server", "default", "reuseport", "deferred", "bind", "ipv6only=on", "ipv6only=off"})
LISTENS_WITH = frozenset({"backlog", "rcvbuf", "sndbuf", "fastopen", "setfib", "accept_filter"})
TEXTS = {"return": slice(None), "proxy_set_header": slice(1, None), "add_header": slice(1, 2)}
"""Directives whose words may have variables in them, and which words."""
KEEPALIVE = re.compile(rf"({TIME.pattern})?(?::({TIME.pattern})?(?::([0-9]{{1,3}})?)?)?")
SHIFTS = {"": 0, "k": 10, "m": 20, "g": 30}
UNITS = {"ms": 1, "": 1000, "s": 1000, "m": 60_000, "h": 3_600_000}


class Scope:
    """A block: what stands in it, and in those around it, from which it inherits."""

    def __init__(self, kind: str, words: tuple[str, ...], around: Scope | None, where: str) -> None:
        self.kind = kind
        self.words = words
        self.where = where
        # directives by name; allow and deny, whose order counts, are "access"
        self.own: dict[str, list[Directive]] = {}
        # its own, and those of the blocks around it, from within
        self.levels: tuple[dict[str, list[Directive]], ...] = (self.own, *(around.levels if around is not None else ()))
        self.inner: list[Scope] = []  # the blocks in it

    def find(self, name: str) -> list[Directive]:
        """The directives of that name in the nearest block that has any: none are inherited beside one's own."""
        return next((level[name] for level in self.levels if name in level), [])

    def word(self, name: str, default: str) -> str:
        """The first word of the last one of that name."""
        found = self.find(name)
        return found[-1].words[0] if found else default

    def blocks(self, kind: str) -> Iterator[Scope]:
        return (scope for scope in self.inner if scope.kind == kind)


class Listen(NamedTuple):
    """An address on which a server listens."""

    family: str
    address: str
    port: int
    is_default: bool
    keepalive: Keepalive | None = None


class Upstream(NamedTuple):
    """A server of a group, or the one that a proxy_pass names itself (fail_timeout: milliseconds)."""

    host: str
    port: int
    weight: int = 1
    max_fails: int = 1
    fail_timeout: int = 10_000
    is_down: bool = False
    is_backup: bool = False
    where: str = ""


class Configuration:
    """All servers."""

    def __init__(self, files: Reader) -> None:
        """Raises ConfError: nginx does not start with it, or the sandbox cannot model it."""
        main = _scope("main", Directive("main", (), read_tree(files), ""), None)
        self.connections = _worker_connections(main)  # how many a worker may have, those to other servers too
        # what is said of directives that change nothing here
        self.notes = [f"note: nginx {name} changes nothing in the sandbox" for name in dict.fromkeys(_noted(main))]
        self.http = next(main.blocks("http"), Scope("http", (), main, ""))  # the block around them
        self.servers = list(self.http.blocks("server"))
        self.listens = [(scope, _listens(scope)) for scope in self.servers]  # by server, in order
        self._check_defaults()
        # upstream groups by name; a host that proxy_pass names is a group of one
        self.groups: dict[str, list[Upstream]] = {}
        for scope in self.http.blocks("upstream"):
            if scope.words[0] in self.groups:
                raise ConfError(f'duplicate upstream "{scope.words[0]}" in {scope.where}')
            self.groups[scope.words[0]] = _members(scope)
        # of logs, by name
        self.formats = {"combined": COMBINED, **{found.words[0]: "".join(
            word for word in found.words[1:] if not word.startswith("escape=")) for found in
            self.http.own.get("log_format", [])}}
        for server in self.servers:
            self._look_at(server)
        self._check_formats()

    def _check_formats(self) -> None:
        for scope in (self.http, *self.servers, *(place for one in self.servers for place in one.inner)):
            for found in scope.own.get("access_log", []):
                if len(found.words) > 1 and found.words[1] not in self.formats and "=" not in found.words[1]:
                    raise ConfError(f'unknown log format "{found.words[1]}" in {found.where}')

    def _check_defaults(self) -> None:
        seen = set[tuple[str, str, int]]()
        for scope, listens in self.listens:
            for one, found in zip(listens, scope.own.get("listen", []), strict=False):
                if one.is_default and one[:3] in seen:
                    raise ConfError(f"a duplicate default server for {one.address}:{one.port} in {found.where}")
                seen |= {one[:3]} if one.is_default else set()

    def _look_at(self, server: Scope) -> None:
        seen = set[tuple[bool, str]]()
        for location in server.blocks("location"):
            modifier = location.words[0] if len(location.words) == 2 else ""
            if modifier in ("~", "~*") or location.words[0].startswith("@"):
                raise ConfError(f"netsandbox: locations by a regular expression or a name are not modelled, in "
                                f"{location.where}")
            if modifier not in ("", "=", "^~"):
                raise ConfError(f'invalid location modifier "{modifier}" in {location.where}')
            if (modifier == "=", location.words[-1]) in seen:
                raise ConfError(f'duplicate location "{location.words[-1]}" in {location.where}')
            seen.add((modifier == "=", location.words[-1]))
            for found in location.own.get("proxy_pass", []):
                host, port, _uri = proxied(found)
                alone = Upstream(host, port or WEB_PORT, where=found.where)
                self.groups.setdefault(f"{host}:{port}" if port else host, [alone])

    @property
    def ends(self) -> list[Listen]:
        """Where to listen: each address once, and none beside the wildcard of its port."""
        found = {(one.family, one.address, one.port): one for _scope, listens in self.listens for one in listens}
        return [one for key, one in found.items() if one.address == ANY or one.family == "inet6" or
                (key[0], ANY, key[2]) not in found]

    def keepalive(self, port: int) -> Keepalive | None:
        """What `listen … so_keepalive=` asks for on connections to a port."""
        return next((one.keepalive for one in self.ends if (one.family, one.port) == ("inet", port)), None)

    def server(self, address: str, port: int, name: str) -> Scope:
        """Which one answers: by the address first, then by the name (ngx_http_find_virtual_server)."""
        here = [(scope, one) for scope, listens in self.listens for one in listens
                if one.family == "inet" and one.port == port and one.address in (address, ANY)]
        exact = [pair for pair in here if pair[1].address == address] or here
        best = max(exact, key=lambda pair: _likeness(pair[0], name))
        if _likeness(best[0], name):
            return best[0]
        return next((scope for scope, one in exact if one.is_default), exact[0][0])


def location_of(server: Scope, path: str) -> Scope:
    """The place that a path belongs to: the exact one, else the longest that it begins with."""
    best, longest = server, -1
    for scope in server.blocks("location"):
        start, is_exact = scope.words[-1], scope.words[0] == "=" and len(scope.words) == 2
        if is_exact and start == path:
            return scope
        if not is_exact and path.startswith(start) and len(start) > longest:
            best, longest = scope, len(start)
    return best


def _likeness(server: Scope, name: str) -> int:
    """How well one of a server's names fits: exact, *.name, name.*, or not at all."""
    best = 0
    for found in server.own.get("server_name", []):
        for word in (word.lower() for word in found.words):
            if word == name and name:
                return 1 << 20
            ending = word.removeprefix("*")
            if ending.startswith(".") and (name.endswith(ending) or ending == word == f".{name}"):
                best = max(best, 1024 + len(word))
            elif word.endswith(".*") and name.startswith(word[:-1]):
                best = max(best, len(word))
    return best


# -- from the tree

def _scope(kind: str, made: Directive, around: Scope | None) -> Scope:
    """A block with all that is in it, each checked."""
    scope = Scope(kind, made.words, around, made.where)
    for inner in made.block or []:
        check(inner, BLOCKS[kind])
        check_once(inner, inner.name in scope.own or (inner.name not in MULTIPLE and any(scope.blocks(inner.name))))
        if inner.name in BLOCKS and inner.block is not None:
            scope.inner.append(_scope(inner.name, inner, scope))
        elif inner.name == "types":
            scope.own["types"] = [*scope.own.get("types", []), *(inner.block or [])]
        else:
            _check_words(inner)
            scope.own.setdefault("access" if inner.name in ("allow", "deny") else inner.name, []).append(inner)
    return scope


def _worker_connections(main: Scope) -> int:
    """Raises ConfError: there is no block that says how connections are handled, or no number in it."""
    events = next(main.blocks("events"), None)
    if events is None:
        raise ConfError('no "events" section in configuration')
    told = events.word("worker_connections", "512")
    if not (told.isascii() and told.isdecimal() and len(told) < 10):
        raise ConfError(f'invalid number "{told}" in "worker_connections" directive')
    return int(told)


def _noted(scope: Scope) -> Iterator[str]:
    """Names of directives that are taken and have no effect."""
    yield from (name for name in scope.own if name in RULES and RULES[name].is_noted)
    for inner in scope.inner:
        yield from _noted(inner)


def _check_words(found: Directive) -> None:
    for word in found.words[TEXTS[found.name]] if found.name in TEXTS else ():
        check_variables(word, found.where)
    code = found.words[0] if found.words else ""
    if found.name == "return" and not ((code.isdecimal() and len(code) < 4) or code.startswith(("http", "$"))):
        raise ConfError(f'invalid return code "{found.words[0]}" in {found.where}')
    if found.name in ("allow", "deny") and found.words[0] != "all":
        try:
            parse_network(found.words[0])
        except AddressError:
            raise ConfError(f'invalid parameter "{found.words[0]}" in {found.where}') from None
    if found.name == "server_name" and any(word.startswith("~") for word in found.words):
        raise ConfError(f"netsandbox: names by a regular expression are not modelled, in {found.where}")
    if found.name == "proxy_pass":
        proxied(found)


def _listens(server: Scope) -> list[Listen]:
    found = [_listen(one) for one in server.own.get("listen", [])] or [Listen("inet", ANY, WEB_PORT, False)]
    for at, (one, listen) in enumerate(zip(server.own.get("listen", []), found, strict=False)):
        if listen[:3] in [other[:3] for other in found[:at]]:
            raise ConfError(f"a duplicate listen {listen.address}:{listen.port} in {one.where}")
    return found


def _check_option(option: str, found: Directive) -> None:
    is_known = option in ("ssl", "http2", "quic", "proxy_protocol") or (
        option.partition("=")[0] in LISTENS_WITH and "=" in option)
    if is_known:
        raise ConfError(f"netsandbox: nginx's listen … {option} is not modelled, in {found.where}")
    if option not in LISTENS_AS and not option.startswith("so_keepalive="):
        raise ConfError(f'invalid parameter "{option}" in {found.where}')


def _listen(found: Directive) -> Listen:
    text, *options = found.words
    for option in options:
        _check_option(option, found)
    if text.startswith("unix:"):
        raise ConfError(f"netsandbox: listen on a socket of the file system is not modelled, in {found.where}")
    if text.endswith(":"):
        raise ConfError(f'invalid port in "{text}" of the "listen" directive in {found.where}')
    match = LISTEN.fullmatch(text)
    host, port = (match["host"] or ANY, int(match["port"])) if match is not None else (text, WEB_PORT)
    if not 0 < port < 65536:
        raise ConfError(f'invalid port in "{text}" of the "listen" directive in {found.where}')
    keepalive = next((_keepalive(option, found) for option in options if option.startswith("so_keepalive=")), None)
    is_default = "default_server" in options or "default" in options
    if host.startswith("["):
        return Listen("inet6", host, port, is_default)
    host = {"*": ANY, "localhost": "127.0.0.1"}.get(host, host)
    try:
        return Listen("inet", format_ipv4(parse_ipv4(host)), port, is_default, keepalive)
    except AddressError:
        raise ConfError(f'host not found in "{text}" of the "listen" directive in {found.where}') from None


def _keepalive(option: str, found: Directive) -> Keepalive | None:
    """so_keepalive=on|off|[idle]:[interval]:[count] (ngx_http_core_listen)."""
    text = option.partition("=")[2]
    if text in ("on", "off"):
        return Keepalive() if text == "on" else None
    match = KEEPALIVE.fullmatch(text)
    idle, interval, count = (match[1], match[4], match[7]) if match is not None else (None, None, None)
    wish = Keepalive(milliseconds(idle or "0") // 1000, milliseconds(interval or "0") // 1000, int(count or 0))
    if not any(wish):
        raise ConfError(f'invalid so_keepalive value: "{text}" in {found.where}')
    return wish


def _members(scope: Scope) -> list[Upstream]:
    made = [_member(found) for found in scope.own.get("server", [])]
    if not made:
        raise ConfError(f"no servers are inside upstream in {scope.where}")
    if all(one.is_backup for one in made):
        raise ConfError(f'no servers in upstream "{scope.words[0]}" in {scope.where}')
    return made


def _member(found: Directive) -> Upstream:
    host, port = _authority(found.words[0], found)
    member = Upstream(host, port or WEB_PORT, where=found.where)
    for option in found.words[1:]:
        name, _equals, value = option.partition("=")
        time = TIME.fullmatch(value)
        if option in ("down", "backup"):
            member = member._replace(is_down=True) if option == "down" else member._replace(is_backup=True)
        elif name in ("weight", "max_fails") and value.isdecimal() and len(value) < 7 and option != "weight=0":
            member = member._replace(weight=int(value)) if name == "weight" else member._replace(max_fails=int(value))
        elif name == "fail_timeout" and time is not None:
            member = member._replace(fail_timeout=int(time[1]) * UNITS[time[2]])
        else:
            raise ConfError(f'invalid parameter "{option}" in {found.where}')
    return member


def _authority(text: str, found: Directive) -> tuple[str, int]:
    """(host, port or 0)."""
    host, _colon, port = text.partition(":")
    if not host or (port and not (port.isdecimal() and len(port) < 6 and 0 < int(port) < 65536)):
        raise ConfError(f'invalid port in upstream "{text}" in {found.where}' if host else
                        f'no host in upstream "{text}" in {found.where}')
    return host, int(port or 0)


def proxied(found: Directive) -> tuple[str, int, str | None]:
    """(host, port or 0, URI or None) of a proxy_pass (ConfError: it is no URL that is modelled)."""
    text = found.words[0]
    if "$" in text or text.startswith(("https://", "http://unix:")):
        raise ConfError(f'netsandbox: proxy_pass {text} is not modelled: it takes http:// and a host, no '
                        f"variables, in {found.where}")
    if not text.startswith("http://"):
        raise ConfError(f"invalid URL prefix in {found.where}")
    authority, slash, path = text[7:].partition("/")
    return (*_authority(authority, found), slash + path if slash else None)


@cache
def size(text: str) -> int:
    """`1m`, `8k` or `100`, which are bytes; 0 where it is none."""
    found = SIZE.fullmatch(text)
    return int(found[1]) << SHIFTS[found[2].lower()] if found is not None else 0


def milliseconds(text: str) -> int:
    """`5s`, `500ms` or `60`, which are seconds."""
    time = TIME.fullmatch(text)
    return int(time[1]) * UNITS[time[2]] if time is not None else 0
