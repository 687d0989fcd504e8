"""Image references: nginx, nginx:1.29, docker.io/library/nginx@sha256:… (distribution/reference)."""

from __future__ import annotations

import re

from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.images import IMAGES, nearest_image

COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
DOMAIN = (r"(?:localhost|[a-zA-Z0-9-]*[A-Z][a-zA-Z0-9-]*|[a-zA-Z0-9-]*(?:\.[a-zA-Z0-9-]+)+|[a-zA-Z0-9-]+:[0-9]+)"
          r"(?::[0-9]+)?")
REFERENCE = re.compile(rf"(?:{DOMAIN}/)?{COMPONENT}(?:/{COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?"
                       r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?", re.ASCII)
IDENTIFIER = re.compile(r"[0-9a-f]{64}", re.ASCII)
MAX_LENGTH = 1024
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


def not_found(reference: str) -> DockerError:
    """The refusal for an image that the sandbox has not, with the nearest one that it has."""
    near = nearest_image(reference)
    hint = f"did you mean {near!r}?" if near else "the sandbox has: " + ", ".join(IMAGES)
    refusal = daemon_error(f"pull access denied for {reference.split(':')[0]}, repository does not exist or may "
                           "require 'docker login': denied: requested access to the resource is denied")
    refusal.note = f"note: the sandbox downloads nothing; {hint}"
    return refusal


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
