from iniconfig import IniConfig


def test_an_empty_file_has_no_section() -> None:
    assert "a" not in IniConfig("a.ini")
