"""Servers for the machines around a Docker host: a page that says who asks, and names of one's own."""

from __future__ import annotations

from typing import Any

from netsandbox.apps.name_server import Names, NameServer
from netsandbox.apps.server import Server
from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.shell import Shell
from netsandbox.commands.verb import Parameter, verb
from netsandbox.linux.core.socket import SocketError
from netsandbox.wire.addresses import AddressError, parse_ipv4

Values = dict[str, Any]
BACKLOG, NAMES_TTL = 128, 300


@verb("serve-http", ("Let a node serve a web page that says who asks", "让节点提供一个网页，说出是谁来访问"),
      Parameter("node", kinds.NAMESPACE),
      details=(("The page at port 80 is `you are ADDRESS port PORT`: the client's address as the server sees it, "
                "which is what address translation is about."),
               "80 端口的网页内容是 `you are ADDRESS port PORT`：服务器看到的客户端地址，这正是地址转换所改变的。"),
      examples=(("serve-http lan", "curl http://LAN/ says who asked", "curl http://LAN/ 说出是谁来访问"),),
      group="program")
def serve_http(shell: Shell, job: Job, values: Values) -> None:
    namespace = shell.lab.namespace(values["node"])
    server = Server(namespace, "lanserver", "lan", (80,), BACKLOG, False, shell.lab.next_pid())
    server.foreground = False
    server.start()
    if not server.sockets:
        raise CommandError(f"port 80 of {values['node']} is taken")
    job.finish()


@verb("serve-dns", ("Let a node be a name server", "让节点成为域名服务器"), Parameter("node", kinds.NAMESPACE),
      Parameter("names", rest=True, required=False, default=()),
      details=("It answers at UDP port 53 for the names given to it, each as NAME=ADDRESS; all others do not exist.",
               "它在 UDP 53 端口回答给定的名称，每个写成 NAME=ADDRESS；其他名称都不存在。"),
      examples=(("serve-dns lan example.com=203.0.113.9", "a name", "一个名称"),), group="program")
def serve_dns(shell: Shell, job: Job, values: Values) -> None:
    table = dict(_name(text) for text in values["names"])
    namespace = shell.lab.namespace(values["node"])
    server = NameServer(namespace, "lanserver", shell.lab.next_pid(), Names(table), ttl=NAMES_TTL, by_tcp=False)
    try:
        server.start()
    except SocketError:
        raise CommandError(f"port 53 of {values['node']} is taken") from None
    job.finish()


def _name(text: str) -> tuple[str, int]:
    name, equals, address = text.partition("=")
    try:
        if name and equals:
            return name, parse_ipv4(address)
    except AddressError:
        pass
    raise CommandError(f"{text!r} is no name with an address, as example.com=203.0.113.9")
