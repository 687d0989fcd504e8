"""What iptables made, as `nft list` shows it (iptables-translate's words; nftables 1.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.linux.netfilter.extension import WORD, Given, Match, Span, write_span
from netsandbox.linux.netfilter.head import Mask
from netsandbox.linux.netfilter.icmp_names import icmp_name
from netsandbox.linux.netfilter.masks import format_mask
from netsandbox.linux.netfilter.nft import fields, flow, ports
from netsandbox.linux.netfilter.nft.hook import priority_text
from netsandbox.linux.netfilter.nft.numeric import by_numbers
from netsandbox.linux.netfilter.nft.rule import Counter
from netsandbox.linux.netfilter.nft.targets import target_text
from netsandbox.linux.netfilter.protocols import PROTOCOL_NAMES
from netsandbox.linux.netfilter.rule import COUNTED, Rule
from netsandbox.linux.netfilter.ruleset import Chain, Table
from netsandbox.wire.addresses import format_ipv4

NATIVE_MATCHES = frozenset({"tcp", "udp", "limit", "mark"})
NATIVE_TARGETS = frozenset({"ACCEPT", "DROP", "RETURN"})
"""What iptables-nft says in nft's own expressions; a table with anything else is said to be managed by it."""
WARNING = "# Warning: table ip {name} is managed by iptables-nft, do not touch!\n"
UNSPOKEN = 'xt match "{name}"'
ANY_ICMP = 255


class Style(NamedTuple):
    """How a listing is asked for: -a, -s, -y, -j and -n."""

    with_handles: bool = False
    is_stateless: bool = False
    is_numeric: bool = False
    is_json: bool = False
    without_names: bool = False


def table_text(table: Table, style: Style, number: int, only: str = "") -> str:
    """A table with its chains and rules; `only` one chain of them."""
    chains = [chain for chain in table.chains.values() if only in ("", chain.name)]
    handle = f" # handle {number}" if style.with_handles and not only else ""
    text = "\n".join(_chain(chain, style) for chain in chains)
    return f"table {table.family} {table.name} {{{handle}\n{text}}}\n"


def warning_of(table: Table, only: str = "") -> str:
    """What nft says of a table that iptables-nft made, on standard error; nothing where it reads all as its own."""
    shown = [rule for chain in table.chains.values() if only in ("", chain.name) for rule in chain.rules]
    return WARNING.format(name=table.name) if any(_is_foreign(rule) for rule in shown) else ""


def _is_foreign(rule: Rule) -> bool:
    target = rule.target
    return not rule.said and (any(match.name not in NATIVE_MATCHES for match in rule.matches) or (
        target is not None and not rule.jump and target.name not in NATIVE_TARGETS))


def hook_text(chain: Chain, is_numeric: bool = False) -> str:
    """`type filter hook input priority filter; policy accept;`."""
    assert chain.hook is not None, "a chain of somebody's own hooks in nowhere"
    priority = str(chain.priority) if is_numeric else priority_text(chain.priority, chain.hook)
    return (f"type {chain.kind} hook {chain.hook.value.lower()} priority {priority}; "
            f"policy {'drop' if chain.drops else 'accept'};")


def _chain(chain: Chain, style: Style) -> str:
    shows = style.with_handles
    lines = [f"\tchain {chain.name} {{{f' # handle {chain.handle}' if shows else ''}"]
    lines += [f"\t\t{hook_text(chain, style.is_numeric)}"] if chain.hook is not None else []
    texts = [rule_text(rule, style.is_stateless) for rule in chain.rules]
    if style.without_names:
        texts = [by_numbers(text, bool(rule.said)) for text, rule in zip(texts, chain.rules, strict=True)]
    lines += [f"\t\t{text}{f' # handle {rule.handle}' if shows else ''}"
              for text, rule in zip(texts, chain.rules, strict=True)]
    return "\n".join([*lines, "\t}\n"])


def rule_text(rule: Rule, is_stateless: bool = False, counts: tuple[int, int] | None = None) -> str:
    """One rule in nft's words; `counts`: packets and bytes to tell in place of its own."""
    own = [(match.packets, match.bytes) for match in rule.matches if isinstance(match, Counter)]
    counted, *others = ["counter" if is_stateless else f"counter packets {packets} bytes {size}"
                        for packets, size in own or [counts or (rule.packets, rule.bytes)]]
    if rule.said:
        text = rule.said.replace(COUNTED, counted, 1 if others else -1)
        for other in others:
            text = text.replace(COUNTED, other, 1)
        return text
    words = head_text(rule)
    for match in rule.matches:
        assert isinstance(match, Match), "what -m loads"
        words.append(match_text(rule, match))
    if rule.tells_counters:
        words.append(counted)
    words.append(target_text(rule))
    return " ".join(words).rstrip()


def match_text(rule: Rule, match: Match) -> str:
    """One of what -m loads, in words of nft."""
    if match.name == "multiport":
        assert rule.head.protocol is not None, "multiport wants a protocol"
        return ports.multiport(match, PROTOCOL_NAMES[int(rule.head.protocol.value)])
    text = MATCHES[match.name](match) if match.name in MATCHES else UNSPOKEN.format(name=match.name)
    protocol = rule.head.protocol
    if protocol is not None and protocol.negated:  # of what the packet is not, nft knows no ports
        text = text.replace(f"{match.name} sport", "th sport").replace(f"{match.name} dport", "th dport")
    return text


def head_text(rule: Rule) -> list[str]:
    """The conditions that iptables itself has, in words of nft."""
    head, words = rule.head, []
    for name, mask in (("saddr", head.source), ("daddr", head.destination)):
        if mask is not None:
            words.append(f"ip {name} {_masked(mask)}")
    for name, given in (("iifname", head.entered), ("oifname", head.leaves)):
        if given is not None:
            pattern = given.value[:-1] + "*" if given.value.endswith("+") else given.value
            words.append(f'{name} {"!= " * given.negated}"{pattern}"')
    protocol = head.protocol
    if protocol is not None and (protocol.negated or not _says_protocol(rule)):
        name = PROTOCOL_NAMES.get(int(protocol.value), protocol.value)
        words.append(f"ip protocol {'!= ' * protocol.negated}{name}")
    if head.fragment is not None:
        words.append(f"ip frag-off & 0x1fff {'==' if head.fragment.negated else '!='} 0x0")
    return words


def _masked(mask: Mask) -> str:
    """`!= 10.0.0.0/8`, or, where the mask has holes, `& 255.0.255.0 == 10.0.0.0`."""
    text = format_mask(mask)
    if text.rpartition("/")[2].count(".") < 3 or "/" not in text:
        return f"{'!= ' * mask.negated}{text}"
    return f"& {format_ipv4(mask.mask)} {'!=' if mask.negated else '=='} {format_ipv4(mask.address)}"


def _says_protocol(rule: Rule) -> bool:
    """The first thing that is asked is a field of TCP or UDP: nft leaves `ip protocol` out before it."""
    first = next((match for match in rule.matches if match.name != "mark"), None)
    return isinstance(first, Match) and ports.is_native(first)


def _not(given: Given) -> str:
    return "!= " * given.negated


def _icmp(match: Match) -> str:
    given = match.given["--icmp-type"]
    kind = given.value
    if kind.type == ANY_ICMP:
        return "ip protocol icmp"
    name = icmp_name(kind)
    if not name or (kind.low, kind.high) != (0, 255):
        return UNSPOKEN.format(name="icmp")
    return f"icmp type {_not(given)}{name}"


def _mark(match: Match) -> str:
    return f"meta mark {_marked(match.given['--mark'], '&', '010x')}"


def _connection_mark(match: Match) -> str:
    return f"ct mark {_marked(match.given['--mark'], 'and', 'x')}"


def _marked(given: Given, conjunction: str, form: str) -> str:
    value, mask = (f"{number:#{form}}" for number in given.value)
    if given.value.mask == WORD:
        return f"{_not(given)}{value}"
    return f"{conjunction} {mask} {'!=' if given.negated else '=='} {value}"


def _limit(match: Match) -> str:
    rate, _slash, unit = str(match.given["--limit"].value).partition("/")
    burst = match.value("--limit-burst") or 5
    return f"limit rate {rate}/{flow.RATE_UNITS[unit]} burst {burst} packets"


def _addrtype(match: Match) -> str:
    """Where both ends are asked about, it tells the source alone."""
    flag, name = ("--src-type", "saddr") if "--src-type" in match.given else ("--dst-type", "daddr")
    kinds = str(match.given[flag].value).lower().split(",")
    for side in ("in", "out"):
        name += f" . {side[0]}if" * (f"--limit-iface-{side}" in match.given)
    text = kinds[0] if len(kinds) == 1 else f"{{ {', '.join(kinds)} }}"
    return f"fib {name} type {_not(match.given[flag])}{text}"


class _One:
    """A match with one option that nft has under another name."""

    def __init__(self, name: str, flag: str) -> None:
        self.name, self.flag = name, flag

    def __call__(self, match: Match) -> str:
        given = match.given[self.flag]
        option = next(option for option in match.options if option.flag == self.flag)
        value = given.value
        text = write_span(value, "-") if isinstance(value, Span) else option.write(value)
        return f"{self.name} {_not(given)}{text}"


def _ranges(match: Match) -> str:
    return " ".join(f"ip {name} {_not(match.given[flag])}{option.write(match.given[flag].value)}"
                    for option in match.options for flag, name in (("--src-range", "saddr"), ("--dst-range", "daddr"))
                    if option.flag == flag and flag in match.given)


def _ttl(match: Match) -> str:
    (flag, given), = match.given.items()
    sign = {"--ttl-lt": "lt ", "--ttl-gt": "gt "}.get(flag, "!= " * given.negated)
    return f"ip ttl {sign}{given.value}"


def _comment(_match: Match) -> str:
    return ""


MATCHES: dict[str, Callable[[Match], str]] = {
    "tcp": ports.native, "udp": ports.native, "sctp": ports.sctp, "icmp": _icmp,
    "conntrack": flow.conntrack, "state": flow.conntrack, "mark": _mark, "connmark": _connection_mark,
    "limit": _limit, "addrtype": _addrtype,
    "length": _One("meta length", "--length"), "mac": _One("ether saddr", "--mac-source"), "iprange": _ranges,
    "ttl": _ttl, "comment": _comment, "hashlimit": flow.hashlimit, **fields.WORDS}
