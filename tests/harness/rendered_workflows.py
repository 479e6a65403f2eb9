"""All varied pipelines as GitHub's workflows, rendered once, and how a test asks for their parts."""

from __future__ import annotations

from expanded_workflow import workflow_of
from varied_pipelines import varied_pipelines

from shipwheel.data.catalog import load_catalog
from shipwheel.rendering.github.assembly import github_workflow
from shipwheel.rendering.pipeline import Event

CATALOG = load_catalog()
PIPELINES = varied_pipelines()
TEXTS = {name: github_workflow(pipeline, CATALOG) for name, pipeline in PIPELINES.items()}
WORKFLOWS = {name: workflow_of(text) for name, text in TEXTS.items()}
RELEASES = [name for name, pipeline in PIPELINES.items() if pipeline.event is Event.RELEASE]
CHANGES = [name for name in PIPELINES if name not in RELEASES]


def jobs(name):
    return WORKFLOWS[name]["jobs"]


def steps(name):
    return [(job_id, step) for job_id, job in jobs(name).items() for step in job["steps"]]


def using(name, action):
    return [
        (job_id, step)
        for job_id, step in steps(name)
        if step.get("uses", "").startswith(f"{action}@")
    ]


def told(run):
    """Give what the session of a job is told: its job, the command with its variables put in."""
    for step in run["steps"]:
        if "SHIPWHEEL_JOB" in step.get("env", {}):
            command = step["run"]
            for variable, value in step["env"].items():
                command = command.replace(f'"${variable}"', value)
            return step["env"]["SHIPWHEEL_JOB"], command.removesuffix(" -- ${DRY_RUN:+--dry-run}")
    return None


def expected(cell):
    return cell.job, " ".join(
        ("nox --no-dependencies -s", cell.session, *(("--", *cell.args) if cell.args else ()))
    )
