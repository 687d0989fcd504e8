"""A queueing discipline has what its device sends, of whatever kind that is (net/core/dev.c __dev_queue_xmit)."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

PAIR = ("ip netns add x", "ip link add e0 type veth peer name e1 netns x", "ip link set e0 up",
        "ip -n x link set e1 up")
UNDER = "ip addr add 10.1.1.1/24 dev e0"
ENDS = "local 10.1.1.1 remote 10.1.1.2"
KINDS = {
    "veth": (), "dummy": ("ip link add d0 type dummy",), "lo": (),
    "bridge": ("ip link add d0 type bridge", "ip link set e0 master d0"),
    "vlan": ("ip link add link e0 name d0 type vlan id 10",),
    "macvlan": ("ip link add d0 link e0 type macvlan mode bridge",),
    "ipvlan": ("ip link add d0 link e0 type ipvlan mode l3",),
    "bond": ("ip link add d0 type bond mode active-backup", "ip link set e0 down", "ip link set e0 master d0"),
    "vxlan": (UNDER, "ip link add d0 type vxlan id 5 remote 10.1.1.2 dstport 4789 dev e0"),
    "gre": (UNDER, f"ip link add d0 type gre {ENDS}"), "ipip": (UNDER, f"ip link add d0 type ipip {ENDS}"),
    "gretap": (UNDER, f"ip link add d0 type gretap {ENDS}"),
    "vrf": ("ip link add d0 type vrf table 10", "ip link set e0 master d0")}


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_what_its_device_sends(kind: str) -> None:
    session, name = KeptSession(), {"veth": "e0", "lo": "lo"}.get(kind, "d0")
    target = "127.0.0.1" if kind == "lo" else "10.77.0.2"
    for line in (*PAIR, *KINDS[kind], f"ip link set {name} up", f"ip addr add 10.77.0.1/24 dev {name}",
                 f"tc qdisc add dev {name} root netem loss 100%"):
        assert session.run(line).code == 0, line
    assert session.run(f"ping -c 1 -W 1 -I {name} {target}").code == 1
    assert "(dropped 0," not in session.run(f"tc -s qdisc show dev {name}").out


def test_delay_on_docker0_is_for_what_the_host_sends_and_not_between_its_ports() -> None:
    session = KeptSession()
    for line in ("docker run -d --name one nginx", "docker run -d --name two nginx", "wait 3s", "ping -c 1 172.17.0.2",
                 "tc qdisc add dev docker0 root netem delay 100ms"):
        session.run(line)
    assert "time=100 ms" in session.run("ping -c 1 172.17.0.2").out
    assert "time=100 ms" in session.run("docker exec one ping -c 1 172.17.0.1").out
    assert "time=0.00" in session.run("docker exec one ping -c 1 172.17.0.3").out
