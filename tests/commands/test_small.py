"""The small programs, nsenter, and what is said of programs that the sandbox does not have."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from netsandbox.commands.prompt.unmodelled import REASONS
from netsandbox.commands.tools.registry import INSTALLERS
from netsandbox.explain.refusals import noted
from netsandbox.session.keeping import KeptSession


@pytest.fixture
def one() -> KeptSession:
    session = KeptSession()
    session.run("docker run -d --name web nginx")
    session.run("wait")
    return session


@pytest.mark.parametrize("line", ["echo a  'b  c'", "echo", "echo -n x", "true", "false", "uname", "uname -sm", "seq 3",
                                  "seq 2 4", "seq 5 -2 1", "seq 3 1", "seq", "seq x", "seq 1 0 2", "seq 1 2 3 4",
                                  "uname -x", "seq 1 40000 | tail -1"])
def test_a_small_program_is_what_the_real_one_is(one: KeptSession, line: str) -> None:
    if shutil.which("bash") is None or "x86_64" not in subprocess.run(["uname", "-m"], capture_output=True,
                                                                      text=True, check=False).stdout:
        pytest.skip("needs bash on such a machine")
    real = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    job = one.run(line)
    assert (job.out, job.err, job.code) == (real.stdout, real.stderr, real.returncode)


@pytest.mark.parametrize("line", ["clear", "reset"])
def test_what_clears_a_terminal_says_that_nothing_goes(one: KeptSession, line: str) -> None:
    job = one.run(line)
    assert (job.out, job.err, job.code) == ("", "note: what was printed stays in the sandbox\n", 0)
    assert noted(job.err.strip(), "zh") == "注意：已打印的内容在沙盒里会保留"


def test_folders(one: KeptSession) -> None:
    one.run("ip netns add blue")
    assert one.run("ls /sys/class/net/").out.split()[:2] == ["docker0", "lo"]
    assert one.run("ls /sys/class/net/docker0/brif | grep -c veth").out == "1\n"
    assert one.run("ls -l /var/run/netns").out .endswith(" blue\n")
    assert one.run("docker exec web ls /sys/class/net").out == "eth0\nlo\n"
    job = one.run("ls /sys/class/net /nope")
    assert (job.code, job.err) == (2, "ls: cannot access '/nope': No such file or directory\n")


@pytest.mark.parametrize("how", ["-t PID -n", "--target PID --net", "--target=PID -n", "-tPID -n", "-n -t PID",
                                 "--net=/proc/PID/ns/net"])
def test_nsenter_runs_in_the_namespace_of_a_container(one: KeptSession, how: str) -> None:
    pid = one.run("docker inspect -f '{{.State.Pid}}' web").out.strip()
    words = how.replace("PID", pid)
    assert "inet 172.17.0.2/16" in one.run(f"nsenter {words} ip addr show eth0").out
    assert "0% packet loss" in one.run(f"sudo nsenter {words} ping -c 1 172.17.0.1").out
    assert "eth0@if" in one.run("nsenter -t $(docker inspect -f '{{.State.Pid}}' web) -n ip -br link").out


def test_nsenter_without_mounts_keeps_ones_own_files(one: KeptSession) -> None:
    pid = one.run("docker inspect -f '{{.State.Pid}}' web").out.strip()
    for line in ("mkdir /tmp/d", "cd /tmp/d", "echo 'ip -br link' > x.sh", "chmod +x x.sh", "ip netns add blue"):
        assert one.run(line).code == 0
    own = one.run("cat /etc/hosts").out
    assert one.run(f"nsenter -t {pid} -n cat /etc/hosts").out == own
    assert one.run(f"nsenter -t {pid} -n -m cat /etc/hosts").out == one.run("docker exec web cat /etc/hosts").out != own
    assert one.run(f"nsenter -t {pid} -n ping -c 1 web").code == 2
    assert "eth0@" in one.run(f"nsenter -t {pid} -n ./x.sh").out
    for before in ("ip netns exec blue", "nsenter --net=/run/netns/blue", "unshare -n"):
        assert one.run(f"{before} ./x.sh").out == "lo               DOWN           00:00:00:00:00:00 <LOOPBACK> \n"
    for entering, shown in ((f"nsenter -t {pid} -n sh", own), (f"nsenter -t {pid} -n -m", "")):
        one.run(entering)
        assert "eth0@" in one.run("ip -br link").out
        assert (one.run("cat /etc/hosts").out == own) is bool(shown)
        one.run("exit")
    job = one.run("nsenter --net=/run/netns/blue ./nosuch")
    assert (job.code, job.err) == (127, "nsenter: failed to execute ./nosuch: No such file or directory\n")


@pytest.mark.parametrize("line", ["chmod 600 /tmp/x", "chmod -rw /tmp/x", "chmod u=rw,go-w /tmp/x",
                                  "chmod -R 700 /tmp/x", "chmod --reference=/etc/hosts /tmp/x", "chown -Rh 1 /tmp/x",
                                  "chown 1000:1000 /tmp/x", "chgrp adm /tmp/x"])
def test_rights_are_not_taken_in_silence(line: str) -> None:
    session = KeptSession()
    session.run("touch /tmp/x")
    job = session.run(line)
    assert (job.code, job.err) == (0, f"note: {line.split()[0]} changes nothing in the sandbox\n")
    assert session.run(line.replace("x", "y")).err.endswith("cannot access '/tmp/y': No such file or directory\n")
    assert session.run("chmod 999 /tmp/x").err.startswith("chmod: invalid mode: ‘999’\n")
    assert session.run("chmod -Z 600 /tmp/x").err.startswith("chmod: invalid option -- 'Z'\n")


def test_a_script_that_is_not_there_is_told_as_bash_does() -> None:
    job = KeptSession().run("./x")
    assert (job.code, job.err) == (127, "bash: ./x: No such file or directory\n")


def test_br_netfilter_looks_at_bridges_once_it_is_loaded() -> None:
    one = KeptSession()
    keys = "sysctl -n net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables"
    assert (one.run(keys).out, one.run("lsmod | grep -c ^br_netfilter").out) == ("0\n0\n", "0\n")
    one.run("modprobe br_netfilter")
    assert (one.run(keys).out, one.run("lsmod | grep -c ^br_netfilter").out) == ("1\n1\n", "1\n")
    one.run("sysctl -w net.bridge.bridge-nf-call-iptables=0; modprobe br_netfilter")
    assert one.run(keys).out == "0\n1\n"
    one.run("ip link add br9 type bridge")
    assert one.run("cat /sys/class/net/br9/bridge/bridge_id").out == "8000.000000000000\n"


def test_what_keeps_a_namespace_is_mounted() -> None:
    one = KeptSession()
    one.run("ip netns add red")
    for line in ("mount | grep netns", "mount -t nsfs"):
        assert one.run(line).out == "nsfs on /run/netns/red type nsfs (rw)\n"
    assert one.run("tail -1 /proc/mounts").out == "nsfs /run/netns/red nsfs rw 0 0\n"
    for line, said in (("mount --bind /etc /tmp", "netsandbox: mount lists what is mounted"),
                       ("docker run --rm alpine mount", "netsandbox: what is mounted in a container is not modelled")):
        job = one.run(line)
        assert (job.code, job.err.count("\n"), job.err.startswith(said)) == (1, 1, True)


def test_the_file_of_a_namespace_is_bound_by_mount() -> None:
    """It was refused, and tutorials name the namespaces of containers and of `unshare` so."""
    one = KeptSession()
    one.run("docker run -dit --name web alpine; ip netns add red; pid=$(docker inspect -f '{{.State.Pid}}' web)")
    one.run("touch /var/run/netns/web; mount --bind /proc/$pid/ns/net /var/run/netns/web")
    assert {"web", "172.17.0.2/16"} < set(one.run("ip netns identify $pid; ip netns exec web ip -br addr").out.split())
    assert one.run("umount /run/netns/web; ip netns exec web ip link").code == 255
    for line, said in (("umount /run/netns/web", "umount: /run/netns/web: not mounted.\n"),
                       ("mount -o bind /proc/99/ns/net /run/netns/web", (
                           "mount: /run/netns/web: special device /proc/99/ns/net does not exist.\n"
                           "       dmesg(1) may have more information after failed mount system call.\n"))):
        assert (one.run(line).err, one.run(line).code) == (said, 32)


def test_netshoot_s_own_programs_are_not_called_missing(one: KeptSession) -> None:
    for name, said in (("drill", "the sandbox has no drill: `dig`"), ("swaks", "the sandbox has no swaks"),
                       ("nosuch", "OCI runtime exec failed")):
        one.run("docker run -d --name shoot nicolaka/netshoot sleep infinity")
        job = one.run(f"docker exec shoot {name} x")
        assert job.code == 127
        assert said in job.err
        assert ("OCI" in said) is ("OCI" in job.err)


def test_a_shell_that_is_unshared_tells_what_it_is_not() -> None:
    one = KeptSession()
    assert one.run("unshare --fork --pid --net --mount-proc bash").err == (
        "note: of the namespaces that unshare makes the sandbox has only net\n")
    assert one.run("ip -br link").out.split()[:2] == ["lo", "DOWN"]
    one.run("exit")
    assert one.run("unshare -n bash").err == ""


@pytest.mark.parametrize("begun", ["unshare -n sleep 99 &", "sudo unshare --net bash -c 'sleep 99' &"])
def test_what_is_unshared_has_a_pid_by_which_its_network_is_reached(one: KeptSession, begun: str) -> None:
    """It was no process: `ip link set X netns $!` refused it."""
    one.run(begun)
    one.run("pid=$!; sleep 99 &")
    assert one.run("ip link add up0 type veth peer name up1; ip link set up1 netns $pid").code == 0
    assert one.run("nsenter -t $pid -n ip -br link").out.splitlines()[1].startswith("up1@")
    assert one.run("lsns -n -o NPROCS,COMMAND -p $pid").out == "1 sleep 99\n"
    links = one.run("readlink /proc/$pid/ns/net /proc/$!/ns/net /proc/1/ns/net").out.splitlines()
    assert links[0] != links[1] == links[2]
    assert one.run("tr '\\0' ' ' < /proc/$pid/cmdline").out.strip() == "sleep 99"
    one.run("kill $pid; kill $!")
    assert one.run("ls /proc/$pid").code == 2


@pytest.mark.parametrize(("options", "line", "out"), [
    ("--privileged --pid=host", "-t 1 -n ip -o link show docker0", "docker0"),
    ("--privileged --pid=host", "-t 1 -m -u -n -i -p docker ps --format {{.Names}}", "web"),
    ("--privileged --pid=host", "-t WEB -n ip addr", "172.17.0.2/16"),
    ("--privileged", "-t 1 -n ip addr", "172.17.0.3/16"), ("--privileged", "-t WEB -n ip addr", ""),
    ("--pid=host", "-t 1 -n ip addr", "")])
def test_a_privileged_container_with_the_hosts_pids_enters_the_host(one: KeptSession, options: str, line: str,
                                                                    out: str) -> None:
    pid = one.run("docker inspect -f '{{.State.Pid}}' web").out.strip()
    job = one.run(f"docker run --rm {options} alpine nsenter {line.replace('WEB', pid)}")
    assert (job.code == 0, out in job.out) == (bool(out), True), job.err
    assert out or "nsenter: " in job.err


def test_a_shell_on_the_host_out_of_a_container_is_left_by_exit(one: KeptSession) -> None:
    one.run("docker run -it --rm --privileged --pid=host alpine nsenter -t 1 -m -u -n -i sh")
    assert one.run("hostname").out == "host\n"
    assert one.run("exit").code == 0
    one.run("docker run -it --rm --privileged alpine")
    assert "docker0" not in one.run("nsenter -t 1 -n ip link").out


def test_nsenter_of_a_named_namespace_and_of_nothing(one: KeptSession) -> None:
    one.run("ip netns add blue")
    assert one.run("nsenter --net=/var/run/netns/blue ip -br link").out.startswith("lo ")
    hint = "Try 'nsenter --help' for more information."
    for line, said in {
            "nsenter": "no namespace specified", "nsenter -t": f"option requires an argument -- 't'\n{hint}",
            "nsenter -t 4 -n ip addr": "cannot open /proc/4/ns/net: No such file or directory\nnote: `nsenter -t PID "
                                       "-n ip addr` takes the PID of docker inspect -f '{{.State.Pid}}'",
            "nsenter -t xy -n": "failed to parse pid: 'xy'", "nsenter -n ip a": "no target PID specified",
            "nsenter -y": f"invalid option -- 'y'\n{hint}", "nsenter -t 1 ip a": "no namespace specified",
            "nsenter --net=/run/netns/red": "cannot open /run/netns/red: No such file or directory"}.items():
        job = one.run(line)
        assert (job.code, job.err) == (1, f"nsenter: {said}\n")
    assert "\x1b" not in one.run("nsenter -t x\x1by").err
    assert one.run("nsenter -t 1 -m ip a").err.startswith("netsandbox: of namespaces that nsenter enters")
    assert one.run("nsenter -t 99999999999999 -n ip a").code == 1


def test_an_interface_moves_to_the_namespace_of_a_process(one: KeptSession) -> None:
    one.run("ip link add v0 type veth peer name v1")
    assert one.run("ip link set v1 netns $(docker inspect -f '{{.State.Pid}}' web)").code == 0
    assert "v1@" in one.run("docker exec web ip -br link").out
    assert one.run("ip link set v0 netns 1").code == 0
    assert one.run("ip link set v0 netns 4").code == 255


@pytest.mark.parametrize("name", sorted(REASONS))
def test_what_is_not_there_says_what_to_type_instead(one: KeptSession, name: str) -> None:
    job = one.run(f"{name} something")
    assert (job.code, len(job.err.splitlines())) == (127, 1)
    assert job.err.startswith(f"the sandbox has no {name}: ")
    job = one.run(f"docker exec web {name} something")
    assert job.code == 127
    assert f"the sandbox has no {name}: " in job.err
    said = one.run(f"docker exec web sh -c '{name} something'").err
    assert ("reads loops as" if name in ("for", "do", "done") else f"the sandbox has no {name}: ") in said



@pytest.mark.parametrize("name", INSTALLERS)
def test_an_installer_has_nothing_to_do(one: KeptSession, name: str) -> None:
    job = one.run(f"docker exec web bash -c '{name} update && {name} install -y iproute2 && ip -br addr'")
    assert "172.17.0.2/16" in job.out
    assert "nothing is installed" in job.err


@pytest.mark.parametrize("line", ["ifconfig eth0 10.0.0.1", "ifconfig eth0 netmask 255.0.0.0", "ifconfig eth0 mtu 1400",
                                  "ifconfig eth0 down", "ifconfig eth0 hw ether 02:00:00:00:00:01"])
def test_ifconfig_changes_nothing_without_the_right(one: KeptSession, line: str) -> None:
    job = one.run(f"docker exec web {line}")
    assert job.code
    assert "Operation not permitted" in job.err
    assert "172.17.0.2/16" in one.run("exec web ip -4 addr show up").out
    assert one.run(f"exec web {line}").code == 0


@pytest.mark.parametrize("words", ["mtu", "hw ether", "hw", "netmask", "hw foo 1", "10.0.0.1/99", "10.0.0.1/x",
                                   "broadcast", "media auto", "add ::1", "mtu 99999999999", "''", "netmask 1.2.3.4.5"])
def test_wrong_words_of_ifconfig(one: KeptSession, words: str) -> None:
    before = one.run("ip addr").out
    job = one.run(f"ifconfig docker0 {words}")
    assert job.code
    first, *others = job.err.splitlines()
    assert len(others) < 2 or first == "Usage:"
    assert one.run("ip addr").out == before


@pytest.mark.parametrize(("text", "pattern", "found"), [
    ("inet 172.17.0.1/16 brd", r"(?<=inet\s)\d+(\.\d+){3}", "172.17.0.1\n"),
    ("inet 10.0.0.1/8", r"inet \K[\d.]+", "10.0.0.1\n"),
    ("aaaa", "(?<=a)a", "a\na\na\n"), ("aaaa", r"a\Ka", "a\na\n"), ("k=v;k2=v2", r"\w+(?==)", "k\nk2\n"),
    ("src 1.2.3.4 uid", r"(?<=src )[\d.]+(?= uid)", "1.2.3.4\n"), ("none", r"(?<=x)y", "")])
def test_grep_looks_behind_and_ahead(one: KeptSession, text: str, pattern: str, found: str) -> None:
    assert one.run(f"echo '{text}' | grep -oP '{pattern}'").out == found
