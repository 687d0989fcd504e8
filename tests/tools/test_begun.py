"""What lines have begun are processes: ps and pgrep list them, and pkill, killall and kill end them."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


def test_a_server_in_the_background_is_a_process() -> None:
    session = Session()
    for line in ("python3 -m http.server 8000 &", "ip netns add red", "ip netns exec red nc -l -p 90 &"):
        session.run(line)
    assert session.run("ps aux | grep -v grep | grep -c http.server").out == "1\n"
    pid = session.run("pgrep python3").out.strip()
    assert f"pid={pid}," in session.run("ss -ltnp").out
    assert session.run("ip netns pids red").out == session.run("pidof nc").out
    assert session.run("pkill -f http.server").code == 0
    assert "8000" not in session.run("ss -ltn").out
    assert "Terminated" in session.run("jobs").out
    assert session.run("killall nc").code == 0
    assert session.run("killall nc").err == "nc: no process found\n"
    assert session.run("pkill python3").code == 1


def test_a_container_is_docker_s_to_end_and_not_pkill_s() -> None:
    session = Session()
    session.run("docker run -d --name web nginx")
    assert session.run("docker run -d --name pinger alpine ping 127.0.0.1").code == 0
    assert session.run("pgrep -c ping").out == "1\n", "the first process of a container is one and not two"
    assert "pkill ends what lines have begun" in session.run("pkill nginx").err
    assert session.run("docker ps -q").out.count("\n") == 2


def test_a_daemon_is_left_behind_and_ended() -> None:
    session = Session()
    assert session.run("iperf3 -s -D").code == 0
    assert session.run("pgrep -a iperf3").out.endswith(" iperf3 -s -D\n")
    assert session.run("kill $(pgrep iperf3)").code == 0
    assert "5201" not in session.run("ss -ltn").out
    refused = session.run("pkill --frob x")
    assert refused.code == 2
    assert refused.err.startswith("pkill: unrecognized option '--frob'\n")


def test_pkill_and_killall_tell_whom_they_end_if_they_are_asked() -> None:
    session = Session()
    for port in range(90, 95):
        session.run(f"nc -l {port} &")
    pids = session.run("pidof nc").out.split()
    assert session.run("pkill -n -e nc").out == f"nc killed (pid {pids[0]})\n"
    assert session.run("pkill -oe --signal KILL nc").out == f"nc killed (pid {pids[-1]})\n"
    assert session.run("pkill -SIGINT -c -f 'nc -l 9[12]'").out == "2\n"
    assert session.run("killall -s 9 -v nc").err == f"Killed nc({pids[1]}) with signal 9\n"
    quiet = session.run("killall -q nc")
    assert (quiet.code, quiet.err) == (1, "")


@pytest.mark.parametrize(("line", "code", "says"), [
    ("pkill --signal FOO nc", 2, 'Unknown signal "FOO".\n'),
    ("pkill -i nc", 1, "netsandbox: pkill -i is not modelled\n"),
    ("killall -s FOO nc", 1, "FOO: unknown signal; killall -l lists signals.\n"),
    ("killall -Z web nc", 1, "netsandbox: killall -Z is not modelled\n")])
def test_pkill_and_killall_take_nothing_in_silence(line: str, code: int, says: str) -> None:
    job = Session().run(line)
    assert (job.code, job.err) == (code, says)


def test_killall_says_how_it_is_used_in_full_and_which_signals_there_are() -> None:
    session = Session()
    for line in ("killall", "killall -f nc", "killall --help"):
        job = session.run(line)
        assert (job.code, job.out) == (1, "")
        assert job.err.splitlines()[:3] == ["Usage: killall [OPTION]... [--] NAME...", "       killall -l, --list",
                                            "       killall -V, --version"]
        assert job.err.endswith("                      (must precede other arguments)\n\n")
    assert session.run("killall -l").out == ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM "
                                             "STKFLT\nCHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH "
                                             "POLL PWR SYS\n")


def test_pidof_tells_the_newest_first_and_id_wants_to_know_which_name() -> None:
    session = Session()
    session.run("nc -l 90 &")
    session.run("nc -l 91 &")
    newest, oldest = session.run("pidof nc").out.split()
    assert int(newest) > int(oldest)
    assert session.run("pidof -s nc").out == f"{newest}\n"
    assert session.run("pidof -d, nc").out == f"{newest},{oldest}\n"
    assert (session.run("pidof -q nc").code, session.run("pidof -q nc").out) == (0, "")
    assert session.run("pidof -o 1 nc").err == "netsandbox: pidof -o is not modelled\n"
    assert session.run("id -n").err == "id: printing only names or real IDs requires -u, -g, or -G\n"
    assert session.run("id -un").out == "root\n"
