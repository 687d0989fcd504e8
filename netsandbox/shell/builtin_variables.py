"""export, readonly, unset, set, shift, local, declare, let, getopts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.shell.arithmetic import CalculationError, evaluate
from netsandbox.shell.array import Array
from netsandbox.shell.dollar import NAME
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.expand import Expansion
from netsandbox.shell.state import MODELLED, OPTIONS, State

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin

ELEMENT = re.compile(rf"({NAME.pattern})\[(.*)\]")
LONG = {name: letter for letter, name in OPTIONS.items()}


def _assign(call: Builtin, word: str) -> str:
    """`NAME` or `NAME=VALUE`; gives the name back (RefusedError: no name)."""
    name, equals, value = word.partition("=")
    appends = name.endswith("+") and equals
    name = name[:-1] if appends else name
    if NAME.fullmatch(name) is None:
        what = f"{call.words[0]}: `{word}': not a valid identifier" if call.state.dialect.name == "bash" else \
            f"{call.words[0]}: {name}: bad variable name"
        raise RefusedError(what, 1 if call.state.dialect.name == "bash" else 2)
    if equals:
        call.state.set(name, (call.state.values.get(name, "") if appends else "") + value)
    return name


def _declare_arrays(call: Builtin, letters: str, names: list[str]) -> None:
    """`-a` and `-A`: names are arrays from now on."""
    for name in names:
        before = call.state.arrays.get(name)
        if "A" in letters and before is not None and not before.is_associative:
            raise RefusedError(f"{call.words[0]}: {name}: cannot convert indexed to associative array")
        if not set("aA").isdisjoint(letters) and before is None:
            value = call.state.values.get(name)
            items: dict[int | str, str] = {} if value is None else {"0" if "A" in letters else 0: value}
            call.state.define_array(name, Array(items, "A" in letters))


def export(call: Builtin) -> int:
    words = list(call.arguments)
    removes = words[:1] == ["-n"]
    words = words[words[:1] in (["-n"], ["-p"], ["--"]):]
    if not words:
        for name in sorted(call.state.exported):
            if name in call.state.values:
                prefix = "declare -x" if call.state.dialect.name == "bash" else "export"
                call.out(f'{prefix} {name}="{call.state.values[name]}"\n')
    for word in words:
        name = _assign(call, word)
        (call.state.exported.discard if removes else call.state.exported.add)(name)
    return 0


def readonly(call: Builtin) -> int:
    for word in [word for word in call.arguments if word not in ("-p", "-a", "-A")]:
        call.state.readonly.add(_assign(call, word))
    return 0


def unset(call: Builtin) -> int:
    words = list(call.arguments)
    functions = words[:1] == ["-f"]
    for name in words[words[:1] in (["-f"], ["-v"]):]:
        array = ELEMENT.fullmatch(name)
        if array is not None and call.state.dialect.name == "bash":
            _unset_element(call.state, array[1], array[2])
        elif not functions and name in call.state.values:
            call.state.unset(name)
        elif functions or call.state.dialect.name == "bash":
            call.state.functions.pop(name, None)
    return 0


def _unset_element(state: State, name: str, index: str) -> None:
    """`unset X[1]`; of `@` and `*` all."""
    array = state.arrays.get(name)
    if index in ("@", "*") or array is None:
        state.unset(name)
        return
    number = 0 if array.is_associative else evaluate(index, _Live(state))
    state.set_array(name, array.without(index if array.is_associative else number + (array.end if number < 0 else 0)))


def local(call: Builtin) -> int:
    if not call.state.scopes:
        if call.state.dialect.name == "bash":
            return call.fail("can only be used in a function")
        raise RefusedError("local: not in a function", 2, True)
    is_bash = call.state.dialect.name == "bash"
    options = [word for word in call.arguments if is_bash and re.fullmatch("-[aArx]+", word)]
    names = [word for word in call.arguments if word not in options]
    for word in names:
        _local(call, word)
    _declare_arrays(call, "".join(options), [word.partition("=")[0] for word in names])
    return 0


def _local(call: Builtin, word: str) -> None:
    name = word.partition("=")[0].removesuffix("+")
    if NAME.fullmatch(name) is None:
        _assign(call, word)
    call.state.hide(name)
    if "=" in word:
        _assign(call, word)
    elif call.state.dialect.name == "bash":
        call.state.values.pop(name, None)


def declare(call: Builtin) -> int:
    """`declare [-xrgaA] NAME=VALUE`; other attributes are not modelled."""
    letters = "".join(word[1:] for word in call.arguments if word.startswith("-"))
    wrong = next((letter for letter in letters if letter not in "xrgpaA"), None)
    if wrong is not None:
        raise RefusedError(f"netsandbox: `{call.words[0]} -{wrong}` is not modelled")
    names = [word for word in call.arguments if not word.startswith("-")]
    if "p" in letters:
        return max([_print_declaration(call, name) for name in names], default=0)
    for word in names:
        if call.state.scopes and "g" not in letters:
            _local(call, word)
        else:
            _assign(call, word)
        name = word.partition("=")[0].removesuffix("+")
        _declare_arrays(call, letters, [name])
        call.state.exported |= {name} if "x" in letters else set()
        call.state.readonly |= {name} if "r" in letters else set()
    return 0


def _print_declaration(call: Builtin, name: str) -> int:
    """`declare -p NAME`."""
    array, value = call.state.arrays.get(name), call.state.values.get(name)
    if array is None and value is None:
        return call.fail(f"{name}: not found")
    if array is None:
        marks = "".join(letter for letter, names in (("r", call.state.readonly), ("x", call.state.exported))
                        if name in names)
        call.out(f'declare -{marks or "-"} {name}="{value}"\n')
        return 0
    items = " ".join(f'[{key}]="{array.items[key]}"' for key in array.keys)
    call.out(f"declare -{'A' if array.is_associative else 'a'} {name}="
             f"({items}{' ' if array.is_associative else ''})\n")
    return 0


def set_options(call: Builtin) -> int:
    """`set -e`, `set -o pipefail`, `set -- WORDS`."""
    state, words = call.state, list(call.arguments)
    if not words:
        for name in sorted(state.values):
            call.out(f"{name}={_shown(state.values[name])}\n")
        return 0
    while words and re.match(r"[-+]", words[0]) and words[0] not in ("-", "--"):
        word = words.pop(0)
        for letter in word[1:]:
            if letter == "o":
                if not words:
                    return _listed(call)
                name = words.pop(0)
                if name not in LONG:
                    raise RefusedError(f"set: {name}: invalid option name", 2)
                letter = LONG[name]
            _switch(state, letter, word[0] == "-", call)
    if words[:1] == ["--"] or words:
        state.positional = words[words[:1] == ["--"]:]
    return 0


def _switch(state: State, letter: str, is_on: bool, call: Builtin) -> None:
    if letter in "mbhHBTE" or letter in "vn":
        if is_on and letter in "vn":
            call.fail(f"note: -{letter} does nothing in the sandbox")
        return
    if letter not in MODELLED and letter != "C":
        raise RefusedError(f"set: -{letter}: invalid option", 2)
    (state.options.add if is_on else state.options.discard)(letter)


def _listed(call: Builtin) -> int:
    for name, letter in sorted(LONG.items()):
        call.out(f"{name:<15}\t{'on' if letter in call.state.options else 'off'}\n")
    return 0


def _shown(value: str) -> str:
    return value if re.fullmatch(r"[\w@%+=:,./-]*", value) else "'" + value.replace("'", "'\\''") + "'"


def shift(call: Builtin) -> int:
    text = call.arguments[0] if call.arguments else "1"
    if not (text.isascii() and text.isdecimal()):
        what = f"Illegal number: {text}" if call.state.dialect.name == "dash" else f"{text}: numeric argument required"
        raise RefusedError(f"shift: {what}", 2 if call.state.dialect.name == "dash" else 1, True)
    if int(text) > len(call.state.positional):
        if call.state.dialect.name == "dash":
            raise RefusedError("shift: can't shift that many", 2, True)
        return 1
    call.state.positional = call.state.positional[int(text):]
    return 0


class _Live:
    """Variables as arithmetic sees them."""

    def __init__(self, state: State) -> None:
        self._expansion = Expansion(state, [("", 0)], {}, {})

    def get(self, name: str) -> str | None:
        return self._expansion.get(name)

    def set(self, name: str, value: str) -> None:
        self._expansion.set(name, value)
        self._expansion.commit()


def let(call: Builtin) -> int:
    if not call.arguments:
        return call.fail("expression expected")
    value = 0
    for expression in call.arguments:
        try:
            value = evaluate(expression, _Live(call.state))
        except CalculationError as error:
            return call.fail(f"{expression}: {error}")
    return int(value == 0)


def getopts(call: Builtin) -> int:
    """`getopts LETTERS NAME [WORDS]`: one option at a time; OPTIND counts them, and the letter's place behind a dot."""
    if len(call.arguments) < 2:
        raise RefusedError("getopts: usage: getopts optstring name [arg ...]", 2)
    (letters, name, *rest), state = call.arguments, call.state
    words = rest or state.positional
    index, at = _place_of_option(state)
    word = words[index - 1] if 0 < index <= len(words) else ""
    if not word.startswith("-") or word in ("-", "--"):
        state.set(name, "?")
        state.set("OPTIND", str(index + (word == "--")))
        return 1
    letter = word[at]
    found = letters.find(letter) if letter != ":" else -1
    takes_value = found >= 0 and letters[found + 1:found + 2] == ":"
    state.values.pop("OPTARG", None)
    index, at = (index, at + 1) if at + 1 < len(word) else (index + 1, 1)
    is_missing = takes_value and at == 1 and index > len(words)
    wrong = "illegal option" if found < 0 else "option requires an argument" if is_missing else ""
    if wrong:
        _complain(call, letters, f"{wrong} -- {letter}", letter)
    elif takes_value:
        state.set("OPTARG", word[at:] if at > 1 else words[index - 1])
        index, at = index + 1, 1
    state.set(name, "?" if wrong else letter)
    _keep_place(state, index, at)
    return 0


def _keep_place(state: State, index: int, at: int) -> None:
    for key, number in (("OPTIND", index), ("_optind", index), ("_optat", at)):
        state.set(key, str(number))


def _place_of_option(state: State) -> tuple[int, int]:
    """Which word is next, and which letter of it."""
    told = state.values.get("OPTIND", "1")
    index = int(told) if told.isdecimal() else 1
    return index, int(state.values.get("_optat", "1")) if index == int(state.values.get("_optind", "0")) else 1


def _complain(call: Builtin, letters: str, text: str, letter: str) -> None:
    if letters.startswith(":"):
        call.state.set("OPTARG", letter)
    else:
        call.output.append(("err", f"{call.state.name}: {text}\n"))
