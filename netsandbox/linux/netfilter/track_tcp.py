"""TCP as the connection tracker sees it from the middle (net/netfilter/nf_conntrack_proto_tcp.c).

A segment has to fit the state and the windows of its connection, or it is
invalid.  The states are those that `conntrack -L` prints.
"""

from __future__ import annotations

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.sysctl.table import Sysctls
from netsandbox.linux.netfilter.connection import ASSURED, ESTABLISHED_REPLY, ORIGINAL, REPLY, SEEN_REPLY, Connection
from netsandbox.linux.netfilter.tcp_states import (
    CL,
    CLOSING,
    ES,
    FW,
    IG,
    INDEX,
    INVALID,
    IV,
    NO,
    ORDINARY,
    S2,
    SET_ACK,
    SET_FIN,
    SET_RST,
    SET_SYN,
    SET_SYNACK,
    SR,
    SS,
    TIMEOUTS,
    TRANSITIONS,
    TW,
)
from netsandbox.linux.netfilter.tcp_window import (
    STAMP_ONLY,
    STAMP_SIZE,
    Side,
    TcpTracking,
    count_retransmissions,
    fits,
    is_inside,
    learn,
)
from netsandbox.wire.sequence import MASK, before
from netsandbox.wire.tcp import RST, TcpSegment


class Settings:
    """net.netfilter.nf_conntrack_tcp_* (struct nf_tcp_net): lifetimes in nanoseconds, of each state by its number."""

    __slots__ = ("ignores_resets", "is_liberal", "lifetimes", "max_retrans", "most_retransmissions", "picks_up",
                 "unacknowledged")

    def __init__(self, sysctls: Sysctls) -> None:
        prefix = "net.netfilter.nf_conntrack_tcp_"
        self.lifetimes = tuple(sysctls.get(f"{prefix}timeout_{name}") * SECOND if name else 0 for name in TIMEOUTS)
        self.max_retrans, self.unacknowledged = (
            sysctls.get(f"{prefix}timeout_{name}") * SECOND for name in ("max_retrans", "unacknowledged"))
        self.most_retransmissions = sysctls.get(f"{prefix}max_retrans")
        self.is_liberal, self.picks_up, self.ignores_resets = (
            bool(sysctls.get(prefix + name)) for name in ("be_liberal", "loose", "ignore_invalid_rst"))


class ReopenedError(Exception):
    """A SYN uses the ports of a connection that is over: it is to be forgotten, and the segment looked at anew."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection


def begin(connection: Connection, segment: TcpSegment, sysctls: Sysctls) -> bool:
    """tcp_new: whether a connection may begin with this segment."""
    state = TRANSITIONS[ORIGINAL][INDEX[segment.flags]][NO]
    if state >= INVALID:
        return False
    tracking = connection.tcp = TcpTracking()
    sender, receiver = tracking.sides
    sender.end = (segment.seq + segment.sequence_length) & MASK
    sender.max_win = segment.window or 1
    if state == SS:
        sender.max_end = sender.end
        sender.read_options(segment)
    elif not sysctls.derived(Settings).picks_up:
        return False
    else:
        sender.max_end = (sender.end + sender.max_win) & MASK
        for side in (sender, receiver):
            side.sack = side.is_liberal = True
    return True


def take_over(connection: Connection) -> None:
    """A connection that a program has entered: nobody has seen its windows."""
    tracking = connection.tcp = TcpTracking()
    for side in tracking.sides:
        side.is_liberal = True


def track(connection: Connection, segment: TcpSegment, info: int, sysctls: Sysctls) -> tuple[bool, int | None]:
    """nf_conntrack_tcp_packet: (whether the segment is valid, its new lifetime in ns; 0 to forget it, None to keep).

    Of what is invalid, the lifetime is the most that is left of a long one.

    Raises:
        ReopenedError: the connection is over, and the segment begins another one.
    """
    tracking = connection.tcp
    assert isinstance(tracking, TcpTracking), "a TCP connection begins with `begin`"
    settings = sysctls.derived(Settings)
    direction, index, old = REPLY if info >= ESTABLISHED_REPLY else ORIGINAL, INDEX[segment.flags], connection.state
    new = TRANSITIONS[direction][index][old]
    skips_window = False
    if new not in ORDINARY:
        special = _special(connection, tracking, segment, direction, new, settings)
        if isinstance(special, bool):
            return special, None
        old, new, skips_window = special
    if not skips_window:
        fitting = fits(tracking, segment, direction, index, old, settings.is_liberal)
        if fitting is False:
            return False, _misfit(connection, tracking, direction, index, settings)
        if fitting is None:
            return True, None
    return True, _accepted(connection, tracking, segment, direction, index, old, new, settings)


def follow(connection: Connection, segment: TcpSegment, direction: int, sysctls: Sysctls) -> int | None:
    """As `track`, of what most segments are: they acknowledge something and fit both windows; their lifetime.

    None, with nothing changed, where `track` has to look.
    """
    tracking, index, old = connection.tcp, INDEX[segment.flags], connection.state
    new = TRANSITIONS[direction][index][old]
    if not isinstance(tracking, TcpTracking) or new not in ORDINARY or index not in (SET_ACK, SET_FIN):
        return None
    sender, receiver, ack = tracking.sides[direction], tracking.sides[not direction], segment.ack
    options, end = segment.options, (segment.seq + segment.sequence_length) & MASK
    if not sender.max_win or (receiver.sack and not (len(options) == STAMP_SIZE and options.startswith(STAMP_ONLY))):
        return None
    if not is_inside(sender, receiver, segment.seq, end, ack):
        return None
    learn(sender, receiver, True, ack, ack, end, segment.window << sender.scale)
    if index == SET_ACK:
        count_retransmissions(tracking, segment, direction, end)
    return _accepted(connection, tracking, segment, direction, index, old, new, sysctls.derived(Settings))


def _misfit(connection: Connection, tracking: TcpTracking, direction: int, index: int,
            settings: Settings) -> int | None:
    """nf_tcp_handle_invalid: where both ends have sent a FIN or RST that fits no window, it is probably over."""
    if not connection.status & ASSURED or index not in (SET_FIN, SET_RST):
        return None
    if tracking.last_direction != direction and tracking.last_index in (SET_FIN, SET_RST):
        return settings.unacknowledged
    tracking.last_index, tracking.last_direction = index, direction
    return None


def _special(connection: Connection, tracking: TcpTracking, segment: TcpSegment, direction: int, new: int,
             settings: Settings) -> tuple[int, int, bool] | bool:
    """A segment that may not lead to the state that the table names.

    Returns:
        The states before and after, and whether no window is asked; or, where nothing comes of it, whether it is valid.
    """
    index, old = INDEX[segment.flags], connection.state
    if new == SS and old >= TW:
        if tracking.sides[ORIGINAL].closed_first or tracking.sides[REPLY].closed_first or (
                tracking.last_direction == direction and tracking.last_index == SET_RST):
            raise ReopenedError(connection)
        new = IG
    if new == IG:
        return (SS, SR, False) if _ignored(tracking, segment, direction, index) else True
    if new == IV:
        return False
    if new == S2:
        tracking.simultaneous = True
    elif new == SR and direction == REPLY and index == SET_ACK and tracking.simultaneous:
        new = ES
    elif new == CL and index == SET_RST:
        verdict = _reset(connection, tracking, segment, direction, settings)
        return verdict is not None and (old, old if verdict[0] else new, verdict[1])
    return old, new, False


def close(connection: Connection) -> None:
    """nf_conntrack_tcp_set_closing: a rule has reset the connection."""
    connection.state = CL


def _ignored(tracking: TcpTracking, segment: TcpSegment, direction: int, index: int) -> bool:
    """A segment that only the ends can judge; True where it shows that an ignored SYN was the true beginning."""
    if (index == SET_SYNACK and tracking.last_index == SET_SYN and tracking.last_direction != direction
            and segment.ack == tracking.last_end):
        first = tracking.last_side or Side()
        first.end = first.max_end = tracking.last_end
        first.max_win = tracking.last_window or 1
        sides = [Side(), Side()]
        sides[tracking.last_direction] = first
        tracking.sides = (sides[0], sides[1])
        return True
    tracking.last_index, tracking.last_direction = index, direction
    tracking.last_seq, tracking.last_ack, tracking.last_window = segment.seq, segment.ack, segment.window
    tracking.last_end = (segment.seq + segment.sequence_length) & MASK
    if index == SET_SYN and direction == ORIGINAL:
        tracking.last_side = Side()
        tracking.last_side.read_options(segment)
    return False


def _reset(connection: Connection, tracking: TcpTracking, segment: TcpSegment, direction: int,
           settings: Settings) -> tuple[bool, bool] | None:
    """A RST: (whether the state stays, whether no window is asked), or None where it cannot be one of the peer's."""
    last_end, other = tracking.last_end, tracking.sides[not direction]
    if connection.state in CLOSING or _answers(connection, tracking, segment, direction):
        return False, True
    is_established = connection.state == ES and bool(connection.status & ASSURED)
    if other.max_ack is not None:
        if segment.seq == 0 and not is_established:
            return False, False
        if before(segment.seq, other.max_ack) and not settings.ignores_resets:
            return None
        if not is_established or segment.seq == other.max_ack:
            return False, False
        if tracking.last_index == SET_ACK and tracking.last_direction == direction and segment.seq == last_end:
            return False, False
        return True, False
    return False, tracking.last_index == SET_ACK and not connection.status & ASSURED and segment.ack == last_end


def _answers(connection: Connection, tracking: TcpTracking, segment: TcpSegment, direction: int) -> bool:
    """Whether a RST is the other end's answer to a SYN or an ACK that was let through unjudged."""
    if tracking.last_direction == direction:
        return False
    if tracking.last_index == SET_SYN:
        return bool(connection.status & SEEN_REPLY) and segment.ack == tracking.last_end
    return (tracking.last_index == SET_ACK and not connection.status & ASSURED and segment.seq == tracking.last_ack)


def _accepted(connection: Connection, tracking: TcpTracking, segment: TcpSegment, direction: int, index: int,
              old: int, new: int, settings: Settings) -> int | None:
    """The segment fits: the connection goes on to its next state; returns its new lifetime as `track` does."""
    tracking.last_index, tracking.last_direction = index, direction
    connection.state = new
    if old != new and new == FW:
        tracking.sides[direction].closed_first = True
    lifetime = _lifetime(tracking, index, new, settings)
    if not connection.status & SEEN_REPLY:
        if segment.flags & RST:
            return 0
        if index == SET_SYN and old == SS:
            return None
        if new == ES:
            lifetime = min(lifetime, settings.unacknowledged)
    elif not connection.status & ASSURED and old in (SR, ES) and new == ES:
        connection.status |= ASSURED
    return lifetime


def _lifetime(tracking: TcpTracking, index: int, state: int, settings: Settings) -> int:
    usual = settings.lifetimes[state]
    if tracking.retransmissions >= settings.most_retransmissions:
        return min(usual, settings.max_retrans)
    if index == SET_RST:
        return settings.lifetimes[CL]
    if tracking.sides[ORIGINAL].unacked or tracking.sides[REPLY].unacked:
        return min(usual, settings.unacknowledged)
    if not tracking.last_window:
        return min(usual, settings.max_retrans)
    return usual


def is_succeeded(old: Connection, new: Connection) -> bool:
    """Whether a TCP connection is over and another begins beyond its numbers (nf_nat_may_kill, nf_seq_has_advanced)."""
    before, now = old.tcp, new.tcp
    if not isinstance(before, TcpTracking) or not isinstance(now, TcpTracking) or old.state < TW:
        return False
    return 0 < (now.sides[ORIGINAL].end - before.sides[ORIGINAL].end) & MASK <= MASK >> 1
