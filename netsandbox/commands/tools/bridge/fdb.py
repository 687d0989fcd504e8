"""`bridge fdb` (bridge/fdb.c): forwarding databases, and what else interfaces listen to."""

from __future__ import annotations

from typing import Any, NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.groups import group_macs
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.names import OtherNamespaces, find_interface, home_of, in_order, interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import number_of
from netsandbox.commands.tools.words import (
    USAGE,
    Key,
    Words,
    asking,
    bare,
    choose,
    flag,
    key,
    parse,
    passed_over,
    wrong,
)
from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.fdb import FdbEntry
from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import Detail
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.vxlan_fdb import Remote, VtepRow
from netsandbox.linux.netlink import fdb as requests
from netsandbox.linux.netlink.fdb import NO_REMOTE, FdbRequest
from netsandbox.wire.addresses import MAC_GROUP_BIT, AddressError, format_ipv4, format_mac, parse_ipv4, parse_mac
from netsandbox.wire.vlan import MAX_ID
from netsandbox.wire.vxlan import MAX_VNI

COMMANDS = ("add*", "append*", "replace*", "delete*", "get*", "show*", "lst*", "list*", "flush", "help*")
STATES = ("permanent*", "static*", "temp*", "stale*", "reachable*", "all*")
NOT_FOUND = 254  # fdb_get returns -2


class FdbRow(NamedTuple):
    """One row: of a bridge's database, or of an interface's own list of addresses (then `entry` is None)."""

    mac: int
    interface: Interface
    bridge: Bridge | None
    entry: FdbEntry | None
    vtep: VtepRow | None = None
    remote: Remote | None = None
    is_stale: bool = False  # It is too old, or being told of as it ages out

    @property
    def state(self) -> str:
        """fdb_to_nud, in words: permanent, static, stale or (dynamic) empty."""
        if self.vtep is not None:
            return self.vtep.state
        if self.entry is None or self.entry.local:
            return "permanent"
        return "static" if self.entry.static else "stale" if self.is_stale else ""


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("bridge fdb", arguments, COMMANDS)
    namespace = context.namespace
    if command == "show":
        return _show(namespace, words, style)
    if command == "get":
        return _get(namespace, words, style)
    if command == "flush":
        _flush(namespace, words)
    else:
        _modify(namespace, command, words)
    return ToolResult(0, "", "")


# -- showing

def all_rows(namespace: NetworkNamespace) -> list[FdbRow]:
    """Every row in the kernel's order: interface by interface, the newest entry of each first."""
    rows: list[FdbRow] = []
    for interface in in_order(namespace):
        own = [FdbRow(mac, interface, None, None) for mac in _own_list(interface)]
        if isinstance(interface, Bridge):
            rows += own + _entries(interface, interface)
        else:
            if interface.vteps is not None:
                own = [FdbRow(row.mac, interface, None, None, row, remote) for row, remote in interface.vteps.entries()]
            rows += (_entries(interface.port.bridge, interface) if interface.port is not None else []) + own
    return rows


def _taken_for(interface: Interface) -> list[int]:
    """The stations that stand on it; a VLAN hands down those that stand on it (dev_uc_sync)."""
    uppers = interface.stack.uppers if interface.stack is not None else ()
    return [mac for one in uppers if one.kind in ("macvlan", "vlan") and one.up
            for mac in (one.mac, *(_taken_for(one) if one.kind == "vlan" else ()))]


def _own_list(interface: Interface) -> list[int]:
    """dev->uc and dev->mc, of an Ethernet (rtnl_fdb_dump)."""
    if not interface.is_loopback and interface.hardware != "ether":
        return []
    taken = [mac for mac in _taken_for(interface) if mac != interface.mac]
    own = [mac for mac in interface.group_macs if not mac & MAC_GROUP_BIT]
    return [*taken, *own, *(mac for mac, _ in group_macs(interface))]


def _entries(bridge: Bridge, interface: Interface) -> list[FdbRow]:
    wanted = None if interface is bridge else interface.port
    return [FdbRow(entry.mac, interface, bridge, entry, is_stale=bridge.fdb.has_expired(entry))
            for entry in reversed(bridge.fdb.entries.values()) if entry.port is wanted]


def fdb_row(found: FdbRow, style: Style, with_device: bool = True) -> Row:
    """print_fdb."""
    row, entry = Row(style), found.entry
    row.put("mac", format_mac(found.mac), f"{format_mac(found.mac)} ")
    if with_device:
        row.put("ifname", found.interface.name, f"dev {found.interface.name} ")
    if found.remote is not None:
        _put_remote(row, found.remote, found.interface)
    if entry is not None and entry.vlan:
        row.put("vlan", entry.vlan, f"vlan {entry.vlan} ")
    timed = entry if entry is not None else found.vtep
    if style.stats and timed is not None:
        now = found.interface.namespace.scheduler.now
        used, updated = (now - timed.used) // SECOND, (now - timed.updated) // SECOND
        row.note("used", used)
        row.note("updated", updated)
        row.say(f"used {used}/{updated} ")
    flags = ["self"] if entry is None else ["sticky"] if entry.sticky else []
    if found.vtep is not None and found.vtep.is_router:
        flags.append("router")
    row.put("flags", flags, "".join(f"{flag} " for flag in flags))
    if found.bridge is not None:
        row.put("master", found.bridge.name, f"master {found.bridge.name} ")
    row.put("state", found.state, f"{found.state}\n")
    return row


def _put_remote(row: Row, remote: Remote, interface: Interface) -> None:
    """vxlan_fdb_info: what differs from the device's own settings."""
    row.put("dst", format_ipv4(remote.address), f"dst {format_ipv4(remote.address)} ")
    if remote.port is not None:
        row.put("port", remote.port, f"port {remote.port} ")
    if remote.vni is not None:
        row.put("vni", remote.vni, f"vni {remote.vni} ")
    if remote.below is not None and remote.below.namespace is interface.namespace:
        row.put("viaIf", remote.below.name, f"via {remote.below.name} ")
    home = home_of(interface)
    if home is not interface.namespace:
        number = OtherNamespaces(interface.namespace).numbers[home]
        row.put("linkNetNsId", number, f"link-netnsid {number} ")


def fdb_json(bridge: Bridge) -> list[dict[str, Any]]:
    """What `bridge -j fdb show br BRIDGE` gives, as Python objects."""
    return [fdb_row(row, Style(json=1)).members for row in all_rows(bridge.namespace) if _belongs(row, bridge)]


def _belongs(row: FdbRow, bridge: Interface) -> bool:
    port = row.interface.port
    return isinstance(bridge, Bridge) and (row.interface is bridge or (port is not None and port.bridge is bridge))


def _show(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    found = parse(words, (key("brport", "dev", name="dev"), key("br"), key("vlan"), key("state", read=_state),
                          flag("dynamic"), asking(usage("bridge fdb"))), passed_over)
    bridge = _bridge_named(namespace, found["br"]) if "br" in found else None
    device = interface_named(namespace, found["dev"], USAGE) if "dev" in found else None
    vlan = _vlan(found)
    rows = [fdb_row(row, style, device is None) for row in all_rows(namespace)
            if (bridge is None or _belongs(row, bridge)) and device in (None, row.interface)
            and found.get("state", row.state) in (row.state, "all")
            and not ("dynamic" in found and row.state == "permanent")
            and (vlan is None or (row.entry is not None and row.entry.vlan == vlan))]
    return ToolResult(0, render(rows, style), "")


def _state(words: Words) -> str:
    word = words.next()
    found = choose(word, STATES)
    if found is None:
        raise wrong(word, "invalid state")
    return "static" if found == "temp" else "" if found == "reachable" else found


def _bridge_named(namespace: NetworkNamespace, name: str, what: str = "bridge device") -> Interface:
    found = find_interface(namespace, name)
    if found is None:
        raise ToolError(USAGE, f'Cannot find {what} "{name}"')
    return found


def _mac(word: str) -> int:
    try:
        return parse_mac(word)
    except AddressError:
        raise ToolError(USAGE, f"Invalid mac address {word}") from None


def _vlan(found: dict[str, Any]) -> int | None:
    """The number behind `vlan`, or None (ToolError: it is none (invarg in fdb_modify))."""
    if "vlan" not in found:
        return None
    number = number_of(found["vlan"])
    if number is None or not 0 <= number < 4096:
        raise wrong(found["vlan"], "invalid vlan id")
    return number


def _to() -> Key:
    """The one address of a command line."""
    return bare("to", usage=usage("bridge fdb"))


def _get(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    found = parse(words, (key("brport", "dev", name="dev"), key("br"), key("vni"), flag("self"), flag("master*"),
                          key("vlan*"), flag("dynamic*")), _to())
    if not found.get("to") or not ("dev" in found or "br" in found):
        raise ToolError(USAGE, "Device or master and address are required arguments.")
    mac, asked = _mac(found["to"]), _asked(namespace, found)
    vlan = number_of(found["vlan"]) if "vlan" in found else 0
    if vlan is None or not 0 <= vlan <= MAX_ID or ("vlan" in found and not vlan):
        raise ToolError(NOT_FOUND, str(KernelError("EINVAL", "invalid vlan id")))
    return ToolResult(0, render([fdb_row(_row_of(asked, mac, vlan), style)], style), "")


def _row_of(holding: Interface, mac: int, vlan: int) -> FdbRow:
    """ndo_fdb_get: a bridge's row, or the first end of a VXLAN device's (br_fdb_get, vxlan_fdb_get)."""
    if isinstance(holding, Bridge):
        entry = holding.fdb.entries.get(vlan << 48 | mac)
        if entry is not None:
            return FdbRow(mac, entry.port.interface if entry.port is not None else holding, holding, entry)
    elif holding.vteps is None:
        raise ToolError(NOT_FOUND, str(KernelError("EOPNOTSUPP", "Fdb get operation not supported by device")))
    elif mac in holding.vteps.rows:
        row = holding.vteps.rows[mac]
        return FdbRow(mac, holding, None, None, row, row.remotes[0])
    raise ToolError(NOT_FOUND, str(KernelError("ENOENT", "Fdb entry not found")))


def _asked(namespace: NetworkNamespace, found: dict[str, Any]) -> Interface:
    """Whose table is asked: a device's own, or that of the bridge whose port it is (rtnl_fdb_get)."""
    device = interface_named(namespace, found["dev"], USAGE) if "dev" in found else None
    bridge = _bridge_named(namespace, found["br"]) if "br" in found else None
    if device is not None and bridge is not None:
        raise ToolError(NOT_FOUND, str(KernelError("EINVAL", "Master and device are mutually exclusive")))
    if device is not None and ("master" in found or "self" not in found):
        if device.port is None:
            raise ToolError(NOT_FOUND, str(KernelError("EINVAL", "Device is not a bridge port")))
        bridge = device.port.bridge
    holding = bridge or device
    assert holding is not None
    return holding


# -- changing

def _modify(namespace: NetworkNamespace, command: str, words: Words) -> None:
    found = parse(words, (
        key("dev"), key("dst", read=_address), key("nhid"), key("port"), key("vni"), key("src_vni"), key("via"),
        flag("self"), flag("master*"), flag("router*"), flag("local*", "permanent*", name="permanent"),
        flag("temp*", "static*", name="static"), flag("dynamic*"), key("vlan*"), flag("use*"), flag("extern_learn*"),
        flag("sticky*")), _to())
    if "dev" not in found or not found.get("to"):
        raise ToolError(USAGE, "Device and address are required arguments.")
    mac = _mac(found["to"])
    for name in ("nhid", "src_vni", "extern_learn"):
        if name in found:
            raise ToolError(1, f"netsandbox: {name} of a forwarding entry is not modelled")
    device = interface_named(namespace, found["dev"], USAGE)
    vlan = (number_of(found["vlan"]) or 0) if "vlan" in found else None
    if vlan is not None and not 0 < vlan <= MAX_ID:
        raise ToolError(USAGE, str(KernelError("EINVAL", "invalid vlan id")))
    is_permanent = "permanent" in found or not ("static" in found or "dynamic" in found)
    remote = _remote(namespace, found, device)
    request = FdbRequest(mac, is_permanent, "dynamic" not in found, "sticky" in found, "use" in found,
                         remote if "dst" in found else NO_REMOTE, vlan, "router" in found)
    to_master = "master" in found
    if command == "delete":
        requests.delete(device, mac, to_master, "self" in found or not to_master, vlan, request.remote)
    else:
        requests.put(device, request, command, to_master, "self" in found or not to_master)


def _address(words: Words) -> int:
    """get_addr: it is read at once, before anything else is looked at."""
    word = words.next()
    try:
        return parse_ipv4(word)
    except AddressError:
        raise ToolError(1, f'Error: any valid address is expected rather than "{word}".') from None


def _remote(namespace: NetworkNamespace, found: dict[str, Any], device: Interface) -> Remote:
    """The other end that a command line names."""
    port = _limited(found, "port", 65535, "invalid port")
    vni = _limited(found, "vni", MAX_VNI, "invalid VNI")
    via = interface_named(namespace, found["via"], USAGE) if "via" in found else None
    own = {detail.name: detail.value for detail in _details(device)}
    return Remote(found.get("dst", 0), None if port == own.get("port") else port,
                  None if vni == own.get("id") else vni, via)


def _details(device: Interface) -> list[Detail]:
    kind = kinds.find(device.kind)
    return kind.details(device) if kind is not None and device.vteps is not None else []


def _limited(found: dict[str, Any], name: str, high: int, complaint: str) -> int | None:
    if name not in found:
        return None
    value = number_of(found[name])
    if value is None or not 0 <= value <= high:
        raise wrong(found[name], complaint)
    return value


MASKS = {"permanent": ("local", True), "nopermanent": ("local", False), "nostatic": ("static", False),
         "nodynamic": ("static", True), "added_by_user": ("by_user", True), "noadded_by_user": ("by_user", False),
         "sticky": ("sticky", True), "nosticky": ("sticky", False)}
"""What each word demands of an entry; `static` and `dynamic` demand two things."""
NOT_FLUSHED = ("extern_learn", "offloaded", "router")
"""Flags that no entry here has: asking for them finds nothing, asking for their absence finds all."""


def _flush(namespace: NetworkNamespace, words: Words) -> None:
    def other(word: str, _words: Words) -> None:
        raise ToolError(USAGE, f'bridge fdb: unknown command "{word}"?\n{usage("bridge fdb").message}')

    found = parse(words, (
        key("dev"), flag("master"), flag("self"), *(flag(name) for name in (*MASKS, "static", "dynamic")),
        *(flag(name) for flagged in NOT_FLUSHED for name in (flagged, f"no{flagged}")), key("brport", once="brport"),
        *(key(name) for name in ("vlan", "src_vni", "nhid", "vni", "port", "dst"))), other)
    if "dev" not in found:
        raise ToolError(USAGE, "Device is a required argument.")
    device = _bridge_named(namespace, found["dev"])
    port = _bridge_named(namespace, found["brport"], "bridge port device") if "brport" in found else None
    demands: dict[str, int] = dict(MASKS[name] for name in found if name in MASKS)
    if "static" in found or "dynamic" in found:
        demands |= {"local": False, "static": "static" in found}
    if any(name in found for name in NOT_FLUSHED):
        return
    if "vlan" in found:
        demands["vlan"] = _vlan(found) or 0
    requests.flush(device, port, demands, "master" in found)
