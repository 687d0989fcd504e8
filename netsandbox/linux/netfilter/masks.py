"""Addresses with masks as iptables reads them: 10.0.0.0/8, 10.0.0.0/255.0.0.0, localhost."""

from __future__ import annotations

import re

from netsandbox.linux.netfilter.extension import UsageError
from netsandbox.linux.netfilter.head import Mask
from netsandbox.wire.addresses import AddressError, Network, format_ipv4, parse_ipv4

WHOLE = 0xFFFFFFFF


def read_mask(text: str) -> Mask:
    """One address and its mask (UsageError: in iptables' words)."""
    whole = read_host_mask(text)
    return whole._replace(address=whole.address & whole.mask)


def read_host_mask(text: str) -> Mask:
    """The same, of which the bits outside of the mask are kept (libxt_conntrack.c)."""
    host, slash, mask = text.partition("/")
    bits = _mask_bits(mask) if slash else WHOLE
    if host.count(".") < 3 and re.fullmatch(r"[0-9.]+", host):
        host += ".0" * (3 - host.count("."))
    return Mask(False, _address(host), bits)


def _address(host: str) -> int:
    if host == "localhost":
        return 0x7F000001
    short = re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}", host)
    try:
        return int(host, 16) if short else parse_ipv4(host)
    except AddressError:
        raise UsageError(f"host/network `{host}' not found") from None


def _mask_bits(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 4:
        if int(text) > 32:
            raise UsageError(f"invalid mask `{text}' specified")
        return Network(0, int(text)).mask
    try:
        return parse_ipv4(text)
    except AddressError:
        raise UsageError(f"invalid mask `{text}' specified") from None


def format_mask(mask: Mask) -> str:
    """`10.0.0.1`, or `10.0.0.0/8`."""
    return format_ipv4(mask.address) if mask.mask == WHOLE else mask.short


def narrow(mask: Mask | None) -> Mask | None:
    """An address that may be anything is no condition, unless it is negated."""
    return None if mask is None or (mask.mask == 0 and not mask.negated) else mask
