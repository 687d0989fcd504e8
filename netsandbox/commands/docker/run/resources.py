"""Options about memory, processors and modes, of which the sandbox has none: how Docker reads and refuses them.

They change nothing here but what `docker inspect` tells.  docker/go-units, opts, cli/command/container/opts.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed, bad_integer
from netsandbox.commands.tools.kernel.kernel_files import PROCESSORS
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.log_drivers import JSON_FILE, merged
from netsandbox.docker.profiles import Profile

SIZE = re.compile(r"(\d+(?:\.\d+)*) ?([kKmMgGtTpP])?[iI]?[bB]?", re.ASCII)
LEAST_MEMORY = 6 << 20
MILLISECOND = 1000  # In CFS's microseconds
OVERFLOWN = -1 << 63  # What Go makes of a number that int64 does not hold, on x86
NANO = 10**9
SET = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*", re.ASCII)  # Of processors
MOST_SWAPPINESS = 100
SECURITY = ("label", "apparmor", "seccomp", "no-new-privileges", "writable-cgroups", "systempaths")
ULIMITS = ("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
           "rttime", "sigpending", "stack")
MOST_PARTS, MOST_SCORE = 2, 1000  # Slashes of a platform; --oom-score-adj
RUNTIMES = ("runc", "io.containerd.runc.v2")
PLATFORM = re.compile(r"linux|windows|freebsd|darwin|386|amd64|x86_64|arm|arm64|aarch64|ppc64le|riscv64|s390x"
                      r"|[\w-]+(/[\w-]+){1,2}", re.ASCII)
SYSTEMS, MACHINES = ("linux", "windows", "freebsd", "darwin"), {"x86_64": "amd64", "aarch64": "arm64"}
OURS = "linux/amd64"  # What the sandbox's images are for
PROCESS_MODES = {"pid": ("PID", ("host",)), "uts": ("UTS", ("host",)), "userns": ("USER", ("host",)),
                 "cgroupns": ("CGROUP", ("host", "private"))}
"""Options of which the client itself knows the values."""
IPC_MODES = ("none", "private", "shareable", "host")


def size(text: str) -> int | None:
    """`100m` in bytes; None where it is none."""
    found = SIZE.fullmatch(text)
    if found is None or found[1].count(".") > 1:
        return None
    number = int(Fraction(found[1]) * 1024 ** " kmgtp".index((found[2] or " ").lower()))
    return number if number < -OVERFLOWN else OVERFLOWN


def _bad_size(text: str) -> str:
    return "" if size(text) is not None else f"invalid size: '{text}'"


def _bad_swap(text: str) -> str:
    return "" if text == "-1" else _bad_size(text)


def _cpus(text: str) -> int | None:
    """`1.5` in thousand millionths of a processor."""
    try:
        number = Fraction(text) * NANO
    except (ValueError, ZeroDivisionError):
        return None
    return int(number) if number.denominator == 1 else None


def _bad_cpus(text: str) -> str:
    try:
        Fraction(text)
    except (ValueError, ZeroDivisionError):
        return f"failed to parse {text} as a rational number"
    return "" if _cpus(text) is not None else "value is too precise"


def _bad_ulimit(text: str) -> str:
    name, equals, value = text.partition("=")
    soft, colon, hard = value.partition(":")
    if not name or not equals:
        return f"invalid ulimit argument: {text}"
    if name not in ULIMITS:
        return f"invalid ulimit type: {name}"
    if ":" in hard:
        return f"too many limit value arguments - {value}, can only have up to two, `soft[:hard]`"
    for number in (soft, hard) if colon else (soft,):
        if why := bad_integer(number):
            return why
    if colon and int(hard) != -1 and (int(soft) == -1 or int(soft) > int(hard)):
        return f"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}"
    return ""


def _bad_stream(text: str) -> str:
    return "" if text.lower() in ("stdin", "stdout", "stderr") else "valid streams are STDIN, STDOUT and STDERR"


CHECKS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("memory", "memory-reservation", "kernel-memory", "shm-size"), _bad_size),
    "memory-swap": _bad_swap, "cpus": _bad_cpus, "ulimit": _bad_ulimit, "attach": _bad_stream}
"""By option: why the client refuses a value, or empty."""


def wanted(client: Client, parsed: Parsed) -> dict[str, Any]:
    """What HostConfig has of the options that were given (DockerError: the daemon refuses a value)."""
    found: dict[str, Any] = {}
    for name, key in (("memory", "Memory"), ("memory-reservation", "MemoryReservation"), ("memory-swap", "MemorySwap"),
                      ("shm-size", "ShmSize")):
        if parsed.text(name):
            found[key] = -1 if parsed.text(name) == "-1" else size(parsed.text(name))
    if found.get("Memory") and found["Memory"] < LEAST_MEMORY:
        raise daemon_error("Minimum memory limit allowed is 6MB")
    if found.get("ShmSize", 0) < 0:
        raise daemon_error("SHM size can not be less than 0")
    if found.get("Memory"):
        found.setdefault("MemorySwap", 2 * found["Memory"])
    if parsed.text("cpus"):
        found["NanoCpus"] = cpus = _cpus(parsed.text("cpus")) or 0
        if not 0 <= cpus <= PROCESSORS * NANO:
            first = "range" if client.engine.profile.since(28) else "Range"
            raise daemon_error(f"{first} of CPUs is from 0.01 to {PROCESSORS}.00, as there are only {PROCESSORS} CPUs "
                               "available")
    if 0 < found.get("MemorySwap", 0) < found.get("Memory", 0):
        raise daemon_error("Minimum memoryswap limit should be larger than memory limit, see usage")
    _check_pairs(found, parsed)
    _check_sets(parsed)
    return found | filed(client, parsed)


def _check_pairs(found: dict[str, Any], parsed: Parsed) -> None:
    """Raises DockerError: one value does not go with another, or is out of its range (daemon_unix.go)."""
    memory, reserved, period, quota = (found.get("Memory", 0), found.get("MemoryReservation", 0),
                                       parsed.number("cpu-period", 0), parsed.number("cpu-quota", 0))
    if found.get("MemorySwap", 0) > 0 and not memory:
        raise daemon_error("You should always set the Memory limit when using Memoryswap limit, see usage")
    if 0 < reserved < LEAST_MEMORY:
        raise daemon_error("Minimum memory reservation allowed is 6MB")
    if 0 < memory < reserved:
        raise daemon_error("Minimum memory limit can not be less than memory reservation limit, see usage")
    for value, what in ((period, "Period"), (quota, "Quota")):
        if found.get("NanoCpus") and value > 0:
            raise daemon_error(f"Conflicting options: Nano CPUs and CPU {what} cannot both be set")
    if period and not MILLISECOND <= period <= 1000 * MILLISECOND:
        raise daemon_error("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
    if 0 < quota < MILLISECOND:
        raise daemon_error("CPU cfs quota can not be less than 1ms (i.e. 1000)")


def filed(client: Client, parsed: Parsed) -> dict[str, Any]:
    """What HostConfig has of options that it files as they are."""
    given = parsed.values
    found: dict[str, Any] = {key: parsed.number(name, 0) for name, key in NUMBERS.items() if name in given}
    found |= {key: parsed.text(name) for name, key in TEXTS.items() if parsed.text(name)}
    found |= {key: True for name, key in SWITCHES.items() if parsed.on(name)}
    found |= {key: parsed.all(name) for name, key in LISTS.items() if name in given}
    for key in ("PidMode", "IpcMode"):
        mode, colon, name = str(found.get(key, "")).partition(":")
        if mode == "container" and colon:
            found[key] = f"container:{client.engine.find(name).identity}"
    is_bare = parsed.on("privileged") or "host" in (found.get("PidMode"), found.get("IpcMode"))
    if is_bare and "SecurityOpt" not in found:
        found["SecurityOpt"] = ["label=disable"]
    if parsed.on("privileged"):
        found |= {"MaskedPaths": None, "ReadonlyPaths": None}
    found |= {key: [read(text) for text in parsed.all(name)] for name, (key, read) in READ.items() if name in given}
    log = _log_config(client, parsed)
    found |= {"LogConfig": log} if log != {"Type": JSON_FILE, "Config": {}} else {}
    if "annotation" in given:
        found["Annotations"] = dict(sorted(text.partition("=")[::2] for text in parsed.all("annotation")))
    if parsed.text("gpus"):
        count = -1 if parsed.text("gpus") == "all" else 1
        found["DeviceRequests"] = [{"Driver": "", "Count": count, "DeviceIDs": None, "Capabilities": [["gpu"]],
                                    "Options": {}}]
    return found | ({"Init": parsed.on("init")} if "init" in given else {})


def _log_config(client: Client, parsed: Parsed) -> dict[str, Any]:
    settings, options = client.engine.settings, (text.partition("=") for text in parsed.all("log-opt"))
    return merged(parsed.text("log-driver"), {name: value for name, _equals, value in options}, settings.log_driver,
                  settings.log_opts)


def _ulimit(text: str) -> dict[str, Any]:
    name, _equals, value = text.partition("=")
    soft, _colon, hard = value.partition(":")
    return {"Name": name, "Hard": int(hard or soft), "Soft": int(soft)}


def _device(text: str) -> dict[str, str]:
    """HOST[:CONTAINER][:PERMISSIONS] (DockerError: it is none, the container's is no whole path, or the permissions are
    not of r, w and m once each)."""
    parts = text.split(":")
    if len(parts) > 3 or not parts[0]:
        raise DockerError(f"bad format for path: {text}")
    if len(parts) == 3 and not RIGHTS.fullmatch(parts[2]):
        raise DockerError(f"bad mode specified: {parts[2]}")
    rights = parts.pop() if len(parts) > 1 and RIGHTS.fullmatch(parts[-1]) else "rwm"
    if not parts[-1].startswith("/"):
        raise DockerError(f"{parts[-1]} is not an absolute path")
    return {"PathOnHost": parts[0], "PathInContainer": parts[-1], "CgroupPermissions": rights}


def _rate(text: str) -> dict[str, Any]:
    path, _colon, rate = text.rpartition(":")
    return {"Path": path, "Rate": size(rate) or 0}


RIGHTS = re.compile(r"(?!.*(.).*\1)[rwm]+")  # What a container may do with a device
NUMBERS = {"pids-limit": "PidsLimit", "cpu-shares": "CpuShares", "cpu-quota": "CpuQuota", "cpu-period": "CpuPeriod",
           "cpu-rt-period": "CpuRealtimePeriod", "cpu-rt-runtime": "CpuRealtimeRuntime", "blkio-weight": "BlkioWeight",
           "oom-score-adj": "OomScoreAdj", "memory-swappiness": "MemorySwappiness"}
TEXTS = {"cpuset-cpus": "CpusetCpus", "cpuset-mems": "CpusetMems", "pid": "PidMode", "uts": "UTSMode",
         "ipc": "IpcMode", "userns": "UsernsMode", "runtime": "Runtime", "cgroupns": "CgroupnsMode",
         "cgroup-parent": "CgroupParent", "volume-driver": "VolumeDriver", "isolation": "Isolation",
         "cidfile": "ContainerIDFile"}
LISTS = {"group-add": "GroupAdd", "security-opt": "SecurityOpt", "device-cgroup-rule": "DeviceCgroupRules",
         "volumes-from": "VolumesFrom"}
SWITCHES = {"read-only": "ReadonlyRootfs", "oom-kill-disable": "OomKillDisable"}
READ: dict[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    "ulimit": ("Ulimits", _ulimit), "device": ("Devices", _device), "device-read-bps": ("BlkioDeviceReadBps", _rate),
    "device-write-bps": ("BlkioDeviceWriteBps", _rate), "device-read-iops": ("BlkioDeviceReadIOps", _rate),
    "device-write-iops": ("BlkioDeviceWriteIOps", _rate)}
"""By option, what HostConfig calls it."""


def _check_sets(parsed: Parsed) -> None:
    """Raises DockerError: --cpuset-cpus or --cpuset-mems names what the machine has not."""
    for name, what, there in (("cpuset-cpus", "CPUs", PROCESSORS), ("cpuset-mems", "memory nodes", 1)):
        text = parsed.text(name)
        if text and not SET.fullmatch(text):
            raise daemon_error(f"Invalid value {text} for cpuset {name[7:]}: invalid format: {text}")
        if any(int(number) >= there for number in re.findall(r"\d+", text)):
            last = f"0-{there - 1}" if there > 1 else "0"
            raise daemon_error(f"Requested {what} are not available - requested {text}, available: {last}")


def check_platform(reference: str, platform: str, pull: str, profile: Profile) -> None:
    """Raises DockerError: an image is there, and not for the machine asked for, whose programs could not run here."""
    system, _slash, machine = platform.partition("/")
    if not machine:
        system, machine = (system, "amd64") if system in SYSTEMS else ("linux", system)
    platform = f"{system}/{MACHINES.get(machine, machine)}"
    if platform == OURS or platform.startswith(f"{OURS}/"):
        return
    if pull == "never":
        why = f"its platform ({OURS}) does not match the specified platform ({platform})" if profile.since(28) else (
            f"does not match the specified platform: wanted {platform}, actual: {OURS}")
        raise daemon_error(f"image with reference {reference} was found but {why}")
    raise DockerError(f"the sandbox's images are for linux/amd64 alone, and not for {platform}")


def check_client(parsed: Parsed) -> None:
    """Raises DockerError: the client refuses a mode."""
    for name, (shown, known) in PROCESS_MODES.items():
        text = parsed.text(name)
        is_other = name == "pid" and text.startswith("container:") and text != "container:"
        if text and text not in known and not is_other:
            raise DockerError(f"--{name}: invalid {shown} mode")
    platform = parsed.text("platform")
    if platform and not PLATFORM.fullmatch(platform):
        why = "cannot parse platform specifier" if platform.count("/") > MOST_PARTS else (
            "unknown operating system or architecture")
        raise DockerError(f'error parsing specified platform: "{platform}": {why}: invalid argument')
    if not -1 <= parsed.number("memory-swappiness", -1) <= MOST_SWAPPINESS:
        raise DockerError(f"invalid value: {parsed.number('memory-swappiness', -1)}. Valid memory swappiness range is "
                          "0-100")
    for text in parsed.all("security-opt"):
        name, _equals, value = text.partition("=" if "=" in text else ":")
        if not value and name != "no-new-privileges":
            raise DockerError(f'Invalid --security-opt: "{text}"')


def check_daemon(client: Client, parsed: Parsed) -> None:
    """Raises DockerError: the daemon refuses a mode or a number, or knows no such program."""
    isolation, score = parsed.text("isolation"), parsed.number("oom-score-adj", 0)
    if isolation.lower() not in ("", "default"):
        told = f"invalid isolation ({isolation}):" if client.engine.profile.since(28) else (
            f'Invalid isolation: "{isolation}" -')
        raise daemon_error(f"{told} linux only supports 'default'")
    if abs(score) > MOST_SCORE:
        raise daemon_error(f"Invalid value {score}, range for oom score adj is [-1000, 1000]")
    ipc, pid, runtime = (parsed.text(name) for name in ("ipc", "pid", "runtime"))
    if ipc and ipc not in IPC_MODES and not ipc.startswith("container:"):
        raise daemon_error(f"invalid IPC mode: {ipc}")
    if runtime and runtime not in RUNTIMES:
        raise daemon_error(f"unknown or invalid runtime name: {runtime}")
    for text in (pid, ipc):
        if text.startswith("container:"):
            client.engine.find(text.removeprefix("container:"))
    for text in parsed.all("tmpfs"):
        path = text.partition(":")[0]
        if not path.startswith("/"):
            raise daemon_error(f"invalid mount path: '{path}' mount path must be absolute")
    _check_drivers(client, parsed)


def _check_drivers(client: Client, parsed: Parsed) -> None:
    """Of logs, of security and of storage."""
    _log_config(client, parsed)
    for text in parsed.all("security-opt"):
        if re.split("[=:]", text)[0] not in SECURITY:
            raise daemon_error(f'invalid --security-opt 2: "{text}"')
    if parsed.all("storage-opt"):
        raise daemon_error("--storage-opt is supported only for overlay over xfs with 'pquota' mount option")
