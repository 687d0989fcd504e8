"""Random labs as command lines: everything a person can put in, take out and join, with loops and long cables."""

from __future__ import annotations

from hypothesis import strategies as st

CONTAINERS = ["c1", "c2", "c3"]
HOSTS = ["h1", "h2", "h3", "h4"]
BOXES = ["s1", "s2", "u1", "u2", "b1"]
NODES = CONTAINERS + HOSTS + BOXES
BASE = ["add-container c1", "add-container c2 --image redis", *(f"add-host {name}" for name in HOSTS),
        "add-switch s1", "add-switch s2", "add-hub u1", "add-hub u2", "add-bridge b1",
        "connect h1 s1", "connect h2 s1", "connect h3 u1", "connect s1 u1",
        *(f"set-ip {name} 10.0.0.{number}/24" for number, name in enumerate(HOSTS, 1) if name != "h4")]
"""What most labs begin with, so that random commands have something to meet."""

containers, hosts, nodes = st.sampled_from(CONTAINERS), st.sampled_from(HOSTS), st.sampled_from(NODES)
ends = st.sampled_from([*NODES, *(f"{name}:eth0" for name in HOSTS), "h1:eth1", "s1:p1", "s2:p1", "u1:p1", "c1:eth0"])
targets = st.sampled_from([*CONTAINERS, *HOSTS, "172.17.0.1", "172.17.0.9", "10.0.0.77", "127.0.0.1"])
addresses = st.integers(1, 6).map(lambda number: f"10.0.0.{number}/24")

commands = st.one_of(
    st.builds("ping {} {}".format, st.sampled_from(HOSTS + CONTAINERS), targets),
    st.builds("ping {} {} -c 1 -s {} &".format, hosts, targets, st.sampled_from([56, 1472, 1473, 4000])),
    st.builds("connect {} {}".format, ends, ends),
    st.builds("connect {} {} --latency 3ms".format, ends, ends),
    st.builds("disconnect {}".format, ends),
    st.builds("disconnect {} {}".format, nodes, nodes),
    st.builds("link {} {}".format, ends, st.sampled_from(["up", "down"])),
    st.builds("set-ip {} {}".format, ends, addresses),
    st.builds("remove {}".format, nodes),
    st.builds("toggle-host-net {}".format, containers),
    st.builds("add-container {}".format, containers),
    st.builds("add-host {}".format, hosts),
    st.sampled_from(["add-switch s1", "add-switch s2", "add-hub u1", "add-hub u2", "add-bridge b1"]),
    st.builds("flush-arp {}".format, nodes),
    st.builds("exec {} ip link set eth0 mtu {}".format, hosts, st.sampled_from([600, 1500, 1501, 9000])),
    st.builds("exec s1 ip link set {} mtu 900".format, st.sampled_from(["p1", "p2"])),
    st.builds("exec {} ping -b -c 1 10.0.0.255".format, hosts),
    st.sampled_from(["wait 2ms", "wait 1s", "wait 6s", "ageing s1 0", "arp-model classic"]),
)
histories = st.builds(lambda base, lines: [*(BASE if base else []), *lines],
                      st.sampled_from([True, True, True, False]), st.lists(commands, min_size=1, max_size=14))
