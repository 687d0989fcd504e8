"""What a service mounts: the items of `volumes`, and what `docker create` is told of them (compose-go,
format.ParseVolume; Compose, toBindString)."""

from __future__ import annotations

from posixpath import normpath

from netsandbox.commands.compose.file.model import BIND, TMPFS, VOLUME, Mounting
from netsandbox.commands.compose.file.values import DRIVE, Values, mount_parts
from netsandbox.commands.docker.client.csv_fields import csv_line
from netsandbox.commands.strict_yaml import MappingNode, Node
from netsandbox.docker.volumes import Mount

MOST_PARTS = 3  # Of the short form: what, where and how
SHORTEST = 3  # Letters of a short form that is taken apart; one with fewer is a place alone
SPREADS = ("shared", "rshared", "slave", "rslave", "private", "rprivate")
UNCHECKED = {"bind-recursive=writable": "ReadOnlyNonRecursive", "bind-recursive=readonly": "ReadOnlyForceRecursive"}
"""Docker's client takes them with `readonly` alone, which Compose does not ask; and what the daemon calls them."""
LABELS = ("z", "Z")  # Of SELinux


def read_mount(values: Values, node: Node, what: str) -> Mounting:
    """One item (ScenarioError: Compose refuses it, or it is of a kind that is not modelled)."""
    return _long(values, node, what) if isinstance(node, MappingNode) else _short(values, node, what)


def _short(values: Values, node: Node, what: str) -> Mounting:
    text = values.text(node, what)
    parts = mount_parts(text)
    if not text:
        raise values.error(node, "invalid empty volume spec")
    if "" in parts[:MOST_PARTS]:
        raise values.error(node, f"invalid spec: {text}: empty section between colons")
    if len(parts) > MOST_PARTS:
        raise values.error(node, f"invalid spec: {text}: too many colons")
    if len(parts) == 1:
        return Mounting(VOLUME, "", text)
    given = parts[2].split(",") if parts[2:] else []
    label, spread, access = (next((word for word in reversed(given) if word in words), "")
                             for words in (LABELS, SPREADS, ("ro", "rw")))
    kind, keeps_empty = BIND if _is_path(parts[0]) else VOLUME, "nocopy" in given
    sections = (kind, *([BIND] if label or spread else []), *([VOLUME] if keeps_empty else []))
    return Mounting(kind, parts[0], parts[1], access == "ro", label, spread, keeps_empty, sections=sections)


def _is_path(source: str) -> bool:
    return source.startswith(("/", ".", "~", "\\\\")) or DRIVE.match(source) is not None


def _long(values: Values, node: Node, what: str) -> Mounting:
    fields = {key: value for key, (_key, value) in values.map(node, what).items()}
    texts = {key: values.text(fields[key], f"{what}.{key}") for key in ("type", "source", "target") if key in fields}
    kind, source = texts["type"], texts.get("source", "")
    if kind not in (BIND, VOLUME, TMPFS):
        raise values.error(node, f"{what}: a mount of type {kind} is not modelled in the sandbox")
    if kind == BIND and not source:
        raise values.error(node, 'invalid mount config for type "bind": field Source must not be empty')
    inner = {section: {key: value for key, (_key, value) in values.map(fields[section], f"{what}.{section}").items()}
             for section in (BIND, VOLUME, TMPFS) if section in fields}
    bind, volume = inner.get(BIND, {}), inner.get(VOLUME, {})
    label, spread = (values.text(bind[key], what) if key in bind else "" for key in ("selinux", "propagation"))
    read_only, keeps_empty, makes_path = (
        key in section and values.boolean(section[key], what)
        for section, key in ((fields, "read_only"), (volume, "nocopy"), (bind, "create_host_path")))
    return Mounting(kind, source, texts["target"], read_only, label, spread, keeps_empty,
                    _options(values, inner.get(kind, {}), what), BIND not in inner or makes_path, tuple(inner))


def _options(values: Values, fields: dict[str, Node], what: str) -> tuple[str, ...]:
    """What only --mount can say."""
    found: list[str] = []
    for key, node in fields.items():
        if key in ("recursive", "subpath", "size") and values.text(node, what):
            flag = {"recursive": "bind-recursive", "subpath": "volume-subpath", "size": "tmpfs-size"}[key]
            found.append(f"{flag}={values.text(node, what)}")
        elif key == "mode":
            found.append(f"tmpfs-mode={values.file_mode(node, what):o}")
        elif key == "labels":
            found += [f"volume-label={text}" for text in values.pairs(node, what)]
    return tuple(found)


def source_path(values: Values, source: str) -> str:
    """What is bound, as a whole path."""
    if source.startswith("~") and values.name:
        return normpath(f"{values.variables.get('HOME', '/root')}/{source[1:]}")
    is_whole = source.startswith("/") or (DRIVE.match(source) is not None and source[2:3] in ("/", "\\"))
    return source if is_whole else values.path(source)


def as_told(mount: Mount, mounting: Mounting | None) -> Mount:
    """What Docker's client would refuse is handed on, and a volume has no driver of which nothing is said."""
    own = {key: value for key, value in mount.of_volume.items() if value or key != "DriverConfig"}
    said = mounting.options if mounting is not None else ()
    recursion = {UNCHECKED[text]: True for text in said if text in UNCHECKED}
    options = dict(mount.options) | ({"VolumeOptions": own} if own else {}) | (
        {"BindOptions": dict(mount.options.get("BindOptions", {})) | recursion} if recursion else {})
    return mount._replace(options=options)


def mount_words(mount: Mounting, source: str) -> list[str]:
    """-v where it can say all, else --mount (source: a whole path, or Docker's name of a volume)."""
    is_long = {BIND: bool(mount.options) or not mount.makes_path, TMPFS: True,
               VOLUME: not source or mount.keeps_empty or bool(mount.options)}[mount.kind]
    if not is_long:
        modes = ("ro" if mount.read_only else "rw", mount.label, mount.spread, "nocopy" if mount.keeps_empty else "")
        return ["-v", f"{source}:{mount.target}:{','.join(filter(None, modes))}"]
    fields = [f"type={mount.kind}", *([f"source={source}"] if source else []), f"target={mount.target}",
              *(["readonly"] if mount.read_only else []), *(text for text in mount.options if text not in UNCHECKED)]
    fields += [f"bind-propagation={mount.spread}"] if mount.spread and mount.kind == BIND else []
    fields += ["volume-nocopy=true"] if mount.keeps_empty and mount.kind == VOLUME else []
    return ["--mount", csv_line(fields)]
