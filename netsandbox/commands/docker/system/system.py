"""docker version and info: short, and honest about being a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netsandbox import __version__
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.templates.execution import Template
from netsandbox.commands.docker.templates.reading import TemplateError
from netsandbox.commands.docker.templates.values import Null, Slice, Struct, to_json
from netsandbox.commands.tools.kernel.kernel_files import PROCESSORS
from netsandbox.docker.api import identity
from netsandbox.docker.container import PAUSED
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DockerError
from netsandbox.docker.log_drivers import DRIVERS
from netsandbox.docker.profiles import Profile
from netsandbox.linux.core.kernel import RELEASE

BAD_TEMPLATE = 64
NOTHING = Slice([], "[]string", is_nil=True)
INSECURE = ("::1/128", "127.0.0.0/8")  # Networks whose registries need no certificate; before 28 the second alone
RUNTIMES = ("io.containerd.runc.v2", "runc")
BUILD = "netsandbox"  # Where a release has the commit that it was built from
POINTERS = {"RegistryConfig", "Runtimes", "FirewallBackend"}
"""Facts that are reached by a pointer, which leads to nothing where the Engine does not answer."""
OPTIONAL = ("CgroupVersion", "DefaultAddressPools", "FirewallBackend", "ServerErrors", "Experimental")
"""JSON leaves them out where they are empty."""
LIMITS = ("MemoryLimit", "SwapLimit", "CpuCfsPeriod", "CpuCfsQuota", "CPUShares", "CPUSet", "PidsLimit")
"""What a container can be held to, with cgroups of version 2."""
BRIDGED = "net.bridge.bridge-nf-call-iptables"


def version(client: Client, parsed: Parsed) -> int:
    """What the client is, and what the Engine is if it answers."""
    profile = client.context.engine.profile
    if client.arguments[0] != "version":
        client.print(f"Docker version {profile.version}, build {BUILD}")
        return 0
    if parsed.text("format"):
        down = _unreachable(client)
        both = {"Client": _client(client), "Server": Null("types.Version") if down else _server(client)}
        return _by_template(client, parsed, both, "version", "system.versionInfo", down)
    client.print(f"Client: netsandbox {__version__} (simulated)\n Version:           {profile.version}\n"
                 f" API version:       {profile.api}\n OS/Arch:           linux/amd64\n"
                 f" Context:           {client.endpoint.context}")
    profile = client.engine.profile
    client.print(f"\nServer: netsandbox {__version__} (simulated)\n Engine:\n  Version:          {profile.version}\n"
                 f"  API version:      {profile.api} (minimum version {profile.lowest_api})\n"
                 "  OS/Arch:          linux/amd64\n  Experimental:     false")
    return 0


def _version(profile: Profile, kind: str, fields: dict[str, Any]) -> Struct:
    """What client and Engine tell alike, with some of their own."""
    made = Struct(kind)
    for name, value in {"Platform": {"Name": f"netsandbox {__version__} (simulated)"}, "Version": profile.version,
                        "APIVersion": profile.api, "GitCommit": BUILD, "Os": "linux", "Arch": "amd64",
                        **fields}.items():
        made.add(name, "ApiVersion" if name == "APIVersion" else name, value, is_optional=name in OPTIONAL)
    return made


def _client(client: Client) -> Struct:
    profile = client.context.engine.profile
    return _version(profile, "system.clientVersion", {
        "DefaultAPIVersion": profile.api, "Context": client.endpoint.context})


def _server(client: Client) -> Struct:
    profile = client.engine.profile
    details = {"ApiVersion": profile.api, "Arch": "amd64", "Experimental": "false", "GitCommit": BUILD,
               "KernelVersion": RELEASE, "MinAPIVersion": profile.lowest_api, "Os": "linux"}
    return _version(profile, "types.Version", {
        "Components": [{"Name": "Engine", "Version": profile.version, "Details": details}],
        "MinAPIVersion": profile.lowest_api, "KernelVersion": RELEASE, "Experimental": False})


def _of_client(client: Client, down: DockerError | None) -> dict[str, Any]:
    """What `info` tells of the client itself, and why there is nothing of the Engine; from 28 on that is not told."""
    profile, version = client.context.engine.profile, _client(client)
    names = ["Version", *(["DefaultAPIVersion"] if profile.since(28) else []), "GitCommit", "Os", "Arch", "Context"]
    found = {"Debug": False, **{name: version[name] for name in names}, "Plugins": [], "Warnings": NOTHING}
    return {"ServerErrors": [str(down)] if down and not profile.since(28) else NOTHING, "ClientInfo": found}

GO_NAMES = {"HttpProxy": "HTTPProxy", "HttpsProxy": "HTTPSProxy", "CpuCfsPeriod": "CPUCfsPeriod",
            "CpuCfsQuota": "CPUCfsQuota"}
"""What a template calls the fields that JSON names otherwise."""


def info(client: Client, parsed: Parsed) -> int:
    engine, down = client.context.engine, _unreachable(client)
    it = _facts(engine)
    if parsed.text("format"):
        told = Struct("system.dockerInfo")
        facts = {**_blank(it), **dict.fromkeys(it.keys() & POINTERS, NOTHING)} if down else it
        for name, value in {**facts, **_of_client(client, down)}.items():
            told.add(GO_NAMES.get(name, name), name, value, is_optional=name in OPTIONAL)
        return _by_template(client, parsed, told, "", "system.dockerInfo", down)
    client.print(f"Client:\n Version:    {it['ServerVersion']}\n Context:    {client.endpoint.context}\n"
                 " Debug Mode: false\n\nServer:")
    if down:
        raise down if engine.profile.since(28) else DockerError(f"ERROR: {down}\nerrors pretty printing info")
    client.print("\n".join(_lines(client, it)) + "\n")
    if not client.engine.forwards:
        client.complain("WARNING: IPv4 forwarding is disabled")
    return 0


def _list(head: str, rows: Sequence[str]) -> list[str]:
    """A heading and its rows; neither, if there are none."""
    return [head, *(f"  {row}" for row in rows)] if rows else []


def _lines(client: Client, it: dict[str, Any]) -> list[str]:
    """What the client prints of the facts, in its order."""
    settings, pools = client.engine.settings, []
    for base, size in settings.default_address_pools:
        pools.append(f" Base: {base}, Size: {size}")
    return [f" Containers: {it['Containers']}", f"  Running: {it['ContainersRunning']}",
            f"  Paused: {it['ContainersPaused']}", f"  Stopped: {it['ContainersStopped']}", f" Images: {it['Images']}",
            f" Server Version: {it['ServerVersion']}", f" Storage Driver: {it['Driver']}",
            f" Logging Driver: {it['LoggingDriver']}", f" Cgroup Driver: {it['CgroupDriver']}",
            f" Cgroup Version: {it['CgroupVersion']}", " Plugins:",
            *(f"  {kind}: {' '.join(it['Plugins'][kind])}" for kind in ("Volume", "Network", "Log")),
            *_list(" CDI spec directories:", it.get("CDISpecDirs", [])),
            " Swarm: inactive", f" Runtimes: {' '.join(it['Runtimes'])}", f" Default Runtime: {it['DefaultRuntime']}",
            f" Init Binary: {it['InitBinary']}", " Security Options:", "  seccomp", "   Profile: builtin", "  cgroupns",
            f" Kernel Version: {it['KernelVersion']}",
            f" Operating System: {it['OperatingSystem']}", f" OSType: {it['OSType']}",
            f" Architecture: {it['Architecture']}", f" CPUs: {it['NCPU']}", f" Name: {it['Name']}", f" ID: {it['ID']}",
            f" Docker Root Dir: {it['DockerRootDir']}", " Debug Mode: false", " Experimental: false",
            *_list(" Insecure Registries:", it["RegistryConfig"]["InsecureRegistryCIDRs"]),
            f" Live Restore Enabled: {'true' if settings.live_restore else 'false'}",
            *_list(" Default Address Pools:", pools),
            *([" Firewall Backend: iptables"] if client.engine.profile.since(29) else [])]


def _unreachable(client: Client) -> DockerError | None:
    """Why the Engine does not answer, if it does not: the client tells first what it knows itself."""
    try:
        _engine = client.engine
    except DockerError as error:
        return error
    return None


def _blank(value: Any) -> Any:
    """A value of Go's of which nothing is known: its type's zero."""
    if isinstance(value, dict):
        return {key: _blank(inner) for key, inner in value.items()}
    return NOTHING if isinstance(value, list | Slice) else type(value)()


def _counts(engine: DockerEngine) -> dict[str, int]:
    containers = engine.containers.values()
    running = sum(container.is_running for container in containers)
    paused = sum(container.state == PAUSED for container in containers)
    return {"Containers": len(containers), "ContainersRunning": running - paused, "ContainersPaused": paused,
            "ContainersStopped": len(containers) - running, "Images": len(engine.images.all())}


def _registries(is_new: bool) -> dict[str, Any]:
    return {"IndexServerAddress": "https://index.docker.io/v1/", "RegistryConfig": {
        "IndexConfigs": {"docker.io": {"Mirrors": [], "Name": "docker.io", "Official": True, "Secure": True}},
        "InsecureRegistryCIDRs": list(INSECURE if is_new else INSECURE[1:]), "Mirrors": NOTHING}}


def _facts(engine: DockerEngine) -> dict[str, Any]:
    """GET /info, what a lesson can need of it."""
    is_new = engine.profile.since(28)
    return {"ID": identity(engine), "ServerVersion": engine.profile.version, **_counts(engine),
            "Driver": engine.profile.storage_driver, "LoggingDriver": engine.settings.log_driver,
            "CgroupDriver": "systemd", "CgroupVersion": "2",
            "Plugins": {"Volume": ["local"], "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
                        "Authorization": NOTHING, "Log": sorted({*DRIVERS} - {"none"})},
            **dict.fromkeys(LIMITS, True), "OomKillDisable": False, **_registries(is_new),
            "Runtimes": {name: {"path": "runc"} for name in RUNTIMES}, "InitBinary": "docker-init",
            **dict.fromkeys(("HttpProxy", "HttpsProxy", "NoProxy"), ""),
            **({"FirewallBackend": {"Driver": "iptables"}, "CDISpecDirs": ["/etc/cdi", "/var/run/cdi"]}
               if is_new else {}),
            "NCPU": PROCESSORS, "Labels": [], "ExperimentalBuild": False, "Debug": False, "Isolation": "",
            "SecurityOptions": ["name=seccomp,profile=builtin", "name=cgroupns"], "Warnings": NOTHING,
            "DefaultAddressPools": [{"Base": str(base), "Size": size}
                                    for base, size in engine.settings.default_address_pools] or NOTHING,
            "Swarm": {"LocalNodeState": "inactive"}, "DefaultRuntime": "runc", "KernelVersion": RELEASE,
            "OSType": "linux", "Architecture": "x86_64",
            "OperatingSystem": f"netsandbox {__version__} (simulated)", "Name": engine.namespace.name,
            "DockerRootDir": "/var/lib/docker", "IPv4Forwarding": engine.forwards,
            "LiveRestoreEnabled": engine.settings.live_restore,
            **({} if is_new else {"BridgeNfIptables": bool(engine.namespace.sysctls.get(BRIDGED))})}


def _by_template(client: Client, parsed: Parsed, data: Struct | dict[str, Any], name: str, type_name: str,
                 down: DockerError | None) -> int:
    """Errors are named after the client's template, and say whose field is missing.

    Args:
        down: why the Engine does not answer. `version` tells only that; `info` that and the template's error, and
            before 28 it tells that first and ends well.
    """
    form, is_info = parsed.text("format"), not name
    is_old = is_info and not client.context.engine.profile.since(28)
    if down and is_old:
        client.complain(str(down))
    try:
        template = Template(form, type_name) if form != "json" else None
    except TemplateError as error:
        before = f"{down}\n" if down and is_info and not is_old else ""
        why = str(error).replace("template: :", f"template: {name}:", 1)
        raise DockerError(f"{before}template parsing error: {why}", BAD_TEMPLATE) from None
    told = ""
    try:
        client.print(to_json(data) if template is None else template.execute(data))
    except TemplateError as error:
        client.print(error.printed)
        told = str(error).replace("template: :", f"template: {name}:", 1).replace(
            'executing ""', f'executing "{name}"', 1)
    if down and not is_old:
        told = f"{down}\n{told}" if told and is_info else str(down)
    if told:
        raise DockerError(told)
    return 0


FORMAT = Flag("format", "f", "string")
VERSION_COMMAND = Command("docker version", "[OPTIONS]", "Show the Docker version information", version, (FORMAT,),
                          0, 0)
INFO = Command("docker info", "[OPTIONS]", "Display system-wide information", info, (FORMAT,), 0, 0)
