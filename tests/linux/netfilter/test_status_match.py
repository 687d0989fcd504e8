"""-m conntrack --ctstatus: NONE is no bit, which no connection has one of."""

from __future__ import annotations

from netsandbox.session.keeping import KeptSession


def test_none_holds_of_no_packet_and_not_none_of_every_one() -> None:
    session = KeptSession()
    session.run("ip netns add n; ip -n n link set lo up")
    for status in ("--ctstatus NONE", "! --ctstatus NONE", "--ctstatus NONE,CONFIRMED"):
        assert not session.run(f"ip netns exec n iptables -A OUTPUT -m conntrack {status}").err
    session.run("ip netns exec n ping -c 2 -i 0.2 127.0.0.1")
    rules = [line for line in session.run("ip netns exec n iptables-save -c").out.splitlines() if " -A " in line]
    assert rules == ["[0:0] -A OUTPUT -m conntrack --ctstatus NONE", "[4:336] -A OUTPUT -m conntrack ! --ctstatus NONE",
                     "[3:252] -A OUTPUT -m conntrack --ctstatus CONFIRMED"], "as the kernel counts them"
