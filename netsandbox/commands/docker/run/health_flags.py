"""docker run's --health-… and --no-healthcheck (cli/command/container/opts.go, daemon/container.go)."""

from __future__ import annotations

from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.commands.docker.printing.words import duration
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.health import HealthCheck
from netsandbox.engine.units import MILLISECOND

TIMES = {"health-interval": ("interval", "Interval"), "health-timeout": ("timeout", "Timeout"),
         "health-start-period": ("start_period", "StartPeriod"),
         "health-start-interval": ("start_interval", "StartInterval")}
"""Flags that are lengths of time: the field that each is, and as the daemon names it."""


def health_check(parsed: Parsed) -> HealthCheck | None:
    """What is asked for; None for nothing (DockerError: the client or the daemon refuses it)."""
    times = {flag: duration(parsed.text(flag)) or 0 for flag in TIMES}
    command, retries = parsed.text("health-cmd"), parsed.number("health-retries", 0)
    is_wanted = bool(command or retries or any(times.values()))
    if parsed.on("no-healthcheck"):
        if is_wanted:
            raise DockerError("--no-healthcheck conflicts with --health-* options")
        return HealthCheck(("NONE",))
    for flag, value in {**times, "health-retries": retries}.items():
        if value < 0:
            raise DockerError(f"--{flag} cannot be negative")
    fields = {field: times[flag] for flag, (field, _shown) in TIMES.items()}
    return HealthCheck(("CMD-SHELL", command) if command else (), **fields, retries=retries) if is_wanted else None


def check_health(check: HealthCheck | None) -> None:
    """Raises DockerError: the daemon refuses a length of time."""
    for field, shown in TIMES.values() if check is not None else ():
        if 0 < getattr(check, field) < MILLISECOND:
            raise daemon_error(f"{shown} in Healthcheck cannot be less than 1ms")
