"""docker network connect and disconnect."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.run.conflicts import listed, wrong_settings
from netsandbox.commands.docker.run.networks import is_user_defined, say_without_effect, with_address
from netsandbox.commands.docker.run.settings import bad_link, links
from netsandbox.docker import network_members
from netsandbox.docker.container import Container, Wish
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import NOT_FOUND, DockerError, daemon_error
from netsandbox.docker.sandbox import NOT_BESIDE


def connect(client: Client, parsed: Parsed) -> int | None:
    engine = client.engine
    options = _driver_options(parsed.all("driver-opt"))
    name, container = parsed.operands[0], engine.find(parsed.operands[1])
    try:
        network = engine.network(name)
    except DockerError:
        if container.is_running and container.joined:
            raise daemon_error(NOT_BESIDE["host"]) from None
        if container.is_running:
            raise
        network_members.note(container, name, _wish(client, name, parsed, options))
        return 0
    wish = _wish(client, network.name, parsed, options)
    network_members.connect(engine, network, container, wish)
    say_without_effect(client, [wish])
    # The daemon answers when the new port forwards; so a ping on the next line is not lost.
    client.scheduler.soon(client.exit, 0)
    return None


def _driver_options(texts: list[str]) -> tuple[tuple[str, str], ...]:
    pairs = [text.partition("=") for text in texts]
    if not all(equals for _key, equals, _value in pairs):
        raise DockerError("invalid key/value pair format in driver options")
    return tuple((key, value) for key, _equals, value in pairs)


def _wish(client: Client, network: str, parsed: Parsed, options: tuple[tuple[str, str], ...]) -> Wish:
    """Raises DockerError: an address that the daemon does not take."""
    aliases = tuple(alias for text in parsed.all("alias") for alias in text.split(","))
    local = tuple(address for text in parsed.all("link-local-ip") for address in text.split(","))
    wish = with_address(Wish(None, None, aliases, parsed.number("gw-priority", 0), True, options=options,
                             local=local),
                        parsed.text("ip").strip())
    wrong = wrong_settings(client, network, wish, parsed.text("ip6"))
    if aliases and not is_user_defined(network):
        wrong.insert(0, "network-scoped alias is supported only for containers in user defined networks")
    if wrong:
        raise daemon_error(f"invalid endpoint settings:\n{listed(wrong)}")
    return wish._replace(links=links(client.engine, parsed.all("link"), is_named=True))


def disconnect(client: Client, parsed: Parsed) -> int:
    engine, (name, reference) = client.engine, parsed.operands
    container = _found(engine, reference, name, parsed.on("force"))
    try:
        network = engine.network(name)
    except DockerError:
        if container.is_running and not parsed.on("force"):
            raise
        network_members.forget(container, name)
        return 0
    network_members.disconnect(engine, network, container)
    return 0


def _found(engine: DockerEngine, reference: str, network: str, by_force: bool) -> Container:
    """The container; by force what is looked for is its endpoint."""
    try:
        return engine.find(reference)
    except DockerError as error:
        if not by_force or error.kind != NOT_FOUND:
            raise
        engine.network(network)
        raise daemon_error(f"endpoint {reference} not found") from None


CONNECT = Command("docker network connect", "[OPTIONS] NETWORK CONTAINER", "Connect a container to a network",
                  connect, (
    Flag("alias", "", "list"),
    Flag("driver-opt", "", "list"),
    Flag("gw-priority", "", "int", since=28),
    Flag("ip", "", "string"),
    Flag("ip6", "", "string"),
    Flag("link", "", "list", check=bad_link),
    Flag("link-local-ip", "", "list")), 2, 2)
DISCONNECT = Command("docker network disconnect", "[OPTIONS] NETWORK CONTAINER",
                     "Disconnect a container from a network", disconnect, (
                         Flag("force", "f"),), 2, 2)
