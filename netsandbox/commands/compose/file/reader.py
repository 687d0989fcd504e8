"""Compose files: read strictly into a Project, with what the sandbox does not model listed by its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from netsandbox.commands.compose.file.decoding import check
from netsandbox.commands.compose.file.model import BIND, VOLUME, Attachment, NetworkSpec, Project, Service, VolumeSpec
from netsandbox.commands.compose.file.mounting import mount_words, source_path
from netsandbox.commands.compose.file.pools import AUXILIARY
from netsandbox.commands.compose.file.services import read_service
from netsandbox.commands.compose.file.values import Values, is_null
from netsandbox.commands.compose.file.whole import Read, Whole, nothing
from netsandbox.commands.docker.printing.words import named_values
from netsandbox.commands.strict_yaml import MappingNode, Node, line_of

DEFAULT = "default"
FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""As Compose looks for them, in this order."""
OVERRIDES = ("compose.override.yml", "compose.override.yaml", "docker-compose.override.yml",
             "docker-compose.override.yaml")
"""One of them beside such a file says more, or otherwise."""
POOL = {"subnet": "--subnet", "gateway": "--gateway", "ip_range": "--ip-range"}  # Of a configuration of ipam
WITHOUT_EFFECT = ("configs", "secrets", "models")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)
NOT_IN_NAME = re.compile(r"[^a-z0-9_-]", re.ASCII)


def project_name(text: str) -> str:
    """The folder's name as Compose makes a project's of it."""
    return NOT_IN_NAME.sub("", text.lower()).lstrip("_-")


def read_project(text: str, path: str, name: str, variables: Mapping[str, str], read: Read = nothing,
                 overrides: tuple[str, ...] = (), *, folder: str = "", is_strict: bool = True) -> Project:
    """The project in a Compose file.

    Args:
        path: the file's, for errors.
        name: -p, or empty for the file's own, or else its folder's.
        read: gives the files that it includes and extends.
        overrides: the paths of files that say more, or otherwise.
        folder: what its paths are relative to, if not to the file.
        is_strict: what contradicts itself is refused.

    Raises:
        ScenarioError: it is no Compose file, or names something that it does not have.
    """
    values = Values(path, variables, folder, is_strict=is_strict)
    whole = Whole(values, read, folder)
    root = whole.with_overrides(whole.of(text, path), overrides)
    if isinstance(root, MappingNode) and not root.value:
        raise values.error(root, "empty compose file")
    check(values, root)
    top = values.map(root, "a Compose file")
    name = name or own_name(values, top)
    if not NAME.fullmatch(name):
        raise values.error(root, f'invalid project name "{name}": must consist only of lowercase alphanumeric '
                           "characters, hyphens, and underscores as well as start with a letter or number")
    networks, notes = _networks(values, top, name)
    notes += whole.notes
    notes += [(line_of(top[key][0]), key) for key in WITHOUT_EFFECT if key in top]
    volumes = _volumes(values, top, name, notes)
    services = _services(values, top, name, notes)
    services = {key: _completed(values, service, services, networks, top) for key, service in services.items()}
    _check_names(values, services, top)
    services = {key: _mounted(values, service, volumes, top) for key, service in services.items()}
    _check_order(values, services, top)
    return Project(name, path, services, networks, volumes, tuple(sorted(notes)), overrides, text, values.folder)


def own_name(values: Values, top: dict[str, tuple[Node, Node]]) -> str:
    """What the file says of its name, else its folder's."""
    named = project_name(values.text(top["name"][1], "name")) if "name" in top else ""
    return named or project_name(values.folder.rpartition("/")[2])


def _services(values: Values, top: dict[str, tuple[Node, Node]], project: str,
              notes: list[tuple[int, str]]) -> dict[str, Service]:
    found: dict[str, Service] = {}
    for key, (where, node) in values.map(top["services"][1], "services").items() if "services" in top else ():
        service, more = read_service(values, key, where, node)
        found[key] = service if service.image else service._replace(image=f"{project}-{key}")
        notes += more
    return found


def _networks(values: Values, top: dict[str, tuple[Node, Node]],
              project: str) -> tuple[dict[str, NetworkSpec], list[tuple[int, str]]]:
    found: dict[str, NetworkSpec] = {}
    notes: list[tuple[int, str]] = []
    for key, (_where, node) in values.map(top["networks"][1], "networks").items() if "networks" in top else ():
        found[key] = _network(values, key, node, project, notes)
    found.setdefault(DEFAULT, NetworkSpec(DEFAULT, f"{project}_{DEFAULT}"))
    return found, notes


def _network(values: Values, key: str, node: Node, project: str, notes: list[tuple[int, str]]) -> NetworkSpec:
    spec, flags = NetworkSpec(key, f"{project}_{key}"), list[str]()
    for field, (where, value) in values.map(node, f"networks.{key}").items():
        what = f"networks.{key}.{field}"
        if field == "name":
            spec = spec._replace(name=values.text(value, what))
        elif field == "external":
            spec = _external(values, spec, value, what)
        elif field == "driver":
            flags += ["--driver", values.text(value, what)] if not is_null(value) else []
        elif field in ("internal", "attachable"):
            flags += [f"--{field}"] if values.boolean(value, what) else []
        elif field in ("driver_opts", "labels"):
            flag = "--opt" if field == "driver_opts" else "--label"
            flags += [word for text in values.pairs(value, what) for word in (flag, text)]
        elif field == "ipam":
            spec = _with_ipam(values, spec, value, what)
        elif field == "enable_ipv4":
            flags += [f"--ipv4={values.text(value, what)}"]
        elif field == "enable_ipv6":
            notes.append((line_of(where), what))
    if spec.external and spec.name == f"{project}_{key}":
        spec = spec._replace(name=key)
    return spec._replace(flags=(*flags, *spec.flags))


Spec = TypeVar("Spec", NetworkSpec, VolumeSpec)


def _external(values: Values, spec: Spec, node: Node, what: str) -> Spec:
    """Whether it is made elsewhere; `external: {name: …}` is how it was written once."""
    if not isinstance(node, MappingNode):
        return spec._replace(external=values.boolean(node, what))
    values.warn(f"{what.rpartition('.')[0]}: external.name is deprecated. Please set name and external: true")
    name = values.map(node, what).get("name")
    return spec._replace(external=True, name=values.text(name[1], what) if name is not None else spec.name)


def _volumes(values: Values, top: dict[str, tuple[Node, Node]], project: str,
             notes: list[tuple[int, str]]) -> dict[str, VolumeSpec]:
    found: dict[str, VolumeSpec] = {}
    for key, (_where, node) in values.map(top["volumes"][1], "volumes").items() if "volumes" in top else ():
        spec = VolumeSpec(key, f"{project}_{key}")
        for field, (where, value) in values.map(node, f"volumes.{key}").items():
            what = f"volumes.{key}.{field}"
            if field == "name":
                spec = spec._replace(name=values.text(value, what))
            elif field == "external":
                spec = _external(values, spec, value, what)
            elif field == "labels":
                spec = spec._replace(labels=values.pairs(value, what))
            elif field == "driver":
                spec = spec._replace(driver=values.text(value, what))
            elif field == "driver_opts":
                spec = spec._replace(options=values.pairs(value, what))
                notes.append((line_of(where), what))
        found[key] = spec._replace(name=key) if spec.external and spec.name == f"{project}_{key}" else spec
    return found


def _mounted(values: Values, service: Service, volumes: Mapping[str, VolumeSpec],
             top: dict[str, tuple[Node, Node]]) -> Service:
    """With the flags of each of its mounts: paths are the file's, and volumes have Docker's names."""
    flags: list[str] = []
    for mount in service.mounts:
        source = source_path(values, mount.source) if mount.kind == BIND else mount.source
        if source and mount.kind == VOLUME:
            where = values.map(top["services"][1], "services")[service.name][0]
            values.check(source in volumes, where, f'service "{service.name}" refers to undefined volume {source}')
            source = volumes[source].name if source in volumes else source
        flags += mount_words(mount, source)
    return service._replace(flags=(*service.flags, *flags))


def _with_ipam(values: Values, spec: NetworkSpec, node: Node, what: str) -> NetworkSpec:
    """With --ipam-driver, and --subnet and the like of each configuration."""
    flags, pools = list[str](), list[Mapping[str, str]]()
    fields = values.map(node, what)
    configs, driver = fields.get("config"), fields.get("driver")
    flags += ["--ipam-driver", values.text(driver[1], what)] if driver else []
    for item in values.items(configs[1], f"{what}.config") if configs else ():
        given = {key: value for key, (_key, value) in values.map(item, f"{what}.config").items()}
        pool = {key: values.text(given[key], f"{what}.config.{key}") for key in POOL if key in given}
        others = values.pairs(given["aux_addresses"], what) if "aux_addresses" in given else ()
        flags += [word for key, text in pool.items() for word in (POOL[key], text)]
        flags += [word for text in others for word in ("--aux-address", text)]
        pools.append(pool | {f"{AUXILIARY}{name}": text for name, text in named_values(others).items()})
    return spec._replace(flags=(*spec.flags, *flags), pools=tuple(pools))


def _completed(values: Values, service: Service, services: Mapping[str, Service], networks: Mapping[str, Any],
               top: dict[str, tuple[Node, Node]]) -> Service:
    """Checked against the rest of the file, on the default network if it names none, and with all that it needs."""
    where = values.map(top["services"][1], "services")[service.name][0]
    values.check(not (service.network_mode and service.networks), where,
                 f"service {service.name} declares mutually exclusive `network_mode` and `networks`")
    for key in service.networks:
        values.check(key in networks, where, f'service "{service.name}" refers to undefined network {key}')
    for kind, name in service.files:
        values.check(kind in top and name in values.map(top[kind][1], kind), where,
                     f'service "{service.name}" refers to undefined {kind[:-1]} {name}')
    others = [link.partition(":")[0] for link in (*service.links, *service.shares)]
    if service.network_mode.startswith("service:"):
        others.append(service.network_mode.removeprefix("service:"))
    lenders = [text.partition(":")[0] for text in service.volumes_from if not text.startswith("container:")]
    wanted = tuple(dict.fromkeys((*service.needs, *others, *lenders)))
    for other in wanted:
        values.check(other in services, where, f'service "{service.name}" depends on undefined service "{other}"')
    own = values.map(values.map(top["services"][1], "services")[service.name][1], "services")
    values.check(not service.container_name or service.scale <= 1, where,
                 f"services.{'scale' if 'scale' in own else 'deploy.replicas'}: can't set container_name and "
                 f"{service.name} as container name must be unique")
    if not service.network_mode and not service.networks:
        service = service._replace(networks={DEFAULT: Attachment()})
    return service._replace(needs=tuple(other for other in wanted if other in services), restarts_with=tuple(
        dict.fromkeys((*service.restarts_with, *(other for other in others if other not in service.needs)))))


def _check_names(values: Values, services: Mapping[str, Service], top: dict[str, tuple[Node, Node]]) -> None:
    """Raises ScenarioError: two containers would have one name (compose-go, loader, checkConsistency)."""
    taken: set[str] = set()
    for name, service in services.items():
        if service.container_name in taken and values.is_strict:
            raise values.error(values.map(top["services"][1], "services")[name][0], f"services.{name}: container name "
                               f'"{service.container_name}" is already in use by service {{}}"')
        taken |= {service.container_name} - {""}


def _check_order(values: Values, services: Mapping[str, Service], top: dict[str, tuple[Node, Node]]) -> None:
    """Raises ScenarioError: services that need each other."""
    done: set[str] = set()
    while len(done) < len(services):
        ready = [name for name, service in services.items() if name not in done and done.issuperset(service.needs)]
        if not ready:
            left = {name: next(other for other in service.needs if other not in done)
                    for name, service in services.items() if name not in done}
            raise values.error(top["services"][0], f"dependency cycle detected: {' -> '.join(_cycle(left))}")
        done.update(ready)


def _cycle(needs: Mapping[str, str]) -> list[str]:
    """One of the circles that services, each of which waits for another one, end in."""
    name, seen = min(needs), list[str]()
    while name not in seen:
        seen.append(name)
        name = needs[name]
    return [*seen[seen.index(name):], name]
