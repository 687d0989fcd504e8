"""What the log, `why` and a diagram say of a past frame stays as it was told, whatever a later line changes."""

from __future__ import annotations

import pytest

from netsandbox.commands.verbs import flow_text
from netsandbox.explain.story import why_seq
from netsandbox.lab import frame_log
from netsandbox.lab.flows import flows
from netsandbox.lab.names import Namer
from netsandbox.lab.sequence import of_flow, of_rows
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.log.columns import plain

BEFORE = """docker network create app
docker run -d --name web --network app nginx
docker run -d --name db redis
docker network connect app db
docker run -d --name old nginx
add-host pc
add-host pc2
add-switch sw
connect pc sw
connect pc2 sw
set-ip pc 10.0.0.1/24
set-ip pc2 10.0.0.2/24
ping pc pc2 -c 1
exec pc ping -b -c 1 -W 1 10.0.0.255
docker exec db ping -c 1 web
ping old db -c 1
exec pc ip link add br9 type bridge
exec pc ip link set br9 up
exec pc ip link add p9 type veth peer name q9
exec pc ip link set p9 master br9 up && exec pc ip link set q9 up
exec pc ip addr add 10.9.9.1/24 dev q9
exec pc ping -c 1 -W 1 10.9.9.2
ping pc2 10.0.0.1 -c 1 -W 1
docker exec db ping -b -c 1 -W 1 172.18.255.255
docker exec db curl -s web
wait"""
LATER = (
    "docker rm -f old", "docker rename db dbx", "docker network disconnect app db", "exec pc ip link set br9 name br8",
    "exec pc ip link set p9 nomaster", "exec pc ip link del br9", "exec pc ip link set eth0 name lan0",
    "exec pc ip addr del 10.0.0.1/24 dev eth0", "set-ip pc2 10.0.0.1/25", "set-mac pc:eth0 02:00:00:00:00:77",
    "ip link set docker0 address 02:00:00:00:00:99", "ip link set docker0 down", "remove sw", "remove pc",
    "docker rm -f web db && docker network rm app", "docker rm -f db web", "exec sw ip link set br0 name lan",
    "ip link set $(ls /sys/class/net | grep veth | head -1) nomaster",
)


def told(session: KeptSession, end: int) -> list[object]:
    """All that is said of the frames before a record."""
    lab, namer = session.lab, Namer(session.lab)
    rows = list(frame_log.rows(lab, 0, end=end))
    texts: list[object] = [(row, plain(row, UNICODE)) for row in rows]
    texts += [why_seq(session.trace, seq, language, namer)[:3] for seq in dict.fromkeys(row.seq for row in rows)
              for language in ("en", "zh")]
    texts += [of_flow(one, flow_text.label, namer.of_address) for one in flows(session.trace)
              if one.segments[-1].seq < end]
    return [*texts, of_rows(rows)]


@pytest.fixture(scope="module")
def before() -> KeptSession:
    session = KeptSession(seed=3)
    for line in BEFORE.splitlines():
        session.run(line)
    return session


@pytest.fixture(scope="module")
def end(before: KeptSession) -> int:
    return before.trace.end


@pytest.fixture(scope="module")
def was(before: KeptSession, end: int) -> list[object]:
    return told(before, end)


@pytest.mark.parametrize("line", LATER)
def test_a_later_line_changes_nothing_of_what_is_said_of_the_past(before: KeptSession, end: int, was: list[object],
                                                                  line: str) -> None:
    assert before.trace.end == end, "the line before was taken back"
    ended = before.run(line)
    try:
        assert ended.code == 0, line
        assert before.trace.end > end, "it does something"
        for one, other in zip(was, told(before, end), strict=True):
            assert one == other
    finally:
        before.run("undo")
