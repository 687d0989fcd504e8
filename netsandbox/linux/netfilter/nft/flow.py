"""How nft words the matches about connections and rates (libxt_conntrack.c, libxt_hashlimit.c)."""

from __future__ import annotations

import re

from netsandbox.linux.netfilter.extension import Given, Match
from netsandbox.linux.netfilter.matches.hashlimit import HashLimit
from netsandbox.linux.netfilter.matches.hashlimit_bytes import ByteRate
from netsandbox.wire.addresses import format_ipv4

FIELDS = {"--ctexpire": "expiration", "--ctorigsrc": "original saddr", "--ctorigdst": "original daddr",
          "--ctreplsrc": "reply saddr", "--ctrepldst": "reply daddr", "--ctorigsrcport": "original proto-src",
          "--ctorigdstport": "original proto-dst", "--ctreplsrcport": "reply proto-src",
          "--ctrepldstport": "reply proto-dst"}
"""In the order in which they are told, after direction, protocol, state and status."""
BUCKETS = {"dstip": "ip daddr", "dstport": "tcp dport", "srcip": "ip saddr", "srcport": "tcp sport"}
"""It says tcp of UDP's ports as well."""
RATE_UNITS = {"sec": "second", "min": "minute", "hour": "hour", "day": "day"}


def conntrack(match: Match) -> str:
    given, words = match.given, []
    direction = str(match.value("--ctdir") or "ORIGINAL").lower()
    words += [f"ct direction {direction}"] if "--ctdir" in given else []
    if "--ctproto" in given:
        words.append(f"ct {direction} protocol {'!= ' * given['--ctproto'].negated}{given['--ctproto'].value}")
    state = given.get("--ctstate") or given.get("--state")
    words += [_state(state)] if state is not None else []
    if "--ctstatus" in given:
        names = str(given["--ctstatus"].value).lower().replace("_", "-")
        words.append(f"ct status {'! ' * given['--ctstatus'].negated}{names if names != 'none' else ''}".rstrip())
    written = {option.flag: option.write for option in match.options}
    words += [f"ct {name} {'!= ' * given[flag].negated}{written[flag](given[flag].value).replace(':', '-')}"
              for flag, name in FIELDS.items() if flag in given]
    return " ".join(words)


def _state(given: Given) -> str:
    """Of a list with SNAT or DNAT that one is told alone, and without its `!`."""
    names = str(given.value).lower().split(",")
    translated = next((name for name in ("snat", "dnat") if name in names), None)
    return f"ct status {translated}" if translated else f"ct state {'! ' * given.negated}{','.join(names)}"


def hashlimit(match: Match) -> str:
    """A limit for each of something is a meter in nft's words; without a mode it has none."""
    assert isinstance(match, HashLimit), "the match of that name"
    modes = str(match.value("--hashlimit-mode") or "").split(",")
    masks = {"srcip": match.value("--hashlimit-srcmask"), "dstip": match.value("--hashlimit-dstmask")}
    keys = [f"{name}{_masked(masks.get(mode))}" for mode, name in BUCKETS.items() if mode in modes]
    if not keys:
        return f'xt match "{match.name}"'
    expiry = match.expiry // 1000
    over = "over " * ("--hashlimit-above" in match.given)
    timeout = f" timeout {expiry}s" if match.expiry != 1000 else ""
    return f"meter {match.value('--hashlimit-name')} {{ {' . '.join(keys)}{timeout} limit rate {over}{_rate(match)} }}"


def _masked(length: int | None) -> str:
    return "" if length in (None, 32) else f" and {format_ipv4(0xFFFFFFFF << 32 - length & 0xFFFFFFFF)}"


def _rate(match: HashLimit) -> str:
    rate, _slash, unit = str(match.rate).partition("/")
    burst = match.value("--hashlimit-burst")
    if isinstance(match.rate, ByteRate):
        wanted = f" burst {_bytes(str(burst))}" if burst else ""
        return f"{_bytes(rate)}/second{wanted}"
    return f"{rate}/{RATE_UNITS[unit]}{f' burst {burst} packets' if burst != match.default_burst else ''}"


def _bytes(text: str) -> str:
    """`5 kbytes` of `5kb`."""
    return re.sub(r"(\d+)(.?)b", r"\1 \2bytes", text)
