"""docker version and info: short, and honest about being a sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox import __version__
from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.commands.docker.template import Template
from netsandbox.commands.docker.template_parse import TemplateError
from netsandbox.commands.docker.template_values import Slice, to_json
from netsandbox.commands.tools.kernel_files import PROCESSORS
from netsandbox.docker.api import identity
from netsandbox.docker.container import PAUSED
from netsandbox.docker.errors import DockerError
from netsandbox.linux.core.release import RELEASE

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client

BAD_TEMPLATE = 64
NOTHING = Slice([], "[]string", is_nil=True)
LOGS = ("awslogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "splunk", "syslog")
"""Drivers."""
BRIDGED = "net.bridge.bridge-nf-call-iptables"


def version(client: Client, parsed: Parsed) -> int:
    """What the client is, and what the Engine is if it answers."""
    profile = client.context.engine.profile
    if client.arguments[0] != "version":
        client.print(f"Docker version {profile.version}, build netsandbox")
        return 0
    platform = {"Name": f"netsandbox {__version__} (simulated)"}
    common: dict[str, Any] = {"Platform": platform, "Version": profile.version, "APIVersion": profile.api,
                              "Os": "linux", "Arch": "amd64"}
    if parsed.text("format"):
        profile = client.engine.profile
        server = {**common, "MinAPIVersion": profile.lowest_api, "KernelVersion": RELEASE, "Experimental": False}
        own = {**common, "Context": client.endpoint.context}
        return _by_template(client, parsed, {"Client": own, "Server": server}, "version", "system.versionInfo")
    client.print(f"Client: netsandbox {__version__} (simulated)\n Version:           {profile.version}\n"
                 f" API version:       {profile.api}\n OS/Arch:           linux/amd64\n"
                 f" Context:           {client.endpoint.context}")
    profile = client.engine.profile
    client.print(f"\nServer: netsandbox {__version__} (simulated)\n Engine:\n  Version:          {profile.version}\n"
                 f"  API version:      {profile.api} (minimum version {profile.lowest_api})\n"
                 "  OS/Arch:          linux/amd64\n  Experimental:     false")
    return 0


def info(client: Client, parsed: Parsed) -> int:
    it = _facts(client)
    if parsed.text("format"):
        return _by_template(client, parsed, it, "", "system.dockerInfo")
    client.print(f"Client:\n Version:    {it['ServerVersion']}\n Context:    {client.endpoint.context}\n"
                 " Debug Mode: false\n\nServer:\n" + "\n".join(_lines(client, it)) + "\n")
    if not client.engine.forwards:
        client.complain("WARNING: IPv4 forwarding is disabled")
    return 0


def _lines(client: Client, it: dict[str, Any]) -> list[str]:
    """What the client prints of the facts, in its order."""
    settings, pools = client.engine.settings, []
    for base, size in settings.default_address_pools:
        pools.append(f"   Base: {base}, Size: {size}")
    return [f" Containers: {it['Containers']}", f"  Running: {it['ContainersRunning']}",
            f"  Paused: {it['ContainersPaused']}", f"  Stopped: {it['ContainersStopped']}", f" Images: {it['Images']}",
            f" Server Version: {it['ServerVersion']}", f" Storage Driver: {it['Driver']}",
            f" Logging Driver: {it['LoggingDriver']}", f" Cgroup Driver: {it['CgroupDriver']}",
            f" Cgroup Version: {it['CgroupVersion']}", " Plugins:", f"  Network: {' '.join(it['Plugins']['Network'])}",
            " Swarm: inactive", f" Default Runtime: {it['DefaultRuntime']}", f" Kernel Version: {it['KernelVersion']}",
            f" Operating System: {it['OperatingSystem']}", f" OSType: {it['OSType']}",
            f" Architecture: {it['Architecture']}", f" Name: {it['Name']}", f" ID: {it['ID']}",
            f" Docker Root Dir: {it['DockerRootDir']}", " Debug Mode: false", " Experimental: false",
            f" Live Restore Enabled: {'true' if settings.live_restore else 'false'}",
            *([" Default Address Pools:", *pools] if pools else []),
            *([" Firewall Backend: iptables"] if client.engine.profile.since(29) else [])]


def _facts(client: Client) -> dict[str, Any]:
    """GET /info, what a lesson can need of it."""
    engine = client.engine
    containers = engine.containers.values()
    running = sum(container.is_running for container in containers)
    paused = sum(container.state == PAUSED for container in containers)
    return {"ID": identity(engine), "ServerVersion": engine.profile.version, "Containers": len(containers),
            "ContainersRunning": running - paused, "ContainersPaused": paused,
            "ContainersStopped": len(containers) - running, "Images": len(engine.images.all()),
            "Driver": engine.profile.storage_driver, "LoggingDriver": "json-file", "CgroupDriver": "systemd",
            "CgroupVersion": "2",
            "Plugins": {"Volume": ["local"], "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
                        "Authorization": NOTHING, "Log": list(LOGS)},
            "NCPU": PROCESSORS, "Labels": [], "ExperimentalBuild": False, "Debug": False, "Isolation": "",
            "SecurityOptions": ["name=seccomp,profile=builtin", "name=cgroupns"], "Warnings": NOTHING,
            "DefaultAddressPools": [{"Base": str(base), "Size": size}
                                    for base, size in engine.settings.default_address_pools] or NOTHING,
            "Swarm": {"LocalNodeState": "inactive"}, "DefaultRuntime": "runc", "KernelVersion": RELEASE,
            "OSType": "linux", "Architecture": "x86_64",
            "OperatingSystem": f"netsandbox {__version__} (simulated)", "Name": engine.namespace.name,
            "DockerRootDir": "/var/lib/docker", "IPv4Forwarding": engine.forwards,
            "LiveRestoreEnabled": engine.settings.live_restore,
            **({} if engine.profile.since(28) else {"BridgeNfIptables": bool(engine.namespace.sysctls.get(BRIDGED))})}


def _by_template(client: Client, parsed: Parsed, data: dict[str, Any], name: str, type_name: str) -> int:
    """Errors are named after the client's template, and say whose field is missing."""
    form = parsed.text("format")
    try:
        template = Template(form, type_name) if form != "json" else None
    except TemplateError as error:
        raise DockerError(f"template parsing error: {error}", BAD_TEMPLATE) from None
    try:
        client.print(to_json(data) if template is None else template.execute(data))
    except TemplateError as error:
        client.print(error.printed)
        told = str(error).replace("template: :", f"template: {name}:", 1)
        raise DockerError(told.replace('executing ""', f'executing "{name}"', 1)) from None
    return 0


FORMAT = Flag("format", "f", "string")
VERSION_COMMAND = Command("docker version", "[OPTIONS]", "Show the Docker version information", version, (FORMAT,),
                          0, 0)
INFO = Command("docker info", "[OPTIONS]", "Display system-wide information", info, (FORMAT,), 0, 0)
