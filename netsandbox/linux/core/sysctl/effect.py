"""Settings that are kept and shown, as the kernel has them, and that nothing here reads.

What is in no table below is modelled; a test holds that against the source. Who writes one of these is told so.
"""

from __future__ import annotations

from collections.abc import Iterable

from netsandbox.linux.core.sysctl.defaults import AVAILABLE, KEPT
from netsandbox.linux.core.sysctl.interface_conf import UNUSED_CONF

UNREAD = {f"net.ipv4.{name}" for name in (
    "icmp_ignore_bogus_error_responses", "ip_unprivileged_port_start", "ipfrag_low_thresh", "neigh.default.gc_interval",
    "ping_group_range")}
"""Without an interface in their name."""
UNREAD |= {*KEPT, AVAILABLE, "net.ipv6.conf.all.disable_ipv6", "net.ipv6.conf.default.disable_ipv6",
           *(f"net.bridge.bridge-nf-{name}" for name in ("call-ip6tables", "call-arptables", "filter-vlan-tagged",
                                                         "filter-pppoe-tagged", "pass-vlan-input-dev"))}
UNREAD_OF_INTERFACE = {"conf": {*UNUSED_CONF}, "neigh": {"anycast_delay"}}


def do_not_read(keys: Iterable[str]) -> None:
    """A room above has settings of its own that it only keeps."""
    UNREAD.update(keys)


SETTINGS = "/proc/sys/"


def note_on_file(path: str) -> str:
    """What is said to who writes a file below /proc/sys in vain; else empty."""
    key = path.removeprefix(SETTINGS)
    return note_on(key.replace("/", ".")) if key != path else ""


def note_on(key: str) -> str:
    """What is said to who writes a setting, named with dots, in vain: one line, or empty."""
    return f"note: {key} changes nothing in the sandbox\n" if changes_nothing(key) else ""


def changes_nothing(key: str) -> bool:
    """Whether nothing reads a setting, written with dots or slashes."""
    parts = key.split("/") if "/" in key else key.split(".")
    of_interface = UNREAD_OF_INTERFACE.get(parts[2], ()) if len(parts) >= 5 else ()
    return ".".join(parts) in UNREAD or parts[-1] in of_interface
