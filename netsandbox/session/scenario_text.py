"""How a scenario is written: the YAML text that session.scenario reads back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.commands.strict_yaml import fault_in_text, nearest, quoted
from netsandbox.docker.profiles import PROFILES
from netsandbox.session.scenario import LANGUAGES, MAX_BYTES, MAX_SEED, VERSION, is_one, stripped
from netsandbox.session.steps import Scenario, Step


def dump_scenario(scenario: Scenario) -> str:
    """The scenario as a YAML text that parse_scenario reads back to an equal value.

    Raises ScenarioError for a value that no file can hold, such as a command line with a control character in it.
    """
    if not 0 <= scenario.seed <= MAX_SEED:
        raise ScenarioError("scenario", 0, f"seed: expected a whole number from 0 to {MAX_SEED}, found {scenario.seed}")
    if scenario.profile not in PROFILES:
        advice = nearest(scenario.profile, tuple(PROFILES))
        raise ScenarioError("scenario", 0, f"profile: unknown release {quoted(scenario.profile)}; {advice}")
    parts = [f"netsandbox: {VERSION}\n"]
    for key, texts in (("title", scenario.title), ("about", scenario.about), ("learned", scenario.learned)):
        if texts:
            parts.append(f"{key}:{_translations(texts, 2)}\n")
    if scenario.after:
        parts.append(f"next: {_scalar(scenario.after, 'next')}\n")
    if scenario.topics:
        parts.append(f"topics: {_scalar(' '.join(scenario.topics), 'topics')}\n")
    parts.append(f"seed: {scenario.seed}\nprofile: {scenario.profile}\nuplink: {scenario.uplink or 'false'}\n")
    if scenario.notes:
        lines = tuple(f"{note.kind} {note.number}, {note.left} to go" for note in scenario.notes)
        parts.append(f"notes:{_scalars(lines, 'notes')}\n")
    for key, steps in (("setup", scenario.setup), ("steps", scenario.steps)):
        if steps:
            parts.append(f"{key}:\n")
            parts.extend(map(_dump_step, steps))
    text = "".join(parts)
    if len(text.encode()) > MAX_BYTES:
        raise ScenarioError("scenario", 0, f"too large to be read again: more than {MAX_BYTES:,} bytes")
    return text


def _dump_step(step: Step) -> str:
    if (step.answers or step.right) and not (step.ask and 0 < step.right <= len(step.answers)):
        raise ScenarioError("scenario", 0, "answers without a question, or without the right one, cannot be written")
    if step.task and not step.expect:
        raise ScenarioError("scenario", 0, "a task without an expect line cannot be written")
    if len(step.run) == 1 and not (step.say or step.expect or step.ask or step.hints or step.task):
        return f"  - {_scalar(step.run[0], 'run')}\n"
    entries: list[str] = []
    if step.ask:
        entries.append(f"ask:{_translations(step.ask, 6)}\n")
    if step.answers:
        entries += [f"answers:\n{_texts(step.answers)}", f"right: {step.right}\n"]
    if step.task:
        entries.append(f"task:{_translations(step.task, 6)}\n")
    if step.run:
        entries.append(f"run:{_scalars(step.run, 'run')}\n")
    if step.say:
        entries.append(f"say:{_translations(step.say, 6)}\n")
    if step.expect:
        entries.append(f"expect:{_scalars(step.expect, 'expect')}\n")
    if step.hints:
        entries.append(f"hints:\n{_texts(step.hints)}")
    if not entries:
        raise ScenarioError("scenario", 0, "a step with nothing in it cannot be written")
    return "  - " + "    ".join(entries)


def _texts(texts: Iterable[Mapping[str, str]]) -> str:
    return "".join(f"      -{_translations(text, 10)}\n" for text in texts)


def _scalars(lines: tuple[str, ...], key: str) -> str:
    if len(lines) == 1:
        return f" {_scalar(lines[0], key)}"
    return "".join(f"\n      - {_scalar(line, key)}" for line in lines)


def _translations(texts: Mapping[str, str], indent: int) -> str:
    unknown = [lang for lang in texts if lang not in LANGUAGES]
    if unknown:
        raise ScenarioError("scenario", 0, f"unknown language {quoted(unknown[0])}; {nearest(unknown[0], LANGUAGES)}")
    _refuse_unwritable(texts.values())
    return "".join(f"\n{' ' * indent}{lang}: {_quote(texts[lang])}" for lang in LANGUAGES if lang in texts)


_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ._/=,@+%-]|:(?! ))*")
_NOT_TEXT = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


def _scalar(line: str, key: str) -> str:
    """One command line as a YAML scalar: bare when no YAML rule could read it as anything else."""
    if not line.strip() or not is_one(line, key):
        raise ScenarioError("scenario", 0, f"a line must be one line that is not empty, found {quoted(line)}")
    _refuse_unwritable((line,))
    text = stripped(line)
    bare = _PLAIN.fullmatch(text) and not text.endswith(":") and text.lower() not in _NOT_TEXT
    return text if bare else _quote(text)


def _quote(text: str) -> str:
    """A double-quoted YAML scalar; JSON's escapes are a part of YAML's."""
    return json.dumps(text, ensure_ascii=False)


def _refuse_unwritable(texts: Iterable[str]) -> None:
    for text in texts:
        fault = fault_in_text(text)
        if fault:
            raise ScenarioError("scenario", 0, f"{fault}: {quoted(text)}")
