"""What no script of command lines can show: traffic's traces in the tables, the JSON lists, files, and the machine."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path

import pytest

from netsandbox.commands.tools import context
from netsandbox.commands.tools.bridge.fdb import fdb_json
from netsandbox.commands.tools.context import ToolContext
from netsandbox.commands.tools.ip.neighbour import neighbour_json
from netsandbox.commands.tools.ip.route import route_cache_json, route_json
from netsandbox.commands.tools.kernel.kernel_files import with_kernel
from netsandbox.commands.tools.registry import TOOLS, run_tool
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core import errors
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileSystem
from netsandbox.linux.core.socket import Process
from netsandbox.linux.ipv4.next_hop import learn_gateway
from netsandbox.linux.ipv4.routing import learn_mtu
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.session.keeping import KeptSession
from netsandbox.wire.addresses import parse_ipv4
from tests.tools.twin import Line, Outcome, SimulatedTwin

BUILD = """\
h$ ip link add docker0 address 02:42:ac:11:00:01 type bridge
h$ ip addr add 172.17.0.1/16 brd + dev docker0
h$ ip link set docker0 up
h$ ip link add v1 address 0a:00:00:00:00:01 type veth peer name eth0 address 02:42:ac:11:00:02 netns %c1
h$ ip link add v2 address 0a:00:00:00:00:02 type veth peer name eth0 address 02:42:ac:11:00:03 netns %c2
h$ ip link set v1 master docker0 up
h$ ip link set v2 master docker0 up
c1$ ip link set eth0 up
c2$ ip link set eth0 up
c1$ ip addr add 172.17.0.2/16 brd + dev eth0
c2$ ip addr add 172.17.0.3/16 brd + dev eth0
c1$ ip route add default via 172.17.0.1
c2$ ip route add default via 172.17.0.1
"""


@pytest.fixture
def twin() -> SimulatedTwin:
    """docker0 with two containers."""
    made = SimulatedTwin(["h", "c1", "c2"])
    for text in BUILD.splitlines():
        where, _, command = text.partition("$ ")
        assert run(made, where, command).code == 0, text
    return made


def run(twin: SimulatedTwin, where: str, command: str) -> Outcome:
    return twin.run(Line(where, command.split(), 0.0))


def send(twin: SimulatedTwin, where: str, to: str) -> None:
    """One datagram to a port where nobody listens, or that waits for an ARP answer."""
    socket = UdpSocket(twin.named["%" + where], Process("test", 1))
    socket.send(b"x", parse_ipv4(to), 9)
    twin.advance(0.01)


def test_a_datagram_leaves_its_traces_in_every_table(twin: SimulatedTwin) -> None:
    send(twin, "c1", "172.17.0.3")
    assert run(twin, "c1", "ip neigh").out == "172.17.0.3 dev eth0 lladdr 02:42:ac:11:00:03 REACHABLE \n"
    assert run(twin, "c2", "ip neigh").out == "172.17.0.2 dev eth0 lladdr 02:42:ac:11:00:02 DELAY \n"
    fdb = run(twin, "h", "bridge fdb show br docker0").out
    assert "02:42:ac:11:00:02 dev v1 master docker0 \n" in fdb
    assert "02:42:ac:11:00:03 dev v2 master docker0 \n" in fdb
    assert "  1\t02:42:ac:11:00:02\tno\t\t   0.0" in run(twin, "h", "brctl showmacs docker0").out
    arp = run(twin, "c1", "arp -n").out.splitlines()[1]
    assert arp == "172.17.0.3               ether   02:42:ac:11:00:03   C                     eth0"
    assert run(twin, "c1", "cat /proc/net/arp").out.splitlines()[1] == (
        "172.17.0.3       0x1         0x2         02:42:ac:11:00:03     *        eth0")
    twin.advance(7)
    assert run(twin, "c1", "ip -s neigh").out.startswith(
        "172.17.0.3 dev eth0 lladdr 02:42:ac:11:00:03  ref 1 used 7/7/7probes 4 ")


def test_the_counters_count_what_passed_also_of_floods(twin: SimulatedTwin) -> None:
    send(twin, "c1", "172.17.0.3")
    text = run(twin, "c1", "ip -s link show eth0").out.splitlines()
    assert text[3].split() == [str(42 + 14 + 20 + 8 + 29), "2", "0", "0", "0", "0"], "ARP reply, port unreachable"
    assert text[5].split() == [str(42 + 14 + 20 + 8 + 1), "2", "0", "0", "0", "0"], "ARP request, datagram"
    found = json.loads(run(twin, "h", "ip -j -s link show v2").out)[0]["stats64"]
    assert found["tx"]["packets"] == 2
    assert found["rx"]["packets"] == 2
    assert run(twin, "h", "cat /sys/class/net/v2/statistics/tx_packets").out == "2\n"
    assert "    v2:" in run(twin, "h", "cat /proc/net/dev").out


def test_an_absent_neighbour_is_incomplete_then_failed_and_its_packet_waits(twin: SimulatedTwin) -> None:
    send(twin, "c1", "172.17.0.99")
    assert run(twin, "c1", "ip neigh").out == "172.17.0.99 dev eth0 INCOMPLETE \n"
    assert "172.17.0.99                      (incomplete)                              eth0" in run(
        twin, "c1", "arp -n").out
    assert run(twin, "c1", "arp -a").out == "? (172.17.0.99) at <incomplete> on eth0\n"
    twin.advance(4)
    assert run(twin, "c1", "ip neigh").out == "172.17.0.99 dev eth0 FAILED \n"


def test_replacing_an_incomplete_entry_releases_what_waits(twin: SimulatedTwin) -> None:
    send(twin, "c1", "172.17.0.99")
    before = twin.named["%c2"].interfaces["eth0"].rx_packets
    assert run(twin, "c1", "ip neigh replace 172.17.0.99 lladdr 02:42:ac:11:00:03 dev eth0").code == 0
    assert twin.named["%c2"].interfaces["eth0"].rx_packets == before + 1


def test_learned_path_mtus_and_redirects_are_in_the_cache(twin: SimulatedTwin) -> None:
    namespace = twin.named["%c1"]
    learn_mtu(namespace, parse_ipv4("8.8.8.8"), 1400)
    default = namespace.routes.lookup(parse_ipv4("9.9.9.9"))
    assert default is not None
    learn_gateway(namespace, parse_ipv4("9.9.9.9"), default, parse_ipv4("172.17.0.3"))
    assert run(twin, "c1", "ip route show cache").out == "", "nothing was routed by them yet"
    for destination in ("8.8.8.8", "9.9.9.9"):
        run(twin, "c1", f"ip route get {destination}")
    twin.advance(1.5)
    assert run(twin, "c1", "ip route show cache").out == (
        "8.8.8.8 via 172.17.0.1 dev eth0 \n    cache expires 598sec mtu 1400 \n"
        "9.9.9.9 via 172.17.0.3 dev eth0 \n    cache <redirected> expires 298sec \n")
    assert run(twin, "c1", "ip route get 8.8.8.8").out == (
        "8.8.8.8 via 172.17.0.1 dev eth0 src 172.17.0.2 uid 0 \n    cache expires 598sec mtu 1400 \n")
    assert route_cache_json(namespace) == [
        {"dst": "8.8.8.8", "gateway": "172.17.0.1", "dev": "eth0", "flags": [], "cache": [], "expires": 598,
         "metrics": [{"mtu": 1400}]},
        {"dst": "9.9.9.9", "gateway": "172.17.0.3", "dev": "eth0", "flags": [], "cache": ["redirected"],
         "expires": 298}]
    run(twin, "c1", "ip route flush cache")
    assert run(twin, "c1", "ip -j route show cache").out == "[]\n"


def test_the_json_lists_are_what_the_tools_print(twin: SimulatedTwin) -> None:
    send(twin, "c1", "172.17.0.3")
    host, container = twin.named["%h"], twin.named["%c1"]
    bridge = host.interfaces["docker0"]
    assert isinstance(bridge, Bridge)
    for where, command, found in (
            ("c1", "ip -j -s neigh", neighbour_json(container, statistics=True)),
            ("c1", "ip -j neigh", neighbour_json(container, statistics=False)),
            ("c1", "ip -j route", route_json(container)),
            ("c1", "ip -j route show table local", route_json(container, "local")),
            ("c1", "ip -j route show table all", route_json(container, "all")),
            ("h", "bridge -j fdb show br docker0", fdb_json(bridge))):
        assert json.loads(run(twin, where, command).out) == found, command
        assert found, command


def test_json_escapes_what_a_name_may_hold() -> None:
    twin = SimulatedTwin(["h"])
    assert run(twin, "h", 'ip link add a"b\\c type bridge').code == 0
    assert json.loads(run(twin, "h", "ip -j link show type bridge").out)[0]["ifname"] == 'a"b\\c'


def test_names_with_control_characters_are_refused() -> None:
    twin = SimulatedTwin(["h"])
    for name in ("\x1b[31mred", "a\u202eb", "a\tb", "a\nb"):
        assert twin.run(Line("h", ["ip", "link", "add", name, "type", "bridge"], 0.0)).code != 0


def test_deleting_one_end_or_its_namespace_deletes_the_other(twin: SimulatedTwin) -> None:
    assert run(twin, "c1", "ip link del eth0").code == 0
    assert "v1" not in run(twin, "h", "ip link").out
    assert run(twin, "h", "ip netns del %c2").code == 0
    assert "v2" not in run(twin, "h", "bridge link").out
    assert "02:42:ac:11:00:03" not in run(twin, "h", "bridge fdb").out


def test_netns_exec_runs_tools_there_and_says_what_it_cannot_run(twin: SimulatedTwin) -> None:
    assert run(twin, "h", "ip netns exec %c1 hostname").out == "%c1\n"
    assert run(twin, "h", "ip -all netns exec ip -br addr show eth0").code in (0, 1)
    assert run(twin, "h", "ip netns exec %c1 vii").err == 'exec of "vii" failed: No such file or directory\n'
    assert "the sandbox has no dnsmasq: " in run(twin, "h", "ip netns exec %c1 dnsmasq").err
    assert run(twin, "h", "ip netns identify").out == "%h\n"


def test_unknown_tools_and_paths(twin: SimulatedTwin) -> None:
    context = ToolContext(twin.named["%h"], twin)
    assert run_tool(context, ["frobnicate"]) == (127, "", "sh: 1: frobnicate: not found\n")
    assert run_tool(context, ["/usr/sbin/ip", "-V"]).code == 0
    assert run_tool(context, []) == (0, "", "")


def test_cat_reads_the_files_that_the_container_has(twin: SimulatedTwin) -> None:
    files = with_kernel(Files(FileSystem(twin.scheduler), {}), twin.named["%h"], twin)
    files.write("/etc/hosts", "127.0.0.1\tlocalhost\n")
    context = ToolContext(twin.named["%h"], twin, files)
    assert run_tool(context, ["cat", "/etc/hosts", "/etc/hosts"]).out == "127.0.0.1\tlocalhost\n" * 2
    assert run_tool(context, ["cat", "/etc/resolv.conf"]).err == "cat: /etc/resolv.conf: No such file or directory\n"
    assert run_tool(context, ["cat", "/proc/sys/net/ipv4/conf"]).err == "cat: /proc/sys/net/ipv4/conf: Is a directory\n"
    assert run_tool(context, ["cat", "etc/hosts"]).code == 0


@pytest.mark.parametrize(("command", "word"), [
    ("iptables -A INPUT -m u32 --u32 6&0xFF=6 -j DROP", "match 'u32' is not modelled"),
    ("iptables -I FORWARD 1 -j SYNPROXY", "target 'SYNPROXY' is not modelled"),
    ("ip6tables -A INPUT -j DROP", "IPv6 is not modelled"), ("ip6tables-save", "IPv6 is not modelled"),
    ("ip link add d0 type ifb", "interfaces of type ifb are not modelled"),
    ("ip link add d0 type team", "interfaces of type team are not modelled"),
    ("ip link set docker0 type bridge mcast_igmp_version 3", "mcast_igmp_version 3 of a bridge is not modelled"),
    ("ip route add 10.0.0.0/8 encap ip id 7", "encap of a route is not modelled"),
    ("ip tunnel prl", "`ip tunnel prl` is not modelled"),
    ("ip tunnel add t0 mode sit remote 1.1.1.1", "tunnels of mode sit are not modelled"),
    ("bridge vlan set vid 1 dev v1 neigh_suppress on", "neigh_suppress of a VLAN of a port is not modelled"),
])
def test_what_is_not_modelled_says_so_and_changes_nothing(twin: SimulatedTwin, command: str, word: str) -> None:
    def shown() -> list[str]:
        said = [run(twin, "h", line).out for line in ("ip -d addr", "ip route show table all", "iptables -S")]
        return [re.sub(r"forward_delay_timer +[\d.]+", "", text) for text in said]  # it runs

    before = shown()
    outcome = run(twin, "h", command)
    assert outcome.code == 1
    assert outcome.err.startswith("netsandbox: ")
    assert word in outcome.err
    assert outcome.err.count("\n") == 1
    assert before == shown()


def test_sysctl_lists_reads_and_writes_for_the_stack(twin: SimulatedTwin) -> None:
    every = run(twin, "c1", "sysctl -a").out.splitlines()
    assert "net.ipv4.ip_forward = 0" in every
    assert len(every) > 100
    assert run(twin, "c1", "sysctl -a -r arp_ignore").out.splitlines()[0] == "net.ipv4.conf.all.arp_ignore = 0"
    assert run(twin, "c1", "sysctl -w net.ipv4.conf.all.arp_ignore=8").code == 0
    send(twin, "c2", "172.17.0.2")
    assert run(twin, "c2", "ip neigh").out == "172.17.0.2 dev eth0 INCOMPLETE \n"


def test_help_is_there_for_each_tool_and_object(twin: SimulatedTwin) -> None:
    for command in ("ip help", "ip addr help", "ip link help", "ip route help", "ip neigh help", "ip netns help",
                    "ip rule help", "ip maddr help", "bridge help", "bridge link help", "bridge fdb help",
                    "bridge vlan help", "bridge mdb help"):
        outcome = run(twin, "h", command)
        assert outcome.code == 255
        assert outcome.err.startswith("Usage: "), command
    assert {"ip", "bridge", "arp", "route", "ss", "sysctl", "brctl", "iptables", "cat", "hostname"} <= set(TOOLS)


def test_every_error_that_a_tool_can_meet_has_the_c_librarys_words() -> None:
    package = Path(context.__file__).parents[2]
    raised = {name for file in package.rglob("*.py")
              for name in re.findall(r"KernelError\(\s*\"([A-Z]+)\"", file.read_text(encoding="utf-8"))}
    assert len(raised) > 10
    assert raised <= errors.STRERROR.keys()
    assert {name: os.strerror(getattr(errno, name)) for name in errors.STRERROR} == errors.STRERROR


def test_rules_by_where_packets_go_and_ports_with_their_mask() -> None:
    """As iproute2 6.15 prints what 6.18 tells."""
    session = KeptSession()
    for line in ("ip rule add to 10.5.0.0/16 prohibit pref 50", "ip rule add dport 80 lookup main pref 60"):
        assert session.run(line).code == 0
    assert session.run("ip rule show to 10.5.0.0/16").out == "50:\tfrom all to 10.5.0.0/16 prohibit\n"
    assert '"dport":80,"dport_mask":"0xffff"' in session.run("ip -j rule").out
