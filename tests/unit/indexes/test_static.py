"""The pages of a static host as files, and the pages' text."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from shipwheel.indexes.listing import project_html, project_json
from shipwheel.indexes.page import read_page
from shipwheel.indexes.shelf import Held, Shelf
from shipwheel.indexes.static import is_static, write_pages, write_project

AT = "https://h/simple/tiny-demo/"


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def page(folder, name, form="json", at=AT):
    body = (folder / "simple" / name / f"index.{form}").read_bytes()
    return read_page(body, f"text/{form}", at)


@pytest.mark.parametrize("form", ["json", "html"])
def test_both_forms_say_the_same_to_our_own_reader(tmp_path, wheel, sdist, form):
    made = wheel(tmp_path / "simple" / "tiny-demo")
    sdist(tmp_path / "else where")
    (tmp_path / "simple" / "tiny-demo" / f"{made.name}.yanked").write_text('a "bad" <file>')
    assert not is_static(tmp_path)
    assert write_pages(Shelf(tmp_path)) == ("tiny-demo",)
    assert is_static(tmp_path)
    wheel_held, sdist_held = Shelf(tmp_path).files()
    first, second = page(tmp_path, "tiny-demo", form).files
    assert first.url == f"{AT}{made.name}"
    assert second.url == "https://h/else%20where/tiny_demo-1.0.tar.gz"
    assert (first.sha256, second.sha256) == (wheel_held.sha256, sdist_held.sha256)
    assert first.requires_python == ">=3.8, <4"
    assert (first.yanked, second.yanked) == ('a "bad" <file>', None)
    if form == "json":
        assert first.size == wheel_held.size
        assert first.uploaded == "2023-11-14T22:13:20.250000Z"


def test_the_fields_of_pep_700_and_714(tmp_path, wheel):
    made = wheel(tmp_path / "simple" / "tiny-demo")
    wheel(tmp_path, "0.9")
    write_pages(Shelf(tmp_path))
    said = json.loads((tmp_path / "simple" / "tiny-demo" / "index.json").read_bytes())
    assert said["meta"] == {"api-version": "1.3"}
    assert said["name"] == "tiny-demo"
    assert said["versions"] == ["0.9", "1.0"]
    file = said["files"][1]
    beside = tmp_path / "simple" / "tiny-demo" / f"{made.name}.metadata"
    assert file["core-metadata"] == file["dist-info-metadata"]
    assert b"Name: Tiny.Demo" in beside.read_bytes()
    assert file["yanked"] is False
    root = json.loads((tmp_path / "simple" / "index.json").read_bytes())
    assert root["projects"] == [{"name": "tiny-demo"}]


def test_the_same_folder_gives_the_same_bytes_whatever_the_files_times(tmp_path, wheel, sdist):
    wheel(tmp_path / "one" / "simple" / "tiny-demo")
    sdist(tmp_path / "one")
    write_pages(Shelf(tmp_path / "one"))
    before = tree(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two", copy_function=shutil.copyfile)
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "two").rglob("*.html")}
    write_pages(Shelf(tmp_path / "two"))
    assert tree(tmp_path / "two") == before
    assert stamps == {path: path.stat().st_mtime_ns for path in stamps}, "what is the same stays"


def test_other_bytes_came_another_time(tmp_path, wheel):
    write_pages(Shelf(tmp_path))
    made = wheel(tmp_path)
    write_project(Shelf(tmp_path), "tiny-demo")
    beside = tmp_path / f"{made.name}.metadata"
    true = beside.read_bytes()
    beside.write_text("of the other bytes")
    wheel(tmp_path, body="other")
    os.utime(made, (0, 0))
    write_project(Shelf(tmp_path), "tiny-demo")
    assert page(tmp_path, "tiny-demo").files[0].uploaded == "1970-01-01T00:00:00.000000Z"
    assert beside.read_bytes() == true


def test_a_page_whose_files_are_gone_goes_too_and_nothing_else(tmp_path, wheel):
    gone, kept = wheel(tmp_path / "simple" / "tiny-demo"), wheel(tmp_path, name="kept")
    (tmp_path / "simple" / "index.css").write_text("theirs")
    write_pages(Shelf(tmp_path))
    gone.unlink()
    gone.with_name(f"{gone.name}.metadata").unlink()
    write_pages(Shelf(tmp_path))
    left = set(tree(tmp_path))
    assert left == {
        kept.name,
        f"{kept.name}.metadata",
        "simple/index.css",
        *(f"simple/{name}" for name in ("index.html", "index.json")),
        *(f"simple/kept/{name}" for name in ("index.html", "index.json")),
    }


def test_a_half_written_page_of_somebody_elses_is_written_anew(tmp_path, wheel):
    wheel(tmp_path)
    (tmp_path / "simple" / "tiny-demo").mkdir(parents=True)
    (tmp_path / "simple" / "tiny-demo" / "index.json").write_text('{"files": [{"filename"')
    write_pages(Shelf(tmp_path))
    assert len(page(tmp_path, "tiny-demo").files) == 1


def test_text_of_strangers_cannot_leave_its_attribute():
    held = Held(
        path="x.whl",
        filename="x.whl",
        project="x",
        version="1",
        sha256="0" * 64,
        size=1,
        uploaded="",
        requires_python='"><script>',
        yanked="' onclick='",
    )
    text = project_html("x", [held], lambda each: each.path).decode()
    assert "<script>" not in text
    assert "' onclick" not in text
    said = json.loads(project_json("x", [held], lambda each: each.path))
    assert said["files"][0]["requires-python"] == '"><script>'
