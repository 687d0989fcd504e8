"""What became of a frame, in a word or two: for a column of the log, and for who types what the column says."""

from __future__ import annotations

from netsandbox.explain.words import Both, said

VERDICTS: dict[str, Both] = {
    "accepted": ("accepted", "接收"),
    "answered": ("answered", "已答"),
    "ignored": ("ignored", "忽略"),
    "bridged": ("bridged", "桥接"),
    "routed": ("routed", "转发"),
    "waits": ("waits", "等待"),
    "repeated": ("repeated", "中继"),
    "overheard": ("overheard", "偷听到"),
    "sent": ("sent", "发出"),
    "flooded": ("flooded", "泛洪"),
    "dropped": ("dropped", "丢弃"),
    "to port": ("to port", "到端口"),
    "to host": ("to host", "到主机"),
}
DROPS: dict[str, Both] = {
    "OTHERHOST": ("not for it", "给别人的"),
    "NO_SOCKET": ("no socket", "无套接字"),
    "PKT_TOO_SMALL": ("too short", "太短"),
    "TCP_CSUM": ("TCP checksum", "TCP 校验"),
    "UDP_CSUM": ("UDP checksum", "UDP 校验"),
    "PROTO_MEM": ("no memory", "内存不够"),
    "TCP_FLAGS": ("odd flags", "标志不合"),
    "TCP_ABORT_ON_DATA": ("program gone", "程序已走"),
    "TCP_ZEROWINDOW": ("window shut", "窗口已关"),
    "TCP_OLD_DATA": ("old data", "旧数据"),
    "TCP_OVERWINDOW": ("over window", "超出窗口"),
    "TCP_OFOMERGE": ("got already", "已经收过"),
    "TCP_OFO_DROP": ("out of order", "乱序太多"),
    "TCP_RFC7323_PAWS": ("old timestamp", "时间戳旧"),
    "TCP_RFC7323_PAWS_ACK": ("overtaken", "被赶超"),
    "TCP_RFC7323_TW_PAWS": ("old timestamp", "时间戳旧"),
    "SOCKET_FILTER": ("filtered", "被过滤"),
    "TCP_LISTEN_OVERFLOW": ("queue full", "队列已满"),
    "TCP_OLD_SEQUENCE": ("old number", "旧序号"),
    "TCP_INVALID_SEQUENCE": ("bad number", "序号不合"),
    "TCP_INVALID_END_SEQUENCE": ("bad number", "序号不合"),
    "TCP_INVALID_ACK_SEQUENCE": ("bad ACK", "确认不合"),
    "TCP_RESET": ("reset", "已重置"),
    "TCP_INVALID_SYN": ("odd SYN", "SYN 不合"),
    "TCP_CLOSE": ("closed", "已关闭"),
    "TCP_OLD_ACK": ("old ACK", "旧确认"),
    "TCP_TOO_OLD_ACK": ("old ACK", "旧确认"),
    "TCP_ACK_UNSENT_DATA": ("bad ACK", "确认不合"),
    "SOCKET_RCVBUFF": ("buffer full", "缓冲已满"),
    "IP_CSUM": ("IP checksum", "IP 校验"),
    "IP_INHDR": ("bad header", "首部不合"),
    "IP_RPFILTER": ("rp_filter", "源路不对"),
    "IP_OUTNOROUTES": ("no route", "没有路由"),
    "IP_INNOROUTES": ("no route", "没有路由"),
    "NOT_JOINED": ("not joined", "没有加入"),
    "IP_INADDRERRORS": ("not its own", "不归它"),
    "UNICAST_IN_L2_MULTICAST": ("in multicast", "组播帧里"),
    "IP_LOCALNET": ("127/8 outside", "127 在外"),
    "IP_LOCAL_SOURCE": ("own source", "源是自己"),
    "IP_INVALID_SOURCE": ("bad source", "源不合"),
    "IP_INVALID_DEST": ("bad target", "目的不合"),
    "IP_NOPROTO": ("no protocol", "无此协议"),
    "ICMP_CSUM": ("ICMP checksum", "校验和错"),
    "INVALID_PROTO": ("not valid", "内容不合"),
    "UNHANDLED_PROTO": ("no handler", "无此协议"),
    "PKT_TOO_BIG": ("too big", "太大"),
    "NEIGH_CREATEFAIL": ("ARP full", "邻居表满"),
    "NEIGH_FAILED": ("no ARP reply", "ARP 未答"),
    "NEIGH_QUEUEFULL": ("ARP queue", "等待已满"),
    "NEIGH_DEAD": ("entry gone", "表项已删"),
    "DUP_FRAG": ("got already", "已经收过"),
    "FRAG_REASM_TIMEOUT": ("parts missing", "分片不齐"),
    "FRAG_TOO_FAR": ("too big", "太大"),
    "DEV_READY": ("down", "没有启用"),
    "NETFILTER_DROP": ("by a rule", "规则丢弃"),
    "BRIDGE_INGRESS_STP_STATE": ("port closed", "桥不转发"),
    "BRIDGE_NO_EGRESS_PORT": ("no port", "没有端口"),
    "BRIDGE_INGRESS_VLAN": ("other VLAN", "VLAN 不符"),
    "BRIDGE_EGRESS_VLAN": ("other VLAN", "VLAN 不符"),
    "BPDU_INVALID": ("bad BPDU", "BPDU 错"),
    "IGMP_INVALID": ("bad IGMP", "IGMP 错"),
    "MAC_INVALID_SOURCE": ("bad source", "源不合"),
    "ARP_INVALID": ("bad ARP", "ARP 不合"),
    "ICMP_IGNORED": ("ignored", "不予理会"),
    "CASCADE_TOO_LONG": ("loop", "环路"),
    "LINK_GONE": ("link gone", "线路没了"),
    "VXLAN_INVALID_HDR": ("bad VXLAN", "VXLAN 错"),
    "VXLAN_ENTRY_EXISTS": ("other place", "位置不符"),
    "LOCAL_MAC": ("own MAC", "自己 MAC"),
    "VXLAN_VNI_NOT_FOUND": ("no such VNI", "无此 VNI"),
    "NO_TX_TARGET": ("no target", "没有去处"),
    "TUNNEL_UNKNOWN": ("no tunnel", "无此隧道"),
    "TUNNEL_INVALID": ("bad tunnel", "隧道不合"),
    "RECURSION_LIMIT": ("circle", "绕圈"),
    "QDISC_DROP": ("queue lost", "队列丢弃"),
    "BOND_INACTIVE": ("idle slave", "备用成员"),
    "MACVLAN_FOREIGN": ("kept apart", "互相隔开"),
    "TUN_NO_READER": ("no reader", "无程序读"),
    "DEV_NULL": ("dummy", "虚设备"),
    "VLAN_UNKNOWN": ("no VLAN", "无此 VLAN"),
}
"""Why it was dropped, by the kernel's name of the reason: sentences are in `english_drops` and `chinese_drops`."""


def drop_words(name: str, language: str) -> str:
    """Why it was dropped, or that it was overheard, in two words; a reason without them by its name."""
    words = DROPS.get(name) or VERDICTS.get(name)
    return said(words, language) if words else name


_FILTER_WORDS = {
    "或": "or", "或者": "or", "与": "and", "和": "and", "且": "and", "并且": "and", "非": "not", "不": "not",
    "所有人": "broadcast",
}


def filter_of(word: str) -> str:
    """The filter of the log that shows what a column says in Chinese, or its `or`, `and`, `not`; else empty."""
    if word in _FILTER_WORDS:
        return _FILTER_WORDS[word]
    for name, (_english, chinese) in VERDICTS.items():
        if word == chinese:
            return "drop" if name == "dropped" else f'verdict "{name}"' if " " in name else f"verdict {name}"
    reasons = [name for name, (_english, chinese) in DROPS.items() if word == chinese]
    return f"reason {' or '.join(reasons)}" if reasons else ""
