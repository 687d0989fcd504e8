"""docker top and stats: what runs in a container, and how much its interfaces have carried."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers.processes import Process, processes
from netsandbox.commands.docker.printing.listing import Column, Listing
from netsandbox.commands.docker.printing.words import clock_time, table
from netsandbox.docker import history
from netsandbox.docker.container import Container
from netsandbox.docker.errors import daemon_error

NARROWEST = 20  # Of a column, at the least, and between two (text/tabwriter)
UNITS = ("B", "kB", "MB", "GB", "TB")
NOTHING = "0B / 0B"
HEADINGS = {"pid": "PID", "ppid": "PPID", "comm": "COMMAND", "cmd": "CMD", "args": "COMMAND", "command": "COMMAND",
            "user": "USER", "uid": "UID", "tty": "TT", "time": "TIME", "stat": "STAT"}


def top(client: Client, parsed: Parsed) -> int:
    container = client.engine.find(parsed.operands[0])
    if not container.is_running:
        raise daemon_error(f"container {container.identity} is not running")
    headings, lines = listed(client, container, parsed.operands[1:])
    client.print(table([headings, *lines], NARROWEST).removesuffix("\n"))
    return 0


def listed(client: Client, container: Container, words: list[str]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of a container that runs, as `ps` has them with these words."""
    history.of_container(client.engine, container, "top")
    return _ps(container, processes(client.engine, container), words)


def _ps(container: Container, rows: list[Process], words: list[str]) -> tuple[list[str], list[list[str]]]:
    """Headings and cells of `ps` with these words; without any, of `ps -ef`."""
    columns = _wanted(words)
    wrong = next((name for name in columns if name not in HEADINGS), None)
    if wrong is not None:
        raise daemon_error(f'ps: error: unknown user-defined format specifier "{wrong}"')
    if columns and ("pid" not in columns or any("pid=" in word for word in words)):
        raise daemon_error("Couldn't find PID field in ps output")
    if columns:
        return [HEADINGS[name] for name in columns], [[_cell(it, name) for name in columns] for it in rows]
    began = clock_time(container.started)[:5]
    letters = "".join(words).replace("-", "")
    if "u" in letters:
        return (["USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND"],
                [["root", str(it.pid), "0.0", "0.0", "0", "0", "?", "Ss", began, "0:00", it.command] for it in rows])
    if "x" in letters:
        return ["PID", "TTY", "STAT", "TIME", "COMMAND"], [[str(it.pid), "?", "Ss", "0:00", it.command] for it in rows]
    return (["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"],
            [["root", str(it.pid), str(it.parent), "0", began, "?", "00:00:00", it.command] for it in rows])


def _cell(it: Process, name: str) -> str:
    short = it.command.partition(" ")[0].rpartition("/")[2].removesuffix(":")
    return {"pid": str(it.pid), "ppid": str(it.parent), "comm": short, "user": "root", "uid": "0", "tty": "?",
            "time": "00:00:00", "stat": "Ss"}.get(name, it.command)


def _wanted(words: list[str]) -> list[str]:
    """The columns that -o asks for."""
    for index, word in enumerate(words):
        flag, _o, value = word.partition("o")
        if word.startswith("-") and _o and not flag.strip("-aexA"):
            text = value or (words[index + 1] if index + 1 < len(words) else "")
            return [name for name in text.replace("=", "").split(",") if name]
    return []


# -- stats


def stats(client: Client, parsed: Parsed) -> int:
    engine = client.engine
    found = [engine.find(name) for name in parsed.operands]
    if not parsed.operands:
        found = [it for it in reversed(engine.containers.values()) if it.is_running or parsed.on("all")]
    rows = [_row(client, it, not parsed.on("no-trunc"), name)
            for it, name in zip(found, parsed.operands or [it.short_identity for it in found], strict=True)]
    print_stats(client, parsed, rows)
    if not parsed.on("no-stream"):
        client.complain("note: one look, as with --no-stream; Docker would go on until Ctrl-C")
    return 0


def print_stats(client: Client, parsed: Parsed, rows: list[dict[str, str]]) -> None:
    LISTING.show(client, parsed, rows)


def _row(client: Client, container: Container, short: bool, name: str) -> dict[str, str]:
    """What is not modelled, CPU, memory and disks, is nothing."""
    received = sum(each.inside.rx_bytes for each in container.endpoints.values())
    sent = sum(each.inside.tx_bytes for each in container.endpoints.values())
    pids = len(processes(client.engine, container)) if container.is_running else 0
    return {"Container": name, "Name": container.name, "CPUPerc": "0.00%", "MemUsage": NOTHING, "MemPerc": "0.00%",
            "ID": container.short_identity if short else container.identity, "BlockIO": NOTHING, "PIDs": str(pids),
            "NetIO": f"{_size(received)} / {_size(sent)}"}


def _size(count: float) -> str:
    """Bytes with three digits (units.HumanSizeWithPrecision)."""
    unit = 0
    while count >= 1000 and unit < len(UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{float(f'{count:.3g}'):g}{UNITS[unit]}"


LISTING = Listing("*container.statsContext", (
    Column("ID", "CONTAINER ID"), Column("Name", "NAME"), Column("CPUPerc", "CPU %"),
    Column("MemUsage", "MEM USAGE / LIMIT"), Column("MemPerc", "MEM %"), Column("NetIO", "NET I/O"),
    Column("BlockIO", "BLOCK I/O"), Column("PIDs", "PIDS")), {"Container": "CONTAINER"})
TOP = Command("docker top", "CONTAINER [ps OPTIONS]", "Display the running processes of a container", top, (), 1,
              mixed=False)
STATS = Command("docker stats", "[OPTIONS] [CONTAINER...]", "Display a live stream of container(s) resource usage "
                "statistics", stats, (
    Flag("all", "a"),
    Flag("format", "", "string"),
    Flag("no-stream"),
    Flag("no-trunc")))
