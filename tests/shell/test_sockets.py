"""bash's /dev/tcp and /dev/udp, and ncat beside them, as a real Debian's say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.session import Session

LAB = (Path(__file__).parents[1] / "docker" / "lab.txt").read_text().splitlines()
AT_WEB = "exec 3<>/dev/tcp/192.168.1.10/8080"
REFUSED = "bash: connect: Connection refused\nbash: line 1: /dev/tcp/192.168.1.10/9: Connection refused\n"
SAID = {   # (exit status, output, errors)
    f"exec lan bash -c '{AT_WEB}; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; head -n 1 <&3'": (
        0, "HTTP/1.1 200 OK\r\n", ""),
    f"exec lan bash -c '{AT_WEB}; printf \"HEAD / HTTP/1.0\\r\\n\\r\\n\" >&3; read -r line <&3; echo \"got $line\"'": (
        0, "got HTTP/1.1 200 OK\r\n", ""),
    "exec lan bash -c 'exec 3<>/dev/tcp/192.168.1.10/9; echo hi >&3'": (
        1, "", REFUSED + "bash: line 1: 3: Bad file descriptor\n"),
    "exec lan bash -c 'echo > /dev/tcp/192.168.1.10/9 || echo closed'": (0, "closed\n", REFUSED),
    "bash -c 'echo > /dev/tcp/127.0.0.1/8080 && echo open'": (0, "open\n", ""),
    "bash -c '{ echo hi; } > /dev/tcp/127.0.0.1/8080 && echo open'": (0, "open\n", ""),
    "bash -c 'echo > /dev/tcp/nosuch.example/80'": (
        1, "", ("bash: nosuch.example: Name or service not known\n"
                "bash: line 1: /dev/tcp/nosuch.example/80: Invalid argument\n")),
    "timeout 1 bash -c 'echo > /dev/tcp/192.168.1.99/9'": (124, "", ""),
    "exec lan bash -c 'echo x > /dev/udp/192.168.1.10/7000'": (0, "", ""),
    "exec lan bash -c 'exec 3<>/dev/udp/192.168.1.10/9; echo x >&3; timeout 1 head -n 1 <&3'": (
        1, "", "head: error reading 'standard input': Connection refused\n"),
    "exec lan bash -c 'exec 3<>/dev/udp/192.168.1.10/9; echo x >&3; cat <&3'": (1, "", "cat: -: Connection refused\n"),
    "exec lan ncat -z -w 1 192.168.1.10 8080": (0, "", ""),
    "exec lan ncat -z -v 192.168.1.10 9": (
        1, "", "Ncat: Version 7.95 ( https://nmap.org/ncat )\nNcat: Connection refused.\n"),
    "exec lan ncat 192.168.1.10 9 < /dev/null": (1, "", "Ncat: Connection refused.\n"),
    "ncat -l 8080": (2, "", "Ncat: bind to [::]:8080: Address already in use. QUITTING.\n"),
    "ncat -w 1 nosuch.example 80": (
        2, "", 'Ncat: Could not resolve hostname "nosuch.example": Name or service not known. QUITTING.\n'),
    "ncat -e /bin/cat -l 8080": (2, "", "Ncat: bind to [::]:8080: Address already in use. QUITTING.\n"),
    "ncat": (2, "", "Ncat: You must specify a host to connect to. QUITTING.\n"),
    "ncat --proxy host 1": (2, "", "ncat: --proxy is not modelled\n"),
    "ncat --nosuch host 1": (2, "", (
        "ncat: unrecognized option '--nosuch'\n"
        "Ncat: Try `--help' or man(1) ncat for more information, usage options and help. QUITTING.\n")),
}


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session(profile="docker-28", uplink=False)
    for line in (*LAB, "docker run -d --name web -p 8080:80 nginx", "wait"):
        assert session.run(line).code == 0, line
    return session


@pytest.mark.parametrize("line", sorted(SAID))
def test_what_is_said(session: Session, line: str) -> None:
    job = session.run(line)
    assert (job.code, job.out, job.err) == SAID[line]


@pytest.mark.parametrize(("program", "said"), [
    ("-e /bin/cat", "hello\n"), ("--sh-exec 'echo $NCAT_REMOTE_ADDR $NCAT_PROTO; read x; echo \"said $x\"'",
                                 "192.168.1.20 TCP\nsaid hello\n")])
def test_a_connection_is_a_program_s_input_and_output(session: Session, program: str, said: str) -> None:
    session.run(f"docker run -d --rm --name echo -p 7777:7777 nicolaka/netshoot ncat -lk 7777 {program}")
    assert session.run("exec lan sh -c 'echo hello | ncat 192.168.1.10 7777'").out == said
    assert "LISTEN 0      10           0.0.0.0:7777" in session.run("docker exec echo ss -ltn").out
    session.run("docker rm -f echo")


def test_a_connection_ends_with_its_descriptor(session: Session) -> None:
    """The command's own is closed behind it, and `exec` keeps one until it is closed or the shell ends."""
    shown = "ss -tn state established | grep -c :8080"
    for script, count in ((f"{AT_WEB}; {shown}", "1"), (f"{AT_WEB}; exec 3>&-; {shown}", "0"),
                          (f"echo > /dev/tcp/192.168.1.10/8080; {shown}", "0")):
        assert session.run(f"exec lan bash -c '{script}'").out == f"{count}\n", script
    assert session.run(f"exec lan bash -c '{shown}'").out == "0\n"


def test_they_are_bash_s_alone(session: Session) -> None:
    assert session.run("exec lan sh -c 'echo > /dev/tcp/192.168.1.10/8080'").code


def test_ncat_listens_on_both_families(session: Session) -> None:
    session.run("ncat -l -k 9000 < /dev/null > /dev/null 2>&1 &")
    lines = sorted(line.split()[3] for line in session.run("ss -ltn | grep 9000").out.splitlines())
    assert lines == ["0.0.0.0:9000", "[::]:9000"]
    assert session.run("exec lan ncat -z 192.168.1.10 9000").code == 0
    assert "address already in use" in session.run("docker run -d --name clash -p 9000:80 nginx").err
