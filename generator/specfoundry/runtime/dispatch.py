"""How does a request become an answer?

Route, authenticate, read parameters, read the body, call the handler, send what it answers.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from specfoundry.runtime.bodies import read_body
from specfoundry.runtime.codecs import CodecError, percent_decoded
from specfoundry.runtime.encoding import encode
from specfoundry.runtime.limits import Limits
from specfoundry.runtime.parameters import ParameterDecoder
from specfoundry.runtime.problem_details import ProblemDetails, ProblemDetailsTranslator
from specfoundry.runtime.problems import NotImplementedByServer, Problem, Refusal
from specfoundry.runtime.receiving import BodyRefused, BodyStream, ClientDisconnected, Spool
from specfoundry.runtime.requests import RequestHead, url_text
from specfoundry.runtime.responses import ApiError, Response
from specfoundry.runtime.routing import Match, Router
from specfoundry.runtime.sending import send_encoded
from specfoundry.runtime.strict import Inspector

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from specfoundry.runtime.encoding import Encoded
    from specfoundry.runtime.operations import Operation
    from specfoundry.runtime.problems import ErrorTranslator, Reason
    from specfoundry.runtime.security import Authenticator

LOG: Final = logging.getLogger("specfoundry.runtime")

TrailingSlash: TypeAlias = bool | Callable[[str], bool]
"""Whether a path that ends in a slash means the path without it; a callable decides by path."""
AnyAnswer: TypeAlias = Response[Any] | ApiError

# What the server says about itself is no answer of the operation, so nothing documents it.
_UNJUDGED: Final[frozenset[Reason]] = frozenset({"crash", "not_implemented", "too_large"})


@dataclass(slots=True)
class _Route:
    operation: Operation
    handler: Callable[..., Awaitable[Any]]
    decoder: ParameterDecoder
    path_names: tuple[str, ...]


@dataclass(slots=True)
class _Exchange:
    """One request on its way; what is known so far."""

    request: RequestHead
    stream: BodyStream
    route: _Route
    captured: tuple[str, ...]
    caller: Any = None
    reading: bool = False
    """The body is being, or has been, read."""
    spool: Spool | None = None


class Application:
    """A plain ASGI application for a table of operations."""

    def __init__(  # noqa: PLR0913 (the options of `create_app`, each with its own name)
        self,
        operations: Iterable[Operation],
        apis: object,
        *,
        authenticator: Authenticator[Any] | None = None,
        errors: ErrorTranslator | None = None,
        strict: bool = False,
        uploads: Path | None = None,
        limits: Limits | None = None,
        trailing_slash: TrailingSlash = False,
    ) -> None:
        self._authenticator = authenticator
        self._errors: ErrorTranslator = errors or ProblemDetailsTranslator()
        self._uploads = uploads or Path(tempfile.gettempdir())
        self._limits = limits or Limits()
        self._trailing_slash = trailing_slash
        self.inspector = Inspector(strict=strict)
        self._router: Router[_Route] = Router()
        for operation in operations:
            self._add(operation, apis)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection (ASGI 3.0)."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    def _add(self, operation: Operation, apis: object) -> None:
        handler = getattr(getattr(apis, operation.tag, None), operation.handler, None)
        handler = handler or _missing(operation)
        names = tuple(part.partition("}")[0] for part in operation.path.split("{")[1:])
        decoder = ParameterDecoder(operation, names, self._limits.query_members)
        self._router.add(
            operation.method, operation.path, _Route(operation, handler, decoder, names)
        )

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw_path = _raw_path(scope)
        match = self._find(scope["method"], raw_path)
        request = RequestHead(scope, _decoded(raw_path))
        route = match.target
        if route is None:
            reason: Reason = "method_not_allowed" if match.methods else "not_found"
            refusal = Refusal(reason=reason, request=request, allowed=match.methods)
            answer = await self._translated(refusal)
            encoded = encode(None, answer, request)
            if encoded.status == HTTPStatus.METHOD_NOT_ALLOWED:  # RFC 9110, 10.2.1
                encoded.headers.setdefault("allow", ", ".join(match.methods))
            await send_encoded(encoded, scope, receive, send)
            return
        stream = BodyStream(receive, _content_length(request))
        exchange = _Exchange(request, stream, route, match.captured)
        try:
            encoded = await self._encoded(exchange)
            await send_encoded(encoded, scope, receive, send)
        except ClientDisconnected:
            return
        finally:
            if exchange.spool is not None:
                await exchange.spool.discard()

    def _find(self, method: str, path: str) -> Match[_Route]:
        match = self._router.find(method, path)
        if match.target is None and not match.methods and len(path) > 1 and path.endswith("/"):
            shorter = path.rstrip("/") or "/"
            tolerated = self._trailing_slash
            if tolerated(shorter) if callable(tolerated) else tolerated:
                return self._router.find(method, shorter)
        return match

    async def _encoded(self, exchange: _Exchange) -> Encoded:
        operation = exchange.route.operation
        reason: Reason | None = None
        try:
            answer = await self._answer(exchange)
            if isinstance(answer, Refusal):
                reason = answer.reason
                answer = await self._translated(answer)
            encoded = encode(operation, answer, exchange.request)
        except ClientDisconnected:
            raise
        except Exception as error:  # noqa: BLE001 (whatever a handler raises is answered as 500)
            reason, answer = await self._crashed(exchange, error)
            encoded = encode(operation, answer, exchange.request)
        if reason not in _UNJUDGED:
            self.inspector.inspect(operation, encoded)
        return encoded

    async def _answer(self, exchange: _Exchange) -> AnyAnswer | Refusal:
        """Return what the operation answers, or why it was not called."""
        route, request = exchange.route, exchange.request
        operation = route.operation
        try:
            security = operation.security
            if not security.none and not security.is_anonymous(request):
                exchange.caller = await self._authenticated(request, operation)
            params, problems = route.decoder.decode(request, exchange.captured)
            if problems:
                return _refusal(exchange, "parameters", problems=problems)
            arguments = [] if operation.params is None else [params]
            if operation.body is not None:
                exchange.reading = True
                exchange.spool = Spool(self._uploads)
                arguments.append(
                    await read_body(
                        operation.body, request, exchange.stream, self._limits, exchange.spool
                    )
                )
            if not security.none:
                arguments.append(exchange.caller)
            answer = await route.handler(*arguments)
        except BodyRefused as error:
            return _refusal(exchange, error.reason, problems=error.problems, body=error.body)
        except ApiError as error:
            return error
        except NotImplementedByServer as error:
            return _refusal(exchange, "not_implemented", exception=error)
        return _checked(answer, operation.operation_id)

    async def _authenticated(self, request: RequestHead, operation: Operation) -> Any:
        if self._authenticator is None:
            raise RuntimeError(f"{operation.operation_id} needs an authenticator")
        return await self._authenticator.authenticate(request, operation)

    async def _crashed(self, exchange: _Exchange, error: Exception) -> tuple[Reason, AnyAnswer]:
        operation = exchange.route.operation
        LOG.error(
            "%s %s (%s) failed",
            operation.method,
            operation.path,
            operation.operation_id,
            exc_info=error,
        )
        return "crash", await self._translated(_refusal(exchange, "crash", exception=error))

    async def _translated(self, refusal: Refusal) -> AnyAnswer:
        try:
            return _checked(await self._errors.translate(refusal), "the error translator")
        except ApiError as error:
            return error
        except ClientDisconnected:
            raise
        except Exception:
            LOG.exception("the error translator failed for %s", refusal.reason)
            return ProblemDetails(
                status=500, body={"title": "Internal Server Error", "status": 500}
            )


def _missing(operation: Operation) -> Callable[..., Awaitable[Any]]:
    async def handler(*_arguments: object) -> Any:
        raise NotImplementedByServer(operation.operation_id)

    return handler


def _checked(answer: Any, who: str) -> AnyAnswer:
    if not isinstance(answer, (Response, ApiError)):
        raise TypeError(f"{who} answered a {type(answer).__name__}")
    return answer


def _refusal(
    exchange: _Exchange,
    reason: Reason,
    *,
    problems: tuple[Problem, ...] = (),
    body: object | None = None,
    exception: Exception | None = None,
) -> Refusal:
    stream = exchange.stream
    return Refusal(
        reason=reason,
        request=exchange.request,
        operation=exchange.route.operation,
        problems=problems,
        path_params={
            name: _decoded(text)
            for name, text in zip(exchange.route.path_names, exchange.captured, strict=True)
        },
        body=body,
        caller=exchange.caller,
        exception=exception,
        read_body=None if exchange.reading else lambda: stream.read(Limits().json_bytes),
    )


def _raw_path(scope: Scope) -> str:
    """Return the path below the mount point, still percent-encoded."""
    raw = scope.get("raw_path")
    path = url_text(bytes(raw).partition(b"?")[0]) if raw else quote(scope["path"])
    root = quote(str(scope.get("root_path") or "")).rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        path = path[len(root) :]
    return path or "/"


def _decoded(text: str) -> str:
    try:
        return percent_decoded(text)
    except CodecError:
        return text


def _content_length(request: RequestHead) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
