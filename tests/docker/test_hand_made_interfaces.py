"""What a person has put into a container's network namespace, when the container ends."""

from __future__ import annotations

from netsandbox.session.session import Session


def test_a_machines_own_card_goes_back_and_a_pair_is_gone() -> None:
    session = Session()
    for line in ("add-host lan", "connect host lan", "set-ip lan:eth0 192.168.1.20/24",
                 "docker run -d --name v2 --network none busybox sleep 1000",
                 "PID=$(docker inspect -f '{{.State.Pid}}' v2)", "ip link add vh type veth peer name vc",
                 "for one in eth0 vc; do ip link set $one netns $PID; done", "ip link add eth0 type dummy",
                 "docker rm -f v2"):
        assert session.run(line).code == 0, line
    assert session.run("ip link show vh").code == 1
    assert session.run("ip link show eth0").out.startswith("6: eth0: <BROADCAST,NOARP>")
    for line in ("ip addr add 192.168.1.10/24 dev dev0", "ip link set dev0 up", "ping -c 1 192.168.1.20"):
        assert session.run(line).code == 0, line
