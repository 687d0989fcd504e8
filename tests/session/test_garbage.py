"""A lab that goes on leaves no garbage that only the collector could find: it hardly ever looks."""

from __future__ import annotations

import gc
from collections import Counter

import pytest

from netsandbox.session.session import Session

LINES = ("curl -s 172.17.0.3", "docker exec box0 curl -s 172.17.0.3", "wget -qO- 172.17.0.3", "curl 172.17.0.9",
         "ping -c 1 172.17.0.2", "ping -c 1 -W 1 172.17.0.9", "arping -c 1 172.17.0.2", "traceroute 172.17.0.2",
         "tracepath 172.17.0.2", "exec box0 dig example.com", "exec box0 nslookup example.com",
         "exec box0 getent hosts example.com", "echo x | nc -w 1 172.17.0.2 80", "docker ps",
         "watch -g date", "xargs -n 1 echo < /etc/hosts", "mtr -r -c 1 172.17.0.2", "nc -z 172.17.0.2 80",
         "echo hi | socat - TCP:172.17.0.2:80", "echo hi | socat - UDP:172.17.0.2:80",
         "timeout 2 socat TCP-LISTEN:900 STDOUT", "timeout 2 conntrack -E", "timeout 2 ip monitor",
         "socat TCP-LISTEN:78,fork EXEC:cat & sleep 1; echo hi | nc -w 1 172.17.0.1 78; kill %1",
         "docker exec box0 nginx -s stop", "docker start box0", "docker exec box0 nginx -t", "docker exec box0 true")


def garbage_of(session: Session, lines: tuple[str, ...]) -> Counter[str]:
    """The classes of what lines have left behind."""
    session.checkpoints.is_on = False
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for line in (*lines, "nosuch", "nosuch"):  # the last program is known until there is another
            session.run(line)
            session.run("wait")
        session.shell.recent.clear()
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        return Counter(type(one).__name__ for one in gc.garbage if type(one).__module__.startswith("netsandbox."))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.usefixtures("freezing")
def test_a_line_that_is_over_leaves_no_circle() -> None:
    session = Session()
    for number in range(2):
        session.run(f"docker run -d --name box{number} nginx")
    assert not garbage_of(session, LINES)


@pytest.mark.usefixtures("freezing")
def test_the_host_that_a_refused_line_needed_goes_with_it() -> None:
    assert not garbage_of(Session(), ("docker rm nosuch", "ip route add 10.0.0.0/33 dev lo"))
