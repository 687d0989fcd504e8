"""The layers of a frame in Chinese, each in its one line, and their fields; names of protocols stay."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.explain.texts import alone
from netsandbox.wire.names import ICMP_CODES, ICMP_TYPES

_TYPES = {
    0: "回显应答", 3: "目的不可达", 4: "源抑制", 5: "重定向", 8: "回显请求", 9: "路由器通告", 10: "路由器请求",
    11: "超时", 12: "参数有误", 13: "时间戳请求", 14: "时间戳应答", 17: "地址掩码请求", 18: "地址掩码应答",
}
_CODES = {
    3: ("网络不可达", "主机不可达", "协议不可达", "端口不可达", "需要分片", "源路由失败", "目的网络未知",
        "目的主机未知", "源主机被隔离", "网络被管理员禁止", "主机被管理员禁止", "网络在此服务类型下不可达",
        "主机在此服务类型下不可达", "通信被管理员禁止", "违反主机优先级", "优先级不够"),
    5: ("对网络重定向", "对主机重定向", "对服务类型和网络重定向", "对服务类型和主机重定向"),
    11: ("TTL 在途中用尽", "分片重组超时"),
    12: ("指针指出了错误", "缺少必需的选项", "长度有误"),
}
_NAMES = {name: _TYPES[kind] for kind, name in ICMP_TYPES.items()} | {
    name: chinese for kind, names in ICMP_CODES.items() for name, chinese in zip(names, _CODES[kind], strict=True)}
_WORDS = tuple((re.compile(english), chinese) for english, chinese in (
    (r"(\S+) announces (\S+)", r"\1 通告 \2"), (r"probe: who has (\S+)\?", r"探测：谁有 \1？"),
    (r"request: who has (\S+)\? tell (\S+)", r"请求：谁有 \1？告诉 \2"),
    (r"reply: (\S+) is at (\S+)", r"应答：\1 在 \2"),
    (r"cut off after (\d+) bytes", r"只到第 \1 字节，被截断"),
    (r"malformed: version (\d+), header of (\d+) bytes", r"格式有误：版本 \1，首部 \2 字节"),
    (r"(.+), header of (-?\d+) bytes in (\d+)", r"\1，\3 字节里首部要 \2 字节"),
    (r"(\d+ → \d+), no flags", r"\1，没有标志"),
    (r"(\d+ → \d+), (\d+) bytes", r"\1，\2 字节"), (r"(\d+) bytes", r"\1 字节"),
    (r"(.+), fragment at (\d+), more follow", r"\1，从 \2 起的分片，后面还有"),
    (r"(.+), fragment at (\d+), the last", r"\1，从 \2 起的分片，是最后一片"), (r"carries (.+)", r"里面是 \1"),
    (r"goes on, (\d+) bytes", r"接前面，\1 字节"), (r"query: (.+)", r"查询：\1"), (r"response: (.+)", r"应答：\1"),
    (r"spanning tree", "生成树"), (r"configuration", "配置"), (r"topology change notification", "拓扑变更通知")))
FIELDS = alone("fields")  # Names of fields; one without words here, as of a rare option, stays as it is
_MEANT = {
    "query": "查询", "response": "应答", "authoritative": "权威", "truncated": "被截断",
    "recursion desired": "请求递归", "recursion available": "支持递归", "broadcast": "广播", "multicast": "组播",
    "Don't fragment": "不可分片", "More fragments": "还有分片", "Reserved": "保留"}


def _bracketed(found: re.Match[str]) -> str:
    """A number, and what its bits say."""
    said = [_MEANT.get(word, word) for word in found[2].split(", ")]
    return f"{found[1]}（{('、' if said[0] in _MEANT.values() else ', ').join(said)}）"


_VALUES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(english), chinese) for english, chinese in (
        (r"(\d+) \(multiply by (\d+)\)", r"\1（乘以 \2）"), (r"length (\d+) \((.+)\)", r"长度 \1（\2）"),
        (r"priority (\d+), (.+)", r"优先级 \1，\2"),
        (r"Configuration \((.+)\)", r"配置（\1）"), (r"Topology Change Notification \((.+)\)", r"拓扑变更通知（\1）"),
        (r"(.+) \(correct\)", r"\1（正确）"), (r"(.+) \(should be (.+)\)", r"\1（应为 \2）"),
        (r"(.+) \(left to the device; whole it is (.+)\)", r"\1（留给网卡计算，完整的是 \2）"),
        (r"(.+) \(here are (\d+)\)", r"\1（这里有 \2）"), (r"(\d+) bytes \((.+)\)", r"\1 字节（\2）"),
        (r"(\d+) bytes(.*)", r"\1 字节\2"),
        (r"request \((\d+)\)", r"请求（\1）"), (r"reply \((\d+)\)", r"应答（\1）"),
        (r"(.+) \(((?:0x)?[0-9a-f]+|[A-Z][^()]*|(?:query|response|broadcast|multicast)[^()]*)\)", _bracketed)))
_NUMBERED = re.compile(r"(.+) \((\d+)\)")  # A type or a code of ICMP
_ICMP = re.compile(r"([A-Z][a-z ]+?)(?:: (.+)|, id (\d+), seq (\d+)|, code (\d+))")


def layer_words(summary: str, language: str) -> str:
    """A layer's one line in a language."""
    if language != "zh":
        return summary
    found = _ICMP.fullmatch(summary)
    if found is not None and found[1] in _NAMES:
        kind = _NAMES[found[1]]
        if found[2]:
            return f"{kind}：{_NAMES.get(found[2], found[2])}"
        return f"{kind}，代码 {found[5]}" if found[5] else f"{kind}，标识符 {found[3]}，序号 {found[4]}"
    return next((pattern.sub(words, summary) for pattern, words in _WORDS if pattern.fullmatch(summary)), summary)


def layer_name(name: str, language: str) -> str:
    """A layer's name in a language: a protocol's stays, what is no protocol's has words as a field has."""
    return FIELDS.get(name, name) if language == "zh" else name


def field_words(name: str, value: str, language: str) -> tuple[str, str]:
    """A field's name and value in a language."""
    if language != "zh":
        return name, value
    if (found := _NUMBERED.fullmatch(value)) and found[1] in _NAMES:
        return FIELDS.get(name, name), f"{_NAMES[found[1]]}（{found[2]}）"
    return FIELDS.get(name, name), next((pattern.sub(words, value) for pattern, words in _VALUES
                                         if pattern.fullmatch(value)), value)
