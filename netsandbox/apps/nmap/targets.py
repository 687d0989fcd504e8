"""Which hosts nmap is to look for: addresses, networks, and octets with ranges (10.0.42.*, 10.0.0.1-20,30)."""

from __future__ import annotations

from itertools import product

from netsandbox.apps.program import UsageError
from netsandbox.wire.addresses import AddressError, parse_network

MOST = 4096  # Addresses of one scan


def addresses(text: str) -> list[int] | None:
    """The addresses of one word; None for a name (UsageError: it is out of range)."""
    parts = text.partition("/")[0].split(".")
    if len(parts) != 4 or not all(part and set(part) <= set("0123456789-,*") for part in parts):
        return None
    if "/" in text:
        try:
            network = parse_network(text)
        except AddressError:
            raise UsageError(f'Illegal netmask in "{text}". Assuming /32 (one host)\nQUITTING!', 1) from None
        _check(1 << 32 - network.length)
        return [network.network + offset for offset in range(1 << 32 - network.length)]
    octets = [_octet(part) for part in parts]
    count = 1
    for octet in octets:
        count *= len(octet)
    _check(count)
    return [a << 24 | b << 16 | c << 8 | d for a, b, c, d in product(*octets)]


def _check(count: int) -> None:
    if count > MOST:
        raise UsageError(f"netsandbox: nmap of more than {MOST} addresses is not modelled", 1)


def _octet(text: str) -> list[int]:
    found: set[int] = set()
    for part in text.split(","):
        low, dash, high = ("0", "-", "255") if part == "*" else part.partition("-")
        first, last = int(low or 0), int(high or 255) if dash else int(low or 0)
        if not 0 <= first <= last <= 255:
            raise UsageError(f'Your host specifications are illegal!\nFailed to resolve "{text}".', 1)
        found.update(range(first, last + 1))
    return sorted(found)
