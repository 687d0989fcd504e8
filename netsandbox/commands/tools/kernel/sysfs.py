"""/sys/class/net: a folder for each device (net-sysfs.c, and the bridge's and the bond's own files)."""

from __future__ import annotations

from netsandbox.commands.tools.kernel.sysfs_bond import bond_values, slave_of, slave_values, write_bond
from netsandbox.commands.tools.kernel.sysfs_bridge import bridge_values, port_values, write_bridge, write_port
from netsandbox.commands.tools.names import lower_of
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.bond_device import BondInterface
from netsandbox.linux.drivers.tun import TapInterface
from netsandbox.linux.netlink.link import MAX_ALIAS, set_mtu
from netsandbox.wire.addresses import format_mac

FOLDER = "/sys/class/net"
COUNTERS = {**{name: name for name in ("collisions", "multicast", *(
    f"{way}_{what}" for way in ("rx", "tx") for what in ("bytes", "dropped", "errors", "packets")))},
            "tx_carrier_errors": "carrier_errors"}
ZERO_COUNTERS = (*(f"rx_{name}" for name in ("compressed", "crc_errors", "fifo_errors", "frame_errors", "length_errors",
                                             "missed_errors", "over_errors")),
                 *(f"tx_{name}" for name in ("aborted_errors", "compressed", "fifo_errors", "heartbeat_errors",
                                             "window_errors")))
KIND_FLAGS = {"BROADCAST": 0x2, "POINTOPOINT": 0x10, "NOTRAILERS": 0x20, "NOARP": 0x80, "ALLMULTI": 0x200,
              "MASTER": 0x400, "MULTICAST": 0x1000, "DYNAMIC": 0x8000}
"""IFF_* by the names that a kind of device has, and a person may have given it."""
ETHERNET, LOOPBACK = 1, 772  # ARPHRD_*
SIMPLE = ("addr_len", "address", "broadcast", "carrier", "carrier_changes", "carrier_down_count", "carrier_up_count",
          "dev_id", "dev_port", "dormant", "duplex", "flags", "ifalias", "ifindex", "iflink", "link_mode", "mtu",
          "netdev_group", "operstate", "speed", "testing", "tx_queue_len", "type", "uevent")


def names(namespace: NetworkNamespace, path: str) -> list[str] | None:
    """What is in the folder itself (an empty path) or in one below; None where there is none."""
    _empty, *parts = path.split("/")
    if not parts:
        return list(namespace.interfaces)
    interface = namespace.interfaces.get(parts[0])
    if interface is None or len(parts) > 2:
        return None
    folders = _folders(interface)
    if len(parts) == 1:
        return [*SIMPLE, *_of_tun(interface), *folders]
    return folders.get(parts[1])


def _folders(interface: Interface) -> dict[str, list[str]]:
    found = {"statistics": [*COUNTERS, *ZERO_COUNTERS]}
    if isinstance(interface, Bridge):
        found["bridge"] = list(bridge_values(interface))
        found["brif"] = [port.interface.name for port in interface.ports]
    if isinstance(interface, BondInterface):
        found["bonding"] = list(bond_values(interface))
    slave = slave_of(interface)
    if slave is not None:
        found["bonding_slave"] = list(slave_values(slave))
    if interface.port is not None:
        found["brport"] = list(port_values(interface.port))
    return found


def read(namespace: NetworkNamespace, path: str) -> str | None:
    """A file below the folder (FileError: it cannot be read now)."""
    device, _slash, attribute = path.partition("/")
    interface = namespace.interfaces.get(device)
    if interface is None:
        return None
    value = _attribute(interface, attribute)
    return None if value is None else f"{value}\n" if value != "" else ""


def _attribute(interface: Interface, name: str) -> str | int | None:
    folder, _slash, leaf = name.partition("/")
    if folder == "statistics":
        return int(getattr(interface, COUNTERS[leaf])) if leaf in COUNTERS else 0 if leaf in ZERO_COUNTERS else None
    if leaf == "flush" and leaf in (_folders(interface).get(folder) or ()):
        raise FileError("EACCES")
    if folder == "bridge" and isinstance(interface, Bridge):
        return bridge_values(interface).get(leaf)
    if folder == "brport":
        return port_values(interface.port).get(leaf) if interface.port is not None else None
    if folder == "bonding" and isinstance(interface, BondInterface):
        return bond_values(interface).get(leaf)
    slave = slave_of(interface)
    if folder == "bonding_slave" and slave is not None:
        return slave_values(slave).get(leaf)
    if name in ("carrier", "speed", "duplex"):
        return _link_attribute(interface, name)
    return (_simple(interface) | _of_tun(interface)).get(name)


def _of_tun(interface: Interface) -> dict[str, str | int]:
    """tun_attr_group: IFF_PERSIST, with IFF_TUN or IFF_TAP, IFF_NO_PI and IFF_VNET_HDR."""
    if not isinstance(interface, TapInterface):
        return {}
    known = interface.settings
    number = 0x800 | (0x1 if interface.mode == "tun" else 0x2) | (0 if known.get("pi") else 0x1000) | (
        0x4000 if known.get("vnet_hdr") else 0)
    return {"tun_flags": f"0x{number:x}", "owner": str(known.get("user", -1)).replace("root", "0"),
            "group": str(known.get("group", -1)).replace("root", "0")}


def _simple(interface: Interface) -> dict[str, str | int]:
    peer, changes = lower_of(interface), interface.carrier_changes
    return {"carrier_changes": changes, "carrier_down_count": (changes + 1) // 2, "carrier_up_count": changes // 2,
            "dev_port": 0, "dormant": 0, "testing": 0,
            "address": format_mac(interface.mac), "mtu": interface.mtu, "operstate": interface.operstate.lower(),
            "ifindex": interface.index, "iflink": peer.index if peer is not None else interface.index,
            "tx_queue_len": interface.queue_length, "addr_len": 6,
            "type": LOOPBACK if interface.is_loopback else ETHERNET,
            "flags": f"0x{device_flags(interface):x}", "dev_id": "0x0", "link_mode": 0, "ifalias": interface.alias,
            "netdev_group": interface.group,
            "broadcast": format_mac(0 if interface.is_loopback else (1 << 48) - 1),
            "uevent": f"INTERFACE={interface.name}\nIFINDEX={interface.index}"}


def _link_attribute(interface: Interface, name: str) -> str | int:
    """What can be read only while the interface is up."""
    speed = interface.speed
    if not interface.up or (name != "carrier" and speed is None):
        raise FileError("EINVAL")
    if name == "carrier":
        return int(interface.carrier)
    if name == "speed":
        return speed or 0
    return "full" if (speed or 0) > 0 and not isinstance(interface, Bridge) else "unknown"


def device_flags(interface: Interface) -> int:
    """IFF_* without those that follow the carrier: UP, LOOPBACK or what the kind has, NOARP, PROMISC; a bridge's port
    is made to hear everything, and all groups."""
    listens = 0x300 if interface.port is not None else 0x100 if interface.promisc else 0
    names = interface.odd_flags.symmetric_difference(() if interface.is_loopback else interface.flags)
    kind = (0x8 if interface.is_loopback else 0) | sum(KIND_FLAGS.get(name, 0) for name in names)
    return kind | int(interface.up) | (0x80 if interface.noarp else 0) | listens


def write(namespace: NetworkNamespace, path: str, text: str) -> None:
    """Change a setting, as netlink would (FileError: it cannot be changed, or not to that)."""
    device, _slash, attribute = path.partition("/")
    interface = namespace.interfaces[device]
    if attribute == "ifalias":
        if len(to_bytes(text)) > MAX_ALIAS:
            raise FileError("EINVAL")
        interface.alias = text
        return
    folder, _slash, name = attribute.partition("/")
    if folder == "bonding" and isinstance(interface, BondInterface):
        write_bond(interface, name, text)
        return
    if not text.isascii() or not text.isdecimal():
        raise FileError("EINVAL")
    try:
        _write_number(interface, attribute, int(text))
    except KernelError:
        raise FileError("EINVAL") from None


def _write_number(interface: Interface, attribute: str, value: int) -> None:
    folder, _slash, name = attribute.partition("/")
    if attribute == "netdev_group":
        interface.group = value % (1 << 32)
    elif attribute == "mtu":
        set_mtu(interface, value)
    elif folder == "brport" and interface.port is not None:
        write_port(interface.port, name, value)
    elif folder == "bridge" and isinstance(interface, Bridge):
        write_bridge(interface, name, value)
    else:
        raise FileError("EACCES")
