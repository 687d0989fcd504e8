"""Whom curl connects to: an URL's host, a proxy, or whom --connect-to and --resolve name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from netsandbox.apps.hosts import inet_aton
from netsandbox.apps.http_client import Url
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:

    from netsandbox.apps.curl.options import CurlOptions

PROXY_PORT = 1080
NO_HOST_HAS = " \r\n\t/:#?!@{}[]\\$'\"^`*<>=;,+&()%|"
NOT_MODELLED = re.compile("dict|ftps?|gophers?|imaps?|ipfs|ipns|ldaps?|mqtt|pop3s?|rtmp|rtsp|scp|sftp|smbs?|"
                          "smtps?|telnet|tftp|wss?")
"""Schemes that curl speaks."""
_ENTRY = re.compile(r"\+?([^:]+):([0-9]+):((?:[0-9]+\.){3}[0-9]+(?:,.*)?)")


class ResolveError(Exception):
    """An entry of --resolve that is none."""


def scheme_problem(scheme: str) -> tuple[int, str] | None:
    """(curl's number, its words) where an URL's scheme is not http."""
    if scheme == "https":
        return 35, "TLS is not modelled: the sandbox speaks http:// alone"
    if NOT_MODELLED.fullmatch(scheme):
        return 1, f"{scheme}:// is not modelled: the sandbox speaks http:// alone"
    return None if scheme == "http" else (1, f'Protocol "{scheme}" not supported')


def with_plain_host(url: Url) -> Url:
    """The URL with its host as curl has it: a number of any base is an address (hostname_check, ipv4_normalize)
    (ValueError: it has characters that no host has)."""
    if any(one in NO_HOST_HAS for one in url.host):
        raise ValueError("Bad hostname")
    number = inet_aton(url.host)
    return url if number is None else url._replace(host=format_ipv4(number))


def redirected(url: Url, location: str) -> str:
    """Where it leads, with its spaces as an URL has them (Curl_follow)."""
    path, mark, query = location.partition("?")
    return url.joined(path.replace(" ", "%20") + mark + query.replace(" ", "+"))


def peer(options: CurlOptions, url: Url) -> tuple[str, int]:
    """Host and port."""
    proxy = options.values.get("proxy", "").removeprefix("http://")
    if proxy:
        host, _colon, port = proxy.rstrip("/").rpartition("@")[2].partition(":")
        return host, int(port) if port.isdecimal() else PROXY_PORT
    for entry in options.lists["connect-to"]:
        host, port, to_host, to_port = (entry.split(":") + [""] * 4)[:4]
        if host.lower() in ("", url.host.lower()) and port in ("", str(url.port)):
            return to_host or url.host, int(to_port) if to_port.isdecimal() else url.port
    return url.host, url.port


def pinned(options: CurlOptions) -> Iterator[tuple[str, str, str]]:
    """(host, port, addresses) of each --resolve (ResolveError: one that curl does not understand)."""
    for entry in options.lists["resolve"]:
        found = _ENTRY.fullmatch(entry)
        if found is None:
            raise ResolveError(f"Couldn't parse CURLOPT_RESOLVE entry '{entry}'")
        yield found[1], found[2], found[3]
