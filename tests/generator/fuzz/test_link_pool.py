"""Which live values do links carry into the requests that follow?"""

from __future__ import annotations

from typing import Any

from specfoundry.fuzz.phases.pool import Pool


def document(body: Any) -> dict[str, Any]:
    link = {"operationId": "ship", "requestBody": body}
    return {
        "paths": {
            "/orders": {
                "post": {
                    "operationId": "order",
                    "responses": {"201": {"description": "", "links": {"ship": link}}},
                }
            }
        }
    }


def fed(body: Any, given: Any) -> Any:
    pool = Pool.of(document(body), seed=1)
    pool.harvest("order", 201, {"id": "live"}, {})
    return pool.body("ship", given, always=True)


def test_a_value_reaches_its_place_in_an_object() -> None:
    body = {"order": {"id": "$response.body#/id"}, "note": "fixed"}
    given = {"order": {"id": "made up"}, "note": "other"}
    assert fed(body, given) == {"order": {"id": "live"}, "note": "other"}


def test_a_value_reaches_its_place_in_a_list() -> None:
    body = {"orders": [{"id": "$response.body#/id"}]}
    given = {"orders": [{"id": "made up"}, {"id": "too"}]}
    assert fed(body, given) == {"orders": [{"id": "live"}, {"id": "too"}]}


def test_a_body_without_that_place_stays_as_it_is() -> None:
    body = {"orders": [{"id": "$response.body#/id"}]}
    for given in ({"orders": []}, {}, {"orders": None}, []):
        assert fed(body, given) == given
