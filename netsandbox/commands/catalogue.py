"""Every verb of the lab's own language by its name and its aliases, in the order in which they are listed."""

from __future__ import annotations

from netsandbox.commands.late import Late, places
from netsandbox.commands.verb import Verb

VERBS: Late[str, Verb] = Late(places("netsandbox.commands", {
    "verbs.lab_verbs": "add-host add-container add-hub add-switch add-bridge connect disconnect remove rm=remove "
                       "set-ip set-mac link toggle-host-net flush-arp arp-model ageing wait enter exit=leave leave "
                       "detach",
    "verbs.program_verbs": "ping arping traceroute exec=execute on=execute",
    "verbs.server_verbs": "serve-http serve-dns", "verbs.capture_verbs": "sniff export", "verbs.show": "show",
    "verbs.flow": "flow", "verbs.why": "why", "verbs.trace": "trace", "expect": "expect",
    "verbs.help_verb": "help=help_verb ?=help_verb",
    "verbs.session_verbs": "step n=step back undo redo goto journal history=journal save load next=next_step new "
                           "until",
    "verbs.branch": "branch"}))


def verbs() -> list[Verb]:
    """Every verb once; this imports them all."""
    return list(dict.fromkeys(VERBS.values()))


IN_CHINESE = {"为什么": "why", "原因": "why", "帮助": "help", "显示": "show", "查看": "show", "后退": "back",
              "单步": "step",
              "撤回": "undo", "重做": "redo", "等待": "wait", "分支": "branch", "保存": "save", "打开": "load",
              "加载": "load", "连接": "connect", "抓包": "sniff", "删除": "remove", "检查": "expect", "进入": "enter",
              "离开": "exit", "下一步": "next", "断开": "disconnect", "导出": "export", "历史": "journal"}
"""What a person types who calls a verb as the panes do -> the verb."""
