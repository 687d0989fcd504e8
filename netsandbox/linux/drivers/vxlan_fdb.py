"""Where a VXLAN device sends the frames of each MAC: its forwarding database (vxlan_core.c, vxlan_fdb_*)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.mac_hash import bucket
from netsandbox.linux.core.errors import KernelError
from netsandbox.wire.addresses import MAC_GROUP_BIT

PERMANENT, STATIC, DYNAMIC = "permanent", "static", ""
LASTING = (PERMANENT, STATIC)
AGE_EVERY = 10 * SECOND  # FDB_AGE_INTERVAL
ALL_ZERO = 0  # The row for frames that no other row is for


class Remote(NamedTuple):
    """One other end: None where the device's own setting holds."""

    address: int
    port: int | None = None
    vni: int | None = None
    below: Interface | None = None


class VtepRow:
    """What is known of one MAC.

    Attributes:
        state: PERMANENT, STATIC, or DYNAMIC for what ages.
        is_router: packets for it may be sent to whom they are for at once (NTF_ROUTER).
        used, updated: when a frame last went to it or came from it, and when what is known of it last changed.
    """

    __slots__ = ("is_router", "mac", "remotes", "state", "updated", "used")

    def __init__(self, mac: int, remote: Remote, state: str, now: int) -> None:
        self.mac = mac
        self.remotes = [remote]
        self.state = state
        self.is_router = False
        self.used = self.updated = now

    @property
    def is_for_many(self) -> bool:
        """Of a group, or of whatever has no row: it may have several ends."""
        return self.mac == ALL_ZERO or bool(self.mac & MAC_GROUP_BIT)


class VtepTable:
    """All rows of one device, no more than `limit` of them (0: any number)."""

    __slots__ = ("limit", "rows")

    def __init__(self, limit: int = 0) -> None:
        self.rows: dict[int, VtepRow] = {}
        self.limit = limit

    @property
    def is_full(self) -> bool:
        return 0 < self.limit <= len(self.rows)

    def put(self, mac: int, remote: Remote, state: str, command: str, now: int, is_router: bool = False) -> None:
        """vxlan_fdb_update, for a person.

        Args:
            command: add, append or replace.

        Raises:
            KernelError: there is such a row (add), or it cannot be replaced.
        """
        row = self.rows.get(mac)
        if row is None:
            if command == "replace" and (mac == ALL_ZERO or mac & MAC_GROUP_BIT):
                raise KernelError("EOPNOTSUPP")
            if self.is_full:
                raise KernelError("ENOSPC")
            row = self.rows[mac] = VtepRow(mac, remote, state, now)
            row.is_router = is_router
            return
        if command == "add":
            raise KernelError("EEXIST")
        row.state, row.updated, row.is_router = state, now, is_router
        if command == "replace":
            if row.is_for_many:
                raise KernelError("EOPNOTSUPP", "Cannot replace non-unicast fdb entries")
            row.remotes = [remote]
        elif row.is_for_many and remote not in row.remotes:
            row.remotes.append(remote)

    def delete(self, mac: int, remote: Remote) -> None:
        """vxlan_fdb_delete: one end of a row, or all of it; an end that the row does not have is none's loss
        (KernelError: there is no such row)."""
        row = self.rows.get(mac)
        if row is None:
            raise KernelError("ENOENT")
        if not remote.address or row.remotes == [remote]:
            del self.rows[mac]
        elif remote in row.remotes:
            row.remotes.remove(remote)

    def forget_dynamic(self) -> None:
        """vxlan_flush: the device goes down."""
        self.rows = {mac: row for mac, row in self.rows.items() if row.state in LASTING}

    def age(self, now: int, ageing: int) -> int:
        """vxlan_cleanup: what nobody used for so many seconds goes.

        Returns:
            When to look again.
        """
        self.rows = {mac: row for mac, row in self.rows.items()
                     if row.state in LASTING or now - row.used < ageing * SECOND}
        ends = [row.used + ageing * SECOND for row in self.rows.values() if row.state not in LASTING]
        return min([now + AGE_EVERY, *ends])

    def entries(self) -> Iterator[tuple[VtepRow, Remote]]:
        """Each end of each row, as `bridge fdb` lists them: bucket by bucket, the newest of each first."""
        rows = list(reversed(self.rows.values()))
        rows.sort(key=lambda row: bucket(row.mac))
        for row in rows:
            for remote in row.remotes:
                yield row, remote
