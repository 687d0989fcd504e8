"""What has gone over a connection, as `ss -i` tells it (struct tcp_info), and what its namespace counts of it."""

from __future__ import annotations

from operator import add

from netsandbox.linux.core.namespace import NetworkNamespace

COUNTED = ("TcpOutSegs", "TcpExtTCPOrigDataSent", "TcpExtTCPDelivered", "TcpExtTCPHPHits", "TcpExtTCPHPAcks",
           "TcpExtTCPPureAcks", "TcpExtTCPRcvCoalesce")
NONE = (0,) * len(COUNTED)


class Counts:
    """Segments both ways, those of them that had data, and bytes.

    Attributes:
        bytes_acked: of ours, by the peer.  bytes_again: of ours, sent once more.
        early: segments that came out of order.
        again: of those that left, what was sent again, which OutSegs leaves out.
        fresh: segments that left for the first time, those with a FIN among them (TCPOrigDataSent).
        foreseen, foreseen_acks, pure_acks: data that came as foreseen, ACKs that did and brought news, and other ACKs
            without data (TCPHPHits, TCPHPAcks, TCPPureAcks).
        untold: of what has arrived, what no ACK told of, which Delivered leaves out.
        coalesced: segments whose data joined what waited (TCPRcvCoalesce).
        foresees, is_foreseen: whether it is known how the next header will look (pred_flags), and whether the present
            one looks so.
    """

    __slots__ = ("again", "bytes_acked", "bytes_again", "bytes_received", "bytes_sent", "coalesced", "data_in",
                 "data_out", "early", "foreseen", "foreseen_acks", "foresees", "fresh", "is_foreseen", "is_settled",
                 "pure_acks", "segments_in", "segments_out", "untold")

    def __init__(self) -> None:
        self.segments_out = self.segments_in = self.data_out = self.data_in = self.early = 0
        self.bytes_sent = self.bytes_acked = self.bytes_again = self.bytes_received = 0
        self.fresh = self.foreseen = self.foreseen_acks = self.pure_acks = self.coalesced = self.again = self.untold = 0
        self.foresees = self.is_foreseen = self.is_settled = False

    def settle(self, namespace: NetworkNamespace, delivered: int) -> None:
        """The connection is over: what went over it counts for its namespace from now on, once."""
        if not self.is_settled:
            self.is_settled = True
            namespace.ended = tuple(map(add, namespace.ended or NONE, self._values(delivered)))

    def counters(self, delivered: int) -> dict[str, int]:
        """What is counted for all connections of a namespace together, by nstat's names.

        Args:
            delivered: segments that have arrived (tp->delivered).
        """
        return named(self._values(delivered))

    def _values(self, delivered: int) -> tuple[int, ...]:
        """In the order of COUNTED."""
        return (self.segments_out - self.again, self.fresh, delivered - self.untold, self.foreseen, self.foreseen_acks,
                self.pure_acks, self.coalesced)


def named(values: tuple[int, ...]) -> dict[str, int]:
    """Sums over connections; empty where none has ended."""
    return dict(zip(COUNTED, values, strict=False))
