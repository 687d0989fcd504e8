"""Devices and namespaces by name, as the tools look them up."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.tools.context import Machine
from netsandbox.commands.tools.word_values import reader
from netsandbox.commands.tools.words import Words, no_device
from netsandbox.linux.core.devices.interface import MAX_NAME, Interface
from netsandbox.linux.core.devices.link import named
from netsandbox.linux.core.devices.stacked import TunnelEnd
from netsandbox.linux.core.namespace import NetworkNamespace

MAX_OTHER_NAME = 127  # ALTIFNAMSIZ without it


def interface_named(namespace: NetworkNamespace, name: str, code: int = 1) -> Interface:
    """The interface of a name, or of an index written `if3` (ToolError: there is none; with the exit status `code`)."""
    found = find_interface(namespace, name)
    if found is None:
        raise no_device(name, code)
    return found


def device_reader(namespace: NetworkNamespace) -> Callable[[Words], Interface]:
    """Reads the word behind a keyword such as `master`."""
    return reader(lambda word: find_interface(namespace, word), "Device does not exist\n")


def name_reader(keyword: str, longest: int = MAX_NAME) -> Callable[[Words], str]:
    """Reads what may be an interface's name, of so many bytes at most."""
    return reader(lambda word: word if is_valid_name(word, longest) else None, f'"{keyword}" not a valid ifname')


def find_interface(namespace: NetworkNamespace, name: str) -> Interface | None:
    found = named(namespace, name)
    if found is None and name.startswith("if") and name[2:].isdecimal() and name.isascii():
        return namespace.by_index(int(name[2:]))
    return found


def in_order(namespace: NetworkNamespace) -> list[Interface]:
    """The interfaces as the kernel lists them: by index."""
    return sorted(namespace.interfaces.values(), key=lambda interface: interface.index)


def is_valid_name(name: str, limit: int = MAX_NAME) -> bool:
    """iproute2's own check (check_ifname, and check_altifname, which lets longer names pass)."""
    return 0 < len(name) <= limit and not any(character == "/" or character.isspace() for character in name)


def lower_of(interface: Interface) -> Interface | None:
    """The device that a device stands on (IFLA_LINK), such as a veth's other end."""
    return interface.lower


def home_of(interface: Interface) -> NetworkNamespace:
    """The namespace of what a device stands on (get_link_net): of a tunnel, where it was made."""
    lower = lower_of(interface)
    if lower is not None:
        return lower.namespace
    return interface.home if isinstance(interface, TunnelEnd) else interface.namespace


class OtherNamespaces:
    """The namespaces that interfaces of one have their peers in, as `ip` tells of them."""

    def __init__(self, namespace: NetworkNamespace, machine: Machine | None = None) -> None:
        named = [] if machine is None else [(machine.namespace_named(name), name) for name in machine.namespace_names()]
        self.names = dict(reversed(named))  # what `ip netns` calls namespaces, those that it has a name for
        homes = map(home_of, in_order(namespace))
        found = dict.fromkeys(home for home in homes if home is not namespace)
        found |= dict.fromkeys(one for one in self.names if one is not None and one.inode in namespace.nsids)
        given = {one: namespace.nsids[one.inode] for one in found if one.inode in namespace.nsids}
        taken = set(given.values())
        free = iter(number for number in range(len(found) + len(taken)) if number not in taken)
        # by which it knows them (link-netnsid): they count from 0, in the order of the interfaces, but for what a
        # person has given a number
        self.numbers = {one: given[one] if one in given else next(free) for one in found}


def note_peer(machine: Machine, namespace: NetworkNamespace, other: NetworkNamespace) -> None:
    """peernet2id_alloc: whoever was told of another namespace knows it by one number until that goes."""
    if other is namespace or other.inode in namespace.nsids:
        return
    numbers = OtherNamespaces(namespace, machine).numbers
    number = numbers.get(other, next(free for free in range(len(numbers) + 1) if free not in numbers.values()))
    namespace.nsids = {**namespace.nsids, other.inode: number}
