"""The kernel that the sandbox is like: most of its behaviour was held against this one."""

from __future__ import annotations

RELEASE = "6.12.118+deb13-amd64"
