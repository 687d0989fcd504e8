"""What a protocol family brings to its neighbour table: how its addresses are written, asked for, and missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.wire.ipv4 import IPv4Packet


class Family(NamedTuple):
    """The protocol's part of a table (struct neigh_table, neigh_ops)."""

    ethertype: int  # of the frames that carry its packets
    text: Callable[[int], str]  # an address as people write it
    construct: Callable[[Neighbour], None]  # know an entry that nobody needs to be asked about
    solicit: Callable[[Neighbour, IPv4Packet | None], None]  # send a request
    # tell the sender of a packet that waited that nobody answered
    error_report: Callable[[Neighbour, IPv4Packet], None]
