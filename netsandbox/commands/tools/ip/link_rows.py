"""One interface as `ip link`, `ip addr` and `bridge link` print it."""

from __future__ import annotations

from netsandbox.commands.tools.ip.link_details import put_details
from netsandbox.commands.tools.ip.link_statistics import put_statistics
from netsandbox.commands.tools.names import OtherNamespaces, home_of, lower_of
from netsandbox.commands.tools.output import Row
from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.linux.ipv4.lifetime import FOREVER
from netsandbox.wire.addresses import format_ipv4, format_mac

FLAGS = ("NO-CARRIER", "LOOPBACK", "BROADCAST", "POINTOPOINT", "MULTICAST", "NOARP", "ALLMULTI", "PROMISC", "MASTER",
         "SLAVE", "DYNAMIC", "NOTRAILERS", "UP", "LOWER_UP")
"""IFF_* names in the order that iproute2 has them."""


def flags(interface: Interface) -> list[str]:
    """IFF_* names."""
    master = interface.master
    above = kinds.find(master.kind) if master is not None else None
    found = {*interface.odd_flags.symmetric_difference(interface.flags)}
    found.update(above.slave_flags if above is not None else ())
    found |= {name for name, is_set in (
        ("NO-CARRIER", interface.up and not interface.seems_connected), ("NOARP", interface.noarp),
        ("PROMISC", interface.promisc), ("UP", interface.up),
        ("LOWER_UP", interface.up and interface.carrier)) if is_set}
    return [name for name in FLAGS if name in found]


def put_name(row: Row, interface: Interface, layout: str, knows_namespaces: bool) -> bool:
    """`eth0@if5`, and whether the lower device is known to be down (print_name_and_link).

    Args:
        knows_namespaces: `ip` is told that a peer is elsewhere; `bridge` is not, and takes the
            interface of that index in its own namespace for it.
    """
    peer, name, lower_is_down = lower_of(interface), interface.name, False
    if peer is None and knows_namespaces and home_of(interface) is not interface.namespace:
        peer = interface
    if interface.is_unbound:
        row.note("link", None)
        name = f"{name}@NONE"
    elif peer is not None:
        elsewhere = home_of(interface) is not interface.namespace
        if elsewhere and knows_namespaces:
            row.note("link_index", peer.index)
            name = f"{name}@if{peer.index}"
        elif peer.index != interface.index:
            lower = interface.namespace.by_index(peer.index)
            link = lower.name if lower is not None else f"if{peer.index}"
            row.note("link", link)
            name = f"{name}@{link}"
            lower_is_down = lower is not None and not lower.up
    row.put("ifname", interface.name, layout % name)
    return lower_is_down


def put_flags(row: Row, interface: Interface, lower_is_down: bool) -> None:
    found = [*flags(interface), "M-DOWN"] if lower_is_down else flags(interface)
    row.put("flags", found, f"<{','.join(found)}> ")


def link_row(row: Row, interface: Interface, others: OtherNamespaces, is_link: bool, with_queue: bool = True) -> None:
    """print_linkinfo; `is_link` is False for `ip addr`, and `with_queue` for `ip monitor` (filter.showqueue)."""
    style = row.style
    _put_state(row, interface, is_link)
    if with_queue and interface.queue_length:
        row.put("txqlen", interface.queue_length, f"qlen {interface.queue_length}")
    if is_link or not style.family or style.family == "link" or style.details:
        _put_hardware(row, interface)
    _put_peer_namespace(row, interface, others)
    if style.details:
        put_details(row, interface, is_link)
    if interface.alias and (is_link or style.details):
        row.new_line()
        row.put("ifalias", interface.alias, f"    alias {interface.alias}")
    for name in interface.altnames:
        row.new_line()
        row.say(f"    altname {name}")
    if interface.altnames:
        row.note("altnames", list(interface.altnames))
    if is_link and style.stats:
        row.new_line()
        put_statistics(row, interface)
    row.say("\n")


def _put_state(row: Row, interface: Interface, is_link: bool) -> None:
    row.put("ifindex", interface.index, f"{interface.index}: ")
    put_flags(row, interface, put_name(row, interface, "%s: ", knows_namespaces=True))
    row.put("mtu", interface.mtu, f"mtu {interface.mtu} ")
    if row.style.family != "inet6":
        row.put("qdisc", interface.qdisc, f"qdisc {interface.qdisc} ")
    if (master := interface.master) is not None:
        row.put("master", master.name, f"master {master.name} ")
    row.put("operstate", interface.operstate, f"state {interface.operstate} ")
    if is_link:
        row.put("linkmode", "DEFAULT", "mode DEFAULT ")
    if row.style.family != "inet6":
        group = str(interface.group or "default")
        row.put("group", group, f"group {group} ")


def _put_hardware(row: Row, interface: Interface) -> None:
    row.new_line()
    row.put("link_type", interface.hardware, f"    link/{interface.hardware} ")
    found = interface.hardware_addresses
    if found is None:
        return
    address, other = found
    row.put("address", address, address)
    if "POINTOPOINT" in interface.flags:
        row.note("link_pointtopoint", True)
        row.put("broadcast", other, f" peer {other}")
    else:
        row.put("broadcast", other, f" brd {other}")
    if interface.permanent_mac not in (0, interface.mac):
        row.put("permaddr", format_mac(interface.permanent_mac), f" permaddr {format_mac(interface.permanent_mac)}")


def _put_peer_namespace(row: Row, interface: Interface, others: OtherNamespaces) -> None:
    home = home_of(interface)
    if home is not interface.namespace:
        name, number = others.names.get(home), others.numbers[home]
        row.note("link_netnsid", number)
        row.say(f" link-netns {name}" if name else f" link-netnsid {number}")


def brief_row(row: Row, interface: Interface, is_link: bool) -> None:
    """One line of `ip -br link` or the beginning of one of `ip -br addr`."""
    lower_is_down = put_name(row, interface, "%-16s ", knows_namespaces=True)
    row.put("operstate", interface.operstate, f"{interface.operstate:<14} ")
    if is_link:
        if interface.hardware_addresses is not None:
            row.put("address", interface.hardware_addresses[0], f"{interface.hardware_addresses[0]} ")
        put_flags(row, interface, lower_is_down)
        row.say("\n")


# -- addresses

def address_row(row: Row, interface: Interface, own: InterfaceAddress, with_device: bool) -> None:
    """print_addrinfo; `with_device` for the form that -o has."""
    if not row.style.brief:
        if with_device:
            row.note("index", interface.index)
            row.note("dev", interface.name)
            row.say(f"{interface.index}: {interface.name}")
        row.put("family", "inet", "    inet ")
    row.put("local", format_ipv4(own.local), format_ipv4(own.local))
    if own.has_peer:
        peer = format_ipv4(own.network.address)
        row.put("address", peer, f" peer {peer}")
    row.put("prefixlen", own.network.length, f"/{own.network.length} ")
    if own.metric:
        row.put("metric", own.metric, f"metric {own.metric} ")
    if row.style.brief:
        return
    if own.broadcast is not None:
        row.put("broadcast", format_ipv4(own.broadcast), f"brd {format_ipv4(own.broadcast)} ")
    row.put("scope", own.scope, f"scope {own.scope} ")
    now = interface.namespace.scheduler.now
    _put_address_flags(row, own, now)
    label = own.label or interface.name
    row.put("label", label, label)
    _put_lifetime(row, own, now)


def _put_lifetime(row: Row, own: InterfaceAddress, now: int) -> None:
    row.new_line()
    valid, preferred = (FOREVER, FOREVER) if own.lifetime is None else own.lifetime.left(now)
    row.put("valid_life_time", valid, f"       valid_lft {_seconds(valid)}")
    row.put("preferred_life_time", preferred, f" preferred_lft {_seconds(preferred)}\n")


def _put_address_flags(row: Row, own: InterfaceAddress, now: int) -> None:
    lifetime = own.lifetime
    for name, is_on in (("secondary", own.secondary),
                        ("deprecated", lifetime is not None and lifetime.is_deprecated(now)),
                        ("dynamic", lifetime is not None and not lifetime.is_permanent),
                        ("noprefixroute", not own.makes_route), ("autojoin", own.joins)):
        if is_on:
            row.put(name, True, f"{name} ")


def _seconds(number: int) -> str:
    return "forever" if number == FOREVER else f"{number}sec"
