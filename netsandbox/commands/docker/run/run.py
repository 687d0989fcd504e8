"""docker run and docker create."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, NamedTuple

from netsandbox.commands.docker.client.client import Client, with_help
from netsandbox.commands.docker.client.flags import Command, Parsed
from netsandbox.commands.docker.containers.attach import attach, check_terminal
from netsandbox.commands.docker.containers.life import check_name
from netsandbox.commands.docker.images.reference import (
    BAD_REFERENCE,
    check_reference,
    not_found,
    straightened,
    with_tag,
)
from netsandbox.commands.docker.printing.words import named_values
from netsandbox.commands.docker.run import cidfile
from netsandbox.commands.docker.run.conflicts import check_addresses, check_modes
from netsandbox.commands.docker.run.env_file import given, of_files
from netsandbox.commands.docker.run.flags import FLAGS, OF_RUN
from netsandbox.commands.docker.run.health_flags import check_health, health_check
from netsandbox.commands.docker.run.networks import extra_host, is_user_defined, say_without_effect, wanted_networks
from netsandbox.commands.docker.run.publish import parse_expose, parse_publish
from netsandbox.commands.docker.run.resources import check_client, check_daemon, check_platform, wanted
from netsandbox.commands.docker.run.rights import normalized, tell_of_owners
from netsandbox.commands.docker.run.settings import links, resolv_conf, settings
from netsandbox.commands.docker.run.update import restart_policy
from netsandbox.commands.docker.volumes.mount_flags import mounts
from netsandbox.commands.prompt.typography import straight
from netsandbox.docker import containers, history, volumes
from netsandbox.docker.config import Config, HostConfig, Published, RestartPolicy, with_image
from netsandbox.docker.container import Container, Wish
from netsandbox.docker.errors import DAEMON, DockerError, daemon_error
from netsandbox.docker.health import HealthCheck
from netsandbox.docker.images import Image, stand_in
from netsandbox.docker.names import random_name
from netsandbox.docker.resolv_conf import ResolvConf
from netsandbox.docker.signals import signal_number
from netsandbox.docker.spec import DEVICES
from netsandbox.linux.core.files.device_nodes import given as given_devices
from netsandbox.linux.core.sysctl.effect import note_on

FAILED = 125
CAPABILITY_FLAGS = (("cap-add", "CapAdd"), ("cap-drop", "CapDrop"))


def run(client: Client, parsed: Parsed) -> int | None:
    if parsed.on("detach") and parsed.all("attach"):
        raise DockerError("conflicting options: cannot specify both --attach and --detach"
                          if client.context.engine.profile.since(28) else "Conflicting options: -a and -d")
    check_terminal(client, parsed)
    try:
        container = make(client, parsed)
    except DockerError as error:
        raise with_help(client, error, "run") from None
    try:
        if not parsed.on("detach"):
            attach(client, container, container.config.attached)
            return None
        client.print(container.identity)
        client.engine.start(container)
    except DockerError as error:
        if parsed.on("rm"):
            containers.remove(client.engine, container, with_volumes=True)
        raise with_help(client, error, "run", is_start=True) from None
    return 0


def create(client: Client, parsed: Parsed) -> int:
    try:
        container = make(client, parsed)
    except DockerError as error:
        if str(error).startswith((DAEMON, BAD_REFERENCE, cidfile.TAKEN, cidfile.NOT_MADE)):
            raise
        raise with_help(client, error, "create") from None
    client.print(container.identity)
    return 0


def make(client: Client, parsed: Parsed) -> Container:
    """Create the container that a command line describes (DockerError: nothing was created)."""
    asked = _asked(client, parsed)
    mode, wish = next(iter(asked.networks.items()))
    dns = _name_servers(client, parsed)
    resources = _check(client, parsed, asked, mode)
    name = _name(client, parsed)
    hosts = [extra_host(text) for text in parsed.all("add-host")]
    linked = links(client.engine, parsed.all("link"), is_named=mode == "none" or is_user_defined(mode))
    sysctls = _sysctls(client, parsed)
    variables = given(client, parsed, parsed.all("env"))
    labels = [*of_files(client, parsed.all("label-file")), *parsed.all("label")]
    container = containers.create(client.engine, name, parsed.operands[0], mode, parsed.operands[1:], wish,
                                  mounts(client, parsed))
    container.links = linked
    container.host_config = HostConfig(
        asked.published, parsed.on("publish-all"), hosts, dns, sysctls, asked.policy, parsed.on("init"),
        parsed.on("privileged"), asked.capabilities, asked.dropped, resources)
    _set_up(client, parsed, container, asked, variables, labels)
    _tell(client, parsed, container, mode)
    say_without_effect(client, asked.networks.values())
    tell_of_owners(client, parsed)
    cidfile.write(client, parsed, container.identity)
    history.of_container(client.engine, container, "create")
    return container


class Asked(NamedTuple):
    """What the client has read of the flags when it asks the Engine for the first time."""

    published: list[Published]
    ports: tuple[str, ...]
    policy: RestartPolicy
    capabilities: tuple[str, ...]
    dropped: tuple[str, ...]
    healthy: HealthCheck | None
    networks: dict[str, Wish]


def _asked(client: Client, parsed: Parsed) -> Asked:
    """Raises: DockerError: a flag's value that the client refuses."""
    published = [port for text in parsed.all("publish") for port in parse_publish(text)]
    ports = parse_expose(parsed.all("expose"))
    policy = restart_policy(parsed, client.context.engine.profile)
    is_old = not client.engine.profile.since(28)
    capabilities, dropped = (normalized(parsed.all(name), field, is_old) for name, field in CAPABILITY_FLAGS)
    if parsed.text("stop-signal"):
        signal_number(parsed.text("stop-signal"))
    check_client(parsed)
    healthy = health_check(parsed)
    return Asked(published, ports, policy, capabilities, dropped, healthy, wanted_networks(parsed))


def _check(client: Client, parsed: Parsed, asked: Asked, mode: str) -> dict[str, Any]:
    """The resources that are asked for (DockerError: the image is not there, or the Engine refuses a mode, an address,
    a number)."""
    cidfile.check(client, parsed)
    _check_image(client, parsed, parsed.operands[0])
    check_modes(mode, parsed, asked.published, client.engine.profile)
    check_addresses(client, asked.networks, parsed.text("ip6"))
    _check_process(client, parsed)
    resources = wanted(client, parsed)
    check_daemon(client, parsed)
    check_health(asked.healthy)
    return resources


def _set_up(client: Client, parsed: Parsed, container: Container, asked: Asked, variables: list[str],
            labels: list[str]) -> None:
    networks = asked.networks
    if (container.networks or len(networks) > 1) and networks != container.networks:
        container.networks = {**container.networks, **networks}
    container.config = with_image(_config(parsed, variables, asked.ports, asked.healthy), container.image)
    if parsed.text("workdir"):
        _make_work_directory(client, container)
    container.labels = dict(sorted((dict(container.image.labels) | named_values(labels)).items()))
    container.removes_itself = parsed.on("rm")


def _sysctls(client: Client, parsed: Parsed) -> tuple[tuple[str, str], ...]:
    """Those of --sysctl, with a note on each that changes nothing here."""
    sysctls = settings(parsed.all("sysctl"), client.engine.profile)
    for note in filter(None, (note_on(key) for key, _value in sysctls)):
        client.complain(note.rstrip())
    return sysctls


def _make_work_directory(client: Client, container: Container) -> None:
    """Raises DockerError: it cannot be, and nor can the container."""
    try:
        volumes.make_work_directory(client.engine, container)
    except DockerError:
        containers.remove(client.engine, container)
        raise


def _config(parsed: Parsed, variables: Sequence[str], ports: tuple[str, ...], healthy: HealthCheck | None) -> Config:
    entrypoint = [word for word in (parsed.text("entrypoint"),) if word] if "entrypoint" in parsed.values else None
    stop_timeout = parsed.number("stop-timeout", 0) if "stop-timeout" in parsed.values else None
    return Config(
        parsed.text("hostname"), parsed.text("domainname"), parsed.text("user"), parsed.text("workdir"),
        parsed.text("mac-address").strip(), parsed.on("tty"), parsed.on("interactive"), _attached(parsed),
        variables, ports, entrypoint, parsed.text("stop-signal"), stop_timeout, healthy)


def _attached(parsed: Parsed) -> tuple[str, ...]:
    """The streams that the client follows; none with -d."""
    usual = ("stdin", "stdout", "stderr") if parsed.on("interactive") else ("stdout", "stderr")
    return () if parsed.on("detach") else tuple(text.lower() for text in parsed.all("attach")) or usual


def _tell(client: Client, parsed: Parsed, container: Container, mode: str) -> None:
    """What a person may have expected otherwise."""
    published = container.host_config.published
    if mode == "host" and published:
        client.tell_warning("Published ports are discarded when using host network mode")
    if parsed.on("read-only") and container.image.server not in ("", "nginx"):
        client.complain("note: with --read-only the sandbox's own server starts all the same; a real one may want to "
                        "write a file, for which --tmpfs makes room")
    for device in container.host_config.resources.get("Devices") or ():
        if device["PathOnHost"] in DEVICES and not given_devices(device["PathInContainer"], device["PathOnHost"]):
            client.complain(f"note: the sandbox has no {device['PathOnHost']} to give a container")
    for host in dict.fromkeys(port.host for port in published if ":" in port.host):
        client.complain(f"note: -p [{host}]:…: nobody can ask there, as no machine of the sandbox speaks IPv6")
    if not client.engine.forwards and mode not in ("host", "none"):
        client.tell_warning("IPv4 forwarding is disabled. Networking will not work.")


def _name_servers(client: Client, parsed: Parsed) -> ResolvConf:
    """What --dns and the like ask for; of a container's own loopback it is warned."""
    wanted = resolv_conf(parsed)
    for server in wanted.servers:
        if ip_address(server.strip()).is_loopback:
            shown = f"({server})" if client.engine.profile.since(28) else f"setting (--dns={server})"
            client.tell_warning(f"Localhost DNS {shown} may fail in containers.")
    return wanted


def _name(client: Client, parsed: Parsed) -> str:
    engine = client.engine
    if not parsed.text("name"):
        return random_name(engine.random, lambda text: text in engine.containers or client.machine.name_in_use(text))
    name = parsed.text("name").removeprefix("/")
    check_name(client, name)
    containers.check_name_is_free(engine, name)
    return name


def _check_process(client: Client, parsed: Parsed) -> None:
    """Raises DockerError: there is no program to run, or where it is to run makes no sense."""
    image = client.engine.images.find(parsed.operands[0])
    has_program = parsed.text("entrypoint") or parsed.operands[1:] or (
        image is not None and "entrypoint" not in parsed.values and (image.entrypoint or image.cmd))
    if image is not None and not has_program:
        raise daemon_error("no command specified")
    where = parsed.text("workdir")
    if where and not where.startswith("/"):
        raise daemon_error(f"the working directory '{where}' is invalid, it needs to be an absolute path")


def _check_image(client: Client, parsed: Parsed, reference: str) -> None:
    """Raises DockerError: no reference, or no image of that name."""
    try:
        check_reference(reference)
    except DockerError as error:
        raise DockerError(str(error), error.code, note=_about_dashes(client)) from None
    pull = parsed.text("pull") or "missing"
    if pull not in ("always", "missing", "never"):
        raise DockerError(f"invalid pull option: '{pull}': must be one of \"always\", \"missing\" or \"never\"")
    image = client.engine.images.find(reference)
    if image is not None and parsed.text("platform"):
        check_platform(reference, parsed.text("platform"), pull, client.engine.profile)
    _tell_of_stand_in(client, reference, image)
    if image is not None and (pull != "never" or with_tag(reference).rpartition(":")[2] in ("latest", image.tag)):
        return
    if pull == "never":
        raise daemon_error(f"No such image: {with_tag(reference)}")
    if pull == "missing" and not parsed.on("quiet"):
        client.complain(f"Unable to find image '{with_tag(reference)}' locally")
    raise not_found(client.engine, reference)


def _tell_of_stand_in(client: Client, reference: str, image: Image | None) -> None:
    """Once for each image that another one stands for."""
    if image is None or image != stand_in(reference) or ("stand in", reference) in client.engine.told:
        return
    client.engine.told.add(("stand in", reference))
    client.complain(f"note: {image.name} stands for {reference}, of which the sandbox knows nothing more")


def _about_dashes(client: Client) -> str:
    """A line pasted from a web page may have dashes where Docker wants hyphens."""
    right = straightened(client.arguments)
    if right is None:
        return ""
    dash = next(old for old, new in zip(client.arguments, right, strict=True) if old != new)[0]
    return (f"note: the line has a dash ({dash}) where Docker expects a hyphen (-). A word that begins with a dash is "
            "no option, so Docker takes it for the image's name.\nTry:  docker " + straight(" ".join(right)))


RUN = Command("docker run", "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create and run a new container from an image", run,
              FLAGS, 1, mixed=False)
CREATE = Command("docker create", "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new container", create,
                 tuple(flag for flag in FLAGS if flag.name not in OF_RUN), 1, mixed=False)
