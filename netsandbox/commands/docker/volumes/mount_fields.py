"""The fields of --mount: what the client takes (docker/cli, opts/mount.go), and what HostConfig has of them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from netsandbox.commands.docker.client.csv_fields import CsvError, csv_fields
from netsandbox.commands.docker.client.flags import FALSE, TRUE
from netsandbox.commands.docker.printing.words import named_values
from netsandbox.commands.docker.run.resources import size
from netsandbox.docker.profiles import Profile
from netsandbox.docker.volumes import BIND, TMPFS, VOLUME

IMAGE = "image"
OCTAL = re.compile(r"[0-7]{1,10}")
SWITCHES = ("readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src")  # Fields that need no value
RECURSIONS = ("enabled", "disabled", "writable", "readonly")
KEYS = {**dict.fromkeys((
    "type", "source", "src", "target", "destination", "dst", "readonly", "ro", "consistency", "bind-propagation",
    "bind-nonrecursive", "bind-recursive", "volume-driver", "volume-label", "volume-nocopy", "volume-opt",
    "volume-subpath", "tmpfs-size", "tmpfs-mode"), 0), "image-subpath": 28, "bind-create-src": 29}
"""Fields, and the release that brought them."""


class Fields(NamedTuple):
    """The fields of one --mount, by their names in lower case; of one that stands twice all values."""

    values: dict[str, list[str]]

    def text(self, *names: str) -> str:
        """The last value of the first name that is there."""
        return next((self.values[name][-1] for name in names if name in self.values), "")

    def on(self, *names: str) -> bool:
        return any(name in self.values for name in names) and self.text(*names) not in FALSE

    def named(self, name: str) -> dict[str, str]:
        """KEY=VALUE of all values, in order."""
        return dict(sorted(named_values(self.values.get(name, [])).items()))

    @property
    def kind(self) -> str:
        return self.text("type").lower() if "type" in self.values else VOLUME

    @property
    def read_only(self) -> bool:
        return self.on("readonly", "ro")

    def has(self, kind: str) -> bool:
        """Whether something is said that is about mounts of one type."""
        return any(name.startswith(f"{kind}-") and (name, value) != ("bind-recursive", "enabled")
                   for name, values in self.values.items() for value in values)


def read_fields(text: str) -> Fields:
    found: dict[str, list[str]] = {}
    for part in csv_fields(text):
        key, _equals, value = part.partition("=")
        found.setdefault(key.lower(), []).append(value)
    return Fields(found)


def bad_mount(text: str, profile: Profile) -> str:
    """Why --mount is refused by the client, or empty."""
    if not text:
        return "EOF"
    try:
        parts = csv_fields(text)
    except CsvError as error:
        return str(error)
    for part in parts:
        key, equals, value = part.partition("=")
        key = key.lower()
        is_known = key in KEYS and profile.since(KEYS[key])
        if not equals and not (is_known and key in SWITCHES):
            return f"invalid field '{part}' must be a key=value pair"
        if not is_known:
            return f"unexpected key '{key}' in '{part}'"
        if equals and _is_wrong(key, value):
            hint = ' (must be "enabled", "disabled", "writable", or "readonly")' if key == "bind-recursive" else ""
            return f"invalid value for {key}: {value}{hint}"
    return _bad_together(read_fields(text))


def _is_wrong(key: str, value: str) -> bool:
    if key in SWITCHES:
        return value not in TRUE | FALSE
    if key == "bind-recursive":
        return value not in RECURSIONS
    return (key == "tmpfs-size" and size(value) is None) or (key == "tmpfs-mode" and not OCTAL.fullmatch(value))


def _bad_together(fields: Fields) -> str:
    if not fields.kind:
        return "type is required"
    if not fields.text("target", "destination", "dst"):
        return "target is required"
    for what in (VOLUME, BIND, IMAGE, TMPFS):
        if fields.kind != what and fields.has(what):
            return f"cannot mix '{what}-*' options with mount type '{fields.kind}'"
    recursion = fields.text("bind-recursive")
    told = f"option 'bind-recursive={recursion}' requires '%s' to be specified in conjunction"
    if recursion in ("writable", "readonly") and not fields.read_only:
        return told % "readonly"
    if recursion == "readonly" and fields.text("bind-propagation").lower() != "rprivate":
        return told % "bind-propagation=rprivate"
    return ""


def options(fields: Fields) -> dict[str, Any]:
    """What HostConfig has of the fields that are about one type of mount."""
    found: dict[str, Any] = {}
    if fields.text("consistency"):
        found["Consistency"] = fields.text("consistency").lower()
    own = {BIND: _of_bind, VOLUME: _of_volume, TMPFS: _of_tmpfs}[fields.kind]
    if fields.has(fields.kind):
        found[f"{fields.kind.title()}Options"] = own(fields)
    return found


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing, as JSON's omitempty has it."""
    return {key: value for key, value in values.items() if value}


def _of_bind(fields: Fields) -> dict[str, Any]:
    recursion = fields.text("bind-recursive")
    return _said({"Propagation": fields.text("bind-propagation").lower(),
                  "NonRecursive": fields.on("bind-nonrecursive") or recursion == "disabled",
                  "CreateMountpoint": fields.on("bind-create-src"), "ReadOnlyNonRecursive": recursion == "writable",
                  "ReadOnlyForceRecursive": recursion == "readonly"})


def _of_volume(fields: Fields) -> dict[str, Any]:
    driver = {"Name": fields.text("volume-driver"), "Options": fields.named("volume-opt")}
    return _said({"NoCopy": fields.on("volume-nocopy"), "Labels": fields.named("volume-label"),
                  "Subpath": fields.text("volume-subpath")}) | {"DriverConfig": _said(driver)}


def _of_tmpfs(fields: Fields) -> dict[str, Any]:
    return _said({"SizeBytes": size(fields.text("tmpfs-size")) or 0, "Mode": int(fields.text("tmpfs-mode") or "0", 8)})


def without_effect(fields: Fields) -> list[str]:
    """The fields that do nothing here: no directory of the sandbox's has a mount below it, and no file a mode."""
    usual = {"bind-propagation": ("", "rprivate"), "bind-recursive": ("", "enabled"), "bind-nonrecursive": FALSE,
             "tmpfs-mode": ()}
    return [name for name, values in usual.items() if name in fields.values and fields.text(name) not in values]
