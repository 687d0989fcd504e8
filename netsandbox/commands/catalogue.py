"""Every verb of the lab's own language by its name and its aliases, in the order in which they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.late import Late

if TYPE_CHECKING:
    from netsandbox.commands.verb import Verb

VERBS: Late[str, Verb] = Late({
    "add-host": "netsandbox.commands.lab_verbs:add_host",
    "add-container": "netsandbox.commands.lab_verbs:add_container", "add-hub": "netsandbox.commands.lab_verbs:add_hub",
    "add-switch": "netsandbox.commands.lab_verbs:add_switch", "add-bridge": "netsandbox.commands.lab_verbs:add_bridge",
    "connect": "netsandbox.commands.lab_verbs:connect", "disconnect": "netsandbox.commands.lab_verbs:disconnect",
    "remove": "netsandbox.commands.lab_verbs:remove", "rm": "netsandbox.commands.lab_verbs:remove",
    "set-ip": "netsandbox.commands.lab_verbs:set_ip", "set-mac": "netsandbox.commands.lab_verbs:set_mac",
    "link": "netsandbox.commands.lab_verbs:link", "toggle-host-net": "netsandbox.commands.lab_verbs:toggle_host_net",
    "flush-arp": "netsandbox.commands.lab_verbs:flush_arp", "arp-model": "netsandbox.commands.lab_verbs:arp_model",
    "ageing": "netsandbox.commands.lab_verbs:ageing", "wait": "netsandbox.commands.lab_verbs:wait",
    "enter": "netsandbox.commands.lab_verbs:enter", "exit": "netsandbox.commands.lab_verbs:leave",
    "leave": "netsandbox.commands.lab_verbs:leave", "detach": "netsandbox.commands.lab_verbs:detach",
    "ping": "netsandbox.commands.program_verbs:ping",
    "arping": "netsandbox.commands.program_verbs:arping", "traceroute": "netsandbox.commands.program_verbs:traceroute",
    "exec": "netsandbox.commands.program_verbs:execute", "on": "netsandbox.commands.program_verbs:execute",
    "serve-http": "netsandbox.commands.server_verbs:serve_http",
    "serve-dns": "netsandbox.commands.server_verbs:serve_dns", "sniff": "netsandbox.commands.capture_verbs:sniff",
    "export": "netsandbox.commands.capture_verbs:export", "show": "netsandbox.commands.show:show",
    "flow": "netsandbox.commands.flow:flow", "why": "netsandbox.commands.why:why",
    "trace": "netsandbox.commands.trace:trace",
    "expect": "netsandbox.commands.expect:expect",
    "help": "netsandbox.commands.help_verb:help_verb", "?": "netsandbox.commands.help_verb:help_verb",
    "step": "netsandbox.commands.session_verbs:step", "n": "netsandbox.commands.session_verbs:step",
    "back": "netsandbox.commands.session_verbs:back", "undo": "netsandbox.commands.session_verbs:undo",
    "redo": "netsandbox.commands.session_verbs:redo", "goto": "netsandbox.commands.session_verbs:goto",
    "journal": "netsandbox.commands.session_verbs:journal", "history": "netsandbox.commands.session_verbs:journal",
    "save": "netsandbox.commands.session_verbs:save", "load": "netsandbox.commands.session_verbs:load",
    "next": "netsandbox.commands.session_verbs:next_step", "new": "netsandbox.commands.session_verbs:new",
    "until": "netsandbox.commands.session_verbs:until",
    "branch": "netsandbox.commands.branch:branch"})


def verbs() -> list[Verb]:
    """Every verb once; this imports them all."""
    return list(dict.fromkeys(VERBS.values()))
