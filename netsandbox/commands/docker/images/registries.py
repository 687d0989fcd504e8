"""docker export, and what needs a registry: read and checked as Docker does, then refused."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from hashlib import sha256

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.images.reference import check_reference, own_registry, unreachable, with_tag
from netsandbox.commands.tools.files.archive import emptied, packed, tree
from netsandbox.docker import history
from netsandbox.docker.errors import DAEMON, DockerError
from netsandbox.docker.files import WRITTEN, files_of
from netsandbox.docker.image_store import split
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.inode import FileError

NEW = ("save platform", "load platform")  # Options that Engine 28 brought
INDEX = "https://index.docker.io/v1/"
READ = {"change", "input", "message", "output", "password", "password-stdin", "save platform", "username"}
"""Options that are looked at; of others a note says that they do nothing."""
FEW = "note: the sandbox's images have no files of programs, so neither has the archive"
INSECURE = "WARNING! Using --password via the CLI is insecure. Use --password-stdin."


def _refuse(path: str) -> DockerError:
    return DockerError(f"{path} is not modelled in the sandbox; `docker help` lists what is")


def _push(client: Client, parsed: Parsed) -> int:
    reference = parsed.operands[0]
    check_reference(reference)
    name, _tag = split(reference)
    image, registry = client.engine.images.find(reference), own_registry(reference)
    if image is not None and not registry:
        raise _refuse("docker push")
    place = name if "." in name.partition("/")[0] or ":" in name.partition("/")[0] else (
        f"docker.io/{name if '/' in name else f'library/{name}'}")
    client.print(("Using default tag: latest\n" if with_tag(reference) != reference else "")
                 + f"The push refers to repository [{place}]")
    if image is not None:
        raise DockerError(str(unreachable(client.engine, registry)).removeprefix(DAEMON))
    raise DockerError(f"An image does not exist locally with the tag: {name}")


def _search(client: Client, parsed: Parsed) -> int:
    raise _refuse("docker search")


def _login(client: Client, parsed: Parsed) -> int:
    is_new = client.context.engine.profile.since(28)
    if parsed.on("password-stdin") and not parsed.text("username"):
        raise DockerError("the --password-stdin option requires --username to be set" if is_new else
                          "Must provide --username with --password-stdin")
    if parsed.text("password") and parsed.on("password-stdin"):
        raise DockerError("conflicting options: cannot specify both --password and --password-stdin" if is_new else
                          "--password and --password-stdin are mutually exclusive")
    if parsed.text("password"):
        client.complain(INSECURE)
    if not (parsed.text("username") and (parsed.text("password") or parsed.on("password-stdin"))):
        raise DockerError("Error: Cannot perform an interactive login from a non TTY device")
    raise _refuse("docker login")


def _logout(client: Client, parsed: Parsed) -> int:
    """Nothing is kept here that could be removed, which is what Docker does not tell either."""
    client.print(f"Removing login credentials for {parsed.operands[0] if parsed.operands else INDEX}")
    return 0


def check_terminal(client: Client, parsed: Parsed) -> None:
    """Raises DockerError: a person would see the archive."""
    if client.may_enter and not parsed.text("output"):
        raise DockerError("cowardly refusing to save to a terminal. Use the -o flag or redirect")


def check_output(client: Client, parsed: Parsed, what: str) -> None:
    """Raises DockerError: --output is in no folder that there is."""
    folder = posixpath.dirname(parsed.text("output")) or "."
    if parsed.text("output") and not client.machine.host_files().is_directory(folder):
        raise DockerError(f"failed to {what}: invalid output path: " + (
            f"stat {folder}: no such file or directory" if client.context.engine.profile.since(28) else
            f'directory "{folder}" does not exist'))


def write(client: Client, path: str, text: str, what: str) -> None:
    """Raises DockerError: it cannot be written there."""
    try:
        client.machine.host_files().write(path, text)
    except FileError as error:
        raise DockerError(f"failed to {what}: " + (
            "cannot write to a directory" if error.name == "EISDIR" else
            f"failed to stat output path: lstat {path}: {str(error).lower()}")) from None


def export(client: Client, parsed: Parsed) -> int:
    check_output(client, parsed, "export container")
    container = client.engine.find(parsed.operands[0])
    check_terminal(client, parsed)
    members = list(tree(files_of(client.engine, container), "/", ""))[1:]
    text = packed(one if f"/{one.info.name}" not in WRITTEN else emptied(one) for one in members)
    if parsed.text("output"):
        write(client, parsed.text("output"), text, "export container")
    else:
        client.output.append(("out", text))
    client.machine.archived[sha256(to_bytes(text)).hexdigest()] = container.image
    history.of_container(client.engine, container, "export")
    client.complain(FEW)
    return 0


def _volume_update(client: Client, parsed: Parsed) -> int:
    raise DockerError("can only update cluster volumes" if client.context.engine.profile.since(28) else
                      "Can only update cluster volumes")


def command(path: str, operands: str, summary: str, run: Callable[[Client, Parsed], int | None], flags: str = "",
             least: int = 1, most: int | None = 1) -> Command:
    """Args: flags: NAME/SHORT, of one that has a value with its type behind a colon."""
    found = []
    for text in flags.split():
        name, _colon, kind = text.partition(":")
        long, _slash, short = name.partition("/")
        found.append(Flag(long, short, {"": "bool", "list": "list", "int": "int"}.get(kind, "string"),
                          ignored=READ.isdisjoint((long, f"{path} {long}")),
                          since=28 if f"{path} {long}" in NEW else 0))
    return Command(f"docker {path}", operands, summary, run, tuple(found), least, most)


PUSH = command("push", "[OPTIONS] NAME[:TAG]", "Upload an image to a registry", _push,
                "all-tags/a disable-content-trust platform:string quiet/q")
SEARCH = command("search", "[OPTIONS] TERM", "Search Docker Hub for images", _search,
                  "filter/f:filter format:string limit:int no-trunc")
LOGIN = command("login", "[OPTIONS] [SERVER]", "Authenticate to a registry", _login,
                 "password/p:string password-stdin username/u:string", 0)
LOGOUT = command("logout", "[SERVER]", "Log out from a registry", _logout, "", 0)
EXPORT = command("export", "[OPTIONS] CONTAINER", "Export a container's filesystem as a tar archive", export,
                  "output/o:string")
VOLUME_UPDATE = command("volume update", "[OPTIONS] [VOLUME]", "Update a volume (cluster volumes only)",
                         _volume_update, "availability:string")
