"""sniff and export: what an eavesdropper counts, and captures written whole or not at all."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from netsandbox.session import files
from netsandbox.session.session import Session
from tests.apps import real
from tests.apps.labs import DOCKER, HUB, build, interrupted, run
from tests.wire.pcapng_reader import read_pcapng

SWITCH = tuple(line.replace("add-hub hub1", "add-switch hub1") for line in HUB)


@pytest.fixture
def hub() -> Session:
    return build(HUB)


def columns(line: str) -> list[str]:
    return re.split("  +", line)


def test_behind_a_hub_everything_is_overheard(hub: Session) -> None:
    listener = run(hub, "sniff pc3 &")
    run(hub, "ping pc1 pc2")
    mac = hub.lab.namespace("pc3").interfaces["eth0"].mac.to_bytes(6, "big").hex(":")
    lines = interrupted(listener).out.splitlines()
    assert lines[0] == f"listening on pc3:eth0 ({mac}), promiscuous"
    assert [columns(line)[1:3] for line in lines[1:-1]] == [
        ["for everyone", "pc1 → everyone"], ["overheard", "pc2 → pc1"], ["overheard", "pc1 → pc2"],
        ["overheard", "pc2 → pc1"]]
    assert lines[3].endswith("seq 1, length 64")
    assert lines[-1] == "4 frames: 1 for everyone, 3 overheard"
    assert listener.code == 0
    assert hub.lab.scheduler.watchers == []


def test_behind_a_switch_only_what_it_floods() -> None:
    session = build(SWITCH)
    listener = run(session, "sniff pc3 &")
    run(session, "ping pc1 pc2 -c 3")
    assert interrupted(listener).out.splitlines()[-1] == "1 frame: 1 for everyone, 0 overheard"


def test_own_frames_are_told_apart(hub: Session) -> None:
    listener = run(hub, "sniff pc1:eth0 &")
    run(hub, "ping pc1 pc2")
    assert interrupted(listener).out.splitlines()[-1] == "4 frames: 2 sent, 2 for us, 0 overheard"


@pytest.mark.parametrize("line", ["sniff pc3 -c 2 host pc1 and icmp &", "sniff pc3 host pc1 and icmp -c 2 &",
                                  "sniff pc3 'host pc1 and icmp' -c 2 &"])
def test_a_filter_with_names_and_a_number(hub: Session, line: str) -> None:
    listener = run(hub, line)
    run(hub, "ping pc2 pc3")
    run(hub, "ping pc1 pc2 -c 2")
    lines = listener.out.splitlines()
    assert "only host pc1 and icmp" in lines[0]
    assert lines[-1] == "2 frames: 2 overheard"
    assert listener.code == 0


def test_docker0_carries_what_passes_between_containers() -> None:
    session = build(DOCKER)
    listener = run(session, "sniff host:docker0 icmp &")
    run(session, "ping nginx-1 nginx-2")
    lines = interrupted(listener).out.splitlines()
    assert [columns(line)[2] for line in lines[1:-1]] == ["nginx-1 → nginx-2", "nginx-2 → nginx-1"]
    assert lines[-1] == "2 frames: 2 overheard"


def test_an_interface_that_goes_away(hub: Session) -> None:
    listener = run(hub, "sniff pc3 &")
    run(hub, "remove pc3")
    assert listener.code == 1
    assert listener.err == "eth0 was removed\n"
    assert listener.out.splitlines()[-1] == "0 frames: 0 overheard"


@pytest.mark.parametrize(("line", "error"), [
    ("sniff", "sniff: NODE[:IFACE] is missing; usage: sniff NODE[:IFACE] [-c N] [FILTER …]"),
    ("sniff pc9", "no host or container 'pc9'; did you mean 'pc3'?"),
    ("sniff pc3 foo bar", "sniff: can't parse filter expression: syntax error at 'foo'"),
    ("sniff pc3 '(arp'", "sniff: can't parse filter expression: syntax error"),
    ("sniff pc3 -c", "sniff: -c needs N; usage: sniff NODE[:IFACE] [-c N] [FILTER …]"),
    ("sniff pc3 -c 0", "sniff: -c counts from 1"),
    ("sniff pc3 arp -c x", "'x' is not a number from 0 to 999999999")])
def test_sniff_refuses(hub: Session, line: str, error: str) -> None:
    job = hub.run(line)
    assert job.code
    assert job.err == f"{error}\n"
    assert hub.lab.scheduler.watchers == []


def test_sniff_needs_a_link_that_is_up(hub: Session) -> None:
    run(hub, "link pc3:eth0 down")
    assert hub.run("sniff pc3").err == "sniff: pc3:eth0 is down; `link pc3:eth0 up` brings it up\n"


# -- export

def packets(path: Path) -> int:
    return len(list(read_pcapng(path.read_bytes()).packets))


def test_everything_is_written_with_its_reason(hub: Session, tmp_path: Path) -> None:
    run(hub, "ping pc1 pc2")
    path = tmp_path / "lab.pcapng"
    assert run(hub, f"export {path}").out == f"24 frames written to {path}\n"
    capture = read_pcapng(path.read_bytes())
    names = {interface.name for interface in capture.interfaces}
    assert names == {"pc1:eth0", "pc2:eth0", "pc3:eth0", "hub1:p1", "hub1:p2", "hub1:p3"}
    assert all(packet.comment for packet in capture.packets)


def test_a_filter_an_interface_and_a_beginning(hub: Session, tmp_path: Path) -> None:
    run(hub, "ping pc1 pc2")
    path = tmp_path / "lab.pcapng"
    assert run(hub, f"export {path} --filter 'icmp and src host pc1' --at pc3:eth0").out.startswith("1 frame written")
    assert packets(path) == 1
    since = hub.lab.trace.end
    assert run(hub, f"export {path} --since={since}").out.startswith("0 frames written")
    run(hub, "ping pc2 pc1")
    assert run(hub, f"export {path} --since {since} --at pc1:eth0").out.startswith("2 frames written")


def test_exporting_is_no_event(hub: Session, tmp_path: Path) -> None:
    before = hub.position, hub.lab.trace.digest(), len(hub.journal)
    run(hub, f"export {tmp_path / 'lab.pcapng'}")
    assert (hub.position, hub.lab.trace.digest(), len(hub.journal)) == before


@pytest.mark.parametrize(("arguments", "error"), [
    ("", "export: FILE is missing; usage: export FILE [--filter FILTER] [--at NODE[:IFACE]] [--since N] [--force]"),
    ("x --filter 'foo bar'", "export: can't parse filter expression: syntax error at 'foo'"),
    ("x --at pc9", "no host or container 'pc9'; did you mean 'pc3'?"),
    ("x --since -1", "'-1' is not a number from 0 to 999999999"),
    ("x y", ("export: 'y' is one word too many; usage: export FILE [--filter FILTER] [--at NODE[:IFACE]] [--since N] "
            "[--force]"))])
def test_export_refuses(hub: Session, tmp_path: Path, arguments: str, error: str,
                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    job = hub.run(f"export {arguments}")
    assert (job.code, job.err) == (job.code or 1, f"{error}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_somebody_elses_is_replaced_only_by_force(hub: Session, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    (tmp_path / "link").symlink_to(path)
    job = hub.run(f"export {tmp_path / 'link'}")
    told = "there is such a file already; with --force it is replaced"
    assert (job.code, job.err) == (1, f"{tmp_path / 'link'}: {told}\n")
    assert path.read_text() == "mine"
    run(hub, f"export {path} --force")
    run(hub, "ping pc1 pc2")
    hub.undo()
    run(hub, f"export {path}")
    assert packets(path) == 0


def test_places_where_no_file_can_be(hub: Session, tmp_path: Path) -> None:
    assert hub.run(f"export {tmp_path}").err == f"{tmp_path}: cannot be written: it is a directory\n"
    missing = tmp_path / "no" / "x.pcapng"
    assert hub.run(f"export {missing}").err == f"{missing}: cannot be written: no such file or directory\n"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission(hub: Session, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert hub.run(f"export {tmp_path / 'x'}").err.endswith("cannot be written: no permission\n")


def test_a_full_disk_leaves_the_old_file(hub: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lab.pcapng"
    path.write_bytes(b"old")

    def full(_descriptor: int, _data: object) -> int:
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(files.os, "write", full)
    job = hub.run(f"export {path} --force")
    monkeypatch.undo()
    assert (job.code, job.err) == (1, f"{path}: cannot be written: no space left on the disk\n")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["lab.pcapng"]


@real.needs_tcpdump
def test_the_real_one_reads_it(hub: Session, tmp_path: Path) -> None:
    run(hub, "ping pc1 pc2")
    path = tmp_path / "pc2.pcapng"
    run(hub, f"export {path} --at pc2:eth0")
    code, out, err = real.run(path, "-n", "-t")
    assert (code, err) == (0, "")
    assert [line.split(",")[0] for line in out.splitlines()] == [
        "ARP", "ARP", "IP 10.0.0.1 > 10.0.0.2: ICMP echo request", "IP 10.0.0.2 > 10.0.0.1: ICMP echo reply"]
