"""The machinery of generated clients against a small server over real sockets."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import anyio
import httpx2
import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from specfoundry.runtime.client import (
    Answer,
    AnswerHeader,
    AnswerMedia,
    ApiKey,
    AsynchronousClient,
    AsyncJob,
    AuthenticationFailed,
    BearerToken,
    BrokenPagination,
    Call,
    Endpoint,
    FormField,
    IncompleteDownload,
    JobFailed,
    JobTimeout,
    OAuth2,
    Pagination,
    RequestMedia,
    Retries,
    SyncClient,
    UnexpectedResponse,
    Upload,
    WireParameter,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

QUICK = Retries(attempts=3, backoff=0.001)


class Thing(BaseModel):
    name: str


class Page(BaseModel):
    items: list[Thing]
    next: str | None = None


class Job(BaseModel):
    guid: str
    state: str
    errors: list[str] = []


@dataclass(frozen=True, kw_only=True)
class Accepted:
    status: ClassVar[int] = 202
    location: str
    retry: int | None = None


@dataclass(eq=False, kw_only=True)
class NotFound(Exception):  # noqa: N818 (named as generated errors are)
    status: ClassVar[int] = 404
    body: Thing


THING = Answer(Thing, (AnswerMedia("application/json", "json", Thing),))
MISSING_THING = Answer(NotFound, (AnswerMedia("application/json", "json", Thing),))
GUID = WireParameter(identifier="guid", name="guid", location="path", style="simple", required=True)


@dataclass(frozen=True, kw_only=True)
class GuidParams:
    guid: str


GET_THING: Endpoint[Thing] = Endpoint(
    operation_id="getThing",
    method="GET",
    path="/things/{guid}",
    parameters=(GUID,),
    params=GuidParams,
    answers={"200": THING, "404": MISSING_THING},
    bare=True,
)
POST_THING: Endpoint[Thing] = Endpoint(
    operation_id="postThing",
    method="POST",
    path="/things",
    media=(RequestMedia("application/json", "json"),),
    answers={"200": THING},
    bare=True,
)
LIST_THINGS: Endpoint[Page] = Endpoint(
    operation_id="listThings",
    method="GET",
    path="/things",
    answers={"200": Answer(Page, (AnswerMedia("application/json", "json", Page),))},
    bare=True,
)
START: Endpoint[Accepted] = Endpoint(
    operation_id="start",
    method="POST",
    path="/work",
    answers={
        "202": Answer(
            Accepted,
            headers=(
                AnswerHeader(name="Location", identifier="location", type=str, required=True),
                AnswerHeader(name="X-Retry", identifier="retry", type=int, kinds=("integer",)),
            ),
        )
    },
)
GET_JOB: Endpoint[Job] = Endpoint(
    operation_id="getJob",
    method="GET",
    path="/jobs/{guid}",
    parameters=(GUID,),
    params=GuidParams,
    answers={"200": Answer(Job, (AnswerMedia("application/json", "json", Job),))},
    bare=True,
)
JOB = AsyncJob(
    location="location",
    endpoint=GET_JOB,
    state="/state",
    done=("COMPLETE",),
    failed=("FAILED",),
    errors="/errors",
)
UPLOAD: Endpoint[Thing] = Endpoint(
    operation_id="upload",
    method="POST",
    path="/upload",
    media=(
        RequestMedia(
            "multipart/form-data",
            "multipart",
            {
                "bits": FormField(name="bits", kind="file"),
                "notes": FormField(name="notes", kind="json", content_type="application/json"),
                "tags": FormField(name="tag", kind="text", many=True),
            },
        ),
    ),
    answers={"200": THING},
    bare=True,
)
DOWNLOAD: Endpoint[Any] = Endpoint(
    operation_id="download",
    method="GET",
    path="/blob",
    answers={
        "200": Answer(object, (AnswerMedia("application/octet-stream", "binary"),)),
        "404": MISSING_THING,
    },
)


class World:
    """A small server that counts what it saw and misbehaves on request."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.failures: list[Response] = []
        self.polls = 0
        self.job_ends = Job(guid="j 1", state="COMPLETE")
        self.page_links: dict[str, str] = {}
        self.valid_tokens: set[str] = set()
        self.granted: list[dict[str, str]] = []
        self.blob = os.urandom(300_000)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/things/{guid:path}", self.thing, methods=["GET", "DELETE", "PUT"]),
                Route("/things", self.things, methods=["GET", "POST"]),
                Route("/work", self.work, methods=["POST"]),
                Route("/jobs/{guid}", self.job),
                Route("/upload", self.upload, methods=["POST"]),
                Route("/blob", self.download),
                Route("/oauth/token", self.token, methods=["POST"]),
            ]
        )

    def troubled(self, request: Request) -> Response | None:
        self.requests.append(request)
        if self.failures:
            return self.failures.pop(0)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.valid_tokens and token not in self.valid_tokens:
            return PlainTextResponse("no", 401)
        return None

    async def thing(self, request: Request) -> Response:
        if trouble := self.troubled(request):
            return trouble
        guid = request.path_params["guid"]
        return JSONResponse({"name": guid}, 404 if guid == "missing" else 200)

    async def things(self, request: Request) -> Response:
        if trouble := self.troubled(request):
            return trouble
        if request.method == "POST":
            return JSONResponse(await request.json())
        page = request.query_params.get("page", "1")
        items = [{"name": f"{page}.{n}"} for n in range(2)]
        return JSONResponse({"items": items, "next": self.page_links.get(page)})

    async def work(self, _: Request) -> Response:
        return Response(status_code=202, headers={"Location": "https://elsewhere.test/jobs/j%201"})

    async def job(self, request: Request) -> Response:
        self.polls += 1
        now = self.job_ends if self.polls > 3 else Job(guid="j 1", state="PROCESSING")
        assert request.path_params["guid"] == "j 1"
        return JSONResponse(now.model_dump())

    async def upload(self, request: Request) -> Response:
        if trouble := self.troubled(request):
            async for _ in request.stream():
                pass
            return trouble
        async with request.form() as form:
            told = []
            for name, value in form.multi_items():
                if isinstance(value, str):
                    told.append(f"{name}={value}")
                else:
                    digest = hashlib.sha1(await value.read(), usedforsecurity=False).hexdigest()
                    told.append(f"{name}:{value.filename}:{value.content_type}:{digest}")
        return JSONResponse({"name": " ".join(told)})

    async def download(self, request: Request) -> Response:
        if trouble := self.troubled(request):
            return trouble
        return Response(self.blob, media_type="application/octet-stream")

    async def token(self, request: Request) -> Response:
        form = dict((await request.form()).items())
        self.granted.append({key: str(value) for key, value in form.items()})
        if form.get("password", "secret") != "secret" or form.get("refresh_token") == "spent":
            error = {"error": "unauthorized", "error_description": "Bad credentials"}
            return JSONResponse(error, 401)
        token = f"token{len(self.granted)}"
        self.valid_tokens = {token}
        granted = {"access_token": token, "refresh_token": "again", "expires_in": 600}
        return JSONResponse(granted)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def address(world: World, serve: Callable[[Any], str]) -> str:
    return serve(world.app)


def sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def get_thing(client: SyncClient, guid: str) -> Thing:
    return client._caller.call(GET_THING, Call(params=GuidParams(guid=guid)))


def test_a_documented_success_is_returned_as_its_model(address: str) -> None:
    with SyncClient(address) as client:
        assert get_thing(client, "a/b c,ü%2F") == Thing(name="a/b c,ü%2F")


def test_a_documented_error_is_raised_as_its_class_with_its_body(address: str) -> None:
    with SyncClient(address) as client, pytest.raises(NotFound) as caught:
        get_thing(client, "missing")
    assert caught.value.body == Thing(name="missing")
    assert caught.value.__notes__ == ["GET /things/{guid} answered 404"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (PlainTextResponse("I am a teapot", 418), "getThing answered 418, which is not documented"),
        (PlainTextResponse("fine", 200), "as text/plain where the document has application/json"),
        (JSONResponse({"nome": "x"}), "with a body that does not match: /name: Field required"),
        (Response(b"{", media_type="application/json"), "Invalid JSON"),
        (RedirectResponse("https://a.test/x?signature=1"), "and leads to https://a.test/x"),
    ],
)
def test_an_undocumented_answer_is_unexpected(
    world: World, address: str, answer: Response, told: str
) -> None:
    world.failures = [answer]
    with SyncClient(address, retries=0) as client, pytest.raises(UnexpectedResponse) as caught:
        get_thing(client, "x")
    assert told in str(caught.value)
    assert "signature" not in str(caught.value)


@pytest.mark.parametrize("guid", ["", ".", ".."])
def test_a_path_value_that_leads_to_another_path_is_refused(
    world: World, address: str, guid: str
) -> None:
    with SyncClient(address) as client, pytest.raises(ValueError, match="guid must not be"):
        get_thing(client, guid)
    assert not world.requests


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_an_idempotent_call_is_repeated_while_the_server_is_unavailable(
    world: World, address: str, status: int
) -> None:
    world.failures = [Response(status_code=status, headers={"Retry-After": "0"}) for _ in range(3)]
    with SyncClient(address, retries=QUICK) as client:
        assert get_thing(client, "x").name == "x"
    assert len(world.requests) == 4


def test_repetitions_end_and_then_the_answer_is_told(world: World, address: str) -> None:
    world.failures = [Response(status_code=503) for _ in range(9)]
    with SyncClient(address, retries=QUICK) as client, pytest.raises(UnexpectedResponse):
        get_thing(client, "x")
    assert len(world.requests) == 4


def test_a_long_retry_after_is_not_waited_for(world: World, address: str) -> None:
    world.failures = [Response(status_code=503, headers={"Retry-After": "86400"})]
    with SyncClient(address, retries=QUICK) as client, pytest.raises(UnexpectedResponse):
        get_thing(client, "x")


def test_a_post_that_may_have_arrived_is_never_repeated(world: World, address: str) -> None:
    world.failures = [Response(status_code=503)]
    with SyncClient(address, retries=QUICK) as client, pytest.raises(UnexpectedResponse):
        client._caller.call(POST_THING, Call(body=Thing(name="x")))
    assert len(world.requests) == 1


def test_even_a_post_is_repeated_while_no_connection_can_be_made() -> None:
    tried = []

    class Unreachable(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            tried.append(request)
            if len(tried) < 3:
                raise httpx2.ConnectError("refused", request=request)
            return httpx2.Response(200, json={"name": "x"})

    with SyncClient("http://a.test", retries=QUICK, transport=Unreachable()) as client:
        assert client._caller.call(POST_THING, Call(body=Thing(name="x"))) == Thing(name="x")
    assert len(tried) == 3


@pytest.mark.parametrize("url", ["", "api.test", "ftp://a.test", "https://", "http://a.test?x=1"])
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base_url must"):
        SyncClient(url)


def test_pages_are_walked_by_their_links_whatever_host_they_name(
    world: World, address: str
) -> None:
    world.page_links = {"1": "https://public.test/things?page=2&q=a%2Cb", "2": "/things?page=3"}
    with SyncClient(address) as client:
        items = list(
            client._caller.pages(LIST_THINGS, Call(), Pagination(items="/items", next="/next"))
        )
    assert [item.name for item in items] == ["1.0", "1.1", "2.0", "2.1", "3.0", "3.1"]
    assert world.requests[1].url.query == "page=2&q=a%2Cb"
    assert {request.url.hostname for request in world.requests} == {"127.0.0.1"}


def test_pages_that_lead_in_a_circle_end_in_an_error(world: World, address: str) -> None:
    world.page_links = {"1": "/things?page=2", "2": "/things?page=2"}
    pagination = Pagination(items="/items", next="/next")
    with SyncClient(address) as client, pytest.raises(BrokenPagination, match="already"):
        list(client._caller.pages(LIST_THINGS, Call(), pagination))


def test_pages_at_another_place_of_another_host_are_not_followed(
    world: World, address: str
) -> None:
    world.page_links = {"1": "https://evil.test/steal?page=2"}
    pagination = Pagination(items="/items", next="/next")
    with (
        SyncClient(address) as client,
        pytest.raises(BrokenPagination, match=r"https://evil\.test"),
    ):
        list(client._caller.pages(LIST_THINGS, Call(), pagination))


def test_a_job_is_polled_at_our_own_address_until_it_is_done(world: World, address: str) -> None:
    with SyncClient(address) as client:
        accepted = client._caller.call(START, Call())
        assert accepted == Accepted(location="https://elsewhere.test/jobs/j%201")
        assert client._caller.wait_for(JOB, accepted, 30) == world.job_ends
    assert world.polls == 4


def test_a_failed_job_is_raised_with_its_errors(world: World, address: str) -> None:
    world.job_ends = Job(guid="j 1", state="FAILED", errors=["disk full"])
    with SyncClient(address) as client, pytest.raises(JobFailed, match="disk full") as caught:
        client._caller.wait_for(JOB, Accepted(location="/jobs/j%201"), 30)
    assert caught.value.job == world.job_ends
    assert caught.value.errors == ("disk full",)


def test_a_job_may_be_named_by_the_answer_itself_and_fail_with_a_text(
    world: World, address: str
) -> None:
    world.job_ends = Job(guid="j 1", state="FAILED")
    itself = replace(JOB, location="/items/0/name", errors="/guid")
    answer = Page(items=[Thing(name="https://elsewhere.test/jobs/j%201")])
    with SyncClient(address) as client, pytest.raises(JobFailed, match="FAILED: j 1") as caught:
        client._caller.wait_for(itself, answer, 30)
    assert caught.value.errors == ("j 1",)


def test_waiting_for_a_job_ends_at_its_time(world: World, address: str) -> None:
    world.job_ends = Job(guid="j 1", state="PROCESSING")
    with SyncClient(address) as client, pytest.raises(JobTimeout, match=r"PROCESSING after 0\.2 s"):
        client._caller.wait_for(JOB, Accepted(location="/jobs/j%201"), 0.2)


def test_an_upload_streams_paths_files_and_bytes_and_tells_its_progress(
    world: World, address: str, tmp_path: Path
) -> None:
    path = tmp_path / 'a"b ü.zip'
    path.write_bytes(world.blob)
    reported: list[tuple[int, int | None]] = []
    with SyncClient(address) as client, path.open("rb") as file:
        for source in (path, str(path), file, Upload(world.blob, path.name)):
            body = {"bits": source, "notes": [1, "ü"], "tags": ["a,b", ""]}
            call = Call(body=body, progress=lambda sent, total: reported.append((sent, total)))
            told = client._caller.call(UPLOAD, call).name
            digest = sha1(world.blob)
            assert told.startswith("bits:a")
            assert told.endswith(f':application/zip:{digest} notes=[1,"ü"] tag=a,b tag=')
    sent, total = reported[-1]
    assert sent == total
    assert total is not None
    assert total > len(world.blob)
    assert len(reported) > 4 * 4


def test_a_pipe_is_uploaded_in_chunks_and_sent_once_only(address: str) -> None:
    reader, writer = os.pipe()
    content = os.urandom(200_000)
    thread = threading.Thread(target=lambda: _fill(writer, content))
    thread.start()
    with SyncClient(address) as client, os.fdopen(reader, "rb") as pipe:
        told = client._caller.call(UPLOAD, Call(body={"bits": Upload(pipe, "x.bin")})).name
    thread.join()
    assert told == f"bits:x.bin:application/octet-stream:{sha1(content)}"


def _fill(writer: int, content: bytes) -> None:
    with os.fdopen(writer, "wb") as file:
        file.write(content)


def test_an_asynchronous_upload_sends_the_same(world: World, address: str, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(world.blob)

    async def story() -> str:
        async with AsynchronousClient(address) as client:
            call = Call(body={"bits": path, "tags": [""]})
            return (await client._caller.call(UPLOAD, call)).name

    assert anyio.run(story) == f"bits:x.zip:application/zip:{sha1(world.blob)} tag="


def test_an_unknown_form_field_is_refused_before_anything_is_sent(
    world: World, address: str
) -> None:
    with SyncClient(address) as client, pytest.raises(ValueError, match="no field bots"):
        client._caller.call(UPLOAD, Call(body={"bots": b""}))
    assert not world.requests


def test_a_download_is_saved_whole_or_not_at_all(
    world: World, address: str, tmp_path: Path
) -> None:
    reported: list[tuple[int, int | None]] = []
    target = tmp_path / "blob"
    with SyncClient(address) as client, client._caller.download(DOWNLOAD, Call()) as blob:
        assert blob.size == len(world.blob)
        blob.save(target, progress=lambda got, total: reported.append((got, total)))
    assert target.read_bytes() == world.blob
    assert reported[-1] == (len(world.blob), len(world.blob))
    assert [path.name for path in tmp_path.iterdir()] == ["blob"]


def test_a_documented_error_instead_of_a_download_is_raised(world: World, address: str) -> None:
    world.failures = [JSONResponse({"name": "gone"}, 404)]
    with SyncClient(address) as client, pytest.raises(NotFound):
        client._caller.download(DOWNLOAD, Call())


class Interrupted:
    """A raw HTTP server that breaks off its first answer, and can go on from a byte."""

    def __init__(self, blob: bytes, etags: list[str]) -> None:
        self.blob = blob
        self.etags = etags
        self.ranges: list[str] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def _serve(self) -> None:
        for etag in self.etags:
            connection, _ = self.socket.accept()
            with connection:
                head = connection.recv(65536).decode()
                fields = dict(
                    line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
                )
                connection.sendall(self._answer({k.lower(): v for k, v in fields.items()}, etag))

    def _answer(self, fields: dict[str, str], etag: str) -> bytes:
        size = len(self.blob)
        if "range" not in fields or fields["if-range"] != etag:
            start, status = 0, "200 OK"
        else:
            self.ranges.append(fields["range"])
            start, status = int(fields["range"][6:-1]), "206 Partial Content"
        end = size if start else size // 2
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\nETag: {etag}\r\n"
            f"Content-Length: {size - start}\r\nContent-Range: bytes {start}-{size - 1}/{size}\r\n\r\n"
        )
        return head.encode() + self.blob[start:end]


def test_a_download_goes_on_where_the_connection_broke(tmp_path: Path) -> None:
    server = Interrupted(os.urandom(3_000_000), ['"one"', '"one"'])
    with SyncClient(server.address) as client, client._caller.download(DOWNLOAD, Call()) as blob:
        blob.save(tmp_path / "blob")
    assert (tmp_path / "blob").read_bytes() == server.blob
    assert len(server.ranges) == 1


def test_an_asynchronous_download_goes_on_as_well(tmp_path: Path) -> None:
    server = Interrupted(os.urandom(3_000_000), ['"one"', '"one"'])

    async def story() -> None:
        async with (
            AsynchronousClient(server.address) as client,
            await client._caller.download(DOWNLOAD, Call()) as blob,
        ):
            await blob.save(tmp_path / "blob")

    anyio.run(story)
    assert (tmp_path / "blob").read_bytes() == server.blob


def test_a_download_whose_content_changed_meanwhile_is_no_file(tmp_path: Path) -> None:
    server = Interrupted(os.urandom(3_000_000), ['"one"', '"two"'])
    with (
        SyncClient(server.address) as client,
        client._caller.download(DOWNLOAD, Call()) as blob,
        pytest.raises(IncompleteDownload, match="changed"),
    ):
        blob.save(tmp_path / "blob")
    assert not list(tmp_path.iterdir())


def test_a_redirected_download_takes_no_credentials_to_the_other_host(
    world: World, address: str, serve: Callable[[Any], str]
) -> None:
    elsewhere = World()
    other = serve(elsewhere.app).replace("127.0.0.1", "localhost")
    world.failures = [RedirectResponse(f"{other}/blob?signature=1", 302)]
    auth = ApiKey("X-Key", "secret")
    with (
        SyncClient(address, auth=auth) as client,
        client._caller.download(DOWNLOAD, Call()) as blob,
    ):
        assert blob.read() == elsewhere.blob
    assert world.requests[0].headers["x-key"] == "secret"
    assert "x-key" not in elsewhere.requests[0].headers
    assert elsewhere.requests[0].url.query == "signature=1"


def login(address: str, **changes: str) -> OAuth2:
    given = {"username": "admin", "password": "secret", "client_id": "cf", **changes}
    return OAuth2.password(f"{address}/oauth/token", **given)


def test_a_token_is_fetched_once_and_renewed_once_after_a_401(world: World, address: str) -> None:
    world.valid_tokens = {"none yet"}
    with SyncClient(address, auth=login(address)) as client:
        get_thing(client, "a")
        get_thing(client, "b")
        world.valid_tokens = {"the old one was revoked"}
        assert get_thing(client, "c").name == "c"
    assert [grant["grant_type"] for grant in world.granted] == ["password", "refresh_token"]


def test_an_asynchronous_client_logs_in_the_same_way(world: World, address: str) -> None:
    world.valid_tokens = {"none yet"}

    async def story() -> list[str]:
        names: list[str] = []
        async with AsynchronousClient(address, auth=login(address)) as client:

            async def get(guid: str) -> None:
                call = Call(params=GuidParams(guid=guid))
                names.append((await client._caller.call(GET_THING, call)).name)

            async with anyio.create_task_group() as tasks:
                for guid in "abcdefgh":
                    tasks.start_soon(get, guid)
            world.valid_tokens = {"revoked"}
            await get("i")
        return names

    assert sorted(anyio.run(story)) == list("abcdefghi")
    assert [grant["grant_type"] for grant in world.granted] == ["password", "refresh_token"]


def test_a_spent_refresh_token_falls_back_to_the_password(world: World, address: str) -> None:
    auth = login(address)
    with SyncClient(address, auth=auth) as client:
        get_thing(client, "a")
        assert auth.tokens is not None
        object.__setattr__(auth.tokens, "refresh", "spent")
        world.valid_tokens = {"revoked"}
        get_thing(client, "b")
    kinds = [grant["grant_type"] for grant in world.granted]
    assert kinds == ["password", "refresh_token", "password"]


def test_bad_credentials_are_told_without_the_password(world: World, address: str) -> None:
    with (
        SyncClient(address, auth=login(address, password="hunter2")) as client,
        pytest.raises(AuthenticationFailed, match="401 unauthorized, Bad credentials") as told,
    ):
        get_thing(client, "a")
    assert "hunter2" not in str(told.value)
    assert not world.requests


def test_a_401_that_stays_is_told_and_not_repeated_for_ever(world: World, address: str) -> None:
    world.failures = [PlainTextResponse("no", 401) for _ in range(9)]
    with SyncClient(address, auth=login(address)) as client, pytest.raises(UnexpectedResponse):
        get_thing(client, "a")
    assert len(world.requests) == 2


def test_an_upload_is_sent_again_after_a_401_with_its_whole_file(
    world: World, address: str
) -> None:
    auth = login(address)
    with SyncClient(address, auth=auth) as client:
        get_thing(client, "a")
        world.valid_tokens = {"revoked"}
        file = io.BytesIO(world.blob)
        told = client._caller.call(UPLOAD, Call(body={"bits": Upload(file, "x.zip")})).name
    assert told == f"bits:x.zip:application/zip:{sha1(world.blob)}"


@pytest.mark.parametrize(
    "secretive",
    [
        OAuth2.password("http://a.test", "u", "hunter2", client_id="cf", client_secret="hunter2"),
        OAuth2.client_credentials("http://a.test", "cf", "hunter2"),
        OAuth2.refresh_token("http://a.test", "hunter2", client_id="cf"),
        BearerToken("hunter2"),
        ApiKey("X-Key", "hunter2"),
        SyncClient("http://user:hunter2@a.test"),
    ],
)
def test_secrets_are_not_shown(secretive: object) -> None:
    assert "hunter2" not in repr(secretive)
    assert "hunter2" not in repr(vars(secretive).get("_tokens"))


def test_a_key_in_the_query_is_not_logged(
    world: World, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with SyncClient(address, auth=ApiKey("key", "hunter2", location="query")) as client:
        get_thing(client, "a")
    assert world.requests[0].url.query == "key=hunter2"
    assert "hunter2" not in "".join(
        r.getMessage() for r in caplog.records if r.name.startswith("http")
    )


def test_a_client_that_was_given_stays_open(address: str) -> None:
    with httpx2.Client() as http:
        with SyncClient(address, http=http) as client:
            get_thing(client, "a")
        assert not http.is_closed
