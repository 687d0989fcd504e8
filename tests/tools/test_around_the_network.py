"""What tutorials ask of the machine around its network: tables' names, /sys, services, modules, processes."""

from __future__ import annotations

import pytest

from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session


@pytest.fixture
def lab() -> KeptSession:
    return KeptSession(uplink=DEFAULT_LAN)


def test_tables_have_the_names_of_rt_tables(lab: KeptSession) -> None:
    assert lab.run('echo "100 t1" >> /etc/iproute2/rt_tables').code == 0
    assert lab.run("ip rule add from 192.168.1.10 table t1").code == 0
    assert lab.run("ip route add default via 192.168.1.1 dev eth0 table t1").code == 0
    assert lab.run("ip route show table t1").out == lab.run("ip route show table 100").out == (
        "default via 192.168.1.1 dev eth0 \n")
    assert "default via 192.168.1.1 dev eth0 table t1 \n" in lab.run("ip route show table all").out
    assert "32765:\tfrom 192.168.1.10 lookup t1\n" in lab.run("ip rule").out
    assert '"table":"t1"' in lab.run("ip -j rule").out
    assert "table t1 uid 0" in lab.run("ip route get 8.8.8.8 from 192.168.1.10").out
    assert lab.run("ip rule del table t1").code == lab.run("ip route flush table t1").code == 0
    assert lab.run("ip rule add table nosuch").err == 'Error: argument "nosuch" is wrong: invalid table ID\n\n'


def test_a_rule_for_users_holds_for_who_is_asked_about(lab: KeptSession) -> None:
    for line in ("ip rule add uidrange 1000-2000 table 7", "ip route add default via 192.168.1.7 dev eth0 table 7"):
        assert lab.run(line).code == 0
    assert "192.168.1.7 dev eth0 table 7 src 192.168.1.10 uid 1000 \n" in lab.run("ip route get 9.9.9.9 uid 1000").out
    assert " via 192.168.1.1 dev eth0 src 192.168.1.10 uid 999 \n" in lab.run("ip route get 9.9.9.9 uid 999").out
    assert " via 192.168.1.1 dev eth0 src 192.168.1.10 uid 0 \n" in lab.run("ip route get 9.9.9.9").out
    assert "uid" not in lab.run("ip route get 9.9.9.9 uid 4294967295").out
    lab.run("sysctl -w net.ipv4.ip_forward=1")
    asked = "ip route get 9.9.9.9 from 192.168.1.9 iif eth0"
    assert "uid" not in lab.run(asked).out
    assert "via 192.168.1.1 dev eth0 uid 1500 \n    cache <redirect> iif eth0 \n" in lab.run(f"{asked} uid 1500").out


def test_addresses_that_were_seen_are_a_file(lab: KeptSession) -> None:
    assert lab.run("ls /proc/net/xt_recent").code
    lab.run("iptables -A OUTPUT -p icmp -m recent --set --name seen --rdest")
    lab.run("ping -c 2 192.168.1.1")
    text = lab.run("cat /proc/net/xt_recent/seen").out
    assert text.startswith("src=192.168.1.1 ttl: 64 last_seen: ")
    assert " oldest_pkt: 2 " in text
    lab.run("iptables -F OUTPUT")
    assert lab.run("ls /proc/net/xt_recent").code


def test_a_bad_rt_tables_is_passed_over(lab: KeptSession) -> None:
    lab.run("printf '255 mine\\nx y\\n7\\n0 zero\\n99999999999 far\\n200 a b\\n201 ok # note\\n' "
            "> /etc/iproute2/rt_tables")
    assert lab.run("ip rule add table ok").code == 0
    assert [lab.run(f"ip rule add table {name}").code for name in ("mine", "zero", "far", "a")] == [255] * 4
    assert "lookup local" in lab.run("ip rule").out


def test_a_name_ends_with_the_line_that_it_was_read_for(lab: KeptSession) -> None:
    lab.run("docker run -d --name web --cap-add NET_ADMIN nicolaka/netshoot sleep 100")
    lab.run('echo "100 t1" >> /etc/iproute2/rt_tables')
    lab.run("ip rule add table t1")
    assert "lookup t1" in lab.run("ip rule").out
    assert lab.run("docker exec web ip rule add table t1").code == 255


def test_devices_of_sys(lab: KeptSession) -> None:
    for line in ("brctl addbr br0", "ip link add v0 type veth peer name v1", "brctl addif br0 v0",
                 "ip link add link eth0 name eth0.5 type vlan id 5"):
        assert lab.run(line).code == 0
    assert lab.run("readlink /sys/class/net/br0 /sys/class/net/eth0").out == (
        "../../devices/virtual/net/br0\n../../devices/pci0000:00/0000:00:03.0/virtio0/net/eth0\n")
    assert lab.run("ls /sys/devices/virtual/net").out.split() == ["br0", "docker0", "eth0.5", "lo", "v0", "v1"]
    assert " lo -> ../../devices/virtual/net/lo\n" in lab.run("ls -l /sys/class/net").out
    assert lab.run("basename $(readlink /sys/class/net/v0/master)").out == "br0\n"
    assert lab.run("cat /sys/class/net/eth0.5/lower_eth0/mtu").out == "1500\n"
    assert lab.run("cat /sys/class/net/br0/lower_v0/brport/state").out == "0\n"
    assert lab.run("echo 1400 > /sys/class/net/v0/mtu").code == 0
    assert lab.run("cat /sys/class/net/br0/mtu").out == "1400\n"
    assert lab.run("[ -d /sys/class/net/br0/bridge ]").code == 0
    assert lab.run("[ -d /sys/class/net/v0/bridge ]").code == 1
    for wrong in ("/sys/nope", "/sys/class/net/nope", "/sys/devices/virtual/net/eth0", "/sys/class/net/v0/nope"):
        assert "No such file or directory" in lab.run(f"cat {wrong}").err


def test_sysctl_lists_devices_with_a_dot(lab: KeptSession) -> None:
    lab.run("ip link add link eth0 name eth0.5 type vlan id 5")
    job = lab.run("sysctl -a")
    assert (job.code, job.err) == (0, "")
    assert "net.ipv4.conf.eth0/5.rp_filter = " in job.out


OPTIONS = ("""; `echo '{"icc": false, "dns": ["1.1.1.1", "9.9.9.9"], "debug": true, "mtu": 1400}' """
           "> /etc/docker/daemon.json` and `systemctl restart docker` give it these options\n")


@pytest.mark.parametrize(("line", "code", "said"), [
    ("systemctl stop firewalld", 0, "note: no service firewalld runs in the sandbox"),
    ("service network restart", 0, "note: no service network runs in the sandbox"),
    ("docker --log-level warn ps", 0, "note: --log-level does nothing in the sandbox"),
    ("docker --log-level nope ps", 1, "Unable to parse logging level: nope"),
    ("docker run --rm alpine du /etc/hosts", 127, "the sandbox has no du"),
    ("echo '{\"b\": [1]}' | python3 -m json.tool", 0, '{\n    "b": [\n        1\n    ]\n}\n'),
    ("echo '{' | python3 -m json.tool", 1, "Expecting property name enclosed in double quotes: line 2 "),
    ("python3 -m json.tool nope", 1, "[Errno 2] No such file or directory: 'nope'"),
    ("python3 -m json.tool --json-lines", 1, "json.tool --json-lines is not modelled"),
    ("ll /etc/hosts", 0, "/etc/hosts\n"), ("ll /nope", 2, "ls: cannot access '/nope'"),
    ("systemctl list-timers", 1, "`systemctl list-timers` is not modelled"),
    ("systemctl statusd docker", 1, "Unknown command verb 'statusd', did you mean 'status'?"),
    ("systemctl stop nosuch", 5, "Unit nosuch.service not found."), ("getenforce", 0, "Disabled"),
    ("setenforce 0", 1, "setenforce: SELinux is disabled"), ("sestatus", 0, "disabled"),
    ("modprobe ip_gre", 0, ""), ("modprobe bonding mode=1 miimon=100", 0, ""), ("modprobe gre", 0, ""),
    ("modprobe ifb numifbs=1", 1, "netsandbox: module ifb is not modelled"),
    ("modprobe -q nosuch", 1, ""), ("modprobe -Z", 1, "modprobe: invalid option -- 'Z'"),
    ("umount -f /nope", 32, "umount: /nope: no mount point specified."), ("umount -l", 1, "umount: bad usage"),
    ("modprobe nosuch x=1", 1, "modprobe: FATAL: Module nosuch not found"),
    ("sudo kill -0 99999", 1, "No such process"), ("sudo kill -HUP $(pidof dockerd)", 1, "netsandbox: dockerd takes"),
    ("cat /etc/os-release", 0, "ID_LIKE=debian"), ("ethtool -K eth0 tx off rx off", 0, ""),
    ("ethtool -K eth0 tso on", 1, "Could not change any device features"),
    ("ethtool -K eth0 nosuch on", 92, "bit name not found"), ("ethtool -K nope tx off", 92, "No such device"),
    ("ethtool -K eth0 tx maybe", 1, "is not followed by 'on' or 'off'"),
    ("ethtool -s eth0 speed 1000", 75, "Operation not supported"),
    ("dockerd --icc=false --dns 1.1.1.1 --dns=9.9.9.9 -D --mtu 1400 &", 1, OPTIONS),
    ("uname -p", 0, "unknown\n"), ("uname -mi", 0, "x86_64 unknown\n"), ("uname -q", 1, "invalid option -- 'q'"),
    ("su root -c 'ip -br link | head -1'", 0, "lo  "), ("sudo su - -c hostname", 0, "host\n"),
    ("/etc/init.d/docker status", 0, "Active: active (running)"), ("sudo /etc/init.d/nosuch restart", 5, "not found."),
    ("hostnamectl", 0, " Static hostname: host\nOperating System: netsandbox"),
    ("hostnamectl set-chassis vm", 1, "there are `hostnamectl` and"), ("top -bn1", 127, "`docker top NAME` list them"),
    ("ip link show type veth", 0, ""), ("ip link del eth0", 2, "RTNETLINK answers: Operation not supported"),
    ("ethtool -i eth0", 0, "driver: virtio_net\nversion: 1.0.0\n"), ("ethtool eth0", 0, "Speed: Unknown!"),
    ("cat /sys/class/net/eth0/speed", 0, "-1\n"), ("echo x | sudo -u root A=1 cat", 0, "x\n"),
    ("ping -c 1 ::1", 2, "ping: ::1: Address family for hostname not supported\n"),
    ("mtr -r -c 1 2001:db8::1", 0, "mtr: Failed to resolve host: 2001:db8::1: Address family for hostname not"),
    ("sysctl kernel.hostname", 0, "kernel.hostname = host\n"), ("cat /proc/sys/kernel/hostname", 0, "host\n"),
    ("sysctl -w kernel.hostname=x", 1, "`hostname NAME` sets it\n"), ("sysctl -h", 0, "Usage: sysctl"),
    ("id -u -g", 1, 'id: cannot print "only" of more than one choice\n'),
    ("id -gn nosuch root daemon", 1, "root\ndaemon\n"), ("id -gn nosuch root", 1, "id: ‘nosuch’: no such user\n"),
    ("id nosuch", 1, "id: ‘nosuch’: no such user\n"), ("id nobody", 0, "uid=65534(nobody) gid=65534(nogroup) groups"),
    ("id -x", 1, "id: invalid option -- 'x'\n"), ("pgrep -x docker", 1, ""), ("pgrep -x dockerd", 0, "612\n"),
    ("ethtool -n docker0", 1, "Cannot get RX rings: Operation not supported\nrxclass: "),
    ("ip netns add n7; ip -n n7 addr add 10.0.0.1/24 dev lo label lo:1; ip netns exec n7 netstat -ai", 0,
     "lo:1            65536      - no statistics available -                        L\n"),
    ("ip link add w0 type veth peer name w1; ethtool -l w0", 0, "Current hardware settings:\nRX:\t\t1\nTX:\t\t1\n"),
    ("docker run --rm --net none nicolaka/netshoot fping -qg 10.0.0.1 10.0.1.144", 1, ""),
    ("wget -q http://[::1]/", 1, "wget: IPv6 is not modelled\n"),
    ("bash -c 'while :; do echo a; done' | head -2; echo ${PIPESTATUS[@]}", 0, "a\na\n141 0\n"),
    ("tail -1 /etc/passwd; grep -c : /etc/group", 0, "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n38"),
    ("grep 8080 /etc/services", 0, "http-alt\t8080/tcp\twebcache\n"), ("getent group 33", 0, "www-data:x:33:\n"),
    ("getent passwd nosuch", 2, ""), ("getent passwd | wc -l", 0, "18\n"),
    ("docker run --rm debian head -1 /etc/passwd", 0, "root:x:0:0:root:/root:/bin/bash\n"),
    ("sysctl -w net.nf_conntrack_max=99; sysctl net.netfilter.nf_conntrack_max", 0, "= 99\n"),
    ("sysctl vm.swappiness", 1, "vm.swappiness is not modelled: of /proc/sys"),
    ("X=; nsenter -t $X -n true", 1, "nsenter: failed to parse pid: '-n'\n"),
    ("docker run -d --name ut nginx; nsenter -t $(docker inspect -f '{{.State.Pid}}' ut) -u sh -c hostname | wc -c", 0,
     "13\n")])
def test_around(lab: KeptSession, line: str, code: int, said: str) -> None:
    job = lab.run(line)
    assert (job.code, said in job.out + job.err) == (code, True), job.out + job.err


@pytest.mark.parametrize(("words", "rows"), [
    ("-eo pid,ppid,comm", ["    PID    PPID COMMAND", "      1       0 init"]), ("axo comm", ["COMMAND", "init"]),
    ("-p 1 -o pid= -o comm=", ["      1 init"]), ("-p 1 -o pid=X,comm=Y", ["      X Y", "      1 init"]),
    ("-p1 -opid=,comm", ["        COMMAND", "      1 init"]), ("-fp 1", ["UID", "root"])])
def test_columns_of_ps(words: str, rows: list[str]) -> None:
    said = KeptSession().run(f"ps {words}").out.splitlines()
    assert [row[:len(wanted)] for row, wanted in zip(said, rows, strict=False)] == rows


def test_ps_sees_itself_and_what_runs_beside_it(lab: KeptSession) -> None:
    assert lab.run("ps").out.splitlines()[1:] == ["1000000 pts/0    00:00:00 bash", "1000001 pts/0    00:00:00 ps"]
    assert "1000000  0 00:00 pts/0    00:00:00 ps -ef\n" in lab.run("ps -ef").out
    lab.run("docker run -d --name cache redis")
    lab.run("docker exec -d cache sleep 2000")
    rows = [row.split() for row in lab.run("docker exec cache ps -ef").out.splitlines()[1:]]
    assert [(row[1], row[2], " ".join(row[7:])) for row in rows] == [
        ("1", "0", "redis-server"), ("2", "0", "sleep 2000"), ("3", "0", "ps -ef")]
    assert lab.run("docker exec cache pgrep sleep").out == "2\n"
    script = lab.run("docker exec cache sh -c 'ps'").out.splitlines()
    assert [row.split()[-1] for row in script] == ["CMD", "redis-server", "sleep", "sh", "ps"]
    assert lab.run("docker run --rm alpine ps").out == "PID   USER     TIME  COMMAND\n    1 root      0:00 ps\n"
    lab.run("docker run -it --rm busybox")
    assert lab.run("ps").out.splitlines()[1:] == ["    1 root      0:00 sh", "    2 root      0:00 ps"]
    lab.run("exit")
    lab.run("docker run -it --rm ubuntu")
    assert lab.run("ps").out.splitlines()[1:] == ["      1 pts/0    00:00:00 bash", "      2 pts/0    00:00:00 ps"]
    lab.run("exit")
    lab.run("docker rm -f cache")


DRAWN = {
    "tree": ".\n├── a\n│   ├── b\n│   ├── l -> ../z\n│   └── x\n├── c\n└── z\n\n4 directories, 3 files\n",
    "tree --noreport c": "c\n",
    "tree -d": ".\n├── a\n│   └── b\n└── c\n\n4 directories\n",
    "tree -a -L 1": ".\n├── .h\n├── a\n├── c\n└── z\n\n4 directories, 1 file\n",
    "tree a c": "a\n├── b\n├── l -> ../z\n└── x\nc\n\n2 directories, 2 files\n",
    "tree -f a": "a\n├── a/b\n├── a/l -> ../z\n└── a/x\n\n2 directories, 2 files\n",
    "tree -i a": "a\nb\nl -> ../z\nx\n\n2 directories, 2 files\n",
    "tree nosuch": "nosuch  [error opening dir]\n\n0 directories, 0 files\n",
    "tree -L 0": "tree: Invalid level, must be greater than 0.\n", "tree -h": "tree: -h is not modelled\n"}


def test_a_directory_is_drawn_as_the_real_tree_draws_it(lab: KeptSession) -> None:
    lab.run("mkdir -p /tmp/t/a/b /tmp/t/.h /tmp/t/c; cd /tmp/t; echo > a/x; echo > z; ln -s ../z a/l")
    for line, said in DRAWN.items():
        job = lab.run(line)
        code = 2 if "nosuch" in line else int(line in ("tree -L 0", "tree -h"))
        assert (job.out + job.err, job.code) == (said, code)
    assert "red -> " not in lab.run("ip netns add red; tree /run/netns").out


def test_the_engine_is_among_the_processes() -> None:
    session = Session()
    assert session.run("docker run -d --name web -p 8080:80 nginx").code == 0
    assert session.run("pidof dockerd").out == "612\n"
    said = session.run("ps aux").out
    assert " /usr/bin/containerd\n" in said
    assert ("/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 "
            "-container-port 80 -use-listen-fd\n") in said
    assert session.run("ss -ltnp | grep -c pid=$(pgrep -o docker-proxy)").out == "1\n"
    assert session.run("systemctl stop docker").code == 0
    assert session.run("pidof dockerd docker-proxy").code == 1
    assert "dockerd" not in session.run("docker run --rm busybox ps").out


def test_a_parameter_of_neighbours_that_is_refused_leaves_those_before_it(lab: KeptSession) -> None:
    before = lab.run("ip ntable show dev eth0").out
    refused = lab.run("ip ntable change name arp_cache dev eth0 queue 5 locktime 7")
    assert (refused.code, refused.err) == (1, "netsandbox: locktime 7 is not modelled\n")
    assert lab.run("ip ntable show dev eth0").out == before
    assert lab.run("ip ntable change name arp_cache dev eth0 queue 5 locktime 70").code == 0
    assert " queue 5 " in lab.run("ip ntable show dev eth0").out
