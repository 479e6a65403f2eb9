"""Files of constraints for cibuildwheel's tests: pip and uv read them from variables there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

# where cibuildwheel puts the sdist's files in its container; elsewhere installers start in their folder
_IN_CONTAINER = "/project/"
VARIABLES = ("PIP_CONSTRAINT", "UV_CONSTRAINT")


def constraint_variables(
    files: Sequence[str], members: Collection[str], system: str, environment: Mapping[str, str]
) -> dict[str, str]:
    """Give the variables that hold the wheel's dependencies and the tests' to the project's constraints.

    `files` are relative to the root, `members` the sdist's: one that it lacks cannot be read there, nor
    one with a blank in its name, at which both installers split. Both variables, for a project's
    `build-frontend` decides which of the two installs; what `environment` sets already stays.
    """
    kept = [each for each in files if is_readable(each, members)]
    folder = _IN_CONTAINER if system == "linux" else ""
    value = " ".join(f"{folder}{each}" for each in kept)
    return {name: value for name in VARIABLES if value and name not in environment}


def is_readable(file: str, members: Collection[str]) -> bool:
    """Say whether a file of constraints can be read where cibuildwheel tests."""
    return file in members and not any(each.isspace() for each in file)
