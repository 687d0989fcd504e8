"""How long nc of OpenBSD waits, with -w and -q, as the real one did with a listener that closes nothing."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import SECOND
from netsandbox.session.keeping import KeptSession
from tests.lines import apart

SETUP = """
ip netns add b; ip netns add g; ip link add vb netns b type veth peer name vg netns g
ip -n b addr add 10.0.1.1/24 dev vb; ip -n g addr add 10.0.1.2/24 dev vg; ip -n b link set vb up
ip -n g link set vg up; ip netns exec g iptables -A OUTPUT -p tcp --tcp-flags FIN FIN -j DROP
ip netns exec g nc -lkp 25 >/dev/null &
ip netns exec g nc -lukp 25 >/dev/null &
"""


@pytest.fixture(scope="module")
def session() -> KeptSession:
    return apart(SETUP)


@pytest.mark.parametrize(("line", "seconds"), [
    ("echo hi | nc -w 1 10.0.1.2 25", 1), ("(sleep 0.7; echo a; sleep 0.7; echo b) | nc -w 1 10.0.1.2 25", 2.4),
    ("echo hi | nc -q 2 10.0.1.2 25", 2), ("echo hi | nc -q 0 10.0.1.2 25", 0),
    ("sleep 2 | nc -q 1 10.0.1.2 25", 3), ("echo hi | nc -u -w 1 10.0.1.2 25", 1),
    ("echo hi | nc -u -q 1 10.0.1.2 25", 1)])
def test_it_ends_by_itself(session: KeptSession, line: str, seconds: float) -> None:
    began = session.lab.scheduler.clock
    job = session.run(f"ip netns exec b sh -c '{line}'")
    assert job.code == 0, job.err
    assert (session.lab.scheduler.clock - began) / SECOND == pytest.approx(seconds, abs=0.01)


def test_a_listener_leaves_who_says_nothing() -> None:
    made = KeptSession(uplink="")
    job = made.run("nc -l -w 1 9000 &")
    began = made.lab.scheduler.clock
    made.run("sleep 5 | nc 127.0.0.1 9000")
    assert job.code == 0
    assert made.lab.scheduler.clock - began < 6 * SECOND


@pytest.mark.parametrize(("value", "says"), [("x", "invalid: x"), ("99999999999", "too large: 99999999999")])
def test_a_wrong_quit_timer(value: str, says: str) -> None:
    job = KeptSession().run(f"nc -q {value} -z 127.0.0.1 1")
    assert (job.code, job.err) == (1, f"nc: quit timer {says}\n")
