"""docker update, and the restart policy that it and docker run are told."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers.life import each
from netsandbox.commands.docker.run.resources import CHECKS, NUMBERS, wanted
from netsandbox.docker import history
from netsandbox.docker.config import RestartPolicy
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.profiles import Profile

POLICIES = ("no", "on-failure", "always", "unless-stopped")
RESOURCES = ("blkio-weight", "cpu-period", "cpu-quota", "cpu-rt-period", "cpu-rt-runtime", "cpu-shares/c", "cpus",
             "cpuset-cpus", "cpuset-mems", "memory/m", "memory-reservation", "memory-swap", "pids-limit")
"""Flags about what a network sandbox does not have: a note says so."""


def restart_policy(parsed: Parsed, profile: Profile) -> RestartPolicy:
    """--restart (DockerError: there is no such policy)."""
    text = parsed.text("restart") or "no"
    name, colon, count = text.partition(":")
    if colon and not name:
        raise DockerError("invalid restart policy format: no policy provided before colon")
    if count and not (count.isascii() and count.lstrip("-").isdecimal()):
        raise DockerError("invalid restart policy format: maximum retry count must be an integer")
    if parsed.on("rm") and name != "no":
        raise DockerError("conflicting options: cannot specify both --restart and --rm" if profile.since(28) else
                          "Conflicting options: --restart and --rm")
    if name not in POLICIES:
        raise daemon_error(f"invalid restart policy: unknown policy '{name}'; use one of 'no', 'always', 'on-failure', "
                           "or 'unless-stopped'")
    attempts = int(count or 0)
    if attempts and name != "on-failure":
        raise daemon_error("invalid restart policy: maximum retry count can only be used with 'on-failure'")
    if attempts < 0:
        raise daemon_error("invalid restart policy: maximum retry count cannot be negative")
    return RestartPolicy(name, attempts)


def update(client: Client, parsed: Parsed) -> int:
    if not parsed.values:
        raise DockerError("you must provide one or more flags when using this command")
    policy = restart_policy(parsed, client.engine.profile) if "restart" in parsed.values else None
    resources = wanted(client, parsed)
    if not parsed.text("memory-swap"):
        resources.pop("MemorySwap", None)

    def work(container: Container) -> None:
        if policy is not None and container.removes_itself and policy.name != "no":
            raise daemon_error(f"Cannot update container {container.identity}: Restart policy cannot be updated "
                               "because AutoRemove is enabled for the container")
        config = container.host_config
        if "MemorySwap" not in resources and resources.get("Memory", 0) > int(config.resources.get("MemorySwap", 0)):
            raise daemon_error(f"Cannot update container {container.identity}: Memory limit should be smaller than "
                               "already set memoryswap limit, update the memoryswap at the same time")
        container.host_config = config._replace(resources={**config.resources, **resources},
                                                policy=config.policy if policy is None else policy)
        history.of_container(client.engine, container, "update")
    return each(client, parsed.operands, work)


UPDATE = Command("docker update", "[OPTIONS] CONTAINER [CONTAINER...]",
                 "Update configuration of one or more containers", update, (
    Flag("restart", "", "string"),
    *(Flag(name, short, "int" if name in NUMBERS else "string", check=CHECKS.get(name), ignored=True)
      for name, _slash, short in (text.partition("/") for text in RESOURCES))), 1)
