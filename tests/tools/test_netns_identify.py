"""ip netns identify: of a shell's own number it tells where the shell is."""

from __future__ import annotations

from netsandbox.session.keeping import KeptSession


def test_the_shell_itself_is_identified_where_it_is() -> None:
    session = KeptSession()
    session.run("ip netns add blue")
    job = session.run("ip netns identify $$")
    assert (job.out, job.err, job.code) == ("\n", "", 0)
    assert session.run("ip netns exec blue sh -c 'ip netns identify $$'").out == "blue\n"
    assert session.run("ip netns identify 999").err == "Cannot open network namespace: No such file or directory\n"


def test_a_namespace_gets_a_number() -> None:
    session = KeptSession()
    for line in ("ip netns add t1", "ip netns add t2", "ip netns set t1 10", "ip netns set t2 auto", "ip netns add t3"):
        assert session.run(line).code == 0
    assert session.run("ip netns").out == "t3\nt2 (id: 0)\nt1 (id: 10)\n"
    assert session.run("ip netns list-id nsid 10").out == "nsid 10 (iproute2 netns name: t1)\n"
    assert session.run("ip netns list-id nsid 9").err == "Error: Peer netns reference is invalid.\n"
    assert "target-nsid` is not modelled" in session.run("ip netns list-id target-nsid 0").err
    for line, error, code in (
            ("t1 3", "Error: Peer netns already has a nsid assigned.", 2),
            ("t3 10", "Error: The specified nsid is already used.", 2),
            ("t3 -5", 'Error: argument "-5" is wrong: "netnsid" value should be >= 0', 255),
            ("nope 3", 'Cannot open network namespace "nope": No such file or directory', 1),
            ("t1 x", 'Error: argument "x" is wrong: Invalid "netnsid" value', 255),
            ("t1", "No nsid specified", 1), ("", "No netns name specified", 1)):
        job = session.run(f"ip netns set {line}")
        assert (job.err, job.code) == (error + "\n", code)
    session.run("ip link add v1 type veth peer name v2 netns t1")
    assert '"link_netnsid":10' in session.run("ip -j link show v1").out or "link-netns t1" in session.run(
        "ip link show v1").out
    session.run("ip netns del t1")
    session.run("ip netns add t1")
    assert session.run("ip netns list-id").out == "nsid 0 (iproute2 netns name: t2)\n"


def test_a_name_that_leads_to_a_process_is_attached_and_deleted() -> None:
    """A link, as `ln -s` makes it, a file that is none, and what is not there; `ip netns del` of a link crashed."""
    session = KeptSession()
    pid = session.run("docker run -d --name web alpine sleep 1d; docker inspect -f '{{.State.Pid}}' web").out.split()[1]
    for line, code, said in (
            (f"mkdir -p /run/netns; ln -s /proc/{pid}/ns/net /run/netns/web; ip -n web -br a", 0, "172.17.0.2"),
            ("ip netns del web; ip netns", 0, ""), ("ip netns del web", 1, "Cannot remove namespace file"),
            (f"ip netns attach w2 {pid}; ip -n w2 -br a", 0, "172.17.0.2"),
            (f"ip netns attach w2 {pid}", 1, 'Cannot create namespace file "/run/netns/w2": File exists'),
            ("ip netns attach w3 abc", 1, "Invalid PID: abc"),
            ("ip netns attach w3", 1, "No netns name and PID specified"),
            ("ip netns attach w3 9", 1, "Bind /proc/9/ns/net -> /run/netns/w3 failed: No such file or directory"),
            ("touch /run/netns/z; ip -n z a", 255, 'setting the network namespace "z" failed: Invalid argument'),
            ("ln -s /proc/9/ns/net /run/netns/q; ip -n q a", 255, 'Cannot open network namespace "q": No such file'),
            ("ip -all netns del; ip netns", 0, ""), (f"nsenter -t {pid} -n ip -br a", 0, "172.17.0.2")):
        job = session.run(line)
        assert (job.code, said in job.out + job.err) == (code, True), line
        assert said or not job.out + job.err
