"""Which network namespace a process is in: the tutorial's very first topic, by the tools that show it."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

HOST = "net:[4026531840]\n"


@pytest.fixture
def lab() -> Session:
    session = Session()
    for line in ("docker run -d --name web nginx", "docker run -d --net=host --name shared redis",
                 "docker run -dit --net=container:web --name side alpine", "ip netns add blue", "wait"):
        assert session.run(line).code == 0, line
    return session


def pid(lab: Session, name: str) -> str:
    return lab.run(f"docker inspect -f '{{{{.State.Pid}}}}' {name}").out.strip()


def test_each_namespace_has_a_number_of_its_own(lab: Session) -> None:
    web = lab.run(f"readlink /proc/{pid(lab, 'web')}/ns/net").out
    assert web.startswith("net:[40265")
    assert web != HOST
    for line in ("docker exec web readlink /proc/1/ns/net", "docker exec web readlink /proc/self/ns/net",
                 "docker exec side readlink /proc/self/ns/net", "exec web readlink /proc/self/ns/net",
                 f"readlink /proc/{pid(lab, 'side')}/ns/net"):
        assert lab.run(line).out == web, line
    for line in ("readlink /proc/1/ns/net", "readlink /proc/self/ns/net", f"readlink /proc/{pid(lab, 'shared')}/ns/net",
                 "docker exec shared readlink /proc/self/ns/net", "exec web readlink /proc/1/ns/net"):
        assert lab.run(line).out == HOST, line
    assert lab.run("ip netns exec blue readlink /proc/self/ns/net").out not in (web, HOST)


def test_a_restart_makes_a_new_one(lab: Session) -> None:
    before = lab.run("docker exec web readlink /proc/self/ns/net").out
    lab.run("docker restart web")
    assert lab.run("docker exec web readlink /proc/self/ns/net").out != before


def test_lsns_lists_them_with_who_is_in_them(lab: Session) -> None:
    rows = [line.split(maxsplit=6) for line in lab.run("lsns -t net").out.splitlines()]
    assert rows[0] == ["NS", "TYPE", "NPROCS", "PID", "USER", "NETNSID", "NSFS                           COMMAND"]
    assert rows[1][:6] == ["4026531840", "net", "2", "1", "root", "unassigned"]
    assert rows[1][6].split() == ["/run/docker/netns/default", "/sbin/init"]
    assert rows[2][1:6] == ["net", "2", pid(lab, "web"), "root", "0"]
    assert rows[2][6].endswith(" nginx: master process nginx -g daemon off;")
    assert lab.run("lsns -t net").out.splitlines()[3].endswith("root unassigned /run/netns/blue")
    assert lab.run(f"lsns -n -o pid,command -p {pid(lab, 'web')}").out == (
        f"{pid(lab, 'web')} nginx: master process nginx -g daemon off;\n")
    assert lab.run("lsns").out.splitlines()[0].split() == ["NS", "TYPE", "NPROCS", "PID", "USER", "COMMAND"]


def test_a_container_sees_only_its_own(lab: Session) -> None:
    assert lab.run("docker exec web readlink /proc/1/ns/net").err == "", "the image has it"
    rows = lab.run("docker exec web lsns -t net").out.splitlines()
    assert [row.split()[3] for row in rows] == ["PID", "1"]
    assert lab.run(f"docker exec web readlink /proc/{pid(lab, 'web')}/ns/net").code == 1


def test_ls_shows_the_link(lab: Session) -> None:
    lab.run("wait 3m")
    link = "lrwxrwxrwx 1 root root 0 Jan  1 00:03 {} -> 'net:[4026531840]'\n"
    assert lab.run("ls -l /proc/self/ns/net").out == link.format("/proc/self/ns/net")
    assert link.format("net") in lab.run("ls -l /proc/$$/ns").out
    assert lab.run("ls /proc/1/ns | tr '\\n' ' '").out == (
        "cgroup ipc mnt net pid pid_for_children time time_for_children user uts ")
    assert lab.run("readlink -f /proc/1/ns/net").out == "/proc/1/ns/" + HOST


def test_a_container_has_all_but_time_and_user_for_itself(lab: Session) -> None:
    def of(place: str) -> dict[str, str]:
        rows = lab.run(f"ls -l {place}").out.splitlines()[1:]
        return {name: link for row in rows for name, _arrow, link in [row.rsplit(" ", 2)] for name in [row.split()[-3]]}
    own, inside = of("/proc/1/ns"), of(f"/proc/{pid(lab, 'web')}/ns")
    assert {name for name in own if own[name] == inside[name]} == {"time", "time_for_children", "user"}
    assert lab.run("docker exec web readlink /proc/self/ns/uts").out.strip() == inside["uts"].strip("'")
    lab.run("docker run -d --name guest --pid container:web --uts host --ipc host busybox top")
    guest = of(f"/proc/{pid(lab, 'guest')}/ns")
    assert (guest["pid"], guest["uts"], guest["ipc"]) == (inside["pid"], own["uts"], own["ipc"])
    assert guest["mnt"] not in (own["mnt"], inside["mnt"])
    assert lab.run("cat /proc/1/ns/mnt").err == "cat: /proc/1/ns/mnt: Invalid argument\n"
    assert lab.run("ls /proc/4999/ns").code == 2


def test_another_machine_has_namespaces_of_its_own(lab: Session) -> None:
    lab.run("add-host pc1")
    assert lab.run("exec pc1 readlink /proc/self/ns/net").out == HOST
    assert len(lab.run("exec pc1 lsns -t net").out.splitlines()) == 2


@pytest.mark.parametrize(("line", "code", "error"), [
    ("readlink /proc/99999/ns/net", 1, ""), ("readlink /proc/0/ns/net", 1, ""),
    ("lsns -p x", 1, "lsns: invalid PID argument: 'x'\n"),
    ("lsns 1", 1, "netsandbox: lsns lists namespaces, not the processes of one (1)\n"), ("readlink /etc/hosts", 1, ""),
    ("readlink", 1, "readlink: missing operand\nTry 'readlink --help' for more information.\n"),
    ("ls -l /proc/99999/ns/net", 2, "ls: cannot access '/proc/99999/ns/net': No such file or directory\n"),
    ("lsns -t mnt", 1, "netsandbox: only network namespaces are modelled (lsns -t net), not mnt\n"),
    ("lsns -x", 1, ("lsns: invalid option -- 'x'\nUsage: lsns [-t net] [-p PID] [-n] [-o COLUMN,COLUMN…]\n"
                    "where  COLUMN := { NS | TYPE | NPROCS | PID | USER | NETNSID | NSFS | COMMAND }\n")),
    ("lsns -o NS,FOO", 1, "lsns: unknown column: FOO\n")])
def test_what_is_not_there(lab: Session, line: str, code: int, error: str) -> None:
    job = lab.run(line)
    assert (job.code, job.out, job.err) == (code, "", error)


def test_ip_netns_exec_cut_short_runs_a_program() -> None:
    session = Session()
    assert session.run("ip net add n1").code == session.run("ip -n n1 link set lo up").code == 0
    assert "1 received" in session.run("ip net e n1 ping -c 1 127.0.0.1").out
