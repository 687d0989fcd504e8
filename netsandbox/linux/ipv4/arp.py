"""ARP as Linux does it (RFC 826, RFC 5227; net/ipv4/arp.c: arp_process, arp_solicit)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.linux.core.neighbours.nud import NOARP, REACHABLE, STALE
from netsandbox.linux.core.neighbours.parameters import USER_HZ
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import ArpWithheld
from netsandbox.linux.ipv4.input_route import InputRoute, is_plainly_ours, route_input
from netsandbox.linux.ipv4.route_value import SCOPES
from netsandbox.linux.ipv4.routing import OutputRoute, route_output, select_address
from netsandbox.wire.addresses import BROADCAST_MAC, LOOPBACK_NETWORK, MAC_GROUP_BIT, is_multicast, multicast_mac
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket
from netsandbox.wire.ethernet import ETH_P_ARP, Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

OPERATIONS = REQUEST, REPLY
IGNORED, ACCEPTED, ANSWERED = Outcome.IGNORED, Outcome.ACCEPTED, Outcome.ANSWERED


def send(interface: Interface, op: int, spa: int, tpa: int, tha: int, destination: int) -> None:
    """Put one ARP packet on the wire (arp_send)."""
    mac = interface.mac
    interface.transmit(Frame(destination, mac, ETH_P_ARP, ArpPacket(op, mac, spa, tha, tpa)))


def construct(entry: Neighbour) -> None:
    """arp_constructor: what needs no ARP is known from the start."""
    interface = entry.interface
    kind = interface.namespace.routes.address_type(entry.address)
    if kind == "multicast":
        entry.mac = multicast_mac(entry.address)
    elif interface.is_loopback or (interface.rare and interface.noarp):
        entry.mac = interface.link_address
    elif kind == "broadcast":
        entry.mac = BROADCAST_MAC
    else:
        return
    entry.state, entry.sure, entry.is_valid = NOARP, True, True


def solicit(entry: Neighbour, packet: IPv4Packet | None) -> None:
    """Ask for a neighbour's MAC: by unicast while an old one is being probed, else by broadcast.

    The sender address is the waiting packet's source if that is ours, as
    arp_announce has it; else an address of the interface in the target's subnet.
    """
    interface = entry.interface
    source = _announced_source(interface, entry.address, packet)
    by_unicast = interface.neigh.ucast_solicit
    if by_unicast <= entry.probes < by_unicast + interface.neigh.app_solicit:
        return  # a daemon's turn (neigh_app_ns), and there is none
    known = entry.probes < by_unicast and entry.mac is not None
    send(interface, REQUEST, source, entry.address, 0, entry.mac if known and entry.mac else BROADCAST_MAC)


def _announced_source(interface: Interface, target: int, packet: IPv4Packet | None) -> int:
    namespace = interface.namespace
    announce = max(interface.conf.arp_announce, namespace.sysctls.all.arp_announce)
    if packet is not None and announce != 2 and (
            packet.src in namespace.routes.local or namespace.routes.address_type(packet.src) == "local"):
        if announce != 1:
            return packet.src
        for address in interface.addresses:
            if target in address.network and packet.src in address.network:
                return packet.src
    return select_address(interface, target, "link")


def announce(interface: Interface, at_once: bool) -> None:
    """arp_notify: one gratuitous request for each address (inetdev_send_gratuitous_arp)."""
    tell = partial(_announce_one, interface)
    own = [address.local for address in interface.addresses]
    if at_once:
        for local in own:
            tell(local)
    else:
        interface.namespace.scheduler.one_by_one(own, tell)


def _announce_one(interface: Interface, local: int) -> None:
    send(interface, REQUEST, local, local, 0, BROADCAST_MAC)


def receive(interface: Interface, frame: Frame, arp: ArpPacket) -> Verdict:
    """arp_process: answer if the target is ours, learn the sender by Linux's rules."""
    target, sender, ours = arp.tpa, arp.spa, interface.arp_targets
    if ours is not None and target not in ours:
        entry = interface.neighbours.get(sender)
        if entry is None or (entry.is_valid and entry.mac == arp.sha and arp.op == REQUEST):
            return IGNORED
    if interface.rare and interface.noarp:
        return Dropped(DropReason.ARP_INVALID, ("NOARP", interface.name))
    if interface.is_loopback or arp.op not in OPERATIONS:
        return Dropped(DropReason.ARP_INVALID, ("op", arp.op))
    if is_multicast(target) or (target >> 24 == LOOPBACK_NETWORK >> 24
                                and not interface.namespace.sysctls.either(interface.conf, "route_localnet")):
        return Dropped(DropReason.ARP_INVALID, ("target", target))
    if sender == target and interface.namespace.sysctls.either(interface.conf, "drop_gratuitous_arp"):
        return Dropped(DropReason.ARP_INVALID, ("gratuitous", sender))
    if sender == 0:
        return _answer_probe(interface, arp)
    if arp.op == REQUEST:
        verdict = _answer(interface, frame, arp, delayed=False)
        if verdict is not None:
            return verdict
    return _update(interface, frame, arp)


def _answer_probe(interface: Interface, arp: ArpPacket) -> Verdict:
    """Duplicate address detection (RFC 5227): answered, and learned by nobody."""
    is_ours = interface.namespace.routes.address_type(arp.tpa) == "local"
    if arp.op == REQUEST and is_ours and _ignores(interface, arp):
        _withhold(interface, arp, "arp_ignore")
    elif arp.op == REQUEST and is_ours:
        send(interface, REPLY, arp.tpa, 0, arp.sha, arp.sha)
        return ANSWERED
    return IGNORED


def _answer(interface: Interface, frame: Frame, arp: ArpPacket, delayed: bool) -> Verdict | None:
    """The answer to a request, or None when the question is not for this host."""
    if is_plainly_ours(interface, arp.spa, arp.tpa):
        return _answer_for_own(interface, arp)
    namespace = interface.namespace
    route = route_input(interface, arp.spa, arp.tpa)
    if route.refusal is not None:
        if namespace.routes.address_type(arp.tpa) == "local":
            _withhold(interface, arp, route.refusal.reason.name)
        return None
    if route.type == "local":
        return _answer_for_own(interface, arp)
    if route.type != "unicast" or not interface.conf.forwarding or not _answers_for_others(interface, arp, route):
        return None
    _learn(interface, arp)
    limit = interface.neigh.proxy_delay
    if delayed or limit == 0 or not frame.dst & MAC_GROUP_BIT:
        send(interface, REPLY, arp.tpa, arp.spa, arp.sha, arp.sha)
        return ANSWERED
    if namespace.proxy_waiting > interface.neigh.proxy_qlen:
        return IGNORED
    namespace.proxy_waiting += 1
    delay = namespace.proxy_delay.below(limit * SECOND // USER_HZ)
    namespace.scheduler.kernel_timer(delay, _answer_late, (interface, frame, arp), foreground=True)
    return Outcome.QUEUED


def _answer_for_own(interface: Interface, arp: ArpPacket) -> Verdict:
    """The address is this host's, but a setting may keep it from saying so here."""
    own, common = interface.conf, interface.namespace.sysctls.all
    if own.arp_ignore or common.arp_ignore or own.arp_filter or common.arp_filter:
        why = "arp_ignore" if _ignores(interface, arp) else "arp_filter" if _filtered(interface, arp) else ""
        if why:
            _withhold(interface, arp, why)
            return IGNORED
    _learn(interface, arp)
    send(interface, REPLY, arp.tpa, arp.spa, arp.sha, arp.sha)
    return ANSWERED


def _withhold(interface: Interface, arp: ArpPacket, why: str) -> None:
    interface.namespace.record(ArpWithheld(interface.place, arp.tpa, arp.spa, why))


def _answers_for_others(interface: Interface, arp: ArpPacket, route: InputRoute) -> bool:
    """arp_fwd_proxy, arp_fwd_pvlan, pneigh_lookup: proxy ARP, for the same wire too where its ports are isolated."""
    either = interface.namespace.sysctls.either
    if route.interface is interface:
        return arp.spa != arp.tpa and bool(either(interface.conf, "proxy_arp_pvlan"))
    if either(interface.conf, "proxy_arp") and _is_another_medium(interface, route.interface):
        return True
    return (interface.name, arp.tpa) in interface.namespace.proxies


def _is_another_medium(interface: Interface, out: Interface | None) -> bool:
    """medium_id: what has the same number is one wire; 0 is a wire of its own, -1 is not to be proxied for."""
    number, other = interface.conf.medium_id, 0 if out is None else out.conf.medium_id
    return not number or (number != -1 and other not in (number, -1))


def _answer_late(question: tuple[Interface, Frame, ArpPacket]) -> None:
    interface, frame, arp = question
    interface.namespace.proxy_waiting -= 1
    if interface.running:
        _answer(interface, frame, arp, delayed=True)


def _learn(interface: Interface, arp: ArpPacket) -> None:
    """neigh_event_ns: who asks is known from now on, and to be verified when used."""
    table = interface.namespace.neighbours
    entry = table.ensure(interface, arp.spa)
    if entry is not None:
        table.update(entry, arp.sha, STALE, True, "it asked")


def _update(interface: Interface, frame: Frame, arp: ArpPacket) -> Verdict:
    """What a packet that is no question for us tells about its sender."""
    namespace = interface.namespace
    table, entry = namespace.neighbours, interface.neighbours.get(arp.spa)
    gratuitous = _is_gratuitous(interface, arp)
    if entry is None and _accepts(interface, arp, gratuitous):
        entry = table.ensure(interface, arp.spa)
    if entry is None:
        return IGNORED
    scheduler = namespace.scheduler
    override = gratuitous or scheduler.now > entry.updated + interface.neigh.lock_time
    to_us = arp.op == REPLY and not frame.dst & MAC_GROUP_BIT
    table.update(entry, arp.sha, REACHABLE if to_us else STALE, override,
                 "it answered" if arp.op == REPLY else "it was heard")
    return ACCEPTED


def _accepts(interface: Interface, arp: ArpPacket, gratuitous: bool) -> bool:
    """arp_accept: 1 takes all, 2 only senders of a subnet of ours."""
    accept = interface.namespace.sysctls.either(interface.conf, "arp_accept")
    if not accept:
        return False
    if accept == 2 and not any(arp.spa in address.network for address in interface.addresses):
        return False
    return gratuitous or (arp.op == REPLY and interface.namespace.routes.address_type(arp.spa) == "unicast")


def _is_gratuitous(interface: Interface, arp: ArpPacket) -> bool:
    """arp_is_garp."""
    if arp.tpa != arp.spa or (arp.op == REPLY and arp.tha != arp.sha):
        return False
    return interface.namespace.routes.address_type(arp.spa) == "unicast"


def _ignores(interface: Interface, arp: ArpPacket) -> bool:
    """arp_ignore: which of our addresses we answer for, on which interface."""
    mode = interface.namespace.sysctls.either(interface.conf, "arp_ignore")
    if mode in (1, 2):
        return not _confirms(interface, arp.spa if mode == 2 else 0, arp.tpa, "host")
    if mode == 3:
        return not any(_confirms(other, 0, arp.tpa, "link") for other in interface.namespace.interfaces.values())
    return mode == 8


def _confirms(interface: Interface, sender: int, local: int, scope: str) -> bool:
    """confirm_addr_indev: it has this address, of no wider scope, and a subnet for it and the sender (0: anybody)."""
    own = interface.addresses
    return any(a.local == local and SCOPES[a.scope] <= SCOPES[scope] for a in own) and any(
        local in a.network and (not sender or sender in a.network) for a in own)


def _filtered(interface: Interface, arp: ArpPacket) -> bool:
    """arp_filter: answer only where the answer would be routed back by this interface."""
    namespace = interface.namespace
    if not namespace.sysctls.either(interface.conf, "arp_filter"):
        return False
    route = route_output(namespace, arp.spa, arp.tpa)
    return not isinstance(route, OutputRoute) or route.interface is not interface
