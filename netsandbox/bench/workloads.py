"""`netsandbox bench`: the workloads whose speed is promised, built through the Lab's own API.

w1: N containers on docker0 with cold tables; container i pings i+1, i+2 …, each as soon as the last reply is in, all
from one instant.  w2: 1,000 broadcasts of one container to all others.  w3: N pings of one pair, one after the other.
w4: a client on the host's LAN makes N connections, one after the other, through a published port and Docker's rules,
and gets 1 KiB over each.  bulk: N MB over one such connection. build: N containers are made, and have sent nothing yet;
what docker0 has no port for is on networks of its own. lines: N containers by `docker run`, and then what a person asks
among them: CPU a container of each line. cold: the same lines, the processor's caches emptied before each: a hundred
containers lie in them, thousands never do. full: the same lines with a trace that keeps so few records that it forgets
some with each line, as among thousands. vlans: 50 hosts in N VLANs of one bridge, each with a device for each.  vteps:
N hosts, each with an end of one VXLAN. Of both how long they take to make, and a ping of each to each. ports, copy,
log, back: what takes a moment of a person's time (moments.py).  floor: the least that CPython could do for N
deliveries.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import repeat
from typing import Any

from netsandbox.bench import segments, tcp
from netsandbox.bench.measured import empty_caches, measured, run_all
from netsandbox.bench.moments import MOMENTS
from netsandbox.bench.ping import Pinger
from netsandbox.docker.user_networks import NetworkPlan
from netsandbox.lab.lab import Lab
from netsandbox.linux.bridge.bridge import MAX_PORTS
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.session.session import Session
from netsandbox.wire.addresses import BROADCAST_MAC
from netsandbox.wire.ethernet import Frame

DEFAULTS = {"w1": 100, "w2": 100, "w3": 100_000, "w4": 1000, "bulk": 10, "build": 100, "lines": 100, "cold": 100,
            "full": 100,
            "vlans": 200, "vteps": 64, **{name: usual for name, (_measure, usual) in MOMENTS.items()}}
BROADCASTS = 1000
LOCAL_EXPERIMENTAL = 0x88B5  # An EtherType for experiments (IEEE 802): no stack has a handler


Ends = list[tuple[NetworkNamespace, int]]  # (namespace, address) of each container


def network_of(number: int) -> str:
    """The network for a container: docker0, and when a bridge is full the next one."""
    return f"net{number // MAX_PORTS}" if number >= MAX_PORTS else "bridge"


def build(lab: Lab, ends: Ends, count: int) -> None:
    """Containers on docker0, and further networks once it is full."""
    for number in range(count):
        network = network_of(number)
        if network not in lab.docker().networks:
            lab.docker().create_network(NetworkPlan(network))
        container = lab.add_container(f"c{number}", "registry.k8s.io/pause", network)
        if container.namespace is not None and container.endpoint is not None:
            ends.append((container.namespace, container.endpoint.address))


def w1(lab: Lab, ends: Ends, _count: int) -> None:
    addresses = [address for _namespace, address in ends]
    pingers = [Pinger(namespace, addresses[i + 1:] + addresses[:i]) for i, (namespace, _a) in enumerate(ends)]
    for pinger in pingers:
        pinger.send()
    lab.scheduler.run_until_quiet()
    assert sum(pinger.replies for pinger in pingers) == len(ends) * (len(ends) - 1), "a reply is missing"


def w2(lab: Lab, ends: Ends, _count: int) -> None:
    interface = ends[0][0].interfaces["eth0"]
    for _number in range(BROADCASTS):
        interface.transmit(Frame(BROADCAST_MAC, interface.mac, LOCAL_EXPERIMENTAL, bytes(46)))
        lab.scheduler.run_until_quiet()


def w3(lab: Lab, ends: Ends, count: int) -> None:
    pinger = Pinger(ends[0][0], repeat(ends[1][1], count))
    pinger.send()
    lab.scheduler.run_until_quiet()
    assert pinger.replies == count, "a reply is missing"


LINES = ("wait", "ip link", "why", "show")


KEPT = 100  # Records that a full trace keeps for each container, about half of what `wait` makes among a hundred


def lines(count: int, before_each: Callable[[], None] = lambda: None, kept: int = 0) -> Iterator[dict[str, Any]]:
    """The cost of each line among many containers; of `docker run` that of all.

    Args:
        kept: how many records a container the trace keeps; 0: as always.
    """
    session = Session()
    session.checkpoints.is_on = False
    if kept:
        session.lab.trace.keep(kept * count)
    for network in sorted({network_of(number) for number in range(count)} - {"bridge"}):
        session.run(f"docker network create {network}")
    runs = [f"docker run -d --name c{number} --network {network_of(number)} nginx" for number in range(count)]
    for line in ("docker run -d --name first nginx", "docker rm -f first", *LINES):
        session.run(line)  # what is loaded when it is first needed is no container's cost
    yield measured(session.lab, "docker run", count, partial(run_all, session, runs))
    for line in LINES:
        yield measured(session.lab, line, count, partial(run_all, session, [line]), before_each)


OF_LINES: dict[str, Callable[[int], Iterator[dict[str, Any]]]] = {
    "lines": lines, "cold": partial(lines, before_each=empty_caches), "full": partial(lines, kept=KEPT)}


def made_and_pinged(name: str, count: int) -> Iterator[dict[str, Any]]:
    """VLANs or VTEPs: made, and a ping of each to each of its network."""
    lab, networks = Lab(), segments.Networks()
    work = partial(segments.WORKLOADS[name], lab, networks, count)
    yield measured(lab, f"{name} made", count, work)
    lab.scheduler.run_until_quiet()
    yield measured(lab, name, count, partial(segments.ping_all, lab, networks))


WORKLOADS = {"w1": w1, "w2": w2, "w3": w3, "build": build}
OF_TCP = {"w4": (tcp.connections, len(tcp.ANSWER)), "bulk": (tcp.bulk, tcp.MEGABYTE)}
"""What makes the client, and the bytes that it gets for each of its number."""
PROMISED = ("w1", "w2", "w3", "w4")  # What `all` means


def measure(name: str, count: int) -> dict[str, Any]:
    """Run one workload in this process; CPU and wall time are of the run alone."""
    lab, ends = Lab(), Ends()
    if name in OF_TCP:
        prepare, expected = OF_TCP[name]
        client = prepare(lab, count)
        lab.scheduler.run_until_quiet()
        return measured(lab, name, count, partial(tcp.fetch, lab, client, count * expected))
    build(lab, ends, {"w3": 2, "build": 0}.get(name, count))
    lab.scheduler.run_until_quiet()
    return measured(lab, name, count, partial(WORKLOADS[name], lab, ends, count))


def main(arguments: argparse.Namespace, tell: Callable[[dict[str, Any], float], str],
         refuse: Callable[[str], int]) -> int:
    """Print the figures of one workload, or of all in turn.

    Args:
        tell: puts figures, and what one of them costs in µs, into a line.
        refuse: says what is wrong, and gives the exit status.
    """
    names = PROMISED if arguments.workload == "all" else [arguments.workload]
    if arguments.n is not None and arguments.n > MAX_PORTS and not {"w1", "w2"}.isdisjoint(names):
        return refuse(f"a bridge has {MAX_PORTS} ports, so -n can be no more containers than that")
    for name in names:
        count = DEFAULTS[name] if arguments.n is None else arguments.n
        for result in results_of(name, count):
            print(json.dumps(result) if arguments.json else tell(result, cost(result)), flush=True)
    return 0


def results_of(name: str, count: int) -> Iterable[dict[str, Any]]:
    """The figures of a workload, in turn."""
    if name in segments.WORKLOADS:
        return made_and_pinged(name, count)
    if name in MOMENTS:
        return MOMENTS[name][0](count)
    if name in OF_LINES:
        return OF_LINES[name](count)
    return [measure(name, count)]


def cost(result: dict[str, Any]) -> float:
    """CPU in µs: of the workloads that send of a delivery, of the others of a container."""
    sends = result["workload"] in (*PROMISED, *OF_TCP, *segments.WORKLOADS)
    return float(result["cpu_s"] / ((result["deliveries"] if sends else 0) or result["n"]) * 1e6)
