"""How does a synchronous client talk to the server?"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2

from specfoundry.runtime.client_answers import decode_answer, is_download
from specfoundry.runtime.client_connection import (
    DEFAULT_TIMEOUT,
    REDIRECTS,
    base_of,
    download_headers,
    followed,
    named,
)
from specfoundry.runtime.client_core import Call, address_of, arguments, build_request
from specfoundry.runtime.client_download import Download
from specfoundry.runtime.client_jobs import pauses
from specfoundry.runtime.client_pages import Walk
from specfoundry.runtime.client_retries import Retries
from specfoundry.runtime.client_streams import is_replayable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from specfoundry.runtime.client_endpoint import Endpoint
    from specfoundry.runtime.client_jobs import AsyncJob
    from specfoundry.runtime.client_pages import Pagination

ResultT = TypeVar("ResultT")
JobT = TypeVar("JobT")


class SyncCaller:
    """Sends calls and takes answers in; all groups of one client share one."""

    def __init__(
        self, base_url: str, http: httpx2.Client, auth: httpx2.Auth | None, retries: Retries
    ) -> None:
        self.base_url = base_of(base_url)
        self._http = http
        self._auth = httpx2.USE_CLIENT_DEFAULT if auth is None else auth
        self._retries = retries

    def call(self, endpoint: Endpoint[ResultT], call: Call) -> ResultT:
        """Send `call` and return its documented success; raise its documented error.

        Raises `UnexpectedResponse`, `httpx2.TransportError`, and `ValueError` for bad arguments.
        """
        with ExitStack() as files:
            request = build_request(self._http.build_request, endpoint, self.base_url, call, files)
            response = self._send(request, stream=False)
        result: ResultT = decode_answer(endpoint, response)
        return result

    def download(self, endpoint: Endpoint[ResultT], call: Call) -> Download | ResultT:
        """Send `call`; success with bytes is returned open, everything else as by `call`."""

        def opened(headers: Mapping[str, str]) -> httpx2.Response:
            extended = call.with_headers(download_headers(headers))
            with ExitStack() as files:
                request = build_request(
                    self._http.build_request, endpoint, self.base_url, extended, files
                )
                return self._followed(self._send(request, stream=True))

        response = opened({})
        try:
            if is_download(endpoint, response):
                return Download(response, opened)
            response.read()
            result: ResultT = decode_answer(endpoint, response)
        except BaseException:
            response.close()
            raise
        return result

    def pages(self, endpoint: Endpoint[Any], call: Call, pagination: Pagination) -> Iterator[Any]:
        """Yield the items of all pages, each page requested when the one before is used up.

        Raises `BrokenPagination` when the pages do not end.
        """
        page = self.call(endpoint, call)
        walk = Walk(pagination, address_of(endpoint, self.base_url, call))
        while True:
            body = page if endpoint.bare else page.body
            yield from walk.items(body)
            following = walk.after(body)
            if following is None:
                return
            page = self.call(endpoint, call.at(following))

    def wait_for(self, job: AsyncJob[JobT], answer: object, seconds: float) -> JobT:
        """Poll the job behind `answer` until it is done, for at most `seconds`.

        Raises `JobFailed` and `JobTimeout`.
        """
        call = Call(params=arguments(job.endpoint, job.arguments(answer)))
        current = self.call(job.endpoint, call)
        for pause in pauses(seconds):
            if job.over(current):
                return current
            time.sleep(pause)
            current = self.call(job.endpoint, call)
        if job.over(current):
            return current
        raise job.timed_out(current, seconds)

    def _send(self, request: httpx2.Request, *, stream: bool) -> httpx2.Response:
        """Send, and send again as the retry policy allows."""
        attempt = 0
        while True:
            again = is_replayable(request)
            try:
                response = self._http.send(request, auth=self._auth, stream=stream)
            except httpx2.TransportError as error:
                pause = self._retries.after_error(attempt, request.method, error, replayable=again)
                if pause is None:
                    raise
            else:
                pause = self._retries.after_answer(
                    attempt, request.method, response, replayable=again
                )
                if pause is None:
                    return response
                response.close()
            time.sleep(pause)
            attempt += 1

    def _followed(self, response: httpx2.Response) -> httpx2.Response:
        """Follow redirects of a download; credentials are sent to our own host only."""
        for _ in range(REDIRECTS):
            target = followed(response)
            if target is None:
                break
            response.close()
            auth = self._auth if target.to_same_host else None
            response = self._http.send(target.request, auth=auth, stream=True)
        return response


class SyncGroup:
    """The operations of one tag; made by its client."""

    def __init__(self, caller: SyncCaller) -> None:
        self._caller = caller


class SyncClient:
    """What generated synchronous clients are made of; a context manager.

    `base_url` is the address before the paths of the document. `timeout` is in seconds without any
    progress. With `http`, that client is used with its own timeout, transport and, unless `auth`
    is given, authentication, and stays open afterwards.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx2.Auth | None = None,
        timeout: float | httpx2.Timeout | None = DEFAULT_TIMEOUT,
        retries: Retries | int = 3,
        transport: httpx2.BaseTransport | None = None,
        http: httpx2.Client | None = None,
    ) -> None:
        opened = http or httpx2.Client(timeout=timeout, transport=transport)
        self._owned = None if http else opened
        self._caller = SyncCaller(base_url, opened, auth, Retries.of(retries))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({named(self._caller.base_url)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, unless they belong to an `http` client that was given."""
        if self._owned is not None:
            self._owned.close()
