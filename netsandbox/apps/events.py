"""What the programs' own library decides: events, as in `linux/events.py`."""

from __future__ import annotations

from typing import NamedTuple

NOT_KNOWN, TRY_AGAIN, NO_DATA, OTHER_FAMILY = (
    "Name or service not known", "Temporary failure in name resolution", "No address associated with hostname",
    "Address family for hostname not supported")
"""What gai_strerror(3) says of EAI_NONAME, EAI_AGAIN, EAI_NODATA, and EAI_ADDRFAMILY where only IPv4 is asked for."""


class NameUnknown(NamedTuple):
    """A program asked for the address of a name and got none."""

    namespace: str
    name: str
    error: str  # What gai_strerror(3) says
    servers: tuple[int, ...]  # The name servers of /etc/resolv.conf; empty where none are asked
