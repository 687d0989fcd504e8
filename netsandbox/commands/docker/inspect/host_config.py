"""HostConfig as the API gives it: what a container was told of its host, and of resources that the sandbox has not."""

from __future__ import annotations

from typing import Any

from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.links import linked
from netsandbox.docker.log_drivers import JSON_FILE
from netsandbox.docker.profiles import Profile
from netsandbox.docker.volumes import BIND, ROOT, TMPFS, VOLUME, Mount

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
BUILT_IN = ("bridge", "host", "none")
LAST = ("MaskedPaths", "ReadonlyPaths")
PROPAGATIONS = ("private", "shared", "slave")


def mount_points(it: Container) -> list[Json]:
    """Mounts of GET /containers/ID/json."""
    return [_mount_point(mount) for mount in it.mounts if mount.is_long or mount.kind != TMPFS]


def _mount_point(mount: Mount) -> Json:
    writable = {"RW": not mount.read_only}
    if mount.kind == VOLUME:
        return {"Type": VOLUME, "Name": mount.source, "Source": f"{ROOT}/{mount.source}/_data",
                "Destination": mount.target, "Driver": "local",
                "Mode": "" if mount.is_borrowed else mount.mode or (
                    "" if mount.is_anonymous and not mount.is_long else "z"),
                **writable, "Propagation": ""}
    return {"Type": mount.kind, "Source": mount.source, "Destination": mount.target,
            "Mode": "" if mount.is_long or mount.is_borrowed else mount.mode, **writable,
            "Propagation": _propagation(mount)}


def _propagation(mount: Mount) -> str:
    """How what is mounted below it later is seen elsewhere: privately, unless told otherwise."""
    told = mount.options.get("BindOptions", {}).get("Propagation") or next(
        (mode for mode in mount.mode.split(",") if mode.endswith(PROPAGATIONS)), "rprivate")
    return told if mount.kind == BIND else ""


def wanted_volumes(it: Container) -> Json | None:
    """Volumes of Config: those that nobody gave a name."""
    return {mount.target: {} for mount in it.mounts if mount.is_anonymous and not mount.is_long} or None


def _long_mounts(it: Container) -> Json:
    """What --mount said, as it was said."""
    found = [{"Type": mount.kind, **({"Source": mount.source} if mount.source and not mount.is_anonymous else {}),
              "Target": mount.target, **({"ReadOnly": True} if mount.read_only else {}), **mount.options}
             for mount in it.mounts if mount.is_long]
    return {"Mounts": found} if found else {}


def _tmpfs(it: Container) -> Json:
    found = {mount.target: mount.mode for mount in it.mounts if mount.kind == TMPFS and not mount.is_long}
    return {"Tmpfs": found} if found else {}


def host_config(engine: DockerEngine, it: Container) -> Json:
    own, resources = it.host_config, dict(it.host_config.resources)
    bindings: Json = {}
    for port in own.published:
        bindings.setdefault(f"{port.port}/{port.protocol}", []).append(
            {"HostIp": port.host, "HostPort": port.host_port})
    return {
        "Binds": [":".join(filter(None, (mount.source, mount.target, mount.mode))) for mount in it.mounts
                  if mount.kind != TMPFS and not (mount.is_long or mount.is_anonymous or mount.is_borrowed)] or None,
        "ContainerIDFile": "", "LogConfig": {"Type": JSON_FILE, "Config": {}},
        "NetworkMode": _mode(engine, it), "PortBindings": dict(sorted(bindings.items())),
        "RestartPolicy": {"Name": own.policy.name, "MaximumRetryCount": own.policy.attempts},
        "AutoRemove": it.removes_itself, "VolumeDriver": "", "VolumesFrom": None, "ConsoleSize": [0, 0],
        **({"Annotations": resources.pop("Annotations")} if "Annotations" in resources else {}),
        "CapAdd": list(own.capabilities) or None, "CapDrop": list(own.dropped) or None,
        "CgroupnsMode": "private", "Dns": list(own.dns.servers), "DnsOptions": list(own.dns.options),
        "DnsSearch": list(own.dns.search),
        "ExtraHosts": [f"{name}:{address}" for address, name in own.extra_hosts] or None, "GroupAdd": None,
        "IpcMode": "private", "Cgroup": "", "Links": _links(engine, it), "OomScoreAdj": 0, "PidMode": "",
        "Privileged": own.privileged, "PublishAllPorts": own.publishes_all, "ReadonlyRootfs": False,
        "SecurityOpt": None, "UTSMode": "", "UsernsMode": "", "ShmSize": 67108864,
        **({"Sysctls": dict(own.sysctls)} if own.sysctls else {}), "Runtime": "runc",
        **_tmpfs(it), **_resources(engine.profile, _long_mounts(it))} | resources


def _resources(profile: Profile, mounts: Json) -> Json:
    hidden = [path for path in RESOURCES["MaskedPaths"] if path != "/proc/interrupts" or profile.since(28)]
    own = RESOURCES | {"MaskedPaths": hidden}
    return {key: value for key, value in own.items() if key not in LAST} | mounts | {key: own[key] for key in LAST}


def _links(engine: DockerEngine, it: Container) -> list[str] | None:
    """Of the default bridge; on other networks they are the endpoint's."""
    if it.mode not in BUILT_IN and not it.joined:
        return None
    own = {link: other.name for link, other in linked(engine, it)}
    return [f"/{own.get(link, link.name)}:/{it.name}/{link.alias}" for link in it.links] or None


def _mode(engine: DockerEngine, it: Container) -> str:
    if it.joined:
        owner = engine.containers.get(it.joined)
        return f"container:{owner.identity if owner else it.joined}"
    return it.mode
