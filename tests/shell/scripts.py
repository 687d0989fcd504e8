"""Random scripts of the shell's grammar, for both the sandbox's shell and a real one."""

from __future__ import annotations

import random
from collections.abc import Callable

NAMES = ("a", "b", "c", "x1", "n")
WORDS = (
    "one",
    "two",
    "a b",
    "",
    "x*y",
    "-n",
    "3",
    "10",
    "foo.txt",
    "q'q",
    "a:b:c",
    "/u/v/w.tar.gz",
    "  s  ",
    "t\tu",
)
SEPARATORS = ("", ":", "' '", "' :'")
PATTERNS = ("*", "?", "o*", "*.txt", "[a-m]*", "[!a]*", "*e", "t?o", "3", "??", "a*b", "[[:digit:]]*")


class Scripts:
    """Makes scripts.

    Args:
        is_bash: with bash's extensions.
    """

    def __init__(self, seed: int, is_bash: bool) -> None:
        self.random = random.Random(seed)
        self.is_bash = is_bash
        self.depth = 0
        self.functions = 0
        self.is_inside = False

    def pick(self, *choices: Callable[[], str]) -> str:
        return self.random.choice(choices)()

    def name(self) -> str:
        return self.random.choice(NAMES)

    def script(self) -> str:
        return "\n".join(self.command() for _number in range(self.random.randint(1, 6)))

    # -- words

    def literal(self) -> str:
        text = self.random.choice(WORDS)
        how = self.random.randrange(4)
        if how == 0 and "'" not in text:
            return f"'{text}'"
        if how == 1:
            return '"' + text + '"'
        return "".join(char if char.isalnum() or char in "./-:" else "\\" + char for char in text) or "''"

    def parameter(self) -> str:
        name = self.random.choice((*NAMES, "1", "2", "#", "?"))
        kind = self.random.randrange(6)
        if kind < 2 or name in "#?":
            return f"${name}" if self.random.random() < 0.5 else f"${{{name}}}"
        if kind == 2:
            return f"${{#{name}}}"
        if kind == 3:
            operator = self.random.choice((":-", "-", ":+", "+", *((":=", "=") if name not in "12" else ())))
            default = self.random.choice(("", "dflt", "two words", "$a", '"q w"'))
            return f"${{{name}{operator}{default}}}"
        if kind == 4:
            return f"${{{name}{self.random.choice(('#', '##', '%', '%%'))}{self.random.choice(PATTERNS)}}}"
        if not self.is_bash:
            return f"${name}"
        return self.random.choice(
            (f"${{{name}/o/0}}", f"${{{name}//[aeiou]/_}}", f"${{{name}:1}}", f"${{{name}:0:2}}", f"${{{name}^^}}",
             f"${{{name}%%.*}}", f"${{{name}/#t/T}}", f"${{{name}/%e/E}}")
        )

    def arithmetic(self, depth: int = 0) -> str:
        kind = self.random.randrange(5 if depth < 2 else 2)
        if kind == 0:
            return str(self.random.randrange(20))
        if kind == 1:
            return self.random.choice(("n", "$n", "m"))
        if kind == 2:
            return f"({self.arithmetic(depth + 1)})"
        if kind == 3:
            return self.random.choice(("-", "!", "~")) + f"({self.arithmetic(depth + 1)})"
        operator = self.random.choice(
            ("+", "-", "*", "<", "<=", "==", "!=", "&&", "||", "&", "|", "^", "<<", ">>", ">")
        )
        left, right = self.arithmetic(depth + 1), self.arithmetic(depth + 1)
        if operator in ("<<", ">>"):
            right = str(self.random.randrange(8))
        return f"{left} {operator} {right}"

    def substitution(self) -> str:
        inner = self.simple()
        return (
            f"$({inner})"
            if self.random.random() < 0.7 or "`" in inner or "\\" in inner or "$" in inner
            else f"`{inner}`"
        )

    def word(self) -> str:
        self.depth += 1
        found = (
            self.literal()
            if self.depth > 3
            else self.pick(
                self.literal,
                self.literal,
                self.parameter,
                self.parameter,
                lambda: f'"{self.parameter()}"',
                lambda: f'"p {self.parameter()} s"',
                lambda: f"$(({self.arithmetic()}))",
                self.substitution,
                lambda: f'"{self.substitution()}"',
                lambda: self.literal() + self.parameter(),
                lambda: '"$@"',
                lambda: "$*",
                lambda: '"$*"',
                self.braces,
            )
        )
        self.depth -= 1
        return found

    def braces(self) -> str:
        if not self.is_bash:
            return "~"
        return self.random.choice(
            ("{a,b}", "x{1..3}y", "{c,d}{1,2}", "{5..1..2}", "{a..d}", "{1}", "{a,b", "a{,b}c", "{01..3}", "'{a,b}'",
             "{$a,z}", "$'a\\tb'")
        )

    # -- commands

    def simple(self) -> str:
        self.depth += 1
        count = self.random.randrange(4)
        words = " ".join(self.word() for _number in range(count))
        found = self.pick(
            lambda: f"echo {words}",
            lambda: f"printf '%s|' {words}",
            lambda: f"printf '[%s]\\n' {words}",
            lambda: f"{self.name()}={self.word()}",
            lambda: f"n={self.random.randrange(9)}; echo $((n {self.random.choice('+-*')}= 2))",
            lambda: self.random.choice(("true", "false", ":")),
            lambda: f"set -- {words}",
            lambda: f"unset {self.name()}",
            lambda: f"test {self.test()}",
            lambda: f"[ {self.test()} ]",
            lambda: f"{self.name()}={self.word()} {self.name()}={self.word()}",
            lambda: "echo $?",
            lambda: (f"IFS={self.random.choice(SEPARATORS)}; echo $a; unset IFS"),
            lambda: "shift 2>/dev/null || echo none" if self.is_bash else "[ $# -gt 0 ] && shift",
            lambda: f"eval echo {self.literal()}",
            lambda: f'[[ "{self.parameter()}" == {self.random.choice(PATTERNS)} ]]' if self.is_bash else "true",
            lambda: "(( n++ ))" if self.is_bash else "true",
        )
        self.depth -= 1
        return found

    def test(self) -> str:
        return self.random.choice(
            (f'"{self.parameter()}" = {self.literal()}', f"-n {self.literal()}", f'-z "${self.name()}"',
             f"{self.random.randrange(5)} -lt {self.random.randrange(5)}",
             f"{self.random.randrange(5)} -ge {self.random.randrange(5)}", f"! -n {self.literal()}", "-d .",
             "-e nothing", f"{self.literal()} != {self.literal()}", f"-n x -a {self.literal()} = y")
        )

    def body(self) -> str:
        return "; ".join(self.command() for _number in range(self.random.randint(1, 2)))

    def command(self) -> str:
        if self.depth > 3:
            return self.simple()
        self.depth += 1
        found = self.pick(
            self.simple,
            self.simple,
            self.simple,
            lambda: f"{self.simple()} && {self.simple()}",
            lambda: f"{self.simple()} || {self.simple()}",
            lambda: f"! {self.simple()}",
            lambda: f"if {self.body()}; then {self.body()}; fi",
            lambda: (
                f"if {self.simple()}; then {self.body()}; elif {self.simple()}; then {self.body()}; "
                f"else {self.body()}; fi"
            ),
            self.loop,
            self.case,
            lambda: f"{{ {self.body()}; }}",
            lambda: f"( {self.body()} )",
            self.function,
            self.pipe,
            self.document,
            self.files,
            self.counted,
            *([self.array, self.keyed] if self.is_bash else []),
        )
        self.depth -= 1
        return found

    def index(self) -> str:
        return self.random.choice(("0", "1", "2", "-1", "n", "$n", "n+1", "1+1"))

    def element(self) -> str:
        """What `${…}` says of an array."""
        name = self.random.choice(("r", "s"))
        return self.random.choice(
            (f"${{{name}[@]}}", f"${{{name}[*]}}", f"${{#{name}[@]}}", f"${{!{name}[@]}}",
             f"${{{name}[{self.index()}]:-none}}", f"${{#{name}[0]}}", f"${{{name}[@]:1}}",
             f"${{{name}[@]:0:{self.random.randrange(3)}}}", f"${{{name}[@]%.*}}", f"${{{name}[@]/o/0}}",
             f"${{{name}[@]:-empty}}", f"${name}")
        )

    def array(self) -> str:
        name = self.random.choice(("r", "s"))
        words = " ".join(self.word() for _number in range(self.random.randrange(4)))
        return self.pick(
            lambda: f"{name}=({words})",
            lambda: f"{name}+=({words})",
            lambda: f"{name}=([{self.random.randrange(4)}]={self.word()} {words})",
            lambda: f"{name}[{self.random.randrange(5)}]={self.word()}",
            lambda: f"{name}[{self.random.randrange(3)}]+={self.literal()}",
            lambda: f"unset '{name}[{self.random.randrange(3)}]'",
            lambda: f"{name}=({words}); n=0; (( {name}[1] = 4, n += {name}[1] )); echo $n ${{{name}[1]}}",
            lambda: f'for e in "{self.element()}"; do echo "<$e>"; done',
            lambda: f"for e in {self.element()}; do echo \"<$e>\"; done",
            lambda: f"printf '[%s]' \"{self.element()}\" {self.element()}; echo",
            lambda: f'set -- "${{{name}[@]}}"; echo $#',
            lambda: f"g() {{ local {name}=({words}); echo \"${{{name}[@]}}\"; }}; g; echo \"${{{name}[@]}}\"",
            lambda: f"( {name}+=(sub); echo ${{#{name}[@]}} ); echo ${{#{name}[@]}}",
            lambda: "echo '1 2 3' | { read -a q; echo ${q[2]} ${#q[@]}; }",
            lambda: f"while read l; do echo \"<$l>\"; done < <({self.simple()})",
            lambda: f'[[ "ab12" =~ ([a-z]+)([0-9]*) ]] && echo "${{BASH_REMATCH[{self.random.randrange(4)}]}}"',
            lambda: "true | false; echo ${PIPESTATUS[@]}",
        )

    def keyed(self) -> str:
        """An associative array."""
        keys = [self.random.choice(("one", "two", "a b", "10.0.0.1", "x")) for _number in range(3)]
        quoted = [f'"{key}"' for key in keys]
        made = " ".join(f"[{key}]={self.word()}" for key in quoted)
        return (
            f"declare -A h=({made}); h[{quoted[0]}]+=z; echo ${{#h[@]}} \"${{!h[@]}}\" \"${{h[@]}}\" "
            f"${{h[{quoted[1]}]}} ${{h[nope]-none}}; unset h"
        )

    def loop(self) -> str:
        words = " ".join(self.word() for _number in range(self.random.randint(0, 3)))
        inside = self.body()
        extra = self.random.choice(("", "", "", "; break", "; continue; echo no", '; [ "$i" = one ] && break'))
        return f"for i in {words}; do {inside}{extra}; done"

    def counted(self) -> str:
        keyword, operator = self.random.choice((("while", "-lt"), ("until", "-ge")))
        return (
            f"k{self.depth}=0; {keyword} [ $k{self.depth} {operator} {self.random.randint(1, 3)} ]; do "
            f"k{self.depth}=$((k{self.depth} + 1)); {self.body()}; done"
        )

    def case(self) -> str:
        clauses = " ".join(
            f"{self.random.choice(PATTERNS)}) {self.body()};;" for _number in range(self.random.randint(1, 3))
        )
        return f"case {self.word()} in {clauses} esac"

    def function(self) -> str:
        self.functions += 1
        own = f"f{self.functions}"
        local = self.random.choice((f"local {self.name()}={self.literal()}; ", "local a b; a=in; b=$a; ", ""))
        back = self.random.choice(("", "; return", f"; return {self.random.randrange(4)}"))
        arguments = " ".join(self.word() for _number in range(self.random.randrange(3)))
        return f"{own}() {{ {local}{self.body()}; echo $#{back}; }}; {own} {arguments}"

    def pipe(self) -> str:
        return self.pick(
            lambda: f"{self.simple()} | cat",
            lambda: f'{self.simple()} | while read l m; do echo "<$l|$m>"; done',
            lambda: "printf '1 2\\n3 4 5\\n' | while read l m; do echo \"$m-$l\"; done",
            lambda: f"{{ {self.body()}; }} | cat | cat",
        )

    def document(self) -> str:
        quote = self.random.choice(("", "'"))
        text = "\n".join(
            self.random.choice(("plain $a", "${b:-x} $((1+2))", "'single' \"double\"", "back\\slash \\$a", ""))
            for _number in range(self.random.randint(1, 3))
        )
        return f"{{ cat <<{quote}END{quote}\n{text}\nEND\n}}"

    def files(self) -> str:
        return self.random.choice(
            (f"{self.simple()} > out; cat out", f"echo more >> log; {self.simple()} >> log; cat log",
             f"{{ {self.simple()}; }} > both 2>&1; cat < both", "echo 1 > f1; echo 2 > f2; echo f*; cat f?",
             'mk=$(cat nothing 2>/dev/null); echo "$mk.$?"', "echo err >&2", "read v < /dev/null; echo $?")
        )
