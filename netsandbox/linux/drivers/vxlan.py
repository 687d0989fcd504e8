"""VXLAN devices as netlink makes, changes and describes them (drivers/net/vxlan/vxlan_core.c, ip/iplink_vxlan.c)."""

from __future__ import annotations

from typing import Any

from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.kind import Attribute, Detail, Form, LinkKind, NewLink, flag, number, refused
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.drivers.vxlan_device import SWITCHES, VxlanInterface
from netsandbox.linux.drivers.vxlan_fdb import ALL_ZERO, PERMANENT, Remote
from netsandbox.wire.addresses import format_ipv4, is_multicast
from netsandbox.wire.vxlan import LINUX_PORT, MAX_VNI, OVERHEAD

FIXED = {**{name: f"vxlan: cannot change {name.upper()} flag" for name in ("ttl_inherit", *SWITCHES)},
         "udpcsum": "Cannot change UDP_CSUM flag"}
"""What does not change once the device is there, and what the kernel says about it."""


UNSEEN = (*((name, False) for name in ("udp_zero_csum6_tx", "udp_zero_csum6_rx", "remcsum_tx", "remcsum_rx")),
          ("localbypass", True))
"""What is as it is in each, and told in JSON alone."""


class VxlanKind(LinkKind):
    """`type vxlan id VNI [ dstport PORT ] …`."""

    name = "vxlan"
    attributes = (
        number("id*", "vni*", complaint="invalid id", high=MAX_VNI),
        Attribute(("group*",), Form.GROUP, "invalid group address"),
        Attribute(("remote*",), Form.HOST, "invalid remote address"),
        Attribute(("local*",), Form.HOST, "invalid local address"), Attribute(("dev*",), Form.DEVICE, code=255),
        Attribute(("ttl*", "hoplimit*"), Form.AUTO_TTL, "TTL must be <= 255"),
        Attribute(("tos*", "dsfield*"), Form.TTL, "bad TOS value"),
        Attribute(("df*",), Form.CHOICE, "DF must be 'unset', 'set' or 'inherit'", ("unset", "set", "inherit")),
        refused("label*", "flowlabel*"), number("ageing*", complaint="ageing timer"),
        number("maxaddress*", complaint="max addresses"),
        Attribute(("port*", "srcport*"), Form.PAIR, "min port", name="srcport"),
        number("dstport*", complaint="dst port", high=65535),
        *(one for word in ("learning", *SWITCHES)
          for one in (flag(f"no{word}*", name=word, value=False), flag(f"{word}*", name=word))),
        flag("udpcsum*"), flag("noudpcsum*", name="udpcsum", value=False),
        *(refused(word, words=0) for word in (
            "udp6zerocsumtx*", "noudp6zerocsumtx*", "udp6zerocsumrx*", "noudp6zerocsumrx*", "remcsumtx*",
            "noremcsumtx*", "remcsumrx*", "noremcsumrx*", "localbypass", "nolocalbypass", "external*", "noexternal*",
            "gbp*", "gpe*", "vnifilter", "novnifilter")), refused("reserved_bits"))
    unknown = 'vxlan: unknown command "{word}"?'
    usage = "Usage: ... vxlan id VNI"
    no_address = "Provided Ethernet address is not unicast"
    takes_each_once = True

    def complaint(self, settings: dict[str, Any], makes: bool) -> str:
        if makes and settings and "id" not in settings:
            return "vxlan: missing virtual network identifier"
        if "group" in settings and "remote" in settings:
            return "vxlan: both group and remote cannot be specified"
        if "group" in settings and "dev" not in settings:
            return "vxlan: 'group' requires 'dev' to be specified"
        return ""

    def warning(self, settings: dict[str, Any]) -> str:
        if "dstport" in settings:
            return ""
        return ("vxlan: destination port not specified\nWill use Linux kernel default (non-standard value)\n"
                "Use 'dstport 4789' to get the IANA assigned value\n"
                "Use 'dstport 0' to get default and quiet this message\n")

    def make(self, request: NewLink) -> Interface:
        """vxlan_newlink, vxlan_config_validate."""
        settings = request.settings
        if not settings:
            raise KernelError("EINVAL", "Required attributes not provided to perform the operation")
        port = settings.get("dstport") or LINUX_PORT
        low, high = settings.get("srcport", (0, 0))
        if high < low:
            raise KernelError("EINVAL", "Invalid source port range")
        for other in request.home.tunnels:
            if isinstance(other, VxlanInterface) and (other.vni, other.udp_port) == (settings["id"], port):
                raise KernelError("EEXIST", "A VXLAN device with the specified VNI already exists")
        made = VxlanInterface(request.namespace, request.name, request.address, settings)
        made.home = request.home
        return made

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        """vxlan_changelink."""
        assert isinstance(interface, VxlanInterface)
        self._check_fixed(interface, settings)
        if settings.get("ageing", interface.ageing) != interface.ageing:
            interface.age_at_once()
        for name, field in (("ageing", "ageing"), ("learning", "learns"),
                            *((name, name) for name in ("ttl", "tos", "df", "local"))):
            if name in settings:
                setattr(interface, field, settings[name])
        below = settings.get("dev", interface.below)
        if below is not None and below is not interface.below:
            interface.below = below
            link.set_mtu(interface, min(interface.mtu, below.mtu - OVERHEAD))
        wanted = settings.get("group", settings.get("remote"))
        if wanted is not None and wanted != interface.remote:
            table, below, old = interface.table, interface.below, interface.remote
            table.put(ALL_ZERO, Remote(wanted, below=below), PERMANENT, "append", interface.namespace.scheduler.now)
            if old:
                table.delete(ALL_ZERO, Remote(old, below=below))
            interface.remote = wanted

    def _check_fixed(self, interface: VxlanInterface, settings: dict[str, Any]) -> None:
        """Raises KernelError: what it was made with cannot be changed."""
        for name, own, what in (("id", interface.vni, "VNI"), ("dstport", interface.udp_port, "port"),
                                ("maxaddress", interface.table.limit, "limit")):
            if settings.get(name, own) != own:
                raise KernelError("EOPNOTSUPP", f"Cannot change {what}")
        if "srcport" in settings:
            raise KernelError("EOPNOTSUPP", "Cannot change port range")
        for name, why in FIXED.items():
            if name in settings or (name == "ttl_inherit" and settings.get("ttl") == 0):
                raise KernelError("EOPNOTSUPP", why)

    def details(self, interface: Interface) -> list[Detail]:
        """vxlan_print_opt."""
        one = interface
        assert isinstance(one, VxlanInterface)
        rows = [Detail("id", one.vni, f"id {one.vni} "), *_ends(one)]
        if one.tos:
            tos = "inherit" if one.tos == 1 else f"{one.tos:#x}"
            rows.append(Detail("tos", tos, f"tos {tos} "))
        ttl = "auto" if one.ttl is None else "inherit" if not one.ttl else str(one.ttl)
        rows.append(Detail("ttl", one.ttl or 0, f"ttl {ttl} "))
        rows.append(Detail("df", one.df, f"df {one.df} " if one.df != "unset" else ""))
        rows.append(Detail("ageing", one.ageing, f"ageing {one.ageing} "))
        if one.table.limit:
            rows.append(Detail("limit", one.table.limit, f"maxaddr {one.table.limit} "))
        rows += [Detail("external", False, ""), Detail("learning", one.learns, "" if one.learns else "nolearning ")]
        rows += [Detail(name, getattr(one, name), f"{name} " if getattr(one, name) else "") for name in SWITCHES]
        rows.append(Detail("udp_csum", one.has_checksum, "" if one.has_checksum else "noudp_csum "))
        return rows + [Detail(name, value, "") for name, value in UNSEEN]


def _ends(one: VxlanInterface) -> list[Detail]:
    """Between what its packets go."""
    rows = []
    if one.remote:
        word = "group" if is_multicast(one.remote) else "remote"
        rows.append(Detail(word, format_ipv4(one.remote), f"{word} {format_ipv4(one.remote)} "))
    if one.local:
        rows.append(Detail("local", format_ipv4(one.local), f"local {format_ipv4(one.local)} "))
    if one.below is not None:
        rows.append(Detail("link", one.below.name, f"dev {one.below.name} "))
    low, high = one.source_ports
    return [*rows, Detail("port_range", {"low": low, "high": high}, f"srcport {low} {high} "),
            Detail("port", one.udp_port, f"dstport {one.udp_port} ")]


KIND = VxlanKind()
