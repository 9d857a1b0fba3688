"""How does a call reach the server, and who is told what came of it?"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote, urljoin, urlsplit

import httpx2

from specfoundry.fuzz.server.exchange import FORM, MULTIPART, NO_ANSWER, Call, Exchange
from specfoundry.fuzz.server.spoilt import SPOILT, spoilt_headers

if TYPE_CHECKING:
    from specfoundry.fuzz.promises.contract import Contract, Operation

Watcher: TypeAlias = Callable[["Operation", Exchange], None]

_PATIENCE: Final = 10
_UNAUTHORIZED: Final = 401
_REJECTIONS: Final = 8
"""So many operations must have said it: a few may want credentials of their own."""
_MOST_BYTES: Final = 64 * 2**20
_MOST_SECONDS: Final = 120.0


class _TooMuchError(Exception):
    """An answer is longer, or takes longer, than anything a test needs."""


class StopRunError(Exception):
    """Going on makes no sense; the text says why."""


class RejectedError(StopRunError):
    """The usual caller's credentials are not taken, or no more: nothing else can be learnt."""


class GoneError(StopRunError):
    """The server has not answered for so long that going on makes no sense."""


@dataclass
class Session:
    """A connection to one server.

    Several threads may send at once.

    Attributes:
        contract: The document.
        http: Sends requests; its base URL is the server's.
        identities: Headers by the name of who calls; the empty name is the usual caller.
        watchers: Told every exchange, in order: the judge, the garden, the coverage.
        pause: Called before every request, for a bounded rate.
        withhold: Returns why a call must not be sent, or None.
        withheld: Why calls were not sent, by operationId.
        held: Headers with tokens that were got on the way, by a name for calls: those may be
            written down, tokens may not.

    """

    contract: Contract
    http: httpx2.Client
    identities: Mapping[str, Mapping[str, str]]
    watchers: list[Watcher] = field(default_factory=list)
    pause: Callable[[], None] = lambda: None
    withhold: Callable[[Operation, Call], str | None] = lambda _operation, _call: None
    withheld: dict[str, str] = field(default_factory=dict)
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    _silent: int = 0
    _rejecting: set[str] = field(default_factory=set)

    def send(self, call: Call) -> Exchange:
        """Send a call; an exchange with status 0 says that nothing came back, or was sent at all.

        Raises:
            GoneError: Nothing has come back for many calls in a row.

        """
        operation = self.contract[call.operation]
        reason = self.withhold(operation, call)
        if reason is not None:
            self.withheld[operation.id] = reason
            return _unanswered(call, operation.method, operation.path, f"withheld: {reason}")
        try:
            request = self._request(operation, call)
        except (ValueError, TypeError, httpx2.InvalidURL) as error:
            # An answer gave as an id what can stand in no path: nothing, an object.
            return _unanswered(call, operation.method, operation.path, f"withheld: {error}")
        return self._exchanged(call, operation, request)

    def get(self, url: str, call: Call) -> Exchange:
        """Follow an address that an answer named, as the operation and identity of a call.

        It is asked of the server under test, whatever host the address names: servers behind
        proxies name others, and credentials go to nobody else.

        Raises:
            GoneError: Nothing has come back for many calls in a row.

        """
        operation = self.contract[call.operation]
        headers = self._credentials(call.identity)
        try:
            request = self.http.build_request("GET", self._at_home(url), headers=headers)
        except (httpx2.InvalidURL, ValueError) as error:
            return _unanswered(call, "GET", url, f"the answer's link is no address: {error}")
        return self._exchanged(call, operation, request)

    def _credentials(self, identity: str) -> dict[str, str]:
        """Return the headers of who calls; of nobody when he is not known."""
        if identity.startswith(SPOILT):
            return spoilt_headers(self.identities.get("", {}), identity)
        return dict(self.identities.get(identity) or self.held.get(identity) or {})

    def _at_home(self, url: str) -> str:
        home = str(self.http.base_url)
        return urlsplit(urljoin(home, url))._replace(**_origin(home)).geturl()

    def _exchanged(self, call: Call, operation: Operation, request: httpx2.Request) -> Exchange:
        self.pause()
        try:
            exchange = self._answered(call, request)
            self._silent = 0
        except httpx2.LocalProtocolError as error:
            # Our own client will not send it (a header ends with a space, say): nobody was asked.
            return _unanswered(call, request.method, str(request.url), f"withheld: {error}")
        except (httpx2.RequestError, httpx2.InvalidURL, _TooMuchError) as error:
            self._silent += 1
            text = str(error) or type(error).__name__
            exchange = _unanswered(call, request.method, str(request.url), text)
            if self._silent >= _PATIENCE:
                raise GoneError(f"{self._silent} requests in a row had no answer: {text}") from None
        self._heed(operation, exchange)
        for watcher in self.watchers:
            watcher(operation, exchange)
        return exchange

    def _heed(self, operation: Operation, exchange: Exchange) -> None:
        """Notice when whoever calls usually is turned away everywhere.

        Raises:
            RejectedError: Several operations in a row have answered 401.

        """
        call = exchange.call
        if call.identity or call.is_odd or not operation.needs_token:
            return
        if exchange.status != _UNAUTHORIZED:
            self._rejecting.clear()
            return
        self._rejecting.add(operation.id)
        if len(self._rejecting) >= _REJECTIONS:
            text = f"{len(self._rejecting)} operations in a row have answered the usual caller 401"
            raise RejectedError(f"{text}: are the credentials right, and still valid?")

    def _answered(self, call: Call, request: httpx2.Request) -> Exchange:
        answer = self.http.send(request, stream=True)
        begun, content = time.monotonic(), bytearray()
        try:
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > _MOST_BYTES:
                    raise _TooMuchError(f"the answer is longer than {_MOST_BYTES} bytes")
                if time.monotonic() - begun > _MOST_SECONDS:
                    raise _TooMuchError(f"the answer took longer than {_MOST_SECONDS:.0f} seconds")
        finally:
            answer.close()
        return _exchange(call, answer, bytes(content))

    def _request(self, operation: Operation, call: Call) -> httpx2.Request:
        headers = {**self._credentials(call.identity), **call.headers}
        options: dict[str, Any] = {}
        if call.media_type == MULTIPART:
            options["files"] = _multipart(call)
        elif call.media_type == FORM and not isinstance(call.body, bytes):
            options["data"] = call.body or {}
        elif call.media_type is not None:
            raw = call.body if isinstance(call.body, bytes) else json.dumps(call.body).encode()
            options["content"] = raw
            headers.setdefault("Content-Type", call.media_type)
        method, where = call.method or operation.method, call.address or address(operation, call)
        return self.http.build_request(method, where, headers=headers, **options)


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


def _origin(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    return {"scheme": parts.scheme, "netloc": parts.netloc}


def _exchange(call: Call, answer: httpx2.Response, content: bytes) -> Exchange:
    request = answer.request
    return Exchange(
        call=call,
        method=request.method,
        url=str(request.url),
        request_headers=dict(request.headers),
        request_body=request.read(),
        status=answer.status_code,
        headers={name.lower(): value for name, value in answer.headers.items()},
        content=content,
    )


def _unanswered(call: Call, method: str, url: str, reason: str) -> Exchange:
    return Exchange(
        call=call,
        method=method,
        url=url,
        request_headers={},
        request_body=b"",
        status=NO_ANSWER,
        headers={},
        content=reason.encode(),
    )
