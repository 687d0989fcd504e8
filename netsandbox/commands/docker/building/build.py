"""docker build: its options, and which of the lab's files it works with."""

from __future__ import annotations

from netsandbox.commands.docker.building.builder import Build, definition, unsolved
from netsandbox.commands.docker.building.output import of_target, table
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.images.reference import check_reference
from netsandbox.docker.errors import DockerError
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileSystem


def build(client: Client, parsed: Parsed) -> int | None:
    return prepared(client, parsed).begin()


OLD_BUILDER = "note: DOCKER_BUILDKIT changes nothing here: the sandbox builds, and tells of it, as BuildKit does"


def prepared(client: Client, parsed: Parsed, target: str = "") -> Build:
    """A build that has not begun, of a folder, or of a Dockerfile that is piped into it (`-`).

    Args:
        target: the service of a Compose file that it is for.

    Raises:
        DockerError: there is no such folder, or no Dockerfile.
    """
    where = parsed.operands[0]
    if client.machine.environment().get("DOCKER_BUILDKIT", "1") in ("0", "false"):
        client.complain(OLD_BUILDER)
    _check_tags(parsed)
    if "-" in (where, parsed.text("file")) and not client.stdin.is_terminal:
        files = Files(FileSystem(client.scheduler), {}) if where == "-" else client.machine.host_files().at(where)
        return Build(client, parsed, files, client.stdin.read(), "Dockerfile", target)
    if where == "-" or "://" in where or where.startswith("git@"):
        raise DockerError(f"docker build {where} is not modelled in the sandbox: the Dockerfile and its files are the "
                          "lab's")
    files = client.machine.host_files()
    if not files.is_directory(where):
        raise DockerError(f'{"" if target else "ERROR: "}unable to prepare context: path "{where}" not found')
    path = parsed.text("file") or f"{where.rstrip('/') or '/'}/Dockerfile"
    name = path.rpartition("/")[2]
    if not files.exists(path) or files.is_directory(path):
        for line in table(of_target([definition(name, None)], target)) if not parsed.on("quiet") else ():
            client.complain(line)
        raise DockerError(f"{unsolved(client.engine, target)}failed to read dockerfile: open {name}: no such file or "
                          "directory")
    return Build(client, parsed, files.at(files.canonical(where)), files.read(path), name, target)


def _check_tags(parsed: Parsed) -> None:
    for text in parsed.all("tag"):
        try:
            check_reference(text)
        except DockerError as error:
            raise DockerError(f'ERROR: failed to build: invalid tag "{text}": {error}') from None


BUILD = Command("docker build", "[OPTIONS] PATH | URL | -", "Build an image from a Dockerfile", build, (
    Flag("build-arg", "", "list"),
    Flag("file", "f", "string"),
    Flag("label", "", "list"),
    Flag("network", "", "string"),
    Flag("no-cache"),
    Flag("progress", "", "string"),
    Flag("quiet", "q"),
    Flag("tag", "t", "list"),
    Flag("target", "", "string"),
    *(Flag(name, ignored=True) for name in ("pull", "rm", "force-rm", "load", "compress", "squash")),
    Flag("platform", "", "list", ignored=True), Flag("builder", "", "string", ignored=True),
    *refused("push", "check"),
    *refused("add-host", "allow", "annotation", "attest", "build-context", "cache-from", "cache-to", "output/o",
             "no-cache-filter", "secret", "ssh", "ulimit", kind="list"),
    *refused("call", "cgroup-parent", "iidfile", "metadata-file", "provenance", "sbom", "shm-size", "cpu-period",
             "memory/m", kind="string")), 1, 1)
