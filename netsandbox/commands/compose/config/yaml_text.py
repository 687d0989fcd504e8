"""YAML as Compose writes it (go.yaml.in/yaml v3, indented by two): plain where it can be, quoted where it must be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml
from yaml.nodes import ScalarNode

Plain = str | int | float | bool | None | Mapping[str, "Plain"] | Sequence["Plain"]
OTHERWISE = re.compile(r"(?i:y|n|yes|no|on|off|true|false|null|~|\.nan|[-+]?\.inf)|"
                       r"[-+]?(\d[\d_]*)?\.?\d+([eE][-+]?\d+)?|[-+]?0[xXoObB][\da-fA-F_]+|[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?|"
                       r"\d{4}-\d\d?-\d\d?([Tt ].*)?|<<|=|", re.ASCII)
"""What would be read as something else than a text, by YAML 1.2 or by 1.1: it is put between double quotes."""
WIDEST = 1 << 30  # Columns: no text is folded


class _Writer(yaml.SafeDumper):
    """PyYAML, but that lists are indented as well."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(writer: _Writer, text: str) -> ScalarNode:
    style = "|" if "\n" in text else '"' if OTHERWISE.fullmatch(text) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style)


_Writer.add_representer(str, _text)


def to_yaml(data: Mapping[str, Plain]) -> str:
    """The text of a document."""
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, width=WIDEST, allow_unicode=True, default_flow_style=False)
