"""Sizes as Docker words them (go-units HumanSize)."""

from __future__ import annotations

from netsandbox.docker.images import Image
from netsandbox.linux.core.files.inode import FileSystem

UNITS = {"B": 1, "kB": 1000, "MB": 1000 ** 2, "GB": 1000 ** 3}
DIGITS = 3


def bytes_of(text: str) -> int:
    """Of `8.32MB`; 0 for none."""
    unit = text.lstrip("0123456789.")
    return round(float(text.removesuffix(unit) or 0) * UNITS.get(unit, 1))


def human_size(count: int, digits: int = DIGITS) -> str:
    """`8.32MB`: so many digits."""
    value, unit = float(count), "B"
    for unit in UNITS:
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{value:.{digits}g}{unit}" if value < 1000 else f"{value:.0f}{unit}"


def bytes_in(system: FileSystem | None) -> int:
    """What was written there since the beginning."""
    if system is None or not system.is_made:
        return 0
    before = system.as_brought()
    before.layer()  # which makes it
    return max(system.size - before.size, 0)


def size_of(image: Image) -> int:
    """Bytes of an image."""
    return sum(step.size for step in image.history) if image.history else bytes_of(image.size)


def shown_size(image: Image) -> str:
    return human_size(size_of(image)) if image.history else image.size
