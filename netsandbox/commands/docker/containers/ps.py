"""docker ps."""

from __future__ import annotations

from typing import Any, NamedTuple

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import FALSE, TRUE, Command, Flag, Parsed
from netsandbox.commands.docker.printing.listing import (
    Column,
    Listing,
    bad_filter,
    grouped,
    is_named,
    no_filter,
    with_label,
)
from netsandbox.commands.docker.printing.sizes import bytes_in, human_size, size_of
from netsandbox.commands.docker.printing.words import created_at, ellipsis, has_label, human_duration, quoted, status
from netsandbox.commands.docker.templates.values import Null
from netsandbox.docker import links
from netsandbox.docker.container import Container
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.ports import are_known
from netsandbox.docker.profiles import Profile
from netsandbox.docker.volumes import TMPFS, VOLUME

COLUMNS = (Column("ID", "CONTAINER ID"), Column("Image", "IMAGE"), Column("Command", "COMMAND"),
           Column("RunningFor", "CREATED"), Column("Status", "STATUS"), Column("Ports", "PORTS"),
           Column("Names", "NAMES"))
OTHERS = {"Platform": "PLATFORM", "CreatedAt": "CREATED AT",
          "State": "STATE", "Size": "SIZE", "Labels": "LABELS", "Mounts": "MOUNTS",
          "LocalVolumes": "LOCAL VOLUMES", "Networks": "NETWORKS"}
RAW = """\
container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state: {{- pad .State 1 0}}
status: {{- pad .Status 1 0}}
names: {{.Names}}
labels: {{- pad .Labels 1 0}}
ports: {{- pad .Ports 1 0}}
"""
LISTING = Listing("*formatter.ContainerContext", COLUMNS, OTHERS, RAW, "failed to execute template")
WITH_SIZES = LISTING._replace(columns=(*COLUMNS, Column("Size", "SIZE")), raw=RAW + "size: {{.Size}}\n")
STATES = ("created", "running", "paused", "restarting", "removing", "exited", "dead")
HEALTH = ("none", "starting", "healthy", "unhealthy")
FILTERS = ("ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name", "network",
           "publish", "since", "status", "volume")
COMMAND_WIDTH, SHORT_ID = 20, 12
MAX_PORT = 65535


def run(client: Client, parsed: Parsed) -> int:
    now, short = client.scheduler.clock, not parsed.on("no-trunc")
    has_size = parsed.on("size") or any(word in parsed.text("format") for word in (".Size", "json .}"))
    rows = [row(container, now, short, client.engine.profile, has_size) | _named_image(client, container, short)
            for container in chosen(client, parsed)]
    for found in rows if not short else ():  # with the names of links
        names = links.names_of(client.engine, client.engine.containers[found["Names"]])
        found["Names"] = ",".join(sorted([found["Names"], *names]))
    (WITH_SIZES if parsed.on("size") else LISTING).show(client, parsed, rows)
    return 0


def chosen(client: Client, parsed: Parsed) -> list[Container]:
    """The containers that are asked for, the newest first."""
    containers = list(reversed(client.engine.containers.values()))
    last = parsed.number("last", 1 if parsed.on("latest") else -1)
    if last > 0:
        containers = containers[:last]
    elif not parsed.on("all") and not any(text.startswith(("status=", "exited=")) for text in parsed.all("filter")):
        containers = [c for c in containers if c.is_running or c.state == "restarting"]
    filters = grouped(parsed.all("filter"))
    for key, values in filters.items():
        for value in values:
            _check(client, key, value)
    for name in filters.pop("before", ()):
        containers = [c for c in containers if c.created < client.engine.find(name).created]
    for name in filters.pop("since", ()):
        containers = [c for c in containers if c.created > client.engine.find(name).created]
    for key, values in filters.items():
        every = all if key == "label" else any
        containers = [c for c in containers if every(_matches(client, c, key, value) for value in values)]
    return containers


def _matches(client: Client, container: Container, key: str, value: str) -> bool:
    """Values of one key are alternatives, but for labels; names are searched for, a slash before them or none."""
    if key == "name":
        return is_named(container.name, value) or is_named(f"/{container.name}", value)
    if key in ("publish", "expose"):
        return _has_port(container, key, value)
    wanted = {"status": container.state == value, "id": container.identity.startswith(value),
              "ancestor": _is_of(client, container, value),
              "network": _is_on(client, container, value),
              "label": has_label(container.labels, value),
              "volume": any(value in (mount.source, mount.target) for mount in container.mounts),
              "health": value == (container.health.status if container.health else HEALTH[0]),
              "is-task": value in FALSE, "isolation": True,  # of Windows
              "exited": container.has_ended and not container.is_running and str(container.code) == value}
    return wanted[key]


def _named_image(client: Client, container: Container, short: bool) -> dict[str, str]:
    """Its image by its id, where the name that it was run by is another one's by now, or nobody's."""
    image, own = client.engine.images.find(container.reference), container.image.identity
    if image is not None and image.identity == own:
        return {}
    return {"Image": own[:SHORT_ID] if short else f"sha256:{own}"}


def _is_of(client: Client, container: Container, reference: str) -> bool:
    """Whether it was made of the image, whatever name or id that is called by."""
    image = client.engine.images.find(reference)
    return container.reference == reference or (image is not None and image.identity == container.image.identity)


def _is_on(client: Client, container: Container, wanted: str) -> bool:
    """Whether it is on the network of that name or id."""
    networks = client.engine.networks
    return any(wanted == name or (name in networks and wanted == networks[name].identity)
               for name in container.network_names)


def _check(client: Client, key: str, value: str) -> None:
    """Raises DockerError: no container can have that."""
    if key not in FILTERS:
        raise no_filter(key)
    if key == "status" and value not in STATES:
        if not client.engine.profile.since(28):
            raise daemon_error(f"invalid filter 'status={value}'")
        raise daemon_error(f"invalid filter 'status={value}': invalid value for state ({value}): must be one of "
                           f"{', '.join(STATES)}")
    if key == "exited" and not (value.lstrip("+-").isdecimal() and value.isascii()):
        raise daemon_error(f"invalid filter 'exited={value}': strconv.Atoi: parsing \"{value}\": invalid syntax")
    if key == "is-task" and value not in TRUE | FALSE:
        raise daemon_error(f"invalid filter 'is-task=[{value}]'")
    if key == "health" and value not in HEALTH:
        raise daemon_error(f"invalid filter 'health={value}': invalid value for health ({value}): must be one of "
                           f"{', '.join(HEALTH)}" if client.engine.profile.since(28) else
                           f"unrecognized filter value for health: {value}")


def _has_port(container: Container, key: str, text: str) -> bool:
    """`8080`, `53/udp` or `8000-8010`: a port of the host's that leads there, or one that is exposed."""
    span, _slash, protocol = text.partition("/")
    first, dash, last = span.partition("-")
    for number in (first, last if dash else first):
        if not (number.isascii() and number.isdecimal() and int(number) <= MAX_PORT):
            why = "value out of range" if number.isascii() and number.isdecimal() else "invalid syntax"
            raise daemon_error(f'error while looking up for {key} {text}: strconv.ParseUint: parsing "{number}": {why}')
    low, high = int(first), int(last if dash else first)
    wanted = protocol or "tcp"
    if not container.is_running or not are_known(container):
        return False
    if key == "publish":
        return any(low <= binding.host_port <= high and binding.protocol == wanted for binding in container.bindings)
    return any(low <= int(number) <= high and own == wanted for number, _slash, own in (
        port.partition("/") for port in container.exposed_ports))


def row(container: Container, now: int, short: bool, profile: Profile, has_size: bool = False) -> dict[str, Any]:
    command = ellipsis(container.command, COMMAND_WIDTH) if short else container.command
    platform = {"Platform": Null("*v1.Platform")} if profile.since(28) else {}
    return with_label(platform | {
            "ID": container.short_identity if short else container.identity, "Image": container.reference,
            "Command": quoted(command), "RunningFor": human_duration(now - container.created) + " ago",
            "Status": status(container, now), "Ports": ports(container, profile), "Names": container.name,
            "CreatedAt": created_at(container.created), "State": container.state,
            "Size": shown(container) if has_size else "0B",
            "Labels": ",".join(f"{key}={value}" for key, value in container.labels.items()),
            "Mounts": ",".join(mount.source for mount in container.mounts if mount.kind != TMPFS),
            "LocalVolumes": str(sum(mount.kind == VOLUME for mount in container.mounts)),
            "Networks": ",".join(container.network_names)}, container.labels)


def shown(container: Container) -> str:
    """`2B (virtual 181MB)`: what it wrote, and with its image."""
    own = bytes_in(container.files)
    return f"{human_size(own)} (virtual {human_size(own + size_of(container.image))})"


class Shown(NamedTuple):
    """A port as the API lists it; host empty where it is only exposed."""

    port: int
    host: str
    host_port: int
    protocol: str


def ports(container: Container, profile: Profile) -> str:
    """What a running container exposes and publishes; `8000-8002/tcp` for neighbours (formatter.DisplayablePorts)."""
    groups: dict[str, list[int]] = {}
    done: list[str] = []
    elsewhere: list[str] = []
    for it in sorted(shown_ports(container)):
        if it.host and it.host_port != it.port:
            elsewhere.append(f"{_joined(it.host, str(it.host_port), profile)}->{it.port}/{it.protocol}")
            continue
        key = f"{it.host}/{it.protocol}"
        run = groups.setdefault(key, [])
        if run and it.port != run[-1] + 1:
            done.append(_group(key, run, profile))
            run.clear()
        run.append(it.port)
    return ", ".join([*done, *(_group(key, run, profile) for key, run in groups.items()), *elsewhere])


def shown_ports(container: Container) -> list[Shown]:
    if not container.is_running or not are_known(container):
        return []
    bound = [Shown(b.port, b.host, b.host_port, b.protocol) for b in container.bindings]
    taken = {(it.port, it.protocol) for it in bound}
    texts = (text.partition("/") for text in container.exposed_ports)
    return bound + [Shown(int(port), "", 0, protocol) for port, _slash, protocol in texts
                    if (int(port), protocol) not in taken]


def _group(key: str, run: list[int], profile: Profile) -> str:
    host, _slash, protocol = key.partition("/")
    span = str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}"
    return f"{_joined(host, span, profile)}->{span}/{protocol}" if host else f"{span}/{protocol}"


def _joined(host: str, ports: str, profile: Profile) -> str:
    """IPv6 in brackets, since 28.0."""
    return f"[{host}]:{ports}" if ":" in host and profile.since(28) else f"{host}:{ports}"


FLAGS = (
    Flag("all", "a"),
    Flag("filter", "f", "list", check=bad_filter),
    Flag("format", "", "string"),
    Flag("last", "n", "int"),
    Flag("latest", "l"),
    Flag("no-trunc"),
    Flag("quiet", "q"),
    Flag("size", "s"),
)

PS = Command("docker ps", "[OPTIONS]", "List containers", run, FLAGS, 0, 0)
