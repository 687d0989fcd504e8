"""Texts with variables in nginx's configuration (ngx_http_variables.c)."""

from __future__ import annotations

import re

from netsandbox.apps.http_server import HttpSession
from netsandbox.apps.nginx.conf import ConfError
from netsandbox.wire.http import Head

VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
KNOWN = frozenset({
    "args", "document_root", "document_uri", "host", "hostname", "http_host", "is_args", "nginx_version", "proxy_host",
    "proxy_port", "proxy_add_x_forwarded_for", "query_string", "remote_addr", "remote_port", "request",
    "request_method", "request_uri", "scheme", "server_addr", "server_name", "server_port", "server_protocol", "uri"})

REAL = frozenset({
    "binary_remote_addr", "body_bytes_sent", "bytes_sent", "connection", "connection_requests", "content_length",
    "content_type", "limit_rate", "msec", "pid", "pipe", "realpath_root", "remote_user", "request_body",
    "request_completion", "request_filename", "request_id", "request_length", "request_time", "status",
    "time_iso8601", "time_local", "https", "server_protocol"})
"""Others that the real one has, beside those that begin with one of OPEN."""
OPEN = ("cookie_", "sent_http_", "ssl_", "upstream_", "tcpinfo_", "proxy_protocol_", "geoip_")


def check_variables(text: str, where: str) -> None:
    """Raises ConfError: a variable that there is not, or that the sandbox has not."""
    for match in VARIABLE.finditer(text):
        name = match[1] or match[2]
        if name in KNOWN or name.startswith(("http_", "arg_")):
            continue
        if name not in REAL and not name.startswith(OPEN):
            raise ConfError(f'unknown "{name}" variable')
        raise ConfError(f'netsandbox: nginx\'s variable "{name}" is not modelled, in {where}')


def expand(text: str, values: dict[str, str]) -> str:
    """A text with its variables replaced; what a request has not is empty."""
    return VARIABLE.sub(lambda match: values.get(match[1] or match[2], ""), text)


def variables(session: HttpSession, head: Head, server_name: str, hostname: str) -> dict[str, str]:
    """What a request makes of each variable."""
    target = head.start[1]
    path, question, query = target.partition("?")
    host = head.get("Host")
    forwarded = head.get("X-Forwarded-For")
    values = {
        "args": query, "query_string": query, "is_args": question if query else "", "request_uri": target, "uri": path,
        "document_uri": path, "host": host.partition(":")[0].lower() or server_name, "http_host": host,
        "remote_addr": session.peer, "remote_port": str(session.stream.socket.peer_port), "scheme": "http",
        "server_addr": session.address, "server_port": str(session.stream.socket.port), "server_name": server_name,
        "server_protocol": head.version, "request_method": head.start[0], "request": " ".join(head.start),
        "hostname": hostname, "proxy_add_x_forwarded_for": f"{forwarded}, {session.peer}" if forwarded else
        session.peer}
    values |= {f"http_{name.lower().replace('-', '_')}": value for name, value in head.fields}
    values |= {f"arg_{name}": value for name, _equals, value in (part.partition("=") for part in query.split("&"))
               if name}
    return values
