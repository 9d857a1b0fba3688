"""How far do links lead from the first answers?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.phases.trail import Answer, Step, Trail

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = [{"name": "id", "in": "path", "required": True}]
ID = {"id": "$response.body#/id"}


def operation(name: str, links: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    found = {
        target: {"operationId": target, **({"parameters": ID} if link is None else link)}
        for target, link in links.items()
    }
    return {"operationId": name, "responses": {"200": {"description": "", "links": found}}, **more}


def document(**orders: Any) -> dict[str, Any]:
    links = {"read": None, "pay": None, "cancel": None}
    return {
        "paths": {
            "/orders": {"post": operation("order", links)},
            "/orders/{id}": {
                "parameters": HERE,
                "get": operation("read", orders.get("read", {})),
                "delete": operation("cancel", {}),
            },
            "/orders/{id}/pay": {
                "parameters": HERE,
                "post": orders.get("pay", operation("pay", {})),
            },
            "/parcels/{id}": {"parameters": HERE, "get": operation("track", {})},
        }
    }


class Server:
    """Answers every step with its name and what is given; remembers them."""

    def __init__(self, **answers: Any) -> None:
        self.steps: list[Step] = []
        self.paused = 0.0
        self._answers = answers

    def send(self, step: Step) -> Answer:
        self.steps.append(step)
        given = self._answers.get(step.operation_id, {"id": "1"})
        status, body = given(self) if callable(given) else (200, given)
        return Answer(step=step, status=status, body=body, headers={})

    def wait(self, seconds: float) -> None:
        self.paused += seconds

    def follow(self, node: Mapping[str, Any]) -> list[str]:
        Trail(node, self.send).follow([Step(operation_id="order")], self.wait)
        return [step.operation_id for step in self.steps]


def test_what_answers_name_is_asked_for_and_nothing_is_deleted() -> None:
    server = Server()
    assert sorted(server.follow(document())) == ["order", "pay", "read"]
    assert [dict(step.parameters) for step in server.steps] == [{}, {"id": "1"}, {"id": "1"}]


def test_a_link_may_hand_on_what_was_asked_for() -> None:
    back = operation("pay", {"track": {"parameters": {"id": "$request.path.id"}}})
    server = Server(pay={})
    assert "track" in server.follow(document(pay=back))
    assert dict(server.steps[-1].parameters) == {"id": "1"}


def test_the_body_of_a_link_is_sent_with_its_values() -> None:
    body = {"content": {"application/json": {"examples": {"one": {"value": {"card": "other"}}}}}}
    node = document(pay=operation("pay", {}, requestBody=body))
    links = node["paths"]["/orders"]["post"]["responses"]["200"]["links"]
    links["pay"]["requestBody"] = {"card": "7", "amount": "$response.body#/price"}
    server = Server(order={"id": "1", "price": 5})
    server.follow(node)
    assert [s.body for s in server.steps if s.operation_id == "pay"] == [{"card": "7", "amount": 5}]


def test_without_a_body_of_the_link_every_example_is_sent() -> None:
    examples = {"cash": {"value": {"cash": 5}}, "card": {"value": {"card": "7"}}}
    body = {"content": {"application/json": {"examples": examples}}}
    server = Server()
    server.follow(document(pay=operation("pay", {}, requestBody=body)))
    sent = [step.body for step in server.steps if step.operation_id == "pay"]
    assert sent == [{"cash": 5}, {"card": "7"}]


def test_what_is_not_ready_is_looked_at_again_until_it_is() -> None:
    parcel = {"track": {"parameters": {"id": "$response.body#/parcel"}}}

    def read(server: Server) -> tuple[int, Any]:
        return 200, {"id": "1", "parcel": "9" if server.paused > 0.2 else None}

    server = Server(read=read)
    assert server.follow(document(read=parcel))[-1] == "track"
    assert dict(server.steps[-1].parameters) == {"id": "9"}


def test_a_refusal_is_tried_again_later() -> None:
    def pay(server: Server) -> tuple[int, Any]:
        return (200, {}) if server.paused else (409, {})

    server = Server(pay=pay)
    assert server.follow(document()).count("pay") > 1
    assert server.follow(document())[-1] == "pay"


def test_operations_that_lead_in_a_circle_come_to_an_end() -> None:
    server = Server(read=lambda server: (200, {"id": str(len(server.steps))}))
    node = document(read={"read": None, "pay": None})
    assert len(server.follow(node)) < 20


def test_there_is_no_waiting_when_everything_is_reached() -> None:
    node = document()
    del node["paths"]["/parcels/{id}"]
    server = Server()
    server.follow(node)
    assert server.paused == 0
