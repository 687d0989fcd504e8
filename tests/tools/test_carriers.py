"""What a driver is asked for: a carrier that a person takes, protodown, and counters of groups, as 6.12 has them."""

from __future__ import annotations

from netsandbox.session.keeping import KeptSession


def test_a_dummy_loses_its_carrier_and_others_do_not() -> None:
    session = KeptSession()
    for line in ("ip link add d0 type dummy", "ip link set d0 up", "ip addr add 10.72.0.1/24 dev d0"):
        assert session.run(line).code == 0
    assert "state UNKNOWN" in session.run("ip link show d0").out
    session.run("ip link set d0 carrier off")
    assert "<NO-CARRIER,BROADCAST,NOARP,UP>" in session.run("ip link show d0").out
    assert "state DOWN" in session.run("ip link show d0").out
    assert "linkdown" in session.run("ip route show dev d0").out
    session.run("ip link set d0 carrier on")
    assert "state UP" in session.run("ip link show d0").out
    session.run("ip link add v0 type veth peer name v1")
    assert session.run("ip link set v0 carrier off").err == "RTNETLINK answers: Operation not supported\n"
    assert session.run("ip link set v0 protodown on").err == "Error: Protodown not supported by device.\n"
    session.run("ip tuntap add mode tap name tp0")
    assert session.run("ip link set tp0 carrier on").err == "RTNETLINK answers: Operation not permitted\n"


def test_a_gre_device_may_cut_what_must_stay_whole_inside() -> None:
    session = KeptSession()
    line = "ip link add g0 type gre local 10.0.0.1 remote 10.0.0.2 nopmtudisc ignore-df"
    assert session.run(line).code == 0
    assert "ttl inherit nopmtudisc ignore-df " in session.run("ip -d link show g0").out
    session.run("ip link set g0 type gre noignore-df")
    assert "ignore-df" not in session.run("ip -d link show g0").out
