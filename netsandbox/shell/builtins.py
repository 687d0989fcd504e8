"""The builtins by name."""

from __future__ import annotations

from netsandbox.shell import aliases, traps
from netsandbox.shell import builtin_arrays as arrays
from netsandbox.shell import builtin_flow as flow
from netsandbox.shell import builtin_jobs as jobs
from netsandbox.shell import builtin_places as places
from netsandbox.shell import builtin_printing as printing
from netsandbox.shell import builtin_read as reading
from netsandbox.shell import builtin_variables as variables
from netsandbox.shell.builtin import Declared
from netsandbox.shell.builtin_limits import ulimit
from netsandbox.shell.conditions import test

BASH = ("bash",)
EXTENDED = ("bash", "ash")
BUILTINS: dict[str, Declared] = {
    ":": Declared(flow.true), "true": Declared(flow.true), "false": Declared(flow.false),
    "break": Declared(flow.break_loop), "continue": Declared(flow.break_loop), "return": Declared(flow.return_from),
    "exit": Declared(flow.exit_shell), "eval": Declared(flow.evaluate), ".": Declared(flow.source),
    "source": Declared(flow.source, EXTENDED), "command": Declared(flow.command),
    "builtin": Declared(flow.command, BASH), "trap": Declared(traps.trap), "type": Declared(flow.type_of),
    "hash": Declared(flow.true), "shopt": Declared(flow.shopt, BASH), "alias": Declared(aliases.alias),
    "unalias": Declared(aliases.unalias), "umask": Declared(flow.umask), "ulimit": Declared(ulimit),
    "wait": Declared(jobs.wait), "jobs": Declared(jobs.jobs), "kill": Declared(jobs.kill),
    "fg": Declared(jobs.foreground), "bg": Declared(jobs.background), "disown": Declared(flow.true, BASH),
    "cd": Declared(places.cd), "pwd": Declared(places.pwd),
    "pushd": Declared(places.pushd, BASH), "popd": Declared(places.popd, BASH), "dirs": Declared(places.dirs, BASH),
    "echo": Declared(printing.echo), "printf": Declared(printing.printf),
    **dict.fromkeys(("mapfile", "readarray"), Declared(arrays.mapfile, BASH)),
    "read": Declared(reading.read), "test": Declared(test), "[": Declared(test),
    "export": Declared(variables.export), "readonly": Declared(variables.readonly), "unset": Declared(variables.unset),
    "set": Declared(variables.set_options), "shift": Declared(variables.shift), "local": Declared(variables.local),
    "declare": Declared(variables.declare, BASH), "typeset": Declared(variables.declare, BASH),
    "let": Declared(variables.let, EXTENDED), "getopts": Declared(variables.getopts)}
