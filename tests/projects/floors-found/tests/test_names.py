import namely


def test_names_are_told_apart():
    assert [each.normal for each in namely.different(["A_b", "a-b", "c"])] == ["a-b", "c"]
