"""HostConfig as the API gives it: what a container was told of its host, and of resources that the sandbox has not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.docker.links import linked

if TYPE_CHECKING:
    from netsandbox.docker.container import Container
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.docker.profiles import Profile

Json = dict[str, Any]
RESOURCES: Json = {
    "Isolation": "", "CpuShares": 0, "Memory": 0, "NanoCpus": 0, "CgroupParent": "", "BlkioWeight": 0,
    "BlkioWeightDevice": [], "BlkioDeviceReadBps": [], "BlkioDeviceWriteBps": [], "BlkioDeviceReadIOps": [],
    "BlkioDeviceWriteIOps": [], "CpuPeriod": 0, "CpuQuota": 0, "CpuRealtimePeriod": 0, "CpuRealtimeRuntime": 0,
    "CpusetCpus": "", "CpusetMems": "", "Devices": [], "DeviceCgroupRules": None, "DeviceRequests": None,
    "MemoryReservation": 0, "MemorySwap": 0, "MemorySwappiness": None, "OomKillDisable": False, "PidsLimit": None,
    "Ulimits": [], "CpuCount": 0, "CpuPercent": 0, "IOMaximumIOps": 0, "IOMaximumBandwidth": 0,
    "MaskedPaths": ["/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys",
                    "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
                    "/sys/firmware", "/sys/devices/virtual/powercap"],
    "ReadonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]}
"""What Docker limits and hides when it is told nothing."""


def host_config(engine: DockerEngine, it: Container) -> Json:
    bindings: Json = {}
    for port in it.published:
        bindings.setdefault(f"{port.port}/{port.protocol}", []).append(
            {"HostIp": port.host, "HostPort": port.host_port})
    return {
        "Binds": None, "ContainerIDFile": "", "LogConfig": {"Type": "json-file", "Config": {}},
        "NetworkMode": _mode(engine, it), "PortBindings": dict(sorted(bindings.items())),
        "RestartPolicy": {"Name": it.policy.name, "MaximumRetryCount": it.policy.attempts},
        "AutoRemove": it.removes_itself, "VolumeDriver": "", "VolumesFrom": None, "ConsoleSize": [0, 0],
        "CapAdd": list(it.capabilities) or None, "CapDrop": list(it.dropped) or None,
        "CgroupnsMode": "private", "Dns": list(it.dns.servers), "DnsOptions": list(it.dns.options),
        "DnsSearch": list(it.dns.search),
        "ExtraHosts": [f"{name}:{address}" for address, name in it.extra_hosts] or None, "GroupAdd": None,
        "IpcMode": "private", "Cgroup": "", "Links": _links(engine, it), "OomScoreAdj": 0, "PidMode": "",
        "Privileged": it.privileged, "PublishAllPorts": it.publishes_all, "ReadonlyRootfs": False, "SecurityOpt": None,
        "UTSMode": "", "UsernsMode": "", "ShmSize": 67108864, "Runtime": "runc",
        **_resources(engine.profile)}


def _resources(profile: Profile) -> Json:
    hidden = [path for path in RESOURCES["MaskedPaths"] if path != "/proc/interrupts" or profile.since(28)]
    return RESOURCES | {"MaskedPaths": hidden}


def _links(engine: DockerEngine, it: Container) -> list[str] | None:
    """Of the default bridge; on other networks they are the endpoint's."""
    own = {link: other.name for link, other in linked(engine, it)}
    return [f"/{own.get(link, link.name)}:/{it.name}/{link.alias}" for link in it.links] or None


def _mode(engine: DockerEngine, it: Container) -> str:
    if it.joined:
        owner = engine.containers.get(it.joined)
        return f"container:{owner.identity if owner else it.joined}"
    return it.mode
