"""Pages of `help` on what is no verb of the lab's: docker, the Linux tools, one condition of expect, the filters."""

from __future__ import annotations

from netsandbox.commands.docker.registry import find
from netsandbox.commands.expect.condition import CONDITIONS
from netsandbox.commands.expect.manual import entry
from netsandbox.commands.programs import OF_SYSTEMD, PROGRAMS
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.commands.tools.words import choose
from netsandbox.commands.unmodelled import reason

PARTS = {"ip": {"address*": "address", "link*": "link", "maddress*": "maddress", "neighbour*": "neigh",
                "neighbor*": "neigh", "netns*": "netns", "route*": "ip route", "rule*": "rule"},
         "bridge": {"fdb*": "bridge fdb", "link*": "bridge link", "mdb*": "bridge mdb", "vlan*": "bridge vlan"}}
"""What stands behind a tool's name, and its usage text."""
FILTER = """\
filter
    The frame log's filters: behind `/` in the terminal UI, and behind `where` in
    expect. They are like tcpdump's, with words for what only a sandbox knows.

    arp  icmp  tcp  udp  ip  dns …        the protocol
    [src|dst] [host] NAME or ADDRESS      who sent it, whom it is for
    [src|dst] net 172.17.0.0/16           an address in the network
    [src|dst] port 80   portrange 1-1023  TCP and UDP ports
    dev docker0   at nginx-1              where it was seen: interface, node
    in  out  broadcast                    its direction; whether it is for everyone
    drop  reason NEIGH_FAILED             what became of it: dropped, and why
    verdict bridged                       … or another verdict
    step 12   frame 40-60                 by number
    and  or  not  ( )                     as && || ! too

    `sniff`, `tcpdump` and `export --filter` take tcpdump's own filters instead,
    in which names of nodes are addresses: pcap-filter(7).

Examples
    arp or icmp                            what a first ping takes
    host nginx-1 and not port 80           all with nginx-1 but its web server
    drop and at nginx-2                    what nginx-2 would not have"""


def page(words: list[str]) -> str:
    """The page of a topic, or empty if there is none.

    Raises:
        DockerError: docker has no such command.
    """
    name, rest = words[0], words[1:]
    if name == "docker":
        found = find(["help", *rest])
        return found if isinstance(found, str) else ""
    if name == "expect" and rest:
        known = CONDITIONS.get(rest[-1])
        return entry(known) if known is not None else ""
    if name in ("filter", "filters"):
        return FILTER
    return _of_tool(name, rest) or reason(name)


def _of_tool(name: str, rest: list[str]) -> str:
    parts = PARTS.get(name, {})
    if rest and parts:
        part = choose(rest[0], list(parts))
        match = next((text for spelling, text in parts.items() if spelling.rstrip("*") == part), "")
        return TEXTS[match] if match else ""
    if name not in TOOLS and name not in PROGRAMS and name not in OF_SYSTEMD:
        return ""
    more = f"\n`help {name} {next(iter(parts)).rstrip('*')}` and the like tell about a part of it." if parts else ""
    return (f"{TEXTS.get(name, name)}\n\nA program of Linux: on the default host, or with `exec NODE` before it in "
            f"another node.{more}")
