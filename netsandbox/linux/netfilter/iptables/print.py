"""Rules as iptables shows them: iptables-save, -S and -L."""

from __future__ import annotations

from collections.abc import Iterator

from netsandbox.linux.netfilter.head import Mask, Word
from netsandbox.linux.netfilter.matches.transport import Multiport
from netsandbox.linux.netfilter.protocols import PROTOCOL_NAMES, protocol_name
from netsandbox.linux.netfilter.rule import Jump, Rule
from netsandbox.linux.netfilter.ruleset import Chain, Table
from netsandbox.wire.addresses import format_ipv4

SAVED = ("mangle", "security", "raw", "filter", "nat")  # The order in which iptables-save writes the tables
WHOLE = 0xFFFFFFFF


def rule_text(chain: Chain, rule: Rule) -> str:
    return f"-A {chain.name} {rule.text}".rstrip()


def saved_table(table: Table, with_counters: bool) -> list[str]:
    """The lines of one table, from `*NAME` to COMMIT."""
    chains = list(table.shown())
    lines = [f"*{table.name}"]
    lines += [f":{chain.name} {chain.policy} [{chain.packets}:{chain.bytes}]" for chain in chains]
    for chain in chains:
        for rule in chain.rules:
            counters = f"[{rule.packets}:{rule.bytes}] " if with_counters else ""
            lines.append(counters + rule_text(chain, rule))
    return [*lines, "COMMIT"]


def listed_rules(chains: list[Chain], number: int, verbose: bool) -> Iterator[str]:
    """`iptables -S`: policies and chains first, then the rules."""
    for chain in chains if not number else ():
        counters = f" -c {chain.packets} {chain.bytes}" if verbose and chain.hook is not None else ""
        yield f"-N {chain.name}" if chain.hook is None else f"-P {chain.name} {chain.policy}{counters}"
    for chain in chains:
        for at, rule in enumerate(chain.rules, 1):
            if number in (0, at):
                yield _with_counters(chain, rule) if verbose else rule_text(chain, rule)


def _with_counters(chain: Chain, rule: Rule) -> str:
    """The counters stand before the target."""
    text, counters = rule_text(chain, rule), f"-c {rule.packets} {rule.bytes}"
    if rule.target is None:
        return f"{text} {counters}"
    flag = "-g" if isinstance(rule.target, Jump) and rule.target.is_goto else "-j"
    head, tail = text.rsplit(f" {flag} {rule.target.name}", 1)
    return f"{head} {counters} {flag} {rule.target.name}{tail}"


def listing(table: Table, chains: list[Chain], number: int, switches: frozenset[str]) -> str:
    """`iptables -L`."""
    if number:
        return "".join(_row(rule, at, switches) for chain in chains for at, rule in enumerate(chain.rules, 1)
                       if at == number)
    return "\n".join(_chain(table, chain, switches) for chain in chains)


def _chain(table: Table, chain: Chain, switches: frozenset[str]) -> str:
    head = "target     prot opt source               destination         "
    if "v" in switches:
        head = "target     prot opt in     out     source               destination         "
        head = f"{'    pkts      bytes' if 'x' in switches else ' pkts bytes'} {head}"
    if "0" in switches:
        head = f"num  {head}"
    if chain.hook is None:
        title = f"{table.references(chain.name)} references"
    else:
        title = f"policy {chain.policy}"
        if "v" in switches:
            title += f" {short(chain.packets, switches)} packets, {short(chain.bytes, switches)} bytes"
    rows = "".join(_row(rule, at, switches) for at, rule in enumerate(chain.rules, 1))
    return f"Chain {chain.name} ({title})\n{head}\n{rows}"


def short(number: int, switches: frozenset[str]) -> str:
    """Thousands from 100,000 on, as xtables_print_num rounds them; all of it with -x."""
    if "x" in switches or number <= 99_999:
        return str(number)
    for unit in "KM":
        number = (number + 500) // 1000
        if number <= 9_999:
            return f"{number}{unit}"
    return f"{(number + 500) // 1000}G"


def _row(rule: Rule, number: int, switches: frozenset[str]) -> str:
    numeric, head = "n" in switches, rule.head
    text = f"{number:<4} " if "0" in switches else ""
    if "v" in switches:
        packets, size = short(rule.packets, switches), short(rule.bytes, switches)
        text += f"{packets:>8} {size:>8} " if "x" in switches else f"{packets:>5} {size:>5} "
    text += f"{_target_name(rule):<9} {'!' if head.protocol is not None and head.protocol.negated else ' '}"
    text += f"{_protocol(rule, numeric):<4} {_fragment(rule)}"
    if "v" in switches:
        text += f" {_name(head.entered, numeric)}{_name(head.leaves, numeric)}"
    text += f"{_address(head.source, numeric)}{_address(head.destination, numeric)}"
    return f"{text}{_details(rule, numeric)}\n"


def described(rule: Rule) -> str:
    """A rule as `iptables -v -A` repeats it (FMT_PRINT_RULE)."""
    head = rule.head
    protocol = f"{'!' * (head.protocol is not None and head.protocol.negated)}{_protocol(rule, True)}"
    devices = [_name(word, True).rstrip() for word in (head.entered, head.leaves)]
    source, destination = _address(head.source, True).rstrip(), _address(head.destination, True).strip()
    return (f"{_target_name(rule)}  {protocol} opt {_fragment(rule).strip()} in {devices[0]} out {devices[1]} "
            f"{source}  -> {destination}  {_details(rule, True)}\n")


def _name(word: Word | None, numeric: bool) -> str:
    """An interface's column."""
    text = ("*" if numeric else "any") if word is None else f"{'!' * word.negated}{word.value}"
    return f"{text:<6} "


def _target_name(rule: Rule) -> str:
    if rule.target is None:
        return ""
    return "CT" if rule.target.name == "NOTRACK" else rule.target.name


def _protocol(rule: Rule, numeric: bool) -> str:
    given = rule.head.protocol
    if given is None:
        return "all"
    number = int(given.value)
    saved = protocol_name(number)
    return saved if numeric or saved != str(number) else PROTOCOL_NAMES.get(number, saved)


def _fragment(rule: Rule) -> str:
    given = rule.head.fragment
    return "-- " if given is None else "!f " if given.negated else "-f "


def _address(mask: Mask | None, numeric: bool) -> str:
    if mask is None:
        text = "0.0.0.0/0" if numeric else "anywhere"
        return f" {text:<19} "
    if mask.mask == WHOLE:
        text = "localhost" if not numeric and mask.address == 0x7F000001 else format_ipv4(mask.address)
    else:
        text = mask.short
    return f"{'!' if mask.negated else ' '}{text:<19} "


def _details(rule: Rule, numeric: bool) -> str:
    text = "[goto] " if isinstance(rule.target, Jump) and rule.target.is_goto else ""
    for match in rule.matches:
        text += match.listed(numeric, _protocol(rule, True)) if isinstance(match, Multiport) else match.listed(numeric)
    return text + (rule.target.listed(numeric) if rule.target is not None else "")
