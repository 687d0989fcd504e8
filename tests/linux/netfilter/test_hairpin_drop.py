"""A frame that br_netfilter sends back by the port that it came by, while its neighbour is looked up."""

from __future__ import annotations

from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import SendFailed
from netsandbox.session.keeping import KeptSession


def test_a_turn_that_the_port_does_not_allow_is_a_drop() -> None:
    session = KeptSession(profile="docker-28")
    for line in ("docker ps", """echo '{"userland-proxy": false}' > /etc/docker/daemon.json""",
                 "systemctl restart docker", "docker run -d --name web -p 8080:80 nginx", "wait 5s",
                 "for port in $(ls /sys/class/net/docker0/brif); do bridge link set dev $port hairpin off; done"):
        session.run(line)
    assert session.run("docker exec web curl -sS -m 1 172.17.0.1:8080").code == 28
    reasons = [record.event.verdict.reason for record in session.trace.since(0)
               if isinstance(record.event, SendFailed) and isinstance(record.event.verdict, Dropped)]
    assert DropReason.BRIDGE_NO_EGRESS_PORT in reasons
