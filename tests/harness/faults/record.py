"""What can be wrong with RECORD."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from faulty import Fault, Wheel

WHEEL = "itsdangerous-wheel"
INIT = "itsdangerous/__init__.py"
SIGNER = "itsdangerous/signer.py"


def _record(old: str, new: str) -> Callable[[Wheel], None]:
    def replaced(text: str) -> str:
        assert re.search(old, text), "the change changes something"
        return re.sub(old, lambda _: new, text, count=1)

    return lambda wheel: wheel.record(replaced)


def _lost(wheel: Wheel) -> None:
    wheel.keep_record = True
    wheel.remove(wheel.record_name)


def _empty(wheel: Wheel) -> None:
    wheel.record(lambda _: "")


def _added(wheel: Wheel) -> None:
    wheel.keep_record = True
    wheel.write("itsdangerous/more.py", "x = 1\n")


def _removed(wheel: Wheel) -> None:
    wheel.keep_record = True
    wheel.remove(SIGNER)


def _changed(wheel: Wheel) -> None:
    wheel.keep_record = True
    wheel.edit(INIT, "import", "import ")


def _twice(wheel: Wheel) -> None:
    wheel.record(lambda text: text.partition("\n")[0] + "\n" + text)


def _digest(form: Callable[[bytes], str]) -> Callable[[Wheel], None]:
    def change(wheel: Wheel) -> None:
        told = form(wheel.read(SIGNER))
        _record(rf"(?m)^{SIGNER},sha256=[^,]*", f"{SIGNER},{told}")(wheel)

    return change


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _padded(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()


FAULTS = (
    Fault("lost", "record-present", WHEEL, _lost),
    Fault("empty", "record-present", WHEEL, _empty),
    Fault("a line of two parts", "record-present", WHEEL, _record(r",\d+\n", "\n")),
    Fault("a quote that is not closed", "record-present", WHEEL, _record(INIT, f'"{INIT}')),
    Fault("a file added afterwards", "record-unlisted", WHEEL, _added, says=("more.py",)),
    Fault("a line lost", "record-unlisted", WHEEL, _record(rf"{SIGNER},.*\n", "")),
    Fault("a file removed afterwards", "record-absent", WHEEL, _removed, says=("signer.py",)),
    Fault("a file changed afterwards", "record-hash", WHEEL, _changed, says=("__init__.py",)),
    Fault("a wrong size", "record-hash", WHEEL, _record(rf"({INIT},[^,]*),\d+", f"{INIT},,9")),
    Fault("no hash", "record-hash", WHEEL, _record(rf"{INIT},[^,]*", f"{INIT},")),
    Fault(
        "MD5", "record-hash", WHEEL, _digest(lambda d: f"md5={_base64(hashlib.md5(d).digest())}")
    ),
    Fault("a line twice", "record-duplicate", WHEEL, _twice, "warning"),
    Fault("padding", "record-form", WHEEL, _digest(_padded)),
    Fault(
        "a hash in hexadecimal",
        "record-hash",
        WHEEL,
        _digest(lambda data: f"sha256={hashlib.sha256(data).hexdigest()}"),
    ),
    Fault("a path with ./", "record-form", WHEEL, _record(SIGNER, f"./{SIGNER}")),
    Fault("an absolute path", "record-form", WHEEL, _record(SIGNER, f"/{SIGNER}")),
    Fault("a backslash", "record-form", WHEEL, _record(SIGNER, r"itsdangerous\signer.py")),
    Fault("a path that climbs", "record-form", WHEEL, _record(SIGNER, f"../{SIGNER}")),
    Fault("a hash of itself", "record-form", WHEEL, _record(r"RECORD,,", "RECORD,sha256=AAAA,4")),
    Fault("not listing itself", "record-form", WHEEL, _record(r".*RECORD,,\n", ""), "warning"),
    Fault("a folder listed", "record-form", WHEEL, _record(r"\A", "itsdangerous/,,\n"), "warning"),
)
