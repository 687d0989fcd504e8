"""A lab can be copied, whatever goes on in it: the copy and the original go the same way, each by itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.commands.shell import Shell
from netsandbox.engine.snapshot import CopyError, Snapshot
from netsandbox.engine.units import SECOND
from netsandbox.lab import views
from netsandbox.lab.copying import RULES
from netsandbox.lab.lab import Lab
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from netsandbox.session.timeline import INTERRUPT
from tests.lab import labs, web

RICH = """\
docker run -d --name web nginx
docker run -d --name db redis
docker network create n1
docker run -d --name sleepy --network n1 alpine sleep 1000
docker run -d --name pinger alpine ping 172.17.0.2
docker run -d --name published -p 8080:80 nginx
docker run -d --name sick --health-cmd 'sleep 5' --health-interval 1s --health-timeout 3s nginx
docker run -it --name box alpine sh
exit
add-host h1
add-host h2
add-switch s1
add-hub u1
connect h1 s1
connect h2 s1 --latency 3ms
connect h2 u1
set-ip h1 10.0.0.1/24
set-ip h2 10.0.0.2/24
exec h1 ip netns add x
exec h1 ip route add 10.5.0.0/16 via 10.0.0.2
exec h1 iptables -P FORWARD DROP
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE
exec web iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
exec h1 sysctl -w net.ipv4.ip_forward=1
ping web db -c 2
ping web 172.17.0.99 -i 5 &
exec web arping -c 100 -I eth0 172.17.0.3 &
exec h1 tcpdump -i eth0 icmp &
sniff h2:eth0 &
exec h1 traceroute -n 10.0.0.77 &
exec h1 traceroute -I -n 10.0.0.77 &
ping web db -s 4000 -c 100 &
docker exec web sleep 50 &
for i in 1 2 3; do ping -c 3 -i 2 127.0.0.1 | grep ttl; done &
docker exec db sh -c 'while true; do sleep 1; date; done' &
curl -s 172.17.0.2 &
docker logs -f pinger &
docker attach pinger &
docker wait sleepy &
docker restart web &
docker stop sleepy &
wait 30s &
exec h1 ping -f 10.0.0.2 -c 10000 &""".splitlines()


@pytest.fixture(scope="module")
def rich() -> Session:
    """A session with everything under way at once."""
    session = KeptSession(seed=5)
    for line in RICH:
        session.execute(line)
        session.lab.scheduler.run_steps(30)
    return session


def tables(lab: Lab) -> list[Any]:
    """What can be read of a lab, but its trace."""
    return [[(node, views.neighbours(lab, node), views.fdb(lab, node), views.routes(lab, node),
              views.sockets(lab, node)) for node in (n.name for n in lab.namespaces())],
            views.links(lab), [(c.name, c.state, c.code, list(c.log)) for _host, c in lab.containers()],
            lab.scheduler.clock, lab.scheduler.foreground]


def records(lab: Lab, since: int) -> list[str]:
    """What was recorded, as text: frames are compared by their bytes."""
    return [f"{r.seq} {r.at} {r.step} {r.cause} {type(r.event).__name__} "
            f"{[part.wire() if hasattr(part, 'wire') else part for part in r.event]}"
            for r in lab.trace.since(since)]


def test_nothing_in_a_lab_stands_in_the_way_of_a_copy(rich: Session) -> None:
    assert web.stumbles((rich.lab, rich.shell, rich.running), rich.outside()) == []


@pytest.mark.parametrize("thing", [lambda number: (lambda: [number].append), lambda number: iter([number])])
def test_the_walk_tells_the_path_to_what_does(thing: Any) -> None:
    lab = Lab()
    things = [1]
    if thing(1).__class__.__name__ == "function":
        lab.add_host("pc1").namespace.kernel.transports = {200: lambda: things}
        assert any("transports" in path for path in web.stumbles(lab, (lab.trace,)))
        with pytest.raises(CopyError, match="lambda"):
            lab.copy()
    else:
        lab.add_host("pc1").namespace.kernel.transports = {200: (number for number in things)}  # type: ignore[dict-item]
        assert any("transports" in path for path in web.stumbles(lab, (lab.trace,)))
        with pytest.raises(CopyError, match="generator"):
            lab.copy()


def test_a_copy_of_a_lab_in_full_swing_goes_the_same_way(rich: Session) -> None:
    lab = rich.lab
    twin = lab.copy()
    assert tables(twin) == tables(lab)
    mark = lab.trace.end
    assert (twin.trace.end, twin.trace.step_count) == (mark, lab.trace.step_count)
    for one in (lab, twin):
        one.scheduler.run_steps(3000)
        one.scheduler.run_until(one.scheduler.clock + 400 * SECOND)
    assert records(twin, mark) == records(lab, mark)
    assert tables(twin) == tables(lab)


def test_a_capture_s_filter_is_shared_with_the_copy() -> None:
    session = Session()
    session.run("tcpdump -ni docker0 'arp or icmp and not port 53' &")
    twin = session.lab.copy()
    assert tables(twin) == tables(session.lab)


def test_what_is_done_to_a_copy_leaves_the_original_alone(rich: Session) -> None:
    lab = rich.lab
    before, mark = tables(lab), lab.trace.end
    twin = lab.copy()
    Shell(twin).execute("docker rm -f web db pinger")
    Shell(twin).execute("exec h1 ip link set eth0 name lan0")
    twin.scheduler.run_until(twin.scheduler.clock + 5 * SECOND)
    assert tables(lab) == before
    assert lab.trace.end == mark
    assert tables(twin) != before


@settings(max_examples=15, deadline=None)
@given(histories=st.tuples(labs.histories, st.lists(labs.commands, max_size=6)))
def test_random_labs_and_their_copies_go_the_same_way(histories: tuple[list[str], list[str]]) -> None:
    session = Session(seed=2)
    for line in histories[0]:
        session.execute(line)
        session.lab.scheduler.run_steps(25)
    if session.running is not None:
        session.execute(INTERRUPT)
    lab, mark = session.lab, session.lab.trace.end
    twin = lab.copy()
    for one in (lab, twin):
        shell = Shell(one)
        for line in histories[1]:
            shell.execute(line)
            one.scheduler.run_steps(40)
        one.scheduler.run_until(one.scheduler.clock + 20 * SECOND)
    assert records(twin, mark) == records(lab, mark)
    assert tables(twin) == tables(lab)


def test_what_never_changes_is_shared_and_a_snapshot_serves_any_number_of_times(rich: Session) -> None:
    lab = rich.lab
    snapshot = Snapshot(lab, RULES, (lab.trace, lab.trace.record))
    one, other = (snapshot.restore((trace, trace.record)) for trace in (lab.trace.branch(), lab.trace.branch()))
    places = [lab.interface("h1:eth0").place for lab in (lab, one, other)]
    assert places[0] is places[1] is places[2]
    assert one.interface("h1:eth0") is not other.interface("h1:eth0")
    one.scheduler.run_steps(500)
    assert tables(other) == tables(lab)


def test_what_looked_before_there_was_a_host_is_not_in_the_way() -> None:
    session = KeptSession()
    for line in ("help *", "docker run -d nginx"):
        session.run(line)
    assert tables(session.lab.copy()) == tables(session.lab)
