"""The bundled scenarios, found by name in a checkout and in an installed package alike."""

from __future__ import annotations

import difflib
import os
from itertools import islice
from pathlib import Path

from netsandbox.commands.scenario_error import ScenarioError

READY_NAME = "docker0"  # The lab that is there when none is named; no file has it
_PACKAGE = Path(__file__).resolve().parents[1]
_SUFFIX = ".yaml"
NEAR = 0.65  # How alike names are of which one may be meant for the other
FEWEST, MOST_NEAR = 3, 3
"""Letters that are the beginning of a name rather than any; names that are told of which one may be meant."""
MOST_FILES = 1000


def directory() -> Path:
    """Where the bundled scenarios are: package data once installed, the top level's `scenarios/` in a checkout."""
    installed = _PACKAGE / "scenarios"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios"


def bundled() -> list[str]:
    """The names of the bundled scenarios, sorted; a file's name without its suffix."""
    return sorted(path.stem for path in directory().glob(f"*{_SUFFIX}"))


def find_scenario(name_or_path: str | Path) -> Path:
    """The file that a bundled name or a path means; a bundled name goes before a file in the current directory.

    Whether the file can be read is for load_scenario to say. Raises ScenarioError when there is no such scenario, with
    the nearest name that there is.
    """
    given = str(name_or_path)
    ours = directory() / f"{given}{_SUFFIX}"
    if os.sep not in given and os.path.lexists(ours):
        return ours
    if _exists(given):
        return Path(given)
    folder, stem = os.path.dirname(given), Path(given).stem.lower()
    beside = difflib.get_close_matches(stem, _stems(folder), n=1, cutoff=NEAR)
    close = [os.path.join(folder, one + _SUFFIX) for one in beside] or _near(stem)
    advice = f"did you mean {' or '.join(map(repr, close))}?" if close else (
        "`netsandbox list` names those that there are, `new` begins an empty lab")
    raise ScenarioError(given, 0, f"no such file, and no bundled scenario has this name; {advice}")


def check_name(name_or_path: str) -> None:
    """Whether something can be opened by this name.  Raises ScenarioError."""
    if name_or_path not in ("", READY_NAME):
        find_scenario(name_or_path)


def _near(stem: str) -> list[str]:
    """The bundled names that a word is the beginning of or a part of, else those that it is like."""
    names = bundled()
    parts = [name for name in names if stem in name.split("-") or (len(stem) >= FEWEST and name.startswith(stem))]
    parts.sort(key=lambda name: not name.startswith(stem))
    return parts[:MOST_NEAR] or difflib.get_close_matches(stem, names, n=1, cutoff=NEAR)


def _stems(folder: str) -> list[str]:
    """The names of a folder's scenario files without their suffix; none of a folder that is not there."""
    try:
        with os.scandir(folder or ".") as entries:
            files = [one.name for one in islice(entries, MOST_FILES) if one.name.endswith(_SUFFIX)]
            return [name.removesuffix(_SUFFIX) for name in files]
    except (OSError, ValueError):
        return []


def _exists(given: str) -> bool:
    """Whether something is there, be it unreadable; an empty or impossible name is nothing."""
    try:
        os.stat(given)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
    return True
