"""Where a Compose file's variables come from: the shell, `.env` beside the file, and a service's env_file."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import join, normpath
from typing import TYPE_CHECKING

from netsandbox.commands.compose.file.interpolate import VariableError, Variables, env_file, more_of
from netsandbox.commands.docker.client.client import Client
from netsandbox.docker.errors import DockerError
from netsandbox.linux.core.files.inode import FileError

if TYPE_CHECKING:

    from netsandbox.commands.compose.file.model import Project, Service


def variables_of(client: Client, folder: str, given: list[str]) -> Variables:
    """For ${…} in a file: of the shell, and of --env-file, or else of .env in the project's folder, if there is one
    (DockerError: one cannot be read, or is not there)."""
    outside, files, found = client.machine.environment(), client.machine.host_files(), dict[str, str]()
    for path in (normpath(join(files.cwd, path)) for path in given):
        if not files.exists(path):
            raise DockerError(f"couldn't find env file: {path}")
        if files.is_directory(path):
            raise DockerError(f"{path} is a directory")
    beside = f"{folder.rstrip('/')}/.env"
    for path in given or ([] if files.is_directory(beside) else [beside]):
        found |= read_env_file(client, path, more_of(outside, found))
    return Variables({**found, **outside})


def with_env_files(client: Client, project: Project, outside: Variables) -> Project:
    """Each service with what its env_file say (DockerError: one that has to be there is not, or cannot be read)."""
    return project._replace(services={name: _with_own(client, service, outside) if service.env_files else service
                                      for name, service in project.services.items()})


def _with_own(client: Client, service: Service, outside: Variables) -> Service:
    found: dict[str, str] = {}
    for path, is_required in service.env_files:
        if is_required and not client.machine.host_files().exists(path):
            raise DockerError(f"env file {path} not found: stat {path}: no such file or directory")
        found |= read_env_file(client, path, more_of(outside, found))
    return service._replace(variables=tuple(f"{name}={value}" for name, value in found.items()))


def with_label_files(client: Client, project: Project) -> Project:
    """Each service with what its label_file say; their variables are those of the same files alone (DockerError: one is
    not there, or cannot be read)."""
    found = {}
    for name, service in project.services.items():
        labels: dict[str, str] = {}
        for path in service.label_files:
            if not client.machine.host_files().exists(path):
                raise DockerError(f"label file {path} not found: stat {path}: no such file or directory")
            labels |= read_env_file(client, path, labels)
        found[name] = service._replace(file_labels=tuple(f"{key}={value}" for key, value in labels.items()))
    return project._replace(services=found)


def read_env_file(client: Client, path: str, outside: Mapping[str, str]) -> dict[str, str]:
    """Nothing where there is no such file."""
    files = client.machine.host_files()
    try:
        return env_file(files.read(path), outside) if files.exists(path) else {}
    except VariableError as error:
        raise DockerError(f"failed to read {path}: {error}") from None
    except FileError as error:
        raise DockerError(f"failed to read {path}: read {path}: {str(error).lower()}") from None
