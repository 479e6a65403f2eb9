"""What is wrong with a step, a command, a service or a variable that a project adds to its workflows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shipwheel.errors import ConfigurationError
from shipwheel.project.config import CiService, CiStep
from shipwheel.rendering.pins import unpinned
from shipwheel.rendering.pipeline import Provider

_EXPRESSION = "${{"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_THEIRS = ("GITHUB_", "RUNNER_", "CI_", "GITLAB_", "SHIPWHEEL_")  # set by the providers and by us
# an expression may hold braces of its own, as format's do: what follows one is not taken apart
_SECRET = re.compile(r"\$\{\{.*\bsecrets\b", re.IGNORECASE | re.DOTALL)
_USES = re.compile(r"[A-Za-z0-9][\w-]*(?:/[\w.-]+)+@[0-9a-f]{40} +# ?[\w.-]+")
_INPUT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SESSION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*")
_SERVICE = re.compile(r"[a-z][a-z0-9_-]*")
_IMAGE = re.compile(r"[a-z0-9][\w./:-]*@sha256:[0-9a-f]{64}")
_PORT = re.compile(r"\d{1,5}(?::\d{1,5})?(?:/(?:tcp|udp))?")


def check_step(step: CiStep, where: str, provider: Provider) -> None:
    """Refuse a step that cannot stand in a workflow; raises ConfigurationError."""
    check_told(step.name, where, "name")
    if not step.name.strip():
        raise ConfigurationError("a step has a name", where=where, hint='name = "Prepare the data"')
    if not step.jobs:
        raise ConfigurationError(
            "a step stands in some kinds of jobs", where=where, hint='jobs = ["test"]'
        )
    if (step.run is None) is (step.uses is None):
        raise ConfigurationError(
            "a step runs a command or uses an action, and one of them",
            where=where,
            hint='run = "python tools/prepare.py", or uses = "owner/action@COMMIT # vX.Y.Z"',
        )
    if step.run is not None:
        check_run(step.run, where)
        if step.with_:
            raise ConfigurationError(
                "`with` goes with `uses`",
                where=where,
                hint="a command's values go into `environment`",
            )
    if step.uses is not None:
        check_uses(step.uses, where, provider)
    check_environment(step.environment, where)
    _check_inputs(step.with_, where)


def check_run(text: str, where: str) -> None:
    """Refuse a command that is several, or into which a provider would paste text; raises ConfigurationError."""
    if not text.strip():
        raise ConfigurationError(
            "a command says what to run", where=where, hint='run = "make check"'
        )
    if _EXPRESSION in text:
        raise ConfigurationError(
            f"`{_EXPRESSION}` in a command: what it stands for would be run as the shell's text",
            where=where,
            evidence=text,
            hint='put it into a variable: environment = { REF = "${{ github.ref }}" },'
            " and let the command read that",
        )
    if "\n" in text or "\r" in text:
        raise ConfigurationError(
            "a step is one command",
            where=where,
            evidence=text,
            hint="write a step for each, or a script in the repository and call that",
        )
    _check_visible(text, where, "run")


def check_session(name: str, where: str) -> None:
    """Refuse a session that is more than a name: it stands in a command; raises ConfigurationError."""
    if not _SESSION.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} is no name of a session",
            where=where,
            hint='session = "benchmark"; what is called another way: run = "nox …"',
        )


def check_uses(text: str, where: str, provider: Provider) -> None:
    """Refuse an action that is not pinned to a commit with its version; raises ConfigurationError."""
    if provider == "gitlab":
        raise ConfigurationError(
            "GitLab has no actions",
            where=where,
            hint='say it as a command (run = "…"), or render for GitHub alone: providers = ["github"]',
        )
    faults = list(unpinned(f"uses: {text}"))
    if faults or not _USES.fullmatch(text):
        said = faults[0].partition(": ")[2] if faults else f"{text!r} is no pinned action"
        raise ConfigurationError(
            said,
            where=where,
            hint='uses = "owner/action@COMMIT # vX.Y.Z", with the 40 digits of the version\'s commit',
        )


def check_environment(variables: Mapping[str, str], where: str) -> None:
    """Refuse variables that no shell takes, that are not the user's, or that carry a secret."""
    for name in variables:
        if not _VARIABLE.fullmatch(name):
            raise ConfigurationError(
                f"{name!r} is no name of a variable",
                where=where,
                hint="letters, digits and `_`, not a digit first",
            )
        if name.upper().startswith(_THEIRS):
            raise ConfigurationError(
                f"the variable {name} is not yours to set",
                where=where,
                hint=f"those of the provider and of shipwheel begin with {', '.join(_THEIRS)}",
            )
    _check_secrets(variables, where)


def check_service(name: str, service: CiService, where: str) -> None:
    """Refuse a service that cannot run beside a job, or whose image can be moved; raises ConfigurationError."""
    if not _SERVICE.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} is no name of a service",
            where=where,
            hint="its jobs find it as a host of that name: small letters, digits, `-`",
        )
    if not _IMAGE.fullmatch(service.image):
        raise ConfigurationError(
            f"the image {service.image!r} is not named by its digest",
            where=where,
            hint='a tag can be moved: image = "docker.io/library/postgres:17@sha256:…"',
        )
    for port in service.ports:
        if not _PORT.fullmatch(port):
            raise ConfigurationError(
                f"{port!r} is no port", where=where, hint='ports = ["5432:5432"]'
            )
    check_told(service.options, where, "options")
    check_environment(service.environment, where)


def check_told(text: str, where: str, key: str) -> None:
    """Refuse text that is not plain and on one line; raises ConfigurationError."""
    if _EXPRESSION in text or "\n" in text:
        raise ConfigurationError(
            f"`{_EXPRESSION}` or a second line in `{key}`",
            where=where,
            hint="it is plain text on one line",
        )
    _check_visible(text, where, key)


def _check_visible(text: str, where: str, key: str) -> None:
    """Refuse characters that a reader of the file does not see, or sees in another order."""
    hidden = next((each for each in text if not each.isprintable() and each != "\t"), None)
    if hidden is not None:
        raise ConfigurationError(
            f"`{key}` holds the character U+{ord(hidden):04X}, which nobody sees",
            where=where,
            evidence=ascii(text),
            hint="take it out",
        )


def _check_inputs(values: Mapping[str, str], where: str) -> None:
    for name in values:
        if not _INPUT.fullmatch(name):
            raise ConfigurationError(
                f"{name!r} is no name of an action's input",
                where=f"{where} with",
                hint="letters, digits, `-` and `_`, as the action's own page writes it",
            )
    _check_secrets(values, where)


def _check_secrets(values: Mapping[str, str], where: str) -> None:
    for name, value in values.items():
        if _SECRET.search(value):
            raise ConfigurationError(
                f"{name} takes a secret past the jobs that may have it",
                where=where,
                hint='name it for one kind of job: [tool.shipwheel.ci.secrets] test = ["NAME"]',
            )
