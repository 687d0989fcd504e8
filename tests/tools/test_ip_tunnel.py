"""`ip tunnel`: what it lists of tunnels, and what it says of those that it cannot make."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import SECOND
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from tests.linux.test_multipath import say


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession()
    for line in ("ip link add e1 type dummy", "ip link set e1 up", "ip addr add 10.0.0.1/24 dev e1",
                 "ip tunnel add t1 mode ipip remote 10.0.0.2 local 10.0.0.1 ttl 9 tos 4",
                 "ip tunnel add t2 mode gre remote 10.0.0.2 local 10.0.0.1 key 7 csum seq dev e1",
                 "ip tunnel add t3 mode gre remote 10.0.0.3 local 10.0.0.1 ikey 7 okey 8 nopmtudisc",
                 "ip tunnel add t5 mode gre key 0.0.0.9 remote 10.0.0.5"):
        assert session.run(line).out == "", line
    return session


def test_tunnels_are_listed_as_iproute2_lists_them(session: KeptSession) -> None:
    assert session.run("ip tunnel show").out.splitlines() == [
        "t1: ip/ip remote 10.0.0.2 local 10.0.0.1 ttl 9 tos 0x04",
        "t2: gre/ip remote 10.0.0.2 local 10.0.0.1 dev e1 ttl inherit key 7", "  Drop packets out of sequence.",
        "  Checksum in received packet is required.", "  Sequence packets on output.", "  Checksum output packets.",
        "t3: gre/ip remote 10.0.0.3 local 10.0.0.1 ttl inherit nopmtudisc ikey 7 okey 8",
        "t5: gre/ip remote 10.0.0.5 local any ttl inherit key 9"]
    assert session.run("ip tunnel show t9").out == ""
    assert '"tos":"0x04"' in session.run("ip -j tunnel show t1").out
    assert "TX: Packets    Bytes        Errors DeadLoop NoRoute  NoBufs\n" in session.run("ip -s tunnel show t1").out


def test_a_tunnel_is_changed(session: KeptSession) -> None:
    session.run("ip tunnel change t1 ttl 12")
    assert "ttl 12 tos 0x04" in session.run("ip tunnel show t1").out
    session.run("ip tunnel change t1 mode ipip remote 10.0.0.9 local 10.0.0.1")
    assert "remote 10.0.0.9 local 10.0.0.1 ttl 12" in session.run("ip tunnel show t1").out
    session.run("ip tunnel del t1")
    assert session.run("ip tunnel show t1").out == ""


@pytest.mark.parametrize(("line", "code", "complaint"), [
    ("ip tunnel del t9", 1, 'delete tunnel "t9" failed: No such device\n'),
    ("ip tunnel del", 1, 'delete tunnel "" failed: No such device\n'),
    ("ip tunnel del e1", 1, 'delete tunnel "e1" failed: Operation not supported\n'),
    ("ip tunnel change t9 ttl 3", 1, 'get tunnel "t9" failed: No such device\n'),
    ("ip tunnel add", 1, "cannot determine tunnel mode (ipip, gre, vti or sit)\n"),
    ("ip tunnel add t9 mode foo", 255, 'Unknown tunnel mode "foo"\n'),
    ("ip tunnel add t9 mode ipip remote 10.0.0.2 key 5", 1, "Keys are not allowed with ipip and sit tunnels\n"),
    ("ip tunnel add t9 mode gre key abc remote 10.0.0.2", 255,
     'invalid value for "key": "abc"; it should be an unsigned integer\n'),
    ("ip tunnel add t9 mode sit remote 10.0.0.2", 1,
     "netsandbox: tunnels of mode sit are not modelled (gre and ipip are)\n"),
    ("ip tunnel prl", 1, "netsandbox: `ip tunnel prl` is not modelled: add, change, del and show are\n"),
    ("ip tunnel foo", 255, 'Command "foo" is unknown, try "ip tunnel help".\n')])
def test_what_it_cannot_do_it_says_and_does_nothing(session: KeptSession, line: str, code: int,
                                                    complaint: str) -> None:
    before = session.run("ip -d link").out
    job = session.run(line)
    assert (job.code, job.err) == (code, complaint)
    assert session.run("ip -d link").out == before


def test_words_of_tunnels_and_of_their_tables_as_6_12_has_them(session: KeptSession) -> None:
    lab = session
    assert lab.run("ip link add gre1 type gre local 10.0.0 remote 10.9").code == 0
    assert "link/gre 10.0.0.0 peer 10.9.0.0" in lab.run("ip link show gre1").out
    assert lab.run("ip link set gre1 up").code == 0
    assert lab.run("bridge fdb show dev gre1").out == ""
    assert 'argument "abc" is wrong: fwmark value is' in lab.run("ip rule add fwmark abc/10 table 7").err
    assert lab.run("ip link add bond0 type bond").code == lab.run("ip link set bond0 up").code == 0
    assert lab.run("tc qdisc show dev bond0").out == "qdisc noqueue 0: root refcnt 2 \n"


def test_neighbours_of_a_tunnel_for_many_are_the_other_ends() -> None:
    session = Session()
    for number in (1, 2):
        session.execute(f"add-host h{number}")
    session.execute("connect h1 h2")
    for number, other in ((1, 2), (2, 1)):
        for line in (f"ip addr add 192.168.9.{number}/24 dev eth0",
                     f"ip link add t0 type gre local 192.168.9.{number} key 7",
                     f"ip addr add 10.50.0.{number}/24 dev t0", "ip link set t0 up",
                     f"ip neigh add 10.50.0.{other} lladdr 192.168.9.{other} dev t0"):
            assert say(session, f"h{number}", line) == "", line
    assert "2 received" in say(session, "h1", "ping -c 2 -i 0.2 10.50.0.2")
    for words in ("10.50.0.3 lladdr 02:00:00:00:00:03", "10.50.0.4 lladdr 1.2.3", "10.50.0.5"):
        say(session, "h1", f"ip neigh add {words} dev t0")
    assert say(session, "h1", "ip neigh show dev t0").splitlines() == [
        "10.50.0.2 lladdr 192.168.9.2 PERMANENT ", "10.50.0.3 lladdr 2.0.0.0 PERMANENT ",
        "10.50.0.4 lladdr 1.2.3.0 PERMANENT ", "10.50.0.5 lladdr 192.168.9.1 PERMANENT "]
    session.lab.scheduler.run_until(session.lab.scheduler.clock + SECOND)
    say(session, "h1", "ip neigh replace 10.50.0.2 lladdr 192.168.9.77 dev t0")
    assert "0 received" in say(session, "h1", "ping -c 1 -W 1 10.50.0.2")
    assert "Invalid link address" in say(session, "h1", "ip neigh add 10.9.9.9 lladdr 1.2.3.4 dev eth0")
