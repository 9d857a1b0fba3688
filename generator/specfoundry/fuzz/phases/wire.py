"""What did Schemathesis send, in the terms in which the oracles speak?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from schemathesis.core import NotSet

from specfoundry.fuzz.live.trial import Complaint, Step, Taken, name_of, verdict
from specfoundry.fuzz.server.exchange import NO_ANSWER, SECRETS, Call, Exchange, is_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemathesis import Case
    from schemathesis.core.transport import Response


def exchange_of(case: Case[Any], response: Response | None) -> Exchange | None:
    """Return a case and its answer as an exchange; None when it is not a call of its operation.

    That is so for a method which the path lacks, and for an operation without a name.
    """
    name = case.operation.definition.raw.get("operationId") or case.operation.label
    if case.method.upper() != case.operation.method.upper():
        return None
    request = response.request if response is not None else None
    sent = dict(request.headers) if request is not None else {}
    return Exchange(
        call=_call(name, case, sent, _bytes(request.body if request is not None else b"")),
        method=case.method.upper(),
        url=str(request.url) if request is not None else case.path,
        request_headers={key: _text(value) for key, value in sent.items()},
        request_body=_bytes(request.body if request is not None else b""),
        status=response.status_code if response is not None else NO_ANSWER,
        headers=_joined(response.headers) if response is not None else {},
        content=response.content or b"" if response is not None else b"",
    )


def _call(name: str, case: Case[Any], sent: Mapping[str, Any], raw: bytes) -> Call:
    media_type = _text(sent.get("Content-Type", "")) or case.media_type
    has_body = not isinstance(case.body, NotSet) and media_type is not None
    is_value = isinstance(case.body, dict | list | str | int | float | bool | None)
    return Call(
        operation=name,
        path=_json(path_of(case)),
        query=_json(dict(case.query or {})),
        headers=_own_headers(case),
        media_type=media_type if has_body else None,
        body=(_json(case.body) if is_json(media_type) and is_value else raw) if has_body else None,
    )


def path_of(case: Case[Any]) -> dict[str, Any]:
    """Return the path parameters of a case; Schemathesis keeps texts as they stand in the URL."""
    path = case.path_parameters or {}
    return {
        name: unquote(value) if isinstance(value, str) else value for name, value in path.items()
    }


def quoted(path: Mapping[str, Any]) -> dict[str, Any]:
    """Return path parameters as Schemathesis keeps them."""
    return {
        name: quote(value, safe="") if isinstance(value, str) else value
        for name, value in path.items()
    }


def _json(value: Any) -> Any:
    """Return a JSON value without Schemathesis' own kinds of texts."""
    if isinstance(value, dict):
        return {str(name): _json(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_json(member) for member in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _own_headers(case: Case[Any]) -> dict[str, str]:
    """Return the headers that the operation's parameters set, without credentials.

    Calls are written down, and whoever takes them again has credentials of his own.
    """
    schemes = case.operation.schema.raw_schema.get("components", {}).get("securitySchemes", {})
    keys = {str(one.get("name", "")).lower() for one in schemes.values() if isinstance(one, dict)}
    named = {parameter.name.lower() for parameter in case.operation.headers} - SECRETS - keys
    given = dict(case.headers or {})
    return {name: str(value) for name, value in given.items() if name.lower() in named}


def _joined(headers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name.lower(): ", ".join(values) for name, values in headers.items()}


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else b""


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


@verdict
def was_taken(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last call, which the document does not allow, was fulfilled.

    Arguments: `message`, what was said when it happened first.
    """
    last = taken[-1].last
    return str(arguments["message"]) if last.ok else None


@verdict
def was_refused(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last call, which the document allows, was refused as a wrong one.

    Arguments: `message`, what was said when it happened first.
    """
    last = taken[-1].last
    return str(arguments["message"]) if last.status in {400, 422} else None


_VERDICTS: Final = {
    "negative_data_rejection": name_of(was_taken),
    "missing_required_header": name_of(was_taken),
    "ignored_auth": name_of(was_taken),
    "use_after_free": name_of(was_taken),
    "positive_data_acceptance": name_of(was_refused),
}
_JUDGED: Final = {
    "not_a_server_error": "server-error",
    "status_code_conformance": "status",
    "content_type_conformance": "media-type",
    "response_headers_conformance": "header",
    "response_schema_conformance": "schema",
}
"""Stock check → the check of our own judge that says the same."""


def complaint_of(check: str, message: str, exchanges: Sequence[Exchange]) -> Complaint | None:
    """Return what a stock check found as a complaint that can be replayed.

    Args:
        check: Name of the stock check.
        message: What it said.
        exchanges: What was sent, in order; the last one is the offender.

    """
    if not exchanges or (check not in _VERDICTS and check not in _JUDGED):
        return None
    taken = tuple(Taken(Step(call=one.call), (one,)) for one in exchanges)
    return Complaint(
        check=_JUDGED.get(check, check),
        operation=exchanges[-1].call.operation,
        message=message,
        taken=taken,
        verdict=_VERDICTS.get(check),
        arguments={"message": message} if check in _VERDICTS else {},
    )
