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
from netsandbox.explain.refusals import translated
from netsandbox.explain.words import Words, said

PARTS = {"ip": {"address*": "ip address", "link*": "ip link", "maddress*": "ip maddr", "neighbour*": "ip neigh",
                "neighbor*": "ip neigh", "netns*": "ip netns", "route*": "ip route", "rule*": "ip rule"},
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


FILTER_ZH = """\
filter
    帧日志的过滤条件：在终端界面里写在 `/` 后面，在 expect 里写在 `where` 后面。写法与
    tcpdump 相同，另有一些只有沙盒才知道的词。

    arp  icmp  tcp  udp  ip  dns …        协议
    [src|dst] [host] NAME 或 ADDRESS      谁发的，发给谁
    [src|dst] net 172.17.0.0/16           网络中的地址
    [src|dst] port 80   portrange 1-1023  TCP 和 UDP 端口
    dev docker0   at nginx-1              在哪里看到：接口、节点
    in  out  broadcast                    方向；是否发给所有人
    drop  reason NEIGH_FAILED             结果：被丢弃，以及原因
    verdict bridged                       … 或其他结果
    step 12   frame 40-60                 按编号
    and  or  not  ( )                     也可以写 && || !

    `sniff`、`tcpdump` 和 `export --filter` 用 tcpdump 自己的过滤条件，其中节点的名称
    就是它的地址：见 pcap-filter(7)。

例子
    arp or icmp                            第一次 ping 的全部帧
    host nginx-1 and not port 80           nginx-1 的全部帧，除了网页
    drop and at nginx-2                    nginx-2 不要的帧"""
WORDS = Words({
    "program": ("A program of Linux: on the default host, or with `exec NODE` before it in another node.",
                "Linux 的程序：在默认主机上运行，前面加 `exec NODE` 则在别的节点里运行。"),
    "part": ("`help {name} {part}` and the like tell about a part of it.", "`help {name} {part}` 之类说明它的一部分。"),
})


def page(words: list[str], language: str) -> str:
    """The page of a topic, or empty if there is none; what a tool itself prints is as the tool has it.

    Raises:
        DockerError: docker has no such command.
    """
    name, rest = words[0], words[1:]
    if name == "docker":
        found = find(["help", *rest])
        return found if isinstance(found, str) else ""
    if name == "expect" and rest:
        known = CONDITIONS.get(rest[-1])
        return entry(known, language) if known is not None else ""
    if name in ("filter", "filters"):
        return said((FILTER, FILTER_ZH), language)
    return _of_tool(name, rest, language) or translated(reason(name), language)


def _of_tool(name: str, rest: list[str], language: str) -> str:
    parts = PARTS.get(name, {})
    if rest and parts:
        part = choose(rest[0], list(parts))
        match = next((text for spelling, text in parts.items() if spelling.rstrip("*") == part), "")
        return TEXTS[match] if match else ""
    if name not in TOOLS and name not in PROGRAMS and name not in OF_SYSTEMD:
        return ""
    part = next(iter(parts), "").rstrip("*")
    more = "\n" + WORDS.say("part", language, name=name, part=part) if parts else ""
    return f"{TEXTS.get(name, name)}\n\n{WORDS.say('program', language)}{more}"
