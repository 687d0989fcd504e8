"""Which keys the footer names: those of the line that is typed, or those that matter over the panes."""

from __future__ import annotations

from collections.abc import Sequence

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.panes.key_bar import Key
from netsandbox.tui.status_text import speed_text

TYPING = (("tab", "complete", ""), ("↑", "older", ""), ("^R", "search", ""))
OWN = {"whole": ("z", "restore", "zoom"), "tabs": ("←→", "tab", ""), "wide": ("←→", "along", ""),
       "sought": ("F3", "next-hit", ""), "output": ("o", "output", "output"),
       **{f"asked-{count}": (" ".join("abcd"[:count]), "answer", "") for count in (2, 3, 4)}}
"""Keys that only some places have."""
LEAVING = (("esc", "leave", "leave_prompt"), ("^Q", "quit", "quit"))


def typing_keys(glyphs: GlyphSet, *, command: bool, held: bool, runs: bool = False) -> Sequence[Key]:
    """The keys of the command line, the filter and their like.

    Args:
        command: it is the command line.
        held: a person has stopped time.
        runs: something runs that ctrl+c ends.
    """
    ends = (("^C", "end", "interrupt"),) if runs and command else ()
    play = (("F5", "play", "play_pause"),) if held and command else ()
    output = (("pgup", "output", "scroll_output(-1)"),) if command else ()
    enter = ("enter", "run" if command else "take", "")
    return _named((*ends, *play, enter, *TYPING, *output, *LEAVING), glyphs)


def page_keys(glyphs: GlyphSet) -> Sequence[Key]:
    """What ends a page that lies over the panes, whose keys do nothing meanwhile."""
    return _named((("esc", "close", ""), ("^Q", "quit", "quit")), glyphs)


def pane_keys(
    glyphs: GlyphSet, *, playing: bool, what_next: str, below: str, speed: str, runs: bool = False,
    own: Sequence[str] = ()
) -> Sequence[Key]:
    """The keys over the panes, the most wanted first: what has no room is left out from the end, quit and help never.

    Args:
        what_next: what `p` does: next, go-on amid a step, check, how a task is done, lessons or ping.
        speed: the pace; where it is another than the usual one, it goes before what else matters.
        below: the pane that escape brings back; empty where it has nothing to.
        runs: something runs that ctrl+c ends.
        own: what keys of `OWN` do where the focus is, which go before the others.
    """
    usual = speed_text(1.0, glyphs)
    keys = [
        (":", "command", "command"),
        ("/", "filter", "filter"),
        ("p", what_next, "next_or_ping"),
        ("space", "pause" if playing else "play", "play_pause"),
        ("n", "step", "step"),
        ("w", "why", "why"),
        ("b", "back", "step_back"),
        ("o", "output", "output"),
        ("tab", "pane", "app.focus_next"),
        ("^Q", "quit", "quit"),
        ("?", "help", "help"),
    ]
    if runs:
        keys.insert(0, ("^C", "end", "interrupt"))
    first = [OWN[word] for word in own]
    keys = [*first, *(key for key in keys if key not in first)]
    named = [*_named([("esc", below, "leave_view"), *keys] if below else keys, glyphs)]
    at = next(number for number, key in enumerate(named) if key.key == ("w" if speed != usual else "b"))
    named.insert(at, Key("+-", speed, "speed(1)"))
    return [key for key in named if key.key != "b" or not any(word.startswith("asked") for word in own)]


def _named(keys: Sequence[tuple[str, str, str]], glyphs: GlyphSet) -> Sequence[Key]:
    arrows = str.maketrans("↑←→", "^<>" if glyphs.ascii else "↑←→")
    return tuple(Key(key.translate(arrows), tr("footer." + word), action) for key, word, action in keys)
