"""Where devices stand in /sys: /sys/class/net/DEV leads to a folder below /sys/devices (drivers/base/core.c)."""

from __future__ import annotations

from posixpath import relpath

from netsandbox.commands.tools.kernel import sysfs
from netsandbox.lab.uplink import NetworkCard
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.stacked import StackedInterface
from netsandbox.linux.core.namespace import NetworkNamespace

VIRTUAL, CARD = "/sys/devices/virtual/net", "/sys/devices/pci0000:00/0000:00:03.0/virtio0/net"
"""Of devices without hardware, and of a machine's card."""


def home(interface: Interface) -> str:
    """The folder in which the device's own one is."""
    return CARD if isinstance(interface, NetworkCard) else VIRTUAL


def names(namespace: NetworkNamespace, path: str) -> list[str] | None:
    """What is in a folder; None where there is none."""
    devices = list(namespace.interfaces.values())
    if path in (VIRTUAL, CARD):
        return [one.name for one in devices if home(one) == path] or None
    inside = _below(namespace, path)
    if inside is not None:
        interface, rest = inside
        found = sysfs.names(namespace, f"/{interface.name}{rest}")
        return found if rest or found is None else [*found, *_links(interface)]
    if path == sysfs.FOLDER:
        return [one.name for one in devices]
    stem = path.rstrip("/") + "/"
    folders = (sysfs.FOLDER, *map(home, devices))
    children = [one[len(stem):].partition("/")[0] for one in folders if one.startswith(stem)]
    return list(dict.fromkeys(children)) or None


def read(namespace: NetworkNamespace, path: str) -> str | None:
    """A device's file (FileError: it cannot be read now)."""
    inside = _below(namespace, path)
    return sysfs.read(namespace, f"{inside[0].name}{inside[1]}") if inside is not None and inside[1] else None


def write(namespace: NetworkNamespace, path: str, text: str) -> None:
    """Change a device's setting (FileError: it cannot be changed, or not to that)."""
    inside = _below(namespace, path)
    if inside is not None:
        sysfs.write(namespace, f"{inside[0].name}{inside[1]}", text)


def link(namespace: NetworkNamespace, path: str) -> str | None:
    """Where a link leads; None for all else."""
    folder, _slash, name = path.rpartition("/")
    interface = namespace.interfaces.get(name)
    if folder == sysfs.FOLDER and interface is not None:
        return relpath(f"{home(interface)}/{name}", folder)
    inside = _below(namespace, folder)
    if inside is None or inside[1] not in ("", "/brif"):
        return None
    is_port = interface is not None and interface.port is not None and interface.master is inside[0]
    target = _links(inside[0]).get(name) if not inside[1] else interface if is_port else None
    return relpath(f"{home(target)}/{target.name}{'/brport' if inside[1] else ''}", folder) if target else None


def _below(namespace: NetworkNamespace, path: str) -> tuple[Interface, str] | None:
    """(the device in whose folder a path is, the rest with its slash)."""
    for folder in (VIRTUAL, CARD):
        if path.startswith(folder + "/"):
            name, slash, rest = path[len(folder) + 1:].partition("/")
            interface = namespace.interfaces.get(name)
            return (interface, slash + rest) if interface is not None and home(interface) == folder else None
    return None


def _links(interface: Interface) -> dict[str, Interface]:
    """netdev_adjacent_sysfs_add: what stands on a device, what it stands on, and its master."""
    others = interface.namespace.interfaces.values()
    found = {f"upper_{one.name}": one for one in others if interface in _lowers(one)}
    found |= {f"lower_{one.name}": one for one in _lowers(interface)}
    if interface.master is not None:
        found["master"] = interface.master
    return found


def _lowers(interface: Interface) -> list[Interface]:
    lower = interface.lower if isinstance(interface, StackedInterface) else None
    own = [lower] if lower is not None and lower.namespace is interface.namespace else []
    return own + [one for one in interface.namespace.interfaces.values() if one.master is interface]
