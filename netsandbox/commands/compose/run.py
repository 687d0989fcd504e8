"""docker compose run: a container of its own for one command of a service, without the service's ports."""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from netsandbox.commands.compose.file.model import Project, Service
from netsandbox.commands.compose.file.variables import read_env_file, variables_of
from netsandbox.commands.compose.making import dry_run
from netsandbox.commands.compose.making.containers import fingerprint, make_containers
from netsandbox.commands.compose.making.images import built_first
from netsandbox.commands.compose.making.service_words import make_one
from netsandbox.commands.compose.making.starting import Starting
from netsandbox.commands.compose.making.surroundings import make_surroundings
from netsandbox.commands.compose.making.wishes import Wish
from netsandbox.commands.compose.options import DRY, without_effect
from netsandbox.commands.compose.project import chosen, project_to_make
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers.attach import attach
from netsandbox.docker import containers
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError
from netsandbox.engine.octets import to_bytes


def run(client: Client, parsed: Parsed) -> int | None:
    if {"tty", "no-TTY"} <= parsed.values.keys():
        raise DockerError("--tty and --no-TTY can't be used together")
    if parsed.on("service-ports") and parsed.all("publish"):
        raise DockerError("--service-ports and --publish are incompatible")
    project = project_to_make(client, parsed)
    name, *words = parsed.operands
    chosen(project, [name], [])
    needed = [] if parsed.on("no-deps") else [one for one in project.in_order([name]) if one.name != name]
    service = _alone(project.services[name], parsed, words, _from_files(client, project, parsed))
    if client.is_dry:
        dry_run.check(client, parsed, [Wish(one, one.scale) for one in [*needed, service]], "run")
    return built_first(client, parsed, [*needed, service], partial(_make, client, parsed, project, needed, service))


def _make(client: Client, parsed: Parsed, project: Project, needed: list[Service], service: Service) -> int | None:
    name, wishes = service.name, [Wish(other, other.scale) for other in needed]
    make_surroundings(client, project, [*needed, service], removes=parsed.on("remove-orphans"))
    slug = sha256(to_bytes(f"{name}{len(client.engine.containers)}{client.scheduler.clock}")).hexdigest()
    named = parsed.text("name") or f"{project.name}-{name}-run-{slug[:12]}"
    if client.is_dry:
        return dry_run.once(client, parsed, project, wishes, named)
    made = make_containers(client, project, wishes)
    then = partial(_run, client, parsed, project, service, named, {
        "service": name, "slug": slug, "oneoff": "True", "config-hash": fingerprint(service)})
    starting = Starting(client, project, [*made, (service, [])], waits=False, then=then)
    starting.tells_waits = False
    return starting.begin()


def _run(client: Client, parsed: Parsed, project: Project, service: Service, name: str,
         labels: dict[str, str]) -> int | None:
    has_terminal, is_open = _has_terminal(client, parsed), bool(parsed.values.get("interactive", True))
    if has_terminal and is_open and not client.stdin.is_terminal:
        raise DockerError("the input device is not a TTY")
    container = make_one(client, project, service, name, labels, with_aliases=parsed.on("use-aliases"))
    container.removes_itself = parsed.on("rm")
    attached = (*(("stdin",) if is_open else ()), *container.config.attached)
    container.config = container.config._replace(tty=has_terminal, stdin=is_open, attached=attached)
    try:
        return _started(client, parsed, container)
    except DockerError as error:
        if parsed.on("rm"):
            containers.remove(client.engine, container, force=True)
        raise DockerError(str(error), 1, note=error.note) from None


def _started(client: Client, parsed: Parsed, container: Container) -> int | None:
    if parsed.on("detach"):
        client.engine.start(container)
        client.print(container.identity)
        return 0
    attach(client, container)
    return None


def _has_terminal(client: Client, parsed: Parsed) -> bool:
    """-t or -T, else whether there is one."""
    return bool(parsed.values.get("tty", not parsed.values.get("no-TTY", not client.has_terminal)))


def _from_files(client: Client, project: Project, parsed: Parsed) -> list[str]:
    """NAME=value of --env-from-file; a folder has none (DockerError: there is no such file, or it cannot be read)."""
    files, found = client.machine.host_files(), dict[str, str]()
    for path in parsed.all("env-from-file"):
        if not files.exists(path):
            raise DockerError(f"open {path}: no such file or directory")
        known = variables_of(client, project.folder, parsed.all("env-file"))
        found |= {} if files.is_directory(path) else read_env_file(client, path, known)
    return [f"{name}={value}" for name, value in found.items()]


def _alone(service: Service, parsed: Parsed, words: list[str], variables: list[str]) -> Service:
    """The service as `run` makes it: its ports stay with `up` unless they are asked for."""
    flags, kept = list(service.flags), list[str]()
    while flags:
        flag = flags.pop(0)
        if flag in ("-p", "--restart") and not (flag == "-p" and parsed.on("service-ports")):
            flags.pop(0)
        else:
            kept.append(flag)
    for flag, texts in (("--publish", parsed.all("publish")), ("--env", variables + parsed.all("env")),
                        ("--volume", parsed.all("volume")), ("--label", parsed.all("label")),
                        ("--cap-add", parsed.all("cap-add")), ("--cap-drop", parsed.all("cap-drop")),
                        ("--user", [parsed.text("user")]), ("--workdir", [parsed.text("workdir")])):
        kept += [word for text in texts if text for word in (flag, text)]
    if parsed.on("no-deps"):
        service = service._replace(conditions={})
    changed = service._replace(flags=tuple(kept), container_name="")
    if parsed.text("entrypoint"):
        changed = changed._replace(entrypoint=tuple(parsed.text("entrypoint").split()))
    return changed._replace(command=tuple(words)) if words else changed


RUN = Command("docker compose run", "[OPTIONS] SERVICE [COMMAND] [ARGS...]",
              "Run a one-off command on a service", run, (
    *DRY, Flag("build", usage="Build image before starting container"), Flag("no-build", hidden=True),
    Flag("quiet-build", usage="Suppress progress output from the build process"),
    Flag("detach", "d", usage="Run container in background and print container ID"),
    Flag("entrypoint", "", "string", "Override the entrypoint of the image", value="string"),
    Flag("env", "e", "list", "Set environment variables", value="stringArray"),
    Flag("interactive", "i", usage="Keep STDIN open even if not attached (default true)"),
    Flag("name", "", "string", "Assign a name to the container", value="string"), Flag("tty", "t", hidden=True),
    Flag("no-deps", usage="Don't start linked services"),
    Flag("no-TTY", "T", usage="Disable pseudo-TTY allocation (default: auto-detected) (default true)"),
    Flag("publish", "p", "list", "Publish a container's port(s) to the host", value="stringArray"),
    Flag("rm", usage="Automatically remove the container when it exits"),
    Flag("service-ports", "P", usage="Run command with all service's ports enabled and mapped to the host"),
    Flag("remove-orphans", usage="Remove containers for services not defined in the Compose file"),
    Flag("cap-add", "", "list", "Add Linux capabilities", value="list"),
    Flag("cap-drop", "", "list", "Drop Linux capabilities", value="list"),
    Flag("label", "l", "list", "Add or override a label", value="stringArray"),
    Flag("user", "u", "string", "Run as specified username or uid", value="string"),
    Flag("workdir", "w", "string", "Working directory inside the container", value="string"),
    Flag("use-aliases", usage="Use the service's network useAliases in the network(s) the container connects to"),
    *without_effect({"quiet/q": "Don't print anything to STDOUT",
                     "quiet-pull": "Pull without printing progress information"}),
    *without_effect({"pull": 'Pull image before running ("always"|"missing"|"never") (default "policy")'}, "string"),
    Flag("env-from-file", "", "list", "Set environment variables from file", value="stringArray"),
    Flag("volume", "v", "list", "Bind mount a volume", value="stringArray")), 1, mixed=False)
