"""How does a call reach the server, and what is kept of it?

A session sends calls one after another, judges every answer, and remembers what was answered for
the report's coverage.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.exchange import Call, Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

    from specfoundry.fuzz.contract import Contract, Operation
    from specfoundry.fuzz.judge import Judge, Objection

_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"


@dataclass(slots=True)
class Observed:
    """What was answered so far, for the coverage of the contract."""

    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """operationId → how often each status came."""
    parameters: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """operationId → names of the query parameters that were sent."""


@dataclass
class Session:
    """A connection to one server.

    Attributes:
        contract: The document.
        http: Sends requests; its base URL is the server's.
        judge: Judges every answer.
        identities: Headers by the name of who calls; the empty name is the usual caller.
        complain: Told every objection of the judge.
        pause: Called before every request, for a bounded rate.

    """

    contract: Contract
    http: httpx2.Client
    judge: Judge
    identities: Mapping[str, Mapping[str, str]]
    complain: Callable[[Exchange, Objection], None]
    pause: Callable[[], None] = lambda: None
    observed: Observed = field(default_factory=Observed)

    def send(self, call: Call) -> Exchange:
        """Send a call, judge its answer and return both.

        Raises:
            httpx2.TransportError: Nothing came back.

        """
        operation = self.contract[call.operation]
        self.pause()
        answer = self.http.send(self._request(operation, call))
        exchange = _exchange(call, answer)
        self.observed.statuses[operation.id][exchange.status] += 1
        self.observed.parameters[operation.id] |= set(call.query)
        for objection in self.judge.objections(operation, exchange):
            self.complain(exchange, objection)
        return exchange

    def get(self, url: str, identity: str = "", operation: str = "") -> Exchange:
        """Follow an address that an answer named; judged as the operation, when that is given."""
        self.pause()
        headers = self.identities.get(identity, {})
        answer = self.http.send(self.http.build_request("GET", url, headers=dict(headers)))
        exchange = _exchange(Call(operation=operation, identity=identity), answer)
        known = self.contract.get(operation)
        if known is not None:
            for objection in self.judge.objections(known, exchange):
                self.complain(exchange, objection)
        return exchange

    def _request(self, operation: Operation, call: Call) -> httpx2.Request:
        headers = {**self.identities.get(call.identity, {}), **call.headers}
        options: dict[str, Any] = {}
        if call.media_type == _MULTIPART:
            options["files"] = _multipart(call)
        elif call.media_type == _FORM:
            options["data"] = call.body or {}
        elif call.media_type is not None:
            raw = call.body if isinstance(call.body, bytes) else json.dumps(call.body).encode()
            options["content"] = raw
            headers.setdefault("Content-Type", call.media_type)
        return self.http.build_request(
            operation.method, address(operation, call), headers=headers, **options
        )


def address(operation: Operation, call: Call) -> str:
    """Return the path and query of a call, percent-encoded."""
    path = operation.path
    for parameter in operation.at("path"):
        value = call.path.get(parameter.name, "")
        path = path.replace(f"{{{parameter.name}}}", parameter.wire.path_text(value))
    members: list[str] = []
    for name, value in call.query.items():
        known = operation.parameter(name)
        members += known.wire.query_members(value) if known else [_plain(name, value)]
    return f"{path}?{'&'.join(members)}" if members else path


def _plain(name: str, value: Any) -> str:
    from urllib.parse import quote  # noqa: PLC0415 -- only for parameters that nobody documents

    return f"{quote(name, safe='')}={quote(str(value), safe='')}"


def _multipart(call: Call) -> list[tuple[str, tuple[str | None, bytes, str | None]]]:
    fields = call.body if isinstance(call.body, dict) else {}
    parts: list[tuple[str, tuple[str | None, bytes, str | None]]] = [
        (
            name,
            (None, value.encode() if isinstance(value, str) else json.dumps(value).encode(), None),
        )
        for name, value in fields.items()
    ]
    parts += [(file.name, (file.filename, file.content, file.media_type)) for file in call.files]
    return parts


def _exchange(call: Call, answer: httpx2.Response) -> Exchange:
    request = answer.request
    return Exchange(
        call=call,
        method=request.method,
        url=str(request.url),
        request_headers=dict(request.headers),
        request_body=request.read(),
        status=answer.status_code,
        headers={name.lower(): value for name, value in answer.headers.items()},
        content=answer.read(),
    )
