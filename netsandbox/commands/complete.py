"""How a line may go on: verbs, their parameters by kind, docker's commands and flags, tools, and the lab's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands import kinds
from netsandbox.commands.catalogue import VERBS, verbs
from netsandbox.commands.docker.client.flags import Command
from netsandbox.commands.docker.client.help import listed
from netsandbox.commands.docker.client.registry import COMMANDS as DOCKER
from netsandbox.commands.programs import OF_SYSTEMD, PROGRAMS
from netsandbox.commands.prompt.prompt import LOCAL_VERBS
from netsandbox.commands.prompt.survey_parts import SUDO
from netsandbox.commands.tools.context import ToolContext
from netsandbox.commands.tools.registry import TOOLS, run_tool
from netsandbox.commands.tools.words import ASKED, OfferedError
from netsandbox.commands.verb import Parameter, Verb
from netsandbox.explain.texts import pairs
from netsandbox.explain.words import NOTHING, Both, Words, said
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.shell.parser import last_command

if TYPE_CHECKING:
    from netsandbox.commands.shell import Shell
    from netsandbox.lab.lab import Lab

FILTERS = ("grep", "head", "tail", "wc", "sort", "uniq", "cut", "awk", "sed", "tr", "xargs", "tee", "cat", "less", "jq")
"""What commonly stands behind a pipe."""
MOST = 200  # Candidates that are offered; a lab may have a thousand names
TOOL_WORDS: dict[str, tuple[str, ...]] = {
    "ip": ("addr", "link", "route", "neigh", "netns", "maddr", "rule", "-s", "-d", "-br", "-j", "-n"),
    "ip addr": ("show", "add", "del", "flush"), "ip link": ("show", "set", "add", "del"),
    "ip route": ("show", "get", "add", "del", "replace", "flush"),
    "ip neigh": ("show", "add", "del", "replace", "flush", "get"), "ip netns": ("list", "add", "del", "exec"),
    "bridge": ("fdb", "link", "vlan", "-s", "-d"), "bridge fdb": ("show", "add", "del", "append", "replace", "get"),
    "bridge link": ("show", "set"), "brctl": ("show", "showmacs", "addbr", "addif", "delif", "delbr", "setageing"),
    "arp": ("-n", "-a", "-d", "-s"), "route": ("-n", "add", "del"), "ss": ("-l", "-n", "-t", "-u", "-p", "-tulpn"),
    "nstat": ("-as", "-a", "-s", "-z", "-j", "-r", "-n"), "netstat": ("-tulpn", "-s", "-r", "-i", "-a", "-n"),
    "iptables": ("-L", "-S", "-t", "-n", "-v"), "sysctl": ("-a", "-n", "-w")}
"""What commonly follows a tool's name and its object."""
ASKS_ITS_PARSER = ("ip", "bridge")
NO_TABLES = ("net", "-b", "-ba")  # `ip netns` reads its words otherwise: it would act
WORDS = Words({
    "runs": ("{name} runs in the default host", "{name} 在默认主机里运行"),
    "runs in": ("{name} runs in {where}", "{name} 在 {where} 里运行"),
    "docker": ("containers and networks", "容器和网络"),
    "interface": ("interface", "接口"), "address": ("address", "地址"),
    "shared": ("the interfaces of that container", "共用那个容器的接口"),
    "host": ("the host's own interfaces", "直接用宿主机的接口"), "none": ("no network", "不接网络"),
})
"""What stands beside a word that may follow."""
NOUNS: dict[str, Both] = {
    "NAME": ("node", "节点"), "NODE": ("node", "节点"), "NODE[:IFACE]": ("node or interface", "节点或接口"),
    "HOST": ("host", "主机"), "CONTAINER": ("container", "容器"), "IMAGE": ("image", "镜像"),
    "NETWORK": ("network", "网络"), "VOLUME": ("volume", "卷"), "SCENARIO": ("scenario", "场景"),
    "BRANCH": ("branch", "分支"), "PERCENT": ("share", "比例"), "RATE": ("rate", "速率"), "TIME": ("time", "时长"),
    "TO": ("where to", "发往哪里")}
"""What a candidate is, by what a usage calls it."""
TOOL_SUMMARIES = {name: words for names, words in pairs(Path(__file__).with_name("tool_words.txt")).items()
                  for name in names.split()}
"""By name: what a tool or program does, in a few words beside its name where a line may go on with it."""
TAKES_INTERFACE = frozenset({"dev", "br", "master", "brport", "addif", "delif", "showmacs"})
NAMED_ALONE = {"link": ("set", "show", "del", "delete", "ls"), "address": ("show", "flush", "ls")}
"""By object of `ip`, the commands after which an interface may stand without dev."""
INTERFACE_OPTIONS = {("tcpdump", "-i"), ("arping", "-I"), ("ping", "-I"), ("iptables", "-i"), ("iptables", "-o")}


class Candidate(NamedTuple):
    """One way to go on: `text` replaces the line from `start` to the cursor."""

    text: str
    start: int
    note: str  # A few words on what it is; may be empty


def complete(shell: Shell, line: str, cursor: int) -> list[Candidate]:
    """How the line may go on at the cursor, in the order of declaration; never an error, whatever is typed.

    A word that is whole is the first, before longer ones that begin with it.
    """
    head = line[:cursor]
    joint, begin = last_command(head)
    words = head[begin:].split()
    typed = "" if not words or head[-1:].isspace() else words.pop()
    start = len(head) - len(typed)
    found: dict[str, str] = {}
    whole: list[Candidate] = []
    after_pipe = joint == "|"
    offered = (_after_pipe(words, shell.language) if after_pipe else
               _following(shell, words[words[:1] == [SUDO]:], typed))
    for text, note in offered:
        if text == typed:
            whole = [Candidate(text, start, note)]
        elif text.startswith(typed) and text.isprintable():
            found.setdefault(text, note)
            if len(found) == MOST:
                break
    others = [Candidate(text, start, note) for text, note in found.items()]
    return [*whole, *others] if others else []


def hint(shell: Shell, line: str) -> str:
    """One line on the command being typed: how it is used and what it does; empty when there is nothing to say."""
    joint, begin = last_command(line)
    words = line[begin:].split()
    words = words[words[:1] == [SUDO]:]
    if not words or line.lstrip().startswith("#") or joint == "|":
        return ""
    name, entered = words[0], shell.where is not None
    if name in VERBS and not (entered and name in LOCAL_VERBS):
        return f"{VERBS[name].usage}   {said(VERBS[name].summary, shell.language)}"
    if name == "docker" and not entered:
        command = DOCKER.get(tuple(words[1:3])) or DOCKER.get(tuple(words[1:2]))
        return f"{command.usage}   {command.summary}" if command is not None else "docker COMMAND …"
    if name in TOOLS or name in PROGRAMS or name in OF_SYSTEMD:
        return WORDS.say("runs in" if shell.where else "runs", shell.language, name=name, where=shell.where)
    return ""


def _after_pipe(words: list[str], language: str) -> Iterator[tuple[str, str]]:
    if not words:
        yield from _tools(FILTERS, language)


def _tools(names: Iterable[str], language: str) -> Iterator[tuple[str, str]]:
    return ((name, said(TOOL_SUMMARIES[name], language)) for name in names)


def _following(shell: Shell, words: list[str], typed: str) -> Iterator[tuple[str, str]]:
    if not words:
        yield from _first_words(shell)
        return
    name, entered = words[0], shell.where is not None
    if name == "help":
        yield from ((verb.name, said(verb.summary, shell.language)) for verb in verbs())
    elif name in ("exec", "on", "enter") and len(words) > 1:
        yield from _tool_words(shell, words[2:]) if name != "enter" else ()
    elif name in VERBS and not (entered and name in LOCAL_VERBS):
        yield from _verb_words(shell, VERBS[name], words[1:], typed)
    elif name == "docker" and not entered:
        yield from _docker_words(shell, words[1:], typed)
    else:
        yield from _tool_words(shell, words)


def _first_words(shell: Shell) -> Iterator[tuple[str, str]]:
    entered = shell.where is not None
    for verb in verbs():
        if not (entered and verb.name in LOCAL_VERBS):
            yield verb.name, said(verb.summary, shell.language)
    if not entered:
        yield "docker", WORDS.say("docker", shell.language)
    yield from _tools((*TOOLS, *PROGRAMS, *OF_SYSTEMD), shell.language)


def _verb_words(shell: Shell, verb: Verb, words: list[str], typed: str) -> Iterator[tuple[str, str]]:
    """The values of the parameter whose turn it is, then the options that are not there yet."""
    options = {parameter.option: parameter for parameter in verb.parameters if parameter.option is not None}
    if words and words[-1] in options and not options[words[-1]].is_flag:
        yield from _values(shell, options[words[-1]], typed)
        return
    places = [parameter for parameter in verb.parameters if parameter.option is None]
    given = [word for at, word in enumerate(words) if word not in options and not (at and words[at - 1] in options)]
    if len(given) < len(places) and places[len(given)].kind is not kinds.WORDS:
        yield from _values(shell, places[len(given)], typed)
    elif places and places[-1].rest:
        yield from ((text, "") for text in kinds.TARGET.candidates(shell.lab))
    if not places or not places[0].rest or typed.startswith("-"):
        yield from ((name, _option_note(parameter)) for name, parameter in options.items() if name not in words)


def _option_note(parameter: Parameter) -> str:
    return "" if parameter.is_flag else parameter.kind.noun


def _values(shell: Shell, parameter: Parameter, typed: str) -> Iterator[tuple[str, str]]:
    kind = parameter.kind
    if kind in kinds.OF_SESSION:
        found: Iterable[str] = shell.session.names_of(kind.noun, typed) if shell.session is not None else ()
    else:
        found = kind.candidates(shell.lab)
    noun = "" if parameter.rest else said(NOUNS.get(kind.noun, NOTHING), shell.language)
    notes = {word: said(words, shell.language) for word, words in kind.notes}
    yield from ((text, notes.get(text, noun)) for text in found)


def _docker_words(shell: Shell, words: list[str], typed: str) -> Iterator[tuple[str, str]]:
    command = DOCKER.get(tuple(words[:2])) or DOCKER.get(tuple(words[:1]))
    if command is None:
        depth = len(words)
        for path, one in DOCKER.items():
            if list(path[:depth]) == words and len(path) > depth:
                yield path[depth], one.summary if len(path) == depth + 1 else ""
        return
    if typed.startswith("-"):
        for names, usage in listed(command):
            yield f"--{names.partition('--')[2].partition(' ')[0]}", usage
        return
    given = words[2 if tuple(words[:2]) in DOCKER else 1:]
    if given and given[-1] in ("--network", "--net"):
        modes = (*_networks(shell.lab), *kinds.MODE.candidates(shell.lab))
        yield from ((name, _of_mode(name, shell.language)) for name in dict.fromkeys(modes))
        return
    noun = _operand(command, given).partition(":")[0].partition("|")[0]
    candidates = None if noun in ("NETWORK", "VOLUME") and words[1] == "create" else OPERANDS.get(noun)
    told = said(NOUNS.get("CONTAINER" if noun == "NAME" else noun, NOTHING), shell.language)
    yield from ((name, told) for name in candidates(shell.lab)) if candidates is not None else ()


def _of_mode(name: str, language: str) -> str:
    """What a container gets that is put there."""
    if name in ("host", "none"):
        return WORDS.say(name, language)
    return WORDS.say("shared", language) if name.startswith("container:") else said(NOUNS["NETWORK"], language)


def _operand(command: Command, words: list[str]) -> str:
    """What its usage calls the operand whose turn it is; the last may come again. Empty for the value of a flag."""
    valued = {name for flag in command.flags if flag.kind != "bool" for name in (f"--{flag.name}", f"-{flag.short}")}
    if words and words[-1] in valued:
        return ""
    given = sum(not word.startswith("-") and not (at and words[at - 1] in valued) for at, word in enumerate(words))
    nouns = [word for word in command.operands.split() if word != "[OPTIONS]"]
    if nouns and nouns[-1].endswith("...]"):
        given = min(given, len(nouns) - 1)
    return nouns[given].strip("[].") if given < len(nouns) else ""


def _networks(lab: Lab) -> Iterable[str]:
    return dict.fromkeys(name for engine in lab.engines() for name in engine.networks)


def _volumes(lab: Lab) -> Iterable[str]:
    return dict.fromkeys(name for engine in lab.engines() for name in engine.volumes)


OPERANDS: dict[str, Callable[[Lab], Iterable[str]]] = {
    "CONTAINER": kinds.CONTAINER.candidates, "NAME": kinds.CONTAINER.candidates, "IMAGE": kinds.IMAGE.candidates,
    "NETWORK": _networks, "VOLUME": _volumes}
"""What may stand for an operand, by what the usage of docker's commands calls it."""


def _tool_words(shell: Shell, words: list[str]) -> Iterator[tuple[str, str]]:
    if not words:
        yield from _tools((*TOOLS, *PROGRAMS, *OF_SYSTEMD), shell.language)
        return
    if words[-1] in TAKES_INTERFACE or (words[0], words[-1]) in INTERFACE_OPTIONS or _is_of_interface(words):
        yield from _interfaces(shell)
        return
    yield from ((word, "") for word in TOOL_WORDS.get(" ".join(words[:2]) if len(words) == 2 else "", ()))
    yield from ((word, "") for word in _parsed_words(shell, words))
    if len(words) == 1:
        yield from ((word, "") for word in TOOL_WORDS.get(words[0], ()))
    elif words[0] in ("ip", "bridge"):
        yield "dev", WORDS.say("interface", shell.language)
    if words[0] in PROGRAMS:
        told = WORDS.say("address", shell.language)
        yield from ((name, told) for name in kinds.TARGET.candidates(shell.lab) if name[:1].isdigit())


def _is_of_interface(words: list[str]) -> bool:
    """Whether an interface's name comes next, without a word before it."""
    name, *rest = (word for word in words if not word.startswith("-"))
    if not rest:
        return name in ("ifconfig", "ethtool")
    return name == "ip" and len(rest) == 2 and any(
        part.startswith(rest[0]) and rest[1] in verbs for part, verbs in NAMED_ALONE.items())


def _parsed_words(shell: Shell, words: list[str]) -> list[str]:
    """What the tables of `ip` and `bridge` that parse these words would take next: the tool reads the line up to
    where somebody asks, and does nothing."""
    namespace = _namespace(shell)
    if namespace is None or words[0] not in ASKS_ITS_PARSER or len(words) < 2 or words[1][:3] in NO_TABLES:
        return []
    try:
        run_tool(ToolContext(namespace, shell.machine), [*words, ASKED])
    except OfferedError as offered:
        return [word for word in offered.words if word.isprintable()]
    return []


def _namespace(shell: Shell) -> NetworkNamespace | None:
    where = shell.where or next(iter(shell.lab.nodes), "")
    return shell.lab.namespace(where) if where else None


def _interfaces(shell: Shell) -> Iterable[tuple[str, str]]:
    namespace = _namespace(shell)
    told = WORDS.say("interface", shell.language)
    return [(name, told) for name in namespace.interfaces] if namespace is not None else []
