"""One next hop as `ip nexthop` prints it (ip/ipnexthop.c, __print_nexthop_entry)."""

from __future__ import annotations

from netsandbox.commands.tools.output import Row, Style
from netsandbox.linux.ipv4.nexthop_object import NextHop, group_text
from netsandbox.wire.addresses import format_ipv4


def put_nexthop(row: Row, hop: NextHop, style: Style) -> None:
    """Add what is said of it, the number first."""
    row.put("id", hop.id, f"id {hop.id} ")
    if hop.members:
        row.put("group", [{"id": number} | ({"weight": weight} if weight > 1 else {})
                          for number, weight in hop.members], f"group {group_text(hop.members)} ")
    if hop.gateway is not None:
        row.put("gateway", format_ipv4(hop.gateway), f"via {format_ipv4(hop.gateway)} ")
    if hop.interface is not None:
        row.put("dev", hop.interface.name, f"dev {hop.interface.name} ")
    if hop.scope != "global" or style.details:
        row.put("scope", hop.scope, f"scope {hop.scope} ")
    if hop.is_blackhole:
        row.put("blackhole", None, "blackhole ")
    if hop.protocol != "unspec" or style.details:
        row.put("protocol", hop.protocol, f"proto {hop.protocol} ")
    row.put("flags", ["onlink"] if hop.onlink else [], "onlink " if hop.onlink else "")
