"""docker context: create, use, rm, show, ls and inspect."""

from __future__ import annotations

import json
import re
from typing import Any

from netsandbox.commands.docker.client import contexts
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.endpoint import UNIX, checked
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.inspect.inspect import FORMAT
from netsandbox.commands.docker.printing.listing import Column, Listing
from netsandbox.commands.docker.templates.execution import Template
from netsandbox.commands.docker.templates.go_types import build
from netsandbox.commands.docker.templates.reading import TemplateError
from netsandbox.docker.errors import DockerError

LISTING = Listing("*formatter.clientContextContext", (
    Column("Name", "NAME"), Column("Description", "DESCRIPTION"), Column("DockerEndpoint", "DOCKER ENDPOINT"),
    Column("Error", "ERROR")), {"Current": "CURRENT"})
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.+-]+", re.ASCII)
CURRENT = "Current DOCKER_HOST based configuration"
OVERRIDES = ("Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the "
             "global --context flag, or unset DOCKER_HOST environment variable.")


def create(client: Client, parsed: Parsed) -> int:
    name = parsed.operands[0]
    if name == contexts.DEFAULT:
        raise DockerError('"default" is a reserved context name')
    if not NAME.fullmatch(name):
        raise DockerError(f'context name "{name}" is invalid, names are validated against regexp '
                          '"^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"')
    if contexts.read_json(client.machine.host_files(), f"{contexts.folder_of(name)}/meta.json"):
        raise DockerError(f'context "{name}" already exists')
    fields = dict(text.partition("=")[::2] for text in parsed.text("docker").split(",") if text)
    unknown = next((key for key in fields if key not in ("host", "ca", "cert", "key", "skip-tls-verify", "from")), None)
    if unknown is not None:
        raise DockerError(f"unable to create docker endpoint config: {unknown}: unrecognized config key")
    host = checked(fields.get("host") or UNIX, "unable to create docker endpoint config: ")
    about = {"Description": parsed.text("description")} if parsed.text("description") else {}
    meta = {"Name": name, "Metadata": about, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}
    contexts.write_json(client.machine.host_files(), f"{contexts.folder_of(name)}/meta.json", meta)
    client.print(name)
    client.complain(f'Successfully created context "{name}"')
    return 0


def use(client: Client, parsed: Parsed) -> int:
    name = parsed.operands[0]
    if name != contexts.DEFAULT:
        contexts.context_named(client, name)
    contexts.choose(client, name)
    client.print(name)
    if client.machine.environment().get("DOCKER_HOST"):
        client.complain(OVERRIDES)
    client.complain(f'Current context is now "{name}"')
    return 0


def remove(client: Client, parsed: Parsed) -> int:
    refused = []
    for name in parsed.operands:
        try:
            _remove(client, name, parsed.on("force"))
            client.print(name)
        except DockerError as error:
            refused.append(str(error))
    if refused:
        raise DockerError("\n".join(refused))
    return 0


def _remove(client: Client, name: str, force: bool) -> None:
    files = client.machine.host_files()
    if name == contexts.DEFAULT:
        before = "" if client.context.engine.profile.since(28) else "default: "
        raise DockerError(f'{before}context "default" cannot be removed')
    if not contexts.read_json(files, f"{contexts.folder_of(name)}/meta.json"):
        if force:
            return
        raise DockerError(f'context "{name}" does not exist')
    if name == contexts.current(files):
        if not force:
            raise DockerError(f'context "{name}" is in use, set -f flag to force remove')
        contexts.choose(client, contexts.DEFAULT)
    files.system.drop(contexts.folder_of(name))


def show(client: Client, _parsed: Parsed) -> int:
    client.print(client.endpoint.context)
    return 0


def listing(client: Client, parsed: Parsed) -> int:
    chosen = client.endpoint.context
    rows = [(contexts.DEFAULT, CURRENT, contexts.endpoint_of(client, contexts.DEFAULT))]
    rows += [(str(each["Name"]), str(each["Metadata"].get("Description", "")),
              str(each["Endpoints"]["docker"]["Host"])) for each in contexts.all_contexts(client)]
    rows.sort()
    if parsed.on("quiet"):
        client.print("\n".join(name for name, _about, _host in rows))
        return 0
    fields: list[dict[str, Any]] = [{"Name": name, "Current": name == chosen, "Description": about,
                                     "DockerEndpoint": host, "Error": ""} for name, about, host in rows]
    form = parsed.text("format")
    if form in ("", "table"):
        fields = [row | {"Name": row["Name"] + " *" * row["Current"]} for row in fields]
    LISTING.show(client, parsed, fields)
    if client.machine.environment().get("DOCKER_HOST"):
        client.complain(OVERRIDES)
    return 0


def inspect(client: Client, parsed: Parsed) -> int:
    found, missing = [], ""
    for name in parsed.operands or [client.endpoint.context]:
        try:
            found.append(_described(client, name))
        except DockerError as error:
            missing = missing or str(error)
    form = parsed.text("format")
    if form and form != "json":
        try:
            template = Template(form)
        except TemplateError as error:
            raise DockerError(f"template parsing error: {error}", 64) from None
        try:
            client.print("\n".join(template.execute(build(each, "context.contextWithTLSData")) for each in found))
        except TemplateError as error:
            raise DockerError(f"template parsing error: {error}") from None
    else:
        client.print(json.dumps(found, indent=4).replace("<", "\\u003c").replace(">", "\\u003e") if found else "[]")
    if missing:
        raise DockerError(missing)
    return 0


def _described(client: Client, name: str) -> dict[str, Any]:
    if name == contexts.DEFAULT:
        endpoint = {"docker": {"Host": contexts.endpoint_of(client, contexts.DEFAULT), "SkipTLSVerify": False}}
        return {"Name": name, "Metadata": {}, "Endpoints": endpoint, "TLSMaterial": {},
                "Storage": {"MetadataPath": "<IN MEMORY>", "TLSPath": "<IN MEMORY>"}}
    path = contexts.folder_of(name)
    return {**contexts.context_named(client, name), "TLSMaterial": {},
            "Storage": {"MetadataPath": path, "TLSPath": path.replace("/meta/", "/tls/")}}


CREATE = Command("docker context create", "[OPTIONS] CONTEXT", "Create a context", create, (
    Flag("description", "", "string"),
    Flag("docker", "", "string"),
    Flag("from", "", "string", ignored=True)), 1, 1)
USE = Command("docker context use", "CONTEXT", "Set the current docker context", use, (), 1, 1)
REMOVE = Command("docker context rm", "CONTEXT [CONTEXT...]", "Remove one or more contexts", remove, (
    Flag("force", "f"),), 1)
SHOW = Command("docker context show", "", "Print the name of the current context", show, (), 0, 0)
LIST = Command("docker context ls", "[OPTIONS]", "List contexts", listing, (
    Flag("format", "", "string"),
    Flag("quiet", "q")), 0, 0)
INSPECT = Command("docker context inspect", "[OPTIONS] [CONTEXT] [CONTEXT...]",
                  "Display detailed information on one or more contexts", inspect,
                  (FORMAT,))
