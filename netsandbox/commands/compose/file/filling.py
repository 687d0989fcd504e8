"""A Compose file's tree with its variables filled in, and texts that stand for numbers or truth made such (compose-go,
interpolation)."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.commands.compose.file.interpolate import FormatError, VariableError, Variables, filled_in
from netsandbox.commands.compose.file.schema import kind_of
from netsandbox.commands.compose.file.values import Values
from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode, fault_in_text

Path = tuple[str, ...]
NAMED = ("networks", "ulimits", "depends_on")  # Keys of a service below which names stand, as in a section
TAG = "tag:yaml.org,2002:"
TRUE, FALSE = ("1", "t", "y", "yes", "on"), ("0", "f", "n", "no", "off")
"""What YAML 1.1 took for the truth, and Compose still does."""
TRUTH, NUMBER, LONG, DECIMAL = "bool", "Atoi", "ParseInt", "ParseFloat"
CASTS = {
    **dict.fromkeys((*(f"services.{key}" for key in (
        "healthcheck.disable", "init", "oom_kill_disable", "privileged", "read_only", "stdin_open", "tty",
        "volumes.[].read_only", "volumes.[].volume.nocopy")), *(f"networks.{key}" for key in (
            "external", "internal", "attachable", "enable_ipv4", "enable_ipv6")), "volumes.external",
        "configs.external", "secrets.external"), TRUTH),
    **dict.fromkeys((f"services.{key}" for key in (
        "configs.[].mode", "secrets.[].mode", "deploy.replicas", "deploy.update_config.parallelism",
        "deploy.rollback_config.parallelism", "deploy.restart_policy.max_attempts", "healthcheck.retries",
        "deploy.placement.max_replicas_per_node", "ports.[].target", "scale", "ulimits.*", "ulimits.*.soft",
        "ulimits.*.hard")), NUMBER),
    **dict.fromkeys((f"services.{key}" for key in (
        "cpu_count", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "oom_score_adj",
        "pids_limit")), LONG),
    **dict.fromkeys(("services.cpus", "services.cpu_percent", "services.deploy.update_config.max_failure_ratio",
                     "services.deploy.rollback_config.max_failure_ratio"), DECIMAL)}
"""By place: what a text there is to be, and the function of Go's strconv that reads it."""
INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


def place_of(path: Path) -> str:
    """A path without the names that people give: services.ulimits.*.soft."""
    section, _name, *rest = [*path, ""][:-1] if len(path) > 1 else [*path, ""]
    if section == "services" and len(rest) > 1 and rest[0] in NAMED:
        rest[1] = "*"
    return ".".join([section, *rest])


def filled(values: Values, node: Node, path: Path = ()) -> Node:
    """A tree with the values of variables (ScenarioError: one that has to be set is not, or a text is not what has to
    stand there)."""
    if isinstance(node, MappingNode):
        for key, _value in node.value:
            if kind_of(key) in ("integer", "number", "boolean"):
                where = f"in {'.'.join(path)}" if path else "at top level"
                raise values.error(key, f"non-string key {where}: {key.value}")
        return MappingNode(node.tag, [(key, filled(values, value, (*path, str(key.value))))
                                      for key, value in node.value], node.start_mark, node.end_mark)
    if isinstance(node, SequenceNode):
        return SequenceNode(node.tag, [filled(values, item, (*path, "[]")) for item in node.value], node.start_mark,
                            node.end_mark)
    return _scalar(values, node, path) if isinstance(node, ScalarNode) and kind_of(node) == "string" else node


def _scalar(values: Values, node: ScalarNode, path: Path) -> ScalarNode:
    what = ".".join(path)
    fault = fault_in_text(node.value)
    if fault:
        raise values.error(node, f"{what}: {fault}")
    try:
        text = filled_in(node.value, values.variables)
    except FormatError as error:
        raise values.error(node, f"invalid interpolation format for {what}.\nYou may need to escape any $ with another "
                                 f"$.\n{error.args[0]}") from None
    except VariableError as error:
        raise values.error(node, f"error while interpolating {what}: {error}") from None
    kind = CASTS.get(place_of(path)) if path else None
    try:
        tag, text = READERS[kind](text, values.variables) if kind else ("str", text)
    except ValueError as error:
        raise values.error(node, f"error while interpolating {what}: failed to cast to expected type: "
                                 f"{error}") from None
    return ScalarNode(TAG + tag, text, node.start_mark, node.end_mark, node.style)


def _truth(text: str, variables: object) -> tuple[str, str]:
    word = text.lower()
    if word not in (*TRUE, *FALSE, "true", "false"):
        raise ValueError(f"invalid boolean: {text}")
    told = "true" if word in (*TRUE, "true") else "false"
    if word != told and isinstance(variables, Variables):
        variables.warnings.append(f'\\"{text}\\" for boolean is not supported by YAML 1.2, please use `{told}`')
    return "bool", told


def _number_by(function: str, kind: str) -> Callable[[str, object], tuple[str, str]]:
    def read(text: str, _variables: object) -> tuple[str, str]:
        try:
            float(text) if kind == "float" else int(text if INTEGER.fullmatch(text) else "?")
        except ValueError:
            raise ValueError(f'strconv.{function}: parsing "{text}": invalid syntax') from None
        return kind, text
    return read


READERS: dict[str, Callable[[str, object], tuple[str, str]]] = {
    TRUTH: _truth, DECIMAL: _number_by(DECIMAL, "float"),
    **{function: _number_by(function, "int") for function in (NUMBER, LONG)}}
