"""docker compose up: networks, then containers, then their programs, each service behind what it needs."""

from __future__ import annotations

from functools import partial

from netsandbox.commands.compose.down import nothing_more
from netsandbox.commands.compose.file.model import Project, Service
from netsandbox.commands.compose.logs import Follower, short
from netsandbox.commands.compose.making import dry_run
from netsandbox.commands.compose.making.containers import make_containers
from netsandbox.commands.compose.making.images import BUILDS, built_first
from netsandbox.commands.compose.making.starting import Starting
from netsandbox.commands.compose.making.surroundings import make_surroundings
from netsandbox.commands.compose.making.wishes import FLAGS, PULLED, Wish, check, whole, wishes_of
from netsandbox.commands.compose.options import DRY, GLOBAL, refused, without_effect
from netsandbox.commands.compose.project import chosen, profiles_of, project_of, project_to_make
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.images.reference import not_found
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DAEMON, DockerError
from netsandbox.engine.units import SECOND

ATTACHED = ("abort-on-container-exit", "abort-on-container-failure", "attach", "attach-dependencies", "watch")


def run(client: Client, parsed: Parsed) -> int | None:
    _check(parsed)
    project = project_to_make(client, parsed)
    services = chosen_services(client, parsed, project)
    if not services:
        raise DockerError("no service selected")
    code_from = parsed.text("exit-code-from")
    if code_from and code_from not in project.services:
        raise DockerError(f"no such service: {code_from}: not found")
    wishes = wishes_of(parsed, project, services)
    if client.is_dry:
        dry_run.check(client, parsed, wishes)
    pull_missing(client, [service for service in services if service.build is None])
    return built_first(client, parsed, services, partial(_make, client, parsed, project, wishes))


def _check(parsed: Parsed) -> None:
    check(parsed)
    if parsed.on("detach") and any(parsed.values.get(name) for name in (*ATTACHED, "exit-code-from")):
        raise DockerError("--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, "
                          "--attach, --attach-dependencies or --watch")


def chosen_services(client: Client, parsed: Parsed, project: Project) -> list[Service]:
    """Those that are named and, unless --no-deps says otherwise, what they need, each behind what it needs."""
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    services = project.in_order(names)
    return [service._replace(conditions={other: how for other, how in service.conditions.items() if other in names})
            for service in services if service.name in names] if parsed.on("no-deps") else services


def _make(client: Client, parsed: Parsed, project: Project, wishes: list[Wish]) -> int | None:
    is_detached = parsed.on("detach") or parsed.on("wait")
    follows = [] if is_detached else _followed(parsed, wishes)
    make_surroundings(client, project, [wish.service for wish in wishes], removes=parsed.on("remove-orphans"))
    if client.is_dry:
        return dry_run.up(client, parsed, project, wishes)
    made = make_containers(client, project, wishes)
    if parsed.on("no-start"):
        return 0
    shown = [container for service, each in made for container in each if service.name in follows]
    after = _nothing_to_watch if parsed.on("watches") else nothing_more
    then = after if is_detached else partial(_follow, client, parsed, project, shown)
    if not is_detached:
        client.print("Attaching to " + ", ".join(sorted(short(project, container) for container in shown)))
    starting = Starting(client, project, made, waits=parsed.on("wait"), is_told=is_detached, then=then)
    starting.patience = parsed.number("wait-timeout", 0) * SECOND
    return starting.begin()


def _followed(parsed: Parsed, wishes: list[Wish]) -> list[str]:
    """The services whose output is shown (DockerError: one that is to be is not brought up)."""
    every = [wish.service.name for wish in wishes]
    named = parsed.operands if parsed.operands and not parsed.on("attach-dependencies") else every
    others = [name for name in parsed.all("attach") if name not in every]
    if others:
        raise DockerError(f"cannot attach to services not included in up: {', '.join(others)}")
    return [name for name in parsed.all("attach") or named if name not in parsed.all("no-attach")]


def _follow(client: Client, parsed: Parsed, project: Project, shown: list[Container]) -> None:
    """Show what they say, until all have ended."""
    follower = Follower(client, project, shown, stops=True)
    follower.has_names, follower.has_times = not parsed.on("no-log-prefix"), parsed.on("timestamps")
    follower.code_from = parsed.text("exit-code-from")
    follower.ends_with = ("any" if parsed.on("abort-on-container-exit") or follower.code_from else
                          "failed" if parsed.on("abort-on-container-failure") else "")
    follower.begin()


UP = Command("docker compose up", "[OPTIONS] [SERVICE...]", "Create and start containers", run, (
    *DRY, *BUILDS, *FLAGS, *PULLED,
    Flag("abort-on-container-exit", usage="Stops all containers if any container was stopped. Incompatible with -d"),
    Flag("abort-on-container-failure",
         usage="Stops all containers if any container exited with failure. Incompatible with -d"),
    Flag("always-recreate-deps", usage="Recreate dependent containers. Incompatible with --no-recreate."),
    Flag("attach", "", "list", "Restrict attaching to the specified services. Incompatible with --attach-dependencies.",
         value="stringArray"),
    Flag("attach-dependencies", usage="Automatically attach to log output of dependent services"),
    Flag("detach", "d", usage="Detached mode: Run containers in the background"),
    Flag("exit-code-from", "", "string", "Return the exit code of the selected service container. Implies "
         "--abort-on-container-exit", value="string"),
    Flag("no-attach", "", "list", "Do not attach (stream logs) to the specified services", value="stringArray"),
    Flag("no-color", usage="Produce monochrome output", ignored=True),
    Flag("no-deps", usage="Don't start linked services"),
    Flag("no-log-prefix", usage="Don't print prefix in logs"),
    Flag("no-start", usage="Don't start the services after creating them"),
    Flag("pull", "", "string", 'Pull image before running ("always"|"missing"|"never") (default "policy")',
         value="string", ignored=True),
    Flag("timestamps", usage="Show timestamps"),
    Flag("wait", usage="Wait for services to be running|healthy. Implies detached mode."),
    *without_effect({
        "menu": "Enable interactive shortcuts when running attached. Incompatible with --detach. Can also be "
                "enable/disable by setting COMPOSE_MENU environment var.",
        "renew-anon-volumes/V": "Recreate anonymous volumes instead of retrieving data from the previous containers"}),
    *without_effect({
        "timeout/t": "Use this timeout in seconds for container shutdown when attached or when containers are already "
                     "running"}, "int"),
    Flag("wait-timeout", "", "int", "Maximum duration in seconds to wait for the project to be running|healthy",
         value="int"),
    *refused({"watch/w": "Watch source code and rebuild/refresh containers when files are updated."})))


def watch(client: Client, parsed: Parsed) -> int | None:
    """`up`, and then nothing, for no file is watched."""
    project = project_of(client, parsed)
    noted = {key for _line, key in project.notes}
    for name in chosen(project, parsed.operands, profiles_of(client, parsed)):
        if f"services.{name}.develop" in noted:
            raise DockerError(f"docker compose watch of {name} is not modelled in the sandbox")
    if parsed.on("no-up"):
        return _nothing_to_watch()
    return run(client, parsed._replace(values={**parsed.values, "detach": True, "watches": True}))


def _nothing_to_watch() -> int:
    raise DockerError("none of the selected services is configured for watch, consider setting a 'develop' section")


WATCH = Command(
    "docker compose watch", "[SERVICE...]",
    "Watch build context for service and rebuild/refresh containers when files are updated", watch, (
        *GLOBAL, Flag("no-up", usage="Do not build & start services before watching"),
        *without_effect({"prune": "Prune dangling images on rebuild (default true)", "quiet": "hide build output"})))


def scale(client: Client, parsed: Parsed) -> int | None:
    """`up --scale`, of the services that are named alone."""
    names = []
    for text in parsed.operands:
        name, _equals, count = text.partition("=")
        if not name or not count:
            raise DockerError(f"invalid scale specifier: {text}")
        try:
            whole(count)
        except DockerError:
            raise DockerError(f"invalid scale specifier: can't parse replica value as int: {text}") from None
        names.append(name)
    return run(client, Parsed({**parsed.values, "scale": parsed.operands, "detach": True}, names))


def pull(client: Client, parsed: Parsed) -> int:
    """All images that there are, are here."""
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    own = [name for name in names if project.services[name].image == f"{project.name}-{name}"]
    for name in () if parsed.on("quiet") else own:
        client.complain(f" {name} Skipped - No image to be pulled")
    services = [project.services[name] for name in names if name not in own]
    pull_missing(client, services, is_told=not parsed.on("quiet"), with_others=True)
    return 0


def pull_missing(client: Client, services: list[Service], *, is_told: bool = True, with_others: bool = False) -> None:
    """Images that are not here, and others too where that is asked for (DockerError: there is no such image)."""
    missing = [service for service in services if client.engine.images.find(service.image) is None]
    for service in (services if with_others else missing) if is_told else ():
        client.complain(f" {service.name} Pulling")
        why = f"Error {not_found(client.engine, service.image)}".replace(DAEMON, "") if service in missing else "Pulled"
        client.complain(f" {service.name} {why}")
    if missing:
        raise not_found(client.engine, missing[0].image)


SCALE = Command("docker compose scale", "[SERVICE=REPLICAS...]", "Scale services", scale, (
    *GLOBAL, Flag("no-deps", usage="Don't start linked services")), 1)
PULL = Command("docker compose pull", "[OPTIONS] [SERVICE...]", "Pull service images", pull, (
    *GLOBAL, Flag("quiet", "q", usage="Pull without printing progress information"),
    *without_effect({"ignore-buildable": "Ignore images that can be built",
                     "ignore-pull-failures": "Pull what it can and ignores images with pull failures",
                     "include-deps": "Also pull services declared as dependencies"}),
    *without_effect({"policy": 'Apply pull policy ("missing"|"always")'}, "string")))
