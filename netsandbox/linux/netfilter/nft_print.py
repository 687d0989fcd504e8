"""What iptables made, as `nft list` shows it (iptables-translate's words; nftables 1.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.linux.core.hooks import Hook
from netsandbox.linux.netfilter import nft_fields
from netsandbox.linux.netfilter.extension import Given, MarkValue, Match, write_span
from netsandbox.linux.netfilter.icmp_names import icmp_name
from netsandbox.linux.netfilter.masks import format_mask
from netsandbox.linux.netfilter.matches_packet import FLAGS
from netsandbox.linux.netfilter.protocols import PROTOCOL_NAMES
from netsandbox.linux.netfilter.rule import Jump, Rule

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.ruleset import Chain, Table

PRIORITIES = {"raw": "raw", "mangle": "mangle", "filter": "filter", "security": "security"}
NATIVE_MATCHES = frozenset({"tcp", "udp", "limit", "mark"})
NATIVE_TARGETS = frozenset({"ACCEPT", "DROP", "RETURN"})
"""What iptables-nft says in nft's own expressions; a table with anything else is said to be managed by it."""
WARNING = "# Warning: table ip {name} is managed by iptables-nft, do not touch!\n"
RATE_UNITS = {"sec": "second", "min": "minute", "hour": "hour", "day": "day"}
REJECTS = {"icmp-net-unreachable": "net-unreachable", "icmp-host-unreachable": "host-unreachable",
           "icmp-proto-unreachable": "prot-unreachable", "icmp-net-prohibited": "net-prohibited",
           "icmp-host-prohibited": "host-prohibited", "icmp-admin-prohibited": "admin-prohibited"}


def table_text(table: Table, with_handles: bool, number: int, only: str = "") -> str:
    """A table with its chains and rules; `only` one chain of them."""
    chains = [chain for chain in table.chains.values() if only in ("", chain.name)]
    handle = f" # handle {number}" if with_handles and not only else ""
    return f"table ip {table.name} {{{handle}\n" + "\n".join(
        _chain(table, chain, with_handles) for chain in chains) + "}\n"


def warning_of(table: Table, only: str = "") -> str:
    """What nft says of a table that iptables-nft made, on standard error; nothing where it reads all as its own."""
    shown = [rule for chain in table.chains.values() if only in ("", chain.name) for rule in chain.rules]
    return WARNING.format(name=table.name) if any(_is_foreign(rule) for rule in shown) else ""


def _is_foreign(rule: Rule) -> bool:
    target = rule.target
    return any(getattr(match, "name", "") not in NATIVE_MATCHES for match in rule.matches) or (
        target is not None and not rule.jump and target.name not in NATIVE_TARGETS)


def hook_text(table: Table, chain: Chain) -> str:
    """`type filter hook input priority filter; policy accept;`."""
    assert chain.hook is not None, "a chain of somebody's own hooks in nowhere"
    is_route = table.name == "mangle" and chain.hook is Hook.OUTPUT
    kind = "nat" if table.name == "nat" else "route" if is_route else "filter"
    priority = PRIORITIES.get(table.name) or (
        "dstnat" if chain.hook in (Hook.PREROUTING, Hook.OUTPUT) else "srcnat")
    return (f"type {kind} hook {chain.hook.value.lower()} priority {priority}; "
            f"policy {'drop' if chain.drops else 'accept'};")


def _chain(table: Table, chain: Chain, with_handles: bool) -> str:
    lines = [f"\tchain {chain.name} {{{f' # handle {chain.handle}' if with_handles else ''}"]
    lines += [f"\t\t{hook_text(table, chain)}"] if chain.hook is not None else []
    lines += [f"\t\t{rule_text(rule)}{f' # handle {rule.handle}' if with_handles else ''}" for rule in chain.rules]
    return "\n".join([*lines, "\t}\n"])


def rule_text(rule: Rule) -> str:
    """One rule in nft's words."""
    words = _head(rule)
    for match in rule.matches:
        assert isinstance(match, Match), "what -m loads"
        words.append(_match(rule, match))
    words.append(f"counter packets {rule.packets} bytes {rule.bytes}")
    words.append(_target(rule))
    return " ".join(word for word in words if word)


def _match(rule: Rule, match: Match) -> str:
    if match.name == "multiport":
        assert rule.head.protocol is not None, "multiport wants a protocol"
        return _multiport(match).replace("th ", f"{PROTOCOL_NAMES[int(rule.head.protocol.value)]} ", 1)
    return MATCHES[match.name](match) if match.name in MATCHES else f'xt match "{match.name}"'


def _head(rule: Rule) -> list[str]:
    head, words = rule.head, []
    for name, mask in (("saddr", head.source), ("daddr", head.destination)):
        if mask is not None:
            words.append(f"ip {name} {'!= ' * mask.negated}{format_mask(mask)}")
    for name, given in (("iifname", head.entered), ("oifname", head.leaves)):
        if given is not None:
            pattern = given.value[:-1] + "*" if given.value.endswith("+") else given.value
            words.append(f'{name} {"!= " * given.negated}"{pattern}"')
    protocol = head.protocol
    loaded = [getattr(match, "name", "") for match in rule.matches if getattr(match, "given", None)]
    if protocol is not None and not ({"tcp", "udp"} & set(loaded) and not protocol.negated):
        name = PROTOCOL_NAMES.get(int(protocol.value), protocol.value)
        words.append(f"ip protocol {'!= ' * protocol.negated}{name}")
    if head.fragment is not None:
        words.append(f"ip frag-off & 0x1fff {'==' if head.fragment.negated else '!='} 0x0")
    return words


def _not(given: Given) -> str:
    return "!= " * given.negated


def _span(value: object) -> str:
    return str(value).replace(":", "-")


def _ports(match: Match) -> str:
    words = []
    for option in match.options:
        given = match.given.get(option.flag)
        if given is not None and option.flag in ("--sport", "--dport"):
            words.append(f"{match.name} {option.flag[2:]} {_not(given)}{option.write(given.value).replace(':', '-')}")
    flags = match.given.get("--tcp-flags")
    if flags is not None:
        mask = " | ".join(name.lower() for name, bit in FLAGS.items() if flags.value.mask & bit)
        wanted = " | ".join(name.lower() for name, bit in FLAGS.items() if flags.value.wanted & bit) or "0x0"
        words.append(f"tcp flags & ({mask}) {'!=' if flags.negated else '=='} {wanted}")
    return " ".join(words)


def _icmp(match: Match) -> str:
    given = match.given["--icmp-type"]
    kind = given.value
    name = icmp_name(kind._replace(low=0, high=255)) or str(kind.type)
    code = "" if (kind.low, kind.high) == (0, 255) else f" icmp code {kind.low}"
    return f"icmp type {_not(given)}{name}{code}"


def _multiport(match: Match) -> str:
    (flag, given), = match.given.items()
    ports = ", ".join(write_span(span, "-") for span in given.value.spans)
    return f"th {flag[2:-1]} {_not(given)}{{ {ports} }}"


def _conntrack(match: Match) -> str:
    words = []
    names = {"--ctstate": "ct state", "--ctstatus": "ct status", "--ctdir": "ct direction",
             "--ctproto": "ct original protocol", "--ctorigsrc": "ct original ip saddr",
             "--ctorigdst": "ct original ip daddr", "--ctreplsrc": "ct reply ip saddr",
             "--ctrepldst": "ct reply ip daddr", "--ctorigsrcport": "ct original proto-src",
             "--ctorigdstport": "ct original proto-dst", "--ctreplsrcport": "ct reply proto-src",
             "--ctrepldstport": "ct reply proto-dst", "--state": "ct state"}
    ordered = sorted(match.given.items(), key=_direction_first)
    for flag, given in ordered:
        option = next(option for option in match.options if option.flag == flag)
        words.append(f"{names.get(flag, flag[2:])} {_not(given)}{option.write(given.value).lower().replace(':', '-')}")
    return " ".join(words)


def _direction_first(item: tuple[str, Given]) -> bool:
    return item[0] != "--ctdir"


def _mark(match: Match) -> str:
    given = match.given["--mark"]
    value, mask = given.value
    name = "ct mark" if match.name == "connmark" else "meta mark"
    if mask == 0xFFFFFFFF:
        return f"{name} {_not(given)}0x{value:08x}"
    return f"{name} & 0x{mask:08x} {'!=' if given.negated else '=='} 0x{value:08x}"


def _limit(match: Match) -> str:
    rate, _slash, unit = str(match.given["--limit"].value).partition("/")
    burst = match.value("--limit-burst") or 5
    return f"limit rate {rate}/{RATE_UNITS[unit]} burst {burst} packets"


def _addrtype(match: Match) -> str:
    return " ".join(f"fib {name} type {_not(match.given[flag])}{str(match.given[flag].value).lower()}"
                    for flag, name in (("--src-type", "saddr"), ("--dst-type", "daddr")) if flag in match.given)


def _one(name: str, flag: str) -> Callable[[Match], str]:
    return _One(name, flag)


class _One:
    """A match with one option that nft has under another name."""

    def __init__(self, name: str, flag: str) -> None:
        self.name, self.flag = name, flag

    def __call__(self, match: Match) -> str:
        given = match.given[self.flag]
        option = next(option for option in match.options if option.flag == self.flag)
        text = option.write(given.value)
        return f"{self.name} {_not(given)}{text if self.name == 'ether saddr' else _span(text)}"


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
    "tcp": _ports, "udp": _ports, "icmp": _icmp, "conntrack": _conntrack,
    "state": _conntrack, "mark": _mark, "connmark": _mark, "limit": _limit, "addrtype": _addrtype,
    "length": _one("meta length", "--length"), "mac": _one("ether saddr", "--mac-source"), "iprange": _ranges,
    "ttl": _ttl, "comment": _comment, **nft_fields.WORDS}


def _target(rule: Rule) -> str:
    target = rule.target
    if target is None:
        return ""
    if isinstance(target, Jump):
        return f"{'goto' if target.is_goto else 'jump'} {target.name}"
    value = getattr(target, "value", None)
    assert value is not None, "a target with options"
    simple = {"ACCEPT": "accept", "DROP": "drop", "RETURN": "return", "NOTRACK": "notrack", "CT": "notrack",
              "TRACE": "meta nftrace set 1"}
    if target.name in simple:
        return simple[target.name]
    return _spoken(target.name, value)


def _spoken(name: str, value: Callable[[str], object]) -> str:
    if name == "REJECT":
        how = str(value("--reject-with"))
        if how == "icmp-port-unreachable":
            return "reject"
        return "reject with tcp reset" if how == "tcp-reset" else f"reject with icmp type {REJECTS[how]}"
    if name == "LOG":
        prefix = value("--log-prefix")
        return f'log prefix "{prefix}"' if prefix else "log"
    if name in ("DNAT", "SNAT"):
        return f"{name.lower()} to {value('--to-destination' if name == 'DNAT' else '--to-source')}"
    if name in ("MASQUERADE", "REDIRECT"):
        ports = value("--to-ports")
        return name.lower() + (f" to :{ports}" if ports is not None else "")
    if name == "MARK":
        xmark = value("--set-xmark")
        assert isinstance(xmark, MarkValue)
        mark, mask = xmark
        if mask == 0xFFFFFFFF:
            return f"meta mark set {mark:#x}"
        return f"meta mark set mark and {~mask & 0xFFFFFFFF:#x} xor {mark:#x}"
    return f'xt target "{name}"'
