"""`ss -i`: what a real kernel and iproute2 told of the sockets of labs, beside what is told here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.commands.tools.kernel.socket_rows import SocketRow, socket_rows
from netsandbox.commands.tools.sockets.ss_info import information
from netsandbox.linux.tcp.sending.chronograph import BUFFER, BUSY, WINDOW, Chronograph
from netsandbox.rig.performance import simulate
from tests.tcp.net import RIGHT, Net

CASES = sorted((Path(__file__).parents[1] / "kernel" / "cases").glob("own_ss_*.json"))
OF_TIME = re.compile(r"(rtt|minrtt|rcv_rtt|lastsnd|lastrcv|lastack|busy|rwnd_limited|sndbuf_limited):\S+|"
                     r"(send|pacing_rate|delivery_rate) \d+bps|(timer:\(\w+),\w+(?:\.\w+)?,")
"""What depends on how fast the machine was; that it is told does not."""


def _told(result: dict[str, Any]) -> list[list[str]]:
    """The lines of each ss of a lab, times left out."""
    outs = [action["result"]["out"] for action in result["actions"] if action["do"] == "exec"]
    return [[" ".join(OF_TIME.sub(r"\1\2\3", line).split()) for line in sorted(out.splitlines())] for out in outs]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_fields_are_those_of_the_kernel(path: Path) -> None:
    expected = json.loads(path.read_text())
    assert _told(json.loads(json.dumps(simulate(expected["lab"])))) == _told(expected)


def _row(net: Net) -> SocketRow:
    return next(row for row in socket_rows(net.left) if row.state == "ESTAB")


def _talk(net: Net, size: int) -> None:
    net.listen(net.right)
    socket = net.connect(net.left, RIGHT)
    net.run(0.1)
    socket.send(bytes(size))
    net.run(0.1)


def test_what_both_agreed_on_is_told_with_the_timers_alone() -> None:
    net = Net()
    _talk(net, 100)
    row = _row(net)
    assert " ts sack " not in information(row, options=False, numeric=True)
    assert information(row, options=True, numeric=True).startswith(" ts sack cubic wscale:7,7 rto:204 ")


@pytest.mark.parametrize(("numeric", "rate"), [(True, r"send \d{9,}bps"), (False, r"send [\d.]{1,4}Gbps")])
def test_rates_are_rounded_unless_numbers_are_asked_for(numeric: bool, rate: str) -> None:
    net = Net()
    _talk(net, 100)
    assert re.search(rate, information(_row(net), options=False, numeric=numeric))


def test_a_chronograph_counts_the_greatest_reason_and_all_of_them_as_busy() -> None:
    tick = 4_000_000
    clock = Chronograph()
    clock.start(BUSY, 10 * tick)
    clock.start(WINDOW, 12 * tick)
    clock.start(BUSY, 13 * tick)
    clock.stop(BUFFER, False, 14 * tick)
    assert clock.milliseconds(15 * tick) == (20, 12, 0)
    clock.stop(WINDOW, False, 15 * tick)
    clock.start(BUFFER, 16 * tick)
    clock.stop(BUSY, True, 18 * tick)
    assert clock.milliseconds(40 * tick) == (32, 12, 8)
