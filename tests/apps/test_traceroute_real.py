"""traceroute beside the real one on a real kernel: the same lines, the same packets in the same order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsandbox.linux.core.capture import passings
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.udp import UdpDatagram
from tests.apps import real
from tests.apps.kept import Kept, plain
from tests.apps.labs import ROUTED, build, run
from tests.tools.twin import can_run_for_real

WHY_NOT = can_run_for_real() or next(
    (f"not installed: {tool}" for tool in ("traceroute", "tcpdump") if shutil.which(tool) is None), "")
LINES = ["-n 10.0.3.2", "-n -I -q 2 -N 3 10.0.3.2", "-n -N 1 10.0.3.2 1600", "-n -q 1 10.0.9.9",
         "-n -f 2 -q 1 -N 1 10.0.3.2"]
REAL = Kept("traceroute")

ADDRESSES = (("a", "eth0", "10.0.1.2"), ("r1", "eth0", "10.0.1.1"), ("r1", "eth1", "10.0.2.1"),
             ("r2", "eth0", "10.0.2.2"), ("r2", "eth1", "10.0.3.1"), ("b", "eth0", "10.0.3.2"))
ROUTES = (("a", "default", "10.0.1.1"), ("b", "default", "10.0.3.1"), ("r1", "10.0.3.0/24", "10.0.2.2"),
          ("r2", "10.0.1.0/24", "10.0.2.1"))


class Real:
    """a — r1 — r2 — b, in namespaces of this test's own."""

    def __init__(self) -> None:
        self.prefix = f"nst{os.getpid()}-"

    def call(self, *argv: str) -> str:
        return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout

    def inside(self, name: str, *argv: str) -> list[str]:
        return ["ip", "netns", "exec", self.prefix + name, *argv]

    def build(self) -> None:
        for name in ("a", "r1", "r2", "b"):
            self.call("ip", "netns", "add", self.prefix + name)
            forward = "1" if name.startswith("r") else "0"
            self.call(*self.inside(name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1",
                                   "net.ipv6.conf.all.disable_ipv6=1", f"net.ipv4.ip_forward={forward}"))
        for left, name, right in (("a", "eth0", "r1"), ("r1", "eth1", "r2"), ("r2", "eth1", "b")):
            self.call("ip", "-n", self.prefix + left, "link", "add", name, "type", "veth",
                      "peer", "name", "eth0", "netns", self.prefix + right)
        for name, device, address in ADDRESSES:
            self.call("ip", "-n", self.prefix + name, "addr", "add", f"{address}/24", "dev", device)
            self.call("ip", "-n", self.prefix + name, "link", "set", device, "up")
        for name, target, gateway in ROUTES:
            self.call("ip", "-n", self.prefix + name, "route", "add", target, "via", gateway)

    def destroy(self) -> None:
        for entry in sorted(Path("/var/run/netns").glob(f"{self.prefix}*")):
            subprocess.run(["ip", "netns", "del", entry.name], check=False)


@pytest.fixture
def kernel() -> Iterator[Real]:
    made = Real()
    try:
        made.build()
        yield made
    finally:
        made.destroy()


def outline(frames: list[Frame]) -> list[tuple[object, ...]]:
    """What is the same in every run: no identifiers, ports of the sender's choice and times."""
    found: list[tuple[object, ...]] = []
    for packet in (frame.payload for frame in frames):
        if isinstance(packet, IPv4Packet):
            inside = packet.payload
            what: tuple[object, ...] = (len(inside) if isinstance(inside, bytes) else 0,)
            if isinstance(inside, UdpDatagram):
                what = (inside.dport, inside.data.hex())
            elif isinstance(inside, IcmpMessage):
                what = (inside.type, inside.code, inside.seq if inside.type in (0, 8) else len(inside.data))
            found.append((packet.src, packet.dst, packet.ttl, packet.tos, packet.df, packet.mf, packet.offset,
                          packet.protocol, *what))
    return found


def timeless(text: str) -> str:
    return re.sub(r"\d+\.\d{3} ms", "T ms", text)


@pytest.mark.parametrize("arguments", LINES)
def test_as_the_real_one(arguments: str) -> None:
    session = build(ROUTED)
    ours = run(session, f"exec a traceroute {arguments}")
    frames = [passing.frame for passing in passings(session.lab.trace.since(0)) if passing.interface.label == "a:eth0"]
    assert plain((timeless(ours.out), outline(frames))) == REAL[arguments]


@pytest.mark.campaign
@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it can")
@pytest.mark.parametrize("arguments", LINES)
def test_the_real_one(kernel: Real, arguments: str, tmp_path: Path) -> None:
    capture = tmp_path / "real.pcap"
    listener = subprocess.Popen(
        kernel.inside("a", "tcpdump", "--immediate-mode", "-U", "-i", "eth0", "-w", str(capture)),
        stderr=subprocess.PIPE, text=True)
    assert listener.stderr is not None
    assert "listening" in listener.stderr.readline()
    text = kernel.call(*kernel.inside("a", "traceroute", *arguments.split()))
    time.sleep(0.3)
    listener.terminate()
    listener.communicate(timeout=10)
    REAL.confirm(arguments, (timeless(text), outline(real.read_pcap(capture))))
