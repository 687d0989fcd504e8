"""The workloads of `netsandbox bench` on this machine's own kernel, as root: `python -m tests.campaigns.kernel w1 [N]`.

w1, w2 and w3 as there, in as many network namespaces with a veth each on one bridge; w4 in three, with Docker's rules.
Prints the CPU of the process, in which the kernel's work is done as well: what a veth is given its peer takes at once.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import resource
import select
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = f"nsk{os.getpid()}"
DEFAULTS = {"w1": 100, "w2": 100, "w3": 100_000, "w4": 1000}
BROADCASTS = 1000
LIMITS = Path("/proc/sys/net/ipv4/neigh/default")
ECHO_REPLY_ONLY = struct.pack("I", 0xFFFFFFFE)
SOL_RAW, ICMP_FILTER = 255, 1
BRIDGE, LAN = "198.18.255.254", "192.168.77.1"


def batch(lines: list[str], namespace: str = "") -> None:
    where = ["-n", namespace] if namespace else []
    subprocess.run(["ip", *where, "-batch", "-"], input="\n".join(lines), text=True, check=True)


def name(number: int) -> str:
    return f"{PREFIX}-{number}"


def address(number: int) -> str:
    return f"198.18.{number >> 8}.{number & 255}"


@contextmanager
def machine(count: int) -> Iterator[None]:
    """Namespace 0 has the bridge, the others a host each; all ARP entries of theirs find room."""
    limits = {path: path.read_text() for path in sorted(LIMITS.glob("gc_thresh*"))}
    try:
        for path in reversed(limits):
            path.write_text(str(1 << 20))
        batch([f"netns add {name(number)}" for number in range(count + 1)])
        batch(["link add br0 type bridge", f"addr add {BRIDGE}/16 dev br0", "link set br0 up", *(
            line for number in range(1, count + 1) for line in (
                f"link add v{number} type veth peer name eth0 netns {name(number)}",
                f"link set v{number} master br0 up"))], name(0))
        for number in range(1, count + 1):
            batch([f"addr add {address(number)}/16 dev eth0", "link set eth0 up", "link set lo up"], name(number))
        yield
    finally:
        batch([f"netns del {found}" for found in re.findall(rf"{PREFIX}-\d+", "\n".join(os.listdir("/run/netns")))])
        for path, text in limits.items():
            path.write_text(text)


def inside(number: int, *kind: int) -> socket.socket:
    """A socket that is opened in a namespace, where it stays."""
    libc = ctypes.CDLL(None)
    with open("/proc/self/ns/net", "rb") as home, open(f"/run/netns/{name(number)}", "rb") as there:
        libc.setns(there.fileno(), 0)
        try:
            return socket.socket(*kind)
        finally:
            libc.setns(home.fileno(), 0)


def pinger(number: int) -> socket.socket:
    raw = inside(number, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    raw.setsockopt(SOL_RAW, ICMP_FILTER, ECHO_REPLY_ONLY)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    return raw


def echo() -> bytes:
    """An echo request of 56 bytes with its checksum."""
    head, data = struct.pack("!BBHHH", 8, 0, 0, 1, 1), bytes(range(56))
    total = -int.from_bytes(head + data, "big") % 0xFFFF
    return head[:2] + total.to_bytes(2, "big") + head[4:] + data


def w1(count: int) -> None:
    """Each pings each other, its next when the last reply is in, all from one moment."""
    request, poll = echo(), select.epoll()
    sockets = {raw.fileno(): (raw, iter([*range(number + 1, count + 1), *range(1, number)]))
               for number in range(1, count + 1) for raw in [pinger(number)]}

    def send(descriptor: int) -> None:
        raw, others = sockets[descriptor]
        if other := next(others, 0):
            raw.sendto(request, (address(other), 0))

    for descriptor in sockets:
        poll.register(descriptor, select.EPOLLIN)
        send(descriptor)
    for _reply in range(count * (count - 1)):
        [(descriptor, _events)] = poll.poll(maxevents=1)
        sockets[descriptor][0].recv(2048)
        send(descriptor)


def w2(_count: int) -> None:
    packet = inside(1, socket.AF_PACKET, socket.SOCK_RAW)
    packet.bind(("eth0", 0))
    frame = b"\xff" * 6 + packet.getsockname()[4] + b"\x88\xb5" + bytes(46)
    for _number in range(BROADCASTS):
        packet.send(frame)


def w3(count: int) -> None:
    subprocess.run(["ip", "netns", "exec", name(1), "ping", "-f", "-q", "-c", str(count), address(2)], check=True,
                   stdout=subprocess.DEVNULL)


def w4(count: int) -> None:
    """Connections of 1 KiB from namespace 2 through a port that namespace 0 hands on to namespace 1."""
    server = inside(1, socket.AF_INET, socket.SOCK_STREAM)
    server.bind((address(1), 80))
    server.listen(1024)
    threading.Thread(target=_serve, args=(server, count), daemon=True).start()
    for _number in range(count):
        with inside(2, socket.AF_INET, socket.SOCK_STREAM) as client:
            client.connect((LAN, 8080))
            client.send(b"GET / HTTP/1.0\r\n\r\n")
            while client.recv(2048):
                pass


def _serve(server: socket.socket, count: int) -> None:
    for _number in range(count):
        with server.accept()[0] as child:
            child.recv(2048)
            child.send(bytes(1024))


def publish() -> None:
    """Namespace 2 is no host on the bridge but one of the LAN, and the rules are those of a published port."""
    batch(["link del v2", f"link add lan0 type veth peer name eth0 netns {name(2)}", f"addr add {LAN}/24 dev lan0",
           "link set lan0 up"], name(0))
    batch(["addr add 192.168.77.2/24 dev eth0", "link set eth0 up"], name(2))
    batch([f"route add default via {BRIDGE}"], name(1))
    host = ["ip", "netns", "exec", name(0)]
    subprocess.run([*host, "sysctl", "-qw", "net.ipv4.ip_forward=1"], check=True)
    for rule in (f"-t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination {address(1)}:80",
                 "-t nat -A POSTROUTING -s 198.18.0.0/16 ! -o br0 -j MASQUERADE",
                 "-A FORWARD -o br0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                 f"-A FORWARD -d {address(1)} ! -i br0 -o br0 -p tcp --dport 80 -j ACCEPT", "-P FORWARD DROP",
                 "-A FORWARD -i br0 -j ACCEPT"):
        subprocess.run([*host, "iptables", *rule.split()], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=DEFAULTS)
    parser.add_argument("n", type=int, nargs="?", help="hosts, pings for w3, connections for w4")
    given = parser.parse_args()
    count = given.n or DEFAULTS[given.workload]
    with machine(2 if given.workload in ("w3", "w4") else count):
        if given.workload == "w4":
            publish()
        time.sleep(2)  # until the ports forward
        before = spent()
        {"w1": w1, "w2": w2, "w3": w3, "w4": w4}[given.workload](count)
        total, system = (after - then for after, then in zip(spent(), before, strict=True))
        print(f"{given.workload}  n {count:,}  CPU {total * 1000:,.0f} ms, {system * 1000:,.0f} ms of it in the kernel")


def spent() -> tuple[float, float]:
    """Seconds of CPU of this process and those that it has run, and those of them in the kernel."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    system = sum(one.ru_stime for one in used)
    return sum(one.ru_utime for one in used) + system, system


if __name__ == "__main__":
    main()
