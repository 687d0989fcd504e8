"""What the servers of the images do with a connection, by the server's kind: one table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from netsandbox.apps.http_server import Host, HttpSession, Site
from netsandbox.apps.line_session import LineSession, SilentSession
from netsandbox.apps.memcached import MemcachedSession
from netsandbox.apps.mysql import MysqlSession
from netsandbox.apps.nginx.site import furnish as furnish_nginx
from netsandbox.apps.redis import RedisSession
from netsandbox.apps.sites.apache import ApacheSite
from netsandbox.apps.sites.asker import ASKER_SITES
from netsandbox.apps.sites.public import PublicSite
from netsandbox.apps.sites.themselves import SELF_SITES
from netsandbox.apps.sites.tomcat import TOMCAT_SITES
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.tcp.stream import StreamSocket


class Session(Protocol):
    """A server's side of one connection."""

    def begin(self) -> None:
        """Look at what came with the connection."""

    def drop(self) -> None:
        """The server ends."""


class Service(Protocol):
    """A server's protocol."""

    def open(self, socket: StreamSocket, number: int) -> Session:
        """The session of an accepted connection."""


WEB_SITES: dict[str, Callable[[Files | None], Site]] = {
    "httpd": ApacheSite, "public": PublicSite, **ASKER_SITES, **SELF_SITES, **TOMCAT_SITES}


class Web:
    """HTTP."""

    def __init__(self, host: Host, kind: str, files: Files | None) -> None:
        self._host = host
        self._site = WEB_SITES[kind](files)

    def open(self, socket: StreamSocket, number: int) -> Session:
        return HttpSession(self._host, self._site, socket, number)


class Store:
    """A protocol of lines; what the server keeps, it keeps as long as it runs."""

    def __init__(self, host: Host, kind: str, _files: Files | None) -> None:
        self._host = host
        self._kind = kind
        self._store: dict[bytes, Any] = {}

    def open(self, socket: StreamSocket, number: int) -> Session:
        return STORES[self._kind](self._host, self._store, socket, number)


STORES: dict[str, type[LineSession]] = {
    "redis": RedisSession, "memcached": MemcachedSession, "mysql": MysqlSession, "silent": SilentSession}
FURNISH: dict[str, Callable[[Files | None], None]] = {"nginx": furnish_nginx, "httpd": ApacheSite.furnish}
"""What an image of that kind brings, so that it is there before something is mounted over it."""
SERVICES: dict[str, Callable[[Host, str, Files | None], Service]] = {
    **dict.fromkeys(WEB_SITES, Web), **dict.fromkeys(STORES, Store)}
