"""How does an asynchronous client talk to the server?"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
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
from specfoundry.runtime.client_download import AsyncDownload
from specfoundry.runtime.client_jobs import pauses
from specfoundry.runtime.client_pages import Walk
from specfoundry.runtime.client_retries import Retries
from specfoundry.runtime.client_streams import is_replayable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType
    from typing import Self

    from specfoundry.runtime.client_endpoint import Endpoint
    from specfoundry.runtime.client_jobs import AsyncJob
    from specfoundry.runtime.client_pages import Pagination

ResultT = TypeVar("ResultT")
JobT = TypeVar("JobT")


class AsyncCaller:
    """Sends calls and takes answers in; all groups of one client share one."""

    def __init__(
        self, base_url: str, http: httpx2.AsyncClient, auth: httpx2.Auth | None, retries: Retries
    ) -> None:
        self.base_url = base_of(base_url)
        self._http = http
        self._auth = httpx2.USE_CLIENT_DEFAULT if auth is None else auth
        self._retries = retries

    async def call(self, endpoint: Endpoint[ResultT], call: Call) -> ResultT:
        """Send `call` and return its documented success; raise its documented error.

        Raises `UnexpectedResponse`, `httpx2.TransportError`, and `ValueError` for bad arguments.
        """
        with ExitStack() as files:
            request = build_request(self._http.build_request, endpoint, self.base_url, call, files)
            response = await self._send(request, stream=False)
        result: ResultT = decode_answer(endpoint, response)
        return result

    async def download(self, endpoint: Endpoint[ResultT], call: Call) -> AsyncDownload | ResultT:
        """Send `call`; success with bytes is returned open, everything else as by `call`."""

        async def opened(headers: Mapping[str, str]) -> httpx2.Response:
            extended = call.with_headers(download_headers(headers))
            with ExitStack() as files:
                request = build_request(
                    self._http.build_request, endpoint, self.base_url, extended, files
                )
                return await self._followed(await self._send(request, stream=True))

        response = await opened({})
        try:
            if is_download(endpoint, response):
                return AsyncDownload(response, opened)
            await response.aread()
            result: ResultT = decode_answer(endpoint, response)
        except BaseException:
            await response.aclose()
            raise
        return result

    async def pages(
        self, endpoint: Endpoint[Any], call: Call, pagination: Pagination
    ) -> AsyncIterator[Any]:
        """Yield the items of all pages, each page requested when the one before is used up.

        Raises `BrokenPagination` when the pages do not end.
        """
        page = await self.call(endpoint, call)
        walk = Walk(pagination, address_of(endpoint, self.base_url, call))
        while True:
            body = page if endpoint.bare else page.body
            for item in walk.items(body):
                yield item
            following = walk.after(body)
            if following is None:
                return
            page = await self.call(endpoint, call.at(following))

    async def wait_for(self, job: AsyncJob[JobT], answer: object, seconds: float) -> JobT:
        """Poll the job behind `answer` until it is done, for at most `seconds`.

        Raises `JobFailed` and `JobTimeout`.
        """
        call = Call(params=arguments(job.endpoint, job.arguments(answer)))
        current = await self.call(job.endpoint, call)
        for pause in pauses(seconds):
            if job.over(current):
                return current
            await anyio.sleep(pause)
            current = await self.call(job.endpoint, call)
        if job.over(current):
            return current
        raise job.timed_out(current, seconds)

    async def _send(self, request: httpx2.Request, *, stream: bool) -> httpx2.Response:
        """Send, and send again as the retry policy allows."""
        attempt = 0
        while True:
            again = is_replayable(request)
            try:
                response = await self._http.send(request, auth=self._auth, stream=stream)
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
                await response.aclose()
            await anyio.sleep(pause)
            attempt += 1

    async def _followed(self, response: httpx2.Response) -> httpx2.Response:
        """Follow redirects of a download; credentials are sent to our own host only."""
        for _ in range(REDIRECTS):
            target = followed(response)
            if target is None:
                break
            await response.aclose()
            auth = self._auth if target.to_same_host else None
            response = await self._http.send(target.request, auth=auth, stream=True)
        return response


class AsyncGroup:
    """The operations of one tag; made by its client."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller


class AsynchronousClient:
    """What generated asynchronous clients are made of; an asynchronous context manager.

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
        transport: httpx2.AsyncBaseTransport | None = None,
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        opened = http or httpx2.AsyncClient(timeout=timeout, transport=transport)
        self._owned = None if http else opened
        self._caller = AsyncCaller(base_url, opened, auth, Retries.of(retries))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({named(self._caller.base_url)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, unless they belong to an `http` client that was given."""
        if self._owned is not None:
            await self._owned.aclose()
