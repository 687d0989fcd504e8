"""net.ipv4.* settings of one namespace, with the kernel's names and defaults.

Values are integers as /proc/sys shows them.  Those that the stack reads for
each packet are attributes of small objects; the rest is a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, ClassVar, Protocol, TypeVar

from netsandbox.engine.nothing import NOTHING
from netsandbox.linux.core.neighbours.parameters import (
    INITIAL_NEIGHBOUR,
    NEIGHBOUR_KEYS,
    NeighbourParameters,
    field_value,
    shown_value,
)
from netsandbox.linux.core.sysctl.defaults import (
    ALIASES,
    AVAILABLE,
    CONGESTION_CONTROL,
    GLOBALS,
    OF_MACHINE,
    QDISCS,
    READ_ONLY,
    RESERVED,
    SHARED,
)
from netsandbox.linux.core.sysctl.interface_conf import INITIAL, InterfaceConf, of_loopback
from netsandbox.linux.core.sysctl.ranges import good_start, is_number, port_list, taken

T = TypeVar("T")
NAMES = {CONGESTION_CONTROL: frozenset(str(GLOBALS[AVAILABLE]).split()), "net.core.default_qdisc": QDISCS}
"""Settings that name a thing which the kernel has to have."""


class SysctlError(ValueError):
    """A key that does not exist or a value that it does not take."""


Given = tuple[tuple[str, int | str], ...]
RESET = 2  # Of devconf_inherit_init_net: a new namespace has the kernel's defaults

NOT_COUNTED: Mapping[str, Sized] = {}


class Configured(Protocol):
    """An interface, as far as it has settings."""

    is_loopback: ClassVar[bool]
    conf: InterfaceConf
    neigh: NeighbourParameters


class Sysctls:
    """All settings of one namespace, by their dotted names.

    A key may also be written with slashes, which keeps dots that belong to an interface's name, as sysctl(8) has it.
    """

    __slots__ = ("_derived", "_globals", "all", "counted", "default", "echo_is_ignored", "first", "interfaces",
                 "own_neigh_default")

    caches: ClassVar = {"_derived": "NOTHING"}

    def __init__(self, interfaces: Mapping[str, Configured]) -> None:
        self.all = self.default = INITIAL
        self.own_neigh_default = INITIAL_NEIGHBOUR
        self.first: Sysctls | None = None  # Those of the machine's first namespace, where this is another
        self.interfaces = interfaces
        self._set(GLOBALS)
        self.counted: Mapping[str, Sized] = NOT_COUNTED  # Numbers that are counted when they are read, by key
        self.echo_is_ignored = False  # net.ipv4.icmp_echo_ignore_all

    def _set(self, settings: Mapping[str, int | str]) -> None:
        """Take the global ones: one mapping for many namespaces; who changes something makes another."""
        self._globals = settings
        self._derived: dict[str | Callable[[Sysctls], object], Any] = NOTHING

    # -- what the stack reads

    def derived(self, work_out: Callable[[Sysctls], T]) -> T:
        """What is worked out of global settings, once until one of them changes."""
        found: T | None = self._derived.get(work_out)
        if found is None:
            found = work_out(self)
            self._derived = {**self._derived, work_out: found}
        return found

    def get(self, key: str) -> int:
        """A global number."""
        found = self._globals[key]
        return found if type(found) is int else int(found)

    def of_machine(self, key: str) -> int:
        """A number that all namespaces of a machine have in common."""
        return (self.first or self).get(key)

    @property
    def neigh_default(self) -> NeighbourParameters:
        """There is one in a machine (lookup_neigh_parms)."""
        return (self.first or self).own_neigh_default

    def text(self, key: str) -> str:
        if self.first is not None and (key in SHARED or key.startswith(OF_MACHINE)):
            return self.first.text(key)
        if key in self.counted:
            return str(len(self.counted[key]))
        return str(self._globals[key])

    def numbers(self, key: str) -> tuple[int, ...]:
        """Several numbers that one setting holds."""
        found: tuple[int, ...] | None = self._derived.get(key)
        if found is None:
            found = tuple(map(int, self.text(key).split()))
            self._derived = {**self._derived, key: found}
        return found

    @property
    def port_range(self) -> tuple[int, int]:
        low, high = self.numbers("net.ipv4.ip_local_port_range")
        return low, high

    def inherit(self, first: Sysctls) -> None:
        """A new namespace begins with the interface settings of the machine's first one, as they are now, unless
        net.core.devconf_inherit_init_net says 2 (devinet_init_net)."""
        self.first = first.first or first
        if first.get("net.core.devconf_inherit_init_net") == RESET:
            return
        self.all, self.default = first.all, first.default
        for interface in self.interfaces.values():
            interface.conf = self.first_of(interface)
        self._set(_inherited(self.all.forwarding))

    def begin_with(self, given: Given) -> None:
        """Who made the namespace gives it other values of global settings."""
        is_new = self._globals is _inherited(self.all.forwarding)
        self._set(_inherited(self.all.forwarding, given) if is_new else {**self._globals, **dict(given)})

    def first_of(self, interface: Configured) -> InterfaceConf:
        """What an interface has when it is made."""
        if not interface.is_loopback:
            return self.default
        return of_loopback(self.default)

    def either(self, conf: InterfaceConf, name: str) -> int:
        """The larger of the interface's and `all`'s value (IN_DEV_MAXCONF)."""
        value: int = max(getattr(conf, name), getattr(self.all, name))
        return value

    # -- reading and writing by name

    def read(self, key: str) -> str:
        """The value as /proc/sys shows it (SysctlError: there is no such key)."""
        holder, name = self._find(key)
        if holder is None:
            return self.text(name)
        return str(shown_value(holder, name) if isinstance(holder, NeighbourParameters) else getattr(holder, name))

    def write(self, key: str, value: str | int) -> str:
        """Set a value; returns the one it replaces.

        Raises:
            SysctlError: there is no such key, or the kernel does not take the value (linux.core.sysctl_ranges).
        """
        old = self.read(key)
        holder, name = self._find(key)
        if not self.may_write(key if holder else name):
            raise SysctlError(f'setting key "{key}": Operation not permitted')
        text = "\t".join(str(value).split())
        if holder is None and (name == RESERVED or not is_number(old)):
            self._write_text(key, name, text, old)
            return old
        number = self._taken(key, text.partition("\t")[0])[0]
        if name.startswith("net.bridge."):
            number = int(number != 0)
        if holder is None:
            self._set({**self._globals, name: number})
            self.echo_is_ignored = bool(self.get("net.ipv4.icmp_echo_ignore_all"))
            if name == "net.ipv4.ip_forward":
                self._set_forwarding(number)
        elif isinstance(holder, NeighbourParameters):
            self._store(key, holder.changed(**field_value(name, number)))
        elif self._owner(key) == "all" and name == "forwarding":
            self._set({**self._globals, "net.ipv4.ip_forward": number})
            self._set_forwarding(number)
        else:
            self._store(key, holder.changed(**{name: number}))
        return old

    def good_start(self, path: str, value: str) -> str:
        """What the kernel keeps of a value that it refuses, in a setting named with slashes."""
        key = path.replace("/", ".")
        return good_start(key, value, self.read) if key in GLOBALS and "\t" in self.read(key) else ""

    def may_write(self, key: str) -> bool:
        """Whether its file may be written to from here."""
        return not (key in READ_ONLY or key.endswith("mc_forwarding") or (self.first is not None and key in SHARED))

    @staticmethod
    def _owner(key: str) -> str:
        """The `all`, `default` or interface in a key."""
        return ".".join((key.split("/") if "/" in key else key.split("."))[3:-1])

    def _store(self, key: str, new: InterfaceConf | NeighbourParameters) -> None:
        owner = self._owner(key)
        if isinstance(new, NeighbourParameters):
            if owner == "default":
                self.own_neigh_default = new
            else:
                self.interfaces[owner].neigh = new
        elif owner == "all":
            self.all = new
        elif owner == "default":
            self.default = new
        else:
            self.interfaces[owner].conf = new

    def keys(self) -> Iterator[str]:
        """Every key, sorted as `sysctl -a` prints them: a dot in an interface's name is a slash there."""
        yield from _keys(self.interfaces, self.first is None)

    def below(self, folder: str) -> list[str]:
        """The next parts of the keys that begin with a folder's, `net.ipv4.conf`; none where there is none."""
        return list(_folders(tuple(self.interfaces), self.first is None).get(folder, ()))

    def _write_text(self, key: str, name: str, text: str, old: str) -> None:
        if text not in NAMES.get(name, (text,)):
            raise SysctlError(f'setting key "{key}": No such file or directory')
        before = old.split("\t")
        if name == RESERVED:
            text = port_list(self._taken(key, text))
        elif all(map(is_number, before)):  # what is more than there is room for, nobody reads
            numbers = self._taken(key, "\t".join(text.split("\t")[:len(before)]))
            text = "\t".join([*map(str, numbers), *before[len(numbers):]])
        self._set({**self._globals, name: text})

    def _taken(self, key: str, text: str) -> list[int]:
        """The numbers that a text sets (SysctlError: the kernel does not take them)."""
        dotted = ".".join(key.split("/")) if "/" in key else key
        numbers = taken(dotted, text, self.read)
        if numbers is None:
            raise _refused(key)
        return numbers

    def _set_forwarding(self, number: int) -> None:
        """inet_forward_change: a router takes no redirects. What is set already changes nothing."""
        if number == self.all.forwarding:
            return
        self.all = self.all.changed(accept_redirects=int(not number), forwarding=number)
        new = {self.default: self.default.changed(forwarding=number)}
        for interface in self.interfaces.values():
            if interface.conf not in new:
                new[interface.conf] = interface.conf.changed(forwarding=number)
            interface.conf = new[interface.conf]
        self.default = new[self.default]

    def _find(self, key: str) -> tuple[Any, str]:
        """(the object that holds the value, its attribute), or (None, global key)."""
        is_path = "/" in key
        parts = key.split("/") if is_path else key.split(".")
        dotted = ".".join(parts)
        dotted = ALIASES.get(dotted, dotted)
        is_hidden = self.first is not None and dotted.startswith(OF_MACHINE)
        if dotted in GLOBALS and not is_hidden:
            return None, dotted
        is_long_enough = len(parts) == 5 if is_path else len(parts) >= 5  # of a path each part is one folder
        if is_long_enough and parts[:2] == ["net", "ipv4"] and parts[2] in ("conf", "neigh"):
            interface, name = ".".join(parts[3:-1]), parts[-1]
            holder = self._holder(parts[2], interface)
            names: Iterable[str] = InterfaceConf.__slots__ if parts[2] == "conf" else NEIGHBOUR_KEYS
            if holder is not None and name in names and not is_hidden:
                return holder, name
        near = get_close_matches(dotted, list(self.keys()), 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise SysctlError(f"cannot stat /proc/sys/{'/'.join(parts)}: No such file or directory{hint}")

    def _holder(self, kind: str, interface: str) -> InterfaceConf | NeighbourParameters | None:
        fixed: dict[tuple[str, str], InterfaceConf | NeighbourParameters] = {
            ("conf", "all"): self.all, ("conf", "default"): self.default, ("neigh", "default"): self.neigh_default}
        if (kind, interface) in fixed:
            return fixed[kind, interface]
        found = self.interfaces.get(interface)
        if found is None:
            return None
        return found.conf if kind == "conf" else found.neigh


def _keys(interfaces: Iterable[str], is_first: bool) -> list[str]:
    names: list[str] = [*GLOBALS, *ALIASES]
    for interface in ["all", "default", *interfaces]:
        names += [f"net.ipv4.conf.{interface.replace('.', '/')}.{name}" for name in InterfaceConf.__slots__]
    for interface in ["default", *interfaces]:
        names += [f"net.ipv4.neigh.{interface.replace('.', '/')}.{name}" for name in NEIGHBOUR_KEYS]
    return sorted(names if is_first else (name for name in names if not name.startswith(OF_MACHINE)))


@lru_cache(8)
def _folders(interfaces: tuple[str, ...], is_first: bool) -> Mapping[str, Iterable[str]]:
    """What is in each folder: who walks through them all asks once for each."""
    found: dict[str, dict[str, None]] = {}
    for key in _keys(interfaces, is_first):
        parts = key.split(".")
        for depth, part in enumerate(parts):
            found.setdefault(".".join(parts[:depth]), {})[part] = None
    return found


@cache
def _inherited(forwarding: int, given: Given = ()) -> Mapping[str, int | str]:
    """What a new namespace has of its machine's first one, and is given; the same for all of them."""
    return {**GLOBALS, "net.ipv4.ip_forward": forwarding, **dict(given)}


def _refused(key: str) -> SysctlError:
    return SysctlError(f"setting key \"{key}\": Invalid argument")
