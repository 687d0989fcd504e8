"""docker images, version and info: short, and honest about being a sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox import __version__
from netsandbox.commands.docker.flags import Command, Flag, Parsed
from netsandbox.commands.docker.words import table
from netsandbox.docker.images import IMAGES

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client

API = {"docker-27": "1.47", "docker-28": "1.51", "docker-29": "1.52"}
LOWEST_API = {"docker-27": "1.24", "docker-28": "1.24", "docker-29": "1.44"}
VERSION = {"docker-27": "27.5.1", "docker-28": "28.5.2", "docker-29": "29.7.2"}
ID_LENGTH = 12


def images(client: Client, parsed: Parsed) -> int:
    wanted = parsed.operands[0] if parsed.operands else ""
    name, _colon, tag = wanted.partition(":")
    chosen = [image for image in IMAGES.values() if not wanted or (image.name == name and tag in ("", image.tag))]
    used = {c.image.name for c in client.engine.containers.values()}
    if parsed.on("quiet"):
        for image in chosen:
            client.print(image.identity[:ID_LENGTH])
    elif client.engine.profile == "docker-29":
        rows = [["IMAGE", "ID", "DISK USAGE", "EXTRA"]]
        rows += [[f"{i.name}:{i.tag}", i.identity[:ID_LENGTH], i.size, "U" if i.name in used else ""]
                 for i in chosen]
        client.output.append(("out", table(rows)))
    else:
        rows = [["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]]
        rows += [[i.name, i.tag, i.identity[:ID_LENGTH], "2 weeks ago", i.size] for i in chosen]
        client.output.append(("out", table(rows)))
    return 0


def version(client: Client, _parsed: Parsed) -> int:
    profile = client.engine.profile
    client.print(f"Client: netsandbox {__version__} (simulated)\n Version:           {VERSION[profile]}\n"
                 f" API version:       {API[profile]}\n OS/Arch:           linux/amd64\n Context:           default\n\n"
                 f"Server: netsandbox {__version__} (simulated)\n Engine:\n  Version:          {VERSION[profile]}\n"
                 f"  API version:      {API[profile]} (minimum version {LOWEST_API[profile]})\n"
                 "  OS/Arch:          linux/amd64\n  Experimental:     false")
    return 0


def info(client: Client, _parsed: Parsed) -> int:
    containers = client.engine.containers.values()
    running = sum(container.is_running for container in containers)
    client.print(f"Client:\n Version:    {VERSION[client.engine.profile]}\n Context:    default\n\nServer:\n"
                 f" Containers: {len(containers)}\n  Running: {running}\n  Paused: 0\n"
                 f"  Stopped: {len(containers) - running}\n Images: {len(IMAGES)}\n"
                 f" Server Version: {VERSION[client.engine.profile]}\n Storage Driver: overlayfs\n"
                 " Logging Driver: json-file\n Cgroup Driver: systemd\n Cgroup Version: 2\n Plugins:\n"
                 "  Network: bridge host null\n Swarm: inactive\n Default Runtime: runc\n"
                 f" Operating System: netsandbox {__version__} (simulated)\n OSType: linux\n Architecture: x86_64\n"
                 f" Name: {client.engine.namespace.name}\n Docker Root Dir: /var/lib/docker\n"
                 f" Firewall Backend: none (not modelled yet)")
    return 0


FORMAT = Flag("format", "f", "string", "Format output using a custom template", hidden=True)
IMAGES_COMMAND = Command("docker images", "[OPTIONS] [REPOSITORY[:TAG]]", "List images", images, (
    Flag("all", "a", usage="Show all images (default hides intermediate and dangling images)"),
    Flag("quiet", "q", usage="Only show image IDs")), 0, 1)
VERSION_COMMAND = Command("docker version", "[OPTIONS]", "Show the Docker version information", version, (FORMAT,),
                          0, 0)
INFO = Command("docker info", "[OPTIONS]", "Display system-wide information", info, (FORMAT,), 0, 0)
