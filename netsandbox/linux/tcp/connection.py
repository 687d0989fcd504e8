"""What TCP keeps of a connection (struct tcp_sock).

Plain data; who changes it are the modules of this room, each for its concern.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import DONT, WANT, Process, Socket
from netsandbox.linux.ipv4.routing import OutputRoute
from netsandbox.linux.tcp import alarm
from netsandbox.linux.tcp.control.congestion import Congestion
from netsandbox.linux.tcp.control.delivery import Delivery
from netsandbox.linux.tcp.control.rack_state import Rack
from netsandbox.linux.tcp.control.rtt import RoundTrip
from netsandbox.linux.tcp.counts import Counts
from netsandbox.linux.tcp.events import TcpStateChanged
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.sending.chronograph import Chronograph
from netsandbox.linux.tcp.sending.path_search_state import PathSearch
from netsandbox.linux.tcp.state import CLOSE, DEFAULT_MSS, NAMES, OPEN, USUAL, Chunk, Keepalive, Sent, TcpState, Waiting
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.tcp import TcpSegment

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.tcp.sending.buffers import Buffer, Early
    from netsandbox.linux.tcp.sending.send_buffer import Writing


class Connection(Socket):
    """One TCP socket: unbound, listening, connecting or connected.

    Attributes:
        state: RFC 9293's.  soft_error: what an ICMP error said.
        orphan: no program has it any more (SOCK_DEAD).  shutdown: which directions are closed.
        foreground: whether the lab is not quiet while it waits for an answer.
        is_deaf: a socket filter drops whatever comes (SO_ATTACH_FILTER).
        way: to the peer, as it was when last asked for (sk_dst_cache).
        way_checked: the answers about routes that it is one of, and the interface that it was asked for.
    """

    protocol = "tcp"

    caches: ClassVar = {"way_checked": "None"}
    tuning = USUAL

    __slots__ = ("accepted", "ack_at", "ack_deferred", "ack_due", "ack_now", "ack_timer", "ack_wanted", "acked_up_to",
                 "advertised_mss", "again_out", "ato", "backlog_memory", "backoff", "calls", "challenged_at",
                 "chronograph", "compressed", "confirm", "congestion", "copied", "counts", "created", "delivered",
                 "delivery", "done", "drops", "duplicate", "early", "echoed_stamp", "ecn", "ect", "expected",
                 "foreground", "forward", "gap_acks", "gap_at", "going_on", "handshake_at", "has_sack", "has_stamps",
                 "held", "high_seq", "hurries", "ident", "interface", "is_accepted", "is_burst", "is_deaf", "is_local",
                 "is_nagle_off",
                 "keepalive", "keepalive_due", "keepalive_timer", "largest_window", "last_sent", "last_size", "losses",
                 "lost_out", "memory", "more_to_send", "mss", "mss_clamp", "no_memory", "nodelay", "nxt", "on_event",
                 "orphan", "overflowed_at", "owned", "parent", "path_error", "path_mtu", "path_search", "pingpong",
                 "pmtudisc",
                 "probe_end", "probe_is_again", "probes", "prr_delivered", "prr_out", "pushed", "pushed_in", "queued",
                 "quick", "rack", "ratio", "receive_buffer", "receive_scale", "receive_trip", "receive_window",
                 "received", "received_at", "recent_at", "recent_stamp", "recovery", "requests", "resends",
                 "retransmitted", "retries", "retry_began", "retry_since", "round_trip", "sacked_out", "sacks",
                 "segment_size", "send_buffer", "send_scale", "send_window", "sent", "shutdown_flags", "slow_start",
                 "small", "soft_error", "space", "space_at", "space_seq", "stamp_offset", "state", "timeouts", "timer",
                 "timer_due", "timer_kind", "tos", "trip_at", "trip_seq", "trip_stamp", "ttl", "twice", "una",
                 "undo_marker", "undo_retrans", "unsent", "waits_for_room", "way", "way_checked", "window_clamp",
                 "window_is_full", "window_seq", "wire", "write_began", "write_mss", "writing", "written")

    def __init__(self, namespace: NetworkNamespace, process: Process, reuse: bool = False) -> None:
        super().__init__(namespace, process, reuse)
        self.state = CLOSE
        self.on_event: Callable[[], None] | None = None
        self.soft_error = ""
        self.orphan = self.done = False
        self.shutdown_flags = 0
        self.foreground = True
        self.interface: Interface | None = namespace.vrf_processes.get(process.pid)
        self.is_deaf = self.is_accepted = False
        self.way: OutputRoute | None = None
        self.way_checked: tuple[dict[Any, Any], Interface | None] | None = None
        self.ttl: int | None = None
        self.tos = 0
        self.pmtudisc = DONT if namespace.sysctls.get("net.ipv4.ip_no_pmtu_disc") else WANT
        self.ident = 0
        self.nodelay = self.waits_for_room = False
        self.keepalive: Keepalive | None = None
        self.owned = False  # A program's call goes on: what comes meanwhile waits in `held`
        self.held: list[Waiting] = []
        self.backlog_memory = 0  # What has come so takes in the buffer until all of it was looked at (sk_backlog.len)
        self.path_error: tuple[Interface, IPv4Packet, IcmpMessage, IPv4Packet] | None = None
        """An ICMP error that said meanwhile that the path is shorter: where it came, and what it quotes."""
        self.calls: list[tuple[str, Any]] = []
        """What the program asked for and was not begun: a method's name and its argument."""
        self.going_on: tuple[str, Any] | None = None  # What is left of the present call
        self.writing: Writing | None = None  # What of it lies beyond the memory that there was when it began
        self.resends = ""  # Why more that is lost leaves again once the queue is empty, or nothing
        self.more_to_send = self.is_nagle_off = self.is_burst = self.window_is_full = False
        """Whether a call has more to send now; whether what left last was several segments at once; whether the peer's
        window kept more back."""
        self.created = namespace.scheduler.now
        self.handshake_at = 0  # When our SYN,ACK left, for the first round-trip time; 0 when it was sent more than once
        self._init_listen()
        self._init_send()
        self._init_loss()
        self._init_timers()
        self._init_receive()
        self._init_acks()

    def _init_listen(self) -> None:
        """A listener's queues, and the listener that a connection came of."""
        self.accepted: list[Connection] = []  # Whole connections that wait for accept()
        self.requests: dict[tuple[int, int, int, int], Request] = {}
        self.parent: Connection | None = None
        self.overflowed_at: int | None = None  # When a SYN last got a cookie

    def _init_send(self) -> None:
        settings = self.namespace.sysctls
        self.una = self.nxt = self.written = self.pushed = self.small = 0
        """snd_una, snd_nxt, write_seq, pushed_seq, snd_sml."""
        self.send_window = self.window_seq = self.largest_window = 0  # snd_wnd, snd_wl1, max_window
        self.send_scale = 0
        self.mss = self.mss_clamp = DEFAULT_MSS
        self.path_mtu = 0
        self.path_search = PathSearch()
        self.send_buffer = settings.numbers("net.ipv4.tcp_wmem")[1]
        self.queued = 0  # Bytes written and not acknowledged
        self.unsent: list[Chunk] = []
        self.sent: list[Sent] = []
        self.congestion = Congestion(settings.text("net.ipv4.tcp_congestion_control"))
        self.round_trip = RoundTrip(settings.get("net.ipv4.tcp_rto_min_us"),
                                    settings.get("net.ipv4.tcp_rto_max_ms") * MILLISECOND)
        self.counts = Counts()
        self.chronograph = Chronograph()
        self.delivery = Delivery()
        self.wire: TcpSegment | None = None  # The segment that left last
        self.ecn = self.ect = 0
        """What both ends agreed on and owe each other (ecn.py), and whether the present segment may be marked."""
        self.confirm = False  # The neighbour has proved itself, which the next segment tells its entry
        self.ack_at = 0  # When an ACK last came (rcv_tstamp)
        self.last_sent = 0
        self.write_began = self.write_mss = 0
        """When the present round of sending began (tcp_clock_cache), of which all that leaves in it has the time."""

    def _init_loss(self) -> None:
        """What the sender knows of lost segments."""
        self.recovery = OPEN
        self.sacked_out = self.lost_out = self.again_out = 0
        self.high_seq = self.undo_marker = self.undo_retrans = 0
        self.losses = 0  # How often a segment was taken to be lost (tp->lost)
        self.forward = False  # After a timeout new data may tell whether anything was lost (F-RTO, RFC 5682)
        self.prr_delivered = self.prr_out = 0
        self.delivered = self.retransmitted = self.twice = self.drops = 0
        """Segments that have arrived, that were sent again, that arrived twice (dsack_dups), that were dropped here."""
        self.probe_end: int | None = None  # The end of the tail loss probe under way (tlp_high_seq)
        self.probe_is_again = False
        self.rack = Rack(self.namespace.sysctls.get("net.ipv4.tcp_reordering"))

    def _init_timers(self) -> None:
        """The sender's timer and the keepalive's."""
        self.retries = self.probes = self.backoff = self.timeouts = 0
        """icsk_retransmits, icsk_probes_out, icsk_backoff, total_rto."""
        self.retry_since = self.retry_began = 0  # When the present retries began: as TSval, and in virtual nanoseconds
        self.timer: Timer | None = None
        self.timer_kind = ""  # retransmit, tail, reorder or probe
        self.timer_due = 0
        self.keepalive_timer: Timer | None = None
        self.keepalive_due = 0

    def _init_receive(self) -> None:
        self.expected = self.acked_up_to = self.copied = 0  # rcv_nxt, rcv_wup, copied_seq
        self.receive_window = self.slow_start = self.window_clamp = 0  # rcv_wnd, rcv_ssthresh, window_clamp
        self.receive_scale = 0
        self.receive_buffer = self.namespace.sysctls.numbers("net.ipv4.tcp_rmem")[1]
        self.ratio = 128  # What of a buffer is data, in 1/256 (scaling_ratio)
        self.advertised_mss = DEFAULT_MSS
        self.received: list[Buffer] = []
        self.memory = 0  # What the received data takes in the buffer (sk_rmem_alloc)
        self.early: list[Early] = []
        self.sacks: list[tuple[int, int]] = []
        self.duplicate: tuple[int, int] | None = None
        self.has_stamps = self.has_sack = False
        self.stamp_offset = 0
        self.recent_stamp = 0
        self.recent_at = 0  # When ts_recent was last set; 0 before
        self.echoed_stamp = 0
        self.segment_size = DEFAULT_MSS  # rcv_mss
        self.last_size = 0  # What may be the size of the peer's segments, once it comes again (last_seg_size)
        self.is_local = False  # The peer is in this host
        self.no_memory = False  # What came had no place, which the next ACK tells (ICSK_ACK_NOMEM)
        self.space = self.space_at = self.space_seq = 0
        """rcvq_space: what the program took in one round trip, and when and where that began."""
        self.receive_trip = self.trip_seq = self.trip_stamp = 0
        self.trip_at: int | None = None
        """rcv_rtt_est: the round trip in 1/8 microseconds, where and when the present measurement ends and began."""

    def _init_acks(self) -> None:
        """The ACKs that are owed to the peer."""
        self.quick = self.pingpong = 0
        self.ato = 0
        self.ack_wanted = self.ack_now = self.hurries = self.ack_deferred = False
        self.pushed_in = 0  # How often a short segment came since the last ACK (ICSK_ACK_PUSHED, ICSK_ACK_PUSHED2)
        self.received_at = -1 << 62
        self.ack_timer: Timer | None = None
        self.ack_due = 0
        self.gap_acks = self.gap_at = 0
        """How many ACKs told at once of what came beyond a gap, and where that begins (dup_ack_counter)."""
        self.compressed: Timer | None = None
        self.challenged_at = -1 << 62

    def change(self, state: TcpState, why: str) -> None:
        """Go to another state, and say so."""
        if state is not self.state:
            namespace = self.namespace
            namespace.trace.events.append((
                TcpStateChanged, namespace.name, self.address, self.port, self.peer, self.peer_port, NAMES[self.state],
                NAMES[state], why))
            if state is CLOSE:
                self._note_end(why)
            self.state = state

    def _note_end(self, why: str) -> None:
        """tcp_set_state, tcp_done: a socket that its program closes before it was connected has not failed."""
        if self.state in (TcpState.ESTABLISHED, TcpState.CLOSE_WAIT):
            self.namespace.count("TcpEstabResets")
        elif self.state in (TcpState.SYN_SENT, TcpState.SYN_RECV) and why != "close":
            self.namespace.count("TcpAttemptFails")

    def wake(self) -> None:
        """Tell the program, once the queue is empty, that something has changed."""
        if self.on_event is not None and not self.orphan:
            self.namespace.scheduler.soon(_wake, self)

    def forget(self) -> None:
        """No packet finds the connection any more, and no timer rings for it (tcp_done)."""
        alarm.disarm_all(self)
        self.counts.settle(self.namespace, self.delivered)
        self.state = CLOSE
        self.unsent.clear()
        self.sent.clear()
        self.sacked_out = self.lost_out = self.again_out = 0
        self.more_to_send, self.resends = False, ""
        sockets, key = self.namespace.sockets, self.key
        if sockets.connections.get(key) is self:
            del sockets.connections[key]
        if self.orphan:
            sockets.release(self)

    @property
    def key(self) -> tuple[int, int, int, int]:
        return self.address, self.port, self.peer, self.peer_port

    @property
    def in_flight(self) -> int:
        """Segments that are on the network (tcp_packets_in_flight)."""
        return len(self.sent) - self.sacked_out - self.lost_out + self.again_out

    def trace_key(self) -> str:
        return f"tcp {self.address:x}:{self.port} {self.peer:x}:{self.peer_port}"


def _wake(conn: Connection) -> None:
    if conn.on_event is not None:
        conn.on_event()
