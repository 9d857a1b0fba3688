"""Is a request, as it went over the wire, one that the document allows?"""

from __future__ import annotations

import json
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from specfoundry.document.pointer import follow, join
from specfoundry.fuzz.live.judge import Objection
from specfoundry.fuzz.promises.contract import target
from specfoundry.fuzz.promises.plan import LENIENT
from specfoundry.fuzz.server.exchange import FORM, MULTIPART

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.live.judge import Judge
    from specfoundry.fuzz.promises.contract import Body, Contract, Operation, Parameter
    from specfoundry.fuzz.server.exchange import Exchange

_NUMBER: Final = re.compile(r"\s*[+-]?\d")
_DELIMITERS: Final = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


class RequestJudge:
    """Judges what was sent and accepted by one document.

    A request that the server refused is no news; one that it accepted although the document forbids
    it shows that one of the two is wrong.
    """

    def __init__(self, contract: Contract, judge: Judge) -> None:
        """Args: the document, and the judge of answers, whose validators are used."""
        self._contract = contract
        self._judge = judge

    def objections(self, operation: Operation, exchange: Exchange) -> Iterator[Objection]:
        """Yield what the document forbids about an accepted request."""
        if not exchange.ok:
            return
        for text in (*self._query(operation, exchange), *self._body(operation, exchange)):
            yield Objection("request", f"It was accepted, but the document forbids it: {text}")

    def allows_query(self, operation: Operation, exchange: Exchange) -> bool:
        """Return whether nothing is wrong with the query of a request."""
        return next(self._query(operation, exchange), None) is None

    def _query(self, operation: Operation, exchange: Exchange) -> Iterator[str]:
        sent: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True):
            sent.setdefault(name, []).append(value)
        for parameter in operation.at("query"):
            values = sent.pop(parameter.name, None)
            if values is None:
                if parameter.wire.required:
                    yield f"the query parameter `{parameter.name}` is missing"
            elif parameter.wire.style in _DELIMITERS and not self._fits(parameter, values):
                yield f"`{parameter.name}={values[-1]}` breaks its schema"
        if operation.node.get("x-strict-query"):
            for name in sent:
                if "[" not in name:  # a member of a deepObject belongs to its parameter
                    yield f"nobody documents the query parameter `{name}`"

    def _fits(self, parameter: Parameter, values: list[str]) -> bool:
        pointer = join(parameter.pointer, "schema")
        _, schema = target(self._contract.node, pointer, parameter.schema)
        if schema.get("type") == "array":
            delimiter = _DELIMITERS[parameter.wire.style]
            members = values if parameter.wire.explode else values[-1].split(delimiter)
            candidates: list[Any] = [members, [_scalar(member) for member in members]]
        elif parameter.node.get("x-decode") == LENIENT and _NUMBER.match(values[-1]):
            return True
        else:
            candidates = [values[-1], _scalar(values[-1])]
        return any(not self._judge.problems(pointer, one) for one in candidates)

    def _body(self, operation: Operation, exchange: Exchange) -> Iterator[str]:
        headers = {name.lower(): value for name, value in exchange.request_headers.items()}
        media_type = headers.get("content-type", "").split(";")[0].strip().lower()
        if not operation.bodies or not (exchange.request_body or operation.is_body_required):
            return
        body = next((one for one in operation.bodies if one.media_type == media_type), None)
        ignores = self._ignores_media_type(operation)
        if body is None and not ignores:
            known = ", ".join(one.media_type for one in operation.bodies)
            yield f"media type {media_type or 'none'} (only {known})"
            return
        yield from self._content(body or operation.bodies[0], headers, exchange.request_body)

    def _ignores_media_type(self, operation: Operation) -> bool:
        pointer = join(operation.pointer, "requestBody")
        _, node = target(self._contract.node, pointer, operation.node.get("requestBody"))
        return bool(node.get("x-ignore-media-type"))

    def _content(self, body: Body, headers: Mapping[str, str], content: bytes) -> Iterator[str]:
        if body.schema_pointer is None:
            return
        if body.media_type == MULTIPART:
            yield from self._parts(body, headers.get("content-type", ""), content)
            return
        if body.media_type == FORM:
            value: Any = dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))
        elif body.media_type == "application/json" or body.media_type.endswith("+json"):
            try:
                value = json.loads(content)
            except ValueError as error:
                yield f"the body is no JSON: {error}"
                return
        else:
            return
        yield from self._judge.problems(body.schema_pointer, value)

    def _parts(self, body: Body, content_type: str, content: bytes) -> Iterator[str]:
        raw = b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content
        message = BytesParser(policy=HTTP).parsebytes(raw)
        names = {
            part.get_param("name", header="content-disposition") for part in message.iter_parts()
        }
        _, schema = target(
            self._contract.node,
            body.schema_pointer or "",
            follow(self._contract.node, body.schema_pointer or ""),
        )
        for name in schema.get("required", ()):
            if name not in names:
                yield f"the part `{name}` is missing"
        if schema.get("additionalProperties") is False:
            for name in sorted(str(one) for one in names - schema.get("properties", {}).keys()):
                yield f"nobody documents the part `{name}`"


def _scalar(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
