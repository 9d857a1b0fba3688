"""Which operation does a path mean?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from specfoundry.runtime.dispatch import Application
from specfoundry.runtime.operations import Answer, Media, Operation
from specfoundry.runtime.responses import Response

PATHS = [
    "/",
    "/a/b",
    "/a/{x}",
    "/a/{x}/c",
    "/a/b/d",
    "/files/{id}.json",
    "/files/{id}",
    "/files/{id}.tar.{kind}",
    "/über/{x}",
]


class Told(Response[str]):
    status: ClassVar[int] = 200

    def __init__(self, body: str) -> None:
        self.text = body

    @property
    def body(self) -> str:
        return self.text


def told(path: str) -> Any:
    async def handler() -> Told:
        return Told(path)

    return handler


def table(paths: list[str], method: str = "GET") -> tuple[list[Operation], Any]:
    text = Media(media_type="text/plain", kind="text", type=str)
    operations = [
        Operation(
            operation_id=f"op{number}",
            method=method,
            path=path,
            tag="things",
            handler=f"op{number}",
            answers=(Answer(status="200", cls=Told, media=(text,)),),
        )
        for number, path in enumerate(paths)
    ]
    handlers = {f"op{number}": told(path) for number, path in enumerate(paths)}
    return operations, SimpleNamespace(things=SimpleNamespace(**handlers))


def client_of(**options: Any) -> TestClient:
    return TestClient(Application(*table(PATHS), **options))


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/%61/b", "/a/b"),
        ("/a/z", "/a/{x}"),
        ("/a/b%2Fc", "/a/{x}"),
        ("/a/b/c", "/a/{x}/c"),
        ("/a/b/d", "/a/b/d"),
        ("/files/x.json", "/files/{id}.json"),
        ("/files/x.tar.gz", "/files/{id}.tar.{kind}"),
        ("/files/x", "/files/{id}"),
        ("/%C3%BCber/x", "/über/{x}"),
    ],
)
def test_the_most_concrete_path_wins(path: str, wanted: str) -> None:
    answer = client_of().get(path)
    assert (answer.status_code, answer.text) == (200, wanted)


@pytest.mark.parametrize("path", ["/a", "/a/", "/a/b/", "/a//c", "/nothing", "/a/b/c/d", "//"])
def test_other_paths_are_not_found(path: str) -> None:
    answer = client_of().get(f"http://testserver{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_trailing_slash_is_tolerated_where_the_application_says_so() -> None:
    assert client_of(trailing_slash=True).get("/a/b/").text == "/a/b"
    choosy = client_of(trailing_slash=lambda path: path.startswith("/a"))
    assert choosy.get("/a/b/").status_code == 200
    assert choosy.get("/files/x/").status_code == 404


def test_another_method_answers_405_with_the_allowed_ones() -> None:
    answer = client_of().post("/a/b")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_the_method_decides_between_concrete_and_templated_paths() -> None:
    reading, apis = table(["/a/{x}"])
    writing, more = table(["/a/b"], "POST")
    renamed = [Operation(**{**vars(o), "handler": "post", "operation_id": "post"}) for o in writing]
    apis.things.post = more.things.op0
    client = TestClient(Application([*reading, *renamed], apis))
    assert client.get("/a/b").text == "/a/{x}"
    assert client.post("/a/b").text == "/a/b"


def test_head_is_get_without_the_body() -> None:
    answer = client_of().head("/a/b")
    assert (answer.status_code, answer.text, answer.headers["content-length"]) == (200, "", "4")


def test_starlette_can_mount_the_application() -> None:
    client = TestClient(Starlette(routes=[Mount("/api", app=Application(*table(PATHS)))]))
    assert client.get("/api/a/z").text == "/a/{x}"
    assert client.get("/api/").text == "/"


def test_a_missing_handler_answers_501() -> None:
    operations, _ = table(["/a/b"])
    client = TestClient(Application(operations, SimpleNamespace()))
    assert client.get("/a/b").status_code == 501
