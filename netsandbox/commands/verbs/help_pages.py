"""Pages of `help` on what is no verb of the lab's: docker, the Linux tools, one condition of expect, the filters."""

from __future__ import annotations

from netsandbox.commands.docker.client.registry import find
from netsandbox.commands.expect.condition import CONDITIONS
from netsandbox.commands.expect.manual import entry
from netsandbox.commands.programs import OF_SYSTEMD, PROGRAMS
from netsandbox.commands.prompt.unmodelled import reason
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.commands.tools.words import choose
from netsandbox.commands.verbs.help_topics import EXAMPLES, TOPICS
from netsandbox.explain.lines import cells, filled
from netsandbox.explain.refusals import translated
from netsandbox.explain.words import Words, said

PARTS = {"ip": {"address*": "ip address", "link*": "ip link", "maddress*": "ip maddr", "neighbour*": "ip neigh",
                "neighbor*": "ip neigh", "netns*": "ip netns", "route*": "ip route", "rule*": "ip rule"},
         "bridge": {"fdb*": "bridge fdb", "link*": "bridge link", "mdb*": "bridge mdb", "vlan*": "bridge vlan"}}
"""What stands behind a tool's name, and its usage text."""
INDENT, CLOSING_WIDE = " " * 4, "，。；：、！？）"
WORDS = Words({
    "program": ("A program of Linux: on the default host, or with `exec NODE` before it in another node.",
                "Linux 的程序：在默认主机上运行，前面加 `exec NODE` 则在别的节点里运行。"),
    "examples": ("Examples", "例子"),
    "part": ("`help {name} {part}` and the like tell about a part of it.", "`help {name} {part}` 之类说明它的一部分。"),
})


def page(words: list[str], language: str, width: int) -> str:
    """The page of a topic, or empty if there is none; what a tool itself prints is as the tool has it (DockerError:
    docker has no such command)."""
    name, rest = words[0], words[1:]
    if name == "docker":
        found = find(["help", *rest])
        return found if isinstance(found, str) else ""
    if name == "expect" and rest:
        known = CONDITIONS.get(rest[-1])
        return entry(known, language) if known is not None else ""
    if name in TOPICS:
        return _laid_out(said(TOPICS[name], language), width)
    return _of_tool(name, rest, language) or translated(reason(name), language)


def _laid_out(text: str, width: int) -> str:
    """Its paragraphs filled to a page's width; what stands in columns stays as it is."""
    found = [""]
    for line in text.split("\n"):
        if _is_prose(line) and _is_prose(found[-1]):
            gap = "" if found[-1][-1] in CLOSING_WIDE or min(map(cells, (found[-1][-1], line.strip()[0]))) > 1 else " "
            found[-1] += gap + line.strip()
        else:
            found.append(line)
    return "\n".join(filled(line.strip(), width, INDENT) if _is_prose(line) else line for line in found[1:])


def _is_prose(line: str) -> bool:
    return line.startswith(INDENT) and "  " not in line.strip()


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
    shown = EXAMPLES.get(name, ())
    width = max((len(line) for line, *_said in shown), default=0)
    lines = [f"    {line.ljust(width)}   {said((english, chinese), language)}" for line, english, chinese in shown]
    examples = "\n".join(["", "", WORDS.say("examples", language), *lines]) if lines else ""
    return f"{TEXTS.get(name, name)}\n\n{WORDS.say('program', language)}{more}{examples}"
