"""Is it counted what of a contract was sent and seen?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.reports.coverage import Coverage
from specfoundry.fuzz.reports.coverage_report import ContractCoverage, cover
from specfoundry.fuzz.server.exchange import Call, Exchange

STATE = {"enum": ["NEW", "OLD"]}
ORDER = {
    "type": "object",
    "properties": {
        "state": STATE,
        "note": {"type": ["string", "null"]},
        "gift": {"type": "boolean"},
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "parameters": [
                    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}
                ],
                "responses": {
                    "200": {
                        "description": "All.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Order"},
                                }
                            }
                        },
                    },
                    "400": {"description": "No."},
                },
            }
        }
    },
    "components": {"schemas": {"Order": ORDER}},
}
CONTRACT = read_contract(DOCUMENT)
ALL = frozenset({"listOrders"})


def _covered(*exchanges: Exchange) -> ContractCoverage:
    coverage = Coverage(CONTRACT)
    for exchange in exchanges:
        coverage.watch(CONTRACT["listOrders"], exchange)
    return cover(coverage, ALL)


def _exchange(status: int, body: Any = None, **query: Any) -> Exchange:
    return Exchange(
        call=Call(operation="listOrders", query=query),
        method="GET",
        url="http://shop/orders",
        request_headers={},
        request_body=b"",
        status=status,
        headers={"content-type": "application/json"},
        content=json.dumps(body).encode(),
    )


def test_statuses_are_told_apart_by_whether_they_are_documented_and_were_seen() -> None:
    row = _covered(_exchange(200, []), _exchange(418)).operations["listOrders"]
    assert row.answers == {"200": 1, "400": 0}
    assert row.strange == {"418": 1}
    assert row.unseen == ("400",)


@pytest.mark.parametrize(
    ("value", "kind"), [(1, "valid"), ("2", "valid"), (0, "invalid"), ("x", "invalid")]
)
def test_a_parameter_is_sent_valid_or_invalid(value: object, kind: str) -> None:
    row = _covered(_exchange(200, [], page=value)).operations["listOrders"]
    assert [name for name, count in row.inputs["query:page"].items() if count] == [kind]


def test_members_values_and_types_that_were_never_answered_are_told() -> None:
    order = "/components/schemas/Order/properties"
    coverage = _covered(_exchange(200, [{"state": "NEW", "note": None}]))
    assert coverage.unseen == (f"{order}/gift", f"{order}/note:string", f"{order}/state=OLD")
    assert coverage.seen == 4


def test_what_several_processes_saw_adds_up() -> None:
    whole, other = Coverage(CONTRACT), Coverage(CONTRACT)
    whole.watch(CONTRACT["listOrders"], _exchange(200, [{"state": "NEW"}], page=1))
    other.watch(CONTRACT["listOrders"], _exchange(400, page=0))
    whole.add(json.loads(json.dumps(other.to_json())))
    counts = cover(whole, ALL).counts
    assert counts["documented statuses answered"] == (2, 2)
    assert counts["inputs sent invalid"] == (1, 1)
