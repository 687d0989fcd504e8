"""docker compose attach, commit, events, export, publish, push, stats and volumes: Docker's own commands, of a
project's containers."""

from __future__ import annotations

from netsandbox.commands.compose.options import DRY, GLOBAL, TEMPLATE, TEMPLATE_WORDS, without_effect
from netsandbox.commands.compose.progress import say
from netsandbox.commands.compose.project import (
    LABEL,
    chosen,
    containers_of,
    named_container,
    profiles_of,
    project_of,
    service_of,
)
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers import attach, top
from netsandbox.commands.docker.images import commit, registries
from netsandbox.commands.docker.printing.instants import instant
from netsandbox.commands.docker.printing.words import timestamp
from netsandbox.commands.docker.system import events as engine_events
from netsandbox.commands.docker.system.events import Watch
from netsandbox.commands.docker.templates.values import to_json
from netsandbox.commands.docker.volumes import volume
from netsandbox.docker.errors import DockerError
from netsandbox.docker.history import EngineEvent


def attach_to(client: Client, parsed: Parsed) -> None:
    container = named_container(client, parsed, parsed.operands[0])
    attach.attach_again(client, Parsed({}, [container.name]))


def commit_one(client: Client, parsed: Parsed) -> int:
    name, *reference = parsed.operands
    container = named_container(client, parsed, name)
    say(client, container.name, f"Commit {container.name}", "Committing", gap=" ")
    image = commit.committed(client, parsed, container, *reference)
    say(client, container.name, f"Commit {container.name}", f"Committed as sha256:{image.identity}", gap=" ")
    return 0


class ProjectWatch(Watch):
    """Events of a project's containers (names: the services that are meant, or none for all)."""

    def __init__(self, client: Client, parsed: Parsed, project: str) -> None:
        now = client.engine.scheduler.clock
        ends = [instant(parsed.text(end), now) if parsed.text(end) else None for end in ("since", "until")]
        since = ends[0] if ends[0] is not None else 0 if ends[1] is not None else now + 1
        super().__init__(client, since, ends[1], {"type": ["container"], "label": [f"{LABEL}project={project}"]}, "")
        self.names = parsed.operands
        self.is_json = parsed.on("json")

    def show(self, event: EngineEvent) -> None:
        attributes = dict(event.attributes)
        service = attributes.get(f"{LABEL}service", "")
        is_meant = not self.names or service in self.names
        if not self.fits(event) or not is_meant or attributes.get(f"{LABEL}oneoff") == "True":
            return
        own = {key: value for key, value in event.attributes if not key.startswith(LABEL)}
        if self.is_json:
            self.client.print(to_json({"action": event.action, "attributes": own, "id": event.identity,
                                       "service": service, "time": timestamp(event.at), "type": event.kind}))
            return
        told = ", ".join(f"{key}={value}" for key, value in own.items())
        moment = timestamp(event.at).replace("T", " ").rstrip("Z")[:-3]
        self.client.print(f"{moment} {event.kind} {event.action} {event.identity} ({told})\n")


def events(client: Client, parsed: Parsed) -> int | None:
    project = project_of(client, parsed)
    code = ProjectWatch(client, parsed, project.name).begin()
    if code is not None:
        raise DockerError("EOF")
    return code


def push(client: Client, parsed: Parsed) -> int:
    """What is not built here is not pushed."""
    project = project_of(client, parsed)
    for name in chosen(project, parsed.operands, profiles_of(client, parsed)):
        if project.services[name].build is not None:
            raise DockerError("docker compose push of an image that is built here is not modelled in the sandbox")
        client.complain(f" {name} Skipped")
    return 0


def stats(client: Client, parsed: Parsed) -> int:
    project = project_of(client, parsed)
    found = [container.name for container in containers_of(client, project)
             if (container.is_running or parsed.on("all")) and service_of(container) in (
                 parsed.operands or [service_of(container)])]
    if found:
        return top.stats(client, Parsed(parsed.values, found))
    top.print_stats(client, parsed, [])
    return 0


def volumes(client: Client, parsed: Parsed) -> int:
    project = project_of(client, parsed)
    values = parsed.values | {"quiet": parsed.on("quiet"), "filter": [f"label={LABEL}project={project.name}"]}
    return volume.ls(client, Parsed(values, []))


def export(client: Client, parsed: Parsed) -> int | None:
    name = named_container(client, parsed, parsed.operands[0]).name
    if client.may_enter and not parsed.text("output"):
        raise DockerError("output option is required when exporting to terminal")
    registries.check_output(client, parsed, "export container")
    say(client, name, f"export {name} to {parsed.text('output')}", "Exporting", gap=" ")
    return registries.export(client, Parsed(parsed.values, [name]))


def publish(client: Client, parsed: Parsed) -> int:
    project_of(client, parsed)
    raise DockerError("docker compose publish is not modelled in the sandbox: it has no registry to push to")


SERVICES = "[OPTIONS] [SERVICE...]"
INDEX = Flag("index", "", "int", "index of the container if service has multiple replicas.", value="int")
ATTACH = Command("docker compose attach", "[OPTIONS] SERVICE", "Attach local standard input, output, and error streams "
                 "to a service's running container", attach_to, (
                     *GLOBAL, INDEX, *without_effect({
                         "no-stdin": "Do not attach STDIN",
                         "sig-proxy": "Proxy all received signals to the process (default true)"}), *without_effect(
                             {"detach-keys": "Override the key sequence for detaching from a container."}, "string")
                     ), 1, 1)
COMMIT = Command("docker compose commit", "[OPTIONS] SERVICE [REPOSITORY[:TAG]]",
                 "Create a new image from a service container's changes", commit_one, (
                     *GLOBAL, INDEX, *(
                         flag._replace(usage="Pause container during commit (default true)") if flag.name == "pause"
                         else flag for flag in commit.COMMIT.flags)), 1, 2)
EVENTS = Command("docker compose events", SERVICES, "Receive real time events from containers", events, (
    *DRY, Flag("json", usage="Output events as a stream of json objects"),
    *(flag for flag in engine_events.EVENTS.flags if flag.name in ("since", "until"))))
EXPORT = Command(
    "docker compose export", "[OPTIONS] SERVICE", "Export a service container's filesystem as a tar archive", export, (
        *GLOBAL, INDEX, Flag("output", "o", "string", "Write to a file, instead of STDOUT")), 1, 1)
PUBLISH = Command(
    "docker compose publish", "[OPTIONS] REPOSITORY[:TAG]", "Publish compose application", publish, (
        *GLOBAL, *without_effect({
            "app": "Published compose application (includes referenced images)",
            "resolve-image-digests": "Pin image tags to digests",
            "with-env": "Include environment variables in the published OCI artifact",
            "yes/y": 'Assume "yes" as answer to all prompts'}), *without_effect({
                "oci-version": "OCI image/artifact specification version (automatically determined by default)"},
                "string")), 1, 1)
PUSH = Command("docker compose push", SERVICES, "Push service images", push, (
    *GLOBAL, *without_effect({"ignore-push-failures": "Push what it can and ignores images with push failures",
                              "include-deps": "Also push images of services declared as dependencies",
                              "quiet/q": "Push without printing progress information"})))
STATS = Command("docker compose stats", "[OPTIONS] [SERVICE]",
                "Display a live stream of container(s) resource usage statistics", stats, (
                    *DRY, TEMPLATE._replace(usage=TEMPLATE_WORDS.format(page="engine/cli/formatting", end="")),
                    *(flag for flag in top.STATS.flags if flag.name != "format")))
VOLUMES = Command("docker compose volumes", SERVICES, "List volumes", volumes, (
    *DRY, TEMPLATE, *(flag for flag in volume.LIST.flags if flag.name == "quiet")))
