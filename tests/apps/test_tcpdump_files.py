"""tcpdump -w and -r: captures that the lab keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.apps.tcpdump import tcpdump
from netsandbox.session.keeping import KeptSession
from tests.session.lines import state


@pytest.fixture
def two() -> KeptSession:
    session = KeptSession()
    for line in ("add-container aa", "add-container bb", "wait 5s"):
        session.run(line)
    return session


@pytest.mark.parametrize("options", ["-i docker0", "-i any", "-i docker0 -e"])
def test_what_is_written_reads_as_what_would_have_been_printed(two: KeptSession, options: str) -> None:
    two.run(f"tcpdump -n {options} -w lan.pcap -c 3 &")
    printed = two.run(f"tcpdump -n {options} -c 3 &")
    two.run("ping aa bb")
    two.run("wait 20s")
    job = two.run(f"tcpdump -n {options.replace('any', 'docker0')} -r lan.pcap")
    assert job.code == 0
    assert job.out == printed.out
    assert job.err.startswith("reading from file lan.pcap, link-type ")
    assert job.err.count("\n") == 1


def test_filter_count_and_redirection(two: KeptSession) -> None:
    two.run("docker exec aa tcpdump -w all &")
    two.run("ping aa bb -c 3")
    assert two.run("docker exec aa tcpdump -r /all icmp | wc -l").out == "6\n"
    two.run("docker exec aa pkill tcpdump")
    assert two.run("docker cp aa:/all here; tcpdump -r here -c 2 -n icmp and src 172.17.0.2").out.count("request") == 2
    assert two.run("cp here there; tcpdump -r there ip6").out == ""
    assert two.run("tcpdump -r all").code == 1


def test_a_capture_is_a_file(two: KeptSession) -> None:
    two.run("mkdir /tmp/d; cd /tmp/d; tcpdump -w x -i docker0 -c 2 icmp &")
    assert two.run("ls -l /tmp/d").out.split()[2:8] == ["-rw-r--r--", "1", "root", "root", "0", "Jan"]
    two.run("ping aa bb")
    size = 24 + 2 * (16 + 98)
    assert two.run("stat -c %s /tmp/d/x; wc -c < /tmp/d/x").out == f"{size}\n" * 2
    assert two.run("seq 1000 > y; seq 9000 > w; ls -lh w x y").out.split()[4::9] == ["43K", str(size), "3.9K"]
    assert two.run("base64 x").out.startswith("1MOyoQIABAAAAAAAAAAAA")
    assert "went through a pipe" in two.run("cat x > v; tcpdump -r v").err
    assert two.run("rm x; tcpdump -r x").code == 1
    assert two.run("echo hi > z; tcpdump -r z").err == (
        "tcpdump: truncated dump file; tried to read 4 file header bytes, only got 3\n")


def test_what_is_said(two: KeptSession) -> None:
    heard = two.run("tcpdump -i docker0 -w lan.pcap -c 1 --print icmp &")
    two.run("ping aa bb")
    two.run("wait")
    assert heard.out.count("\n") == 1
    assert heard.err.splitlines() == [
        "tcpdump: listening on docker0, link-type EN10MB (Ethernet), snapshot length 262144 bytes", "1 packet captured",
        "2 packets received by filter", "0 packets dropped by kernel",
        "note: lan.pcap is kept in the lab, for tcpdump -r; `export FILE` writes to the disk"]


def test_it_can_be_read_while_it_is_written_and_a_second_one_begins_anew(two: KeptSession) -> None:
    two.run("tcpdump -w x -i docker0 icmp &")
    assert two.run("tcpdump -r x").out == ""
    two.run("ping aa bb")
    assert two.run("tcpdump -r x | wc -l").out == "2\n"
    two.run("tcpdump -w x -i docker0 icmp &")
    assert two.run("tcpdump -r x").out == ""


def test_a_capture_is_limited(two: KeptSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcpdump, "MOST_FRAMES", 2)
    job = two.run("tcpdump -w x -i docker0 icmp &")
    two.run("ping aa bb -c 3")
    two.run("wait 9s")
    assert job.code == 1
    assert "No space left on device" in job.err
    assert two.run("tcpdump -r x | wc -l").out == "2\n"


def test_nothing_of_the_disk_is_read_or_written(two: KeptSession, tmp_path: Path) -> None:
    two.run(f"tcpdump -w {tmp_path}/lan.pcap -c 1 -i docker0 icmp &")
    two.run("ping aa bb")
    assert list(tmp_path.iterdir()) == []
    on_disk = tmp_path / "real.pcap"
    on_disk.write_bytes(b"")
    assert two.run(f"tcpdump -r {on_disk}").err.startswith(f"tcpdump: {on_disk}: No such file or directory\n")
    assert two.run("tcpdump -r /etc/passwd").err == "tcpdump: unknown file format\n"


def test_it_replays(two: KeptSession) -> None:
    two.run("tcpdump -w x -i docker0 icmp &")
    two.run("ping aa bb -c 2")
    here = state(two)
    two.go_to(3)
    two.go_to(*two.end)
    assert state(two) == here
    assert two.run("tcpdump -r x | wc -l").out == "4\n"


@pytest.mark.parametrize(("words", "err"), [
    ("-r nope", "tcpdump: nope: No such file or directory"), ("-r", "requires an argument"),
    ("-w -", "-w - is not modelled"), ("-r -", "-r - is not modelled"), ("-r x foo", "syntax error"),
    ("-w x -C 1", "-C is not modelled: -w keeps one"),
    ("-w x -i nope", "No such device exists")])
def test_refusals(two: KeptSession, words: str, err: str) -> None:
    two.run("tcpdump -w x -i docker0 -c 1 &")
    job = two.run(f"tcpdump {words}")
    assert job.code == 1
    assert err in job.err


def test_a_file_is_not_written_packet_by_packet_and_that_is_said(two: KeptSession) -> None:
    job = two.run("tcpdump -U -w x -c 1 -i docker0 icmp &")
    assert job.err.startswith("note: tcpdump -U changes nothing in the sandbox\n")
