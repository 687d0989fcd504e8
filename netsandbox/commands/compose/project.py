"""What a compose command works on: the file, the project, and the containers of it that there are."""

from __future__ import annotations

from functools import partial
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from netsandbox.commands.compose.config.as_written import Source
from netsandbox.commands.compose.file.model import STARTED, NetworkSpec, Project, Service, VolumeSpec
from netsandbox.commands.compose.file.reader import FILES, OVERRIDES, read_project
from netsandbox.commands.compose.file.variables import variables_of, with_env_files, with_label_files
from netsandbox.commands.compose.file.yaml_faults import in_its_words
from netsandbox.commands.compose.progress import warn
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError
from netsandbox.linux.core.files.file_system import Files

if TYPE_CHECKING:
    from netsandbox.commands.compose.file.interpolate import Variables

PIPED = "-"  # As the name of a file
PROGRESS = ("", "auto", "tty", "plain", "json", "quiet")
LABEL = "com.docker.compose."


def project_to_make(client: Client, parsed: Parsed) -> Project:
    """The same with what makes its containers as they are to be, which commands that only find them do not read
    (DockerError: there is no file, or it is wrong)."""
    project = project_of(client, parsed, is_read=True)
    outside = variables_of(client, project.folder, parsed.all("env-file"))
    outside.warnings.clear()  # of what has been read before
    project = with_env_files(client, project, outside)
    tell_warnings(client, outside)
    return project


def _as_far_as_enabled(client: Client, parsed: Parsed, project: Project, enables: bool) -> Project:
    """What is optional and off is not needed (DockerError: a service needs one that is off)."""
    profiles = profiles_of(client, parsed)
    enabled = {name for name, service in project.services.items() if is_on(service, profiles)}
    enabled |= {*parsed.operands} if enables else set()
    project = project._replace(services={
        name: _without(service, enabled) for name, service in project.services.items()})
    for name in project.services:
        off = [other for other in project.services[name].needs if other not in enabled] if name in enabled else []
        if off:
            raise DockerError(f'service "{name}" depends on undefined service "{off[0]}": invalid compose project')
    return project


def _without(service: Service, enabled: set[str]) -> Service:
    """Without the services that it needs if they are on, where they are not."""
    off = {other for other in service.optional if other not in enabled}
    return service._replace(needs=tuple(other for other in service.needs if other not in off), conditions={
        other: how for other, how in service.conditions.items() if other not in off}) if off else service


def profiles_of(client: Client, parsed: Parsed) -> list[str]:
    """--profile, else COMPOSE_PROFILES."""
    return parsed.all("profile") or client.machine.environment().get("COMPOSE_PROFILES", "").split(",")


def project_of(client: Client, parsed: Parsed, *, is_read: bool = False, enables: bool = True) -> Project:
    """The project that -f and -p name, or the one of the working directory; with -p alone it is what its containers
    are, and no file is read unless it has to be.

    Args:
        enables: a service that is named is on.

    Raises:
        DockerError: there is no file, or it is wrong.
    """
    client.progress, client.is_dry = parsed.text("progress"), parsed.on("dry-run")
    if client.progress not in PROGRESS:
        raise DockerError(f'unsupported --progress value "{client.progress}"')
    name = "" if is_read or parsed.all("file") else parsed.text("project-name")
    if name:
        return _of_containers(client, name.lower())
    return _as_far_as_enabled(client, parsed, _read(client, parsed), enables)


def _of_containers(client: Client, name: str) -> Project:
    project = Project(name, "", {}, {})
    services = {}
    for container in containers_of(client, project):
        texts = container.labels.get(f"{LABEL}depends_on", "").split(",")
        needs = [[*text.split(":"), STARTED, "false"][:3] for text in texts if text]
        services[service_of(container)] = Service(
            service_of(container), 0, needs=tuple(name for name, _how, _restarts in needs),
            conditions={name: how for name, how, _restarts in needs},
            restarts_with=tuple(name for name, _how, restarts in needs if restarts == "true"))
    engine = client.engine
    return project._replace(services={key: service._replace(needs=tuple(other for other in service.needs
                                                                        if other in services))
                                      for key, service in services.items()}, networks={
        network.labels[f"{LABEL}network"]: NetworkSpec(network.labels[f"{LABEL}network"], network.name)
        for network in engine.networks.values() if network.labels.get(f"{LABEL}project") == name}, volumes={
        volume.labels[f"{LABEL}volume"]: VolumeSpec(volume.labels[f"{LABEL}volume"], key)
        for key, volume in engine.volumes.items() if volume.labels.get(f"{LABEL}project") == name})


def source_of(client: Client, parsed: Parsed) -> Source:
    """The file that is meant, not looked into yet."""
    files, folder = client.machine.host_files(), parsed.text("project-directory")
    folder = normpath(join(files.cwd, folder)) if folder else ""
    where, *overrides = _paths(client, parsed, folder or files.cwd)
    name = parsed.text("project-name") or client.machine.environment().get("COMPOSE_PROJECT_NAME", "")
    text = client.stdin.read() if where.endswith(f"/{PIPED}") else files.read(where)
    return Source(text, where, tuple(overrides), name, folder)


def in_compose_words(error: ScenarioError, source: Source) -> DockerError:
    files = () if source.name else (source.path, *source.overrides)
    return DockerError(in_its_words(error, files), 1, note=f"note: {error.path.rpartition('/')[2]}:{error.line}")


def _read(client: Client, parsed: Parsed) -> Project:
    source = source_of(client, parsed)
    variables = variables_of(client, source.folder or dirname(source.path), parsed.all("env-file"))
    try:
        project = read_project(source.text, source.path, source.name, variables, partial(read_there, client),
                               source.overrides, folder=source.folder, is_strict=not parsed.on("no-consistency"))
    except ScenarioError as error:
        raise in_compose_words(error, source) from None
    finally:
        tell_warnings(client, variables)
    _tell_notes(client, project)
    return with_label_files(client, project)


def _paths(client: Client, parsed: Parsed, folder: str) -> list[str]:
    """The files that -f or COMPOSE_FILE names, or those of the folder, or of the next one above that has any
    (DockerError: there is none, or one is not there)."""
    files, outside = client.machine.host_files(), client.machine.environment()
    given = parsed.all("file") or [text for text in outside.get("COMPOSE_FILE", "").split(":") if text]
    there = _there(files, folder, FILES)
    while not there and folder != dirname(folder):
        folder = dirname(folder)
        there = _there(files, folder, FILES)
    if not given and len(there) > 1:
        warn(client, f"Found multiple config files with supported names: {', '.join(there)}")
        warn(client, f"Using {there[0]}")
    found = given or [*there[:1], *_there(files, folder, OVERRIDES)[:1] * bool(there)]
    if not found:
        raise DockerError("no configuration file provided: not found")
    if found[0] == PIPED and client.stdin.is_terminal:
        raise DockerError("docker compose -f - reads what is piped into it: nothing is typed here")
    for path in found[found[0] == PIPED:]:
        _check_file(files, path, "open" if parsed.all("file") else "stat")
    return [files.canonical(path) for path in found]


def _check_file(files: Files, path: str, call: str) -> None:
    whole = normpath(join(files.cwd, path))
    if not files.exists(path):
        raise DockerError(f"{call} {whole}: no such file or directory")
    if files.is_directory(path):
        raise DockerError(f"read {whole}: is a directory")


def _there(files: Files, folder: str, names: tuple[str, ...]) -> list[str]:
    return [path for path in (join(folder, name) for name in names) if files.exists(path)]


def read_there(client: Client, path: str) -> str | None:
    """A file of the host's; None where there is none (FileError: it is a folder)."""
    files = client.machine.host_files()
    return files.read(path) if files.exists(path) else None


def tell_warnings(client: Client, variables: Variables) -> None:
    for warning in variables.warnings:
        warn(client, warning)
    variables.warnings.clear()


def _tell_notes(client: Client, project: Project) -> None:
    """Each key that does nothing here is told once."""
    for line, key in project.notes:
        told = (f"compose {project.path}", f"{line} {key}")
        if told not in client.engine.told:
            client.engine.told.add(told)
            client.complain(f"note: {project.path.rpartition('/')[2]}:{line}: {key} does nothing in the sandbox")


def containers_of(client: Client, project: Project, service: str = "", *,
                  with_one_offs: bool = False) -> list[Container]:
    """The project's containers, or those of one service, in the order of their numbers (with_one_offs: those that `run`
    made, too)."""
    found = [container for container in client.engine.containers.values()
             if container.labels.get(f"{LABEL}project") == project.name and f"{LABEL}service" in container.labels
             and service in ("", service_of(container)) and (with_one_offs or not is_one_off(container))]
    return sorted(found, key=lambda container: (service_of(container), number_of(container)))


def named_container(client: Client, parsed: Parsed, service: str) -> Container:
    """The running container of a service, the first or that of --index (DockerError: there is none)."""
    index = parsed.number("index", 0)
    found = [container for container in containers_of(client, project_of(client, parsed), service)
             if container.is_running and index in (0, number_of(container))]
    if not found:
        raise DockerError(f'service "{service}" is not running{f" container #{index}" if index else ""}')
    return found[0]


def service_of(container: Container) -> str:
    return container.labels[f"{LABEL}service"]


def is_one_off(container: Container) -> bool:
    """Whether `run` made it."""
    return container.labels.get(f"{LABEL}oneoff") == "True"


def orphans_of(client: Client, project: Project) -> list[Container]:
    """Those whose service the file does not have (any more), and ended ones that `run` made; the newest first."""
    found = [one for one in containers_of(client, project, with_one_offs=True)
             if (one.has_ended and not one.is_running if is_one_off(one) else service_of(one) not in project.services)]
    return newest_first(client, found)


def newest_first(client: Client, found: list[Container]) -> list[Container]:
    """As dockerd lists them."""
    return [one for one in reversed(client.engine.containers.values()) if one in found]


def number_of(container: Container) -> int:
    return int(container.labels.get(f"{LABEL}container-number", "1"))


def chosen(project: Project, names: list[str], profiles: list[str]) -> list[str]:
    """The services that a command is about: those that are named, else all whose profile is on (DockerError: there is
    no such service)."""
    for name in names:
        if name not in project.services:
            raise DockerError(f"no such service: {name}")
    return names or [name for name, service in project.services.items() if is_on(service, profiles)]


def is_on(service: Service, profiles: list[str]) -> bool:
    return not service.profiles or "*" in profiles or bool(set(service.profiles) & set(profiles))
