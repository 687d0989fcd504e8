"""`dmesg` shows what LOG rules wrote, as the kernel words it."""

from __future__ import annotations

import re

import pytest

from netsandbox.commands.tools import dmesg
from netsandbox.commands.tools.context import ToolContext, ToolError
from netsandbox.linux.netlink.credentials import Rights, acting_with
from netsandbox.session.runner import Runner

LINE = (r'DROP: IN=eth0 OUT= MAC=[0-9a-f:]{41} SRC=192\.168\.1\.1 DST=192\.168\.1\.10 LEN=84 TOS=0x00 PREC=0x00 TTL=64 '
        r'ID=\d+ DF PROTO=ICMP TYPE=8 CODE=0 ID=\d+ SEQ=1 ')


@pytest.fixture
def runner() -> Runner:
    made = Runner(1, "docker-29", "192.168.1.0/24")
    for line in ("docker run -d --name web nginx", "wait",
                 'iptables -A INPUT -p icmp -m icmp --icmp-type echo-request -j LOG --log-prefix "DROP: "',
                 "exec uplink ping -c 1 192.168.1.10"):
        assert made.line(line).job.code == 0, line
    return made


def test_a_packet_is_a_line(runner: Runner) -> None:
    said = runner.line("dmesg").job.out
    assert re.fullmatch(r"\[ {4}\d\.\d{6}\] " + LINE + "\n", said), said
    assert re.fullmatch(LINE + "\n", runner.line("dmesg -t").job.out)
    assert re.fullmatch(r"\[Thu Jan  1 00:00:0\d 2026\] " + LINE + "\n", runner.line("dmesg -T").job.out)
    journal = runner.line("journalctl -k -n 1 --no-pager").job
    assert re.fullmatch(r"Jan 01 00:00:0\d host kernel: " + LINE + "\n", journal.out)
    assert journal.err == ""
    assert re.fullmatch(LINE + "\n", runner.line("dmesg -t | grep DROP:").job.out)
    assert runner.line("dmesg -C; journalctl -k").job.out == "-- No entries --\n"


def test_the_log_can_be_emptied(runner: Runner) -> None:
    assert runner.line("dmesg -c").job.out
    assert runner.line("dmesg").job.out == ""
    runner.line("exec uplink ping -c 1 192.168.1.10")
    assert runner.line("dmesg -C").job.out == ""
    assert runner.line("dmesg").job.out == ""


@pytest.mark.parametrize(("line", "said"), [
    ("dmesg -w", "dmesg -w is not modelled"), ("dmesg x", "dmesg: bad usage")])
def test_bad_input(runner: Runner, line: str, said: str) -> None:
    job = runner.line(line).job
    assert job.code == 1
    assert said in job.err


def test_a_container_may_not_read_it(runner: Runner) -> None:
    session = runner.session
    context = ToolContext(session.lab.existing("web"), session.shell.machine)
    with acting_with(Rights(net_admin=False, sysctls=False, contained=True)), pytest.raises(ToolError) as refusal:
        dmesg.run(context, [])
    assert refusal.value.message == "dmesg: read kernel buffer failed: Operation not permitted"
