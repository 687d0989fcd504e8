"""The flags of docker run and docker create."""

from __future__ import annotations

from netsandbox.commands.docker.client.flags import Flag
from netsandbox.commands.docker.printing.words import bad_duration
from netsandbox.commands.docker.run import settings
from netsandbox.commands.docker.run.networks import bad_extra_host, bad_network
from netsandbox.commands.docker.run.resources import CHECKS
from netsandbox.commands.docker.volumes.mount_fields import bad_mount


def _ignored(kind: str, *names: str) -> tuple[Flag, ...]:
    """Flags about what a network sandbox does not model: they are read, have no effect, and a note says so."""
    parts = (name.partition("/") for name in names)
    return tuple(Flag(long, short, kind, check=CHECKS.get(long), ignored=True) for long, _slash, short in parts)


SHOWN = (
    Flag("add-host", "", "list", check=bad_extra_host),
    Flag("cap-add", "", "list"),
    Flag("cap-drop", "", "list"),
    Flag("attach", "a", "list", check=CHECKS["attach"]),
    Flag("cidfile", "", "string"),
    Flag("detach", "d"),
    Flag("device", "", "list", check=CHECKS.get("device")),
    Flag("dns", "", "list", check=settings.bad_server),
    Flag("dns-opt", "", "list"),
    Flag("dns-option", "", "list", onto="dns-opt"),
    Flag("dns-search", "", "list", check=settings.bad_domain),
    Flag("domainname", "", "string"),
    Flag("entrypoint", "", "string"),
    Flag("env", "e", "list", check=settings.bad_variable),
    Flag("env-file", "", "list"),
    Flag("expose", "", "list"),
    Flag("group-add", "", "list"),
    Flag("health-cmd", "", "string"),
    Flag("health-interval", "", "string", check=bad_duration),
    Flag("health-retries", "", "int"),
    Flag("health-start-interval", "", "string", check=bad_duration),
    Flag("health-start-period", "", "string", check=bad_duration),
    Flag("health-timeout", "", "string", check=bad_duration),
    Flag("hostname", "h", "string"),
    Flag("init"),
    Flag("interactive", "i"),
    Flag("ip", "", "string"),
    Flag("ip6", "", "string"),
    Flag("label", "l", "list", check=settings.bad_label),
    Flag("label-file", "", "list"),
    Flag("link", "", "list", check=settings.bad_link),
    Flag("link-local-ip", "", "list"),
    Flag("mac-address", "", "string"),
    Flag("mount", "", "list", check_by_release=bad_mount),
    Flag("name", "", "string"),
    Flag("net", "", "list", check_by_release=bad_network, onto="network"),
    Flag("network", "", "list", check_by_release=bad_network),
    Flag("net-alias", "", "list", onto="network-alias"),
    Flag("network-alias", "", "list"),
    Flag("no-healthcheck"),
    Flag("pid", "", "string"),
    Flag("platform", "", "string"),
    Flag("privileged"),
    Flag("publish", "p", "list"),
    Flag("publish-all", "P"),
    Flag("pull", "", "string"),
    Flag("quiet", "q"),
    Flag("read-only"),
    Flag("restart", "", "string"),
    Flag("rm"),
    Flag("stop-signal", "", "string"),
    Flag("stop-timeout", "", "int"),
    Flag("sysctl", "", "list", check=settings.bad_setting),
    Flag("tmpfs", "", "list"),
    Flag("tty", "t"),
    Flag("uts", "", "string"),
    Flag("user", "u", "string"),
    Flag("volume", "v", "list"),
    Flag("volume-driver", "", "string"),
    Flag("volumes-from", "", "list"),
    Flag("workdir", "w", "string"),
)
IGNORED = (
    *_ignored("bool", "disable-content-trust", "oom-kill-disable", "sig-proxy", "use-api-socket"),
    *_ignored("int", "blkio-weight", "cpu-period", "cpu-quota", "cpu-rt-period", "cpu-rt-runtime", "cpu-shares/c",
              "cpu-count", "cpu-percent", "memory-swappiness", "oom-score-adj", "pids-limit"),
    *_ignored("string", "io-maxbandwidth", "io-maxiops", "kernel-memory",
              "cgroup-parent", "cgroupns", "cpuset-cpus", "cpuset-mems", "cpus", "detach-keys",
              "gpus", "ipc", "isolation", "log-driver", "memory/m", "memory-reservation",
              "memory-swap", "runtime", "shm-size", "userns"),
    *_ignored("list", "blkio-weight-device", "device-read-bps", "device-read-iops", "device-write-bps",
              "device-write-iops", "annotation", "device-cgroup-rule",
              "log-opt", "security-opt", "storage-opt", "ulimit"),
)
FLAGS = SHOWN + IGNORED
OF_RUN = ("detach", "detach-keys", "sig-proxy")  # What docker create has not
