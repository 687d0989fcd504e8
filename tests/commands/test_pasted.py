"""Lines of tutorials with their prompts, and comments, which begin as root's prompt does."""

from __future__ import annotations

import pytest

from netsandbox.commands.line import in_background, read_line
from netsandbox.commands.prompt.pasted import whole_lines, without_prompt
from netsandbox.explain.refusals import noted
from netsandbox.session.session import Session


@pytest.mark.parametrize(("line", "command"), [
    ("$ docker ps", "docker ps"), ("  $  docker ps", "docker ps"), ("# docker ps -a", "docker ps -a"),
    ("# ip addr", "ip addr"), ("# ip -br link", "ip -br link"), ("# ping -c 1 172.17.0.2", "ping -c 1 172.17.0.2"),
    ("# ping 172.17.0.2", "ping 172.17.0.2"), ("# cat /etc/hosts", "cat /etc/hosts"), ("# ifconfig", "ifconfig"),
    ("# sysctl net.ipv4.ip_forward", "sysctl net.ipv4.ip_forward"), ("# modprobe ipip", "modprobe ipip"),
    ("# lsmod | grep ipip", "lsmod | grep ipip"), ("# echo 1 > /proc/sys/net/ipv4/ip_forward",
                                                  "echo 1 > /proc/sys/net/ipv4/ip_forward"),
    ("# systemctl restart docker", "systemctl restart docker"), ("# yum install -y bridge-utils",
                                                                "yum install -y bridge-utils"),
    ("# vconfig add eth0 5", "vconfig add eth0 5"), ("# mkdir -p /var/run/netns", "mkdir -p /var/run/netns"),
    ("# export A=b", "export A=b"), ("# curl http://10.0.0.1", "curl http://10.0.0.1"), ("# exit",
    "exit"), ("# sudo ip a", "sudo ip a"),
    ("root@5f3a2b:/# ip addr", "ip addr"), ("me@laptop:~/net$ docker ps", "docker ps"),
    ("[root@host ~]# wait 2s", "wait 2s"), ("/ # ping nginx-2", "ping nginx-2"), ("~ $ ip a", "ip a"),
    ("❯ show arp nginx-1", "show arp nginx-1"), ("[root@docker ~]#ip route", "ip route"),
    ("root@ubuntu:~#ip a", "ip a"), ("host1# ip route", "ip route"), ("bash-4.2# ip route", "ip route"),
    ("sh-5.1$ whatever", "whatever"), ("(base) root@ubuntu:~# ip a", "ip a"), ("➜  ~ docker ps", "docker ps"),
    ("➜  net git:(main) ✗ docker ps", "docker ps"), ("└─$ ip netns list", "ip netns list"),
    ("┌──[root@liruilongs.github.io]-[~]", ""), ("node1$ ping 10.0.0.1", "ping 10.0.0.1"),
    ("me@mac ~ % docker ps", "docker ps"), ("[node1] $ ip a", "ip a"), ("me@h:~/a-b$ ip a", "ip a")])
def test_a_prompt_is_taken_off(line: str, command: str) -> None:
    assert without_prompt(line) == command


@pytest.mark.parametrize("line", [
    "# two containers", "# docker is a tool", "# ping the second container", "# docker ps, then ping", "# arp tables",
    "# ip addresses", "# show arp a", "#docker ps", "#", "$", "# sudo", "docker ps # all", "docker ps",
    "docker rm $(docker ps -aq)", "", "echo a # b", "host1# two hosts", "x$ y", "# systemctl is a tool",
    "# modprobe loads a module",
    "# echo prints words", "# install bridge-utils", "# export the image", "# curl works", "# exit the shell",
    "# 添加网桥", "# yum 安装", "# ping 通", "# docker 网络", "a@b:c $d", "echo 50% ip"])
def test_what_is_no_prompt_stays(line: str) -> None:
    assert without_prompt(line) == line


def test_the_journal_has_the_command() -> None:
    session = Session()
    job = session.run("$ docker run -d --name web nginx")
    assert job.code == 0
    assert session.run("# docker ps --format {{.Names}}").out == "web\n"
    assert session.run("# docker makes a namespace").output == []
    assert [entry.line for entry in session.journal] == ["docker run -d --name web nginx",
                                                         "docker ps --format {{.Names}}"]


@pytest.mark.parametrize(("physical", "whole", "begun"), [
    (["for i in 1 2", "do", "  echo $i", "done", "ls"], ["for i in 1 2\ndo\n  echo $i\ndone", "ls"], ""),
    (["docker run \\", "  -d nginx"], ["docker run \\\n  -d nginx"], ""),
    (["echo 'a", "", "b'"], ["echo 'a\n\nb'"], ""), (["cat <<END", " $ x", "END"], ["cat <<END\n $ x\nEND"], ""),
    (["$ if true", "> then echo; fi"], ["if true\nthen echo; fi"], ""), (["a", "", "  b  "], ["a", "b"], ""),
    (["f() {", "echo"], [], "f() {\necho"), (["a &&", "b"], ["a &&\nb"], ""), (["echo )", "b"], ["echo )", "b"], ""),
    (["expect output contains 'it", "b"], ["expect output contains 'it", "b"], ""),
    (["until 5 10", "b"], ["until 5 10", "b"], ""), (["until false; do", "done"], ["until false; do\ndone"], ""),
    (["┌──(kali㉿kali)-[~]", "└─$ ip a"], ["ip a"], "")])
def test_several_physical_lines_make_one(physical: list[str], whole: list[str], begun: str) -> None:
    assert whole_lines(physical) == (whole, begun)


@pytest.mark.parametrize(("line", "code", "says"), [
    ("ip addr　show dev lo", 1, "note: the shell takes U+3000 for letters, as any other\nTry:  ip addr show dev lo\n"),
    ("iptables –t nat –L", 2, "note: the shell takes U+2013 (–) for letters, as any other\nTry:  iptables -t nat -L\n"),
    ("ip netns add “n9”", 0,
     "note: the shell takes U+201C (“) U+201D (”) for letters, as any other\nTry:  ip netns add \"n9\"\n"),
    ("ping -c 1 127.0.0.1；ip a", 2, "Try:  ping -c 1 127.0.0.1;ip a\n"),
    ("docker network create ––subnet 10.0.0.0/24 n", 1, "Try:  docker network create --subnet 10.0.0.0/24 n\n"),
    ("ｐｉｎｇ -c 1 127.0.0.1", 2, "U+FF47 (ｇ) for letters, as any other\nTry:  ping -c 1 127.0.0.1\n"),
    ("ip\xa0a", 2, "Try:  ip a\n")])
def test_a_look_alike_is_named(line: str, code: int, says: str) -> None:
    job = Session().run(line)
    assert (job.code, job.err.endswith(says) or job.err.startswith(says)) == (code, True), job.err


@pytest.mark.parametrize("dash", ["\u2014", "\u2013", "\u2212"])
def test_the_dash_that_was_typed_is_the_one_that_is_named(dash: str) -> None:
    said = Session().run(f"docker run -d {dash}name web nginx").err
    assert f"note: the line has a dash ({dash}) where" in said
    assert f"这一行里有破折号（{dash}），" in noted(said.splitlines()[-2], "zh")


@pytest.mark.parametrize("line", ["echo 你好，世界", "echo “a”", "ip netns add n1  # 建立“一个”", "docker ps -a"])
def test_prose_is_left_alone(line: str) -> None:
    assert "note: the shell takes" not in Session().run(line).err


@pytest.mark.parametrize(("line", "offered"), [
    ("ping nginx-1 nginx-2 -c 3。", "ping nginx-1 nginx-2 -c 3"),
    ("ping nginx-1，nginx-2 -c 1", "ping nginx-1 nginx-2 -c 1"),
    ("docker rm nginx-1、nginx-2", "docker rm nginx-1 nginx-2"),
    ("docker run -d ——name web -p 8080：80 nginx", "docker run -d --name web -p 8080:80 nginx"),
    ("iptables -A INPUT -p tcp -m multiport --dports 80，443 -j DROP",
     "iptables -A INPUT -p tcp -m multiport --dports 80,443 -j DROP"),
    ("iptables -A INPUT -m state --state NEW，INVALID -j DROP；",
     "iptables -A INPUT -m state --state NEW,INVALID -j DROP")])
def test_what_is_offered_has_no_full_width_sign_left_and_would_work(line: str, offered: str) -> None:
    session = Session()
    for name in ("nginx-1", "nginx-2"):
        session.run(f"docker run -d --name {name} nginx")
    job = session.run(line)
    assert job.code
    assert f"Try:  {offered}\n" in job.err
    assert session.run(offered.replace("docker rm", "docker rm -f")).code == 0


def test_a_look_alike_is_named_in_chinese() -> None:
    lines = [noted(line, "zh") for line in Session().run("ip\xa0a").err.splitlines()]
    assert lines[-2].startswith("注意：shell 把 U+00A0 当作普通字符")
    assert lines[-1] == "可以输入：ip a"


@pytest.mark.parametrize("physical", [
    ["cat > /tmp/page <<EOF", *(f"  'line' {number}" for number in range(3000)), "EOF"],
    ["for i in 1 2; do", *(f'echo "{number}" # isn\'t it' for number in range(2000)), "done"],
    ["if true; then", *("for i in 1; do echo; done" for _ in range(300)), "fi"]])
def test_a_long_paste_is_one_command(physical: list[str]) -> None:
    assert whole_lines([*physical, "ls"]) == (["\n".join(line.strip() if not at else line for at, line in
                                                         enumerate(physical)), "ls"], "")


def test_the_last_line_may_be_put_together_from_two() -> None:
    assert whole_lines(["while false; do", "echo; do\\", "ne", "ls"])[0] == ["while false; do\necho; do\\\nne", "ls"]


def test_a_comment_behind_a_long_loop_in_the_background_stays_one() -> None:
    loop = "for i in 1; do # a\n" + "echo '#' # b # c\n" * 4000 + "done"
    assert read_line(f"{loop} & # d # e").text == f"{loop} # d # e"
    assert in_background(f"{loop} # d") == f"{loop} & # d"


def test_a_redirection_in_a_line_that_goes_on_stays_one() -> None:
    """Only a `>` that begins a line is the prompt of one that goes on."""
    for lines in (["for i in 1 2; do", "echo $i > /tmp/x", "done"], ['echo "a', 'b" > /tmp/b'],
                  ["cat > f <<EOF", "a > b", "EOF"]):
        assert whole_lines(lines)[0] == ["\n".join(lines)]
    prompted = ["for i in 1; do", "> echo $i > /tmp/x", "> done"]
    assert whole_lines(prompted)[0] == ["for i in 1; do\necho $i > /tmp/x\ndone"]
