"""`why`: the decision behind a frame, a table row or the last drop or refusal, and its causes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.commands.verbs import why_rules
from netsandbox.commands.verbs.why_now import with_what_is_now
from netsandbox.docker.container import PAUSED
from netsandbox.docker.events import ContainerPaused
from netsandbox.explain.history import drop_of_line, last_drop_between, last_drop_of
from netsandbox.explain.story import Story, why_change, why_drop, why_row, why_seq
from netsandbox.explain.voice import Voice, safe
from netsandbox.explain.words import Both
from netsandbox.lab import views
from netsandbox.lab.errors import LabError, unknown
from netsandbox.lab.names import Namer
from netsandbox.linux import events
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.drop import Outcome
from netsandbox.wire.addresses import AddressError, format_ipv4, format_mac, parse_ipv4, parse_mac

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell

MOST_PORT = 65535
NEAR = 8  # Causes of a long chain that are told before the first; the others are asked for by the last of these


ABOUT: dict[str, Both] = {
    "arp": ("a neighbour row: arp NODE ADDRESS", "一条邻居表项：arp NODE ADDRESS"),
    "fdb": ("a MAC table row: fdb BRIDGE MAC", "一条 MAC 表项：fdb BRIDGE MAC"),
    "port": ("who has a port: port NODE NUMBER", "谁占用端口：port NODE NUMBER"),
    "rule": ("a firewall rule: rule NODE CHAIN NUMBER", "一条防火墙规则：rule NODE CHAIN NUMBER"),
    "connection": ("a tracked connection: connection NODE WORD", "一个被跟踪的连接：connection NODE WORD")}
"""What it can be asked about, beside two nodes and the number of a frame."""
QUESTION = kinds.Kind(f"N|NODE NODE|{'|'.join(ABOUT)}", kinds.TARGET.parse,
                      lambda lab: [*ABOUT, *kinds.TARGET.candidates(lab)], tuple(ABOUT.items()))


@verb("why", ("Why did that happen?", "为什么会这样？"), Parameter("words", QUESTION, rest=True, required=False),
      Parameter("language", kinds.choice("en", "zh"), "--lang", required=False),
      details=(("  why                            the last drop, or refused port or route\n"
                "  why N                          the frame or record N of the log\n"
                "  why NODE NODE                  what ended between them; one may be an address\n"
                "  why NODE                       the same of all that it sent or was to get\n"
                "  why arp NODE ADDRESS           what made the neighbour row; or a name\n"
                "  why fdb BRIDGE MAC             what made the MAC table row; or a name\n"
                "  why port NODE NUMBER           who took a port, or was refused it\n"
                "  why rule NODE [TABLE] CHAIN N  which line made a rule, what it took\n"
                "  why connection NODE WORD…      the newest row of conntrack -L with it\n\n"
                "The answer names the decision, what it looked at, the "
                "rule, and the chain of causes back to the command. How often a node met each trouble, its stack has "
                "counted: nstat -as, netstat -s."),
               ("  why                            最近一次丢弃，或程序被拒绝的端口或路由\n"
                "  why N                          编号为 N 的帧或记录\n"
                "  why NODE NODE                  两个节点之间最近一次丢弃；其中一个可写地址\n"
                "  why NODE                       它发出的和应当收到的，最近一次丢弃\n"
                "  why arp NODE ADDRESS           邻居表项是怎么来的；地址也可写节点的名称\n"
                "  why fdb BRIDGE MAC             MAC 表项是怎么来的；也可写名称\n"
                "  why port NODE NUMBER           谁占用了端口，或被拒绝使用它\n"
                "  why rule NODE [TABLE] CHAIN N  哪一行命令建立了规则，它处理了哪些包\n"
                "  why connection NODE WORD…      conntrack -L 中含有这些词的最新表项\n\n"
                "回答会说出决定、它查看了什么、依据的规则，以及一直追溯到命令的起因"
                "链。一个节点里每种问题出现过多少次，协议栈都有计数：nstat -as、netstat -s。")),
      examples=(("why", "the last drop or refusal", "最近一次丢弃或拒绝"),
                ("why 104", "record 104 of the log", "第 104 条记录"),
                ("why nginx-1 nginx-2", "what ended between them", "两者之间的丢弃"),
                ("why arp nginx-1 172.17.0.3", "a neighbour row", "一条邻居表项"),
                ("why fdb docker0 nginx-1", "a MAC row", "一条 MAC 表项"),
                ("why port host 80", "who has port 80", "谁占用 80 端口"),
                ("why rule host nat POSTROUTING 1", "a rule", "一条规则"),
                ("why connection host dst=8.8.8.8", "a connection", "一个连接")),
      group="look", effect=Effect.LOOK)
def why(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    words = list(values["words"] or [])
    language = values["language"] or shell.language
    if "--lang" in words[:-1]:
        language = words[words.index("--lang") + 1]
        del words[words.index("--lang"):words.index("--lang") + 2]
    names = Namer(shell.lab)
    lead, story = _last(shell, language, names) if not words else ("", _asked(shell, words, language, names))
    job.print("\n".join(filter(None, (lead, text(with_what_is_now(shell.lab, story, names))))))
    job.finish()


def _asked(shell: Shell, words: list[str], language: str, names: Namer) -> Story:
    """Of what is named."""
    lab = shell.lab
    if len(words) == 1 and re.fullmatch(r"#?\d{1,12}", words[0]):
        return why_seq(lab.trace, int(words[0].lstrip("#")), language, names)
    if words[0] in OF_NODES and len(words) == 3:
        return OF_NODES[words[0]](shell, words[1], words[2], language, names)
    if words[0] == "rule":
        return why_rules.of_rule(shell, words[1:], language, names)
    if words[0] == "connection":
        return why_rules.of_connection(shell, words[1:], language, names)
    ends = [word for word in (word.rstrip("?,.") for word in words) if lab.is_named(word) or _is_address(word)]
    if len(ends) == 2:
        return _between(shell, ends[0], ends[1], language, names)
    if ends and len(words) == 1:
        return _of_end(shell, ends[0], language, names)
    if len(words) == 2 and words[0] not in ABOUT:
        raise unknown("host or container", next(word for word in words if word not in ends), lab.names())
    raise CommandError("why takes nothing, a record's number, one or two nodes, `arp NODE ADDRESS`, `fdb BRIDGE MAC`, "
                       "`port NODE NUMBER`, `rule NODE [TABLE] CHAIN NUMBER` or `connection NODE WORD…`; `help why` "
                       "tells of each")


def _last(shell: Shell, language: str, names: Namer) -> tuple[str, Story]:
    """The last drop or refusal, and how it stands to the last line; of a line without one what it still waits for."""
    trace, say = shell.lab.trace, Voice(language).say
    if drop_of_line(trace, shell.last_seq) is not None:
        return "", why_drop(trace, language, names, since=shell.last_seq)
    asked = next((row for place in shell.lab.namespaces() for row in views.neighbours(shell.lab, place.name)
                  if row.state == "INCOMPLETE" and row.seq is not None and row.seq >= shell.last_seq), None)
    if asked is not None:
        return say("story.waits"), why_row(trace, asked.seq, parse_ipv4(asked.address), language, names)
    paused = _paused(shell)
    if paused:
        return say("story.paused"), why_change(trace, (ContainerPaused,), lambda event: event.container == paused,
                                               language, names)
    unasked = why_rules.unasked(shell, language, names)
    if unasked is not None:
        return "", unasked
    failed = _failed(shell, language)
    passed_by = "" if failed else why_rules.passed_by(shell, language)
    story = why_drop(trace, language, names, since=shell.last_seq)
    if passed_by:
        before = "" if story.seq is None else f"\n{say('story.before')}"
        return f"{passed_by}{before}", story
    if story.seq is None:
        return failed, story
    if failed:
        return f"{failed}\n{say('story.before')}", story
    return say("story.earlier" if story.seq < shell.last_seq else "story.meanwhile"), story


def _failed(shell: Shell, language: str) -> str:
    """What the last line said when it failed, without any frame or program of its that met something."""
    last = shell.last
    if last is None or not last.code:
        return ""
    said = next((text.strip().split("\n")[0] for stream, text in last.output if stream == "err"), "")
    say = Voice(language).say
    return say("story.failed", code=str(last.code), said=safe(said)) if said else ""


def _paused(shell: Shell) -> str:
    """A container whose programs stand still, and whose stack has taken something since the last line began."""
    still = {container.name for engine in shell.lab.engines() for container in engine.containers.values()
             if container.state == PAUSED}
    took = (record.event.interface.namespace for record in (shell.lab.trace.since(shell.last_seq) if still else ())
            if isinstance(record.event, events.FrameReceived) and record.event.verdict is Outcome.ACCEPTED)
    return next((name for name in took if name in still), "")


def text(story: Story) -> str:
    """A story as lines: decision, operands, rule, causes."""
    lines = [story.decision, *(f"  {operand}" for operand in story.looked_at)]
    if story.reference:
        lines.append(f"  [{story.reference}]")
    causes = story.causes
    for place, cause in enumerate(causes):
        if place < NEAR or len(causes) <= NEAR + 2 or place == len(causes) - 1:
            mark = "" if cause.seq is None else f"#{cause.seq} "
            lines.append(f"  ← {mark}{'❯ ' + cause.command if cause.command else cause.text}")
        elif place == NEAR:
            lines.append(f"  ← {Voice(story.language).say('cause.goes-on', seq=str(causes[NEAR - 1].seq))}")
    return "\n".join(lines)


def _is_address(word: str) -> bool:
    try:
        return word.count(".") == 3 and parse_ipv4(word) >= 0
    except AddressError:
        return False


def _between(shell: Shell, one: str, other: str, language: str, names: Namer) -> Story:
    """The last that ended on its way from one node to another, or back."""
    there, back = (_addresses(shell, end) for end in (one, other))
    seq = last_drop_between(shell.lab.trace, (there, back), (one, other))
    if seq is None:
        raise LabError(f"nothing between {one} and {other} was dropped or refused, in all that the trace keeps")
    return why_seq(shell.lab.trace, seq, language, names)


def _of_end(shell: Shell, end: str, language: str, names: Namer) -> Story:
    """The last that ended of what a node or an address sent or was to get."""
    seq = last_drop_of(shell.lab.trace, _addresses(shell, end), end)
    if seq is None:
        raise LabError(f"nothing of {end} was dropped or refused, in all that the trace keeps")
    return why_seq(shell.lab.trace, seq, language, names)


def _addresses(shell: Shell, end: str) -> set[int]:
    """Those of a node, or the one that is written."""
    return {parse_ipv4(end)} if _is_address(end) else {
        own.local for interface in shell.lab.existing(end).interfaces.values() for own in interface.addresses
        if not interface.is_loopback}


def _of_neighbour(shell: Shell, node: str, address: str, language: str, names: Namer) -> Story:
    namespace = shell.lab.existing(node)
    rows = {known: entry for i in namespace.interfaces.values() for known, entry in i.neighbours.items()}
    wanted = next((known for known in rows if address in (format_ipv4(known), names(known))), None)
    if wanted is None and (gone := why_change(shell.lab.trace, (events.NeighbourChanged,), lambda event: (
            event.new is None and event.interface.namespace == namespace.name
            and address in (format_ipv4(event.address), names(event.address))), language, names)).seq is not None:
        return gone
    if wanted is None:
        known = ", ".join(map(format_ipv4, rows)) or "none"
        raise LabError(f"{node} has no neighbour row for {address}; it has {known}")
    return why_row(shell.lab.trace, rows[wanted].seq, wanted, language, names)


def _of_fdb(shell: Shell, name: str, mac: str, language: str, names: Namer) -> Story:
    bridge = _bridge(shell, name)
    rows = bridge.fdb.entries
    wanted = _mac(mac) if ":" in mac else next((known for known in rows if names(known) == mac), None)
    if wanted not in rows and (gone := why_change(shell.lab.trace, (events.FdbForgotten,), lambda event: (
            event.bridge.id == bridge.place.id and mac in (format_mac(event.mac), names(event.mac))), language,
            names)).seq is not None:
        return gone
    if wanted is None or wanted not in rows:
        known = ", ".join(format_mac(m) for m, e in rows.items() if not e.local) or "nothing learned yet"
        raise LabError(f"{bridge.label} has no row for {mac}; it has {known}")
    return why_row(shell.lab.trace, rows[wanted].seq, wanted, language, names)


def _mac(text: str) -> int:
    try:
        return parse_mac(text)
    except AddressError as error:
        raise CommandError(str(error)) from None


def _of_port(shell: Shell, node: str, port: str, language: str, names: Namer) -> Story:
    """Who has a port, or who was refused it last."""
    namespace = shell.lab.existing(node)
    if not port.isascii() or not port.isdecimal() or int(port) > MOST_PORT:
        raise CommandError(f"{port!r} is no port: a number from 0 to {MOST_PORT}")
    names_of = {namespace.name, *namespace.former_names}
    story = why_change(shell.lab.trace, (events.SocketBound, events.BindRefused, events.SocketClosed),
                       lambda event: event.namespace in names_of and event.port == int(port), language, names)
    if story.seq is None:
        raise LabError(f"nobody on {node} has taken port {port}, or was refused it, in all that the trace keeps")
    return story


def _bridge(shell: Shell, name: str) -> Bridge:
    """A bridge by its own name, as docker0, or by its switch's."""
    bridges = shell.lab.bridges()
    found = [b for b in bridges if name in (b.name, b.label, b.namespace.name)]
    if not found:
        raise LabError(f"no bridge {name!r}; there are: {', '.join(b.label for b in bridges) or 'none'}")
    return found[0]


OF_NODES = {"arp": _of_neighbour, "fdb": _of_fdb, "mac": _of_fdb, "port": _of_port}
"""What can be asked of a node, or of a bridge, and one thing that it knows."""
