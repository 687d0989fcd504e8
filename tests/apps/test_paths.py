"""tracepath and mtr on a host, a router and a server, beside what the real ones printed there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.engine.units import SECOND
from netsandbox.session.keeping import KeptSession

SETUP = """
ip netns add h; ip netns add r1; ip netns add s; ip netns exec h ip link set lo up
ip -n h link add a0 type veth peer name a1 netns r1; ip -n r1 link add b0 type veth peer name b1 netns s
ip -n h addr add 10.0.1.1/24 dev a0; ip -n h link set a0 up
ip -n r1 addr add 10.0.1.2/24 dev a1; ip -n r1 link set a1 up; ip -n r1 addr add 10.0.2.1/24 dev b0
ip -n r1 link set b0 up; ip netns exec r1 sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
ip -n s addr add 10.0.2.2/24 dev b1; ip -n s link set b1 up; ip -n s route add default via 10.0.2.1
ip -n h route add default via 10.0.1.2
"""
REAL = re.findall(r"(?ms)^\$ (.*?)\n(\d+)\n(.*?)(?=^\$ |\Z)",
                  (Path(__file__).parent / "real_paths.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def session() -> KeptSession:
    made = KeptSession()
    for line in SETUP.strip().splitlines():
        assert made.run(line).code == 0, line
    return made


def timeless(text: str) -> str:
    text = re.sub(r" +\d+\.\d{3}ms", " T", text)
    text = re.sub(r"(?m)^(Start: ).*", r"\1", text)
    return re.sub(r"(?m)(%? +\d)( +[0-9.]+){5}$", r"\1", text)


@pytest.mark.parametrize(("line", "code", "says"), REAL, ids=[line for line, _code, _says in REAL])
def test_paths_as_the_real_ones_show_them(session: KeptSession, line: str, code: str, says: str) -> None:
    job = session.run(f"ip netns exec h {line}")
    assert (job.code, timeless(job.out + job.err).rstrip()) == (int(code), timeless(says).rstrip())


def test_tracepath_finds_a_smaller_mtu_behind_a_router_and_learns_names() -> None:
    made = KeptSession(uplink="192.168.1.0/24")
    for line in [*SETUP.strip().splitlines(), "ip -n r1 link set b0 mtu 1400"]:
        made.run(line)
    assert timeless(made.run("ip netns exec h tracepath -n 10.0.2.2").out).splitlines()[3:] == [
        " 2:  10.0.1.2 T pmtu 1400", " 2:  10.0.2.2 T reached", "     Resume: pmtu 1400 hops 2 back 2 "]
    assert made.run("tracepath 8.8.8.8").out.splitlines()[-2].startswith(" 3:  dns.google     ")
    assert made.run("tracepath nosuch.invalid").err.startswith("tracepath: nosuch.invalid: ")


def test_a_try_in_which_the_mtu_was_found_out_is_none_of_three(session: KeptSession) -> None:
    began = session.lab.scheduler.clock
    assert timeless(session.run("ip netns exec h tracepath -n 10.0.1.9").out).splitlines()[1:] == [
        " 1:  10.0.1.1 T !H", "     Resume: pmtu 1500 "]
    assert session.lab.scheduler.clock - began < 4 * SECOND
