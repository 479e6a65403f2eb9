"""Tags: what the filename promises is what WHEEL says and what the members are."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.tags import InvalidTag, Tag, parse_tag

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import Member, WheelFacts
from shipwheel.verification.judging.abi_tags import contradiction
from shipwheel.verification.judging.compiled import compiled_files
from shipwheel.verification.modules import extension_stem
from shipwheel.verification.report import Level


class TagCheck(WheelCheck):
    """A check of a wheel whose filename and WHEEL both have tags."""

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        if facts.headers is None:
            return "no WHEEL"
        return "" if facts.file.tags else "the filename does not parse"


class Version(WheelCheck):
    """The wheel's format is one that installers know."""

    id = "wheel-version"
    hint = "build the wheel again with a current backend"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "no WHEEL" if facts.headers is None else ""

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        version = " ".join((facts.headers or {}).get("wheel-version", ()))
        if version != "1.0":  # of another 1.x pip warns, and goes on
            level = Level.WARNING if version.partition(".")[0] == "1" else None
            yield Problem(f"Wheel-Version is {version!r}, installers know 1.0", level=level)


class Agree(TagCheck):
    """WHEEL's tags are the filename's.

    Installers read the filename alone, and widely used wheels differ in the platform; a wheel for
    another Python than it was built for is broken.
    """

    id = "tags-agree"
    hint = "retag with `wheel tags`, which changes both; a renamed wheel keeps its old tags inside"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        inside = _expanded((facts.headers or {}).get("tag", ()))
        if inside != facts.file.tags:
            pythons = {(tag.interpreter, tag.abi) for tag in inside}
            same = not pythons.isdisjoint((tag.interpreter, tag.abi) for tag in facts.file.tags)
            only_in = sorted(map(str, inside - facts.file.tags))
            only_out = sorted(map(str, facts.file.tags - inside))
            told = [f"only in WHEEL: {sample(only_in)}"] if only_in else []
            told += [f"only in the filename: {sample(only_out)}"] if only_out else []
            level = Level.WARNING if same and context.plan is None else None
            yield Problem("the tags differ; " + "; ".join(told), level=level)


def _expanded(values: tuple[str, ...]) -> frozenset[Tag]:
    found: set[Tag] = set()
    for value in values:
        try:
            found |= parse_tag(value)
        except (InvalidTag, ValueError):
            continue
    return frozenset(found)


class PureWithBinary(TagCheck):
    """A wheel for every platform holds no extension module.

    It would install everywhere and load on one platform alone.
    """

    id = "tags-pure"
    hint = "the backend does not know that the wheel is platform-specific; build it as one"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        return super().applies(facts, context) or ("" if facts.pure_tags else "not for `any`")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        modules = {each.name for each in compiled_files(facts).modules}
        extensions = [m.name for m in facts.payload if is_extension(m)]
        certain = [n for n in extensions if n in modules or extension_stem(n)[1]]
        programs = [
            m.name
            for m in facts.payload
            if ".data/scripts/" in m.name and m.binary and m.binary != "pe"
        ]
        if certain:
            yield Problem(f"extension modules in a wheel for `any`: {sample(certain)}")
        elif extensions:
            yield Problem(
                f"shared libraries in a wheel for `any`: {sample(extensions)}", Level.WARNING
            )
        elif programs:
            yield Problem(f"programs in a wheel for `any`: {sample(programs)}", Level.WARNING)


def is_extension(member: Member) -> bool:
    """Say whether a member is a shared library by name and first bytes."""
    named = member.name.endswith((".so", ".pyd", ".dylib"))
    return named and bool(member.binary)


class PlatformWithoutBinary(TagCheck):
    """A wheel for one platform holds something of that platform.

    An optional extension that did not compile leaves a platform wheel without it, with exit code 0.
    """

    id = "tags-platform"
    hint = "see whether the extension was compiled (the build's log); a wheel without it is `any`"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        return super().applies(facts, context) or ("for `any`" if facts.pure_tags else "")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        if any(m.binary for m in facts.payload):
            return
        allowed = context.project is not None and context.project.config.wheels.allow_pure
        promised = context.extension_promised and not allowed
        yield Problem(
            f"no compiled file in a wheel for {_platforms(facts)}",
            level=Level.ERROR if promised else Level.WARNING,
        )


class Unrepaired(TagCheck):
    """No wheel is for `linux_*` alone.

    Such a wheel was not repaired: nothing says which C library it needs, and PyPI refuses it.
    """

    id = "tags-linux"
    level = Level.WARNING
    hint = "repair it: `auditwheel repair` (shipwheel's wheel sessions and cibuildwheel do)"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        return super().applies(facts, context) or ("for `any`" if facts.pure_tags else "")

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        if any(tag.platform.startswith("linux_") for tag in facts.file.tags):
            level = Level.ERROR if context.releasing else None
            yield Problem(f"the platform is {_platforms(facts)}", level=level)


class Known(WheelCheck):
    """Some Python takes each tag of the filename.

    A tag that contradicts itself (`cp312-cp311`), or that no installer asks for (`manylinux_2_17_x64`), makes
    a file that is on the index and that nobody ever gets.
    """

    id = "tags-known"
    hint = "the backend's own tags are right: rename nothing by hand, retag with `wheel tags`"

    def applies(self, facts: WheelFacts, context: Context) -> str:
        """See Check."""
        del context
        return "" if facts.file.tags else "the filename does not parse"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        faults = {tag: contradiction(tag) for tag in sorted(facts.file.tags, key=str)}
        good = [tag for tag, fault in faults.items() if not fault]
        for part in ("interpreter", "abi", "platform"):
            # of a set of tags each with each some may contradict themselves: none may do so always
            held = {getattr(tag, part) for tag in good}
            for value in sorted({getattr(tag, part) for tag in faults} - held):
                told = next(f for tag, f in faults.items() if getattr(tag, part) == value)
                yield Problem(f"{value}: {told}", level=Level.WARNING if good else None)
            if not good:
                return


def _platforms(facts: WheelFacts) -> str:
    return ".".join(sorted({tag.platform for tag in facts.file.tags}))


CHECKS = (
    Version,
    Known,
    Agree,
    PureWithBinary,
    PlatformWithoutBinary,
    Unrepaired,
)
