"""What a protocol family brings to its neighbour table: how its addresses are written, asked for, and missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.linux.core.neighbours.entry import Neighbour
from netsandbox.wire.ipv4 import IPv4Packet


class Family(NamedTuple):
    """The protocol's part of a table (struct neigh_table, neigh_ops).

    Attributes:
        ethertype: of the frames that carry its packets.  text: an address as people write it.
        construct: know an entry that nobody needs to be asked about.  solicit: send a request.
        error_report: tell the sender of a packet that waited that nobody answered.
    """

    ethertype: int
    text: Callable[[int], str]
    construct: Callable[[Neighbour], None]
    solicit: Callable[[Neighbour, IPv4Packet | None], None]
    error_report: Callable[[Neighbour, IPv4Packet], None]
