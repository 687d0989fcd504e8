"""What the bridge's own host broadcasts reaches the ports that are there now, not those of an earlier flood."""

from __future__ import annotations

from netsandbox.commands.shell import Shell
from netsandbox.lab.lab import Lab
from netsandbox.linux.events import FrameReceived
from netsandbox.wire.addresses import BROADCAST_MAC


def hearers(shell: Shell, address: str) -> set[str]:
    """Which interfaces hear the host ask for an address."""
    lab = shell.lab
    since = lab.trace.end
    job = shell.execute(f"arping -c 1 -w 1 -I docker0 {address}")
    lab.scheduler.run_while(lambda: not job.is_done)
    return {record.event.interface.label for record in lab.trace.since(since)
            if isinstance(record.event, FrameReceived) and record.event.frame.dst == BROADCAST_MAC
            and record.event.frame.payload.tpa & 0xFF == int(address.rpartition(".")[2])}


def run(shell: Shell, line: str) -> None:
    job = shell.execute(line)
    shell.lab.scheduler.run_while(lambda: not job.is_done)
    shell.lab.scheduler.run_until_quiet()
    assert not job.code, job.err


def test_a_flood_of_the_host_follows_the_ports() -> None:
    shell = Shell(Lab())
    run(shell, "add-container c1")
    run(shell, "add-container c2")
    assert hearers(shell, "172.17.0.90") == {"c1:eth0", "c2:eth0"}
    run(shell, "add-container c3")
    assert hearers(shell, "172.17.0.91") == {"c1:eth0", "c2:eth0", "c3:eth0"}
    run(shell, "remove c1")
    assert hearers(shell, "172.17.0.92") == {"c2:eth0", "c3:eth0"}
