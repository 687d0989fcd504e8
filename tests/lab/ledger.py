"""A ledger beside the trace: what left must arrive, and what arrives must have left.

It takes the place of a trace's list of records and hears of each as it is made, while the cables are as they were for
that frame.  From a frame's size, the peers and their MTUs it works out by itself who is to receive it, and compares
that with what the scheduler holds and with what is recorded later.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import Alike, event_of
from netsandbox.lab.lab import Lab
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices.cable import LongCable
from netsandbox.linux.core.devices.interface import HARD_HEADER, VLAN_HEADER, Interface
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import FrameBridged, FrameReceived, FrameSent, SendFailed
from netsandbox.linux.ipv4.ip_output import LoopedBack
from netsandbox.linux.place import BRIDGE, CABLE, LOOPED_BACK, Place
from netsandbox.wire.ipv4 import IPv4Packet

PASSED_ON = {Outcome.BRIDGED, Outcome.REPEATED}
Key = tuple[int, bool, int]
Flow = tuple[int, int, int, int, int]


class Ledger(list[Any]):
    """The records of a lab, with the accounts of its frames.

    Attributes:
        in_flight: who is to receive which frame: (receiver, whether it is a long cable to it, frame).
        seen: how often each kind of end was met: an Outcome, a DropReason, `sent`, `long`, `looped back`.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab.trace.events)
        assert not self, "a ledger begins with an empty lab"
        self.lab = lab
        self.scheduler: Scheduler = lab.scheduler
        self._devices: dict[int, Interface] = {}
        self.in_flight: Counter[Key] = Counter()
        self.from_own_bridge: Counter[Key] = Counter()
        """What a host sent by its bridge, and the bridge has not yet passed on or refused."""
        self.to_host: Counter[Key] = Counter()
        self.too_big: Counter[Key] = Counter()
        self.passed_on: Counter[Key] = Counter()
        self.sent: set[Flow] = set()
        self.owed: set[Flow] = set()
        """What came back to its own sender, and is to leave once that is done with."""
        self.seen: Counter[object] = Counter()
        self.kept: list[Any] = []
        """Everything with an identity in the accounts, so that no identity is used twice."""
        lab.trace.events = self
        lab.trace.record = self.append  # type: ignore[method-assign]

    def append(self, raw: Any) -> None:
        super().append(raw)
        for seq in range(raw.first, raw.end) if type(raw) is Alike else (0,):
            self._note(event_of(raw, seq))

    def __setitem__(self, index: Any, raw: Any) -> None:
        super().__setitem__(index, raw)
        self._note(event_of(raw, index))

    def _device(self, place: Place) -> Interface:
        """What a record speaks of."""
        if place.id not in self._devices:
            self._devices.update({i.id: i for n in self.lab.namespaces() for i in n.interfaces.values()})
        return self._devices[place.id]

    def _note(self, event: Any) -> None:
        self.kept.append(event)
        match event:
            case FrameSent(place, frame):
                self._sent(self._device(place), frame)
            case FrameBridged():
                self._bridged(event)
            case SendFailed(place, frame, verdict):
                self._failed(self._device(place), frame, verdict)
            case FrameReceived(receiver, frame, verdict):
                self._received(receiver, frame, verdict)

    def _sent(self, interface: Interface, frame: Any) -> None:
        assert interface.running, f"{interface} sends without a carrier"
        self._note_sent(interface, frame)
        if isinstance(interface, Bridge):
            self.from_own_bridge[_key(interface.id, frame)] += 1
        else:
            self._leaves(interface, frame)

    def _note_sent(self, interface: Interface, frame: Any) -> None:
        if isinstance(frame.payload, IPv4Packet):
            self.sent.add(_flow(interface, frame))
            self.owed.discard(_flow(interface, frame))

    def _leaves(self, interface: Interface, frame: Any) -> None:
        """A frame is put on a wire: whoever is at the other end is to get it, unless it is too big for it."""
        self.seen["sent"] += 1
        peer = interface if interface.is_loopback else interface.peer
        assert peer is not None, f"{interface} sends, but nothing is connected to it"
        assert len(interface.wire) == 1, f"{interface} has {len(interface.wire)} wires"
        if frame.size > peer.mtu + HARD_HEADER + VLAN_HEADER:
            self.too_big[_key(interface.id, frame)] += 1
        else:
            self.in_flight[_key(peer.id, frame, isinstance(interface.wire[0], LongCable))] += 1

    def _bridged(self, event: FrameBridged) -> None:
        if event.port is None:
            _take(self.from_own_bridge, _key(event.bridge.id, event.frame), "a bridge sends what its host did not send")
        else:
            self.passed_on[_key(event.port.id, event.frame)] += 1
        assert len({port.id for port in event.ports}) == len(event.ports), "a port sends the same frame twice"
        for port in event.ports:
            self._leaves(self._device(port), event.frame)
        if event.to_host:
            self.to_host[_key(event.bridge.id, event.frame)] += 1

    def _failed(self, interface: Interface, frame: Any, verdict: Any) -> None:
        reason = self._reason(verdict)
        key = _key(interface.id, frame)
        if reason is DropReason.DEV_READY:
            assert not interface.running, f"{interface} is ready"
            self._note_sent(interface, frame)
        elif self.too_big[key]:
            assert reason is DropReason.PKT_TOO_BIG, reason
            _take(self.too_big, key, "")
        elif isinstance(interface, Bridge):
            _take(self.from_own_bridge, key, "a bridge fails to send what its host did not send")
        else:
            assert reason is DropReason.PKT_TOO_BIG, reason
            assert interface.port is not None
            assert frame.size > interface.mtu + HARD_HEADER + VLAN_HEADER, "it was not too big"

    def _received(self, receiver: Place, frame: Any, verdict: Any) -> None:
        if isinstance(verdict, Dropped):
            self._reason(verdict)
        else:
            assert isinstance(verdict, Outcome), f"{receiver} has no verdict: {verdict!r}"
            self.seen[verdict] += 1
        if receiver.kind == LOOPED_BACK:
            self.owed |= {_flow(self._device(receiver), frame)} - self.sent
            self.seen["looped back"] += 1
        elif receiver.kind == BRIDGE:
            _take(self.to_host, _key(receiver.id, frame), f"{receiver} receives what it did not hand to its host")
        elif receiver.kind == CABLE:
            _take(self.in_flight, _key(receiver.id, frame, True), f"{receiver} has a frame that nobody sent")
            if isinstance(verdict, Outcome):
                self.in_flight[_key(receiver.id, frame)] += 1
                self.seen["long"] += 1
        else:
            _take(self.in_flight, _key(receiver.id, frame), f"{receiver} receives a frame that nobody sent")
            passed_on = self.passed_on.pop(_key(receiver.id, frame), 0)
            assert passed_on == (verdict in PASSED_ON or _is_oversize(verdict, passed_on)), f"{receiver}: {verdict}"

    def _reason(self, verdict: Any) -> DropReason:
        assert isinstance(verdict, Dropped), verdict
        assert isinstance(verdict.reason, DropReason), verdict
        self.seen[verdict.reason] += 1
        return verdict.reason

    def check(self) -> None:
        """Between two steps: what has left and not arrived is what the scheduler holds, no more and no less."""
        for account in (self.from_own_bridge, self.to_host, self.too_big, self.passed_on):
            assert not +account, "something vanished between a bridge and its ports or its host"
        assert self.scheduler.ready or not self.owed, "what came back was never sent"
        held: Counter[Key] = Counter()
        for targets, frame, _cause in self.scheduler.queue:
            for target in targets:
                if isinstance(target, LongCable):
                    held[_key(target.end.id, frame, True)] += 1
                elif not isinstance(target, LoopedBack):
                    held[_key(target.id, frame)] += 1
        for timer in self.scheduler.timers:
            cable = getattr(timer.callback, "__self__", None)
            if isinstance(cable, LongCable):
                held[_key(cable.end.id, timer.argument)] += 1
        assert held == +self.in_flight, "what is in flight is not what has left and not arrived"


def _is_oversize(verdict: Any, passed_on: int) -> bool:
    """A bridge says so when not one of its ports took a frame."""
    return bool(passed_on) and isinstance(verdict, Dropped) and verdict.reason is DropReason.PKT_TOO_BIG


def _flow(interface: Interface, frame: Any) -> Flow:
    """A packet at an interface, be it whole or in pieces."""
    packet = frame.payload
    return interface.id, packet.src, packet.dst, packet.protocol, packet.ident


def _key(device: int, frame: Any, is_long: bool = False) -> Key:
    return device, is_long, id(frame)


def _take(account: Counter[Key], key: Key, complaint: str) -> None:
    assert account[key] > 0, complaint
    account[key] -= 1
    if not account[key]:
        del account[key]
