"""Kinds of devices: how each is made, changed and described (struct rtnl_link_ops).

A kind is one file in `drivers`, named after the kind, with a KIND in it.  It is imported when somebody first asks for
it, and nothing else lists it: `ip link add`, its completion, `ip -d link` and the kernel labs read it from here.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace

DRIVERS = "netsandbox.linux.drivers"
MOST_MTU = 65535  # ETH_MAX_MTU


class Form(Enum):
    """How the value of an attribute is written."""

    FLAG = "the word stands alone"
    NUMBER = "a number"
    ON_OFF = "on or off"
    CHOICE = "one of some words"
    ADDRESS = "an IPv4 address"
    ADDRESSES = "IPv4 addresses with commas between them"
    DEVICE = "the name of a device"
    TABLE = "the name or number of a routing table"
    WORD = "any word"
    MAP = "numbers and what stands for them, as 0:5 1:6"
    TTL = "a number, or inherit, which is 0; of a TOS, 1"
    AUTO_TTL = "a number; inherit, which is 0; or auto, which is None"
    GROUP = "an IPv4 address of a group"
    HOST = "an IPv4 address of one station"
    PAIR = "two numbers"
    TUNNEL_KEY = "a number, or the four of an IPv4 address"
    LIST = "add or del and a MAC, or flush"
    PEER = "a device of its own, as `ip link` describes one"
    REFUSED = "not modelled"


class Attribute(NamedTuple):
    """One thing that can be said of a device when it is made or changed (struct nla_policy)."""

    spellings: tuple[str, ...]  # iproute2's words for it; one that ends in a star may be cut short
    form: Form
    complaint: str = ""  # what iproute2 says of a value that is none
    choices: tuple[str, ...] = ()  # the words that a CHOICE takes
    high: int = (1 << 32) - 1  # the largest NUMBER
    # name, value: under which name it is kept, and what a FLAG means; the first spelling, and True, unless given
    name: str = ""
    value: Any = True
    code: int = 255  # the exit status of iproute2 for such a value
    words: int = 1  # how many words a REFUSED one takes
    first_only: bool = False  # neither it nor another of its name is read again

    @property
    def key(self) -> str:
        return self.name or self.spellings[0].rstrip("*")


def flag(*spellings: str, name: str = "", value: Any = True) -> Attribute:
    return Attribute(spellings, Form.FLAG, name=name, value=value)


def number(*spellings: str, complaint: str, high: int = (1 << 32) - 1) -> Attribute:
    return Attribute(spellings, Form.NUMBER, complaint, high=high)


def choice(*spellings: str, choices: tuple[str, ...], complaint: str, code: int = 255) -> Attribute:
    return Attribute(spellings, Form.CHOICE, complaint, choices, code=code)


def address(*spellings: str) -> Attribute:
    return Attribute(spellings, Form.ADDRESS)


def refused(*spellings: str, words: int = 1) -> Attribute:
    return Attribute(spellings, Form.REFUSED, words=words)


class Detail(NamedTuple):
    """One setting as `ip -d link` prints it."""

    name: str  # in JSON; empty for what is printed as text alone
    value: Any
    text: str  # with the blank behind it


def setting(name: str, value: Any, text: str = "") -> Detail:
    """A setting that is printed as `name value`; `text` where its name as text is another."""
    word = ("on" if value else "off") if isinstance(value, bool) else (
        f"{value:7.2f}" if isinstance(value, float) else str(value))
    return Detail(name, value, f"{text or name} {word} ")


class NewLink(NamedTuple):
    """What a kind is asked to make."""

    namespace: NetworkNamespace  # where the device shall be
    name: str  # what it shall be called
    mac: int | None  # None where the kind may choose
    mtu: int | None
    settings: dict[str, Any]
    home: NetworkNamespace  # the namespace of who asks
    lower: Interface | None  # the device that it shall stand on (`link`), or None
    new_mac: Callable[[], int]  # gives a random one

    @property
    def address(self) -> int:
        """The MAC that was asked for, or a random one (eth_hw_addr_random)."""
        return self.mac if self.mac is not None else self.new_mac()


class LinkKind:
    """One kind of device.

    Attributes:
        name: what `type` takes and `ip -d link` prints.
        attributes: what may follow `type NAME`.
        slave_attributes: what may follow `type NAME_slave`; None where there is no such type.
        has_peer: a device of it is one end of a pair.
        slave_flags: IFF_* that it gives to its slaves.
        unknown: what iproute2 says of another word, before the usage text; {word} is the word; None for nothing.
        usage: the usage text.
        without_effect: words that are kept and shown, and change nothing in the sandbox; a note says so.
        takes_each_once: iproute2 refuses a second value of a word.
        is_immovable: it stays in its namespace (netns_immutable).
        is_raw: its frames have no link header: they begin with the packet.
        no_address: what the kernel says, beside the errno, of an address that no device can have (its validate).
    """

    name = ""
    attributes: tuple[Attribute, ...] = ()
    slave_attributes: tuple[Attribute, ...] | None = None
    has_peer = False
    slave_flags: tuple[str, ...] = ()
    unknown: str | None = ""
    usage = ""
    no_address = ""
    takes_each_once = is_immovable = is_raw = False
    without_effect: frozenset[str] = frozenset()
    proc_directory = ""  # Its files are in /proc/net/DIRECTORY

    def complaint(self, settings: dict[str, Any], makes: bool) -> str:
        """What iproute2 itself finds missing in the words that were given; empty if nothing (makes: a device is to be
        made, and not changed)."""
        return ""

    def warning(self, settings: dict[str, Any]) -> str:
        """What iproute2 says beside, when it makes one; with a line end."""
        return ""

    def make(self, request: NewLink) -> Interface:
        """A device, not yet in its namespace (newlink).

        Raises:
            KernelError: it cannot be.  NotModelledError: it is not modelled.
        """
        raise NotImplementedError

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        """changelink; kinds without one refuse every change (KernelError: a setting cannot be changed so)."""
        raise KernelError("EOPNOTSUPP")

    def change_slave(self, interface: Interface, settings: dict[str, Any]) -> None:
        """slave_changelink: of a device that has a master of this kind."""
        raise KernelError("EOPNOTSUPP")

    def enslave(self, master: Interface, interface: Interface) -> None:
        """ndo_add_slave; only a few kinds can be a master (KernelError: they do not go together)."""
        raise KernelError("EOPNOTSUPP")

    def release(self, master: Interface, interface: Interface) -> None:
        """ndo_del_slave."""

    def details(self, interface: Interface) -> list[Detail]:
        """fill_info."""
        return []

    def proc_names(self, namespace: NetworkNamespace) -> list[str]:
        """Its files."""
        return []

    def proc_file(self, namespace: NetworkNamespace, name: str) -> str | None:
        """The text of one of its files; None where there is no such file."""
        return None

    def slave_details(self, interface: Interface) -> list[Detail]:
        """fill_slave_info: of a device that has a master of this kind."""
        return []


_found: dict[str, LinkKind] = {}


@cache
def names() -> tuple[str, ...]:
    """The files in `drivers`, in alphabetical order: those that hold a kind are named after it."""
    package = import_module(DRIVERS)
    return tuple(found.name for found in iter_modules(package.__path__))


def find(name: str) -> LinkKind | None:
    """The kind of that name; None where no driver has it."""
    if name not in _found:
        if not name.isidentifier() or name not in names():
            return None
        kind = getattr(import_module(f"{DRIVERS}.{name}"), "KIND", None)
        if kind is None:
            return None
        _found[name] = kind
    return _found[name]


def all_kinds() -> list[LinkKind]:
    return [kind for kind in map(find, names()) if kind is not None]
