"""Whether a segment fits the windows of its connection (tcp_in_window in net/netfilter/nf_conntrack_proto_tcp.c)."""

from __future__ import annotations

from netsandbox.linux.netfilter.connection import ORIGINAL, REPLY
from netsandbox.linux.netfilter.tcp_states import SET_ACK, SET_NONE, SR, SS
from netsandbox.wire.options import whole_options
from netsandbox.wire.sequence import HALF, MASK, after, before
from netsandbox.wire.tcp import ACK, RST, SYN, TcpSegment

MAX_ACK_WINDOW = 66_000
MAX_SCALE = 14
OPTION_SCALE, OPTION_SACK_PERMITTED, OPTION_SACK = 3, 4, 5
STAMP_ONLY, STAMP_SIZE = b"\x01\x01\x08\x0a", 12


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


def fits(tracking: TcpTracking, segment: TcpSegment, direction: int, index: int, state: int,
         is_liberal: bool) -> bool | None:
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
    if not is_inside(sender, receiver, seq, end, sack):
        judged = _judge(sender, receiver, seq, end, sack)
        return sender.is_liberal or is_liberal or judged
    if not flags & SYN:
        win <<= sender.scale
    learn(sender, receiver, bool(flags & ACK), ack, sack, end, win)
    if index == SET_ACK:
        count_retransmissions(tracking, segment, direction, end)
    return True


def is_inside(sender: Side, receiver: Side, seq: int, end: int, sack: int) -> bool:
    """The four conditions on sequence and acknowledgement numbers, with `before` and `after` written out."""
    window = MAX_ACK_WINDOW
    if sender.max_win > window:
        window = sender.max_win
    return not ((seq - sender.max_end - 1) & MASK < HALF or (sack - receiver.end - 1) & MASK < HALF
                or (receiver.max_win and (sender.end - receiver.max_win - 1 - end) & MASK < HALF)
                or (receiver.end - window - 1 - sack) & MASK < HALF)


def _judge(sender: Side, receiver: Side, seq: int, end: int, sack: int) -> bool | None:
    """What does not fit: as `fits`. Of what is a little more than the window takes the end is remembered."""
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


def learn(sender: Side, receiver: Side, has_ack: bool, ack: int, sack: int, end: int, win: int) -> None:
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


def count_retransmissions(tracking: TcpTracking, segment: TcpSegment, direction: int, end: int) -> None:
    if (tracking.last_direction == direction and tracking.last_seq == segment.seq and tracking.last_ack == segment.ack
            and tracking.last_end == end and tracking.last_window == segment.window):
        tracking.retransmissions += 1
        return
    tracking.retransmissions = 0
    tracking.last_seq, tracking.last_ack = segment.seq, segment.ack
    tracking.last_end, tracking.last_window = end, segment.window
