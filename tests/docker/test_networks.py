"""Networks that a person makes: pools, addresses, gateways, isolation, and what is refused."""

from __future__ import annotations

import json
import re

import pytest

from netsandbox.docker.events import NetworkConnected, NetworkCreated, NetworkDisconnected, NetworkRemoved
from netsandbox.docker.ipam import AddressPool, PoolExhaustedError, free_subnet, predefined_subnets
from netsandbox.docker.network import BridgeNetwork
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices import link
from netsandbox.session.session import Session
from netsandbox.wire.addresses import Network, format_ipv4, parse_network
from tests.docker.machine import Machine

DAEMON = "Error response from daemon: "


def network(docker: Machine, name: str) -> BridgeNetwork:
    found = docker.engine.networks[name]
    assert isinstance(found, BridgeNetwork)
    return found


def default_routes(docker: Machine, name: str) -> list[str]:
    namespace = docker.container(name).namespace
    assert namespace is not None
    return [f"{format_ipv4(route.gateway or 0)} {route.interface.name if route.interface else ''}"
            for route in namespace.routes.all("main") if route.destination.length == 0]


def test_the_pools_are_15_of_16_and_16_of_20() -> None:
    subnets = [str(subnet) for subnet in predefined_subnets()]
    assert len(subnets) == 31
    assert subnets[:4] == ["172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/16"]
    assert subnets[14:16] == ["172.31.0.0/16", "192.168.0.0/20"]
    assert subnets[-1] == "192.168.240.0/20"


def test_free_subnet_avoids_what_overlaps() -> None:
    taken = [parse_network("172.17.0.0/16"), parse_network("172.18.5.0/24"), parse_network("172.16.0.0/12")]
    assert str(free_subnet(taken[:1])) == "172.18.0.0/16"
    assert str(free_subnet(taken[:2])) == "172.19.0.0/16"
    assert str(free_subnet(taken)) == "192.168.0.0/20"
    with pytest.raises(PoolExhaustedError):
        free_subnet([Network(0, 0)])


def test_a_pool_gives_the_lowest_and_ends() -> None:
    pool = AddressPool(parse_network("10.0.0.0/29"), parse_network("10.0.0.1/29").address)
    given = [pool.allocate() for _number in range(5)]
    assert [address & 7 for address in given] == [2, 3, 4, 5, 6]
    with pytest.raises(PoolExhaustedError):
        pool.allocate()
    pool.release(given[3])
    assert pool.allocate() == given[3]


def test_networks_take_the_lowest_free_subnet_and_a_bridge_named_after_their_id(docker: Machine) -> None:
    identity = docker("network create mynet").out.strip()
    docker("network create other")
    assert [str(network(docker, name).pool.subnet) for name in ("mynet", "other")] == ["172.18.0.0/16", "172.19.0.0/16"]
    bridge = docker.engine.namespace.interfaces[f"br-{identity[:12]}"]
    assert [str(own.network) for own in bridge.addresses] == ["172.18.0.1/16"]
    assert not bridge.carrier
    docker("network rm mynet")
    docker("network create third")
    assert str(network(docker, "third").pool.subnet) == "172.18.0.0/16"


def test_the_31st_network_is_the_last(docker: Machine) -> None:
    for number in range(30):
        assert docker(f"network create n{number}").code == 0
    assert docker("network create more").err == f"{DAEMON}all predefined address pools have been fully subnetted\n"


def test_the_hosts_own_routes_are_avoided(docker: Machine) -> None:
    docker.lab.add_switch("sw1")
    docker.lab.connect("host:eth0", "sw1")
    docker.lab.set_ip("host:eth0", "172.18.0.5/16")
    docker("network create mynet")
    assert str(network(docker, "mynet").pool.subnet) == "172.19.0.0/16"


def test_subnet_gateway_and_range(docker: Machine) -> None:
    docker("network create --subnet 10.5.0.0/24 --gateway 10.5.0.254 --ip-range 10.5.0.128/26 mynet")
    for number in range(2):
        docker(f"run -d --name c{number} --network mynet nginx")
    docker("run -d --name fixed --network mynet --ip 10.5.0.7 nginx")
    found = [format_ipv4(docker.container(name).endpoints["mynet"].address) for name in ("c0", "c1", "fixed")]
    assert found == ["10.5.0.128", "10.5.0.129", "10.5.0.7"]
    assert default_routes(docker, "c0") == ["10.5.0.254 eth0"]
    config = json.loads(docker("network inspect mynet").out)[0]["IPAM"]["Config"]
    assert config == [{"Subnet": "10.5.0.0/24", "IPRange": "10.5.0.128/26", "Gateway": "10.5.0.254"}]
    docker("restart fixed")
    assert format_ipv4(docker.container("fixed").endpoints["mynet"].address) == "10.5.0.7"


def test_a_fixed_address_that_is_taken_or_outside(docker: Machine) -> None:
    docker("network create --subnet 10.5.0.0/24 mynet")
    docker("run -d --name c0 --network mynet --ip 10.5.0.9 nginx")
    taken = docker("run -d --name c1 --network mynet --ip 10.5.0.9 nginx")
    assert taken.err.startswith(f"docker: {DAEMON}failed to set up container networking: Address already in use\n")
    assert docker("run -d --network mynet --ip 10.6.0.9 nginx").err.startswith(
        f"docker: {DAEMON}invalid config for network mynet: invalid endpoint settings:\n"
        "no configured subnet or ip-range contain the IP address 10.6.0.9\n")
    assert docker.container("c1").endpoints == {}
    docker("rm -f c0")
    assert docker("start c1").code == 0


@pytest.mark.parametrize(("line", "err"), [
    ("--subnet 172.17.5.0/24 x",
     f"{DAEMON}invalid pool request: Pool overlaps with other one on this address space"),
    ("--subnet 10.0.0.1/24 x",
     f"{DAEMON}invalid network config:\ninvalid subnet 10.0.0.1/24: it should be 10.0.0.0/24"),
    ("--subnet 10.0.0.0 x", "netip.ParsePrefix(\"10.0.0.0\"): no '/'"),
    ("--gateway 10.0.0.1 x", "every ip-range or gateway must have a corresponding subnet"),
    ("--subnet 10.0.0.0/24 --gateway 10.1.0.1 x", "no matching subnet for gateway 10.1.0.1"),
    ("--subnet 10.0.0.0/24 --gateway 10.0.0.0 x",
     f"{DAEMON}failed to allocate gateway (10.0.0.0): Address already in use"),
    ("--subnet 10.0.0.0/24 --ip-range 10.1.0.0/25 x", "no matching subnet for range 10.1.0.0/25"),
    ("-d overlay x",
     (f'{DAEMON}This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this '
     "node to swarm and try again.")),
    ("-d odd x", f'{DAEMON}could not find plugin odd in v1 plugin registry: plugin "odd" not found'),
    ("-d host x", f'{DAEMON}only one instance of "host" network is allowed'),
    ("-o com.docker.network.bridge.name=docker0 x",
     f"{DAEMON}networks have same bridge name: there is already an interface docker0")])
def test_a_network_that_cannot_be_made(docker: Machine, line: str, err: str) -> None:
    interfaces = list(docker.engine.namespace.interfaces)
    said = docker(f"network create {line}")
    assert said.err == err + "\n"
    assert said.code != 0
    assert list(docker.engine.namespace.interfaces) == interfaces
    assert list(docker.engine.networks) == ["bridge", "host", "none"]


@pytest.mark.parametrize("mtu", [9, 68000])
def test_an_mtu_that_no_bridge_takes_leaves_the_bridge_behind(docker: Machine, mtu: int) -> None:
    said = docker(f"network create -o com.docker.network.driver.mtu={mtu} x")
    assert (said.err, said.code) == (f"{DAEMON}invalid argument\n", 1)
    left = list(docker.engine.namespace.interfaces.values())[-1]
    assert (left.name[:3], left.up, list(left.addresses)) == ("br-", False, [])
    assert list(docker.engine.networks) == ["bridge", "host", "none"]


def test_duplicate_active_and_predefined_networks(docker: Machine) -> None:
    docker("network create mynet")
    assert docker("network create mynet").err == f"{DAEMON}network with name mynet already exists\n"
    docker("run -d --name c1 --network mynet nginx")
    endpoint = docker.container("c1").endpoints["mynet"].identity[:12]
    assert docker("network rm mynet") == (1, "", (
        f'{DAEMON}error while removing network: network mynet has active endpoints (name:"c1" id:"{endpoint}")\n'
        "exit status 1\n"))
    docker("stop c1")
    identity = docker.engine.networks["mynet"].identity
    assert docker("network rm mynet") == (0, "mynet\n", "")
    assert docker("start c1").err.startswith(
        f"{DAEMON}failed to set up container networking: network {identity} not found\n")


def test_bridges_do_not_reach_each_other_but_their_gateways_answer(docker: Machine) -> None:
    docker("network create mynet")
    docker("run -d --name aa nginx")
    docker("run -d --name bb --network mynet nginx")
    docker.wait(3)
    assert docker("exec aa ping -c 1 -W 1 172.18.0.2").code == 1
    assert docker("exec bb ping -c 1 -W 1 172.17.0.2").code == 1
    assert docker("exec aa ping -c 1 -W 1 172.18.0.1").code == 0
    docker("network connect mynet aa")
    assert docker("exec aa ping -c 1 -W 1 172.18.0.2").code == 0


def test_the_default_route_follows_the_networks(docker: Machine) -> None:
    for line in ("zeta", "alpha", "--internal inner"):
        docker(f"network create {line}")
    docker("run -d --name c1 --network zeta nginx")
    assert default_routes(docker, "c1") == ["172.18.0.1 eth0"]
    docker("network connect alpha c1")
    assert default_routes(docker, "c1") == ["172.19.0.1 eth1"], "the lexically smallest name"
    docker("network connect inner c1")
    assert default_routes(docker, "c1") == ["172.19.0.1 eth1"], "an internal network gives no default route"
    docker("network disconnect alpha c1")
    assert default_routes(docker, "c1") == ["172.18.0.1 eth0"]
    docker("network connect --gw-priority 5 bridge c1")
    assert default_routes(docker, "c1") == ["172.17.0.1 eth1"]
    docker("run -d --name c2 --network inner nginx")
    assert default_routes(docker, "c2") == []


def test_connect_and_disconnect_refuse(docker: Machine) -> None:
    docker("network create mynet")
    c1 = docker("run -d --name c1 --network mynet nginx").out.strip()
    docker("run -d --name h1 --net host nginx")
    docker("run -d --name j1 --net container:c1 redis")
    docker("run -d --name n1 --net none nginx")
    shared = ("container sharing network namespace with another container or host cannot be connected to any other "
              "network")
    none = "container cannot be connected to multiple networks with one of the networks in private (none) mode"
    assert docker("network connect mynet c1").err == f"{DAEMON}endpoint with name c1 already exists in network mynet\n"
    assert docker("network connect mynet h1").err == f"{DAEMON}{shared}\n"
    assert docker("network connect mynet j1").err == f"{DAEMON}{shared}\n"
    assert docker("network connect host c1").err == (
        f"{DAEMON}cannot connect container to host network - container must be created in host network mode\n")
    assert docker("network connect mynet n1").err == f"{DAEMON}{none}\n"
    assert docker("network disconnect bridge c1").err == f"{DAEMON}container {c1} is not connected to network bridge\n"
    assert docker("network disconnect host h1").err == (
        f"{DAEMON}cannot disconnect container from host network - container was created in host network mode\n")
    docker("network disconnect mynet c1")
    docker("stop c1")
    assert docker("network disconnect mynet c1").err == (
        f"{DAEMON}container {c1} is not connected to the network mynet\n")


def test_connecting_what_does_not_run_waits_for_the_start(docker: Machine) -> None:
    docker("network create --subnet 172.18.0.0/16 mynet")
    docker("create --name c1 nginx")
    assert docker("network connect --ip 172.18.0.50 mynet c1").code == 0
    assert docker.container("c1").endpoints == {}
    docker("start c1")
    assert {name: format_ipv4(e.address) for name, e in docker.container("c1").endpoints.items()} == {
        "bridge": "172.17.0.2", "mynet": "172.18.0.50"}


def test_mtu_and_bridge_name(docker: Machine) -> None:
    docker("network create -o com.docker.network.driver.mtu=1400 -o com.docker.network.bridge.name=br0 mynet")
    docker("run -d --name c1 --network mynet nginx")
    namespace = docker.container("c1").namespace
    assert namespace is not None
    assert namespace.interfaces["eth0"].mtu == 1400
    assert docker.engine.namespace.interfaces["br0"].mtu == 1400


def test_listing_and_pruning(docker: Machine) -> None:
    docker("network create beta")
    docker("network create alpha")
    docker("run -d --name c1 --network beta nginx")
    identities = [docker.engine.networks[name].identity[:12] for name in ("alpha", "beta", "bridge", "host", "none")]
    assert docker("network ls").out == (
        "NETWORK ID     NAME      DRIVER    SCOPE\n"
        f"{identities[0]}   alpha     bridge    local\n{identities[1]}   beta      bridge    local\n"
        f"{identities[2]}   bridge    bridge    local\n{identities[3]}   host      host      local\n"
        f"{identities[4]}   none      null      local\n")
    assert docker("network ls -q -f name=alpha").out == f"{identities[0]}\n"
    assert docker("network ls -f driver=host --format '{{.Name}}'").out == "host\n"
    assert docker("network prune").code == 0
    assert docker("network prune -f").out == "Deleted Networks:\nalpha\n\n"
    assert docker("network prune -f").out == ""


def test_the_hosts_forward_chain_counts_what_is_routed_and_no_bridged_frame() -> None:
    """S52: between two containers of one bridge nothing passes iptables."""
    session = Session()
    for line in ("add-container aa", "add-container bb", "add-host pc1", "connect pc1 host", "set-ip pc1 10.0.0.2/24",
                 "set-ip host:eth0 10.0.0.1/24", "exec pc1 ip route add default via 10.0.0.1", "wait",
                 "ping aa bb -c 3"):
        assert session.run(line).code == 0, line
    shown = "exec host iptables -nvL FORWARD"
    assert "    0     0 DOCKER-USER" in session.run(shown).out
    session.run("ping aa 10.0.0.2 -c 2")
    assert "    4   336 DOCKER-USER" in session.run(shown).out


def test_dockers_rules_come_before_the_policy() -> None:
    session = Session()
    for line in ("add-container aa", "docker network create other", "docker run -d --name bb --network other nginx",
                 "exec host iptables -P FORWARD DROP", "ping aa 172.18.0.2 -W 1"):
        session.run(line)
    assert "-j DROP\n" in session.run("why").out
    assert "policy DROP 0 packets" in session.run("exec host iptables -nvL FORWARD").out


def test_a_deleted_bridge_takes_no_container_and_a_new_one_of_its_name_does(docker: Machine) -> None:
    link.delete(docker.engine.bridge)
    said = docker("run -d --name web nginx")
    assert said.code == 125
    assert re.match(r"docker: Error response from daemon: failed to set up container networking: failed to create "
                    r"endpoint web on network bridge: adding interface veth[0-9a-f]{7} to bridge docker0 failed: "
                    r"Device does not exist\n", said.err)
    assert not [name for name in docker.engine.namespace.interfaces if name.startswith("veth")]
    assert docker("ps -a --format {{.Status}}").out == "Created\n"
    again = Bridge(docker.engine.namespace, "docker0", 0x02_00_00_00_00_01, mac_is_set=True)
    docker.engine.namespace.add_interface(again)
    assert docker("start web").code == 0
    assert [port.interface.name[:4] for port in again.ports] == ["veth"]
    assert docker("inspect -f {{.NetworkSettings.Networks.bridge.IPAddress}} web").out == "172.17.0.2\n"


def test_the_trace_says_what_is_done_with_networks(docker: Machine) -> None:
    docker("run -d --name web nginx")
    docker("create --name idle nginx")
    docker.settle()
    first = docker.lab.trace.end
    for line in ("create mynet", "connect mynet web", "connect mynet idle", "disconnect mynet web",
                 "disconnect mynet idle", "rm mynet", "rm mynet", "connect bridge web"):
        docker(f"network {line}")
    found = [record.event for record in docker.lab.trace.since(first)
             if type(record.event).__name__.startswith("Network")]
    connected = next(event for event in found if isinstance(event, NetworkConnected))
    assert (connected.container, connected.interface, format_ipv4(connected.address)) == ("web", "eth1", "172.18.0.2")
    assert connected.mac
    ids = NetworkCreated("host", "mynet", "172.18.0.0/16", found[0].bridge)
    assert found == [ids, connected, NetworkConnected("host", "mynet", "idle", "", 0, 0),
                     NetworkDisconnected("host", "mynet", "web"), NetworkDisconnected("host", "mynet", "idle"),
                     NetworkRemoved("host", "mynet")]
    assert found[0].bridge.startswith("br-")


B = "com.docker.network.bridge."


@pytest.mark.parametrize(("options", "err"), [
    (f"{B}enable_icc=x", f'failed to parse {B}enable_icc value: x (strconv.ParseBool: parsing "x": invalid syntax)'),
    (f"{B}host_binding_ipv4=x", f"failed to parse {B}host_binding_ipv4 value: x (nil ip)"),
    (f"{B}gateway_mode_ipv4=x", f"failed to parse {B}gateway_mode_ipv4 value: x (unknown gateway mode x)"),
    ("com.docker.network.driver.mtu=x",
     'failed to parse com.docker.network.driver.mtu value: x (strconv.Atoi: parsing "x": invalid syntax)'),
    (f"{B}name=toolongnameforaninterface", "numerical result out of range")])
def test_options_that_the_engine_refuses(docker: Machine, options: str, err: str) -> None:
    assert docker(f"network create -o {options} x").err == f"{DAEMON}{err}\n"
    assert "x" not in docker.engine.networks


def test_options_of_devices_and_addresses(docker: Machine) -> None:
    docker(f"network create -o com.docker.network.container_iface_prefix=net -o {B}inhibit_ipv4=true n1")
    docker("run -d --name c1 --network n1 nginx")
    container = docker.container("c1")
    assert container.endpoints["n1"].inside.name == "net0"
    assert docker.engine.networks["n1"].bridge.addresses == []  # type: ignore[attr-defined]
    assert container.namespace is not None
    assert [route.gateway for route in container.namespace.routes.all("main") if route.gateway] == [0xAC120001]
    docker("network create --subnet 10.9.0.0/29 --aux-address printer=10.9.0.2 n2")
    docker("run -d --name c2 --network n2 nginx")
    assert docker("inspect c2 -f '{{.NetworkSettings.Networks.n2.IPAddress}}'").out == "10.9.0.3\n"
    docker("network create --subnet 10.9.1.0/31 n3")
    docker("run -d --name c3 --network n3 nginx")
    assert docker("inspect c3 -f '{{.NetworkSettings.Networks.n3.IPAddress}}'").out == "10.9.1.1\n"


def test_a_port_is_bound_where_the_network_was_told(docker: Machine) -> None:
    docker(f"network create -o {B}host_binding_ipv4=127.0.0.1 lo")
    docker("run -d --name web --network lo -p 8088:80 nginx")
    assert docker("port web").out == "80/tcp -> 127.0.0.1:8088\n"


def test_a_fixed_address_needs_a_subnet_of_ones_own(docker: Machine) -> None:
    docker("network create mynet")
    said = docker("run -d --name c1 --network mynet --ip 172.18.0.9 nginx")
    assert said.err.startswith(f"docker: {DAEMON}invalid config for network mynet: invalid endpoint settings:\n"
                               "user specified IP address is supported only when connecting to networks with user "
                               "configured subnets\n")
    assert "c1" not in docker.engine.containers
