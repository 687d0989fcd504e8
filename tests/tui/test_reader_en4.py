"""What a fourth English reader met."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def transcript(on: Stage) -> list[str]:
    return [said.text for said in on.app.live.jobs.transcript]


async def paste(on: Stage, *lines: str) -> None:
    """Paste whole lines at the prompt."""
    on.app.main.command.open("")
    on.app.main.command.pasted("".join(f"{line}\n" for line in lines))
    await on.pilot.pause()


async def test_pasted_lines_run_beside_what_runs_as_typed_ones_do(tmp_path: Path) -> None:
    """Behind a `docker compose up` the first ran at once, and the others waited in silence, with all typed after."""
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 ping 172.17.0.3")
        await on.pass_time(2)
        await paste(on, "ping -c 2 127.0.0.1", "echo two", "echo three")
        await on.line("echo four")
        await on.pass_time(3)
        lines = transcript(on)
        typed = [line for line in lines if line.startswith("host ❯ ")][1:]
        assert typed == ["host ❯ ping -c 2 127.0.0.1", "host ❯ echo two", "host ❯ echo three", "host ❯ echo four"]
        through = next(at for at, line in enumerate(lines) if "packets transmitted" in line)
        assert lines.index("host ❯ echo two") > through
        assert [one.job.text for one in on.app.live.jobs.alive] == ["exec nginx-1 ping 172.17.0.3"]


async def test_what_pasted_lines_wait_for_is_named(tmp_path: Path) -> None:
    """One that ends by ^C alone holds up those pasted below it, and what is typed then: each time it is said."""
    async with stage(tmp_path) as on:
        await paste(on, "exec nginx-1 ping 172.17.0.3", "echo two")
        assert "lines waiting: 1; runs (^C ends it): exec nginx-1 ping" in screen_text(on.app)
        await on.line("echo three")
        assert "lines waiting: 2; runs (^C ends it): exec nginx-1 ping" in screen_text(on.app)
        await on.press("ctrl+c")
        await on.quiet()
        assert transcript(on)[-3:] == ["two", "host ❯ echo three", "three"]
