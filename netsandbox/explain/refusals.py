"""What netsandbox itself refuses, in 简体中文.

An error is raised where it is found, below this room, with its English words;
here stands how it is said in Chinese, by those words.  `{…}` stands for what
differs, and is said again as it is, but for the parts that have words here.
What a kernel's or Docker's tool prints is not here: it stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from netsandbox.explain.refusals_of_files import FOUND, NOUNS_OF_FILES, OF_FILES
from netsandbox.explain.refusals_of_notes import OF_NOTES
from netsandbox.explain.refusals_of_programs import NOUNS_OF_CONDITIONS, OF_COMMAND_LINE, OF_PROGRAMS
from netsandbox.explain.refusals_of_tools import OF_TOOLS, THINGS_OF_TOOLS, WHY_OF_TOOLS
from netsandbox.explain.sniffed import sniffed
from netsandbox.explain.verdicts import filter_of

OF_VERBS: dict[str, str] = {
    "unknown command {name}": "没有命令 {name}",
    "no host or container {name}": "没有主机或容器 {name}",
    "no interface on {node} {name}": "{node} 没有接口 {name}",
    "no ARP model {name}": "没有 ARP 模型 {name}",
    "no {kind} {name}": "没有{kind} {name}",
    "no branch can be called {name}: a name is new, of letters, digits, dots and hyphens, and at most {most} long":
        "分支不能叫 {name}：名称必须是新的，由字母、数字、点和连字符组成，最多 {most} 个字符",
    "there is already a node {name}": "已经有名为 {name} 的节点",
    "container {name} is not running; `docker start {again}` starts it":
        "容器 {name} 没有运行；`docker start {again}` 启动它",
    "{name} is made when it is first needed, and nothing has needed it yet": "{name} 到第一次需要时才建立，现在还没有",
    "{name} has no interface yet; `connect {again} …` makes one": "{name} 还没有接口；`connect {again} …` 会建立一个",
    "{name} has several interfaces: name one, as {example}": "{name} 有多个接口：请指明一个，例如 {example}",
    "{name} has {limit} ports and all are used": "{name} 有 {limit} 个端口，都已占用",
    "{name} cannot be connected to itself": "{name} 不能与自己相连",
    "{name} is no interface name (1 to {most} letters, digits, . _ -)":
        "{name} 不是接口名称（1 到 {most} 个字母、数字、. _ -）",
    "{end} is a {kind}: a cable needs an interface of its own": "{end} 是{kind}：网线需要自己的接口",
    "{end} is already connected to {other}; `disconnect {again}` frees it":
        "{end} 已经与 {other} 相连；`disconnect {again}` 可以断开",
    "{name} is not connected": "{name} 没有连接",
    "no cable joins {one} and {other}": "没有网线连接 {one} 和 {other}",
    "{text} needs a prefix length, as {again}/24": "{text} 需要前缀长度，例如 {again}/24",
    "{network} is the subnet's {what} address; choose one between": "{network} 是子网的{what}地址；请选择中间的地址",
    "{network} is not an address that a host can have": "{network} 不是主机可以使用的地址",
    "{mac} is a group address or zero; a station needs a unicast one (even first byte)":
        "{mac} 是组地址或全零；站点需要单播地址（第一个字节是偶数）",
    "a link is set up or down, not {state}": "接口只能设为 up 或 down，不能是 {state}",
    "{name} uses the network of {mode}; only bridge and host can be toggled":
        "{name} 使用 {mode} 的网络；只有 bridge 和 host 可以切换",
    "{name} is no name: up to {most} letters, digits, '.', '_' and '-', beginning with a letter or digit":
        "{name} 不能作名称：最多 {most} 个字母、数字、“.”、“_”和“-”，以字母或数字开头",
    "{text} is no LAN for an uplink: expected a network of /8 to /{smallest}, as {lan}":
        "{text} 不能作上行链路的局域网：应为 /8 到 /{smallest} 的网络，例如 {lan}",
    "{text} is a part of the internet that is behind the uplink": "{text} 属于上行链路后面的互联网",
    "{name} has no address yet; `set-ip {again} 10.0.0.1/24` gives it one":
        "{name} 还没有地址；可以用 `set-ip {again} 10.0.0.1/24` 给它配一个",
    "sniff: -c needs N": "sniff：-c 后面要有数字 N",
    "sniff: -c counts from 1": "sniff：-c 从 1 数起",
    "sniff: {name} is down; `link {again} up` brings it up": "sniff：{name} 已停用；`link {again} up` 启用它",
    "export: there is no session here that could write files": "export：这里没有可以写文件的会话",
    "export: {word} on a line of its own sets a variable; `export FILE` writes the frames":
        "export：单独一行的 {word} 是设置变量；`export FILE` 写出帧",
    "no connection {which}: there are 1 to {last}; `flow` lists them":
        "没有连接 {which}：现有 1 到 {last}；`flow` 列出它们",
    "no connection {which}: there is none so far; `flow` lists them":
        "没有连接 {which}：现在还没有连接；`flow` 列出它们",
    "no help on {topic}": "没有关于 {topic} 的帮助",
    "{word} opens a shell here, which needs a line of its own": "{word} 在这里打开 shell，需要单独一行",
    "{text} is not a duration; write 30s, 500ms, 2m, 1d or 1.5":
        "{text} 不是时间长度；可以写 30s、500ms、2m、1d 或 1.5",
    "{text} is longer than ten years": "{text} 超过十年",
    "{name} is not one bridge": "{name} 不是一个网桥",
    "{text} is not a number from 0 to 999999999": "{text} 不是 0 到 999999999 的数字",
    "{text} is not one of: {words}": "这里不能写 {text}；可以写 {words}",
    "{text} is no share; write 5% or 0.1%": "{text} 不是比例；可以写 5% 或 0.1%",
    "{text} is no rate; write 1mbit or 64kbit": "{text} 不是速率；可以写 1mbit 或 64kbit",
    "wait: the lab is not quiet after {steps} steps: some program goes on for ever; give a time, as wait 10s":
        "wait：{steps} 步之后实验网络仍未空闲：有程序一直在运行；请写时间，例如 wait 10s",
    "no shell was entered; ctrl+q or `quit` ends netsandbox": "没有进入 shell；ctrl+q 或 `quit` 退出 netsandbox",
    "no container's shell was entered; `exit` leaves what `enter` opened":
        "没有进入容器的 shell；`exit` 离开 `enter` 打开的 shell",
    "{word} is a verb of the lab, not a program": "{word} 是实验网络的动词，不是程序",
    "{word} needs a line of its own": "{word} 需要单独一行",
    "{word} only looks, and $(…) does something: it cannot stand there":
        "{word} 只是查看，而 $(…) 会做事：不能放在那里",
    "port {port} of {node} is taken": "{node} 的端口 {port} 已被占用",
    "{text} is no name with an address, as example.com=203.0.113.9":
        "{text} 不是带地址的名称，例如 example.com=203.0.113.9",
    "there is no session here to move in time": "这里没有可以前进后退的会话",
    "there is no record #{number}; the trace holds #{first} to #{last}": "没有记录 #{number}；现有 #{first} 到 #{last}",
    "there is no command c{number}; the journal has {count}": "没有命令 c{number}；一共有 {count} 条",
    "the scenario has no further step": "场景没有更多的步骤了",
    "until: the time is a whole number of nanoseconds": "until：时间是以纳秒为单位的整数",
    "nothing to show for {what}": "{what} 没有可显示的内容",
    "{name} is a bridge, of which there is only `show mac {again}`; the others take its node":
        "{name} 是网桥，只能用 `show mac {again}`；其他的表请写它所在的节点",
    "trace: tcp and udp need a port, as in 172.17.0.2:80; icmp has none":
        "trace：tcp 和 udp 需要端口，例如 172.17.0.2:80；icmp 没有端口",
    "trace: {port} is no port: a number from 1 to {most}": "trace：{port} 不是端口：应为 1 到 {most} 的数字",
    "{verb}: {word} is missing; usage: {usage}": "{verb}：缺少 {word}；用法：{usage}",
    "{verb}: {option} needs {what}; usage: {usage}": "{verb}：{option} 后面要有 {what}；用法：{usage}",
    "{verb}: {option} takes no value": "{verb}：{option} 不带值",
    "{verb}: unknown option {word}; usage: {usage}": "{verb}：没有选项 {word}；用法：{usage}",
    "{verb}: {word} is one word too many; usage: {usage}": "{verb}：多了 {word}；用法：{usage}",
    "{node} has no neighbour row for {address}; it has {known}": "{node} 没有 {address} 的邻居表项；现有 {known}",
    "{node} has no neighbour row for {address}; it has none": "{node} 没有 {address} 的邻居表项；它的邻居表是空的",
    "{bridge} has no row for {mac}; it has {known}": "{bridge} 没有 {mac} 的表项；现有 {known}",
    "{bridge} has no row for {mac}; it has none": "{bridge} 没有 {mac} 的表项；它的 MAC 表是空的",
    "{port} is no port: a number from 0 to {most}": "{port} 不是端口：应为 0 到 {most} 的数字",
    "nothing between {one} and {other} was dropped or refused, in all that the trace keeps":
        "在保留的记录里，{one} 和 {other} 之间没有丢弃或拒绝过什么",
    "nothing of {end} was dropped or refused, in all that the trace keeps":
        "在保留的记录里，{end} 没有什么被丢弃或拒绝过",
    "nobody on {node} has taken port {port}, or was refused it, in all that the trace keeps":
        "在保留的记录中，{node} 上没有人占用过端口 {port}，也没有人被拒绝使用它",
    "why takes nothing, a record's number, one or two nodes, `arp NODE ADDRESS`, `fdb BRIDGE MAC`, `port NODE NUMBER`, "
    "`rule NODE [TABLE] CHAIN NUMBER` or `connection NODE WORD…`; `help why` tells of each":
        "why 后面可以什么都不写，或写记录的编号、一两个节点、`arp NODE ADDRESS`、`fdb BRIDGE MAC`、`port NODE NUMBER`、"
        "`rule NODE [TABLE] CHAIN NUMBER`、`connection NODE WORD…`；`help why` 有详细说明",
    "why rule needs NODE [TABLE] CHAIN NUMBER, as in `why rule host nat POSTROUTING 1`":
        "why rule 需要 NODE [TABLE] CHAIN NUMBER，例如 `why rule host nat POSTROUTING 1`",
    "no table {table}": "没有表 {table}",
    "{number} is no rule's number; the first is 1": "{number} 不是规则的编号；第一条是 1",
    "table {table} of {node} has no chain {chain}": "{node} 的 {table} 表没有链 {chain}",
    "{chain} of {node} has {count} rules": "{node} 的 {chain} 有 {count} 条规则",
    "{chain} of {node} has {count} rule": "{node} 的 {chain} 有 {count} 条规则",
    "why connection needs NODE, and words of the entry's line, as in `why connection host dport=8080`":
        "why connection 需要 NODE 和该表项那一行中的词，例如 `why connection host dport=8080`",
    "{node} tracks no connection with {words}": "{node} 没有跟踪含有 {words} 的连接",
    "{node} tracks no connection": "{node} 没有跟踪任何连接",
    "the line has {count} characters; {most} are the most": "这一行有 {count} 个字符；最多 {most} 个",
    "the line holds control characters ({code})": "这一行含有控制字符（{code}）",
    "the replay took another way than the lab did before": "重放与实验网络原来的过程不同",
    "the replay came to an end before the lab did": "重放在实验网络原来的终点之前就结束了",
    "there is no session here that could have branches": "这里没有可以有分支的会话",
    "branch: which one? `branch` lists them": "branch：哪一个？`branch` 列出各分支",
    "branch: --node goes with --compare": "branch：--node 要与 --compare 一起使用",
    "there is no branch {name}": "没有分支 {name}",
    "flow: there is no session here that could write files": "flow：这里没有可以写文件的会话",
    "flow: either a connection or --frames": "flow：连接和 --frames 只能选一个",
    "flow: no frame passes the filter, so that nothing was written": "flow：没有帧符合过滤条件，什么都没有写",
    "flow: --svg writes SVG, and {suffix} is no name for it: {file}":
        "flow：--svg 写的是 SVG，不能叫 {suffix}；可以写成 {file}",
    "flow: a picture of what? `flow 1 --svg FILE`, or with --frames FILTER":
        "flow：要什么的图？`flow 1 --svg FILE`，或加 --frames FILTER",
    # -- what verbs answer
    "written to {file}": "已写入“{file}”",
    "on {name}: step {step}, {time}": "在 {name}：第 {step} 步，{time}",
    "no table differs from the end of {name}": "与 {name} 的末尾相比，没有不同的表",
    "step {step} of {last}, {time}": "第 {step}/{last} 步，{time}",
    "step {step}, {time}": "第 {step} 步，{time}",
    "an empty lab; `load docker0` brings back the one with two containers":
        "空的实验网络；`load docker0` 回到有两个容器的那个",
    "nothing to take back": "没有可以撤回的",
    "only the set-up is left, which is not taken back": "只剩下准备部分，它不能撤回",
    "nothing to do again": "没有可以重做的",
    "taken back": "已撤回",
    "taken back: {line}": "已撤回：{line}",
    "it was refused and had changed nothing": "它当时被拒绝，什么也没有改变",
    "and with it {count} line behind it that only looked": "它后面只是查看的 {count} 行也一起撤回",
    "and with it {count} lines behind it that only looked": "它后面只是查看的 {count} 行也一起撤回",
    "done again: the last steps": "已重做：最后几步",
    "done again: {line}": "已重做：{line}",
    "set-up: {line}: {why}": "准备部分没有完成：{line}：{why}",
    "{title}: {count} steps to go": "{title}：还有 {count} 步",
    "{title}: {count} step to go": "{title}：还有 {count} 步",
    "saved {count} lines to {file}, and {left} steps to go": "已把 {count} 行保存到“{file}”，还有 {left} 步",
    "saved {count} lines to {file}, and {left} step to go": "已把 {count} 行保存到“{file}”，还有 {left} 步",
    "saved {count} lines to {file}": "已把 {count} 行保存到“{file}”",
    "nothing was done yet": "还没有做过任何事",
    "{count} frames written to {file}": "已把 {count} 个帧写入“{file}”",
    "{count} frame written to {file}": "已把 {count} 个帧写入“{file}”",
    "the lab has forgotten what happened before frame {first}": "帧 {first} 之前的事已不在记录中",
    "{name}: network host, the host's namespace": "{name}：网络模式 host，在宿主机的命名空间里",
    "{name}: network {mode}, {where}": "{name}：网络模式 {mode}，{where}",
    "again": "重发", "no bytes were carried": "没有传送任何字节", "no frame was sent": "没有发出任何帧",
    "no connection so far; `curl http://ADDRESS/` makes one": "还没有连接；`curl http://ADDRESS/` 会建立一个",
    "The lab is empty. `add-container nginx-1` or `add-host pc1` begins one; `help` lists the rest.":
        "实验网络是空的。从 `add-container nginx-1` 或 `add-host pc1` 开始；`help` 列出其余命令。",
    "no {what} yet": "还没有 {what}",
    "stopped: it waits, and nothing is under way that could end that":
        "已停止：它在等待，而没有任何进行中的事能让等待结束",
    "stopped: more than {limit} in one line": "已停止：一行超过 {limit}",
}
"""English -> Chinese: what the lab, its verbs and the session refuse."""

OF_FILTERS: dict[str, str] = {
    "no keyword {word}: for a name write {example}": "没有关键字 {word}：名称请写成 {example}",
    "no keyword {word}: of a header's bytes only TCP's flags are tests here, as in {example}": (
        "没有关键字 {word}：首部的字节里，这里只能按 TCP 标志过滤，例如 {example}"),
    "{word} wants a number, not {text}": "{word} 需要一个数字，不能是 {text}",
    "no keyword {word}: of Wireshark's fields only addresses, ports and frame.number are tests here": (
        "没有关键字 {word}：Wireshark 的字段里，这里只能按地址、端口和 frame.number 过滤"),
    "no keyword {word}: did you mean {near}?": "没有关键字 {word}：是不是 {near}？",
    "expected a name or an address": "这里应为名称或地址",
    "expected a network such as 172.17.0.0/16": "这里应为网络，例如 172.17.0.0/16",
    "expected an interface": "这里应为接口",
    "expected a value after {word}": "{word} 后面应有一个值",
    "{word} wants a number or a range, not {text}": "{word} 需要数字或范围，不能是 {text}",
    "a {kind} is at most {most}: {text}": "{kind} 最大为 {most}：{text}",
    "the range runs backwards: {text}": "范围颠倒了：{text}",
    "{sign} means nothing here: write `and`, `or`, `&&` or `||`":
        "{sign} 在这里没有意义：请写 `and`、`or`、`&&` 或 `||`",
    "too long: at most {most} words": "太长：最多 {most} 个词",
    "this `)` closes nothing": "这个 `)` 没有对应的 `(`",
    "expected {what}": "这里应有{what}",
    "nested too deeply": "嵌套太深",
    "not a network: {text}; write 172.17.0.0/16": "不是网络：{text}；请写成 172.17.0.0/16",
    "non-network bits set in {text}; did you mean {near}?": "{text} 中主机位不为零；是不是 {near}？",
    "the quote has no end": "引号没有结束",
    "this `(` is never closed": "这个 `(` 没有结束",
}
"""English -> Chinese: what is wrong with a filter of the frame log."""

TAILS: dict[str, str] = {
    " (a line typed in the past begins one, and `branch NAME --rename NEW` names it)":
        "（在过去输入一行命令就会开始一个分支，`branch NAME --rename NEW` 给它改名）",
    "; a file holds one branch: {name}, not {names}": "；一个文件只装一个分支：{name}，不含 {names}",
    "; the app's key f folds a frame's way into one row": "；在界面中按 f 把一个帧的全程折成一行",
    "; the app's key / filters the frame log (`help filter`)": "；在界面中按 / 过滤帧列表（`help filter`）",
    "; did you mean {near}?": "；是不是 {near}？",
    "; `help` lists what there is": "；`help` 列出所有命令",
    "; `exec {name} …` runs a line in it": "；`exec {name} …` 在里面运行命令",
    "; there is none yet": "；现在还没有",
    "; there are: {names}": "；现有：{names}",
    "; `add-host NAME --docker` has it": "；`add-host NAME --docker` 里有",
    "; `exit` leaves this shell first": "；先用 `exit` 离开这个 shell",
    "; expected one of {names}": "；应为其中之一：{names}",
}
"""What an error may end with."""

NOUNS: dict[str, str] = {
    "host": "主机", "container": "容器", "node": "节点", "interface": "接口", "bridge": "网桥", "switch": "交换机",
    "hub": "集线器", "namespace": "命名空间", "network": "网络", "broadcast": "广播", "loopback": "回环接口",
    "branch": "分支", "note": "注意", "profile": "版本", "a text": "文字", "none": "无",
    "a command line": "命令行", "a line": "一行", "a map": "映射", "a list": "列表", "nothing": "空", **NOUNS_OF_FILES,
    **NOUNS_OF_CONDITIONS,
}
"""Kinds of things, as errors name them."""


LISTS = ("names", "known", "words")
"""Fields that are what there is, one after another."""
KINDS = ("kind", "found", "noun")
"""Fields that are a kind of thing: in others the same word is a name that somebody gave, as `host` is a host's."""
SPEAKERS = ("note", "profile")
"""Words before a colon that are nobody's name."""
HELD = "\0"
"""In place of a blank that belongs to a name."""


def translated(text: str, language: str) -> str:
    """An error in a language; in English where it has no Chinese words, as a tool's own has none."""
    return "\n".join(map(_chinese, text.split("\n"))) if language == "zh" else text


def noted(line: str, language: str) -> str:
    """A line that a tool printed: what the sandbox has added to the tool's own words is said in a language."""
    found = _OWN.fullmatch(line) if language == "zh" else None
    if found is None:
        if language != "zh":
            return line
        return _in_its_place(line) if _OF_SANDBOX.search(line) else _missing(line) or sniffed(line) or line
    if found["form"]:
        return f"可以输入：{found['form']}"
    words = _chinese(found["note"])
    mark = "提示" if words.startswith("是不是") else "注意"
    return f"{found['who']}{mark}：{words}" if words != found["note"] else line


def _missing(line: str) -> str | None:
    """A shell's word that a program is not there, as it stands, and the sandbox's hint behind it."""
    found = _MISSING.fullmatch(line)
    if found is None:
        return None
    words = _matched(found["hint"], TAILS)
    return f"{found['said']}{words}" if words else None


_MISSING = re.compile(r"(?P<said>[\w./-]+: \d+: .+: not found)(?P<hint>; .+)")


def is_own(line: str) -> bool:
    """Whether it is what the sandbox has added to a tool's words."""
    return _OWN.fullmatch(line) is not None


_OWN = re.compile(r"Try:  (?P<form>.+)|(?P<who>(?:[\w./-]+: ){0,3})note: (?P<note>.+)")
"""What to type instead; `note: …`, also behind the name of the program that says it."""


_OF_SANDBOX = re.compile(r"(?:^|: )netsandbox: |\bmodelled\b|\bthe sandbox\b")
"""What no real tool says: it is the sandbox that speaks, in the tool's place."""


def _in_its_place(line: str) -> str:
    """What the sandbox says behind a program's name (and curl's number), which stay as they are."""
    behind = re.fullmatch(r"(\S+): (\(\d+\) )?(.+)", line)
    if behind is None:
        return _chinese(line)
    words = _in_its_place(behind[3])
    return line if words == behind[3] else f"{behind[1]}：{behind[2] or ''}{words}"


def _chinese(line: str) -> str:
    missing = _missing(line)
    if missing is not None:
        return missing
    character = _CHARACTER.fullmatch(line)
    if character is not None:
        return f"{'expect：' if character[1] else ''}第 {character[2]} 个字符：{_chinese(character[3])}"
    for tail, words in TAILS.items():
        match = re.fullmatch(f"(?P<whole>.+?){_pattern(tail).pattern}", line)
        if match is not None and (head := _chinese(match["whole"])) != match["whole"]:
            return head + _filled(words, match)
    seen = _NO_KEYWORD.fullmatch(line)
    if seen is not None and (meant := filter_of(seen[1])):
        return f"没有关键字 `{seen[1]}`：是不是 `{meant}`？"
    found = _matched(line, ALL)
    if found is not None:
        return found
    place = re.fullmatch(r"(.{1,300}?): (.+)", line)
    if place is not None and (rest := _chinese(place[2])) != place[2]:
        return f"{NOUNS.get(place[1], place[1]) if place[1] in SPEAKERS else place[1]}：{rest}"
    return line


_NO_KEYWORD = re.compile(r"no keyword `(.+?)`: for a name write .+")
"""Of a filter: it may be what the log says in Chinese of what became of a frame."""
_CHARACTER = re.compile(r"(expect: )?character (\d{1,5}): (.+)")
"""Where a condition or a filter is wrong, and what is."""


def _matched(line: str, table: dict[str, str]) -> str | None:
    for english, chinese in table.items():
        match = _pattern(english).fullmatch(line)
        if match is not None:
            return _filled(chinese, match)
    return None


def _filled(chinese: str, match: re.Match[str]) -> str:
    fields = {name: _field(name, text) for name, text in match.groupdict().items() if name != "whole"}
    held = {name: text.replace(" ", HELD) for name, text in fields.items()}
    return _GAP.sub("", chinese.format(**held)).replace(HELD, " ")


_GAP = re.compile(r"(?<=[\u4e00-\u9fff”]) (?=[\u4e00-\u9fff“])")
"""A blank that stands between a template's words and a field that has Chinese words or quotes of its own."""


def _field(name: str, text: str) -> str:
    """A part that has words of its own: a kind of thing, what was found in its place, or a reason."""
    if name == "why":
        return _matched(text, WHYS) or _chinese(text)
    if name == "what":
        return NOUNS.get(text) or _matched(text, THINGS) or _GAP.sub("", _quoted(text.replace(" and ", " 和 ")))
    if name in LISTS:
        plain = re.sub(r"'([^']*)'(?=, |$)", r"\1", text)
        return "无" if text == "none" else _GAP.sub("", plain.replace(", ", "、").replace(" and ", " 和 "))
    if name == "near":
        text = text.replace(" or ", "或")
    known = NOUNS.get(text) if name in KINDS else None
    return known or (_matched(text, FOUND) if name == "found" else None) or _quoted(text)


def _quoted(text: str) -> str:
    return _QUOTED.sub(r"“\2”", text)


_QUOTED = re.compile(r"""(?<![^或])(['"])((?:(?!\1).)*)\1(?![^或])""")
"""A field that is one word or text in quotes, or several of which one may be meant."""


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """What a template's English looks like once its fields are filled in; a thing has no `: ` in it, as a place has."""
    parts = re.split(r"(\{[a-z]+\})", template)
    return re.compile("".join(f"(?P<{part[1:-1]}>{_THING if part == '{what}' else '.+?'})"
                              if re.fullmatch(r"\{[a-z]+\}", part) else re.escape(part) for part in parts))


_THING = "(?:(?!: ).)+?"


def _by_words(table: dict[str, str]) -> dict[str, str]:
    """What has the most words of its own is tried first."""
    return dict(sorted(table.items(), key=lambda one: -len(re.sub(r"\{[a-z]+\}", "", one[0]))))


ALL = _by_words({**OF_VERBS, **OF_FILTERS, **OF_FILES, **OF_PROGRAMS, **OF_NOTES, **OF_TOOLS, **OF_COMMAND_LINE})
"""Whole sentences, by the English."""
THINGS = _by_words(THINGS_OF_TOOLS)
WHYS = _by_words({**ALL, **WHY_OF_TOOLS})
