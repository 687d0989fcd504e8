"""The pages that web servers come with, and the types of what is in files."""

from __future__ import annotations

APACHE_PAGE = b"<html><body><h1>It works!</h1></body></html>\n"
TYPES = {"html": "text/html", "htm": "text/html", "txt": "text/plain", "css": "text/css",
         "js": "application/javascript", "json": "application/json", "xml": "text/xml", "svg": "image/svg+xml"}


def media_type(name: str, other: str) -> str:
    """By what stands behind the dot."""
    return TYPES.get(name.rpartition(".")[2], other)
