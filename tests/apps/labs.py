"""Labs for these tests, and running lines in them."""

from __future__ import annotations

from netsandbox.commands.job import Job
from netsandbox.session.session import Session

ROUTED = (
    "add-host a", "add-host r1", "add-host r2", "add-host b",
    "connect a:eth0 r1:eth0", "connect r1:eth1 r2:eth0", "connect r2:eth1 b:eth0",
    "set-ip a:eth0 10.0.1.2/24", "set-ip r1:eth0 10.0.1.1/24", "set-ip r1:eth1 10.0.2.1/24",
    "set-ip r2:eth0 10.0.2.2/24", "set-ip r2:eth1 10.0.3.1/24", "set-ip b:eth0 10.0.3.2/24",
    "exec a ip route add default via 10.0.1.1", "exec b ip route add default via 10.0.3.1",
    "exec r1 ip route add 10.0.3.0/24 via 10.0.2.2", "exec r2 ip route add 10.0.1.0/24 via 10.0.2.1",
    "exec r1 sysctl -w net.ipv4.ip_forward=1", "exec r2 sysctl -w net.ipv4.ip_forward=1", "wait 10s")
"""a — r1 — r2 — b."""
DOCKER = ("add-container nginx-1", "add-container nginx-2", "add-container nginx-3", "wait 10s")
HUB = ("add-hub hub1", "add-host pc1", "add-host pc2", "add-host pc3", "connect pc1 hub1", "connect pc2 hub1",
       "connect pc3 hub1", "set-ip pc1 10.0.0.1/24", "set-ip pc2 10.0.0.2/24", "set-ip pc3 10.0.0.3/24", "wait 10s")


def build(lines: tuple[str, ...]) -> Session:
    """A session in which the lines were carried out, each successfully."""
    session = Session()
    for line in lines:
        run(session, line)
    return session


def run(session: Session, line: str) -> Job:
    """Carry a line out that must not fail."""
    job = session.run(line)
    assert not job.code, f"{line}: {job.err or job.out}"
    return job


def interrupted(job: Job) -> Job:
    """The job after Ctrl-C."""
    assert job.program is not None
    job.program.interrupt()
    return job
