"""Token buckets that keep a stack from answering too much (net/ipv4/inetpeer.c, route.c, icmp.c)."""

from __future__ import annotations

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.engine.wheel import TICK
from netsandbox.linux.core.namespace import NetworkNamespace

BURST_FACTOR = 6  # XRLIM_BURST_FACTOR: how many errors one receiver may get at once
FIRST_CREDIT = 60 * SECOND


class Peer:
    """What is remembered of one address that errors were sent to (struct inet_peer)."""

    __slots__ = ("last", "redirects", "tokens")

    def __init__(self, now: int) -> None:
        self.tokens = 0  # saved-up nanoseconds; an error costs icmp_ratelimit of them
        self.last = now - FIRST_CREDIT
        self.redirects = 0


def _peer(namespace: NetworkNamespace, address: int) -> Peer:
    peer = namespace.peers.get(address)
    if peer is None:
        peer = Peer(_jiffy(namespace))
        if namespace.peers:
            namespace.peers[address] = peer
        else:
            namespace.peers = {address: peer}
    return peer


def _jiffy(namespace: NetworkNamespace) -> int:
    """The time of the last tick: the buckets count in ticks."""
    return namespace.scheduler.now // TICK * TICK


def allows_error(namespace: NetworkNamespace, receiver: int) -> bool:
    """inet_peer_xrlim_allow: six errors at once for one receiver, then one per icmp_ratelimit."""
    cost = namespace.sysctls.get("net.ipv4.icmp_ratelimit") * MILLISECOND
    peer, now = _peer(namespace, receiver), _jiffy(namespace)
    tokens = peer.tokens
    if now != peer.last:
        tokens = min(tokens + now - peer.last, BURST_FACTOR * cost)
        peer.last = now
    allowed = tokens >= cost
    peer.tokens = tokens - cost if allowed else tokens
    return allowed


def allows_all(namespace: NetworkNamespace) -> bool:
    """icmp_global_allow: the whole namespace's errors, icmp_msgs_per_sec with a burst."""
    rate, burst = (namespace.sysctls.get(f"net.ipv4.icmp_msgs_{name}") for name in ("per_sec", "burst"))
    credit, last = namespace.icmp_global
    now = namespace.scheduler.now
    credit = burst if last < 0 else min(burst, credit + (now - last) * rate // SECOND)
    allowed = credit > 0
    namespace.icmp_global = (credit - 1 if allowed else credit, now)
    return allowed


def allows_route_error(namespace: NetworkNamespace, sender: int) -> bool:
    """ip_error: no route for somebody's packet; takes a token of its own beside the error's."""
    cost = namespace.sysctls.get("net.ipv4.route.error_cost") * MILLISECOND
    burst = namespace.sysctls.get("net.ipv4.route.error_burst") * MILLISECOND
    peer, now = _peer(namespace, sender), _jiffy(namespace)
    peer.tokens = min(peer.tokens + now - peer.last, burst)
    peer.last = now
    if peer.tokens < cost:
        return False
    peer.tokens -= cost
    return True


def allows_redirect(namespace: NetworkNamespace, sender: int) -> bool:
    """ip_rt_send_redirect: gaps that double from 20 ms, nine in all, then silence for 20 s."""
    sysctls = namespace.sysctls
    load, silence = (sysctls.get(f"net.ipv4.route.redirect_{name}") * MILLISECOND for name in ("load", "silence"))
    peer, now = _peer(namespace, sender), _jiffy(namespace)
    if now > peer.last + silence:
        peer.tokens = peer.redirects = 0
    if peer.redirects >= sysctls.get("net.ipv4.route.redirect_number"):
        peer.last = now
        return False
    if peer.redirects and now <= peer.last + (load << peer.redirects):
        return False
    peer.last = now
    peer.redirects += 1
    return True
