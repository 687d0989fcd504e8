"""`build:` of a service: the folder that its image is made of, and what `docker build` is told."""

from __future__ import annotations

from posixpath import join, normpath

from netsandbox.commands.compose.file.model import BuildSpec
from netsandbox.commands.compose.file.values import Values
from netsandbox.commands.strict_yaml import MappingNode, Node, line_of

WITHOUT_EFFECT = frozenset({"cache_from", "cache_to", "isolation", "platforms", "privileged", "provenance", "pull",
                            "sbom", "shm_size", "ulimits"})
TEXTS = ("context", "dockerfile", "target", "network")
OTHERWISE = frozenset({"additional_contexts", "dockerfile_inline", "entitlements", "extra_hosts", "secrets", "ssh"})
"""Keys without which the image would be another one: they are refused."""
FETCHED = ("://", "git@", "github.com/")


def read_build(values: Values, node: Node, what: str) -> BuildSpec:
    """The context's path alone, or a map (ScenarioError: a key that there is not, or that is not modelled)."""
    fields = {key: value for key, (_key, value) in values.map(node, what).items()} if isinstance(
        node, MappingNode) else {"context": node}
    _check(values, node, what)
    given = {key: values.text(fields[key], f"{what}.{key}") for key in TEXTS if key in fields}
    if any(word in given.get("context", "") for word in FETCHED):
        raise values.error(fields["context"], f"{what}: a context that is fetched is not modelled in the sandbox")
    context = values.path(given.get("context") or ".")
    flags = ["--file", normpath(join(context, given.get("dockerfile") or "Dockerfile"))]
    flags += [word for key in ("target", "network") if given.get(key) for word in (f"--{key}", given[key])]
    for key, flag, read in (("args", "--build-arg", Values.known_pairs), ("labels", "--label", Values.pairs),
                            ("tags", "--tag", Values.texts)):
        flags += [word for text in read(values, fields[key], f"{what}.{key}") for word in (flag, text)
                  ] if key in fields else []
    if "no_cache" in fields and values.boolean(fields["no_cache"], f"{what}.no_cache"):
        flags.append("--no-cache")
    return BuildSpec(context, tuple(flags), line_of(node))


def _check(values: Values, node: Node, what: str) -> None:
    for key, (where, _value) in values.map(node, what).items() if isinstance(node, MappingNode) else ():
        if key in OTHERWISE:
            raise values.error(where, f"{what}.{key} is not modelled in the sandbox")
