"""What a host tells the routers of its network about groups that it joins and leaves (RFC 3376; net/ipv4/igmp.c).

Only what the kernel joins by itself is reported: a VXLAN device's group, and a bridge's that looks into IGMP.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.wire.addresses import multicast_mac
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.igmp import LEAVE, QUERY, REPORT_V1, REPORT_V2, REPORT_V3, TO_EXCLUDE, TO_INCLUDE, IgmpMessage
from netsandbox.wire.igmp import PROTOCOL as IGMP
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.core.devices.interface import Interface, Verdict

ROUTERS, ALL_ROUTERS = 0xE0000016, 0xE0000002  # 224.0.0.22 and 224.0.0.2
OLD_QUERIER = (2 * 125 + 10) * SECOND  # For how long a query of version 2 keeps a host to that version (RFC 3376, 8.12)
ROUTER_ALERT = bytes.fromhex("94040000")
ALL_SNOOPERS = 0xE000006A  # 224.0.0.106, which who looks into IGMP joins (RFC 4286; br_multicast_join_snoopers)
SECOND_REPORT = 1000  # Milliseconds within which a report is said again (igmpv3_unsolicited_report_interval)


class HostGroups:
    """What a namespace remembers of its groups besides that it is in them (struct ip_mc_list)."""

    __slots__ = ("old_until", "others", "reporters", "timers")

    def __init__(self, _namespace: NetworkNamespace) -> None:
        self.timers: dict[tuple[str, int], Timer] = {}  # answers that wait, by device and group
        self.reporters: set[tuple[str, int]] = set()  # where this host was the last to report
        self.old_until: dict[str, int] = {}  # by device, until when somebody is taken to ask in version 2
        self.others: Counter[tuple[str, int]] = Counter()  # Who is in a group besides the first that joined it


def join(interface: Interface, group: int) -> None:
    """ip_mc_join_group: from now on packets to the group are for this host, and its routers hear of it, twice."""
    namespace = interface.namespace
    key = (interface.name, group)
    if key not in namespace.groups:
        namespace.groups = frozenset({*namespace.groups, key})
        _report(interface, group, TO_EXCLUDE)


def leave(interface: Interface, group: int) -> None:
    """ip_mc_leave_group."""
    namespace = interface.namespace
    key = (interface.name, group)
    if key in namespace.groups:
        namespace.groups = frozenset(namespace.groups - {key})
        if interface.up:
            _report(interface, group, TO_INCLUDE)


def join_as_program(interface: Interface, group: int) -> None:
    """IP_ADD_MEMBERSHIP: another socket may be in the group already."""
    if (interface.name, group) in interface.namespace.groups:
        interface.namespace.igmp.others[interface.name, group] += 1
    else:
        join(interface, group)


def leave_as_program(interface: Interface, group: int) -> None:
    """The host stays in the group while others are."""
    others, key = interface.namespace.igmp.others, (interface.name, group)
    if others[key]:
        others[key] -= 1
    else:
        leave(interface, group)


def follow_snooping(interface: Interface) -> None:
    """A bridge came up or went down, or began or ceased to look into IGMP."""
    (join if interface.up and interface.snoops else leave)(interface, ALL_SNOOPERS)


def receive(interface: Interface, _frame: Frame, packet: IPv4Packet) -> Verdict:
    """igmp_rcv: somebody asks who listens, or another host has answered already."""
    try:
        message = IgmpMessage.parse(packet.payload_bytes())
    except ParseError:
        return Dropped(DropReason.IGMP_INVALID, (interface.name,))
    if message.type == QUERY:
        _query(interface, packet.payload_bytes()[1], message.group)
    elif message.type in (REPORT_V1, REPORT_V2):
        host = interface.namespace.igmp
        host.reporters.discard((interface.name, message.group))
        interface.namespace.scheduler.cancel(host.timers.pop((interface.name, message.group), None))
    return Outcome.ACCEPTED


def _query(interface: Interface, code: int, group: int) -> None:
    """igmp_heard_query: one that a version 2 would send; each group is reported within the time that it gives."""
    namespace = interface.namespace
    host, longest = namespace.igmp, (code or 100) * SECOND // 10
    host.old_until[interface.name] = namespace.scheduler.now + OLD_QUERIER
    for name, member in sorted(namespace.groups):
        if name == interface.name and group in (0, member):
            waiting, now = host.timers.get((name, member)), namespace.scheduler.now
            if waiting is not None and waiting.when - now < longest:
                continue  # igmp_mod_timer
            stream = namespace.chance.stream(f"{namespace.name}/igmp/{name}/{member}/{now}")
            delay = stream.below(longest // MILLISECOND)
            namespace.scheduler.cancel(waiting)
            host.timers[name, member] = namespace.scheduler.after(
                max(delay, 1) * MILLISECOND, _answer, (interface, member))


def _answer(what: tuple[Interface, int]) -> None:
    """igmp_timer_expire."""
    interface, group = what
    host, key = interface.namespace.igmp, (interface.name, group)
    host.timers.pop(key, None)
    if key in interface.namespace.groups:
        host.reporters.add(key)
        _transmit(interface, group, IgmpMessage(REPORT_V2, group))


def _is_old(interface: Interface) -> bool:
    """IGMP_V2_SEEN: somebody has asked in version 2 lately."""
    return interface.namespace.igmp.old_until.get(interface.name, 0) > interface.namespace.scheduler.now


def version(interface: Interface) -> str:
    """As /proc/net/igmp names it."""
    return "V2" if _is_old(interface) else "V3"


def _report(interface: Interface, group: int, record: int) -> None:
    namespace = interface.namespace
    if _is_old(interface):
        _report_as_before(interface, group, record)
        return
    first = namespace.chance.stream(f"{namespace.name}/igmp").below(8) + 1
    again = namespace.chance.stream(f"{namespace.name}/igmp").below(SECOND_REPORT) + first
    for delay in (first, again):
        namespace.scheduler.after(delay * MILLISECOND, _send, (interface, group, record), foreground=True)


def _report_as_before(interface: Interface, group: int, record: int) -> None:
    """As version 2 has it: who leaves says so if it was the last to report."""
    host, key = interface.namespace.igmp, (interface.name, group)
    interface.namespace.scheduler.cancel(host.timers.pop(key, None))
    if record == TO_EXCLUDE:
        _answer((interface, group))
    elif key in host.reporters:
        host.reporters.discard(key)
        _transmit(interface, ALL_ROUTERS, IgmpMessage(LEAVE, group))


def _send(what: tuple[Interface, int, int]) -> None:
    """add_grec, igmpv3_sendpack."""
    interface, group, record = what
    is_member = (interface.name, group) in interface.namespace.groups
    if not interface.running or is_member != (record == TO_EXCLUDE) or _is_old(interface):
        return  # ip_mc_down, igmp_heard_query, igmp_group_added: what was to be said is not true any more
    _transmit(interface, ROUTERS, IgmpMessage(REPORT_V3, 0, ((record, group, 0),)))


def _transmit(interface: Interface, destination: int, message: IgmpMessage) -> None:
    source = interface.addresses[0].local if interface.addresses else 0
    packet = IPv4Packet(source, destination, IGMP, message.emit(), 1, 0, True, 0xC0, options=ROUTER_ALERT)
    interface.namespace.count("IpOutRequests")
    interface.transmit(Frame(multicast_mac(destination), interface.mac, ETH_P_IP, packet))
