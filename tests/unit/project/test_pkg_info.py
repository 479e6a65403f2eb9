"""What an sdist's own metadata says of extras."""

from __future__ import annotations

import pytest

from shipwheel.project.pkg_info import parse_metadata


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        ('pycurl; extra == "sqs"', ["pycurl"]),
        ("pycurl (>=7) ; extra == 'SQS'", ["pycurl (>=7)"]),
        # setuptools' form: without its Python, two of these would exclude one another
        (
            'pycurl<7.45; (os_name != "nt" and python_version < "3.9") and extra == "sqs"',
            ['pycurl<7.45; os_name != "nt" and python_version < "3.9"'],
        ),
        ('pycurl; python_version < "3.9" and (extra == "sqs")', ['pycurl; python_version < "3.9"']),
        ('pycurl; extra == "sqs" and os_name == "nt"', ['pycurl; os_name == "nt"']),
        # Poetry's: one requirement of several extras
        ('pycurl; extra == "all" or extra == "sqs"', ["pycurl"]),
        (
            """pycurl; (os_name == "nt") and (extra == 'all' or extra == 'sqs')""",
            [
                'pycurl; (os_name == "nt") and (python_version < "0" or python_version >= "0")',
            ],
        ),
        ('pycurl; os_name == "nt"', []),
        ('pycurl; extra == "unheard-of"', []),
    ],
)
def test_a_requirement_of_an_extra_keeps_what_else_its_marker_says(
    required: str, expected: list[str]
) -> None:
    text = f"Metadata-Version: 2.1\nName: shop\nProvides-Extra: sqs\nRequires-Dist: {required}\n"
    assert list(parse_metadata(text, "PKG-INFO").extras.value["sqs"]) == expected


def test_a_requirement_of_several_extras_is_in_each_of_them() -> None:
    text = (
        "Name: shop\nProvides-Extra: All\nProvides-Extra: sqs\n"
        'Requires-Dist: pycurl; extra == "all" or extra == "sqs"\n'
    )
    found = parse_metadata(text, "PKG-INFO")
    assert found.extras.value == {"All": ("pycurl",), "sqs": ("pycurl",)}
    assert found.dependencies.value == ()
