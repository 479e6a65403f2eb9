"""The tags of a page: as html.parser has them where it can, and no time but the page's length."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipwheel.errors import JobError
from shipwheel.indexes import page
from shipwheel.indexes.anchors import tags_of
from shipwheel.indexes.page import read_page

URL = "https://h/simple/demo/"


class Standard(HTMLParser):
    """Collects the same tags as Python's own parser sees them."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag in {"a", "base", "meta", "input"}:
            values = {}
            for name, value in attrs:
                values.setdefault(name, value or "")
            self.found.append((tag, values))


def standard(text):
    parser = Standard()
    parser.feed(text)
    parser.close()
    return parser.found


PAGES = (
    "<A HREF='x.whl'>x</A><a\nhref = y.whl data-yanked>y</a><br/><a href=\"z\"/>",
    "<!-- <a href='hidden'> --><a href='seen'>a</a><!-- --><base href='/b/'>",
    "<script>var a = \"<a href='no'>\"</script><style>a { }</style><a href='yes'>",
    "<a href='a&amp;b#sha256=0' data-requires-python='&gt;=3.8, &lt;4'>",
    "<a href='x' href='y'><abbr href='no'><address><meta name=a content='b > c'>",
    "<a>no link</a><a href>empty</a><a href=''>too</a>",
    "\u00fc<a href='\u00fc.whl' title='\U0001f600'>",
)


@pytest.mark.parametrize("text", PAGES)
def test_tags_are_those_of_the_standard_parser(text):
    assert list(tags_of(text.encode())) == standard(text)


def test_a_links_own_ampersands_are_no_references():
    ((_, values),) = tags_of(b"<a href='/get?file=x.whl&copy=2&amp;lt=3&#38;a&lt'>")
    assert values == {"href": "/get?file=x.whl&copy=2&lt=3&a&lt"}


def test_what_stands_in_a_text_is_none():
    text = (
        b"<title><a href='no'></title><textarea><input type=password></textarea><input type=text>"
    )
    assert list(tags_of(text)) == [("input", {"type": "text"})]


_word = st.text("abcxyz-._0123", min_size=1, max_size=8)
_value = st.text("abc /.#=&;?%:+'-_", max_size=12)
_attribute = st.tuples(_word.filter(lambda each: each[0].isalpha()), _value).map(
    lambda pair: f'{pair[0]}="{pair[1]}"'
)
_tag = st.tuples(st.sampled_from(("a", "A", "base", "br", "p", "input")), st.lists(_attribute)).map(
    lambda pair: f"<{' '.join([pair[0], *pair[1]])}>"
)


@given(st.lists(st.one_of(_tag, _word, st.just("<!-- <a href='x'> -->")), max_size=12).map("".join))
def test_whatever_is_well_formed_is_read_alike(text):
    assert list(tags_of(text.encode())) == standard(text)


ENDLESS = {
    "tags that are never closed": b"<a ",
    "links that are never closed": b"<a href=",
    "quotes that are never closed": b"<a x='",
    "quotes of both kinds": b"<a x='<a y=\"",
    "comments": b"<!--",
    "declarations": b"<!",
    "marked sections": b"<![x",
    "processing instructions": b"<?",
    "scripts": b"<script>",
    "ends": b"</scrip",
    "angles": b"<",
    "references": b"&",
    "spaces": b"<a" + b" " * 1000,
    "equals": b"<a x" + b"=" * 1000,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_no_page_takes_longer_than_its_length(name):
    piece = ENDLESS[name]
    body = b"<html>" + piece * ((2 << 20) // len(piece))
    started = time.process_time()
    for _tag in tags_of(body):
        pass
    assert time.process_time() - started < 10, "html.parser takes hours"


@pytest.mark.parametrize(
    ("start", "each", "end"),
    [
        (b"<html>", b"<a href='x.whl'>", b""),
        (b'{"files": [', b'{"filename": "x", "url": "y"},', b'{"filename": "x", "url": "y"}]}'),
    ],
)
def test_an_index_that_lists_what_no_project_has(monkeypatch, start, each, end):
    monkeypatch.setattr(page, "_MOST_FILES", 50)
    assert read_page(start + each * 49 + end, "", URL).files
    with pytest.raises(JobError, match="more than 50 files of one project"):
        read_page(start + each * 51 + end, "", URL)


@pytest.mark.parametrize(
    "body",
    [
        b"<![x<a href='d.whl'>",
        b"<base href='http://['><a href='d.whl'>",
        b"<a href='http://[/d.whl'><a href='d.whl'>",
        b"\xff\xfe<a href='d.whl' x='\xff'>",
    ],
)
def test_what_is_broken_stops_nothing(body):
    assert [each.filename for each in read_page(body, "text/html", URL).files] == ["d.whl"]


@pytest.mark.parametrize("inner", [b"[" * 200_000, b'[{"url": ' * 100_000, b'[{"filename": "x"}]'])
def test_json_that_is_no_page(inner):
    with pytest.raises(JobError, match="not that of a project page"):
        read_page(b'{"files": ' + inner, "", URL)
