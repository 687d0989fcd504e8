"""Scripts that people write: what they print is what the real shells print."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path

import pytest

from netsandbox.session.session import Session
from tests.shell.machine import Said, real, simulated

ARRAYS = Path(__file__).with_name("array_scripts.txt").read_text(encoding="utf-8").split("\n#----\n")
"""Scripts with arrays, and others of bash's own constructs that tutorials use."""
BOTH = [
    "for i in 1 2 3; do echo $i; done",
    'for i\ndo echo "<$i>"; done',
    "i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done",
    "until true; do echo no; done; echo $?",
    "if false; then echo a; elif true; then echo b; else echo c; fi",
    "case foo.txt in *.c) echo c;; *.txt|x) echo text;; *) echo other;; esac",
    "case x in y) false;; esac; echo $?",
    'f() { echo "$1-$#"; return 3; }; f a b; echo $?',
    "f() { local x=in; echo $x; }; x=out; f; echo $x",
    "f() { [ $1 -gt 0 ] && { echo $1; f $(($1-1)); }; return 0; }; f 3",
    "x=1; (x=2; echo $x); echo $x",
    "{ echo a; echo b; } | cat",
    'echo a b c | { read x y; echo "$y"; }',
    "printf '1 2\\n3 4\\n' | while read a b; do echo $b$a; done",
    "cat <<EOF\n$((1+2)) ${x:-unset} \\$x `echo sub`\nEOF",
    "cat <<'EOF'\n$x `y`\nEOF",
    "cat <<-EOF\n\ttabs\n\tEOF",
    "echo one > f; echo two >> f; cat f; cat < f",
    "echo x > f 2>&1; ls() { cat f; }; ls",
    "cat nothing 2>/dev/null || echo $?",
    "exec 3> f; echo three >&3; exec 3>&-; cat f",
    "{ echo out; echo err >&2; } 2>/dev/null",
    "echo 'a b'   \"c  d\" e\\ f",
    "x='a  b'; echo $x \"$x\"",
    'IFS=:; x=a:b::c; set -- $x; echo $# "$3"',
    'set -- a \'b c\'; for i in "$@"; do echo "[$i]"; done',
    "set -- a 'b c'; for i in $*; do echo \"[$i]\"; done",
    'set -- a b; echo "$*" $#; shift; echo $1',
    "x=/usr/lib/a.tar.gz; echo ${x##*/} ${x%/*} ${x%%.*} ${x#*.} ${#x}",
    "echo ${x:=5} $x ${y:-6} ${y+set} ${x:+alt}",
    "echo $((2+3*4)) $(( (2+3)*4 )) $((7/2)) $((-7%3)) $((1<<4)) $((5>3 && 2>1)) $((0x1f)) $((010)) $((1?2:3))",
    "x=5; echo $((x*2)) $(($x+1)); echo $((x+=3)) $x",
    "false || echo or; true && echo and; ! false; echo $?",
    'x=$(echo one; echo two); echo "$x"; echo $x',
    "echo $(echo $(echo deep))",
    "x=$(false); echo $?",
    "a=5 b=$(echo $a); echo $b; echo ${q:=3} $(echo $q)",
    "echo `echo \\`echo x\\``",
    "for i in 1 2 3; do [ $i = 2 ] && continue; [ $i = 3 ] && break; echo $i; done",
    "for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done",
    "set -e; false; echo no",
    "set -e; if false; then :; fi; false || true; ! true; echo yes",
    "set -e; f() { false; echo in; }; f || echo out; f; echo no",
    "set -x; echo 'a b' c",
    "set -u; echo ${x-ok}; echo $x; echo no",
    "set -f; echo *",
    "touch() { echo > $1; }; touch b; touch a; echo *; echo [a]* ?",
    "echo > .hidden; echo *; echo .h*",
    "mkdir() { :; }; cd /; pwd; cd nowhere; echo $?",
    "x=3; readonly x; echo $x",
    'unset x; echo "[$x]"; x=1; unset x; echo ${x-gone}',
    "eval 'echo $((1+1)); x=2'; echo $x",
    "export X=1; echo $X",
    "trap '' INT; echo $?",
    "echo a; exit 3; echo b",
    "(exit 4); echo $?",
    "sleep() { :; }; sleep & wait; echo $?",
    "printf '%s-%d-%x-%5s|%-5s|%05d\\n' a 10 255 r l 42",
    "printf '%s\\n' a b c",
    "printf '%b\\n' 'a\\tb'",
    "printf '%c%%\\n' xyz",
    "[ -d / ] && echo dir; [ -f /nothing ] || echo none; [ 2 -gt 1 -a x = x ] && echo both",
    "test; echo $?; test x; echo $?",
    "getopts ab: o -a; echo $o; getopts ab: o -a -b val; echo $o $OPTARG",
    "while getopts xy: o -x -y 1; do echo $o $OPTARG; done",
    "a=1 b=2; a=3 eval 'echo $a'; echo $a$b",
    'x=~; echo $x ~/y "~"',
    'echo "a\\\nb" c\\\nd',
    "# comment\necho a # b\necho c#d",
    ": ${x:?gone}; echo no",
    "command echo a; command -v cd; type() { :; }; command -v nothing; echo $?",
    "true & echo $((! $?))",
    "echo $1 ${2} $0",
    "read x < /dev/null; echo $?",
    "while :; do break; done; echo $?",
    "f() { return; }; false; f; echo $?",
    "x='*'; echo \"$x\"; case '*' in \"$x\") echo same;; esac",
    "echo ${x#a} ${#} ${?}",
    'x=abc; echo ${x%c}${x#a}; echo ${x%"c"}',
]
DASH_ONLY = ['set -- two ""; IFS=; case "$@" in t?o) echo yes;; esac', 'set -- a b; IFS=:; x="$@"; IFS=" "; echo "$x"',
             'set -- a b; IFS=:; cat <<E\n$@ $*\nE']
BASH_ONLY = [ *ARRAYS,
    "echo {1..3} {a,b}{1,2} {01..03} {a..e..2} a{,b} {x} {1..}",
    "[[ abc == a* && -n x ]] && echo yes; [[ a < b ]]; echo $?",
    "[[ 10.0.0.1 =~ ^[0-9.]+$ ]] && echo address",
    "((x = 3 * 4)); echo $x; ((0)); echo $?; ((x++)); echo $x $((x ** 2))",
    "for ((i = 0; i < 3; i++)); do echo $i; done",
    "x=hello; echo ${x/l/L} ${x//l/L} ${x:1:3} ${x: -2} ${x^} ${x^^} ${x/#h/H} ${x/%o/O}",
    "echo $'a\\tb\\n'c",
    'cat <<< "here $((1+1))"',
    "echo a &> f; cat f; echo b &>> f; cat f",
    "echo x |& cat",
    'function f { echo "$FUNCNAME$1"; }; f a',
    "x=y; y=z; echo ${!x}",
    "set -o pipefail; false | true; echo $?",
    "let x=2+3; echo $x",
    "printf -v x '%03d' 7; echo $x",
    r"printf '\xe2\x9c\x93\342\234\223|\x41\x7f\10'; echo -e '\xc3\xa9\0303\0251' $'\xc3\xa9\303\251'",
    "x+=a; x+=b; echo $x",
    "source /dev/null; echo $?",
    "declare x=1; echo $x",
    "echo ${@:2}",
    "case x in x) echo 1;& y) echo 2;; z) echo 3;; esac",
    "echo -e 'a\\tb'; echo -n c; echo -E 'd\\t'",
    "printf '%q\\n' 'a b'",
]
WRONG = [
    "echo )",
    "if true; fi",
    "for",
    "while true; echo; done",
    "done",
    "echo a; ; b",
    "echo a | | b",
    "case x in",
    "x() { echo",
    'echo "a',
    "echo 'a",
    "echo $(ls",
    "if true",
    "for i in 1; echo; done",
    "&& a",
    "( )",
    "{ }",
    "esac",
]


@lru_cache(512)
def theirs(script: str, name: str) -> Said:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return real(script, name, ("one", "two words"))


@pytest.mark.parametrize("script", [*BOTH, *BASH_ONLY])
def test_bash_prints_the_same(script: str) -> None:
    ours = simulated(script, "bash", ("one", "two words"))
    assert (ours.out, ours.code) == (theirs(script, "bash").out, theirs(script, "bash").code)


@pytest.mark.parametrize("script", [*BOTH, *DASH_ONLY])
def test_dash_prints_the_same(script: str) -> None:
    ours = simulated(script, "dash", ("one", "two words"))
    assert (ours.out, ours.code) == (theirs(script, "dash").out, theirs(script, "dash").code)


@pytest.mark.parametrize("name", ["bash", "dash"])
@pytest.mark.parametrize("script", WRONG)
def test_a_syntax_error_has_the_shells_words_and_nothing_is_done(script: str, name: str) -> None:
    assert simulated(script, name) == theirs(script, name)


@pytest.mark.parametrize("name", ["bash", "dash"])
@pytest.mark.parametrize("script", [
    "echo one\necho two; fi\necho three", "echo one\nif true; then\necho x\n", "echo one\n)\n",
    "x=1\necho $x\necho \"abc", "echo one; exit 3\nfi", "for x in 1 2; do\necho $x\ndone\n}\n", "set -e\nfalse\nfi",
    "echo one |\nfi", "f() {\necho in\n}\nf; f\ncase x in\n", "echo one &&\nfi\n",
])
def test_a_script_is_read_line_by_line_up_to_its_error(script: str, name: str) -> None:
    ours, real = simulated(script, name), theirs(script, name)
    assert (ours.out, ours.code) == (real.out, real.code)
    assert ours.err == real.err


@pytest.mark.parametrize("script", [
    "echo one\neval 'echo a; fi'\necho $?", "eval 'echo a\nfi'; echo $?", "eval 'echo \"'; echo $?",
    "echo 'echo a\nfi' > f; . ./f; echo $?", "printf 'echo a\\n)\\necho b\\n' > f; . ./f; echo after",
])
def test_what_is_read_in_between_ends_at_its_error(script: str) -> None:
    for name in ("bash", "dash"):
        ours, real = simulated(script, name), theirs(script, name)
        assert (ours.out, ours.code) == (real.out, real.code), name


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("nosuch", "bash: line 1: nosuch: command not found\n"),
        ("\n\nnosuch a", "bash: line 3: nosuch: command not found\n"),
        ("cd /nowhere", "bash: line 1: cd: /nowhere: No such file or directory\n"),
        ("cat < nothing", "bash: line 1: nothing: No such file or directory\n"),
        ("[ a b ]", "bash: line 1: [: a: unary operator expected\n"),
        ("[ 1 -eq x ]", "bash: line 1: [: x: integer expression expected\n"),
        ("[ a", "bash: line 1: [: missing `]'\n"),
        ("echo $((1/0))", 'bash: line 1: 1/0: division by 0 (error token is "0")\n'),
        ("readonly x=1; x=2", "bash: line 1: x: readonly variable\n"),
        ("shift x", "bash: line 1: shift: x: numeric argument required\n"),
        ("break", "bash: line 1: break: only meaningful in a `for', `while', or `until' loop\n"),
        ("kill %3", "bash: line 1: kill: %3: no such job\n"),
        (": ${x:?not here}", "bash: line 1: x: not here\n"),
        ("echo x > /", "bash: line 1: /: Is a directory\n"),
        ("export 1x=2", "bash: line 1: export: `1x=2': not a valid identifier\n"),
    ],
)
def test_an_error_is_one_line_in_bashs_words(script: str, said: str) -> None:
    assert simulated(script).err == said
    assert theirs(script, "bash").err == said


@pytest.mark.parametrize(
    "script",
    [
        "while :; do :; done",
        "while true; do echo x > /dev/null; done",
        "f() { f; }; f",
        "for i in {1..9999}; do for j in {1..9999}; do :; done; done",
        "x=a; while :; do x=$x$x; done",
        "f() { echo $(f); }; f",
        "echo {1..9999}{1..9999}",
        "f() { f | f; }; f",
        "until false; do echo; done",
        "for ((;;)); do :; done",
        "for ((i = 0; ; i++)); do echo $i; done",
        "while :; do echo x; done | cat",
    ],
)
def test_what_has_no_end_is_stopped(script: str) -> None:
    said = simulated(script)
    assert said.code
    assert "more than" in said.err
    assert said.err.count("more than") == 1


@pytest.mark.parametrize("script", [
    "while true; do echo y; done | { read a; read b; echo $a$b; }",
    "i=0; while true; do i=$((i+1)); echo $i; done | while read x; do echo got $x; [ $x = 3 ] && break; done",
    "for i in 1 2 3; do echo $i; done | while read x; do echo $x; done; echo end",
    "until false; do echo y; done | { read a; echo $a; }; echo $?",
])
def test_a_loop_writes_as_long_as_somebody_reads(script: str) -> None:
    assert simulated(script) == theirs(script, "bash")


@pytest.mark.parametrize("form", ["%999999999d", "%.999999999d", "%100001s", "%99999999999999999999d"])
def test_a_field_that_is_too_wide_is_refused(form: str) -> None:
    said = simulated(f"printf '{form}' 1")
    assert (said.out, said.code) == ("", 1)
    assert "a field of more than 100,000 characters is not modelled" in said.err
    assert simulated("printf '%*d' 1000000 1").out == ""


def test_what_is_not_modelled_is_said() -> None:
    for script in ("select x in a; do :; done", "read -d x y", "coproc x"):
        said = simulated(script)
        assert said.code, script
        assert "sandbox" in said.err
    assert "traps signals and EXIT, and no ERR" in simulated("trap 'echo x' ERR").err


@pytest.mark.parametrize(("script", "out", "code"), [
    ("trap 'echo bye' EXIT; echo one", "one\nbye\n", 0),
    ("(trap 'echo sub' EXIT; echo two); echo three", "two\nsub\nthree\n", 0),
    ("trap 'echo t' TERM; trap; trap - TERM; trap", "trap -- 'echo t' SIGTERM\n", 0),
    ("trap 'echo \"st $?\"' EXIT; false", "st 1\n", 1), ("trap 'echo a; exit 7' EXIT; exit 3", "a\n", 7),
    ("f() { echo in f; }; trap f EXIT; set -e; false; echo not", "in f\n", 1),
    ("trap 'echo got; exit 4' TERM; kill -TERM $$; sleep 1; echo after", "got\n", 4),
    ("trap '' USR1; kill -USR1 $$; echo here", "here\n", 0),
    ("trap 'echo end' TERM; sleep 9 & kill -TERM $$; echo $?", "end\n0\n", 0),
    ("f() { echo f; trap f EXIT; }; trap f EXIT; echo x", "x\nf\n", 0),
    ("trap 'echo e' EXIT; exec cat /dev/null", "", 0), ("trap 'echo e' EXIT; exec nosuch; echo x", "e\n", 127),
    ("trap 'echo no' KILL; kill -KILL $$; echo after", "", 137), ("(kill $$; echo a); echo b", "a\n", 143),
    ("(sleep 1; kill -9 $$) & sleep 9; echo x", "", 137), ("echo hi | (kill $$; cat); echo b", "hi\n", 143)])
def test_a_trap_is_done_when_its_signal_comes_and_at_the_end(script: str, out: str, code: int) -> None:
    """As dash has it, and bash."""
    said = simulated(script)
    assert (said.out, said.code) == (out, code)


@pytest.mark.parametrize("script", [
    "trap 'echo a' INT TERM; trap -p TERM NOPE; echo $?; trap INT; trap -p INT", "trap -x INT; echo $?",
    "trap foo; echo $?", "trap 'echo a' SIGTERM NOPE; echo $?; trap -p TERM", "trap - ; echo $?",
    "trap -- 'echo b' usr1; kill -USR1 $$; echo c", "trap if EXIT; echo x", "trap if USR1; kill -USR1 $$; echo y $?",
    "trap x KILL; echo $?; trap -p KILL", "trap 'echo b' EXIT; trap 2 0; echo c",
    "trap 'echo a' ALRM; kill -ALRM $$; kill -WINCH $$; echo $?"])
@pytest.mark.parametrize("dialect", ["bash", "dash"])
def test_trap_takes_what_the_shell_takes(script: str, dialect: str) -> None:
    assert simulated(script, dialect) == theirs(script, dialect)


def test_jobs_are_listed_waited_for_and_killed() -> None:
    said = simulated("cat < f & echo $!; jobs; wait $!; echo $?; kill %7; wait 999; echo $?; echo done & wait; jobs")
    assert said.out.splitlines()[0] == "101"
    assert said.out.splitlines()[-2:] == ["127", "done"]


@pytest.mark.parametrize(("script", "said"), [
    ("x=<(echo a)", "<(…): the sandbox's shell has it as a word of its own, and behind a `<` as in `done < <(…)`"),
    ("select x in a b; do echo $x; done", "the sandbox's shell has no select"),
    ("coproc cat", "the sandbox's shell has no coproc"),
    ("declare -i n=3", "`declare -i` is not modelled"), ("read -d b x <<< ab", "`read -d b` is not modelled"),
    ("mapfile -n 1 x <<< ab", "`mapfile -n` is not modelled")])
def test_what_bash_has_and_the_sandbox_has_not_is_refused_by_name(script: str, said: str) -> None:
    ours = simulated(script, "bash")
    assert said in ours.err
    assert ours.err.count("\n") == 1


def test_dash_has_no_arrays() -> None:
    for script in ("a=(1 2)", "echo ${a[0]}", "echo one; a=(1)"):
        assert simulated(script, "dash").out == theirs(script, "dash").out == ""
        assert simulated(script, "dash").code == theirs(script, "dash").code == 2


@pytest.mark.parametrize(("line", "dash", "ash"), [
    ("echo > /no/x; echo $?", ("sh: 1: cannot create /no/x: Directory nonexistent\n", "2\n", 0),
     ("sh: can't create /no/x: nonexistent directory\n", "1\n", 0)),
    ("cat < nothing", ("sh: 1: cannot open nothing: No such file\n", "", 2),
     ("sh: can't open nothing: no such file\n", "", 1)),
    ("echo > /etc", ("sh: 1: cannot create /etc: Is a directory\n", "", 2),
     ("sh: can't create /etc: Is a directory\n", "", 1)),
    (": > /no/x; echo on", ("sh: 1: cannot create /no/x: Directory nonexistent\n", "", 2),
     ("sh: can't create /no/x: nonexistent directory\n", "", 1)),
])
def test_a_file_that_cannot_be_opened_in_dash_and_ash(line: str, dash: tuple[str, str, int],
                                                       ash: tuple[str, str, int]) -> None:
    """Asked of both; with a special builtin the shell ends (POSIX 2.8.1)."""
    session = Session()
    for image, (err, out, code) in (("debian", dash), ("alpine", ash)):
        job = session.run(f"docker run --rm {image} sh -c '{line}'")
        assert (job.err, job.out, job.code) == (err, out, code)


@pytest.mark.parametrize("line", ["rm <(echo a)", "f() { mv $1 moved; }; f <(echo a)", "cat <(echo a) > /nosuch/x",
                                  "cat <(echo a) ${nosuch:?}"])
def test_the_file_of_a_substitution_goes_with_its_command(line: str) -> None:
    session = Session()
    session.run(line)
    assert session.run("ls /dev/fd").output == []


def test_the_file_of_a_substitution_is_inherited_by_what_runs_elsewhere_and_not_by_docker_exec() -> None:
    """As with nsenter, whose /dev/fd is its own; Docker's client hands no descriptor on."""
    session = Session()
    session.run("docker run -d --name web nginx")
    pid = session.run("docker inspect -f '{{.State.Pid}}' web").out.strip()
    for line in ("exec web cat <(echo a)", f"nsenter -a -t {pid} sh -c 'cat $0' <(echo a)"):
        assert session.run(line).output == [("out", "a\n")]
    assert session.run("docker exec web cat <(echo a)").err == "cat: /dev/fd/63: No such file or directory\n"
    assert session.run("docker exec web ls /dev").out.split() == ["full", "null", "random", "shm", "tty", "urandom",
                                                                        "zero"]
