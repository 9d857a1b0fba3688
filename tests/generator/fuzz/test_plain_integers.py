"""Are whole numbers sent in the form that every reader of JSON takes for an integer?"""

from __future__ import annotations

from specfoundry.fuzz.phases.hooks import has_odd_integer, plain_integers


def test_whole_numbers_lose_their_fraction_wherever_they_stand() -> None:
    body = {"size": 2.0, "parts": [1.0, 1.5, {"deep": -0.0}], "name": "1.0", "on": True}

    assert has_odd_integer(body)
    sent = plain_integers(body)
    assert sent == {"size": 2, "parts": [1, 1.5, {"deep": 0}], "name": "1.0", "on": True}
    assert isinstance(sent["size"], int)
    assert isinstance(sent["parts"][2]["deep"], int)
    assert not has_odd_integer(sent)
