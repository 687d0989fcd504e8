"""All texts of the user interface: language -> key -> text."""

from __future__ import annotations

EN: dict[str, str] = {
    "kind.hub": "hub",
    "kind.switch": "switch",
    "kind.bridge": "bridge",
    "kind.stub": "port",
    "group.hosts": "hosts",
    "note.host-net": "host net",
    "note.shared": "shares",
    "note.no-net": "no net",
    "note.exited": "exited",
    "note.created": "created",
    "note.down": "down",
    "note.no-carrier": "no carrier",
}

ZH: dict[str, str] = {
    "kind.hub": "集线器",
    "kind.switch": "交换机",
    "kind.bridge": "网桥",
    "kind.stub": "端口",
    "group.hosts": "台主机",
    "note.host-net": "主机网络",
    "note.shared": "共享",
    "note.no-net": "无网络",
    "note.exited": "已退出",
    "note.created": "已创建",
    "note.down": "断开",
    "note.no-carrier": "无载波",
}

CATALOGUE: dict[str, dict[str, str]] = {"en": EN, "zh": ZH}
