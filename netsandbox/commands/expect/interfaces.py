"""Conditions on interfaces: their state, their counters, and which namespace a node is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from netsandbox.commands.expect.compare import Comparison, comparison
from netsandbox.commands.expect.condition import Test, Verdict, condition
from netsandbox.commands.expect.context import Context
from netsandbox.commands.expect.reader import Reader
from netsandbox.lab.tables import InterfaceRow
from netsandbox.wire.addresses import AddressError, format_mac, parse_mac

STATES = ("UP", "DOWN", "UNKNOWN", "LOWERLAYERDOWN")
KINDS = ("veth", "bridge", "loopback", "port")
PORT_STATES = ("forwarding", "disabled", "blocking", "listening", "learning")
COUNTERS = ("rx", "tx", "overheard", "rx_packets", "rx_bytes", "rx_dropped", "tx_packets", "tx_bytes", "tx_dropped")


class Wish(NamedTuple):
    """One property that an interface should have."""

    text: str
    holds: Callable[[Context, InterfaceRow], bool]


def _alone(word: str, holds: Callable[[InterfaceRow], bool]) -> Callable[[Reader], Wish]:
    return lambda _reader: Wish(word, lambda _context, row: holds(row))


def _one_of(word: str, attribute: str, what: str, choices: Sequence[str]) -> Callable[[Reader], Wish]:
    """A word, and which of the values that an interface's attribute has."""
    def read(reader: Reader) -> Wish:
        value = reader.choose(what, choices)
        return Wish(f"{word} {value}", lambda _context, row: getattr(row, attribute) == value)
    return read


def _state(reader: Reader) -> Wish:
    state = reader.choose("a state", [name.lower() for name in STATES]).upper()
    return Wish(f"state {state}", lambda _context, row: row.state == state)


def _mac(reader: Reader) -> Wish:
    word = reader.take("a MAC address")
    try:
        mac = format_mac(parse_mac(word.text))
    except AddressError as error:
        raise reader.wrong(str(error), word) from None
    return Wish(f"mac {mac}", lambda _context, row: row.mac == mac)


def _mtu(reader: Reader) -> Wish:
    wanted = comparison(reader, "an MTU")
    return Wish(f"mtu {wanted.sign} {wanted.number}", lambda _context, row: wanted.holds(row.mtu))


def _address(reader: Reader) -> Wish:
    word = reader.take("ADDRESS or ADDRESS/LEN").text
    return Wish(f"address {word}", lambda _context, row: any(
        word in (own, own.partition("/")[0]) for own in row.addresses))


def _master(reader: Reader) -> Wish:
    name = reader.take("a bridge").text
    return Wish(f"master {name}", lambda _context, row: row.master == name)


def _peer(reader: Reader) -> Wish:
    name = reader.take("NODE or NODE:IFACE").text

    def holds(_context: Context, row: InterfaceRow) -> bool:
        return row.peer is not None and name in (row.peer[0], ":".join(row.peer))
    return Wish(f"peer {name}", holds)


def _joins(reader: Reader) -> Wish:
    name = reader.take("a bridge or switch").text

    def holds(context: Context, row: InterfaceRow) -> bool:
        bridge = context.bridge(name)
        return any(row.peer == (port.node, port.name) for port in context.ports(bridge))
    return Wish(f"joins {name}", holds)


WISHES: dict[str, Callable[[Reader], Wish]] = {
    "up": _alone("up", lambda row: row.up), "down": _alone("down", lambda row: not row.up),
    "carrier": _alone("carrier", lambda row: row.carrier),
    "no-carrier": _alone("no-carrier", lambda row: not row.carrier), "state": _state,
    "kind": _one_of("kind", "kind", "a kind", KINDS), "mac": _mac, "mtu": _mtu, "address": _address, "master": _master,
    "no-master": _alone("no-master", lambda row: row.master is None),
    "port": _one_of("port", "port_state", "a port's state", PORT_STATES), "peer": _peer, "joins": _joins}


SAME = {"down": "up", "no-carrier": "carrier", "no-address": "address", "no-master": "master", "port": "master",
        "joins": "peer", "no-peer": "peer"}
"""Properties that say the same thing of an interface as another."""


@condition(
    "interface", "interface NODE[:IFACE] [PROPERTY …]",
    summary=(("NODE has this interface, with all these properties: up, down, carrier, no-carrier, state UP|DOWN|…, "
              "kind veth|bridge|…, mac MAC, mtu N, address ADDRESS[/LEN], master BRIDGE, no-master, port "
              "forwarding|…, peer NODE[:IFACE], joins BRIDGE (its other end is a port of it). NODE alone: any "
              "interface beside lo."),
             ("NODE 有这个接口，并且有所列的全部属性：up、down、carrier、no-carrier、state UP|DOWN|…、kind "
              "veth|bridge|…、mac MAC、mtu N、address ADDRESS[/LEN]、master BRIDGE、no-master、port forwarding|…、"
              "peer NODE[:IFACE]、joins BRIDGE（它的另一端是其端口）。只写 NODE：除 lo 外的任意接口。")),
    examples=(("interface host:docker0 up no-carrier state DOWN",
               "docker0 before the first container",
               "第一个容器之前的 docker0"),
              ("interface nginx-1:eth0 address 172.17.0.2/16 joins docker0",
               "the container's end of the pair",
               "容器这一端的 veth"),
              ("no interface blue", "the namespace has lo and nothing else", "命名空间里只有 lo")))
def _interface(reader: Reader) -> Test:
    name = reader.take("NODE:IFACE").text
    wishes: list[Wish] = []
    while not reader.is_done:
        wishes.append(WISHES[reader.choose("a property", WISHES)](reader))
    return lambda context: _found(context, name, wishes)


def _found(context: Context, text: str, wishes: list[Wish]) -> Verdict:
    say = context.say
    name, colon, ifname = text.partition(":")
    context.wish = _wished(context, name, ifname or "…", wishes) if colon or wishes else (
        context.expects("interface.any", node=name))
    node = context.node(name)
    rows = context.rows_of(node)
    known = say("interface.none", node=node, names=context.some(row.name for row in rows))
    if not colon and not wishes:
        return Verdict(any(row.kind != "loopback" for row in rows), context.expects("interface.any", node=node), known)
    row = context.interface(text) if not colon else next((row for row in rows if row.name == ifname), None)
    expected = _wished(context, node, row.name if row else ifname, wishes)
    if row is None:
        return Verdict(False, expected, known)
    unmet = [wish for wish in wishes if not wish.holds(context, row)]
    told = _told(context, _facts_of(row, unmet) if unmet else facts(row))
    return Verdict(not unmet, expected, say("interface.found", name=f"{node}:{row.name}", facts=told))


def _wished(context: Context, node: str, name: str, wishes: list[Wish]) -> str:
    """What is expected of an interface, or that it is there at all."""
    wished = _told(context, [wish.text for wish in wishes])
    return context.expects("interface.so" if wishes else "interface", node=node, name=name, wishes=wished)


def _told(context: Context, properties: list[str]) -> str:
    """Properties in the reader's language; English has a condition's own words."""
    words = (one.partition(" ") for one in properties)
    return context.say("property.gap").join(context.say(f"property.{word}", value=value) for word, _, value in words)


def _facts_of(row: InterfaceRow, wishes: list[Wish]) -> list[str]:
    """What an interface has in place of what was wished for; a reader need not look for it among all that it has."""
    kinds = {SAME.get(word, word) for word in (wish.text.partition(" ")[0] for wish in wishes)}
    known = [*facts(row), *([] if row.master else ["no-master"]), *([] if row.peer else ["no-peer"])]
    return [fact for fact in known if SAME.get(word := fact.partition(" ")[0], word) in kinds]


def facts(row: InterfaceRow) -> list[str]:
    """An interface's properties, in the words that a condition uses."""
    parts = ["up" if row.up else "down", "carrier" if row.carrier else "no-carrier", f"state {row.state}",
             f"kind {row.kind}", f"mac {row.mac}", f"mtu {row.mtu}"]
    parts += [f"address {address}" for address in row.addresses] or ["no-address"]
    parts += [f"master {row.master}", f"port {row.port_state}"] if row.master else []
    return parts + ([f"peer {':'.join(row.peer)}"] if row.peer else [])


@condition(
    "counter", "counter NAME NODE[:IFACE] COUNT",
    summary=((f"A counter of an interface: {', '.join(COUNTERS)} (rx and tx count packets; overheard counts frames "
              "that came in although another station's MAC was on them). COUNT as in `frames`."),
             ("接口的一个计数器：rx、tx、overheard、rx_packets、rx_bytes、rx_dropped、tx_packets、tx_bytes、"
              "tx_dropped（rx 和 tx 数的是包；overheard 数的是写着别的站点的 MAC 却收到的帧）。COUNT 与 `frames` 中相"
              "同。")),
    examples=(("counter overheard pc3:eth0 > 0", "pc3 heard what was not for it", "pc3 听到了不是发给它的帧"),
              ("counter rx_dropped host:docker0 0", "nothing was dropped", "没有丢弃")))
def _counter(reader: Reader) -> Test:
    name = reader.choose("a counter", COUNTERS)
    interface = reader.take("NODE:IFACE").text
    count = comparison(reader, "a count")
    return lambda context: _counted(context, name, interface, count)


def _counted(context: Context, name: str, interface: str, count: Comparison) -> Verdict:
    say = context.say
    context.wish = context.expects("counter", name=name, interface=interface, count=count.status(say))
    row = context.interface(interface)
    value: int = getattr(row, name if "_" in name or name == "overheard" else f"{name}_packets")
    expected = context.expects("counter", name=name, interface=f"{row.node}:{row.name}", count=count.status(say))
    return Verdict(count.holds(value), expected, say("counter.found", count=str(value)))


@condition(
    "namespace", "namespace NODE is NODE",
    summary=("Both are in one network namespace: what one sees of the network, the other sees.",
             "两者在同一个网络命名空间里：一个看到的网络，另一个也看到。"),
    examples=(("namespace nginx-host is host", "--net=host made no namespace", "--net=host 没有新建命名空间"),
              ("no namespace nginx-1 is nginx-2", "each has its own", "各有各的")))
def _namespace(reader: Reader) -> Test:
    left = reader.take("NODE").text
    reader.require("is", "is NODE")
    right = reader.take("NODE").text
    return lambda context: _same_namespace(context, left, right)


def _same_namespace(context: Context, left: str, right: str) -> Verdict:
    context.wish = context.expects("namespace", left=left, right=right)
    one, other = context.node(left), context.node(right)
    found = context.say("namespace.found", left=left, one=one, right=right, other=other)
    return Verdict(one == other, context.wish, found)
