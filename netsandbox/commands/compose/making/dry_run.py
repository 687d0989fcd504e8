"""docker compose --dry-run up and run: what they would do, told and not done (Compose's pkg/dryrun)."""

from __future__ import annotations

from netsandbox.commands.compose.file.model import STARTED, Project
from netsandbox.commands.compose.making.containers import planned
from netsandbox.commands.compose.making.wishes import Wish
from netsandbox.commands.compose.progress import say
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.docker.errors import DockerError

NO_RUN = "interactive run is not supported in dry-run mode"
ENDS = f"end of 'compose up' output, {NO_RUN}"


def check(client: Client, parsed: Parsed, wishes: list[Wish], command: str = "up") -> None:
    """
    Raises:
        DockerError: an image would be built, or one waits for another to be healthy, or to have ended, which nothing
            will be.
    """
    for service in (wish.service for wish in wishes):
        is_there = client.engine.images.find(service.image) is not None
        is_built = service.build is not None and (parsed.on("build") or not is_there)
        waits = any(how != STARTED for how in service.conditions.values())
        if is_built or waits:
            why = "whose image is built" if is_built else "which waits for a condition"
            raise DockerError(f"docker compose {command} --dry-run of {service.name}, {why}, is not modelled in the "
                              "sandbox")


def up(client: Client, parsed: Parsed, project: Project, wishes: list[Wish]) -> int:
    """Containers that it would make, and start."""
    is_attached = not (parsed.on("detach") or parsed.on("wait") or parsed.on("no-start"))
    _make_all(client, project, wishes, starts=not (is_attached or parsed.on("no-start")))
    if is_attached:
        client.print(ENDS)
    return 0


def once(client: Client, parsed: Parsed, project: Project, needed: list[Wish], name: str) -> int:
    """The containers that the one of `run` needs; its own is not told of, but for its name (DockerError: it would not
    be in the background)."""
    _make_all(client, project, needed, starts=True)
    if not parsed.on("detach"):
        raise DockerError(NO_RUN)
    client.print(name)
    return 0


def _make_all(client: Client, project: Project, wishes: list[Wish], *, starts: bool) -> None:
    by_name = {wish.service.name: wish for wish in wishes}
    layers = [_made(client, project, [by_name[name] for name in layer]) for layer in project.layers(by_name)]
    for names in layers if starts else ():
        for word in ("Starting", "Started"):
            for name in names:
                say(client, "Container", name, word)


def _made(client: Client, project: Project, wishes: list[Wish]) -> list[str]:
    """The names of the containers that it would start: one made anew has its temporary name still."""
    starts = []
    for wish, number, old, is_new in planned(client, project, wishes):
        name = project.container_name(wish.service, number)
        if is_new:
            say(client, "Container", name, "Created" if old is None else "Recreated")
        if is_new or (old is not None and not old.is_running):
            starts.append(f"{old.identity[:12]}_{name}" if old is not None and is_new else name)
    return starts
