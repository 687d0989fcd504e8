"""`flow`: a connection's segments and streams are those that were sent."""

from __future__ import annotations

import pytest

from netsandbox.lab.flows import flows
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def lab() -> Session:
    session = Session(seed=1)
    for line in ("docker run -d --name web nginx", "curl -sI http://172.17.0.2/", "curl -s http://172.17.0.2:81/",
                 "curl -s http://172.17.0.2/"):
        session.run(line)
    return session


def test_every_connection_has_a_line(lab: Session) -> None:
    rows = [line.split() for line in lab.run("flow").out.splitlines()[1:]]
    assert [(row[2], row[3]) for row in rows] == [("172.17.0.2:80", "closed"), ("172.17.0.2:81", "refused"),
                                                  ("172.17.0.2:80", "closed")]
    assert rows[1][4:] == ["2", "0", "0"]


def test_the_list_is_told_in_the_session_s_language(lab: Session) -> None:
    lab.shell.language = "zh"
    head, *rows = lab.run("flow").out.splitlines()
    lab.shell.language = "en"
    assert head.split() == ["#", "客户端", "服务器", "状态", "报文段", "发出字节", "收到字节"]
    assert [row.split()[3] for row in rows] == ["已关闭", "被拒绝", "已关闭"]


def test_the_diagram_counts_from_each_sides_first_byte(lab: Session) -> None:
    lines = lab.run("flow 1").out.splitlines()[1:]
    arrows = [line.partition("│")[2].rpartition("│")[0].strip(" ─▶◀") for line in lines]
    size = len(flows(lab.lab.trace)[0].stream(False))
    assert arrows[:6] == ["SYN", "SYN ACK 0", "ACK 0", "PSH 0:75 ACK 0", "ACK 75", f"PSH 0:{size} ACK 75"]
    assert arrows[-1] == f"ACK {size + 1}"


def test_the_streams_are_what_was_said(lab: Session) -> None:
    said = lab.run("flow 3 text").out.splitlines()
    assert said[0] == "> GET / HTTP/1.1"
    assert "< <h1>Welcome to nginx!</h1>" in said
    page = flows(lab.lab.trace)[2].stream(False)
    assert page.endswith(b"</html>\n")
    assert lab.run("flow 172.17.0.2:81 text").out == "no bytes were carried\n"
    assert lab.run("flow 1 hex").out.startswith("> 00000000  48 45 41 44 20 2f 20 48")


@pytest.mark.parametrize("line", ["flow 9", "flow 0", "flow nonsense", "flow 172.17.0.2:99"])
def test_a_connection_that_is_not_there_is_named(lab: Session, line: str) -> None:
    job = lab.run(line)
    assert job.code != 0
    assert line.split()[1] in job.err


def test_a_segment_that_was_dropped_bears_the_reason() -> None:
    lab = Session(seed=1)
    lab.run("docker run -d --name web nginx")
    lab.run("iptables -A OUTPUT -p tcp --dport 82 -j DROP")
    lab.run("curl -m 2 -s http://172.17.0.2:82/")
    assert lab.run("flow").code == 0
    lab.run("docker exec web iptables -A INPUT -p tcp --dport 83 -j DROP")
    lab.run("docker exec --privileged web iptables -A INPUT -p tcp --dport 83 -j DROP")
    lab.run("curl -m 2 -s http://172.17.0.2:83/")
    lines = lab.run("flow 172.17.0.2:83").out.splitlines()
    assert "✗" in lines[1]
    assert "by a rule" in lines[1]
    first = lines[1].split("#")[1].split()[0]
    assert f"again #{first}" in lines[2], "it says of what"


def test_a_segment_that_its_own_card_s_queue_loses_is_an_arrow_with_the_reason() -> None:
    lab = Session(seed=1)
    for line in ("docker run -d --name web nginx",
                 "docker exec web sh -c 'head -c 30000 /dev/zero > /usr/share/nginx/html/big'",
                 "docker exec --privileged web tc qdisc add dev eth0 root netem loss 30%",
                 "curl -s http://172.17.0.2/big -o /dev/null"):
        assert lab.run(line).code == 0
    lines = lab.run("flow 172.17.0.2:80").out.splitlines()
    lost = [line for line in lines if line.endswith("queue lost")]
    assert lost
    assert all("✗" in line.split("#")[0] for line in lost)
    numbers = {line.split("#")[1].split()[0] for line in lost}
    again = {line.rpartition("again #")[2].split()[0] for line in lines if "again #" in line}
    assert again & numbers, "what is lost is sent again, and says which that was"
    whole, = (one for one in flows(lab.lab.trace) if one.server[1] == 80)
    assert [one.seq for one in whole.segments] == sorted(one.seq for one in whole.segments)


@pytest.mark.parametrize("line", ["flow all --frames", "flow --frames"])
def test_frames_without_a_filter_names_it(lab: Session, line: str) -> None:
    assert "flow: --frames needs FILTER; usage: flow" in lab.run(line).err
    assert "[--frames FILTER]" in lab.run("help flow").out


def test_a_connection_that_its_program_has_given_up_is_opening_no_more() -> None:
    session = Session(seed=1, uplink=DEFAULT_LAN)
    for line in ("docker run -d --name web nginx", "wait", "exec uplink iptables -I FORWARD -p tcp -j DROP",
                 "docker exec web nc -w 2 8.8.8.8 80", "docker exec web nc -w 9 8.8.8.8 81 &", "wait 1s"):
        session.run(line)
    assert [(row.split()[2], row.split()[3]) for row in session.run("flow").out.splitlines()[1:]] == [
        ("8.8.8.8:80", "given"), ("8.8.8.8:80", "given"), ("8.8.8.8:81", "opening"), ("8.8.8.8:81", "opening")]
