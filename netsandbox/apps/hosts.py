"""Names and numbers of hosts as programs take them: what /etc/hosts has, and inet_aton's short forms."""

from __future__ import annotations

from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4


def lookup(text: str, names: dict[str, int]) -> int | None:
    """The address of a name or number; None when nobody knows it."""
    if text in names:
        return names[text]
    try:
        return parse_ipv4(_expanded(text))
    except AddressError:
        return None


def _expanded(text: str) -> str:
    """inet_aton's short forms: 127.1 is 127.0.0.1."""
    parts = text.split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 10 for part in parts) or len(parts) >= 4:
        return text
    number = 0
    for part in parts[:-1]:
        if int(part) > 255:
            return text
        number = number << 8 | int(part)
    bits = 8 * (5 - len(parts))
    if int(parts[-1]) >= 1 << bits:
        return text
    return format_ipv4(number << bits | int(parts[-1]))
