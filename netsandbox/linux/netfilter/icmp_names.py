"""ICMP types as iptables names them (libxt_icmp.h)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.netfilter.extension import UsageError, as_number

ANY = 255
NAMES: dict[str, tuple[int, int, int]] = {
    "any": (ANY, 0, 255), "echo-reply": (0, 0, 255), "pong": (0, 0, 255), "destination-unreachable": (3, 0, 255),
    "network-unreachable": (3, 0, 0), "host-unreachable": (3, 1, 1), "protocol-unreachable": (3, 2, 2),
    "port-unreachable": (3, 3, 3), "fragmentation-needed": (3, 4, 4), "source-route-failed": (3, 5, 5),
    "network-unknown": (3, 6, 6), "host-unknown": (3, 7, 7), "network-prohibited": (3, 9, 9),
    "host-prohibited": (3, 10, 10), "TOS-network-unreachable": (3, 11, 11), "TOS-host-unreachable": (3, 12, 12),
    "communication-prohibited": (3, 13, 13), "host-precedence-violation": (3, 14, 14),
    "precedence-cutoff": (3, 15, 15), "source-quench": (4, 0, 255), "redirect": (5, 0, 255),
    "network-redirect": (5, 0, 0), "host-redirect": (5, 1, 1), "TOS-network-redirect": (5, 2, 2),
    "TOS-host-redirect": (5, 3, 3), "echo-request": (8, 0, 255), "ping": (8, 0, 255),
    "router-advertisement": (9, 0, 255), "router-solicitation": (10, 0, 255), "time-exceeded": (11, 0, 255),
    "ttl-exceeded": (11, 0, 255), "ttl-zero-during-transit": (11, 0, 0), "ttl-zero-during-reassembly": (11, 1, 1),
    "parameter-problem": (12, 0, 255), "ip-header-bad": (12, 0, 0), "required-option-missing": (12, 1, 1),
    "timestamp-request": (13, 0, 255), "timestamp-reply": (14, 0, 255), "address-mask-request": (17, 0, 255),
    "address-mask-reply": (18, 0, 255)}


class IcmpType(NamedTuple):
    """A type, and the codes from `low` to `high`."""

    type: int
    low: int
    high: int

    def covers(self, kind: int, code: int) -> bool:
        return self.type == ANY or (kind == self.type and self.low <= code <= self.high)

    def __str__(self) -> str:
        if self.type == ANY:
            return "any"
        return str(self.type) if (self.low, self.high) == (0, 255) else f"{self.type}/{self.low}"


def icmp_name(wanted: IcmpType) -> str:
    """Its first name, or nothing."""
    return next((name for name, value in NAMES.items() if value == tuple(wanted)), "")


def read_icmp_type(text: str) -> IcmpType:
    """A name, a name's unambiguous beginning, `TYPE` or `TYPE/CODE` (UsageError: in iptables' words)."""
    matching = [name for name in NAMES if name.lower().startswith(text.lower())]
    exact = [name for name in matching if name.lower() == text.lower()]
    found = exact or matching
    if text and len({NAMES[name] for name in found}) == 1:
        return IcmpType(*NAMES[found[0]])
    if text and len(found) > 1:
        raise UsageError(f"Ambiguous ICMP type `{text}': `{found[0]}' or `{found[1]}'?")
    kind, slash, code = text.partition("/")
    first, second = as_number(kind), as_number(code) if slash else 0
    if first is None or first > 255:
        raise UsageError(f"Unknown ICMP type `{text}'")
    if second is None or second > 255:
        raise UsageError(f"Unknown ICMP code `{text}'")
    return IcmpType(first, second, second) if slash else IcmpType(first, 0, 255)
