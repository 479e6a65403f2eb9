from __future__ import annotations

import json

from shipwheel.cli.publish import refusal_json
from shipwheel.publishing.refusal import Reason, Refused


def test_a_refusal_has_the_shape_of_a_publication() -> None:
    refused = Refused([Reason(rule="foreign-file", message="x.whl is not ours", hint="move it")])
    assert json.loads(refusal_json(refused, "testpypi")) == {
        "schema": 1,
        "index": "testpypi",
        "files": [],
        "reasons": [{"rule": "foreign-file", "message": "x.whl is not ours", "hint": "move it"}],
    }
