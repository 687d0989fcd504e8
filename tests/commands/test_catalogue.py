"""The tables of what can be typed: each name leads to what has that name, and to ask for names imports nothing."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

from netsandbox import commands, shell
from netsandbox.commands.catalogue import VERBS, verbs
from netsandbox.commands.docker.client.registry import COMMANDS
from netsandbox.commands.late import Late
from netsandbox.commands.verb import Verb


def test_every_verb_is_found_by_its_name_and_its_aliases_and_by_no_other() -> None:
    assert list(VERBS) == [name for verb in verbs() for name in (verb.name, *verb.aliases)]


def test_every_verb_that_is_declared_is_listed() -> None:
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(
        commands.__path__, "netsandbox.commands.")]
    declared = {value.name for module in modules for value in vars(module).values() if isinstance(value, Verb)}
    assert declared == {verb.name for verb in verbs()}


def test_every_late_table_leads_to_what_there_is() -> None:
    modules = [importlib.import_module(found.name) for room in (commands, shell) for found in pkgutil.walk_packages(
        room.__path__, f"{room.__name__}.")]
    tables = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Late)}
    assert len(tables) > 20
    for table in tables.values():
        assert None not in dict(table).values()


def test_a_docker_command_of_a_group_is_called_by_its_group() -> None:
    assert COMMANDS["network", "list"].path == "docker network ls"
    assert COMMANDS["container", "ps"].path == "docker container ls"
    assert COMMANDS["ps",].path == "docker ps"


def test_a_run_imports_only_the_commands_that_it_runs() -> None:
    code = ("import sys; from netsandbox.cli import main; main(['run', 'docker0-ping']); "
            "print('LOADED', *sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    assert {"netsandbox.apps.ping.ping", "netsandbox.commands.docker.run.run",
            "netsandbox.commands.tools.firewall.iptables"} <= loaded
    assert not loaded & {
        "netsandbox.apps.arping", "netsandbox.apps.tcpdump.pcap_filter", "netsandbox.apps.sniffer",
        "netsandbox.apps.tcpdump.tcpdump", "netsandbox.apps.traceroute.traceroute",
        "netsandbox.commands.verbs.capture_verbs", "netsandbox.commands.docker.inspect.inspect",
        "netsandbox.commands.docker.networks.network", "netsandbox.commands.docker.templates.execution",
        "netsandbox.commands.verbs.help_verb", "netsandbox.commands.tools.older.brctl",
        "netsandbox.commands.tools.ip.link", "netsandbox.commands.tools.sockets.ss",
        "netsandbox.linux.netfilter.nft.command", "netsandbox.commands.complete",
        "netsandbox.commands.compose.file.reader", "netsandbox.shell.interpreter", "netsandbox.wire.pcapng",
        "asyncio", "dataclasses", "rich", "textual"}
