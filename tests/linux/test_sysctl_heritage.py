"""What the settings of a new namespace, and of a new interface, begin with."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


def said(session: Session, line: str) -> str:
    job = session.execute(line)
    session.lab.scheduler.run_while(lambda: not job.is_done)
    assert job.code == 0, job.output
    return "".join(text for _stream, text in job.output).strip()


@pytest.mark.parametrize(("inherits", "value"), [(0, "1"), (1, "1"), (2, "0")])
def test_a_new_namespace_begins_as_the_first_one_is(inherits: int, value: str) -> None:
    session = Session()
    for line in ("add-host pc1", f"exec pc1 sysctl -w net.core.devconf_inherit_init_net={inherits}",
                 "exec pc1 sysctl -w net.ipv4.ip_forward=1", "exec pc1 sysctl -w net.ipv4.conf.default.arp_ignore=1",
                 "exec pc1 ip netns add blue"):
        said(session, line)
    keys = ("net.ipv4.ip_forward", "net.ipv4.conf.lo.forwarding", "net.ipv4.conf.default.arp_ignore")
    assert [said(session, f"exec pc1 ip netns exec blue sysctl -n {key}") for key in keys] == [value] * 3


def test_each_goes_its_own_way_afterwards() -> None:
    session = Session()
    for line in ("add-host pc1", "exec pc1 ip netns add blue", "exec pc1 sysctl -w net.ipv4.ip_forward=1",
                 "exec pc1 ip netns exec blue sysctl -w net.ipv4.conf.lo.arp_ignore=2"):
        said(session, line)
    assert said(session, "exec pc1 ip netns exec blue sysctl -n net.ipv4.ip_forward") == "0"
    assert said(session, "exec pc1 sysctl -n net.ipv4.conf.lo.arp_ignore") == "0"


def test_a_new_interface_has_the_defaults_of_that_moment() -> None:
    session = Session()
    for line in ("add-host pc1", "exec pc1 ip link add v1 type veth peer v2",
                 "exec pc1 sysctl -w net.ipv4.conf.default.rp_filter=2 net.ipv4.neigh.default.mcast_solicit=5",
                 "exec pc1 ip link add v3 type veth peer v4", "exec pc1 sysctl -w net.ipv4.conf.v3.arp_ignore=1"):
        said(session, line)
    shown = [said(session, f"exec pc1 sysctl -n net.ipv4.{key}") for key in (
        "conf.v3.rp_filter", "neigh.v1.mcast_solicit", "neigh.v3.mcast_solicit", "conf.v3.arp_ignore",
        "conf.v4.arp_ignore")]
    assert shown == ["2", "3", "5", "1", "0"]
