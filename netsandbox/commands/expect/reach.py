"""Conditions that are tried: a program runs in a copy of the lab, so that nothing of it is left in the lab itself."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.program import Program, UsageError
from netsandbox.commands import programs
from netsandbox.commands.expect.condition import Test, UnfoundedError, Verdict, condition
from netsandbox.commands.expect.context import Context
from netsandbox.commands.expect.programs import Wanted, port_of
from netsandbox.commands.expect.reader import Reader
from netsandbox.lab import frame_log
from netsandbox.lab.events import CommandRun
from netsandbox.lab.lab import Lab
from netsandbox.lab.probe import LASTS, MOST_STEPS, LedTo
from netsandbox.lab.sequence import TAKEN
from netsandbox.lab.tables import LogRow
from netsandbox.linux.events import PacketDropped
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4

LIMIT = "4"  # Seconds to wait: three ARP requests are over by then
PING, CONNECT, FETCH, RESOLVE = (["ping", "-c", "1", "-W", LIMIT], ["nc", "-zv", "-w", LIMIT],
                                 ["curl", "-fsS", "-m", LIMIT], ["getent", "hosts"])
MISTAKEN = (1, 2, 3)
"""How curl ends where nobody could have answered: no such protocol, a usage that is none, a URL that is none."""
SAYS = ("From ", *(f"{argv[0]}: " for argv in (PING, CONNECT, FETCH)))
"""How a line begins in which a program says what went wrong."""


@condition(
    "reach", "reach NODE NODE|ADDRESS [tcp PORT]",
    summary=(("NODE gets an answer to a ping (`ping -c 1 -W 4`), or a TCP connection (`nc -zv -w 4`). It is sent in a "
              "copy of the lab as it is now: in the lab itself no frame goes out, no table changes and no time passes. "
              "Of a NODE the answer counts only if the request came to that one."),
             ("NODE 的 ping（`ping -c 1 -W 4`）得到回答，或建立起 TCP 连接（`nc -zv -w 4`）。包在当前实验网络的副本里发"
              "送：实验网络本身不发出任何帧，表不变，时间也不走。写的是 NODE 时，请求到达那个节点才算。")),
    examples=(("reach nginx-1 nginx-2", "by its address on a network of both, else its first",
               "用两者同网络的地址，没有就用第一个"),
              ("no reach pc1 10.0.2.1", "no answer comes", "没有回答"),
              ("no reach guest host tcp 8080", "a firewall shuts a published port", "防火墙挡住了发布的端口")))
def _reach(reader: Reader) -> Test:
    source, target = reader.take("NODE").text, reader.take("NODE or ADDRESS").text
    port = str(port_of(reader.take("PORT"), reader)[1]) if reader.accept("tcp") else ""
    key, argv, protocol = ("reach.tcp", CONNECT, "TCP") if port else ("reach", PING, "ICMP")

    def test(context: Context) -> Verdict:
        say = context.say
        context.wish = context.expects(key, source=source, target=target, port=port)
        context.node(source)
        address = context.address(target, source)
        tried = _tried(context, reader.text, source, [*argv, address, *filter(None, [port])], address)
        text = tried.said or (tried.lines[1] if len(tried.lines) > 1 else "".join(tried.lines))
        if tried.program.code == 0:
            return tried.verdict(context, say("reach.yes", target=target, text=text), target, protocol)
        return tried.verdict(context, say("reach.no" if tried.said else "reach.silent", address=address, text=text))
    return test


@condition(
    "fetch", "fetch NODE URL [from NODE] [contains TEXT|matches REGEX]",
    summary=(("NODE gets URL (`curl -fsS -m 4`), in a copy of the lab as with reach: a name is looked up, and an "
              "answer of 400 or more is none. With `from`, the request has to come to that node."),
             ("NODE 能取到 URL（`curl -fsS -m 4`），与 reach 一样在实验网络的副本里进行：名称会被解析，400 及以上的应答"
              "不算。写了 `from`，请求必须到达那个节点。")),
    examples=(("fetch admin http://10.9.0.1:8080/ contains nginx", "a published port", "发布的端口"),
              ("no fetch shop http://db/", "nothing comes", "取不到")))
def _fetch(reader: Reader) -> Test:
    source, url = reader.take("NODE").text, reader.take("URL").text
    server = reader.take("NODE").text if reader.accept("from") else ""
    wanted = None if reader.is_done else Wanted(reader)

    def test(context: Context) -> Verdict:
        say, text = context.say, wanted.text if wanted is not None else ""
        context.wish = context.expects("fetch.text" if text else "fetch", source=source, url=url, text=text)
        for node in filter(None, (source, server)):
            context.node(node)
        tried = _tried(context, reader.text, source, [*FETCH, url])
        if tried.program.code != 0:
            if tried.program.code in MISTAKEN:
                raise UnfoundedError(tried.said)
            return tried.verdict(context, tried.said or say("reach.silent", address=url))
        line = wanted.find(tried.program.out) if wanted is not None else "".join(tried.lines[:1])
        if line is None:
            return Verdict(False, context.wish, say("output.other", text="".join(tried.lines[:1])))
        return tried.verdict(context, say("output.line", text=line), server, "TCP")
    return test


@condition(
    "resolve", "resolve NODE NAME [NODE|ADDRESS]",
    summary=(("NODE finds the address of NAME as its programs do (`getent hosts`), in a copy of the lab as with reach; "
              "with NODE or ADDRESS behind it, that one's."),
             ("NODE 能像它的程序那样查到 NAME 的地址（`getent hosts`），与 reach 一样在实验网络的副本里进行；后面写了 "
              "NODE 或 ADDRESS，则必须是它的地址。")),
    examples=(("resolve shop db db", "Docker's name server knows it", "Docker 的域名服务器知道它"),
              ("no resolve web-2 web-1", "the default bridge has no names", "默认网桥上没有名称")))
def _resolve(reader: Reader) -> Test:
    source, name = reader.take("NODE").text, reader.take("NAME").text
    owner = "" if reader.is_done else reader.take("NODE or ADDRESS").text

    def test(context: Context) -> Verdict:
        context.wish = context.expects("resolve.to" if owner else "resolve", source=source, name=name, owner=owner)
        context.node(source)
        meant = _addresses(context, owner) if owner else set()
        tried = _tried(context, reader.text, source, [*RESOLVE, name])
        found = {line.split()[0] for line in tried.lines} if tried.program.code == 0 else set()
        told = context.say("resolve.found" if found else "resolve.none", name=name, address=context.some(sorted(found)))
        return Verdict(bool(found & meant if owner else found), context.wish, told)
    return test


def _addresses(context: Context, owner: str) -> set[str]:
    """An address, or those of a node."""
    if owner not in context.names:
        return {context.address(owner)}
    context.node(owner)
    return {format_ipv4(own.local) for interface in context.lab.namespace(owner).interfaces.values()
            for own in interface.addresses}


class _Tried(NamedTuple):
    """What a program came to, and the frames and drops that it has led to."""

    context: Context  # of the copy
    program: Program
    rows: list[LogRow]
    drops: list[int]
    lines: list[str]  # what it printed, errors included

    @property
    def said(self) -> str:
        """What went wrong, in its own words."""
        return next((line for line in self.lines if line.startswith(SAYS)), "")

    def verdict(self, context: Context, found: str, target: str = "", protocol: str = "") -> Verdict:
        """It holds where the program succeeded, and where a node was meant if the request came to that one."""
        holds = self.program.code == 0
        if holds and target in context.names:
            took = [row.node for row in self.rows if row.direction == "in" and row.protocol == protocol
                    and (row.verdict in TAKEN or row.verdict == "routed")]
            if context.node(target) not in took:
                holds, found = False, context.say("reach.other", target=target, other=(took or ["?"])[0])
        if holds:
            return Verdict(True, context.wish, found)
        return Verdict(False, context.wish, found, tuple(self.rows[-3:]),
                       self.context.why(max(self.drops)) if self.drops else "", is_tried=True)


def _tried(context: Context, text: str, source: str, argv: list[str], address: str = "") -> _Tried:
    """Run a program of a node in a copy of the lab until it ends; it is no process of the lab's."""
    copy = context.lab.copy()
    first, step = copy.trace.end, copy.scheduler.begin()
    copy.trace.record(CommandRun(f"expect {text.strip()}"))
    program = _run(context, copy, source, argv)
    own = LedTo(copy.trace, step)
    rows = [row for row in frame_log.rows(copy, first) if row.step in own]
    drops = [row.seq for row in rows if row.dropped]
    drops += [record.seq for record in copy.trace.since(first) if isinstance(record.event, PacketDropped) and (
        record.step in own or _waited(record.event, copy.existing(source).name, address))]
    lines = [line for line in (program.out + program.err).splitlines() if line.strip()]
    return _Tried(Context(context.shell, copy, context.negated), program, rows, drops, lines)


def _run(context: Context, copy: Lab, source: str, argv: list[str]) -> Program:
    machine, scheduler = context.shell.machine, copy.scheduler
    made = programs.context(context.shell, copy.existing(source), argv, machine.files(source), machine.names(source))
    try:
        program = programs.PROGRAMS[argv[0]](made._replace(next_pid=copy.next_pid))
    except UsageError as error:
        raise UnfoundedError(str(error)) from None
    program.start()
    scheduler.end()
    end = scheduler.now + LASTS
    for _step in range(MOST_STEPS):
        due = scheduler.next_time()
        if not program.is_running or due is None or due > end:
            break
        scheduler.step()
    return program


def _waited(dropped: PacketDropped, source: str, address: str) -> bool:
    """Whether a packet waited for a MAC that an earlier packet had asked for, and was dropped with that one."""
    try:
        return dropped.namespace == source and dropped.packet.dst == parse_ipv4(address)
    except AddressError:
        return False
