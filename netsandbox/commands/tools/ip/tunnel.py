"""`ip tunnel` (ip/iptunnel.c, ip/tunnel.c), the older way to make, change and list the tunnels that `ip link` makes."""

from __future__ import annotations

from itertools import pairwise

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip import link
from netsandbox.commands.tools.ip.kind_words import plain_address_of
from netsandbox.commands.tools.ip.route_words import dsfield_text
from netsandbox.commands.tools.names import in_order
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.words import USAGE, choose
from netsandbox.linux.drivers.gre import GreInterface
from netsandbox.linux.drivers.gretap import GretapInterface
from netsandbox.linux.drivers.ip_tunnel import TunnelInterface
from netsandbox.linux.drivers.ipip import IpipInterface
from netsandbox.wire.addresses import format_ipv4

COMMANDS = ("add*", "change*", "delete*", "show*", "list*", "lst*", "prl*", "6rd*", "help*")
NO_MODE = "cannot determine tunnel mode (ipip, gre, vti or sit)"
MODES = {"gre": "gre", "gre/ip": "gre", "ipip": "ipip", "ip/ip": "ipip"}
UNKNOWN_HERE = ("sit", "ipv6/ip", "isatap", "vti", "any", "any/ip", "ip6/ip")  # Modes that iproute2 knows
FLAGS = (("iseq", "rx_drop_ooseq", "Drop packets out of sequence."),
         ("icsum", "rx_csum", "Checksum in received packet is required."),
         ("oseq", "tx_seq", "Sequence packets on output."), ("ocsum", "tx_csum", "Checksum output packets."))
"""What a GRE tunnel may have, in JSON and in words."""


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command = choose(arguments[0], COMMANDS) if arguments else "show"
    words = [word for word in arguments[1:] if word != "name"]
    if command is None:
        raise ToolError(USAGE, f'Command "{arguments[0]}" is unknown, try "ip tunnel help".')
    if command in ("show", "list", "lst"):
        return _show(context, words, style)
    if command in ("add", "change"):
        return _put(context, command, words, style)
    if command == "help":
        raise usage("ip tunnel")
    if command != "delete":
        raise ToolError(1, f"netsandbox: `ip tunnel {command}` is not modelled: add, change, del and show are")
    name = next(iter(words), "")
    if _named(context, name) is None:
        raise _no_tunnel(context, "delete", name)
    return link.run(context, ["delete", name], style)


def _no_tunnel(context: ToolContext, what: str, name: str) -> ToolError:
    """SIOCGETTUNNEL, SIOCDELTUNNEL: a device of another kind does not know them."""
    why = "Operation not supported" if name in context.namespace.interfaces else "No such device"
    return ToolError(1, f'{what} tunnel "{name}" failed: {why}')


def _named(context: ToolContext, name: str) -> TunnelInterface | None:
    found = context.namespace.interfaces.get(name)
    return found if isinstance(found, TunnelInterface) and not isinstance(found, GretapInterface) else None


def _put(context: ToolContext, command: str, words: list[str], style: Style) -> ToolResult:
    """parse_args, do_add: by what `ip link` asks of the kernel."""
    name, mode, rest = words[0] if words else "", "", list(words[1:])
    if "mode" in words[:-1]:
        at = words.index("mode")
        mode, rest = words[at + 1], (words[:at] + words[at + 2:])[1:]
    if mode in UNKNOWN_HERE:
        raise ToolError(1, f"netsandbox: tunnels of mode {mode} are not modelled (gre and ipip are)")
    if mode and mode not in MODES:
        raise ToolError(USAGE, f'Unknown tunnel mode "{mode}"')
    if command == "change":
        known = _named(context, name)
        if known is None:
            raise _no_tunnel(context, "get", name)
        if not mode and isinstance(known, IpipInterface) and known.mode == "any":
            raise ToolError(1, NO_MODE)
        return link.run(context, ["set", name, "type", known.kind, *rest], style)
    if not mode:
        raise ToolError(1, NO_MODE)
    if MODES[mode] == "ipip" and {"key", "ikey", "okey"} & set(rest):
        raise ToolError(1, "Keys are not allowed with ipip and sit tunnels")
    for what, word in pairwise(rest):
        if what in ("local", "remote") and word != "any":
            plain_address_of(word)
    as_asked = ["mode", "ipip"] if MODES[mode] == "ipip" else []
    return link.run(context, ["add", name, "type", MODES[mode], *as_asked, *rest], style)


def _show(context: ToolContext, words: list[str], style: Style) -> ToolResult:
    """print_tunnel, of all or of the one that is named."""
    if len(words) > 1:
        raise ToolError(1, f"netsandbox: {words[0]} of `ip tunnel show` is not modelled, but for a name")
    rows = [_row(one, style) for one in in_order(context.namespace)
            if isinstance(one, TunnelInterface) and not isinstance(one, GretapInterface)
            and one.name == next(iter(words), one.name)]
    return ToolResult(0, render(rows, style), "")


def _mode_text(one: TunnelInterface) -> str:
    if isinstance(one, GreInterface):
        return "gre/ip"
    return "any/ip" if isinstance(one, IpipInterface) and one.mode == "any" else "ip/ip"


def _row(one: TunnelInterface, style: Style) -> Row:
    row = Row(style)
    mode = _mode_text(one)
    row.put("ifname", one.name, f"{one.name}:")
    row.put("mode", mode, f" {mode}")
    for what, address in (("remote", one.remote), ("local", one.local)):
        row.put(what, format_ipv4(address) if address else "any",
                f" {what} {format_ipv4(address) if address else 'any'}")
    if one.below is not None:
        row.put("dev", one.below.name, f" dev {one.below.name}")
    if one.ttl:
        row.put("ttl", one.ttl, f" ttl {one.ttl}")
    else:
        row.say(" ttl inherit")
    if one.tos:
        tos = "inherit" if one.tos == 1 else dsfield_text(one.tos & ~1)
        row.put("tos", tos, f" tos {tos}")
    if not one.pmtudisc:
        row.put("nopmtudisc", None, " nopmtudisc")
    if isinstance(one, GreInterface):
        _put_keys(row, one)
    if style.stats:
        _put_counters(row, one)
    row.say("\n")
    return row


def _put_keys(row: Row, one: GreInterface) -> None:
    """tnl_print_gre_flags, behind the keys."""
    keys = {"ikey": one.ikey, "okey": one.okey} if one.ikey != one.okey else {"key": one.ikey}
    for name, key in keys.items():
        if key is not None:
            row.put(name, key, f" {name} {key}")
    flags = [(word, text) for flag, word, text in FLAGS if flag in one.has]
    if flags:
        row.put("flags", [word for word, _text in flags], "".join(f"\n  {text}" for _word, text in flags))


def _put_counters(row: Row, one: TunnelInterface) -> None:
    """tnl_print_stats."""
    row.say("\nRX: Packets    Bytes        Errors CsumErrs OutOfSeq Mcasts\n"
            f"    {one.rx_packets:<10} {one.rx_bytes:<12} {one.rx_errors:<6} {0:<8} {0:<8} {0:<8}\n"
            "TX: Packets    Bytes        Errors DeadLoop NoRoute  NoBufs\n"
            f"    {one.tx_packets:<10} {one.tx_bytes:<12} {one.tx_errors:<6} {one.collisions:<8} "
            f"{one.carrier_errors:<8} {one.tx_dropped:<6}")
