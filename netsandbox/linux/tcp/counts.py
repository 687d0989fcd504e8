"""What has gone over a connection, as `ss -i` tells it (struct tcp_info)."""

from __future__ import annotations


class Counts:
    """Segments both ways, those of them that had data, and bytes.

    Attributes:
        bytes_acked: of ours, by the peer.  bytes_again: of ours, sent once more.
        early: segments that came out of order.
    """

    __slots__ = ("bytes_acked", "bytes_again", "bytes_received", "bytes_sent", "data_in", "data_out", "early",
                 "segments_in", "segments_out")

    def __init__(self) -> None:
        self.segments_out = self.segments_in = self.data_out = self.data_in = self.early = 0
        self.bytes_sent = self.bytes_acked = self.bytes_again = self.bytes_received = 0
