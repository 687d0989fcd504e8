"""Where a line runs: decided when it begins; files, variables and jobs of each place."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession


@pytest.fixture
def lab() -> KeptSession:
    session = KeptSession()
    for line in ("add-host pc1", "docker run -d --name web nginx", "docker run -d --name box alpine sleep 1d", "wait"):
        session.run(line)
    return session


def test_a_line_goes_on_where_it_began(lab: KeptSession) -> None:
    lab.run("enter pc1")
    job = lab.run("ping -c 3 127.0.0.1; hostname; ip -br addr &")
    lab.run("exit")
    lab.run("wait")
    assert job.code == 0
    assert "pc1\n" in job.out
    assert "docker0" not in job.out


def test_each_place_has_files_and_variables_of_its_own(lab: KeptSession) -> None:
    lab.run("X=host; echo one > /tmp/f")
    lab.run("docker exec web sh -c 'echo two > /tmp/f'")
    lab.run("enter pc1")
    assert lab.run('echo "[$X]"; cat /tmp/f').out == "[]\n"
    lab.run("exit")
    assert lab.run("echo $X; cat /tmp/f; docker exec web cat /tmp/f").out == "host\none\ntwo\n"
    lab.run("docker rm -f web; docker run -d --name web nginx")
    assert "No such file" in lab.run("docker exec web cat /tmp/f").err


def test_files_are_part_of_history(lab: KeptSession) -> None:
    lab.run("echo 1 > /tmp/f")
    lab.run("echo 2 >> /tmp/f")
    lab.undo()
    assert lab.run("cat /tmp/f").out == "1\n"


@pytest.mark.parametrize(("line", "err"), [
    ("docker exec web sh -c 'echo $((1/0))'", 'sh: 1: arithmetic expression: division by zero: "1/0"\n'),
    ("docker exec web bash -c nosuch", "bash: line 1: nosuch: command not found\n"),
    ("docker exec box sh -c nosuch", "sh: nosuch: not found\n"),
    ("docker exec web sh -c nosuch", "sh: 1: nosuch: not found\n"), ("cd /nowhere",
     "bash: cd: /nowhere: No such file or directory\n")])
def test_a_shell_complains_in_its_own_words(lab: KeptSession, line: str, err: str) -> None:
    assert lab.run(line).err == err


def test_a_setting_is_written_as_a_file_and_only_to_what_it_can_be(lab: KeptSession) -> None:
    lab.run("echo 0 > /proc/sys/net/ipv4/ip_forward")
    assert lab.run("sysctl -n net.ipv4.ip_forward; cat /proc/sys/net/ipv4/ip_forward").out == "0\n0\n"
    assert lab.run("echo x > /proc/sys/net/ipv4/ip_forward").err == "bash: echo: write error: Invalid argument\n"
    assert "No such file" in lab.run("echo 1 > /proc/sys/net/nothing").err
    assert "Read-only file system" in lab.run("docker exec web sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'").err
    assert lab.run("sudo sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'; echo 5 | sudo tee /proc/sys/net/nothing").code


@pytest.mark.parametrize("trick", [
    "mkdir -p /var/run/netns; ln -s /proc/$PID/ns/net /var/run/netns/web",
    "mkdir -p /run/netns; ln -sf /proc/$PID/ns/net /run/netns/web"])
def test_a_containers_namespace_gets_a_name_by_a_link(lab: KeptSession, trick: str) -> None:
    lab.run("PID=$(docker inspect -f '{{.State.Pid}}' web)")
    lab.run(trick)
    assert lab.run("ip netns list").out.startswith("web")
    assert "172.17.0.2" in lab.run("ip netns exec web ip -br addr").out
    assert "172.17.0.2" in lab.run("ip -n web addr").out
    lab.run("rm /var/run/netns/web")
    assert lab.run("ip netns list").out == ""


def test_dockers_own_namespaces_are_named_by_a_link_to_their_folder(lab: KeptSession) -> None:
    lab.run("ln -s /var/run/docker/netns /var/run/netns")
    names = [line.split()[0] for line in lab.run("ip netns list").out.splitlines()]
    assert len(names) == 2
    assert all("172.17.0." in lab.run(f"ip netns exec {name} ip -br addr").out for name in names)


def test_a_namespace_has_its_own_resolv_conf(lab: KeptSession) -> None:
    lab.run("ip netns add red; mkdir -p /etc/netns/red; echo 'nameserver 9.9.9.9' > /etc/netns/red/resolv.conf")
    assert lab.run("ip netns exec red cat /etc/resolv.conf").out == "nameserver 9.9.9.9\n"
    assert "9.9.9.9" not in lab.run("cat /etc/resolv.conf").out


def test_jobs_wait_and_are_killed(lab: KeptSession) -> None:
    lab.run("ping 127.0.0.1 > /dev/null &")
    assert "[1]+  Running" in lab.run("jobs").out
    assert lab.run("kill %1; wait %1; echo $?").out == "143\n"
    begun = lab.position.at
    assert lab.run("sleep 3 & sleep 1; wait $!; echo done").out == "done\n"
    assert lab.position.at - begun == 3_000_000_000


def test_a_script_is_a_file(lab: KeptSession) -> None:
    lab.run("printf '#!/bin/bash\\nfor i in $@; do echo \"<$i>\"; done\\nexit 4\\n' > /tmp/s.sh; chmod +x /tmp/s.sh")
    for call in ("bash /tmp/s.sh a b", "/tmp/s.sh a b", "bash -s a b < /tmp/s.sh", "cat /tmp/s.sh | bash -s a b"):
        job = lab.run(call)
        assert (job.out, job.code) == ("<a>\n<b>\n", 4), call
    assert lab.run(". /tmp/nothing").err == "bash: /tmp/nothing: No such file or directory\n"
    assert lab.run("cd /tmp; . ./s.sh x; pwd").code == 4


def test_export_is_the_shells_with_a_value_and_the_labs_with_a_file(lab: KeptSession) -> None:
    assert lab.run("export A=5; bash -c 'echo $A'").out == "5\n"
    assert lab.run("for i in 1 2; do export B=$i; done; echo $B").out == "2\n"


def test_what_is_piped_into_a_container_is_its_input(lab: KeptSession) -> None:
    assert lab.run("echo 'echo $((6*7))' | docker exec -i box sh").out == "42\n"
    assert lab.run("docker exec -i web bash <<END\necho {a,b}\nEND").out == "a b\n"


@pytest.mark.parametrize("line", ["foo/bar", "./x.sh", "nsenter --net=/nope", "sudo nsenter --net=/run/netns/x ip a"])
def test_what_is_not_there_makes_no_host(line: str) -> None:
    session = KeptSession()
    assert session.run(line).code
    assert not session.lab.nodes
