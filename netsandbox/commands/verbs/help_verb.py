"""`help`: what there is, and a manual page for each verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from netsandbox.commands import kinds
from netsandbox.commands.catalogue import IN_CHINESE
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.late import Late
from netsandbox.commands.programs import PROGRAMS
from netsandbox.commands.shell import Shell
from netsandbox.commands.tools import registry
from netsandbox.commands.verb import Effect, Parameter, Verb, verb
from netsandbox.explain.lines import filled
from netsandbox.explain.words import Words, said

GROUPS = ("lab", "program", "shell", "look", "check", "session")
TOOLS = ("And the lines of any tutorial: docker run, ps, logs …; ip addr, link, route, neigh, netns;\n"
         "bridge link, fdb; arp, route, brctl, ss, sysctl, iptables -L: on the default host, or after\n"
         "`enter NODE` in that node. Several in one line with ; && || $(…) for and | (grep, head, tail, wc,\n"
         "sort, uniq, cut, awk behind it); > /dev/null; & at the end: it runs while the next ones do.")
TOOLS_ZH = ("还有任何教程里的命令：docker run、ps、logs …；ip addr、link、route、neigh、netns；bridge link、fdb；\n"
            "arp、route、brctl、ss、sysctl、iptables -L：在默认主机上运行，`enter NODE` 之后在那个节点里运行。\n"
            "一行可以有几条：; && || $(…)，| 后面是 grep、head、tail、wc、sort、uniq、cut、awk；> /dev/null；\n"
            "行尾的 & 让它在后面的命令运行时继续。")
WORDS = Words({
    "lab": ("Build and change the lab", "搭建和改动实验网络"), "program": ("Run programs", "运行程序"),
    "shell": ("Shells in a namespace", "命名空间里的 shell"), "look": ("Look", "查看"), "check": ("Check", "检查"),
    "session": ("Move in time, keep", "回退、前进、保存"), "examples": ("Examples", "例子"),
    "also": ("Also: ", "别名："), "stop": (".", "。"),
    "tools": (TOOLS, TOOLS_ZH),
    "more": ("`help VERB` tells all about one; there are `help docker run`, `help ip route`, `help filter` … too.",
             "`help 动词` 给出一个动词的全部说明；还有 `help docker run`、`help ip route`、`help filter` 等。"),
})


PAGES: Late[str, Callable[[list[str], str, int], str]] = Late({"page": "netsandbox.commands.verbs.help_pages:page"})
"""It knows all of docker, which a run without `help` need not."""


def _say(key: str, language: str) -> str:
    return WORDS.say(key, language)


@verb("help", ("This list, or all about one verb or tool", "这个列表，或某个动词或工具的全部说明"),
      Parameter("topic", kinds.WORDS, rest=True, required=False),
      examples=(("help connect", "usage, details, examples", "用法、说明、例子"),
                ("help docker run", "docker's own help", "docker 自己的帮助"),
                ("help ip route", "what of a Linux tool there is", "某个 Linux 工具有哪些内容"),
                ("help expect reach", "one condition", "一个条件"),
                ("help filter", "how frames are chosen", "怎样选择帧")),
      group="look", effect=Effect.LOOK, aliases=("?",))
def help_verb(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    words, language = list(values["topic"] or []), shell.language
    if not words:
        job.print(overview(list(dict.fromkeys(shell.verbs.values())), language))
    elif len(words) == 1 and words[0] in shell.verbs:
        job.print(manual(shell.verbs, words[0], language, shell.page))
    else:
        job.print(_page(shell.verbs, words, language, shell.page))
    job.finish()


def _page(verbs: Mapping[str, Verb], words: list[str], language: str, width: int) -> str:
    found = PAGES["page"](words, language, width).rstrip("\n")
    if found:
        return found
    topics = [*verbs, *registry.TOOLS, *PROGRAMS, "docker", "filter", "uplink", "keys"]
    near = [IN_CHINESE[words[0]]] if words[0] in IN_CHINESE else get_close_matches(words[0], topics, 1)
    hint = f"; did you mean {near[0]!r}?" if near and near[0] != words[0] else "; `help` lists what there is"
    raise CommandError(f"no help on {' '.join(words)[:40]!r}{hint}")


def overview(verbs: list[Verb], language: str = "en") -> str:
    """Every verb with its usage, in groups."""
    width = max(len(v.usage) for v in verbs if len(v.usage) <= 40)
    blocks = []
    for group in GROUPS:
        lines = []
        for declared in (v for v in verbs if v.group == group):
            usage = declared.usage if len(declared.usage) <= width else f"{declared.name} …"
            lines.append(f"  {usage.ljust(width)}  {said(declared.summary, language)}")
        if lines:
            blocks.append("\n".join([_say(group, language), *lines]))
    return "\n\n".join([*blocks, _say("tools", language), _say("more", language)])


def _paragraph(text: str, width: int) -> str:
    """Filled to the page's width; one that is indented keeps its lines."""
    if text.startswith(" "):
        return "\n".join(f"  {line}" for line in text.splitlines())
    return filled(text, width, " " * 4)


def manual(verbs: Mapping[str, Verb], name: str, language: str = "en", width: int = 78) -> str:
    """The manual page of a verb."""
    declared = verbs[name]
    summary, details = said(declared.summary, language), said(declared.details, language)
    stop = "" if summary.endswith(("?", "？")) else _say("stop", language)
    parts = [f"{declared.usage}\n{filled(summary + stop, width, ' ' * 4)}"]
    if details:
        parts += [_paragraph(text, width) for text in details.split("\n\n")]
    if declared.aliases:
        parts.append(f"    {_say('also', language)}{', '.join(declared.aliases)}")
    if declared.examples:
        width = max(len(example[0]) for example in declared.examples)
        lines = (f"    {line.ljust(width)}   {said((english, chinese), language)}"
                 for line, english, chinese in declared.examples)
        parts.append("\n".join([_say("examples", language), *lines]))
    return "\n\n".join(parts)
