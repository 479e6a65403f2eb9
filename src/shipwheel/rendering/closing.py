"""The lanes that end a pipeline: the one required check of a change; gate, upload, read-back and page of a release."""

from __future__ import annotations

from typing import Literal

from shipwheel.data.catalog import Catalog
from shipwheel.planning.job import JobKind
from shipwheel.rendering.cells import cells
from shipwheel.rendering.member import Member
from shipwheel.rendering.pipeline import Cell, Event, Lane

GATE, PUBLISH, READ_BACK, PAGE = "gate", "publish", "read-back", "github-release"
# what the gate says of a release, beside the files: what may go out, what is in it, where it comes from
TOLD = (
    ".shipwheel/release.json",
    ".shipwheel/sbom.cdx.json",
    ".shipwheel/provenance.json",
)
_PUBLISH_MINUTES = 30
_PAGE_MINUTES = 10


def required_check(lanes: tuple[Lane, ...], runner: str) -> Lane:
    """Give the one check that a branch's rules need to require: it runs whatever became of the others."""
    return Lane(
        id=GATE,
        kind=None,
        name="Gate",
        why="The one check to require: a job that was skipped because another failed counts as passed"
        " elsewhere.",
        cells=(Cell(job=GATE, session="", runner=runner),),
        needs=tuple(lane.id for lane in lanes),
        checkout=False,
        minutes=5,
    )


def release_lanes(
    member: Member,
    lanes: tuple[Lane, ...],
    catalog: Catalog,
    *,
    trusted: bool,
    environment: str,
    page: Literal["published", "draft", "none"],
) -> tuple[Lane, ...]:
    """Give gate, upload and read-back of one package's release, and its page on the provider where one is wanted."""
    gate = Lane(
        id=GATE,
        kind=JobKind.GATE,
        name="Release gate",  # GitHub would take one called like the required check for it
        why="Every file, every test, one version: a release, or every reason against it.",
        cells=cells((member,), JobKind.GATE, catalog, Event.RELEASE),
        needs=tuple(lane.id for lane in lanes),
        takes="all",
        gives="release",
        history=True,
    )
    runner = gate.cells[0].runner
    publish = Lane(
        id=PUBLISH,
        kind=JobKind.PUBLISH,
        name="Publish",
        why="Sees no source and builds nothing: hashes what the gate passed, and uploads that.",
        cells=(_closing(member, PUBLISH, runner),),
        needs=(GATE,),
        checkout=False,
        oidc=trusted,
        environment=environment,
        minutes=_PUBLISH_MINUTES,
    )
    read_back = Lane(
        id=READ_BACK,
        kind=None,
        name="Read back",
        why="What a user gets: every file fetched from the index, compared and installed.",
        cells=(_closing(member, READ_BACK, runner),),
        needs=(PUBLISH,),
        checkout=False,
        # an index of one's own mostly shows its pages to nobody without a password: the upload's
        environment=None if environment in catalog.indexes else environment,
        minutes=_PUBLISH_MINUTES,
    )
    if page == "none":
        return (gate, publish, read_back)
    return (gate, publish, read_back, _page(_closing(member, PAGE, runner), page))


def _page(cell: Cell, page: Literal["published", "draft"]) -> Lane:
    return Lane(
        id=PAGE,
        kind=None,
        name="GitHub release",
        why="What the gate wrote, beside the tag: what may go out, what is in it, where it comes from.",
        cells=(cell,),
        needs=(READ_BACK,),
        checkout=False,
        page=page,
        minutes=_PAGE_MINUTES,
    )


def _closing(member: Member, lane: str, runner: str) -> Cell:
    return Cell(
        job=member.prefixed(lane),
        session=member.prefixed(lane),
        runner=runner,
        package=member.name,
        directory=member.directory,
    )
