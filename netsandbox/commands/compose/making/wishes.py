"""How many containers each service is to have, and which are made anew: --scale, --force-recreate and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.compose.options import without_effect
from netsandbox.commands.docker.client.flags import Flag, Parsed
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.file.model import Project, Service

NEVER, DIVERGED, FORCE = "never", "diverged", "force"
"""When a container is made anew: --no-recreate, what is usual, and --force-recreate."""
MOST_REPLICAS = 9999
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
MOST_DIGITS = 20  # One more than a number of 64 bits has
INCOMPATIBLE = (("build", "no-build"), ("force-recreate", "no-recreate"), ("always-recreate-deps", "no-recreate"))
PULLS = ("", "always", "missing", "never", "build", "policy", "if_not_present", "refresh", "daily", "weekly")


class Wish(NamedTuple):
    """How many containers a service is to have, and when one is made anew."""

    service: Service
    replicas: int
    recreates: str = DIVERGED


def wishes_of(parsed: Parsed, project: Project, services: list[Service]) -> list[Wish]:
    """What `up` and `create` are told, of these services (DockerError: it contradicts itself)."""
    counts = scales(parsed.all("scale"), project)
    usual = NEVER if parsed.on("no-recreate") else DIVERGED
    named = FORCE if parsed.on("force-recreate") else usual
    needed = FORCE if parsed.on("always-recreate-deps") else usual
    found = []
    for service in services:
        is_named = not parsed.operands or service.name in parsed.operands
        found.append(Wish(service, counts.get(service.name, service.scale), named if is_named else needed))
    return found


def check(parsed: Parsed) -> None:
    """Raises DockerError: flags that go not together, or a value that is none."""
    for one, other in INCOMPATIBLE:
        if parsed.on(one) and parsed.on(other):
            raise DockerError(f"--{one} and --{other} are incompatible")
    if parsed.text("pull") not in PULLS:
        raise DockerError(f'invalid --pull option "{parsed.text("pull")}"')


def scales(texts: list[str], project: Project) -> dict[str, int]:
    """--scale SERVICE=NUM."""
    found = {}
    for text in texts:
        name, equals, count = text.partition("=")
        if not equals:
            raise DockerError(f'invalid --scale option "{text}". Should be SERVICE=NUM')
        replicas = whole(count)
        if name not in project.services:
            raise DockerError(f"no such service: {name}: not found")
        if not 0 <= replicas <= MOST_REPLICAS:
            raise DockerError(f"{text}: the sandbox makes 0 to {MOST_REPLICAS} containers of a service")
        found[name] = replicas
    return found


def whole(text: str) -> int:
    """As Go's strconv.Atoi reads it (DockerError: it is no number, or too great for one)."""
    wrong = f'strconv.Atoi: parsing "{text}": '
    if not WHOLE.fullmatch(text):
        raise DockerError(f"{wrong}invalid syntax")
    digits = text.lstrip("+-").lstrip("0") or "0"
    number = int(digits[:MOST_DIGITS]) * (-1 if text.startswith("-") else 1)
    if len(digits) >= MOST_DIGITS or not -(2**63) <= number < 2**63:
        raise DockerError(f"{wrong}value out of range")
    return number


FLAGS = (
    Flag("force-recreate", usage="Recreate containers even if their configuration and image haven't changed"),
    Flag("no-recreate", usage="If containers already exist, don't recreate them. Incompatible with --force-recreate."),
    Flag("scale", "", "list", "Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if "
         "present.", value="scale"),
    Flag("remove-orphans", usage="Remove containers for services not defined in the Compose file"))
"""Of `up` and `create`."""
PULLED = without_effect({"quiet-pull": "Pull without printing progress information",
                         "yes/y": 'Assume "yes" as answer to all prompts and run non-interactively'})
"""The same, without effect: what is pulled is here already, and nobody is asked."""
