"""`ip link add … index N`: what Linux 6.18 answered to each line, and the devices that there were in the end."""

from __future__ import annotations

from netsandbox.session.keeping import KeptSession

EXISTS, BUSY = "RTNETLINK answers: File exists\n", "RTNETLINK answers: Device or resource busy\n"
LINES = [
    ("ip link add index 77 d9 type bridge", 0, ""),
    ("ip link add d10 type bridge", 0, ""),
    ("ip link add d11 index 77 type bridge", 2, EXISTS),
    ("ip link add index 5 index 6 d33 type bridge", 255, 'Error: duplicate "index": "6" is the second value.\n'),
    ("ip link set d9 index 9", 255,
     "index can be used only when creating devices or when moving device to another netns.\n"),
    ("ip link add d40 index", 255, 'Command line is not complete. Try option "help"\n'),
    ("ip link add index 0 d12 type bridge", 255, 'Error: argument "0" is wrong: Invalid "index" value\n\n'),
    ("ip link add index 2 d44 type bridge", 2, EXISTS),
    ("ip link add v0 index 50 type veth peer name v1 index 50", 2, BUSY),
    ("ip link add v0 index 50 type veth peer name v1 index 51", 0, ""),
    ("ip link add v2 type veth peer name v3 index 60", 0, ""),
]
DEVICES = ["1: lo", "2: d10", "3: v3@v2", "4: v2@v3", "50: v0@v1", "51: v1@v0", "77: d9"]


def test_a_device_gets_the_index_that_is_asked_for() -> None:
    session = KeptSession()
    session.run("ip netns add a")
    for line, code, error in LINES:
        job = session.run(f"ip netns exec a {line}")
        assert (job.code, job.err.rstrip()) == (code, error.rstrip()), line
    told = session.run("ip netns exec a ip -o link").out.splitlines()
    assert [": ".join(row.split(": ")[:2]) for row in told] == DEVICES


def test_a_device_that_moves_is_given_no_other_index() -> None:
    session = KeptSession()
    session.run("ip netns add a; ip link add d9 type bridge")
    job = session.run("ip link set d9 netns a index 9")
    assert (job.code, job.err) == (1, "netsandbox: index of a device is not modelled\n")
