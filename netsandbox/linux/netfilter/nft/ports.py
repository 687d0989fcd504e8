"""How nft words the ports and flags that iptables asks about.

iptables-nft says -p tcp and -p udp in nft's own expressions; what it cannot say
so it hands over as libxt_tcp.c's words, which differ.
"""

from __future__ import annotations

from netsandbox.linux.netfilter.extension import Given, Match, write_span
from netsandbox.linux.netfilter.matches.transport import FLAGS

MOST = 65535


def is_native(match: Match) -> bool:
    """Whether nft asks for fields of the segment's header with its own expressions."""
    return match.name in ("tcp", "udp") and bool(_asked(match)) and "--tcp-option" not in match.given


def _asked(match: Match) -> dict[str, Given]:
    """Its options without those that every packet fulfils."""
    return {flag: given for flag, given in match.given.items()
            if flag not in ("--sport", "--dport") or given.value != (0, MOST)}


def native(match: Match) -> str:
    asked = _asked(match)
    if not asked:
        return f"meta l4proto {match.name}"
    is_own = is_native(match)
    words = [f"{match.name} {flag[2:]} {_port(asked[flag], is_own)}"
             for flag in ("--sport", "--dport") if flag in asked]
    option, flags = asked.get("--tcp-option"), asked.get("--tcp-flags")
    words += [f"tcp option {option.value} {'missing' if option.negated else 'exists'}"] if option is not None else []
    words += [_flags(flags) if is_own else _foreign_flags(flags)] if flags is not None else []
    return " ".join(words)


def _port(given: Given, is_own: bool) -> str:
    low, high = given.value
    if is_own and not low and high:
        return f"{'>' if given.negated else '<='} {high}"
    return f"{'!= ' * given.negated}{write_span(given.value, '-')}"


def _names(bits: int, separator: str) -> str:
    return separator.join(name.lower() for name, bit in FLAGS.items() if bits & bit)


def _flags(given: Given) -> str:
    mask, wanted = given.value
    if not wanted:
        return f"tcp flags {'' if given.negated else '! '}{_names(mask, ',')}"
    asked = _names(mask, " | ")
    return f"tcp flags & {f'({asked})' if '|' in asked else asked} {'!=' if given.negated else '=='} " + _names(
        wanted, " | ")


def _foreign_flags(given: Given) -> str:
    mask, wanted = given.value
    return f"tcp flags {'!= ' * given.negated}{_names(wanted, ',') or '0x0'} / {_names(mask, ',')}"


def sctp(match: Match) -> str:
    words = [f"sctp {flag[2:]} {'!= ' * given.negated}{write_span(given.value, '-')}"
             for flag, given in match.given.items()]
    return " ".join(words) or 'xt match "sctp"'


def multiport(match: Match, protocol: str) -> str:
    """Ports of either side are pairs, of which a range gives its two ends and `!` nothing."""
    (flag, given), = match.given.items()
    spans = given.value.spans
    if flag == "--ports":
        ends = [port for span in spans for port in dict.fromkeys(span)]
        pairs = ", ".join(f"0-{MOST} . {port}, {port} . 0-{MOST}" for port in ends)
        return f"{protocol} sport . {protocol} dport {{ {pairs} }}"
    ports = ", ".join(write_span(span, "-") for span in spans)
    return f"{protocol} {flag[2:-1]} {'!= ' * given.negated}{f'{{ {ports} }}' if len(spans) > 1 else ports}"
