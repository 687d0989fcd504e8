"""`ip rule` (ip/iprule.c): which routing tables are asked, for which packets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip.route_words import dsfield_of, dsfield_text, protocol_of, realm_of, table_of, type_of
from netsandbox.commands.tools.ip.table_names import shown as shown_table
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import Family, number, number_of, reader
from netsandbox.commands.tools.words import USAGE, Key, Words, flag, key, parse, refused, wrong
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.rule import ALL, DEFAULT, GOTO, LOOKUP, NOP, PROTOCOLS, WORD, Rule
from netsandbox.linux.netlink import rule as requests
from netsandbox.wire.addresses import Network

COMMANDS = ("list*", "lst*", "show*", "add*", "delete*", "flush*", "save*", "restore*", "help*")
ACTIONS = {"prohibit": "prohibit", "reject": "unreachable", "unreachable": "unreachable", "blackhole": "blackhole",
           "nop": NOP}
TYPE_NUMBERS = {1: "unicast", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
"""FR_ACT_…; iproute2 takes a number for a type."""
A_RULE = "a rule"


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip rule", arguments, COMMANDS, ("save", "restore"))
    namespace = context.namespace
    if command == "show":
        return _show(namespace, _filter(words), style)
    if style.family == "inet6":
        raise ToolError(1, "netsandbox: rules of IPv6 are not modelled")
    if command == "flush":
        found = _filter(words)
        requests.flush(namespace, lambda rule: _is_wanted(rule, found))
        return ToolResult(0, "", "")
    if command in ("add", "delete") and not words:
        raise ToolError(1, f'"ip rule {command[:3]}" requires arguments.')
    found = _read(words, style)
    rule = _rule(found)
    if command == "add":
        requests.add(namespace, rule, "priority" in found)
    else:
        requests.delete(namespace, rule, "priority" in found, "table" in found)
    return ToolResult(0, "", "")


def _read(words: Words, style: Style) -> dict[str, Any]:
    """iprule_modify."""
    family = Family(style.family)

    prefixes = (key(word, read=family.prefix) for word in ("from*", "to*"))
    found = parse(words, (flag("not"), *prefixes, *_keys()),
                  key("type", read=reader(_action, "Failed to parse rule type"), name="action", usage=usage("ip rule")))
    if found.get("l3mdev") and "table" in found:
        raise ToolError(USAGE, "table can not be specified for l3mdev rules")
    return found


def _keys() -> tuple[Key, ...]:
    """What a rule may be about, but for the two prefixes: those are of a family."""
    return (
        key("preference*", "order*", "priority*", name="priority", read=number("preference value is invalid\n")),
        key("tos*", "dsfield*", name="tos", read=read_tos), key("fwmark", read=_mark),
        key("lookup*", "table*", name="table", read=reader(table_of, "invalid table ID\n")),
        key("protocol*", read=reader(protocol_of, '"protocol" value is invalid\n')),
        key("suppress_prefixlength*", "sup_pl", name="suppressed",
            read=number("suppress_prefixlength value is invalid\n")),
        refused("suppress_ifgroup*", "sup_group", of=A_RULE), key("iif", "dev", name="iif"), key("oif"),
        flag("l3mdev"), key("uidrange", read=_users), key("goto", read=number("invalid target\n")),
        refused("realms*", of=A_RULE, read=reader(realm_of, "invalid realms\n")), refused("tun_id", of=A_RULE),
        refused("map-to", "nat", of=A_RULE), refused("dscp", of=A_RULE), key("ipproto", read=ip_protocol),
        key("sport", read=_ports("sport")), key("dport", read=_ports("dport")), refused("flowlabel", of=A_RULE))


def _action(word: str) -> str | None:
    """What rtnl_rtntype_a2n makes of a word, where a rule can do it (ToolError: a type that a rule of the sandbox does
    not have)."""
    if word in ACTIONS:
        return ACTIONS[word]
    value = number_of(word)
    kind = type_of(word) if value is None else TYPE_NUMBERS.get(value, str(value) if 0 <= value < 256 else None)
    if kind is None or kind in ("prohibit", "unreachable", "blackhole"):
        return kind
    if kind == "unicast":
        return LOOKUP
    raise ToolError(1, f"netsandbox: rules of type {kind} are not modelled")


def read_tos(words: Words) -> int:
    """A TOS of a rule, which leaves the ECN bits alone."""
    tos = reader(dsfield_of, "TOS value is invalid\n")(words)
    if tos & 3:
        raise KernelError("EINVAL", "Invalid dsfield (tos): ECN bits must be 0")
    return tos


def _users(words: Words) -> tuple[int, int]:
    word = words.next()
    low, dash, high = word.partition("-")
    if not (dash and low.isdecimal() and high.isdecimal()):
        raise wrong(word, "invalid UID range\n")
    if int(low) > int(high):
        raise KernelError("EINVAL", "Invalid uid range")
    return int(low), int(high)


def _ports(name: str) -> Callable[[Words], tuple[int, int]]:
    """`NUMBER` or `NUMBER-NUMBER`."""
    def read(words: Words) -> tuple[int, int]:
        word = words.next()
        low, dash, high = word.partition("-")
        first, last = number_of(low), number_of(high if dash else low)
        if first is None or not 0 <= first <= 65535:
            raise ToolError(USAGE, f'Error: argument "{low}" is wrong: invalid port{" range start" if dash else ""}')
        if last is None or not 0 <= last <= 65535:
            raise ToolError(USAGE, f'Error: argument "{high}" is wrong: invalid port range end')
        if not first or first > last:
            raise KernelError("EINVAL", f"Invalid {name} range")
        return first, last
    return read


def ip_protocol(words: Words) -> int:
    """A protocol by name or number (inet_proto_a2n)."""
    word = words.next()
    found = next((number for number, name in PROTOCOLS.items() if name == word), number_of(word))
    if found is None or not 0 < found < 256:
        raise wrong(word, 'Invalid "ipproto" value\n')
    return found


def _mark(words: Words) -> tuple[int, int]:
    """`MARK[/MASK]`."""
    word = words.next()
    mark, slash, mask = word.partition("/")
    value, masked = number_of(mark), number_of(mask) if slash else WORD
    if value is None or not 0 <= value <= WORD:
        raise wrong(mark, "fwmark value is invalid\n")
    if masked is None or not 0 <= masked <= WORD:
        raise wrong(mask, "fwmask value is invalid\n")
    return value, masked


def _rule(found: dict[str, Any]) -> Rule:
    mark, mask = found.get("fwmark", (0, 0))
    action = GOTO if "goto" in found else found.get("action", LOOKUP)
    return Rule(found.get("priority", 0), found.get("from", ALL), found.get("to", ALL), found.get("iif", ""),
                found.get("oif", ""), mark, mask, action, found.get("table", "main"), found.get("goto", 0),
                "not" in found, found.get("suppressed", -1), "l3mdev" in found, found.get("protocol", ""),
                found.get("tos", 0), found.get("ipproto", 0), found.get("sport", (0, 0)), found.get("dport", (0, 0)),
                found.get("uidrange"))


# -- showing

def _filter(words: Words) -> dict[str, Any]:
    """Which rules to list or flush (iprule_list_flush_or_save): a word that is no keyword is where packets go."""
    family = Family("inet")

    def _mark_alone(words: Words) -> tuple[int, int | None]:
        """Without a mask it stands for that mark behind any."""
        is_alone = "/" not in words.peek()
        mark, mask = _mark(words)
        return mark, None if is_alone else mask

    return parse(words, (
        flag("not"), key("from*", read=family.prefix),
        key("tos", "dsfield*", name="tos", read=read_tos), key("fwmark", read=_mark_alone),
        key("iif", "dev", name="iif"), key("oif"), key("uidrange", read=_users),
        key("lookup*", "table*", name="table", read=reader(table_of, "table id value is invalid\n")),
        key("preference*", "order*", "priority*", name="priority", read=number("preference value is invalid\n")),
        key("ipproto", read=ip_protocol), key("sport", read=_ports("sport")), key("dport", read=_ports("dport")),
        key("protocol*", read=reader(protocol_of, '"protocol" value is invalid\n')), flag("l3mdev")),
        key("to*", read=family.prefix))


def _show(namespace: NetworkNamespace, found: dict[str, Any], style: Style) -> ToolResult:
    rules = namespace.routes.rules if style.family != "inet6" else DEFAULT[:2]
    found.pop("protocol", None)  # iproute2 reads it, and heeds it where rules are flushed
    rows = [rule_row(namespace, rule, style, rules) for rule in rules if _is_wanted(rule, found)]
    return ToolResult(0, render(rows, style), "")


def _is_wanted(rule: Rule, found: dict[str, Any]) -> bool:
    """filter_nlmsg: a prefix stands for all that lie within it."""
    own = {"iif": rule.entering, "oif": rule.leaving,
           "table": rule.table if rule.action == LOOKUP and not rule.is_vrf else "", "priority": rule.priority,
           "protocol": rule.protocol, "l3mdev": rule.is_vrf, "not": rule.inverted, "tos": rule.tos,
           "uidrange": rule.users, "ipproto": rule.ip_protocol, "sport": rule.source_ports, "dport": rule.ports}
    prefixes = {"from": rule.source, "to": rule.destination}
    mark, mask = found.get("fwmark", (0, None))
    return (mark in (0, rule.mark) and mask in (None, 0, rule.mask)
            and all(own[name] == found[name] for name in own.keys() & found.keys())
            and all(has.length >= found[name].length and has.address in found[name]
                    for name, has in prefixes.items() if name in found))


def _note_prefix(row: Row, name: str, prefix: Network) -> None:
    row.note(name, str(prefix).partition("/")[0] if prefix.length else "all")
    if 0 < prefix.length < 32:
        row.note(f"{name}len", prefix.length)


def _note_packet(row: Row, rule: Rule, devices: Collection[str]) -> None:
    """What else a packet must be, for JSON."""
    if rule.tos:
        row.note("tos", f"{rule.tos:#04x}")
    if rule.mask:
        row.note("fwmark", f"{rule.mark:#x}")
        if rule.mask != WORD:
            row.note("fwmask", f"{rule.mask:#x}")
    for name, device in (("iif", rule.entering), ("oif", rule.leaving)):
        if device:
            row.note(name, device)
            if device not in devices:
                row.note(f"{name}_detached", None)
    if rule.users is not None:
        row.note("uid_start", rule.users[0])
        row.note("uid_end", rule.users[1])
    if rule.ip_protocol:
        row.note("ipproto", str(PROTOCOLS.get(rule.ip_protocol, rule.ip_protocol)))
    for name, (low, high) in (("sport", rule.source_ports), ("dport", rule.ports)):
        if high and low == high:
            row.note(name, low)
            row.note(f"{name}_mask", "0xffff")
        elif high:
            row.note(f"{name}_start", low)
            row.note(f"{name}_end", high)


def _note_action(row: Row, rule: Rule, numbers: Collection[int]) -> None:
    """What becomes of it, for JSON."""
    if rule.is_vrf:
        row.note("l3mdev", None)
    elif rule.action == LOOKUP:
        row.note("table", shown_table(rule.table))
    if rule.suppressed >= 0:
        row.note("suppress_prefixlen", rule.suppressed)
    if rule.action == GOTO:
        row.note("goto", rule.target)
        if rule.target not in numbers:
            row.note("unresolved", None)
    elif rule.action == NOP:
        row.note("nop", None)
    elif rule.action != LOOKUP:
        row.note("action", rule.action)


def rule_row(namespace: NetworkNamespace, rule: Rule, style: Style, rules: Iterable[Rule]) -> Row:
    """print_rule (rules: those that it stands among)."""
    devices, numbers = namespace.interfaces.keys(), {one.priority for one in rules}
    row, words = Row(style), rule.words(devices, numbers)
    row.put("priority", rule.priority, f"{rule.priority}:\t")
    if rule.inverted:
        row.note("not", None)
    _note_prefix(row, "src", rule.source)
    if rule.destination.length:
        _note_prefix(row, "dst", rule.destination)
    _note_packet(row, rule, devices)
    _note_action(row, rule, numbers)
    if rule.action == LOOKUP and not rule.is_vrf and words.endswith(rule.table):
        words = words.removesuffix(rule.table) + shown_table(rule.table)
    row.say(words.replace(f" tos {rule.tos:#04x}", f" tos {dsfield_text(rule.tos)}"))
    shown = (rule.protocol or "unspec") if style.details else "" if rule.protocol == "kernel" else rule.protocol
    if shown:
        row.put("protocol", shown, f" proto {shown}")
    row.say("\n")
    return row
