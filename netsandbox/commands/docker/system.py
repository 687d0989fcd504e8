"""docker version and info: short, and honest about being a sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox import __version__
from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.commands.docker.inspect import compact
from netsandbox.commands.docker.template import Template
from netsandbox.commands.docker.template_parse import TemplateError
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client

KERNEL = "6.18.0"
BAD_TEMPLATE = 64


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
        server = {**common, "MinAPIVersion": profile.lowest_api, "KernelVersion": KERNEL, "Experimental": False}
        own = {**common, "Context": client.endpoint.context}
        return _by_template(client, parsed, {"Client": own, "Server": server})
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
        return _by_template(client, parsed, it)
    client.print(f"Client:\n Version:    {it['ServerVersion']}\n Context:    {client.endpoint.context}\n\nServer:\n"
                 f" Containers: {it['Containers']}\n  Running: {it['ContainersRunning']}\n  Paused: 0\n"
                 f"  Stopped: {it['ContainersStopped']}\n Images: {it['Images']}\n"
                 f" Server Version: {it['ServerVersion']}\n Storage Driver: {it['Driver']}\n"
                 f" Logging Driver: {it['LoggingDriver']}\n Cgroup Driver: {it['CgroupDriver']}\n"
                 f" Cgroup Version: {it['CgroupVersion']}\n Plugins:\n  Network: {' '.join(it['Plugins']['Network'])}\n"
                 f" Swarm: inactive\n Default Runtime: {it['DefaultRuntime']}\n"
                 f" Operating System: {it['OperatingSystem']}\n OSType: {it['OSType']}\n"
                 f" Architecture: {it['Architecture']}\n Name: {it['Name']}\n Docker Root Dir: {it['DockerRootDir']}\n"
                 f" Firewall Backend: none (not modelled yet)")
    return 0


def _facts(client: Client) -> dict[str, Any]:
    """GET /info, what a lesson can need of it."""
    containers = client.engine.containers.values()
    running = sum(container.is_running for container in containers)
    return {"ServerVersion": client.engine.profile.version, "Containers": len(containers),
            "ContainersRunning": running, "ContainersPaused": 0, "ContainersStopped": len(containers) - running,
            "Images": len(client.engine.images.all()), "Driver": "overlayfs", "LoggingDriver": "json-file",
            "CgroupDriver": "systemd",
            "CgroupVersion": "2",
            "Plugins": {"Network": ["bridge", "host", "null"]}, "Swarm": {"LocalNodeState": "inactive"},
            "DefaultRuntime": "runc", "KernelVersion": KERNEL, "OSType": "linux", "Architecture": "x86_64",
            "OperatingSystem": f"netsandbox {__version__} (simulated)", "Name": client.engine.namespace.name,
            "DockerRootDir": "/var/lib/docker", "IPv4Forwarding": True}


def _by_template(client: Client, parsed: Parsed, data: dict[str, Any]) -> int:
    form = parsed.text("format")
    try:
        client.print(compact(data) if form == "json" else Template(form).execute(data))
    except TemplateError as error:
        raise DockerError(f"template parsing error: {error}", BAD_TEMPLATE) from None
    return 0


FORMAT = Flag("format", "f", "string", "Format output using a custom template", value="string")
VERSION_COMMAND = Command("docker version", "[OPTIONS]", "Show the Docker version information", version, (FORMAT,),
                          0, 0)
INFO = Command("docker info", "[OPTIONS]", "Display system-wide information", info, (FORMAT,), 0, 0)
