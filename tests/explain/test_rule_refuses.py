"""What `trace` and `why` say of a packet that a routing rule refuses: the rule, and no route that nobody wrote."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

LINES = ("ip netns add h", "ip netns add a",
         "ip link add va type veth peer name eth0 netns a", "ip link set va netns h",
         "ip -n a addr add 10.1.0.2/24 dev eth0", "ip -n a link set eth0 up", "ip -n a route add default via 10.1.0.1",
         "ip -n h addr add 10.1.0.1/24 dev va", "ip -n h link set va up",
         "ip netns exec h sysctl -qw net.ipv4.ip_forward=1",
         "ip -n h route add prohibit 9.9.9.9 table 70", "ip -n h rule add to 9.9.9.9 table 70",
         "ip -n h rule add iif va to 8.8.8.8 {action}")


@pytest.mark.parametrize(("language", "words", "of_route"), [
    ("en", "a routing rule refuses it: 32764: from all to 8.8.8.8 iif va {action}",
     "its route leads nowhere: prohibit 9.9.9.9"),
    ("zh", "一条路由规则拒绝了它：32764: from all to 8.8.8.8 iif va {action}",
     "它的路由不通向任何地方：prohibit 9.9.9.9")])
@pytest.mark.parametrize("action", ["prohibit", "unreachable", "blackhole"])
def test_a_rule_that_refuses_is_named(language: str, words: str, of_route: str, action: str) -> None:
    session = KeptSession()
    for line in LINES:
        assert session.run(line.format(action=action)).code == 0, line
    assert words.format(action=action) in session.run(f"trace a 8.8.8.8 icmp --lang {language}").out
    assert of_route in session.run(f"trace a 9.9.9.9 icmp --lang {language}").out
