from tangled.record import Record


def test_nothing():
    assert Record
