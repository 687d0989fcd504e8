"""ping in the images busybox and alpine prints what BusyBox printed on a real kernel."""

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
REAL = Kept("busybox_ping")
LINES = ["-c 2 172.17.0.2", "-c 1 -W 1 172.17.0.99", "-c 2 -q 172.17.0.2", "-c 1 -s 3 172.17.0.2",
         "-c 1 -s 2000 172.17.0.2", "-c 1 -I nope 172.17.0.2", "-c x 172.17.0.2", "-c 1 -I 172.17.0.3 172.17.0.2",
         "-c 1 -t 0 172.17.0.2", "-c 1 -W 1 172.17.255.255", "-c 1 8.8.8.8",
         "-c 3 -i 0.2 172.17.0.2", "-c 1 127.0.0.1", "-c 2 -w 2 172.17.0.2"]


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
                f"ip -n {ONE} link add v0 type veth peer name v1 netns {OTHER}",
                f"ip -n {ONE} addr add 172.17.0.2/16 dev v0", f"ip -n {OTHER} addr add 172.17.0.3/16 brd + dev v1",
                f"ip -n {ONE} link set v0 up", f"ip -n {OTHER} link set v1 up", f"ip -n {OTHER} link set lo up"]
    try:
        for command in commands:
            subprocess.run(command.split(), check=True)
        yield ["ip", "netns", "exec", OTHER, "busybox", "ping"]
    finally:
        for name in (ONE, OTHER):
            subprocess.run(["ip", "netns", "del", name], check=False)


@pytest.mark.parametrize("words", LINES)
def test_as_the_real_one(two: KeptSession, words: str) -> None:
    job = two.run(f"docker exec box ping {words}")
    assert plain((NUMBER.sub("N", job.out), job.err, job.code)) == REAL[words]


@pytest.mark.campaign
@pytest.mark.parametrize("words", LINES)
def test_the_real_one(real: list[str], words: str) -> None:
    done = subprocess.run([*real, *words.split()], capture_output=True, text=True, check=False)
    REAL.confirm(words, (NUMBER.sub("N", done.stdout), done.stderr, done.returncode))


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
