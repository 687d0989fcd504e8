"""Image references: nginx, nginx:1.29, docker.io/library/nginx@sha256:… (distribution/reference)."""

from __future__ import annotations

import re

from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.images import IMAGES, nearest_image
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4

COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
DOMAIN = (r"(?:localhost|[a-zA-Z0-9-]*[A-Z][a-zA-Z0-9-]*|[a-zA-Z0-9-]*(?:\.[a-zA-Z0-9-]+)+|[a-zA-Z0-9-]+:[0-9]+)"
          r"(?::[0-9]+)?")
REFERENCE = re.compile(rf"(?:{DOMAIN}/)?{COMPONENT}(?:/{COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?"
                       r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?", re.ASCII)
IDENTIFIER = re.compile(r"[0-9a-f]{64}", re.ASCII)
MAX_LENGTH = 1024
LAST_PORT = 65535
LOOPBACK = 127  # The first byte of addresses whose registries need no TLS
PUBLIC = re.compile(r"(.+\.)?(docker\.io|docker\.com|quay\.io|gcr\.io|pkg\.dev|ghcr\.io|"
                    r"mcr\.microsoft\.com|azurecr\.io|amazonaws\.com|public\.ecr\.aws|registry\.k8s\.io|registry\.gitlab\.com|elastic\.co|"
                    r"aliyuncs\.com|daocloud\.io|nvcr\.io|redhat\.io|redhat\.com)")
"""Registries that everybody can reach."""
BAD_REFERENCE = "invalid reference format"
DASHES = {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "--", "\u2014": "--", "\u2015": "--", "\u2212": "-"}
"""What word processors make of a hyphen, or of two."""


def check_reference(text: str) -> None:
    """Raises DockerError: the text names no image."""
    if IDENTIFIER.fullmatch(text):
        raise DockerError(f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings")
    name = text.rpartition("/")[2].partition(":")[0] if "/" not in text else text.partition(":")[0]
    domain, slash, rest = name.partition("/")
    if slash and domain != domain.lower():  # capitals make a domain of it
        name = rest
    if name != name.lower() and "@" not in name:
        raise DockerError(f"{BAD_REFERENCE}: repository name (library/{name}) must be lowercase"
                          if "/" not in name else
                          f"{BAD_REFERENCE}: repository name ({name}) must be lowercase")
    if len(text) > MAX_LENGTH or not REFERENCE.fullmatch(text):
        raise DockerError(BAD_REFERENCE)


def not_found(engine: DockerEngine, reference: str) -> DockerError:
    """The refusal for an image that the sandbox has not, with the nearest one that it has."""
    near = nearest_image(reference)
    registry = own_registry(reference)
    hint = f"did you mean {near!r}?" if near else "the sandbox has: " + ", ".join(IMAGES)
    if registry:
        return unreachable(engine, registry, hint)
    refusal = daemon_error(f"pull access denied for {reference.split(':')[0]}, repository does not exist or may "
                           "require 'docker login': denied: requested access to the resource is denied")
    refusal.note = f"note: the sandbox downloads nothing; {hint}"
    return refusal


def own_registry(reference: str) -> str:
    """The registry that a reference names if it is none of those that all the world pulls from; else empty."""
    registry, _slash, _name = reference.rpartition("/")[0].partition("/")
    is_one = ":" in registry or registry == "localhost" or "." in registry
    return registry if is_one and not PUBLIC.fullmatch(registry) else ""


def unreachable(engine: DockerEngine, registry: str, hint: str = "") -> DockerError:
    """A registry of one's own: on the host nobody listens there, or the sandbox does not know what it has."""
    host, _colon, port = (registry if ":" in registry else f"{registry}:{443}").rpartition(":")
    namespace = engine.namespace
    try:
        address = parse_ipv4("127.0.0.1" if host == "localhost" else host)
    except AddressError:
        address = 0
    is_nobodys = namespace.sockets.listener(address, int(port)) is None
    if int(port) > LAST_PORT or not namespace.routes.is_local(address) or not is_nobodys:
        return DockerError(f"netsandbox: the registry {registry} is not modelled",
                           note=f"note: the sandbox downloads nothing; {hint}")
    scheme = "http" if address >> 24 == LOOPBACK else "https"
    return daemon_error(f'Get "{scheme}://{registry}/v2/": dial tcp {format_ipv4(address)}:{port}: connect: '
                        "connection refused")


def with_tag(text: str) -> str:
    """`nginx:latest` for `nginx`."""
    return text if ":" in text.rpartition("/")[2] or "@" in text else text + ":latest"


def normalized(text: str) -> str:
    """With the registry and the tag that are meant: `docker.io/library/nginx:latest` (ParseNormalizedNamed)."""
    host, slash, _rest = text.partition("/")
    if slash and ("." in host or ":" in host or host == "localhost"):
        return with_tag(text)
    return with_tag(f"docker.io/{text if slash else f'library/{text}'}")


def straightened(words: list[str]) -> list[str] | None:
    """The words with hyphens for dashes, or None when there is no dash to straighten.

    A dash before one letter was one hyphen (`–d`); before a longer word it was two.
    """
    result = []
    for word in words:
        if word[:1] in DASHES:
            rest = word.lstrip("".join(DASHES) + "-")
            word = ("-" if len(rest.partition("=")[0]) == 1 else "--") + rest
        result.append(word)
    return result if result != words else None
