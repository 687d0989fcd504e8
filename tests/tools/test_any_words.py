"""Whatever words a person types, a tool ends with a status and a text, and the tables stay sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.commands.tools.context import ToolContext, ToolResult
from netsandbox.commands.tools.kernel import proc_net
from netsandbox.commands.tools.kernel.proc_counters import NOT_COUNTED
from netsandbox.commands.tools.registry import TOOLS, run_tool
from netsandbox.session.keeping import KeptSession
from tests.tools.twin import Line, SimulatedTwin

WORDS = [
    "add", "del", "show", "set", "change", "replace", "append", "flush", "get", "list", "help", "exec", "dev",
    "via", "to", "from", "src", "table", "all", "cache", "main", "77", "local", "scope", "link", "host",
    "proto", "kernel", "metric", "10", "mtu", "1400", "up", "down", "master", "nomaster", "type", "bridge",
    "veth", "bridge_slave", "peer", "name", "netns", "address", "lladdr", "nud", "stale", "permanent", "proxy",
    "label", "e0:x", "broadcast", "brd", "+", "-", "e0", "p0", "br0", "lo", "e9", "10.0.0.1/24", "10.0.0.2",
    "10.1.0.0/16", "default", "0.0.0.0", "255.255.255.255", "224.0.0.1", "fe80::1", "::/0", "nonsense", "",
    "-1", "99999999999", "0x10", "02:00:00:00:00:05", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "on", "off",
    "arp", "ageing_time", "fdb_flush", "state", "3", "hairpin", "self", "static", "dynamic", "br", "brport",
    "onlink", "blackhole", "unreachable", "iif", "oif", "fibmatch", "%h", "%c", "cat", "/proc/net/arp",
    "/sys/class/net/e0/mtu", "net.ipv4.ip_forward", "net.ipv4.ip_forward=1", "net/ipv4/conf/e0", "=", "a=",
    "-n", "-a", "-j", "-s", "-d", "-br", "-o", "-p", "-4", "-6", "-0", "-t", "-L", "-S", "-l", "-u", "-w", "-i",
    "-e", "--", "\x1b[31m", "名", "a" * 200]
SHOWN = ("ip addr", "ip -s -d link", "ip route show table all", "ip -s neigh", "bridge -s fdb", "bridge link",
         "ip -j -s -d link", "ip maddr", "route -n", "arp -n", "ifconfig -a", "sysctl -a", "ss -tuanp", "brctl show")
OBJECTS = ["addr", "link", "route", "neigh", "netns", "rule", "maddr", "fdb", "vlan", "mdb"]


def machine() -> SimulatedTwin:
    twin = SimulatedTwin(["h", "c"])
    for text in ("ip link set lo up", "ip link add e0 type veth peer name p0", "ip link add br0 type bridge",
                 "ip link set e0 up", "ip link set p0 up", "ip addr add 10.0.0.1/24 dev e0",
                 "ip route add default via 10.0.0.2", "ip link set p0 master br0",
                 "ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:05 dev e0"):
        assert twin.run(Line("h", text.split(), 0.0)).code == 0, text
    return twin


lines = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=7)


SPEAKING = sorted({*TOOLS} - {"false", "test", "killall", "pgrep", "pidof", "pkill", "readlink", "grep", "egrep",
                              "fgrep", "xtables-monitor"})
"""Tools that say why they fail and come to an end (xtables-monitor -t does not); grep -s is as silent about files that
it cannot read as about no match, and test about what is not so."""


@given(st.lists(st.tuples(st.sampled_from(SPEAKING), st.sampled_from(OBJECTS), lines), min_size=1, max_size=8))
def test_no_line_raises_and_every_table_can_still_be_shown(script: list[tuple[str, str, list[str]]]) -> None:
    twin = machine()
    for tool, topic, words in script:
        argv = [tool, topic, *words] if tool in ("ip", "bridge") else [tool, *words]
        result = run_tool(ToolContext(twin.named["%h"], twin), argv)
        assert isinstance(result, ToolResult)
        assert result.code == 0 or result.out or result.err or tool == "printenv", argv
        twin.advance(0.0)
    for name in list(twin.named):
        for shown in SHOWN:
            assert run_tool(ToolContext(twin.named[name], twin), shown.split()).code == 0, shown


@pytest.mark.parametrize("path", sorted(proc_net.FILES))
def test_every_file_of_proc_net_can_be_read(path: str) -> None:
    session = KeptSession(uplink="192.168.1.0/24")
    session.run("iptables-legacy -S; docker run -d -p 80:80 nginx; curl -s localhost -o /dev/null")
    job = session.run(f"cat /proc/net/{path}")
    assert (job.code, job.err) == (0, NOT_COUNTED if path == "netstat" else "")
    assert job.out
