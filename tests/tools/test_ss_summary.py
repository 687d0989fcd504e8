"""`ss -s` counts as iproute2 counts: what it printed on a real kernel for the same sockets."""

from __future__ import annotations

from netsandbox.session.keeping import KeptSession

TABLE = """
Transport Total     IP        IPv6
RAW\t  0         0         0        \nUDP\t  0         0         0        \n\
TCP\t  {tcp}         {tcp}         0        \n\
INET\t  {tcp}         {tcp}         0        \nFRAG\t  0         0         0        \n
"""


def test_sockets_are_counted_by_transport_and_state() -> None:
    session = KeptSession()
    for line in ("ip netns add a", "ip -n a link set lo up"):
        session.run(line)
    nothing = "Total: 0\nTCP:   0 (estab 0, closed 0, orphaned 0, timewait 0)\n" + TABLE.format(tcp=0)
    assert session.run("ss -s -N a").out == nothing
    session.run("ip netns exec a python3 -m http.server 8000 &")
    session.run("ip netns exec a curl -s -o /dev/null 127.0.0.1:8000")
    assert session.run("ip netns exec a ss -s").out == (
        "Total: 1\nTCP:   2 (estab 0, closed 1, orphaned 0, timewait 1)\n" + TABLE.format(tcp=1))


def test_names_states_and_the_last_of_two_options_as_on_a_real_kernel() -> None:
    session = KeptSession()
    session.run("ip link set lo up; nc -luk -s 127.0.0.1 -p 54 &")
    session.run("sleep 1000 | nc -u 127.0.0.1 54 &")
    session.run("sleep 1")

    def has(line: str, *parts: str) -> bool:
        """Whether the line prints all of these."""
        out = session.run(line).out
        return all(part in out for part in parts)
    assert has("netstat -ul", " localhost:54 ")
    assert has("netstat -ul --numeric-hosts", " 127.0.0.1:54 ")
    assert has("ss -ula", "127.0.0.1:54", "ESTAB")
    assert not has("ss -ual", "ESTAB")
    assert has("ss -ur", " localhost:54")
    assert has("ss -s -u", "Total: 2", "Peer Address:Port")
    assert not has("ss -s", "Peer Address:Port")
    assert session.run("ss -ta state close").code == session.run("ss -ta state syn-rcv").code == 0
    assert has("lsof -i udp:54 -nP", " UDP 127.0.0.1:54 \n")


def test_netstat_r_shows_more_with_each_e() -> None:
    session = KeptSession()
    for line in ("ip link add d0 type dummy", "ip addr add 10.0.0.1/24 dev d0", "ip link set d0 up"):
        session.run(line)
    heads = [session.run(line).out.splitlines()[1].split("Flags")[1].split() for line in (
        "netstat -rn", "netstat -rne", "netstat -reen", "route -n", "route -n --extend")]
    brief, metrics = ["MSS", "Window", "irtt", "Iface"], ["Metric", "Ref", "Use", "Iface"]
    assert heads == [brief, metrics, [*metrics, "MSS", "Window", "irtt"], metrics, brief]


def test_listeners_of_both_families_have_their_memory_and_a_record_in_time_wait_none() -> None:
    session = KeptSession()
    session.run("docker run -d --name web nginx")
    assert session.run("docker exec web ss -tlnmO").out.count("skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d0)") == 2
    session.run("docker exec web curl -s -o /dev/null 127.0.0.1")
    assert "skmem" not in session.run("docker exec web ss -tanmO state time-wait").out
