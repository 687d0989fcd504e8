"""Pages of `help` on what is neither a verb nor a tool: the filters, the way out of the lab, the app's keys."""

from __future__ import annotations

from pathlib import Path

from netsandbox.commands.verb import Example
from netsandbox.explain.words import LANGUAGES, Both

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "tcpdump": (("tcpdump -i docker0 -n icmp &", "what crosses docker0, while other lines run",
                 "docker0 上经过的帧，其他命令照常运行"),
                ("tcpdump --help", "its options", "它的选项")),
    "iptables": (("iptables -t nat -nvL", "the rules of a table, with what they have counted", "一张表的规则及其计数"),
                 ("iptables -S FORWARD", "the rules of a chain as they are typed", "一条链的规则，按输入的写法"),
                 ("iptables -h", "its options", "它的选项")),
    "conntrack": (("conntrack -L", "the connections that are tracked, and where NAT led them",
                   "跟踪着的连接，以及 NAT 的去向"),),
    "curl": (("curl -v http://172.17.0.2/", "what both sides say", "双方说了什么"),
             ("curl --help", "its options", "它的选项")),
    "nc": (("nc -zv 172.17.0.2 80", "whether a port answers", "一个端口是否应答"),),
    "nstat": (("nstat", "what a stack has counted since it was asked last", "协议栈自上次询问以来的计数"),
              ("nstat -as 'TcpExtListen*'", "connections that a full queue turned away", "因队列已满而被拒绝的连接")),
    "netstat": (("netstat -tulpn", "who listens", "谁在监听"),
                ("netstat -s", "what a stack has counted, in words", "协议栈的计数，用文字说明")),
    "nmap": (("nmap -p 80,443 172.17.0.2", "which of these ports are open", "这些端口中哪些开着"),),
}
"""Of programs that have no page of their own: a line each, what it shows."""
_NAMES = {
    "filter": ("filter", "filters"), "uplink": ("uplink", "lan", "internet"), "compose": ("compose", "docker-compose"),
    "scenario": ("scenario", "scenarios", "exercise", "lesson", "task", "check"),
    "keys": ("keys", "key", "theme", "lang", "language", "settings", "tour"),
}
"""By its file in topics/, the words that a person may look a page up by."""


def _page(topic: str) -> Both:
    english, chinese = ((Path(__file__).with_name("topics") / f"{topic}.{language}.txt").read_text(encoding="utf-8")
                        for language in LANGUAGES)
    return english.removesuffix("\n"), chinese.removesuffix("\n")


TOPICS: dict[str, Both] = {name: page for topic, names in _NAMES.items() for page in (_page(topic),) for name in names}
