"""All counters of a namespace, as they stand: what the records tell, what was counted, and what still goes on."""

from __future__ import annotations

from collections import Counter

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.mib.table import NETSTAT, OF_ICMP_TYPES, SNMP
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control.rtt import RTO_MAX, RTO_MIN_US
from netsandbox.linux.tcp.counts import named
from netsandbox.linux.tcp.state import TcpState

ESTABLISHED = (TcpState.ESTABLISHED, TcpState.CLOSE_WAIT)
ICMP_MSG = "IcmpMsg"


def counters(namespace: NetworkNamespace) -> Counter[str]:
    """By nstat's names; those that are not in it are 0."""
    found = Counter(namespace.trace.ledger.counts(namespace.name, namespace.trace))
    found.update(namespace.mib)
    found.update(named(namespace.ended))
    _add_waiting(found, namespace)
    for conn in namespace.sockets.connections.values():
        if isinstance(conn, Connection) and not conn.counts.is_settled:
            found.update(conn.counts.counters(conn.delivered))
            found["TcpCurrEstab"] += conn.state in ESTABLISHED
    for way in ("In", "Out"):
        for name, kind in OF_ICMP_TYPES.items():
            found[f"Icmp{way}{name}"] = found[f"{ICMP_MSG}{way}Type{kind}"]
    found.update(_constants(namespace))
    return found


def _add_waiting(found: Counter[str], namespace: NetworkNamespace) -> None:
    """IP has sent what waits for a neighbour."""
    for interface in namespace.interfaces.values():
        for entry in interface.neighbours.values():
            for packet in entry.queue or ():
                found["IpOutTransmits"] += 1
                found["IpExtOutOctets"] += packet.total_length


def _constants(namespace: NetworkNamespace) -> dict[str, int]:
    """What the groups tell beside counters."""
    return {"IpForwarding": 1 if namespace.sysctls.all.forwarding else 2, "IpDefaultTTL": namespace.default_ttl,
            "TcpRtoAlgorithm": 1, "TcpRtoMin": RTO_MIN_US // 1000, "TcpRtoMax": RTO_MAX // 1_000_000,
            "TcpMaxConn": -1}


def groups(namespace: NetworkNamespace) -> dict[str, dict[str, int]]:
    """/proc/net/snmp and then netstat: by group, its counters in the kernel's order."""
    found = counters(namespace)
    told: dict[str, dict[str, int]] = {}
    for group, names in (SNMP | NETSTAT).items():
        told[group] = {name: found[group + name] for name in names.split()}
        if group == "Icmp":
            told[ICMP_MSG] = _icmp_types(found)
    return told


def _icmp_types(found: Counter[str]) -> dict[str, int]:
    """icmpmsg_put: what came by type, then what left, only those that there were."""
    return {f"{way}Type{kind}": found[f"{ICMP_MSG}{way}Type{kind}"] for way in ("In", "Out") for kind in range(256)
            if found[f"{ICMP_MSG}{way}Type{kind}"]}
