"""read at a terminal: a script that asks to go on gets Enter, as nobody types."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

NOTE = "note: nobody types here: `read` takes Enter as the answer; a pipe, a file or a here-document gives another\n"
NOBODY = "netsandbox: nobody types here: `read` gets its input from a pipe, a file or a here-document\n"


@pytest.mark.parametrize("line", [
    'read -p "Press Enter to continue..." && echo on', 'read -rp "Press Enter to continue..." key; echo on$key'])
def test_a_prompt_is_answered_by_enter(line: str) -> None:
    job = Session().run(line)
    assert (job.code, job.out, job.err) == (0, "on\n", "Press Enter to continue...\n" + NOTE)


def test_a_script_goes_on_and_says_so_once() -> None:
    session = Session()
    session.run("cat > steps.sh <<'END'\n"
                "set -e\necho 1\nread\necho 2\nread -n 1 -s\nread -p 'sure? ' a\necho \"3$a\"\nEND")
    job = session.run("bash steps.sh")
    assert (job.code, job.out, job.err) == (0, "1\n2\n3\n", "\n" + NOTE + "\nsure? \n")
    assert session.run("printf '\\n\\nyes\\n' | bash steps.sh").out == "1\n2\n3yes\n"


def test_a_menu_ends() -> None:
    session = Session()
    session.run("echo 'while true; do read -p \"> \" choice; [ \"$choice\" = q ] && break; done; echo end' > menu")
    job = session.run("bash menu")
    assert (job.code, job.out, job.err.count("> \n")) == (1, "", 50)
    assert job.err.endswith(f"menu: line 1: {NOBODY}")


@pytest.mark.parametrize("line", ["read name", "while read one; do echo $one; done", "read -t 1 -p 'quick? ' x"])
def test_what_is_no_pause_is_refused(line: str) -> None:
    job = Session().run(line)
    assert (job.out, job.err) == ("", f"bash: {NOBODY}")
