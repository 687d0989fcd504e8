"""What ifconfig (net-tools) changes: addresses by SIOCSIFADDR and its like, flags, MTU and MAC, word after word."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from netsandbox.commands.tools.context import ToolError, failing_as
from netsandbox.commands.tools.older.net_tools import resolve
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.linux.core.errors import STRERROR, KernelError
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.netlink import link as requests
from netsandbox.linux.netlink.credentials import may_administer
from netsandbox.wire.addresses import AddressError, Network, parse_mac, prefix_mask

OF_FLAGS = ("up", "down", "arp", "-arp", "promisc", "-promisc", "multicast", "allmulti", "dynamic")
OF_CALLS = {"mtu": "SIOCSIFMTU", "txqueuelen": "SIOCSIFTXQLEN", "hw": "SIOCSIFHWADDR", "netmask": "SIOCSIFNETMASK",
            "broadcast": "SIOCSIFBRDADDR"}
"""What a word that takes a value asks of the kernel."""
OF_A_MAP = ("mem_start", "io_addr", "irq")
OF_SERIAL_LINES = ("outfill", "keepalive")
FAILED = 255
HELP = "ifconfig: `--help' gives usage information."
NOT_MODELLED = frozenset({"add", "del", "dstaddr", "pointopoint", "-pointopoint", "tunnel", "metric",
                          "name", "media", "inet6", "-broadcast"})
ALL_ONES = 0xFFFFFFFF
USAGE = """Usage:
  ifconfig [-a] [-v] [-s] <interface> [[<AF>] <address>]
  [netmask <address>] [broadcast <address>] [hw ether <address>]
  [mtu <NN>] [txqueuelen <NN>] [[-]arp] [[-]promisc] [up|down]"""


def missing(name: str, words: list[str]) -> ToolError:
    """What is said of words for a device that there is not: each is tried, and the last one settles the status."""
    rest, said, code, late = list(words), list[str](), 0, ""
    no_flags = f"{name}: ERROR while getting interface flags"
    while rest:
        word = rest.pop(0)
        del rest[:2 if word == "hw" else word in OF_CALLS]
        if word in OF_CALLS:
            said += [OF_CALLS[word]] + [no_flags] * (word == "broadcast" and not code)
        else:
            said += ([] if word in OF_FLAGS else ["SIOCSIFADDR"]) + [no_flags]
            late = "SIOCSIFNETMASK" if "/" in word else late
        code = 1 if word in ("mtu", "txqueuelen", "hw") or (word == "netmask" and not code) else FAILED
    return ToolError(code, "\n".join(f"{text}: No such device" for text in [*said, *filter(None, [late])]))


def configure(interface: Interface, label: str, words: list[str], files: Files | None) -> None:
    """`eth0 10.0.0.1 netmask 255.255.255.0 up`: each word is carried out before the next is read.

    Args:
        label: whose address it is: the interface's name, or `eth0:1`.

    Raises:
        ToolError, KernelError: a word that cannot be carried out; those before it were.
    """
    rest = [word for word in words if word != "inet"]
    while rest:
        word = rest.pop(0)
        if word.removeprefix("-") in FLAGS:
            _check_rights("SIOCSIFFLAGS")
            FLAGS[word.removeprefix("-")](interface, word[0] != "-")
        elif word in ("up", "down"):
            _set_up(interface, label, word == "up")
        elif word == "txqueuelen":
            _set_queue_length(interface, _next(rest))
        elif word == "mtu":
            _set_mtu(interface, _next(rest))
        elif word == "hw":
            _set_mac(interface, _next(rest), _next(rest))
        elif word == "netmask":
            _set_mask(interface, label, resolve(files, _next(rest), 1))
        elif word == "broadcast" and rest and rest[0][:1].isdigit():
            _change(interface, label, None, resolve(files, rest.pop(0), 1))
        else:
            _refuse(word, rest)
            _set_address(interface, label, word, files)


def _refuse(word: str, rest: list[str]) -> None:
    """Words of devices that no driver here has."""
    if word in OF_A_MAP:
        _next(rest)
        raise ToolError(1, f"{word}: SIOCSIFMAP: {STRERROR['EOPNOTSUPP']}")
    if word in OF_SERIAL_LINES:
        raise ToolError(1, f"SIOCS{word.upper()}: {STRERROR['EOPNOTSUPP']}")
    if word in NOT_MODELLED:
        raise ToolError(1, f"netsandbox: ifconfig's {word} is not modelled")


FLAGS: dict[str, Callable[[Interface, bool], object]] = {
    "arp": link.set_arp, "promisc": requests.set_promisc,
    **{word: partial(requests.set_flag, name=name) for word, name in (
        ("allmulti", "ALLMULTI"), ("multicast", "MULTICAST"), ("dynamic", "DYNAMIC"))},
    "trailers": lambda interface, on: requests.set_flag(interface, not on, "NOTRAILERS")}
"""Words that set a flag, and with a dash before them clear it."""


def _next(rest: list[str]) -> str:
    if not rest:
        raise ToolError(3, USAGE)
    return rest.pop(0)


def _set_up(interface: Interface, label: str, up: bool) -> None:
    """An alias that goes down is deleted."""
    own = _find(interface, label)
    if label != interface.name and not up:
        if own is None:
            raise ToolError(255, f"SIOCSIFFLAGS: {STRERROR['EADDRNOTAVAIL']}")
        addresses.remove(interface, own)
        return
    with failing_as(255, "SIOCSIFFLAGS"):
        requests.set_up(interface, up)


def _set_mtu(interface: Interface, text: str) -> None:
    _check_rights("SIOCSIFMTU")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
    with failing_as(1, "SIOCSIFMTU"):
        requests.set_mtu(interface, number)


def _set_queue_length(interface: Interface, text: str) -> None:
    _check_rights("SIOCSIFTXQLEN")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
    try:
        requests.set_queue_length(interface, number)
    except KernelError:
        raise ToolError(1, f"SIOCSIFTXQLEN: {STRERROR['EINVAL']}") from None


def _set_mac(interface: Interface, kind: str, text: str) -> None:
    _check_rights("SIOCSIFHWADDR")
    if kind != "ether":
        raise ToolError(3, USAGE)
    try:
        mac = parse_mac(text)
    except AddressError:
        raise ToolError(1, f"{text[:40]}: invalid ether address.") from None
    with failing_as(1, "SIOCSIFHWADDR"):
        requests.set_mac(interface, list(mac.to_bytes(6, "big")))


def _set_address(interface: Interface, label: str, word: str, files: Files | None) -> None:
    """The address that had the label goes; without a length its class gives the mask (inet_abc_len)."""
    text, slash, length = word.partition("/")
    local = resolve(files, text, 1, HELP)
    if slash and not (length.isascii() and length.isdecimal() and int(length[:3]) <= 32):
        raise ToolError(1, f"{word[:60]}: Unknown host\n{HELP}")
    _check_rights("SIOCSIFADDR")
    old = _find(interface, label)
    if old is not None:
        addresses.remove(interface, old)
    if local == 0:
        return
    by_class = 8 if local >> 31 == 0 else 16 if local >> 30 == 2 else 24
    _insert(interface, label, Network(local, int(length) if slash else by_class))
    requests.set_up(interface, True)


def _insert(interface: Interface, label: str, network: Network, broadcast: int | None = None) -> None:
    scope = "host" if network.address >> 24 == 127 else "global"
    has_broadcast = not interface.is_loopback and network.length < 31
    own = InterfaceAddress(network, broadcast or (network.broadcast if has_broadcast else None), scope)
    own.label = "" if label == interface.name else label
    addresses.insert(interface, own)


def _set_mask(interface: Interface, label: str, mask: int) -> None:
    _check_rights("SIOCSIFNETMASK")
    length = mask.bit_count()
    own = _find(interface, label)
    if prefix_mask(length) != mask:
        raise ToolError(1, "SIOCSIFNETMASK: Invalid argument")
    if own is None:
        raise ToolError(1, "SIOCSIFNETMASK: Cannot assign requested address")
    usual = own.local | (~own.network.mask & ALL_ONES)
    _change(interface, label, Network(own.local, length), None if own.broadcast in (None, usual) else own.broadcast)


def _change(interface: Interface, label: str, network: Network | None, broadcast: int | None) -> None:
    """Another mask or broadcast address for the address that has the label."""
    _check_rights("SIOCSIFBRDADDR")
    own = _find(interface, label)
    if own is None:
        raise ToolError(1, "SIOCSIFBRDADDR: Cannot assign requested address")
    addresses.remove(interface, own)
    _insert(interface, label, network or own.network, broadcast)


def _check_rights(call: str) -> None:
    if not may_administer():
        raise ToolError(255, f"{call}: {STRERROR['EPERM']}")


def _find(interface: Interface, label: str) -> InterfaceAddress | None:
    return next((own for own in interface.addresses if (own.label or interface.name) == label), None)
