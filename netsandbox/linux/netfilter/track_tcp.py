"""TCP as the connection tracker sees it from the middle (net/netfilter/nf_conntrack_proto_tcp.c).

A segment has to fit the state and the windows of its connection, or it is
invalid.  The states are those that `conntrack -L` prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.netfilter.connection import ASSURED, ESTABLISHED_REPLY, ORIGINAL, REPLY, SEEN_REPLY, Connection
from netsandbox.wire.options import whole_options
from netsandbox.wire.sequence import HALF, MASK, after, before
from netsandbox.wire.tcp import ACK, FIN, PSH, RST, SYN, URG, TcpSegment

if TYPE_CHECKING:
    from netsandbox.linux.core.sysctl import Sysctls

STATES = ("NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",
          "SYN_SENT2")
NO, SS, SR, ES, FW, CW, LA, TW, CL, S2 = range(10)
INVALID, IGNORE = 10, 11
"""What a transition may be beside a state: the segment makes no sense, or may make sense to the ends alone."""
IV, IG = INVALID, IGNORE
ORDINARY = frozenset({ES, FW, CW, LA, TW})
"""States that a segment always leads to if it fits the windows."""
SET_SYN, SET_SYNACK, SET_FIN, SET_ACK, SET_RST, SET_NONE = range(6)
INDEX = tuple(SET_RST if flags & RST else (SET_SYNACK if flags & ACK else SET_SYN) if flags & SYN else
              SET_FIN if flags & FIN else SET_ACK if flags & ACK else SET_NONE for flags in range(256))
"""By the flags of a segment: what of it decides on the state (get_conntrack_index)."""
TRANSITIONS = (
    ((SS, SS, IG, IG, IG, IG, IG, SS, SS, S2),
     (IV, IV, SR, IV, IV, IV, IV, IV, IV, SR),
     (IV, IV, FW, FW, LA, LA, LA, TW, CL, IV),
     (ES, IV, ES, ES, CW, CW, TW, TW, CL, IV),
     (IV, CL, CL, CL, CL, CL, CL, CL, CL, CL),
     (IV,) * 10),
    ((IV, S2, IV, IV, IV, IV, IV, SS, IV, S2),
     (IV, SR, IG, IG, IG, IG, IG, IG, IG, SR),
     (IV, IV, FW, FW, LA, LA, LA, TW, CL, IV),
     (IV, IG, SR, ES, CW, CW, TW, TW, CL, IG),
     (IV, CL, CL, CL, CL, CL, CL, CL, CL, CL),
     (IV,) * 10))
"""By direction, by what is set in the segment, by state."""
TIMEOUTS = ("", "syn_sent", "syn_recv", "established", "fin_wait", "close_wait", "last_ack", "time_wait", "close",
            "syn_sent")
MAX_ACK_WINDOW = 66_000
MAX_SCALE = 14
OPTION_SCALE, OPTION_SACK_PERMITTED, OPTION_SACK = 3, 4, 5
TOGETHER = frozenset({SYN, SYN | URG, SYN | ACK, RST, RST | ACK, FIN | ACK, FIN | ACK | URG, ACK, ACK | URG})
"""What may be set at once of all flags but PSH, ECE and CWR."""
VALID_FLAGS = tuple(flags & (FIN | SYN | RST | ACK | URG) & ~PSH in TOGETHER for flags in range(256))
STAMP_ONLY, STAMP_SIZE = b"\x01\x01\x08\x0a", 12


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


class Side:
    """What is known of one end (struct ip_ct_tcp_state): the sequence space, and what it said in its SYN."""

    __slots__ = ("closed_first", "end", "is_liberal", "max_ack", "max_end", "max_win", "sack", "scale", "scales",
                 "unacked")

    def __init__(self) -> None:
        self.end = self.max_end = self.max_win = self.scale = 0
        self.max_ack: int | None = None
        self.sack = self.scales = self.is_liberal = self.closed_first = self.unacked = False

    def read_options(self, segment: TcpSegment) -> None:
        """tcp_options: window scale and SACK of a SYN."""
        if not segment.options:
            return
        self.scale = 0
        self.sack = self.scales = self.is_liberal = self.closed_first = self.unacked = False
        for kind, value in whole_options(segment.options):
            if kind == OPTION_SACK_PERMITTED:
                self.sack = True
            elif kind == OPTION_SCALE and len(value) == 1:
                self.scale, self.scales = min(value[0], MAX_SCALE), True


class TcpTracking:
    """A connection's TCP part (struct ip_ct_tcp).

    Attributes:
        last_index, last_direction: of the segment before this one, what index_of says of it, and its direction.
        last_seq, last_ack, last_end, last_window: the numbers of the last one that was an ACK, or was ignored.
    """

    __slots__ = ("last_ack", "last_direction", "last_end", "last_index", "last_seq", "last_side", "last_window",
                 "retransmissions", "sides", "simultaneous")

    def __init__(self) -> None:
        self.sides = (Side(), Side())
        self.last_index, self.last_direction = SET_NONE, ORIGINAL
        self.last_seq = self.last_ack = self.last_end = self.last_window = 0
        self.last_side: Side | None = None
        """What a SYN said that was ignored, as it may yet turn out to be the connection's true beginning."""
        self.retransmissions = 0
        self.simultaneous = False


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
        fits = _fits(tracking, segment, direction, index, old, settings)
        if fits is not True:
            return fits is None, None
    return True, _accepted(connection, tracking, segment, direction, index, old, new, settings)


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
    tracking.last_seq, tracking.last_window = segment.seq, segment.window
    tracking.last_end = (segment.seq + segment.sequence_length) & MASK
    if index == SET_SYN and direction == ORIGINAL:
        tracking.last_side = Side()
        tracking.last_side.read_options(segment)
    return False


def _reset(connection: Connection, tracking: TcpTracking, segment: TcpSegment, direction: int,
           settings: Settings) -> tuple[bool, bool] | None:
    """A RST: (whether the state stays, whether no window is asked), or None where it cannot be one of the peer's."""
    last_end, other = tracking.last_end, tracking.sides[not direction]
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
    half = (connection.status & SEEN_REPLY and tracking.last_index == SET_SYN) or (
        not connection.status & ASSURED and tracking.last_index == SET_ACK)
    return False, bool(half and segment.ack == last_end)


def _highest_sack(segment: TcpSegment, sack: int) -> int:
    for kind, value in whole_options(segment.options):
        if kind == OPTION_SACK:
            for at in range(4, len(value), 8):
                right = int.from_bytes(value[at:at + 4], "big")
                sack = right if after(right, sack) else sack
    return sack


def _start(sender: Side, receiver: Side, segment: TcpSegment, end: int, sack: int, direction: int) -> None:
    """tcp_init_sender: the first segment of this direction, or of a connection whose beginning nobody saw."""
    sender.end = end
    if segment.flags & SYN:
        sender.max_end, sender.max_win = end, segment.window or 1
        sender.read_options(segment)
        if direction == REPLY and not (sender.scales and receiver.scales):
            sender.scale = receiver.scale = 0
        return
    sender.max_win = segment.window << sender.scale or 1
    sender.max_end = (end + sender.max_win) & MASK
    if not receiver.max_win:
        receiver.end = receiver.max_end = sack
    elif sack == (receiver.end + 1) & MASK:
        receiver.end = sack


def _fits(tracking: TcpTracking, segment: TcpSegment, direction: int, index: int, state: int,
          settings: Settings) -> bool | None:
    """tcp_in_window: True where the segment fits both windows; None: let it be; else False."""
    sender, receiver = tracking.sides[direction], tracking.sides[not direction]
    flags, seq, win = segment.flags, segment.seq, segment.window
    ack = sack = segment.ack
    end = (seq + segment.sequence_length) & MASK
    options = segment.options
    if receiver.sack and not (len(options) == STAMP_SIZE and options.startswith(STAMP_ONLY)):
        sack = _highest_sack(segment, sack)
    if not sender.max_win or (flags & SYN and after(end, sender.end) and state in (SS, SR)):
        _start(sender, receiver, segment, end, sack, direction)
        if direction == REPLY and flags & SYN and not flags & ACK:
            return True
    if not flags & ACK or (flags & RST and not ack):
        ack = sack = receiver.end
    if flags & RST and not seq and state == SS:
        seq = end = sender.end
    if not _is_inside(sender, receiver, seq, end, sack):
        judged = _judge(sender, receiver, seq, end, sack)
        return sender.is_liberal or settings.is_liberal or judged
    if not flags & SYN:
        win <<= sender.scale
    _learn(sender, receiver, bool(flags & ACK), ack, sack, end, win)
    if index == SET_ACK:
        _count_retransmissions(tracking, segment, direction, end)
    return True


def _is_inside(sender: Side, receiver: Side, seq: int, end: int, sack: int) -> bool:
    """The four conditions on sequence and acknowledgement numbers, with `before` and `after` written out."""
    window = MAX_ACK_WINDOW
    if sender.max_win > window:
        window = sender.max_win
    return not ((seq - sender.max_end - 1) & MASK < HALF or (sack - receiver.end - 1) & MASK < HALF
                or (receiver.max_win and (sender.end - receiver.max_win - 1 - end) & MASK < HALF)
                or (receiver.end - window - 1 - sack) & MASK < HALF)


def _judge(sender: Side, receiver: Side, seq: int, end: int, sack: int) -> bool | None:
    """What does not fit: as `_fits`. Of what is a little more than the window takes the end is remembered."""
    if not before(sack, (receiver.end + 1) & MASK):
        return False
    if before(seq, (sender.max_end + 1) & MASK):
        return None
    window = max(MAX_ACK_WINDOW, sender.max_win)
    reaches_back = receiver.max_win and after(end, (sender.end - receiver.max_win - 1) & MASK)
    if (reaches_back and (end - sender.max_end + 1) & MASK <= receiver.max_win
            and after(sack, (receiver.end - window - 1) & MASK)):
        sender.end, sender.unacked = end, True
        return None
    return False


def _learn(sender: Side, receiver: Side, has_ack: bool, ack: int, sack: int, end: int, win: int) -> None:
    room = win + (sack - ack) & MASK
    if room > sender.max_win:
        sender.max_win = room
    if (sender.end - end) & MASK >= HALF:
        sender.end, sender.unacked = end, True
    if has_ack and (sender.max_ack is None or (sender.max_ack - ack) & MASK >= HALF):
        sender.max_ack = ack
    if receiver.max_win and (sender.max_end - end) & MASK >= HALF:
        receiver.max_win += (end - sender.max_end) & MASK
    if (receiver.max_end - 1 - sack - win) & MASK >= HALF:
        receiver.max_end = (sack + win + (not win)) & MASK
    if ack == receiver.end:
        receiver.unacked = False


def _count_retransmissions(tracking: TcpTracking, segment: TcpSegment, direction: int, end: int) -> None:
    if (tracking.last_direction == direction and tracking.last_seq == segment.seq and tracking.last_ack == segment.ack
            and tracking.last_end == end and tracking.last_window == segment.window):
        tracking.retransmissions += 1
        return
    tracking.retransmissions = 0
    tracking.last_seq, tracking.last_ack = segment.seq, segment.ack
    tracking.last_end, tracking.last_window = end, segment.window


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
