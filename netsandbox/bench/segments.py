"""The workloads of more than one segment: many VLANs on one bridge, and many ends of one VXLAN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.bench.ping import Pinger
from netsandbox.linux.bridge import settings as bridge_settings
from netsandbox.linux.core.devices import link
from netsandbox.linux.drivers.veth import VethPair
from netsandbox.linux.drivers.vxlan_fdb import ALL_ZERO, PERMANENT, Remote
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.netlink import link as links
from netsandbox.linux.netlink import vlan
from netsandbox.linux.netlink.link import LinkRequest
from netsandbox.linux.netlink.vlan import VlanRequest
from netsandbox.wire.addresses import Network

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.core.devices.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace

Networks = list[list[tuple["NetworkNamespace", int]]]  # Of each network, (namespace, address) of each that is in it
PORTS = 50
UNDERLAY, OVERLAY, VLANS = 0x0A000000, 0x0A630000, 0x0A640000
"""10.0.0.0/16, 10.99.0.0/16, and from 10.100.0.0 on a /24 for each VLAN."""
FIRST_VLAN = 2


def _attach(lab: Lab, bridge: Bridge, number: int) -> Interface:
    """A host on a cable of its own; its eth0."""
    host = lab.add_host(f"h{number}").namespace
    pair = VethPair.create((host, "eth0", lab.new_mac()), (bridge.namespace, f"p{number}", lab.new_mac()))
    links.set_master(pair.right, bridge)
    link.set_up(pair.right)
    link.set_up(pair.left)
    return pair.left


def _stack(lab: Lab, below: Interface, name: str, kind: str, settings: dict[str, Any], own: Network) -> None:
    """A device on another, with an address."""
    request = LinkRequest(name, kind)
    request.lower, request.settings = (below if kind == "vlan" else None), settings
    links.add(below.namespace, request, lab.new_mac)
    made = below.namespace.interfaces[name]
    addresses.add(made, own, own.broadcast)
    link.set_up(made)


def vlans(lab: Lab, networks: Networks, count: int) -> None:
    """50 hosts on the trunks of one bridge, each in all VLANs, and with room for all neighbours."""
    bridge = lab.add_switch("sw").bridge
    bridge_settings.change_bridge(bridge, {"vlan_filtering": 1})
    networks.extend([] for _number in range(count))
    for host in range(PORTS):
        eth0 = _attach(lab, bridge, host)
        for key in ("gc_thresh2", "gc_thresh3"):
            eth0.namespace.write_sysctl(f"net.ipv4.neigh.default.{key}", str(2 * count * PORTS))
        port = bridge.ports[-1].interface
        vlan.add(port, VlanRequest(FIRST_VLAN, FIRST_VLAN + count - 1), to_self=False, to_master=True)
        for number, network in enumerate(networks):
            own = Network(VLANS + (number << 8) + host + 1, 24)
            _stack(lab, eth0, f"eth0.{number}", "vlan", {"id": FIRST_VLAN + number}, own)
            network.append((eth0.namespace, own.address))


def vteps(lab: Lab, networks: Networks, count: int) -> None:
    """Hosts on one switch, each with an end that knows all others (head-end replication)."""
    bridge = lab.add_switch("sw").bridge
    networks.append([])
    for number in range(1, count + 1):
        eth0 = _attach(lab, bridge, number)
        outer = Network(UNDERLAY + number, 16)
        addresses.add(eth0, outer, outer.broadcast)
        own = Network(OVERLAY + number, 16)
        _stack(lab, eth0, "vx0", "vxlan", {"id": 42, "dstport": 4789, "local": outer.address, "dev": eth0}, own)
        networks[0].append((eth0.namespace, own.address))
        table = eth0.namespace.interfaces["vx0"].vteps
        assert table is not None
        for other in range(1, count + 1):
            if other != number:
                table.put(ALL_ZERO, Remote(UNDERLAY + other), PERMANENT, "append", lab.scheduler.now)


def ping_all(lab: Lab, networks: Networks) -> None:
    """Each pings each other of its network, cold tables; as soon as the last reply is in."""
    for ends in networks:
        reached = [address for _namespace, address in ends]
        for i, (namespace, _address) in enumerate(ends):
            pinger = Pinger(namespace, reached[i + 1:] + reached[:i])
            pinger.send()
            lab.scheduler.run_until_quiet()
            pinger.close()
            assert pinger.replies == len(ends) - 1, "a reply is missing"


WORKLOADS = {"vlans": vlans, "vteps": vteps}
