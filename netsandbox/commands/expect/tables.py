"""Conditions on a node's tables: ARP, MAC, routes, settings."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from netsandbox.commands.expect.condition import Test, UnfoundedError, Verdict, condition
from netsandbox.commands.expect.context import Context
from netsandbox.commands.expect.reader import Reader, hint
from netsandbox.commands.expect.words import Say
from netsandbox.engine.units import format_time
from netsandbox.explain.refusals import translated
from netsandbox.lab import views
from netsandbox.lab.tables import FdbRow, InterfaceRow, NeighbourRow
from netsandbox.linux.core.hooks import TABLES
from netsandbox.linux.core.sysctl.table import SysctlError
from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.wire.addresses import parse_ipv4, parse_mac

STATES = ("INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "PERMANENT", "NOARP")
ANY = "any"


@condition(
    "arp", "arp NODE [ADDRESS [MAC|NODE|any] [STATE|STATE…]]",
    summary=(("NODE's ARP table (`ip neigh`) has a row for ADDRESS, with that MAC (or that node's) and one of those "
              f"states: {', '.join(STATES)}. ADDRESS may be a node's name."),
             ("NODE 的 ARP 表（`ip neigh`）中有 ADDRESS 的表项，MAC 是那个（或那个节点的），状态是所列之一："
              "INCOMPLETE、REACHABLE、STALE、DELAY、PROBE、FAILED、PERMANENT、NOARP。ADDRESS 可以是节点的名称。")),
    examples=(("arp nginx-1 172.17.0.3 nginx-2 REACHABLE",
               "nginx-1 knows nginx-2's MAC, confirmed",
               "nginx-1 知道 nginx-2 的 MAC，并已确认"),
              ("arp nginx-2 nginx-1 any STALE|DELAY", "known, not verified", "知道，但没有验证"),
              ("no arp pc3", "pc3 has learned nobody", "pc3 谁也没有学到")))
def _arp(reader: Reader) -> Test:
    node = reader.take("NODE").text
    address = "" if reader.is_done else reader.take("ADDRESS").text
    owner, states = ANY, frozenset[str]()
    if not reader.is_done and not (len(reader.words) - reader.at == 1 and _looks_like_states(reader.peek())):
        owner = reader.take("MAC, NODE or any").text
    if not reader.is_done:
        states = _states(reader)
    return lambda context: _neighbour(context, node, address, owner, states)


def _looks_like_states(text: str) -> bool:
    """Whether a word is a state or a mistyped one, rather than whose MAC it should be."""
    return "|" in text or text.upper() in STATES or (text.isupper() and bool(hint(text, STATES)))


def _states(reader: Reader) -> frozenset[str]:
    """States joined by `|`."""
    word = reader.take("a state")
    parts = STATES if word.text.lower() == ANY else tuple(word.text.upper().split("|"))
    for part in parts:
        if part not in STATES:
            others = hint(part, STATES) or f"; there are: {', '.join(STATES)}"
            raise reader.wrong(f"no state {part[:40]!r}{others}", word)
    return frozenset(parts)


def _neighbour(context: Context, node: str, address: str, owner: str, states: frozenset[str]) -> Verdict:
    say = context.say
    context.wish = (_row_wished(context, node, address, owner if owner != ANY else "", states) if address
                    else context.expects("arp.any", node=node))
    namespace = context.node(node)
    rows = views.neighbours(context.lab, node)
    if not address:
        known = _rows(context, [_row(context, row) for row in rows])
        return Verdict(bool(rows), context.wish, known)
    wanted = context.address(address)
    macs, called = context.macs(owner) if owner != ANY else (frozenset[str](), "")
    expected = _row_wished(context, node, wanted, called, states)
    found = [row for row in rows if row.address == wanted]
    if not found:
        others = _rows(context, [_row(context, row) for row in rows])
        return Verdict(False, expected, say("arp.none", address=wanted, node=namespace, rows=others))
    fitting = [row for row in found if (not macs or row.mac in macs) and (not states or row.state in states)]
    shown = (fitting or found)[0]
    number = parse_ipv4(shown.address)
    return Verdict(bool(fitting), expected, _row(context, shown), context.arrivals(shown.seq, number),
                   context.row_story(shown.seq, number).decision)


def _row_wished(context: Context, node: str, address: str, mac: str, states: frozenset[str]) -> str:
    state = "|".join(sorted(states)) if 0 < len(states) < len(STATES) else ""
    return context.expects("arp", node=node, address=address, mac=context.say("arp.mac", mac=mac) if mac else "",
                           state=context.say("arp.state", state=state) if state else "")


def _row(context: Context, row: NeighbourRow) -> str:
    mac = context.mac(row.mac) if row.mac else context.say("no-mac")
    return context.say("arp.row", address=row.address, interface=row.interface, mac=mac, state=row.state,
                       since=format_time(row.since))


def _rows(context: Context, rows: list[str]) -> str:
    return context.say("rows.are", rows=context.say("rows.gap").join(rows[:8])) if rows else context.say("rows.none")


@condition(
    "mac", "mac BRIDGE [MAC|NODE [on PORT|NODE]]",
    summary=(("The MAC table of a bridge or switch has learned this address, behind that port (or the port that "
              "leads to that node). Without an address: it has learned any. `permanent` rows, the bridge's own, do "
              "not count."),
             ("网桥或交换机的 MAC 表学到了这个地址，在那个端口后面（或通向那个节点的端口后面）。不写地址：学到了任意"
              "一个。`permanent` 的表项是网桥自己的，不算。")),
    examples=(("mac docker0 nginx-1 on nginx-1",
               "docker0 knows which port leads to nginx-1",
               "docker0 知道哪个端口通向 nginx-1"),
              ("mac sw1 02:00:00:00:00:0a on p1", "by MAC and port", "用 MAC 和端口"),
              ("no mac sw1", "the switch has learned nothing yet", "交换机还什么都没有学到")), aliases=("fdb",))
def _mac(reader: Reader) -> Test:
    bridge = reader.take("a bridge or switch").text
    owner = "" if reader.is_done else reader.take("MAC or NODE").text
    port = reader.take("PORT or NODE").text if owner and reader.accept("on") else ""
    return lambda context: _learned(context, bridge, owner, port)


def _learned(context: Context, name: str, owner: str, port: str) -> Verdict:
    say = context.say
    towards = say("mac.towards" if port in context.names else "mac.port", port=port) if port else ""
    context.wish = context.expects("mac" if owner else "mac.any", bridge=name, mac=owner, port=towards)
    bridge = context.bridge(name)
    rows = [row for row in views.fdb(context.lab, bridge.node, bridge.name) if not row.permanent]
    ports = {row.name: row for row in context.ports(bridge)}
    told = say("names.gap").join(_fdb_row(context, row, ports) for row in rows[:8])
    learned = say("learned", rows=told) if told else say("learned.nothing")
    if not owner:
        return Verdict(bool(rows), context.expects("mac.any", bridge=name), learned)
    macs, called = context.macs(owner)
    leads = _port_test(context, name, port, ports)
    expected = context.expects("mac", bridge=name, mac=called, port=_behind(say, port, ports) if port else "")
    found = [row for row in rows if row.mac in macs]
    if not found:
        return Verdict(False, expected, say("mac.none", mac=called, rows=learned))
    fitting = [row for row in found if leads(row.port)]
    shown = (fitting or found)[0]
    number = parse_mac(shown.mac)
    return Verdict(bool(fitting), expected, _fdb_row(context, shown, ports), context.arrivals(shown.seq, number),
                   context.row_story(shown.seq, number).decision)


def _behind(say: Say, port: str, ports: dict[str, InterfaceRow]) -> str:
    """Behind a port, or behind the one that leads to a node."""
    is_port = any(port in (name, f"{row.node}:{name}") for name, row in ports.items())
    return say("mac.port" if is_port else "mac.towards", port=port)


def _fdb_row(context: Context, row: FdbRow, ports: dict[str, InterfaceRow]) -> str:
    port = context.port(ports[row.port]) if row.port in ports else row.port
    return context.say("mac.row", mac=context.mac(row.mac), port=port)


def _port_test(context: Context, bridge: str, port: str, ports: dict[str, InterfaceRow]) -> Callable[[str], bool]:
    """Whether a port is the one that is meant, by its name or by what hangs on it."""
    if not port:
        return lambda _name: True
    names = {name for name, row in ports.items() if port in (name, f"{row.node}:{name}")}
    names = names or {name for name, row in ports.items()
                      if row.peer is not None and port in (row.peer[0], ":".join(row.peer))}
    if not names:
        known = [*ports, *(row.peer[0] for row in ports.values() if row.peer)]
        near = context.near(port, known if get_close_matches(port, known, 1) else map(context.port, ports.values()))
        raise UnfoundedError(context.say("no-port", bridge=bridge, name=port, near=near))
    return lambda name: name in names


@condition(
    "route", "route NODE ['TEXT']",
    summary=(("One of NODE's routes contains this text, word for word as `ip route` prints it (the local table "
              "counts too). Without a text: its main table has any route."),
             ("NODE 的路由中有一条含有这段文字，与 `ip route` 打印的逐字相同（local 表也算）。不写文字：它的 main 表"
              "中有任意路由。")),
    examples=(("route nginx-1 'default via 172.17.0.1 dev eth0'", "the gateway is docker0", "网关是 docker0"),
              ("no route blue", "an empty routing table", "路由表是空的")))
def _route(reader: Reader) -> Test:
    node = reader.take("NODE").text
    text = "" if reader.is_done else reader.take("the text of a route").text
    return lambda context: _routed(context, node, " ".join(text.split()))


def _routed(context: Context, node: str, text: str) -> Verdict:
    say = context.say
    expected = context.wish = (context.expects("route", node=node, text=text) if text
                               else context.expects("route.any", node=node))
    context.node(node)
    rows = views.routes(context.lab, node)
    main = [row.text for row in rows if row.table == "main"]
    found = [row.text for row in rows if f" {text} " in f" {row.text} "] if text else main
    if found:
        return Verdict(True, expected, say("route.found", text=found[0]))
    routes = say("rows.gap").join(main[:8])
    return Verdict(False, expected, say("route.none" if main else "route.nothing", node=node, routes=routes))


@condition(
    "rule", "rule NODE TABLE CHAIN ['TEXT']",
    summary=(("One rule of the chain has all these words in this order, as `iptables -t TABLE -S CHAIN` prints it; an "
              "address may be without its /32. Without a text: the chain has any rule."),
             ("链中有一条规则按这个顺序含有所有这些词，与 `iptables -t TABLE -S CHAIN` 打印的相同；地址可以不写 "
              "/32。不写文字：链中有任意规则。")),
    examples=(("rule host filter DOCKER-USER '-s 10.9.0.66 --dport 80 -j DROP'", "what a task asked for",
               "任务要求的规则"),
              ("rule host raw PREROUTING '-j DROP'", "Docker's own rules are still there", "Docker 自己的规则还在")))
def _rule(reader: Reader) -> Test:
    node, table, chain = (reader.take(noun).text for noun in ("NODE", "TABLE", "CHAIN"))
    text = "" if reader.is_done else reader.take("the text of a rule").text
    return lambda context: _ruled(context, (node, table, chain), text.split())


def _ruled(context: Context, place: tuple[str, str, str], words: list[str]) -> Verdict:
    say, (node, table, chain) = context.say, place
    context.wish = context.expects("rule" if words else "rule.any", node=node, table=table, chain=chain,
                                   text=" ".join(words))
    context.node(node)
    if table not in TABLES:
        raise UnfoundedError(say("no-table", name=table, near=context.near(table, TABLES)))
    namespace = context.lab.namespace(node)
    listed = iptables.run(namespace, ["-t", table, "-S", chain])
    if listed.code:
        known = namespace.netfilter.tables[table].chains if table in namespace.netfilter.tables else ()
        raise UnfoundedError(say("no-chain", node=node, table=table, name=chain, near=context.near(chain, known)))
    rules = [line for line in listed.out.splitlines() if words or line.startswith("-A ")]
    told = say("rows.gap").join(f"`{rule}`" for rule in rules[:8])
    return Verdict(any(_has(rule, words) for rule in rules), context.wish,
                   say("rule.none", rules=told) if rules else say("rule.empty"))


def _has(rule: str, words: list[str]) -> bool:
    """Whether a rule has these words in this order."""
    printed = iter(rule.split())
    return all(any(one in (word, f"{word}/32") for one in printed) for word in words)


@condition(
    "sysctl", "sysctl NODE KEY VALUE",
    summary=("A setting of NODE's namespace, as `sysctl KEY` prints it.",
             "NODE 的命名空间中的一项设置，与 `sysctl KEY` 打印的相同。"),
    examples=(("sysctl host net.ipv4.ip_forward 1",
               "the host forwards, as Docker sets it",
               "主机转发包，这是 Docker 设置的"),))
def _sysctl(reader: Reader) -> Test:
    node, key = reader.take("NODE").text, reader.take("KEY").text
    value = reader.take("VALUE").text
    return lambda context: _setting(context, node, key, value)


def _setting(context: Context, node: str, key: str, value: str) -> Verdict:
    expected = context.wish = context.expects("sysctl", key=key, node=node, value=value)
    context.node(node)
    try:
        found = context.lab.namespace(node).sysctls.read(key)
    except SysctlError as error:
        raise UnfoundedError(translated(str(error), context.shell.language)) from None
    return Verdict(found.split() == value.split(), expected, context.say("sysctl.found", value=" ".join(found.split())))
