"""The workflow that audits the locks on a schedule, and proposes what mends them as a pull request.

Three jobs, so that no job both runs what it downloads and may write: the first resolves (which may build
an sdist) with a token that can read alone, and hands on a patch; the second gives the advisories to code
scanning; the third applies the patch to the locks, and to nothing else, pushes a branch and opens the
change. The last two run nothing but git, gh and coreutils.
"""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.data.catalog import Catalog
from shipwheel.rendering.github import steps
from shipwheel.rendering.github.model import (
    Concurrency,
    Grant,
    Job,
    Step,
    Value,
    Workflow,
    action,
    plain,
)
from shipwheel.rendering.pipeline import Pipeline
from shipwheel.rendering.triggers import audit_cron
from shipwheel.rendering.yaml import dump

BRANCH = "shipwheel/audit"
_FOLDER = ".shipwheel/audit"
_LOCKS = "*pylock*.toml"  # git's own pattern: a star takes folders too
_AUDIT = f"shipwheel deps audit --sarif {_FOLDER}/audit.sarif --mend {_FOLDER}/proposal.md"
_PATCH = f"git diff -- '{_LOCKS}' > {_FOLDER}/locks.patch"
_TOKEN = {"GH_TOKEN": "${{ github.token }}", "GH_REPO": "${{ github.repository }}"}
_DESPITE = "${{ !cancelled() }}"
# https://docs.github.com/rest/code-scanning: SARIF, compressed and in base64
_SCANNING = """\
gzip --stdout audit.sarif | base64 --wrap=0 > audit.sarif.b64
gh api "repos/$GH_REPO/code-scanning/sarifs" --silent \\
  -f commit_sha="$GITHUB_SHA" -f ref="$GITHUB_REF" -F sarif=@audit.sarif.b64
"""
_PROPOSE = f"""\
if [ ! -s "$FOUND/locks.patch" ]; then
  echo "No lock moves: there is nothing to propose."
  exit 0
fi
git apply --include='{_LOCKS}' "$FOUND/locks.patch"
git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
git commit --quiet --message "$TITLE" -- '{_LOCKS}'
gh auth setup-git
git push --force "$GITHUB_SERVER_URL/$GH_REPO.git" "HEAD:refs/heads/$BRANCH"
gh pr create --head "$BRANCH" --title "$TITLE" --body-file "$FOUND/proposal.md" \\
  || gh pr edit "$BRANCH" --body-file "$FOUND/proposal.md"
"""
_TITLE = "Locked versions that advisories name are mended"


def audit_workflow(pipeline: Pipeline, schedule: str, catalog: Catalog) -> str:
    """Give the text of the workflow, without its header; `pipeline` is that of changes, whose tool it takes.

    `schedule` is as `[tool.shipwheel.ci] audit` has it. Raises ConfigurationError for one that is none.
    """
    return dump(plain(_workflow(pipeline, schedule, catalog)))


def _workflow(pipeline: Pipeline, schedule: str, catalog: Catalog) -> Workflow:
    runner = pipeline.lanes[0].cells[0].runner
    return Workflow(
        name="Audit",
        events={
            "schedule": [{"cron": audit_cron(schedule)}],
            "workflow_dispatch": None,
        },
        concurrency=Concurrency(
            group="${{ github.workflow }}",
            cancel=False,
            why="One at a time: they push to the same branch.",
        ),
        environment=pipeline.environment,
        jobs=(_asks(pipeline, runner, catalog), _scans(runner, catalog), _opens(runner, catalog)),
    )


def _asks(pipeline: Pipeline, runner: str, catalog: Catalog) -> Job:
    return Job(
        id="audit",
        name="Audit",
        why="Red where an advisory that is not ignored names what is locked; what mends it goes on.",
        runs_on=runner,
        minutes=20,
        permissions=(Grant("contents", "read"),),
        steps=tuple(_asking(pipeline, catalog)),
    )


def _asking(pipeline: Pipeline, catalog: Catalog) -> Iterator[Step]:
    yield steps.check_out(catalog, history=False)
    yield Step(
        name="Set up Python",
        uses=action(catalog, "actions/setup-python"),
        inputs={"python-version": pipeline.tool.python},
    )
    yield from steps.install_tool(pipeline.tool)
    yield Step(name="Audit", run=_AUDIT)
    yield Step(name="Write down which locks moved", condition=_DESPITE, run=_PATCH)
    yield Step(
        name="Hand on what was found",
        condition=_DESPITE,
        uses=action(catalog, "actions/upload-artifact"),
        inputs={
            "name": "audit",
            "path": f"{_FOLDER}/",
            "include-hidden-files": True,
            "if-no-files-found": "error",
        },
    )


def _scans(runner: str, catalog: Catalog) -> Job:
    return Job(
        id="code-scanning",
        name="Code scanning",
        why="The advisories beside the locks' lines; may fail, for not every repository has code scanning.",
        condition=_DESPITE,
        needs=("audit",),
        runs_on=runner,
        minutes=5,
        may_fail=True,
        permissions=(Grant("security-events", "write", "hands over what the audit found"),),
        steps=(
            _found(catalog, {}),
            Step(name="Hand over the advisories", environment=_TOKEN, run=_SCANNING),
        ),
    )


def _opens(runner: str, catalog: Catalog) -> Job:
    told = {**_TOKEN, "FOUND": "${{ runner.temp }}/audit", "BRANCH": BRANCH, "TITLE": _TITLE}
    return Job(
        id="propose",
        name="Propose",
        why="Takes the locks of the patch and nothing else, and runs nothing of what they lock.",
        condition=_DESPITE,
        needs=("audit",),
        runs_on=runner,
        minutes=5,
        permissions=(
            Grant("contents", "write", f"pushes the branch {BRANCH}"),
            Grant("pull-requests", "write", "opens the change, or renews its text"),
        ),
        steps=(
            steps.check_out(catalog, history=False),
            _found(catalog, {"path": "${{ runner.temp }}/audit"}),
            Step(name="Open the change", environment=told, run=_PROPOSE),
        ),
    )


def _found(catalog: Catalog, inputs: dict[str, Value]) -> Step:
    return Step(
        name="Get what was found",
        uses=action(catalog, "actions/download-artifact"),
        inputs={"name": "audit", **inputs},
    )
