"""Every key that /etc/docker/daemon.json may have, what its value is, and what the sandbox makes of it.

moby, daemon/config/config.go and config_linux.go.
"""

from __future__ import annotations

from typing import NamedTuple

BOOL, INT, STRING, STRINGS, ADDRESS, ADDRESSES, POOLS, MAP = (
    "bool", "int", "string", "[]string", "net.IP", "[]net.IP", "[]*ipamutils.NetworkToSplit", "map[string]string")
"""Go's types of the values; POOLS and MAP are looked into further by who uses them."""
MODELLED, NOTED, REFUSED = "modelled", "noted", "refused"


class Key(NamedTuple):
    """One key.

    Attributes:
        kind: Go's type of its value.
        effect: MODELLED: it does here what it does in Docker. NOTED: it is about what the sandbox has not, so that it
            does nothing, and a note says so. REFUSED: it would change the network, and is not modelled: dockerd does
            not start with it, unless it is switched off.
        since: the release that has it first.
    """

    kind: str
    effect: str
    since: tuple[int, ...] = (0,)


KEYS: dict[str, Key] = {
    **dict.fromkeys(("icc", "ip-forward", "ip-masq", "iptables", "live-restore", "userland-proxy"),
                    Key(BOOL, MODELLED)),
    "allow-direct-routing": Key(BOOL, MODELLED, (28, 2)), "ip-forward-no-drop": Key(BOOL, MODELLED, (28, 0)),
    **dict.fromkeys(("bip", "bridge", "fixed-cidr", "log-driver", "userland-proxy-path"), Key(STRING, MODELLED)),
    "mtu": Key(INT, MODELLED),
    **dict.fromkeys(("dns-opts", "dns-search", "hosts"), Key(STRINGS, MODELLED)),
    "dns": Key(ADDRESSES, MODELLED), "default-address-pools": Key(POOLS, MODELLED),
    **dict.fromkeys(("ip", "default-gateway", "host-gateway-ip"), Key(ADDRESS, MODELLED)),
    **dict.fromkeys(("default-network-opts", "log-opts"), Key(MAP, MODELLED)),
    **dict.fromkeys(("ipv6", "tls", "tlsverify"), Key(BOOL, REFUSED)),
    **dict.fromkeys(("default-gateway-v6", "fixed-cidr-v6", "bip6"), Key(STRING, REFUSED)),
    "firewall-backend": Key(STRING, REFUSED, (29, 0)), "bridge-accept-fwmark": Key(STRING, REFUSED, (28, 3)),
    **dict.fromkeys(("debug", "experimental", "init", "ip6tables", "no-new-privileges", "raw-logs", "selinux-enabled",
                     "validate"), Key(BOOL, NOTED)),
    **dict.fromkeys((
        "cgroup-parent", "containerd", "containerd-namespace", "containerd-plugins-namespace", "data-root",
        "default-cgroupns-mode", "default-ipc-mode", "default-runtime", "default-shm-size", "exec-root", "group",
        "init-path", "log-format", "log-level", "metrics-addr", "min-api-version", "pidfile",
        "seccomp-profile", "storage-driver", "swarm-default-advertise-addr", "tlscacert", "tlscert", "tlskey",
        "userns-remap"), Key(STRING, NOTED)),
    **dict.fromkeys((
        "allow-nondistributable-artifacts", "api-cors-header", "authorization-plugins", "cdi-spec-dirs", "exec-opts",
        "insecure-registries", "labels", "node-generic-resources", "registry-mirrors", "storage-opts"),
        Key(STRINGS, NOTED)),
    **dict.fromkeys((
        "cpu-rt-period", "cpu-rt-runtime", "max-concurrent-downloads", "max-concurrent-uploads",
        "max-download-attempts", "network-control-plane-mtu", "network-diagnostic-port", "oom-score-adjust",
        "shutdown-timeout"),
        Key(INT, NOTED)),
    **dict.fromkeys(("builder", "default-ulimits", "features", "proxies", "runtimes"), Key(MAP, NOTED)),
}
KEPT_WHOLE = frozenset(key for key, what in KEYS.items() if what.kind == MAP)
"""Whose object is a value; of another one's, dockerd takes the keys for its own."""
