"""What a set's braces hold as nft lists it: in order, each once, and joined where one of them is a range."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from netsandbox.engine.octets import to_bytes
from netsandbox.linux.netfilter.extension import Span, write_span

Arrange = Callable[[list[str]], list[str]]
WILDCARD = "*"


def joined(spans: Iterable[Span], is_interval: bool = False) -> list[Span]:
    """In order, each once; in a set of intervals those that touch or overlap are one (set_automerge)."""
    ordered = sorted(set(spans))
    if not is_interval and all(span.low == span.high for span in ordered):
        return ordered
    found = ordered[:1]
    for span in ordered[1:]:
        if span.low > found[-1].high + 1:
            found.append(span)
        elif span.high > found[-1].high:
            found[-1] = Span(found[-1].low, span.high)
    return found


def numbers(parts: list[str]) -> list[str]:
    """Where one is none, all are left as they are for a complaint."""
    spans = [_numbers_of(part) for part in parts]
    return [write_span(span, "-") for span in joined(span for span in spans if span)] if all(spans) else parts


def _numbers_of(text: str) -> Span | None:
    low, _dash, high = text.partition("-")
    if not (low.isdecimal() and (high or low).isdecimal()):
        return None
    return Span(int(low), int(high or low))


def addresses(parts: list[str]) -> list[str]:
    """A network of one address is an interval, too; a range that is alone stays one."""
    if len(parts) == 1:
        return [parts[0].removesuffix("/32")]
    spans = [_addresses_of(part) for part in parts]
    is_interval = any("/" in part for part in parts)
    return [_write_addresses(span) for span in joined((span for span in spans if span), is_interval)] if all(
        spans) else parts


def _addresses_of(text: str) -> Span | None:
    low, dash, high = text.partition("-")
    try:
        if dash:
            span = Span(int(IPv4Address(low)), int(IPv4Address(high)))
            return span if span.low <= span.high else None
        network = IPv4Network(low, strict=False)
    except ValueError:
        return None
    return Span(int(network.network_address), int(network.broadcast_address))


def _write_addresses(span: Span) -> str:
    first, last = IPv4Address(span.low), IPv4Address(span.high)
    network, *others = summarize_address_range(first, last)
    return f"{first}-{last}" if others else str(network).removesuffix("/32")


def texts(parts: list[str]) -> list[str]:
    """By the number that their bytes are on this machine, the last of them the largest; with wildcards by letter."""
    wild = [part[1:-2] for part in parts if part.endswith(f'{WILDCARD}"')]
    if not wild:
        return sorted(parts, key=lambda part: int.from_bytes(to_bytes(part[1:-1]), "little"))
    return sorted(part for part in parts if not any(
        part[1:-1].removesuffix(WILDCARD).startswith(prefix) and part != f'"{prefix}{WILDCARD}"' for prefix in wild))
