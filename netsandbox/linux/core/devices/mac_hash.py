"""Where in a table of 256 a MAC address is: tables are walked in this order (vxlan's eth_hash, macvlan_eth_hash)."""

from __future__ import annotations

GOLDEN_RATIO = 0x61C8864680B583EB  # GOLDEN_RATIO_64 of include/linux/hash.h


def bucket(mac: int) -> int:
    """hash_64 of the address as a little-endian processor reads it."""
    return (int.from_bytes(mac.to_bytes(6, "big"), "little") << 16) * GOLDEN_RATIO % (1 << 64) >> 56
