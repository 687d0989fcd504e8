"""`netstat -i` and `ifconfig -s` (net-tools, lib/interface.c if_print_short): a line of counters for each interface."""

from __future__ import annotations

from netsandbox.commands.natural import natural
from netsandbox.commands.tools.kernel.sysfs import device_flags
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace

COLUMNS = "RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n"
NETSTAT = f"Kernel Interface table\nIface             MTU    {COLUMNS}"
IFCONFIG = f"Iface      MTU    {COLUMNS}"
RUNNING = 0x40
FLAGS = {0x1: "UP", 0x2: "BROADCAST", 0x8: "LOOPBACK", 0x10: "POINTOPOINT", 0x20: "NOTRAILERS", RUNNING: "RUNNING",
         0x80: "NOARP", 0x100: "PROMISC", 0x200: "ALLMULTI", 0x800: "SLAVE", 0x400: "MASTER", 0x1000: "MULTICAST",
         0x8000: "DYNAMIC"}
"""As ifconfig's long form names them, in its order."""
LETTERS = {0x200: "A", 0x2: "B", 0x8: "L", 0x1000: "M", 0x8000: "d", 0x100: "P", 0x20: "N", 0x80: "O", 0x10: "P",
           0x800: "s", 0x400: "m", RUNNING: "R", 0x1: "U"}
"""And the short one, in its own."""


def interface_flags(interface: Interface) -> int:
    """IFF_* as SIOCGIFFLAGS gives them: with RUNNING, which follows the carrier."""
    return device_flags(interface) | (RUNNING if interface.running else 0)


def table(namespace: NetworkNamespace, heading: str, names: list[str], shows_all: bool) -> str:
    """The lines; without names those of what is up (heading: NETSTAT or IFCONFIG; shows_all: also what is down)."""
    found = sorted(namespace.interfaces.values(), key=lambda interface: natural(interface.name))
    return heading + "".join(_line(one) + _labels(one) for one in found
                             if one.name in names or (not names and (one.up or shows_all)))


def _labels(interface: Interface) -> str:
    """The names that addresses have of their own (`v0:1`), which count nothing."""
    names = dict.fromkeys(address.label for address in interface.addresses if address.label not in ("", interface.name))
    return "".join(f"{name:<15} {interface.mtu:>5}      - no statistics available -                       "
                   f" {_letters(interface)}\n" for name in names)


def _letters(interface: Interface) -> str:
    number = interface_flags(interface)
    return "".join(letter for bit, letter in LETTERS.items() if number & bit)


def _line(interface: Interface) -> str:
    return (f"{interface.name:<15} {interface.mtu:>5} "
            f"{interface.rx_packets:>8} {0:>6} {interface.rx_dropped:>6} {0:<6} "
            f"{interface.tx_packets:>8} {0:>6} {interface.tx_dropped:>6} {0:>6} {_letters(interface)}\n")
