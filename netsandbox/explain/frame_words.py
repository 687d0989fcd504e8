"""A frame's own line in the log: in the reader's language, and shorter where its column is narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

Forms = tuple[tuple[str, str], ...]  # What is replaced, and by what

_CARRIER = re.compile(
    r"^(?:vlan (\d+), |[\d.]+ > [\d.]+: (?:VXLAN|OTV), flags \[I\] \(0x08\), ((?:vni|overlay 0, instance) \d+: )"
    r"(?:[0-9a-f:]+ > (?:[0-9a-f:]+|Broadcast), ethertype .*?, length \d+: )?)"
)
"""What a frame is in: a VLAN's tag, a VXLAN network's packet."""

_ENDS: Forms = (
    # Who speaks to whom is a column; of a datagram's ends only the ports are news.
    (r"^[\d.]+\.(\d+) > [\d.]+\.(\d+): (?=Flags|UDP|\d|\[)", r"\1 > \2: "),
    (r"^\d+(?:\.\d+){3} > \d+(?:\.\d+){3}: (?:ICMP )?", ""),
    # What a reader needs of an ICMP error is its reason, which stands last.
    (r"^((?:host |net )?\S+) unreachable - (.+?)(?=$|, length)", r"\2: \1"),
)
_BRIEF: Forms = (
    (r", length \d+$", ""),
    (r"^(?:ICMP )?(echo \w+), id \d+(?=, seq)", r"\1"),
)
_BRIEFEST: Forms = (
    (r"^(?:Request|Reply) (?=who-has|\d)", ""),
    (r"^who-has (\S+)(?: \(\S+\))? tell \1$", r"\1 announced"),
    (r"^(echo \w+), seq (\d+)$", r"\1 \2"),
    (r"^(who-has \S+).* tell .*", r"\1"),
    (r"^who-has (\S+)$", r"\1?"),
    (r"^igmp (.+?)(?: record\(s\))?$", r"\1"),
    (r"^STP \S+, ", ""),
)
KIND = 43  # Cells from which on a line of ARP says which kind it is: its words tell that too
_TINIEST: tuple[tuple[int, str, str], ...] = (
    (KIND, r"^(?:Request|Reply) (?=who-has|\d)", ""),
    (14, r"^echo (\w+) (\d+)$", r"\1 \2"),
    (20, r"^(?:host|net) (\S+) unreachable", r"unreachable: \1"),
    (20, r"^(?:主机|网络) (\S+) 不可达", r"不可达：\1"),
)
"""What is to be seen first in a column of fewer cells, where the rest is cut."""
_BRIEFEST_CHINESE: Forms = (
    (r"^Request who-has (\S+)(?: \(\S+\))? tell (?!\1$)\S+", r"问 \1"),
    (r"^Reply (?=\S+ is-at)", "答 "),
    (r"^(echo \w+), seq (\d+)$", r"\1 \2"),
)
_CHINESE: Forms = (
    (r"^Request who-has (\S+)(?: \(\S+\))? tell \1(?=$|,)", r"\1 通告"),
    (r"^Request who-has (\S+)(?: \(\S+\))? tell (\S+?)(?=$|,)", r"谁有 \1？\2 问"),
    (r"^(答 )?(?:Reply )?(\S+) is-at (\S+?)(?=$|,)", r"\1\2 在 \3"),
    (r"^echo request", "回显请求"),
    (r"^echo reply", "回显应答"),
    (r"^(.*: )?host (\S+) unreachable", r"\1主机 \2 不可达"),
    (r"^(.*: )?net (\S+) unreachable", r"\1网络 \2 不可达"),
    (r"^(\S+ \w+) port (\d+) unreachable", r"\1 端口 \2 不可达"),
    (r"^(\S+) protocol (\S+) unreachable", r"\1 协议 \2 不可达"),
    (r"^need to frag", "需要分片"),
    (r"^admin prohibited(?: filter)?", "管理上禁止"),
    (r"^source route failed", "源路由失败"),
    (r"(?<=: )(host|net) (?=\d)", ""),
    (r"^redirect(?:-tos)? (\S+) to (?:host|net) (\S+?)(?=$|,)", r"重定向：去 \1 走 \2"),
    (r"^time exceeded in-transit", "TTL 用尽"),
    (r"^ip reassembly time exceeded", "重组超时"),
    (r"^igmp (v\d) report", r"\1 成员报告"),
    (r"^igmp query (v\d)", r"\1 成员查询"),
    (r"^igmp leave ", "离开组 "),
    (r", (\d+) group record\(s\)", r"，\1 个组"),
    (r"^STP \S+, Config", "配置消息"),
    (r"^STP \S+, Rapid STP", "快速生成树消息"),
    (r"^STP \S+, Topology Change", "拓扑变化通知"),
    (r", Flags \[none\]", ""),
    (r"Topology change ACK", "拓扑变化确认"),
    (r"Topology change", "拓扑变化"),
    (r", bridge-id ", "，网桥 "),
    (r"BOOTP/DHCP, Request from ", "DHCP 请求，来自 "),
    (r"BOOTP/DHCP, Reply", "DHCP 应答"),
    (r", Flags ", "，标志 "),
    (r", options ", "，选项 "),
    (r", id (?=\d)", "，标识 "),
    (r"(?<=[答求]), seq (?=\d)", "，序号 "),
    (r"(?<=\d), seq (\d+)(?=$|, length)", r"，序号 \1"),
    (r",? length (?=\d)", "，长度 "),
    (r"^(\d+ > \d+): ", r"\1："),
    (r"(?<=[\u4e00-\u9fff）]): ", "："),
    (r" \(mtu (\d+)\)", r"（MTU \1）"),
    (r"(?<=[^\x00-\x7f]), ", "，"),
)
"""What tcpdump says, in words of a Chinese reader; names of fields stay."""
BRIEF, WHOLE = 38, 64  # Cells from which on a line is told without what other columns say, and as tcpdump tells it
_SEGMENT = re.compile(
    r"[\d.]+\.(?P<ports>\d+ > )[\d.]+\.(?P<port>\d+): Flags (?P<flags>\[[^]]*\])(?P<numbers>.*?)"
    r"(?:, options \[(?P<options>(?P<mss>mss \d+)?[^]]*)\])?(?:, length (?P<size>\d+))?(?P<said>: .*)?"
)
_VERSION = re.compile(r"^HTTP/[\d.]+ | HTTP/[\d.]+$")
TIGHT, NUMBERS, SEGMENT = 18, 88, 150
"""Cells from which on a TCP segment's ports stand apart, it is told with its numbers, and with its options."""
_NAMES = re.compile(
    r"[\d.]+\.(?P<ports>\d+ > )[\d.]+\.(?P<port>\d+): \d+[^ ?]*(?P<code> [A-Z][A-Za-z]+)?[-*|$%]*(?: \[[^]]*\])*"
    r"(?: q:)? (?P<kind>[A-Z][A-Z0-9]*)\? (?P<name>\S+?)\.?(?P<answers> \d+/\d+/\d+(?P<records>.*))? \(\d+\)"
)
"""A question to a name server, or its answer, in which the log tells the question as `tcpdump -vv` does."""
_CODES = {"NXDomain": "没有这个名字", "ServFail": "服务器失败", "Refused": "服务器拒绝"}


def shortened(line: str, width: int, language: str) -> str:
    """A frame's line for a column of `width` cells: whole in a wide one, in fewer words in others.

    The form goes by the column and not by the line, so that rows below each other are told alike.
    """
    segment = _SEGMENT.fullmatch(line) if width < SEGMENT or language == "zh" else None
    if segment is not None:
        return _segment(segment, width, language)
    if width >= WHOLE and language != "zh":
        return line
    carrier = _CARRIER.match(line)
    if carrier is not None:
        inside = shortened(line[carrier.end():], width, language)
        tag = f"VLAN {carrier[1]}，" if language == "zh" else f"vlan {carrier[1]}, "
        return carrier[2] + inside if carrier[2] else f"v{carrier[1]} {inside}" if width < BRIEF else tag + inside
    names = _NAMES.fullmatch(line)
    if names is not None:
        return _names(names, width, language)
    fewer = _ENDS + (_BRIEF if width < WHOLE else ())
    if language == "zh":
        fewer += (_BRIEFEST_CHINESE if width < BRIEF else ()) + _CHINESE
    elif width < BRIEF:
        fewer += _BRIEFEST
    for pattern, less in fewer:
        line = re.sub(pattern, less, line)
    for least, pattern, less in _TINIEST:
        line = re.sub(pattern, less, line) if width < least else line
    return line


def words_in(language: str) -> Callable[[str], str] | None:
    """How a diagram tells of a frame where that is not in tcpdump's words."""
    return partial(shortened, width=BRIEF, language=language) if language == "zh" else None


def protocol_of(protocol: str, line: str) -> str:
    """What a row's protocol is called: what a segment or datagram carries, where the line tells of it."""
    if protocol == "TCP" and re.search(r": HTTP(?:$|:)", line):
        return "HTTP"
    return "DNS" if protocol == "UDP" and _NAMES.fullmatch(line) else protocol


def _segment(found: re.Match[str], width: int, language: str) -> str:
    """A TCP segment: ten digits of a sequence number leave no room for how much it carries, and what."""
    ports, flags, said = found["ports"] + found["port"], found["flags"], found["said"] or ""
    ports = ports.replace(" ", "") if width < TIGHT else ports
    comma, colon, length = (", ", ": ", "length ") if language != "zh" else ("，", "：", "长度 ")
    size = f"{comma}{length}{found['size']}" if found["size"] else ""
    if width < NUMBERS and said.startswith(": HTTP"):
        what = _VERSION.sub("", said.removeprefix(": HTTP").removeprefix(": ")) or f"{length}{found['size']}"
        return f"{what}{comma}{ports}"
    named = flags if language == "zh" else f"Flags {flags}"
    told = f"{flags} {ports}" if width < BRIEF else f"{ports}{colon}{named}"  # what is news first, where it is cut
    if width >= NUMBERS:
        told += found["numbers"].replace(", ", comma)
    if width >= SEGMENT and found["options"]:
        told += f"，选项 [{found['options']}]"
    elif found["mss"] and width >= TIGHT:
        told += f"{comma}{found['mss']}"
    if said and width < NUMBERS:
        return f"{told}{comma}{said.removeprefix(': ')}"
    return told + (size if found["size"] != "0" or width >= NUMBERS else "") + said.replace(": ", colon, 1)


def _names(found: re.Match[str], width: int, language: str) -> str:
    """The name asked, and what came of it."""
    name, code, is_chinese = found["name"] or ".", (found["code"] or "").strip(), language == "zh"
    if found["answers"] is None:
        told = f"{found['kind']}? {name}"
    elif code:
        told = f"{name}：{_CODES.get(code, code)}" if is_chinese else f"{name}: {code}"
    else:
        none = f"没有 {found['kind']}" if is_chinese else f"no {found['kind']}"
        told = f"{name} {found['records'].strip() or none}"
    if width < BRIEF:
        told = re.sub(r" A(?:AAA)? (?=[\d.:a-f]+$)", " ", told)
    return told if width < WHOLE else f"{found['ports']}{found['port']}：{told}"
