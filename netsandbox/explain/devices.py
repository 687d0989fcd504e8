"""What the events of stacked devices, tunnels and policy rules looked at, as texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from netsandbox.engine.units import MILLISECOND
from netsandbox.explain.voice import Voice, safe
from netsandbox.linux import device_events as events
from netsandbox.linux.drop import DropReason, Operand
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

Told = tuple[str, dict[str, str]]  # The key of the catalogue, and the fields for its words
Ended = Frame | IPv4Packet  # What a verdict was about
Event = (events.TagPushed | events.ArpAnswered | events.VlanEntered | events.VlanLeft | events.BpduTaken
         | events.RootChosen | events.TopologyChanged | events.Encapsulated | events.Decapsulated | events.VtepLearned
         | events.VtepMissing | events.ChildChosen | events.SlaveChosen | events.ActiveSlaveChanged
         | events.FrameShaped | events.RuleMatched | events.PathChosen | events.NextHopChanged
         | events.GroupJoined | events.GroupLeft)
KINDS = get_args(Event)
ADDRESSES = ("remote", "destination", "address", "group")


def _fields(event: Event, voice: Voice) -> dict[str, str]:
    fields = {}
    for name, value in event._asdict().items():
        if name in ADDRESSES:
            fields[name] = voice.ip(value)
        elif name == "previous" and isinstance(value, int):
            fields[name] = voice.ip(value) if value else ""
        elif name == "mac":
            fields[name] = voice.mac(value)
        else:
            fields[name] = safe(str(value))
    return fields


def _case(event: Event) -> str:
    """Which case of its kind an event is; empty for the ordinary one."""
    match event:
        case events.VlanEntered(had_tag=True) | events.VlanLeft(tagged=True):
            return "tagged"
        case events.RootChosen(port=""):
            return "itself"
        case events.TopologyChanged(changing=False):
            return "over"
        case events.VtepLearned(previous=previous) if previous:
            return "moved"
        case events.VtepMissing(address=address) if address:
            return "address"
        case events.ActiveSlaveChanged(slave=""):
            return "none"
        case events.NextHopChanged(added=False):
            return "gone"
        case events.FrameShaped():
            return str(event.what)
        case events.Encapsulated() | events.ChildChosen() | events.SlaveChosen():
            return str(event.why)
    return ""


def tell(event: Event, voice: Voice) -> Told:
    """The words for an event of device_events."""
    fields = _fields(event, voice)
    if isinstance(event, events.ActiveSlaveChanged):
        fields["why"] = voice.say(f"slave.{event.why}")
        fields["previous"] = fields["previous"] or voice.say("slave.nobody")
    if isinstance(event, events.FrameShaped):
        fields["time"] = f"{event.nanoseconds / MILLISECOND:g} ms"
    case = _case(event)
    return f"{type(event).__name__}.{case}" if case else type(event).__name__, fields


def _number_and_place(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Told:
    """(number, name): a VLAN, a VNI or a key, and the device that it is about."""
    number = operands[0] if operands else ""
    name = safe(str(operands[1])) if len(operands) > 1 else ""
    return "", {"vlan": str(number), "port": name}


def _ingress_vlan(operands: tuple[Operand, ...], what: Ended, voice: Voice) -> Told:
    """(VLAN or 0, port): 0 where the port has no PVID."""
    _case, fields = _number_and_place(operands, what, voice)
    return ("" if operands and operands[0] else ".none"), fields


def _bpdu(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Told:
    """(port,), or ("guard", port): no bridge is wanted there."""
    return (".guard" if operands and operands[0] == "guard" else ""), {
        "port": safe(str(operands[-1])) if operands else ""}


def _place(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Told:
    """(name,), and for a queueing discipline what it did."""
    return "", {"port": safe(str(operands[0])) if operands else "", "vlan": "",
                "rule": safe(" ".join(str(operand) for operand in operands[1:]))}


DROPS: dict[DropReason, Callable[[tuple[Operand, ...], Ended, Voice], Told]] = {
    DropReason.BRIDGE_INGRESS_VLAN: _ingress_vlan, DropReason.BRIDGE_EGRESS_VLAN: _number_and_place,
    DropReason.VLAN_UNKNOWN: _number_and_place, DropReason.VXLAN_VNI_NOT_FOUND: _number_and_place,
    DropReason.TUNNEL_UNKNOWN: _number_and_place, DropReason.BPDU_INVALID: _bpdu,
    **dict.fromkeys((DropReason.DEV_NULL, DropReason.NO_TX_TARGET, DropReason.RECURSION_LIMIT, DropReason.QDISC_DROP,
                     DropReason.BOND_INACTIVE, DropReason.MACVLAN_FOREIGN, DropReason.TUN_NO_READER,
                     DropReason.TUNNEL_INVALID, DropReason.VXLAN_INVALID_HDR, DropReason.VXLAN_ENTRY_EXISTS,
                     DropReason.LOCAL_MAC, DropReason.IGMP_INVALID), _place)}
