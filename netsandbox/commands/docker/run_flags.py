"""The flags of docker run and docker create."""

from __future__ import annotations

from netsandbox.commands.docker.flags import Flag
from netsandbox.commands.docker.mount_flags import bad_mount
from netsandbox.commands.docker.resources import CHECKS
from netsandbox.commands.docker.run_network import bad_extra_host, bad_network
from netsandbox.commands.docker.run_settings import (
    bad_domain,
    bad_label,
    bad_link,
    bad_server,
    bad_setting,
    bad_variable,
)
from netsandbox.commands.docker.words import bad_duration


def _ignored(kind: str, *names: str) -> tuple[Flag, ...]:
    """Flags about what a network sandbox does not model: they are read, have no effect, and a note says so."""
    parts = (name.partition("/") for name in names)
    return tuple(Flag(long, short, kind, hidden=True, ignored=True, check=CHECKS.get(long))
                 for long, _slash, short in parts)


SHOWN = (
    Flag("add-host", "", "list", "Add a custom host-to-IP mapping (host:ip)", value="list", check=bad_extra_host),
    Flag("cap-add", "", "list", "Add Linux capabilities", value="list"),
    Flag("cap-drop", "", "list", "Drop Linux capabilities", value="list"),
    Flag("attach", "a", "list", "Attach to STDIN, STDOUT or STDERR", value="list", check=CHECKS["attach"]),
    Flag("cidfile", "", "string", "Write the container ID to the file", value="string"),
    Flag("detach", "d", usage="Run container in background and print container ID"),
    Flag("dns", "", "list", "Set custom DNS servers", value="list", check=bad_server),
    Flag("dns-opt", "", "list", hidden=True, value="list"),
    Flag("dns-option", "", "list", "Set DNS options", value="list"),
    Flag("dns-search", "", "list", "Set custom DNS search domains", value="list", check=bad_domain),
    Flag("domainname", "", "string", "Container NIS domain name", value="string"),
    Flag("entrypoint", "", "string", "Overwrite the default ENTRYPOINT of the image", value="string"),
    Flag("env", "e", "list", "Set environment variables", value="list", check=bad_variable),
    Flag("env-file", "", "list", "Read in a file of environment variables", value="list"),
    Flag("expose", "", "list", "Expose a port or a range of ports", value="list"),
    Flag("health-cmd", "", "string", "Command to run to check health", value="string"),
    Flag("health-interval", "", "string", "Time between running the check (ms|s|m|h) (default 0s)", value="duration",
         check=bad_duration),
    Flag("health-retries", "", "int", "Consecutive failures needed to report unhealthy", value="int"),
    Flag("health-start-interval", "", "string", "Time between running the check during the start period (ms|s|m|h) "
         "(default 0s)", value="duration", check=bad_duration),
    Flag("health-start-period", "", "string", "Start period for the container to initialize before starting "
         "health-retries countdown (ms|s|m|h) (default 0s)", value="duration", check=bad_duration),
    Flag("health-timeout", "", "string", "Maximum time to allow one check to run (ms|s|m|h) (default 0s)",
         value="duration", check=bad_duration),
    Flag("hostname", "h", "string", "Container host name", value="string"),
    Flag("init", usage="Run an init inside the container that forwards signals and reaps processes"),
    Flag("interactive", "i", usage="Keep STDIN open even if not attached"),
    Flag("ip", "", "string", "IPv4 address (e.g., 172.30.100.104)", value="ip"),
    Flag("ip6", "", "string", "IPv6 address (e.g., 2001:db8::33)", value="ip"),
    Flag("label", "l", "list", "Set meta data on a container", value="list", check=bad_label),
    Flag("label-file", "", "list", "Read in a line delimited file of labels", value="list"),
    Flag("link", "", "list", "Add link to another container", value="list", check=bad_link),
    Flag("link-local-ip", "", "list", "Container IPv4/IPv6 link-local addresses", value="list"),
    Flag("mac-address", "", "string", "Container MAC address (e.g., 92:d0:c6:0a:29:33)", value="string"),
    Flag("mount", "", "list", "Attach a filesystem mount to the container", value="mount", check=bad_mount),
    Flag("name", "", "string", "Assign a name to the container", value="string"),
    Flag("net", "", "list", hidden=True, value="network", check_by_release=bad_network),
    Flag("network", "", "list", "Connect a container to a network", value="network", check_by_release=bad_network),
    Flag("net-alias", "", "list", hidden=True, value="list"),
    Flag("network-alias", "", "list", "Add network-scoped alias for the container", value="list"),
    Flag("no-healthcheck", usage="Disable any container-specified HEALTHCHECK"),
    Flag("pid", "", "string", "PID namespace to use", value="string"),
    Flag("privileged", usage="Give extended privileges to this container"),
    Flag("publish", "p", "list", "Publish a container's port(s) to the host", value="list"),
    Flag("publish-all", "P", usage="Publish all exposed ports to random ports"),
    Flag("pull", "", "string", 'Pull image before running ("always", "missing", "never")', value="string"),
    Flag("quiet", "q", usage="Suppress the pull output"),
    Flag("restart", "", "string", "Restart policy to apply when a container exits", value="string"),
    Flag("rm", usage="Automatically remove the container and its associated anonymous volumes when it exits"),
    Flag("stop-signal", "", "string", "Signal to stop the container", value="string"),
    Flag("stop-timeout", "", "int", "Timeout (in seconds) to stop a container", value="int"),
    Flag("sysctl", "", "list", "Sysctl options", value="map", check=bad_setting),
    Flag("tmpfs", "", "list", "Mount a tmpfs directory", value="list"),
    Flag("tty", "t", usage="Allocate a pseudo-TTY"),
    Flag("uts", "", "string", "UTS namespace to use", value="string"),
    Flag("user", "u", "string", "Username or UID (format: <name|uid>[:<group|gid>])", value="string"),
    Flag("volume", "v", "list", "Bind mount a volume", value="list"),
    Flag("volumes-from", "", "list", "Mount volumes from the specified container(s)", value="list"),
    Flag("workdir", "w", "string", "Working directory inside the container", value="string"),
)
IGNORED = (
    *_ignored("bool", "disable-content-trust", "oom-kill-disable", "read-only",
              "sig-proxy", "use-api-socket"),
    *_ignored("int", "blkio-weight", "cpu-period", "cpu-quota", "cpu-rt-period", "cpu-rt-runtime", "cpu-shares/c",
              "cpu-count", "cpu-percent", "memory-swappiness", "oom-score-adj", "pids-limit"),
    *_ignored("string", "io-maxbandwidth", "io-maxiops", "kernel-memory",
              "cgroup-parent", "cgroupns", "cpuset-cpus", "cpuset-mems", "cpus", "detach-keys",
              "gpus", "ipc", "isolation", "log-driver", "memory/m", "memory-reservation",
              "memory-swap", "platform", "runtime", "shm-size", "userns", "volume-driver"),
    *_ignored("list", "blkio-weight-device", "device-read-bps", "device-read-iops", "device-write-bps",
              "device-write-iops", "annotation", "device", "device-cgroup-rule",
              "group-add", "log-opt", "security-opt", "storage-opt", "ulimit"),
)
FLAGS = SHOWN + IGNORED
OF_RUN = ("detach", "detach-keys", "sig-proxy")
"""What docker create has not."""
