"""Every text in both languages, none missing, none left over."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.widget import Widget

import netsandbox.tui
import netsandbox.tui.panes
from netsandbox.explain.words import LANGUAGES, language_of_locale, said
from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.catalogue import WORDS
from netsandbox.tui.i18n import TO_PANE, described, language, set_language, tr
from netsandbox.tui.screens.browser import BrowserScreen
from netsandbox.tui.screens.help import HelpScreen
from netsandbox.tui.screens.panes import PanesScreen
from netsandbox.tui.screens.stream import StreamScreen
from netsandbox.tui.screens.tour import TourScreen
from netsandbox.tui.screens.tunnel import TunnelScreen
from netsandbox.tui.text import safe

SOURCES = sorted(Path(netsandbox.tui.__path__[0]).rglob("*.py"))


def pane_classes() -> Iterator[type[Widget]]:
    for module in pkgutil.iter_modules(netsandbox.tui.panes.__path__):
        loaded = importlib.import_module(f"netsandbox.tui.panes.{module.name}")
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, Widget) and value.__module__ == loaded.__name__:
                yield value


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def asked_for() -> tuple[set[str], set[str]]:
    """Keys that the code names whole, and the beginnings of keys that it puts together."""
    whole: set[str] = set()
    begun: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        (begun if part.value.endswith(".") else whole).add(part.value)
    return whole, begun


@pytest.mark.parametrize("chosen", LANGUAGES)
def test_all_texts_of_a_language(chosen: str) -> None:
    set_language(chosen)
    for key, words in WORDS.table.items():
        text = said(words, chosen)
        assert tr(key, **dict.fromkeys(fields(text), "7")) is not None
        assert safe(text.replace("\n", " ")) == text.replace("\n", " ")
        assert fields(text) == fields(words[0]), key
        assert text or key == "filter.keyword"


def test_english_is_plain_and_chinese_is_chinese() -> None:
    assert all(english.isascii() for english, _chinese in WORDS.table.values())
    same = {key for key, (english, chinese) in WORDS.table.items() if english == chinese}
    assert same == {"tab.arp", "column.mtu", "log.number", "filter.keyword"}
    assert all(re.search(r"[\u4e00-\u9fff]", text) for key, (_english, text) in WORDS.table.items() if key not in same)


def test_the_code_asks_only_for_what_there_is_and_for_all_of_it() -> None:
    whole, begun = asked_for()
    assert len(whole) > 30
    assert whole <= set(WORDS.table), whole - set(WORDS.table)
    by_id = ("key.", "tip.", "help.", "footer.")
    for key in WORDS.table:
        assert key in whole or key.startswith((*begun, *by_id)), f"nobody asks for {key}"


def test_every_key_binding_is_described_in_both_languages() -> None:
    seen: set[str] = set()
    for pane in pane_classes():
        for binding in vars(pane).get("BINDINGS", ()):
            assert isinstance(binding, Binding)
            assert binding.id, f"{pane.__name__}: {binding.key} has no id, a keymap could not change it"
            seen.add(binding.id)
            set_language("en")
            assert described(binding.id) == (binding.description, binding.tooltip)
            set_language("zh")
            assert described(binding.id) != (binding.description, binding.tooltip)
    for screen in (NetsandboxApp, PanesScreen, HelpScreen, TourScreen, BrowserScreen, StreamScreen, TunnelScreen):
        for binding in vars(screen)["BINDINGS"]:
            assert binding.id
            if binding.id.startswith(TO_PANE):
                assert described(binding.id)[0], "a key that goes to a pane is called as its help page"
            else:
                seen.add(binding.id)
    assert {key.removeprefix("key.") for key in WORDS.table if key.startswith("key.")} == seen


def test_every_help_topic_has_its_text() -> None:
    topics = {topic for pane in pane_classes() if (topic := vars(pane).get("HELP_TOPIC"))}
    assert {key.removeprefix("help.") for key in WORDS.table if key.startswith("help.")} == topics


@pytest.mark.parametrize(
    ("locale", "chosen"),
    [("zh_CN.UTF-8", "zh"), ("zh", "zh"), ("zh-Hans", "zh"), ("en_GB", "en"), ("C", "en"), ("", "en"), ("fr_FR", "en")],
)
def test_the_language_of_a_locale(locale: str, chosen: str) -> None:
    assert language_of_locale(locale) == chosen


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        set_language("fr")
    assert language() == "en"


def test_a_pane_has_one_name() -> None:
    """On its edge, in the footer and on the help page."""
    set_language("zh")
    for name in ("topology", "device", "log", "why", "output", "lesson"):
        called = {tr(key) for key in (f"topic.{name}", f"{name}.title", f"footer.{name}") if key in WORDS}
        assert len(called) == 1, called
    assert tr("topic.detail") == f"{tr('detail.layers')}与{tr('detail.bytes')}"
