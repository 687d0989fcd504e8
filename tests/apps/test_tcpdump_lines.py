"""The lines of tcpdump, beside the real one's, for every kind of frame and every way to print it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netsandbox.apps.tap import BROADCAST, HOST, MULTICAST, OTHER, OUT, Seen
from netsandbox.apps.tcpdump.lines import Lines, cooked_header
from netsandbox.apps.tcpdump.options import parse
from netsandbox.linux.place import Place
from netsandbox.wire.addresses import LOOPBACK_ADDRESS
from netsandbox.wire.ethernet import HEADER, Frame
from tests.apps import real
from tests.wire.samples import CARRIED, SAMPLES, kernel_frames

KINDS = (HOST, BROADCAST, MULTICAST, OTHER, OUT)
INTERVAL = 1_234_567_891
OPTIONS = ("", "-e", "-v", "-e -v", "-q", "-q -e", "-q -v", "-t", "-tt", "-ttt", "-tttt", "-ttttt", "-#", "-x", "-X",
           "-xx", "-XX", "-e -x", "-S", "-vv", "-vvv -e", "-q -X", "-e -q -v", "-K -v", "-K -vv -e",
           "-A", "-AA -e", "-A -v -q")


DEVICE = Place("n", "?", "veth", 4242, 2, 1)
"""One that the real tcpdump cannot find a name for."""


def frames() -> list[Frame]:
    return [*SAMPLES.values(), *map(Frame.parse, CARRIED.values()), *(
        frame if isinstance(frame, Frame) else Frame.parse(frame) for frame in list[Any](kernel_frames())[:300])]


def seen() -> list[Seen]:
    return [Seen(number * INTERVAL, DEVICE, KINDS[number % 5], frame) for number, frame in enumerate(frames())]


@real.needs_tcpdump
@pytest.mark.parametrize("is_cooked", [False, True], ids=["ethernet", "cooked"])
@pytest.mark.parametrize("options", OPTIONS)
def test_beside_the_real_one(options: str, is_cooked: bool, tmp_path: Path) -> None:
    path = tmp_path / "frames.pcap"
    shown = seen()
    real.write_pcap(path, [(one.at, cooked_header(one) + one.frame.wire()[HEADER:] if is_cooked else one.frame.wire())
                           for one in shown], real.COOKED if is_cooked else real.ETHERNET)
    lines = Lines(parse(["-n", *options.split()]), is_cooked, {})
    _code, out, _err = real.run(path, "-n", *options.split())
    assert [*"\n".join(lines.of(one) for one in shown).split("\n"), ""] == out.split("\n")


def test_names_of_hosts_ports_protocols_and_makers() -> None:
    """As the real one prints them where no name server is: /etc/hosts, /etc/services and /etc/protocols alone."""
    lines = Lines(parse(["-e", "-t"]), False, {"localhost": LOOPBACK_ADDRESS})
    text = {name: lines.of(Seen(0, DEVICE, HOST, frame)) for name, frame in SAMPLES.items()}
    head = "3e:d4:81:57:2b:0c (oui Unknown) > 96:0f:5a:e2:73:b8 (oui Unknown), ethertype IPv4 (0x0800), length"
    assert text["datagram"] == f"{head} 47: 172.17.0.2.40000 > 172.17.0.3.discard: UDP, length 5"
    assert text["unknown protocol"] == f"{head} 44: 172.17.0.2 > 172.17.0.3:  exptest-253 10"
    assert text["ARP reply"].endswith("Reply 172.17.0.3 is-at 96:0f:5a:e2:73:b8 (oui Unknown), length 28")
    assert text["ARP request"].startswith("3e:d4:81:57:2b:0c (oui Unknown) > Broadcast, ethertype ARP (0x0806)")
    assert "172.17.0.3 udp port discard unreachable" in text["port unreachable"]


def test_times() -> None:
    frame = SAMPLES["ARP request"]
    day = 86_400_000_000_000
    expected = {"": "01:00:00.000005", "-tttt": "2026-03-01 01:00:00.000005", "-tt": "1772326800.000005"}
    for option, time in expected.items():
        lines = Lines(parse(["-n", *option.split()]), False, {})
        assert lines.of(Seen(59 * day + 3_600_000_005_999, DEVICE, HOST, frame)).startswith(f"{time} ARP, ")
