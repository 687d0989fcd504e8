"""ping, traceroute and arping in the images busybox and alpine print what BusyBox printed on a real kernel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from netsandbox.session.keeping import KeptSession
from tests.apps.kept import Kept, plain
from tests.tools.twin import can_run_for_real

ONE, OTHER = (f"nsb{os.getpid()}{letter}" for letter in "ab")
"""Namespaces of the real kernel."""
NUMBER = re.compile(r"\d+\.\d{3}")
REAL = Kept("busybox_programs")
MAC = re.compile(r"(?<=\[)[0-9a-f:]{17}")
PING = ["-c 2 172.17.0.2", "-c 1 -W 1 172.17.0.99", "-c 2 -q 172.17.0.2", "-c 1 -s 3 172.17.0.2",
        "-c 1 -s 2000 172.17.0.2", "-c 1 -I nope 172.17.0.2", "-c x 172.17.0.2", "-c 1 -I 172.17.0.3 172.17.0.2",
        "-c 1 -t 0 172.17.0.2", "-c 1 -W 1 172.17.255.255", "-c 1 8.8.8.8",
        "-c 3 -i 0.2 172.17.0.2", "-c 1 127.0.0.1", "-c 2 -w 2 172.17.0.2"]
TRACEROUTE = ["-n 172.17.0.2", "-n -q 1 172.17.0.99", "-n 8.8.8.8", "-I -n 172.17.0.2", "-q 0 172.17.0.2",
              "-m 0 172.17.0.2", "-f 9 -m 8 172.17.0.2", "-n 172.17.0.2 20", "-n 172.17.255.255", "-p 99999 172.17.0.2",
              "-v -n 172.17.0.2 100", "-w 0 172.17.0.2", "-s 1.1.1.1 -n 172.17.0.2", "-s 172.17.0.3 -n 172.17.0.2",
              "-i nope -n 172.17.0.2", "-n 127.0.0.1", "-n 172.17.0.2 1600", "-f 2 -n -q 2 172.17.0.2",
              "-z x 172.17.0.2"]
ARPING = ["-c 2 172.17.0.2", "-c 1 -w 1 172.17.0.99", "-w 2 172.17.0.99", "-q -c 1 172.17.0.2", "-f 172.17.0.2",
          "-D -c 1 172.17.0.2", "-D -c 1 172.17.0.99", "-U -c 1 172.17.0.3", "-A -c 1 172.17.0.3", "-b -c 2 172.17.0.2",
          "-I nope 172.17.0.2", "-I lo 172.17.0.2", "-I lo -D 172.17.0.2", "-s 1.2.3.4 -c 1 172.17.0.2",
          "-s x -c 1 172.17.0.2", "-c x 172.17.0.2", "-c 1 -s 172.17.0.3 172.17.0.2", "-c 1 10.1.1.1"]
LINES = [f"{tool} {words}" for tool, lines in (("ping", PING), ("traceroute", TRACEROUTE), ("arping", ARPING))
         for words in lines]


@pytest.fixture
def two() -> KeptSession:
    session = KeptSession()
    for line in ("docker run -d --name web nginx", "docker run -dit --name box busybox", "wait",
                 "exec box ip route del default"):
        session.run(line)
    return session


@pytest.fixture(scope="module")
def real() -> Iterator[list[str]]:
    reason = can_run_for_real() or ("" if shutil.which("busybox") else "not installed: busybox")
    if reason:
        pytest.skip(reason)
    commands = [f"ip netns add {ONE}", f"ip netns add {OTHER}",
                f"ip -n {ONE} link add v0 type veth peer name eth0 netns {OTHER}",
                f"ip -n {ONE} addr add 172.17.0.2/16 dev v0", f"ip -n {OTHER} addr add 172.17.0.3/16 brd + dev eth0",
                f"ip -n {ONE} link set v0 up", f"ip -n {OTHER} link set eth0 up", f"ip -n {OTHER} link set lo up",
                *(f"ip netns exec {name} sysctl -qw net.ipv4.icmp_ratelimit=0" for name in (ONE, OTHER))]
    try:
        for command in commands:
            subprocess.run(command.split(), check=True)
        yield ["ip", "netns", "exec", OTHER, "busybox"]
    finally:
        for name in (ONE, OTHER):
            subprocess.run(["ip", "netns", "del", name], check=False)


def normal(text: str) -> str:
    return MAC.sub("MAC", NUMBER.sub("N", text))


@pytest.mark.parametrize("line", LINES)
def test_as_the_real_one(two: KeptSession, line: str) -> None:
    job = two.run(f"docker exec box {line}")
    assert plain((normal(job.out), job.err, job.code or 0)) == REAL[line]


@pytest.mark.campaign
@pytest.mark.parametrize("line", LINES)
def test_the_real_one(real: list[str], line: str) -> None:
    done = subprocess.run([*real, *line.split()], capture_output=True, text=True, check=False)
    REAL.confirm(line, (normal(done.stdout), done.stderr, done.returncode))


def test_its_words(two: KeptSession) -> None:
    assert two.run("docker exec box ping -c 2 172.17.0.2").out == (
        "PING 172.17.0.2 (172.17.0.2): 56 data bytes\n"
        "64 bytes from 172.17.0.2: seq=0 ttl=64 time=0.008 ms\n64 bytes from 172.17.0.2: seq=1 ttl=64 time=0.004 ms\n\n"
        "--- 172.17.0.2 ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\n"
        "round-trip min/avg/max = 0.004/0.006/0.008 ms\n")
    job = two.run("docker exec box ping -c 1 -W 5 172.17.0.99")
    assert (job.code, job.out.count("\n")) == (1, 4)
    assert "1 packets transmitted, 0 packets received, 100% packet loss\n" in job.out


def test_where_it_is_used(two: KeptSession) -> None:
    assert two.run("docker run --rm alpine ping -c1 172.17.0.2").out.count("PING 172.17.0.2 (172.17.0.2): 56") == 1
    assert "seq=0" in two.run("docker exec box sh -c 'ping -c 1 172.17.0.2'").out
    two.run("docker exec -it box sh")
    assert "seq=0" in two.run("ping -c 1 172.17.0.2").out
    two.run("exit")
    for line in ("docker exec web ping -c 1 172.17.0.3", "exec box ping -c 1 172.17.0.2", "ping web box"):
        assert "icmp_seq=1" in two.run(line).out


def test_its_frames(two: KeptSession) -> None:
    two.run("docker exec web tcpdump -n -x -c 2 icmp &")
    two.run("docker exec box ping -c 1 -p ab 172.17.0.2")
    heard = two.shell.recent[-2].out
    assert "seq 0, length 64" in heard
    assert heard.count("abab abab") >= 3


@pytest.mark.parametrize("words", ["", "-Z 1", "nope", "-s 70000 1.1.1.1", "-i x 1.1.1.1", "-p zz 1.1.1.1",
                                   "-t 999 1.1.1.1", "-c -1 1.1.1.1", "-w 99999999999999 1.1.1.1", "\x1b[1m"])
def test_wrong_words(two: KeptSession, words: str) -> None:
    job = two.run(f"docker exec box ping {words}")
    assert job.code in (1, 2)
    assert job.err.startswith(("ping: ", "BusyBox v1.37.0", "the line holds"))
