"""docker save, load and import: images as archives, laid out as Engine 25 and later write them (OCI image layout).

Of what an archive was made of, no file has the programs: the lab knows it again by the archive's digests.
"""

from __future__ import annotations

import json
import posixpath
from functools import partial
from hashlib import sha256
from tarfile import BLOCKSIZE, DIRTYPE, SYMTYPE, TarError, TarInfo

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.commands.docker.images.config import changed
from netsandbox.commands.docker.images.reference import check_reference
from netsandbox.commands.docker.images.registries import FEW, check_output, check_terminal, command, write
from netsandbox.commands.docker.inspect import describe
from netsandbox.commands.docker.printing.words import quoted
from netsandbox.commands.tools.files.archive import Member, members_of, packed, put
from netsandbox.docker import history
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.image_store import NO_NAME, split
from netsandbox.docker.images import HistoryStep, Image
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError, FileSystem, Layer

PLATFORM = "linux/amd64"
OCI = "application/vnd.oci.image."
INDEX = f"{OCI}index.v1+json"
LAYOUT = '{"imageLayoutVersion": "1.0.0"}'
MANIFEST, REPOSITORIES, BLOBS = "manifest.json", "repositories", "blobs/sha256/"
UNPACKED = "/var/lib/docker/tmp/docker-import-{number}/"  # Where dockerd puts an archive while it loads it
FROM_FILE = "Imported from -"
"""What an image says of itself that was imported: the client hands each file on as its own input."""


def digest_of(text: str) -> str:
    return sha256(to_bytes(text)).hexdigest()


def _save(client: Client, parsed: Parsed) -> int:
    check_output(client, parsed, "save image")
    named = dict[str, tuple[Image, list[str]]]()
    for reference in parsed.operands:
        _name(client, reference, named)
    check_terminal(client, parsed)
    if parsed.text("platform") not in ("", PLATFORM):
        raise daemon_error(f"no suitable export target found for platform {parsed.text('platform')}")
    text = packed(_members(client, list(named.values())))
    if parsed.text("output"):
        write(client, parsed.text("output"), text, "save image")
    else:
        client.output.append(("out", text))
    for image, _names in named.values():
        client.machine.archived[image.identity] = image
        history.of_image(client.engine, image.identity, "save")
    client.complain(FEW)
    return 0


def _name(client: Client, reference: str, named: dict[str, tuple[Image, list[str]]]) -> None:
    """An image that is to be saved, under a name, under all names of a repository, or under none (DockerError: there is
    none)."""
    images = client.engine.images
    image = images.find(reference)
    name, tag = split(reference)
    tags = [one for one in images.all() if one.name == name]
    if reference.rpartition("/")[2] == name.rpartition("/")[2] and tags:
        found = sorted(((one, f"{one.name}:{one.tag}") for one in tags), key=lambda pair: pair[1])
    elif image is None:
        raise daemon_error(f"No such image: {reference}")
    else:
        found = [(image, f"{name}:{tag}" if image.name == name else "")]
    for one, whole in found:
        names = named.setdefault(one.identity, (one, []))[1]
        names += [whole] if whole and whole not in names else []


def _file(name: str, text: str) -> Member:
    made = TarInfo(name)
    content = to_bytes(text)
    made.size, made.mode = len(content), 0o644
    return Member(made, content)


def _of_layer(layer: Layer) -> list[Member]:
    found = []
    for path, kind, contents in layer:
        one = _file(path.lstrip("/"), contents if kind == "-" else "")
        if kind != "-":
            one.info.type, one.info.linkname = (DIRTYPE, "") if kind == "d" else (SYMTYPE, contents)
        found.append(one)
    return found


def _members(client: Client, images: list[tuple[Image, list[str]]]) -> list[Member]:
    """An archive's members, the images' blobs first."""
    blobs, entries, heads, repositories = dict[str, str](), list[object](), list[object](), dict[str, dict[str, str]]()
    for image, names in images:
        config, layer, manifest = _blobs_of(client, image)
        blobs |= {image.identity: config, digest_of(layer): layer, digest_of(manifest): manifest}
        entries.append({"Config": BLOBS + image.identity, "RepoTags": names or None,
                        "Layers": [BLOBS + digest_of(layer)]})
        for whole in names:
            name, tag = split(whole)
            repositories.setdefault(name, {})[tag] = digest_of(layer)
        heads += [_blob(f"{OCI}manifest.v1+json", manifest) | (_annotations(whole) if whole else {})
                  for whole in names or [""]]
    files = {**{BLOBS + name: text for name, text in blobs.items()}, "index.json": json.dumps(
        {"schemaVersion": 2, "mediaType": INDEX, "manifests": heads}, separators=(",", ":")),
        MANIFEST: json.dumps(entries, separators=(",", ":")) + "\n", "oci-layout": LAYOUT}
    if repositories:
        files[REPOSITORIES] = json.dumps(repositories, separators=(",", ":")) + "\n"
    folders = _of_layer((("blobs", "d", ""), (BLOBS.rstrip("/"), "d", "")))
    return [*folders, *(_file(name, text) for name, text in files.items())]


def _blobs_of(client: Client, image: Image) -> tuple[str, str, str]:
    """(its configuration, its layer, the manifest that names both)."""
    told, layer = describe.image(client.engine, image), packed(_of_layer(image.layer or ()))
    config = json.dumps({
        "architecture": told["Architecture"], "config": told["Config"], "created": told["Created"],
        "history": [{"created_by": step.created_by} for step in image.history], "os": told["Os"],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest_of(layer)}"]}})
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": f"{OCI}manifest.v1+json",
        "config": _blob(f"{OCI}config.v1+json", config, image.identity),
        "layers": [_blob(f"{OCI}layer.v1.tar", layer)]}, separators=(",", ":"))
    return config, layer, manifest


def _blob(kind: str, text: str, digest: str = "") -> dict[str, object]:
    return {"mediaType": kind, "digest": f"sha256:{digest or digest_of(text)}", "size": len(to_bytes(text))}


def _annotations(whole: str) -> dict[str, object]:
    name, tag = split(whole)
    path = f"docker.io/{name if '/' in name else f'library/{name}'}"
    return {"annotations": {"io.containerd.image.name": f"{path}:{tag}", "org.opencontainers.image.ref.name": tag}}


def _given(client: Client, path: str) -> str:
    """Raises DockerError: the file is not there."""
    try:
        return client.machine.host_files().read(path)
    except FileError as error:
        raise DockerError(f"open {path}: {str(error).lower()}") from None


def _contents(text: str) -> list[Member]:
    """Raises DockerError: it is no archive."""
    try:
        return members_of(text) if text else []
    except TarError as error:
        is_cut = len(text) < BLOCKSIZE or "end of data" in str(error)
        raise DockerError("unexpected EOF" if is_cut else "archive/tar: invalid tar header") from None
    except UnicodeEncodeError:
        raise DockerError("archive/tar: invalid tar header") from None


def _load(client: Client, parsed: Parsed) -> int | None:
    if parsed.text("input"):
        return _loaded(client, _given(client, parsed.text("input")))
    if client.stdin.is_terminal:
        raise DockerError("requested load from stdin, but stdin is empty")
    return client.when_read(partial(_loaded, client))


def _loaded(client: Client, text: str) -> int:
    members = {one.info.name.removeprefix("./"): one for one in _contents(text)}
    if MANIFEST not in members:
        folders = sorted(name.rstrip("/") for name, one in members.items() if one.info.isdir() and "/" not in name)
        missing = f"{folders[0]}/json" if folders else REPOSITORIES
        place = UNPACKED.format(number=client.machine.random())
        raise DockerError(f"open {place}{missing}: no such file or directory")
    for image, names in _entries(client, members[MANIFEST].content):
        for name in names:
            client.engine.images.keep(image._replace(name=split(name)[0], tag=split(name)[1], digest=image.identity))
            client.print(f"Loaded image: {name}")
        if not names:
            client.print(f"Loaded image ID: sha256:{image.identity}")
        history.of_image(client.engine, image.identity, "load")
    return 0


def _entries(client: Client, manifest: bytes) -> list[tuple[Image, list[str]]]:
    """The images that a manifest.json names (DockerError: it is none that docker save of this lab has written)."""
    try:
        return [(client.machine.archived[entry["Config"].rpartition("/")[2]], _tags(entry["RepoTags"] or []))
                for entry in json.loads(manifest)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise DockerError("docker load reads here what docker save of this lab has written: "
                          "the sandbox's images have no files of programs") from None


def _tags(told: object) -> list[str]:
    """The names that a manifest.json gives an image.

    Raises:
        DockerError: one that an image cannot have.
        TypeError: they are no list of texts.
    """
    tags = [tag for tag in told if isinstance(tag, str)] if isinstance(told, list) else []
    if tags != told:
        raise TypeError
    for tag in tags:
        check_reference(tag)
        if ":" not in tag.rpartition("/")[2]:
            raise DockerError(f"invalid tag {quoted(tag)}")
    return tags


def _import(client: Client, parsed: Parsed) -> int | None:
    if parsed.operands[1:]:
        check_reference(parsed.operands[1])
    source = parsed.operands[0]
    if "://" in source:
        raise DockerError("docker import of a URL is not modelled in the sandbox: a file is, and - with a pipe")
    if source != "-":
        return _imported(client, parsed, _given(client, source))
    if client.stdin.is_terminal:
        raise DockerError("docker import reads an archive (-) from a pipe or a file in the sandbox: nobody types one")
    return client.when_read(partial(_imported, client, parsed))


def _imported(client: Client, parsed: Parsed, text: str) -> int:
    try:
        members = _contents(text)
    except DockerError as error:
        raise daemon_error(str(error)) from None
    base = client.machine.archived.get(digest_of(text), Image(""))
    name, tag = split(parsed.operands[1]) if parsed.operands[1:] else (NO_NAME, "")
    comment, now = parsed.text("message") or FROM_FILE, client.scheduler.clock
    image = Image(name, tools=base.tools, process=base.process, server=base.server, created=now, comment=comment,
                  tag=tag, layer=_layer_of(client, members), size=base.size, history=(HistoryStep(
                      now, "", sum(one.info.size for one in members), comment),))
    for change in parsed.all("change"):
        image = changed(image, change)
    image = image._replace(digest=digest_of(repr((image, now))))
    image = image._replace(tag=tag or image.digest[:12])
    client.engine.images.keep(image)
    client.print(f"sha256:{image.identity}")
    if name != NO_NAME:
        history.of_image(client.engine, image.identity, "tag", f"{name}:{tag}")
    history.of_image(client.engine, image.identity, "import")
    return 0


def _layer_of(client: Client, members: list[Member]) -> Layer:
    """What an archive is unpacked to, in a file system of its own (DockerError: something cannot stand where the
    archive says)."""
    system = FileSystem(client.scheduler)
    system.begin_from(())
    names = [posixpath.normpath(f"/{one.info.name}") for one in members]
    if len(set(names)) < len(names):
        raise daemon_error("duplicates of file paths not supported")
    for name, one in zip(names, members, strict=True):
        if not (one.info.isdir() or one.info.issym() or one.info.isreg()):
            raise DockerError(f"docker import of {name}, no file, directory or symbolic link, is not modelled")
        try:
            put(Files(system, {}), name, one, is_dated=False)
        except FileError as error:
            why = "not a directory" if error.name == "EEXIST" else str(error).lower()
            raise daemon_error(f"openat {name.lstrip('/')}: {why}") from None
    return system.layer()


SAVE = command("save", "[OPTIONS] IMAGE [IMAGE...]",
               "Save one or more images to a tar archive (streamed to STDOUT by default)", _save,
               "output/o:string platform:string", 1, None)
LOAD = command("load", "[OPTIONS]", "Load an image from a tar archive or STDIN", _load,
               "input/i:string platform:string quiet/q", 0, 0)
IMPORT = command("import", "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
                 "Import the contents from a tarball to create a filesystem image", _import,
                 "change/c:list message/m:string platform:string", 1, None)
