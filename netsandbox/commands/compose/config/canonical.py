"""docker compose config: a Compose file in its canonical form (compose-go): short forms long, names filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from netsandbox.commands.compose.config.shapes import SHAPES, Tree, in_order, map_of, plain, plain_map
from netsandbox.commands.compose.file.merging import find
from netsandbox.commands.compose.file.values import Values, is_null
from netsandbox.commands.compose.file.whole import Read, Whole
from netsandbox.commands.strict_yaml import MappingNode, Node
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.config.yaml_text import Plain
    from netsandbox.commands.compose.file.model import Project, Service, VolumeSpec

NETWORK = ("name", "driver", "driver_opts", "ipam", "external", "internal", "attachable", "labels", "enable_ipv4",
           "enable_ipv6")
SUBNET = ("subnet", "gateway", "ip_range", "aux_addresses")
VOLUME = ("name", "driver", "driver_opts", "external", "labels")
SECRET = ("name", "file", "environment", "content", "external", "labels", "driver", "driver_opts", "template_driver")
NEED = ("condition", "restart", "required")
NEEDED: Tree = {"condition": "service_started", "required": True}
DEFAULT = "default"


def canonical(project: Project, variables: Mapping[str, str], names: list[str], read: Read, *, is_normal: bool = True,
              has_whole_paths: bool = True) -> Tree:
    """The project as Compose writes it: the services of these names, and the networks that they use.

    Args:
        is_normal: with what the file leaves out, but follows from it.
        has_whole_paths: paths of its folder are whole ones.

    Raises:
        DockerError: it has a key of which the canonical form is not modelled.
    """
    values = Values(project.path, variables, project.folder)
    whole = Whole(values, read, project.folder)
    root = whole.with_overrides(whole.of(project.text, project.path), project.overrides)
    values = values if has_whole_paths else Values("", variables)
    top = {key: node for key, (_where, node) in values.map(root, "a Compose file").items()}
    nodes = {key: node for key, (_where, node) in values.map(top["services"], "services").items()}
    wanted = sorted(names)
    services: Tree = {name: _service(values, project, name, nodes[name]) for name in wanted}
    used = sorted({key for name in wanted for key in project.services[name].networks if key in project.networks})
    given = values.map(top["networks"], "networks") if "networks" in top else {}
    networks: Tree = {key: _network(values, project, key, given[key][1] if key in given else None) for key in used}
    volumes: Tree = {key: _volume(values, spec, values.map(top["volumes"], "volumes")[key][1])
                     for key, spec in sorted(project.only(names).volumes.items())}
    files = {kind: _used_files(values, project, kind, wanted, top) for kind in ("secrets", "configs")}
    extensions: Tree = {key: plain(values, node, key) for key, node in sorted(top.items()) if key.startswith("x-")}
    linked: dict[str, Tree] = {"networks": networks, "volumes": volumes, **files}
    if not is_normal:
        for name, service in services.items():
            _only_given(service, {key: value for key, (_key, value) in values.map(nodes[name], name).items()})
        linked = {kind: _without_names(values, each, top.get(kind)) for kind, each in linked.items()}
    return {"name": project.name, "services": services, **{kind: each for kind, each in linked.items() if each},
            **extensions}


def _only_given(service: Plain, given: Mapping[str, Node]) -> None:
    """Take away what follows from the rest of the file."""
    assert isinstance(service, dict)
    for key in ("networks", "depends_on"):
        if key in service and key not in given:
            del service[key]
    build = service.get("build")
    if isinstance(build, dict) and (not isinstance(given["build"], MappingNode) or find(
            given["build"], "dockerfile") is None):
        del build["dockerfile"]


def _without_names(values: Values, section: Tree, node: Node | None) -> Tree:
    """Those of a section that the file has, with the names that it gives them."""
    given = values.map(node, "") if node is not None else {}
    return {key: {field: value for field, value in fields.items()
                  if field != "name" or find(given[key][1], field) is not None}
            for key, fields in section.items() if isinstance(fields, dict) and key in given}


def _volume(values: Values, spec: VolumeSpec, node: Node) -> Tree:
    fields = plain_map(values, node, f"volumes.{spec.key}") | {"name": spec.name, **_maps_of(values, node)}
    return in_order(VOLUME, {key: value for key, value in fields.items() if value not in (False, None)})


def _maps_of(values: Values, node: Node) -> Tree:
    """What a network or a volume has of maps."""
    return {key: map_of(values, value, key, "") for key, (_key, value) in values.map(node, "").items()
            if key in ("driver_opts", "labels")}


def _used_files(values: Values, project: Project, kind: str, names: list[str], top: dict[str, Node]) -> Tree:
    """The configs or the secrets of these services."""
    used = sorted({key for name in names for of, key in project.services[name].files if of == kind})
    found: Tree = {}
    for key in used:
        fields = plain_map(values, values.map(top[kind], kind)[key][1], f"{kind}.{key}")
        fields.setdefault("name", key if fields.get("external") else f"{project.name}_{key}")
        if "file" in fields:
            fields["file"] = values.path(str(fields["file"]))
        found[key] = in_order(SECRET, fields)
    return found


def _service(values: Values, project: Project, name: str, node: Node) -> Tree:
    service, what = project.services[name], f"services.{name}"
    given = {key: value for key, (_where, value) in values.map(node, what).items()}
    for key in given:
        if key not in (*SHAPES, "profiles", "env_file", "label_file") and not key.startswith("x-"):
            raise DockerError(f"docker compose config of {what}.{key} is not modelled in the sandbox")
    found: Tree = {"profiles": list(service.profiles)} if service.profiles else {}
    for key, shape in SHAPES.items():
        if key in given and (not is_null(given[key]) or key == "networks"):
            found |= {key: shape(values, given[key], f"{what}.{key}")}
        elif (key == "environment" and service.variables) or (key == "labels" and service.file_labels):
            found[key] = {}
        elif key == "networks" and not service.network_mode:
            found[key] = {DEFAULT: None}
        elif key == "depends_on" and service.needs:
            found[key] = {}
    found = {key: value for key, value in found.items() if value not in (None, "") or key == "networks"}
    if service.variables:
        found["environment"] = _with_files(service.variables, found["environment"])
    found |= {"labels": _with_files(service.file_labels, found["labels"])} if service.file_labels else {}
    if service.needs:
        found["depends_on"] = _needed(service, found["depends_on"])
    return found


def _needed(service: Service, given: Plain) -> Tree:
    """What the file says of services that it needs, and that it needs those whose network or volumes it uses."""
    needed: Tree = {other: NEEDED | ({"restart": True} if other in service.restarts_with else {})
                    for other in service.needs}
    needed |= given if isinstance(given, dict) else {}
    return {other: in_order(NEED, how) if isinstance(how, dict) else how for other, how in sorted(needed.items())}


def _with_files(texts: tuple[str, ...], own: Plain) -> Tree:
    """NAME=value of files, and what counts more."""
    of_files: Tree = {name: value for name, _equals, value in (text.partition("=") for text in texts)}
    return dict(sorted((of_files | (own if isinstance(own, dict) else {})).items()))


def _network(values: Values, project: Project, key: str, node: Node | None) -> Tree:
    fields = plain_map(values, node, f"networks.{key}") if node is not None else {}
    fields["name"] = project.networks[key].name
    fields |= _maps_of(values, node) if node is not None else {}
    ipam = fields.get("ipam")
    if isinstance(ipam, dict):
        given = ipam.get("config")
        subnets: list[Plain] = [in_order(SUBNET, item) for item in given if isinstance(item, dict)] if isinstance(
            given, list) else []
        fields["ipam"] = in_order(("driver", "config"), ipam | ({"config": subnets} if "config" in ipam else {}))
    return in_order(NETWORK, {name: value for name, value in fields.items() if value not in (False, None)
                               or name.startswith("enable_")})


def to_json(data: Tree) -> str:
    """The same as Compose's JSON has it: sections by name, and what is not there as null."""
    services, networks = data["services"], data.get("networks", {})
    assert isinstance(services, dict)
    assert isinstance(networks, dict)
    named = {name: _service_in_json(service) for name, service in services.items() if isinstance(service, dict)}
    linked = {name: in_order(NETWORK, network | {"ipam": network.get("ipam", {})})
              for name, network in networks.items() if isinstance(network, dict)}
    whole = data | {"services": named} | ({"networks": linked} if linked else {})
    return json.dumps(dict(sorted(whole.items())), indent=2, ensure_ascii=False) + "\n"


def _service_in_json(service: Tree) -> Tree:
    deploy = service.get("deploy")
    found: Tree = {"command": None, "entrypoint": None} | service
    if isinstance(deploy, dict):
        found["deploy"] = deploy | {"placement": deploy.get("placement", {})}
    return in_order(("profiles", *SHAPES), found) | found
