"""Lists: as a table, as identities alone, or by a template (--format)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from netsandbox.apps.pattern import PatternError, compile_pattern
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.commands.docker.printing.words import NARROWEST, table
from netsandbox.commands.docker.templates.execution import Template
from netsandbox.commands.docker.templates.reading import TemplateError
from netsandbox.commands.docker.templates.values import Map, to_json
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.engine.nothing import NOTHING


class Column(NamedTuple):
    """One column: the field's name in a template, and its heading in a table."""

    field: str
    heading: str


EXECUTING = "template parsing error"


class Listing(NamedTuple):
    """A kind of list."""

    type_name: str  # what an error calls a row
    columns: tuple[Column, ...]  # of the usual table
    others: Mapping[str, str] = NOTHING  # headings of fields that are no column of it
    raw: str = ""  # the template that --format raw stands for
    before: str = EXECUTING  # what an error begins with when the template cannot be carried out
    narrowest: int = NARROWEST  # of the columns of the usual table, with their spaces
    identity: str = "ID"  # the field that --quiet prints

    def show(self, client: Client, parsed: Parsed, rows: list[dict[str, Any]]) -> None:
        """Print rows as the command line asks for."""
        form = parsed.text("format")
        rows = [dict(sorted(row.items())) for row in rows]
        if parsed.on("quiet"):
            before = self.raw.partition("{{")[0] if form == "raw" else ""
            text = "".join(f"{before}{row[self.identity]}\n" for row in rows)
            if form and not before:
                client.complain("WARNING: Ignoring custom format, because both --format and --quiet are set.")
        elif not form or form == "table":
            cells = [[str(row[column.field]) for column in self.columns] for row in rows]
            text = table([[column.heading for column in self.columns], *cells], self.narrowest)
        elif form == "json":
            text = "".join(to_json(row) + "\n" for row in rows)
        else:
            headings = {column.field: column.heading for column in self.columns} | dict(self.others)
            form = self.raw if form == "raw" and self.raw else form
            text = _formatted(form, rows, headings, self.type_name, self.before)
        client.output.append(("out", text))


def grouped(texts: list[str]) -> dict[str, list[str]]:
    """--filter KEY=VALUE: the values by key."""
    found: dict[str, list[str]] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:  # an empty one is none
            continue
        found.setdefault(key.strip().lower(), []).append(value.strip())
    return found


def no_filter(key: str) -> DockerError:
    """The daemon knows none of that name."""
    return daemon_error(f"invalid filter '{key}'" if key else "invalid filter")


def bad_filter(text: str) -> str:
    """Why --filter is refused by the client, or empty."""
    return "" if "=" in text or not text else "bad format of filter (expected name=value)"


def is_named(name: str, wanted: str) -> bool:
    """A filter of names is a regular expression; what is none is looked for as it is."""
    try:
        return name == wanted or compile_pattern(wanted).find(name) is not None
    except PatternError:
        return False


def with_label(row: dict[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """A row of which a template can ask for one label: {{.Label "team"}}."""
    return row | {"Label": partial(_label, labels)}


def _label(labels: Mapping[str, str], name: str) -> str:
    return labels.get(name, "")


def _heading_of_label(name: str) -> str:
    return name.rpartition(".")[2].replace("-", " ").replace("_", " ")


def _headings(template: Template, headings: dict[str, Any], has_rows: bool) -> str:
    """A map of Go's, which has no value for what is no field; a row would have refused it."""
    try:
        return template.execute(headings)
    except TemplateError:
        if has_rows:
            raise
        return template.execute(Map(headings, "map[string]string"))


def _formatted(form: str, rows: list[dict[str, Any]], headings: dict[str, Any], type_name: str, before: str) -> str:
    is_table, whole = form.startswith("table"), form
    form = form.removeprefix("table").strip(" ").replace("\\t", "\t").replace("\\n", "\n")
    try:
        template = Template(form, type_name)
    except TemplateError as error:
        raise DockerError(f"{before.replace('execute', 'parse')}: {error}") from None
    label = {"Label": _heading_of_label}
    try:
        if is_table and before != EXECUTING:  # docker ps tries it first as it was given
            Template(whole, type_name).execute(rows[0] if rows else headings | label)
        lines = [template.execute(row) for row in rows]
        if not is_table:
            template.execute(dict.fromkeys(headings, "") | label)
            return "".join(line + "\n" for line in lines)
        cells = [line.split("\t") for line in [_headings(template, headings | label, bool(rows)), *lines]]
    except TemplateError as error:
        raise DockerError(f"{before}: {error}") from None
    width = max(len(row) for row in cells)
    return table([row + [""] * (width - len(row)) for row in cells])
