"""Sessions of random lines, good ones and bad ones, and what has to hold for every one of them.

    python -m tests.campaigns.sessions 20000 [--seed 1]

No line raises or uses more than it may; a line that is refused changes nothing; the lab can be copied, whatever runs in
it; undo and redo are inverse; a session that is saved and loaded has the same tables and the same trace.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from netsandbox.commands.job import Job
from netsandbox.commands.prompt.pasted import whole_lines
from netsandbox.engine import scheduler
from netsandbox.engine.budget import Use
from netsandbox.session import session as session_module
from netsandbox.session.keeping import KeptSession
from tests.campaigns.pasted import pasted
from tests.session.lines import state, tables

NAMES = ["aa", "bb", "cc", "h1", "h2", "s1", "net1", "nobody", "docker0"]
PLACES = ["host", "aa", "bb", "h1"]
ADDRESSES = ["172.17.0.1", "172.17.0.2", "172.17.0.3", "10.0.0.1", "10.0.0.2", "192.0.2.1", "172.17.0.255", "0.0.0.0"]
PATTERNS = ["(a|aa){1,40}X", "(a{1,30}){1,30}X", ".*.*.*.*.*X", "[0-9]+\\.", "(", "^inet", "[[:digit:]]+",
            "\\bup\\b", "*"]
KEYS = ["net.ipv4.ip_forward", "net.ipv4.ip_default_ttl", "net.ipv4.conf.all.rp_filter",
        "net.ipv4.icmp_echo_ignore_all", "net.ipv4.neigh.default.gc_thresh1", "net.ipv4.nonsense"]
NUMBERS = ["-1", "0", "1", "2", "64", "255", "256", "65535", "99999999999", "abc", "0x10"]
TEMPLATES = ["{{.Id}}", "{{range .}}{{end}}", "{{$x := \"aa\"}}{{$x := printf \"%s%s\" $x $x}}{{len $x}}",
             "{{.Nope}}", "{{json .NetworkSettings}}", "{{", "{{if true}}x{{end}}",
             "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}"]
EXPECTS = ["exit 0", "exit 1", "output contains inet", "output matches '(a+)+X'", "no output", "interface aa:eth0 up",
           "nonsense", "state aa running", "drop", "arp host", "frames 0", "reach aa bb"]
LINES = [
    "docker run -d --name {name} nginx", "docker run -d --name {name} --network {name} redis", "docker rm -f {name}",
    "docker stop {name}", "docker start {name}", "docker network create {name}", "docker network rm {name}",
    "docker network connect {name} {name}", "docker ps", "docker ps --format '{template}'",
    "docker inspect -f '{template}' {name}", "docker inspect {name}", "docker exec {name} ip addr",
    "docker kill -s {signal} {name}",
    "add-host {name}", "add-switch {name}", "connect {name} {name}", "set-ip h1 10.0.0.{small}/24", "ip lnk",
    "ip link set docker0 mtu {number}", "ip link set {name} {updown}", "ip addr add {address}/24 dev docker0",
    "ip route add {address} via {address}", "ip route del default", "ip neigh", "ip -s link | grep -E '{pattern}'",
    "ip addr | awk '/{pattern}/ {{print $2}}'", "ip addr | grep -oE '{pattern}' | sort | uniq -c | head -{small}",
    "exec {place} ping -c {small} {address}", "ping {name} {name}", "exec {place} ping -c 1 -s {number} {address}",
    "exec {place} ping {address} &", "exec {place} ping -f {address} &", "exec {place} arping -c 1 {address}",
    "exec {place} traceroute {address}", "kill %{small}", "jobs", "^C", "wait", "wait {small}s", "wait 100ms",
    "sysctl -w {key}={number}", "sysctl {key}", "exec {place} sysctl -w {key}={number}",
    "X={word}", "X=$X$X", "echo $X", "echo $(echo {word})", "X=$(ip addr | wc -l)", "echo \"$X\" | wc -c",
    "for i in 1 2 3; do echo $i; done", "for i in {{1..{small}}}; do ping -c 1 {address} > /dev/null; done",
    "for i in {{1..9999}}; do for j in {{1..9999}}; do true; done; done", "true && false || echo {word}",
    "echo {word} > /tmp/{word}", "cat /tmp/{word}", "echo {word} | tee /tmp/{word}", "cat /etc/hosts", "ls /tmp",
    "rm /tmp/{word}", "sh -c 'echo {word}; exit {small}'", "exec {place} sh -c 'ip addr; ping -c 1 {address}'",
    "expect {expect}", "expect no {expect}", "show frames", "why", "step {small}", "back {small}", "undo", "redo",
    "goto {small}", "goto end", "until {small}", "journal", "next", "tcpdump -i any -c {small} &", "flush-arp {place}",
    "tcpdump -ni docker0 'arp or icmp and not host {address}' &", "exec {place} python3 -m http.server {number} &",
    "exec {place} curl -sm {small} {address}:{number} &", "exec {place} dig +short {name} @{address} &",
    "exec {place} socat UDP-LISTEN:{number},fork EXEC:cat &", "exec {place} nc -u {address} {number} &",
    "docker run -d --name {name} -p {number}:80/udp nginx", "docker run -d --name {name} -p {number}:80 nginx",
    "iptables -A FORWARD -j DROP", "iptables -L", "iptables -F", "brctl show", "ss -tln", "nc -l -p {number} &",
    "enter {place}", "exit", "docker exec -it {name} sh", "detach", "help {word}", "# {word}", "{word}", "ip addr |",
    "echo 'unclosed", "; ;", "&& x", "$(", "echo a > /dev/null", "\u4f60\u597d", "save /nonexistent/x", "load nonesuch",
    "docker pause {name}", "docker network inspect {name}", "docker logs {name}", "docker port {name}",
]
WORDS = ["a", "aaaa", "x1", "x" * 300, "1", "-", "--help", "..", "*", "eth0", "\u540d"]


PART = 500
"""Sessions after which is told how far it is."""


class Fault(NamedTuple):
    """What did not hold."""

    seed: str
    lines: list[str]
    why: str


def line_of(chance: random.Random) -> str:
    """One line: made from words, or pasted."""
    return made(chance) if chance.randrange(2) else pasted(chance)


def made(chance: random.Random) -> str:
    return chance.choice(LINES).format(
        name=chance.choice(NAMES), place=chance.choice(PLACES), address=chance.choice(ADDRESSES),
        pattern=chance.choice(PATTERNS), key=chance.choice(KEYS), number=chance.choice(NUMBERS),
        small=chance.randrange(12), template=chance.choice(TEMPLATES), updown=chance.choice(["up", "down"]),
        signal=chance.choice(["TERM", "KILL", "STOP", "X"]), word=chance.choice(WORDS), expect=chance.choice(EXPECTS))


def is_refused(job: Job, before: tuple[object, ...], session: KeptSession) -> bool:
    """A line with an error status, at whose end no time has passed and nothing but the line itself was recorded."""
    return job.code not in (0, None) and job.program is None and before == (session.position.at, session.epoch)


def check(seed: str, length: int, directory: Path) -> Fault | None:
    """One session; what did not hold, or None."""
    chance, lines = random.Random(seed), list[str]()
    session = KeptSession()
    try:
        for _ in range(length):
            typed, begun = whole_lines(line_of(chance).split("\n"))
            for line in (*typed, *([begun] if begun else ())):
                lines.append(line)
                why = _carried_out(session, line)
                if why:
                    return Fault(seed, lines, why)
        session.lab.copy()
        why = _undone(session, chance.randrange(1, 6)) or _saved(session, directory)
    except Exception as error:  # noqa: BLE001 - to find any is what this is for
        why = f"{type(error).__name__}: {error}"
    return Fault(seed, lines, why) if why else None


def _carried_out(session: KeptSession, line: str) -> str:
    before, here = tables(session), (session.position.at, session.epoch)
    may_change = bool(session.lab.scheduler.ready)
    job = session.run(line)
    if job.crash is not None:
        return f"crash: {job.crash!r}"
    over = [use.name for use in Use if job.budget.used[use] > use.limit and not job.budget.exceeded]
    if over:
        return f"above its bound without a word: {over}"
    if job.budget.exceeded and job.number:
        return "above its bound and still in the journal"
    if is_refused(job, here, session) and not may_change and tables(session) != before:
        return "a refused line changed the tables"
    return ""


def _undone(session: KeptSession, count: int) -> str:
    session.go_to(*session.end)
    states, taken = [state(session)], list[str | None]()
    for _ in range(min(count, session.done)):
        taken.append(session.undo())
        states.append(state(session))
    while taken:
        if state(session) != states.pop():
            return f"redo stands elsewhere, before {taken[-1]!r}"
        if session.redo() != taken.pop():
            return "redo does another line than undo took back"
    return "" if state(session) == states.pop() else "redo does not lead back to where undo began"


def _saved(session: KeptSession, directory: Path) -> str:
    path = str(directory / "saved.yaml")
    session.save(path, force=True)
    other = KeptSession()
    other.load(path)
    while other.next_step() is not None:
        pass
    return "" if state(other) == state(session) else "what was saved and loaded is another lab"


@contextmanager
def quick() -> Iterator[None]:
    """Lines that wait for a flood or a storm are stopped sooner: what these record is compared again and again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Use.STEPS, "limit", 10_000)
        patch.setattr(session_module, "ENDLESS_STEPS", 300)
        patch.setattr(session_module, "SETTLE_STEPS", 1_000)
        patch.setattr(scheduler, "STORM_STEPS", 500)
        yield


def run(count: int, seed: int, length: int = 30, first: int = 0) -> list[Fault]:
    """So many sessions, from a number on; all that did not hold."""
    faults = []
    with tempfile.TemporaryDirectory() as directory, chdir(directory), quick():
        for number in range(first, first + count):
            fault = check(f"{seed}-{number}", length, Path(directory))
            if fault is not None:
                faults.append(fault)
    return faults


def digests(count: int, seed: int) -> list[str]:
    """The digest of the trace of each of so many sessions, and how their lines ended."""
    found = []
    for number in range(count):
        chance, session = random.Random(f"{seed}-{number}"), KeptSession()
        with tempfile.TemporaryDirectory() as directory, chdir(directory), quick():
            jobs = [session.run(line_of(chance)) for _ in range(30)]
        found.append(f"{session.lab.trace.digest()} {[(job.code, job.out, job.err) for job in jobs]}")
    return found


def digests_apart(count: int, seed: int, hash_seed: str) -> str:
    """The same, from a process with another order of sets."""
    code = f"from tests.campaigns.sessions import digests; print(digests({count}, {seed}))"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": hash_seed},
                          capture_output=True, text=True, check=True)
    return done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="how many sessions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--length", type=int, default=30, help="lines of each")
    arguments = parser.parse_args()
    faults = 0
    for first in range(0, arguments.count, PART):
        count = min(PART, arguments.count - first)
        found = run(count, arguments.seed, arguments.length, first)
        faults += len(found)
        for fault in found:
            print(f"session {fault.seed}, line {len(fault.lines)}: {fault.lines[-1]}: {fault.why}")
        done = f"{first + count:,} sessions of {arguments.length} lines, seed {arguments.seed}"
        print(f"{done}: {faults} faults", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
