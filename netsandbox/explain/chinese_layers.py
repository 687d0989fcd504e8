"""The layers of a frame in Chinese, each in its one line, and their fields; names of protocols stay."""

from __future__ import annotations

import re

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
FIELDS: dict[str, str] = {
    "Destination": "目的", "Source": "源", "Type": "类型", "Hardware type": "硬件类型", "Protocol type": "协议类型",
    "Protocol Type": "协议类型", "Hardware size": "硬件地址长度", "Protocol size": "协议地址长度", "Opcode": "操作",
    "Sender MAC address": "发送方 MAC 地址", "Sender IP address": "发送方 IP 地址",
    "Target MAC address": "目标 MAC 地址", "Target IP address": "目标 IP 地址", "Addresses": "地址",
    "Version": "版本", "Header Length": "首部长度", "Differentiated Services Field": "区分服务",
    "Total Length": "总长度",
    "Identification": "标识", "Flags": "标志", "Fragment Offset": "片偏移", "Time to Live": "生存时间（TTL）",
    "Protocol": "协议", "Header Checksum": "首部校验和", "Source Address": "源地址", "Destination Address": "目的地址",
    "Code": "代码", "Checksum": "校验和", "Identifier": "标识符", "Sequence Number": "序号", "Unused": "未使用",
    "MTU of next hop": "下一跳的 MTU", "Gateway Address": "网关地址", "Pointer": "指针",
    "Rest of header": "首部其余部分",
    "Interface flags": "接口标志", "Source Port": "源端口", "Destination Port": "目的端口", "Length": "长度",
    "Acknowledgment Number": "确认号", "Window": "窗口", "Urgent Pointer": "紧急指针", "Reserved": "保留",
    "Tag control information": "标签控制信息", "DSAP": "DSAP", "SSAP": "SSAP", "Control": "控制",
    "Protocol Identifier": "协议标识符", "Protocol Version Identifier": "协议版本标识符", "BPDU Type": "BPDU 类型",
    "BPDU flags": "BPDU 标志", "Root Identifier": "根标识", "Root Path Cost": "根路径开销",
    "Bridge Identifier": "网桥标识",
    "Port identifier": "端口标识", "Message Age": "消息寿命", "Max Age": "最大寿命", "Hello Time": "Hello 间隔",
    "Forward Delay": "转发延迟", "Flags and Version": "标志和版本", "Malformed": "格式有误", "Truncated": "被截断",
    "VXLAN Network Identifier (VNI)": "VXLAN 网络标识（VNI）", "Data": "数据",
    "End of option list": "选项结束", "End of options list": "选项结束", "No-operation": "无操作",
    "Maximum segment size": "最大报文段长度", "Window scale": "窗口扩大", "SACK permitted": "允许 SACK", "SACK": "SACK",
    "Timestamps": "时间戳", "Time stamp": "时间戳", "Record route": "记录路由", "Security": "安全",
    "Transaction ID": "事务标识", "Questions": "问题数", "Answer RRs": "回答记录数", "Authority RRs": "权威记录数",
    "Additional RRs": "附加记录数", "Question": "问题", "Answer": "回答", "Authority": "权威", "Additional": "附加",
    "Request": "请求行", "Response": "状态行", "Line": "行",
    "End of head": "首部结束", "Body": "正文",
    "Loose source route": "宽松源路由", "Strict source route": "严格源路由", "Router alert": "路由器警示",
}
"""Names of fields; one without words here, as of a rare option, stays as it is."""
_VALUES = tuple((re.compile(english), chinese) for english, chinese in (
    (r"(.+) \(correct\)", r"\1（正确）"), (r"(.+) \(should be (.+)\)", r"\1（应为 \2）"),
    (r"(.+) \(left to the device; whole it is (.+)\)", r"\1（留给网卡计算，完整的是 \2）"),
    (r"(.+) \(here are (\d+)\)", r"\1（这里有 \2）"), (r"(\d+) bytes \((.+)\)", r"\1 字节（\2）"),
    (r"(\d+) bytes(.*)", r"\1 字节\2"),
    (r"request \((\d+)\)", r"请求（\1）"), (r"reply \((\d+)\)", r"应答（\1）"),
    (r"(.+) \(((?:0x)?[0-9a-f]+|[A-Z][^()]*)\)", r"\1（\2）")))
_NUMBERED = re.compile(r"(.+) \((\d+)\)")
"""A type or a code of ICMP."""
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


def field_words(name: str, value: str, language: str) -> tuple[str, str]:
    """A field's name and value in a language."""
    if language != "zh":
        return name, value
    if (found := _NUMBERED.fullmatch(value)) and found[1] in _NAMES:
        return FIELDS.get(name, name), f"{_NAMES[found[1]]}（{found[2]}）"
    return FIELDS.get(name, name), next((pattern.sub(words, value) for pattern, words in _VALUES
                                         if pattern.fullmatch(value)), value)
