"""Generated clients against the server that is generated from the same document, in process."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import pytest
from pydantic_core import to_jsonable_python

from specfoundry.runtime.client import ApiKey, BasicAuth, Combined, UnexpectedResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOSTILE = [
    "plain",
    "",
    " ",
    "a b",
    "a,b",
    "a+b",
    "100%",
    "%41",
    "%2C,%252C",
    "a&b=c;d",
    "?#[]@!$'()*:/\\|",
    "ünïcödé 漢字 🎈",
    "line\nbreak\ttab",
    '"quoted"',
    "null",
    "true",
    "0",
    "~._-",
]
LISTS = [["x"], ["a", "b"], ["a,b", "c"], ["", "x"], HOSTILE]

# A list in a path or header, and an empty member in a delimited list, can have no empty end.
SOLID = [text for text in HOSTILE if text]


class Echo:
    """Handlers that answer with what they received."""

    def __init__(self, package: Any) -> None:
        self._operations = package.operations__echo
        self._runtime_errors = package.operations__errors

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name.startswith("_"):
            raise AttributeError(name)
        parts = [part for part in name.split("_") if part]
        answer = getattr(self._operations, "".join(p.capitalize() for p in parts) + "200")

        async def handler(*received: Any) -> Any:
            plain = [_plain(one) for one in received]
            body = plain[0] if len(plain) == 1 else plain
            return answer(body=_said(body) if name == "send_several" else body)

        return handler

    async def answers(self, params: Any) -> Any:
        operations, named = self._operations, {"name": params.kind}
        made = {
            "ok": lambda: operations.Answers200(body=named, x_count=3, x_tags=["a", "b"]),
            "none": operations.Answers204,
            "teapot": lambda: operations.Answers4xx(status=418, body=named),
            "broken": lambda: operations.AnswersDefault(status=503, body=named),
        }
        return made[params.kind]()


class Taken:
    """Handlers of the tag whose name the client needs itself."""

    def __init__(self, package: Any) -> None:
        self._operations = package.operations__client

    async def only_default(self) -> Any:
        return self._operations.OnlyDefaultDefault(status=200, body={"name": "fine"})

    async def silent(self, caller: str) -> Any:
        assert caller == "key basic"
        return self._operations.Silent204()


class Gate:
    """Lets in who shows both credentials."""

    async def authenticate(self, request: Any, _: Any) -> str:
        shown = [("key", "x-key", "k"), ("basic", "authorization", "Basic dTpw")]
        return " ".join(name for name, header, value in shown if request.headers[header] == value)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        value = {
            name: member for name, member in asdict(value).items() if not name.startswith("sha")
        }
    if hasattr(value, "read_bytes"):
        return value.read_bytes().hex()
    return to_jsonable_python(value, by_alias=True, fallback=str)


def _said(body: Any) -> str:
    return body if isinstance(body, str) else repr(body)


@pytest.fixture
def package(generated: Callable[[str], Any]) -> Any:
    return generated("echo")


@pytest.fixture
def app(package: Any) -> Any:
    server = package.server
    apis = server.Apis(echo=Echo(package), client=Taken(package))
    return server.create_app(apis, authenticator=Gate())


@pytest.fixture
def call(package: Any, app: Any) -> Callable[..., Any]:
    """Call one operation of the asynchronous client and return what it returns."""

    def called(name: str, /, *arguments: Any, group: str = "echo", **options: Any) -> Any:
        async def once() -> Any:
            transport = httpx2.ASGITransport(app)
            client_class = package.client.AsyncClient
            auth = Combined(ApiKey("X-Key", "k"), BasicAuth("u", "p"))
            async with client_class(
                "http://echo.test/", transport=transport, auth=auth, retries=0
            ) as client:
                return await getattr(getattr(client, group), name)(*arguments, **options)

        return anyio.run(once)

    return called


def model(package: Any, name: str, /, **members: Any) -> Any:
    return getattr(package.models, name).model_validate(members)


@pytest.mark.parametrize("text", SOLID)
def test_paths_carry_any_text(package: Any, call: Callable[..., Any], text: str) -> None:
    point = {"x": text, "y": -7}
    flat = model(package, "SimpleFlatParam", **point)
    exploded = model(package, "SimpleExplodedParam", **point)
    told = call("simple", text, (text, "z"), flat, exploded)
    assert told == {"text": text, "list_": [text, "z"], "flat": point, "exploded": point}


@pytest.mark.parametrize("text", HOSTILE)
def test_labels_carry_any_text(package: Any, call: Callable[..., Any], text: str) -> None:
    flat = model(package, "LabelFlatParam", x=text, y=0)
    told = call("label", ("a", text), (1, -2, 30), flat)
    assert told == {"list_": ["a", text], "dotted": [1, -2, 30], "flat": {"x": text, "y": 0}}


@pytest.mark.parametrize("text", HOSTILE)
def test_matrices_carry_any_text(package: Any, call: Callable[..., Any], text: str) -> None:
    point = {"x": text, "y": 1}
    flat = model(package, "MatrixFlatParam", **point)
    whole = model(package, "MatrixObjectParam", **point)
    told = call("matrix", ("a", text), (text, "b"), flat, whole)
    object_name = "object" if "object" in told else "object_"
    assert told.pop(object_name) == point
    assert told == {"list_": ["a", text], "exploded": [text, "b"], "flat": point}


@pytest.mark.parametrize("name", ["text", "odd_name"])
@pytest.mark.parametrize("text", HOSTILE)
def test_queries_carry_any_text(call: Callable[..., Any], name: str, text: str) -> None:
    assert call("query", **{name: text})[name] == text


@pytest.mark.parametrize("name", ["many", "commas", "lenient"])
@pytest.mark.parametrize("texts", LISTS)
def test_queries_carry_any_list(call: Callable[..., Any], name: str, texts: list[str]) -> None:
    assert call("query", **{name: tuple(texts)})[name] == texts


@pytest.mark.parametrize("name", ["spaces", "pipes"])
def test_queries_carry_delimited_lists_without_the_delimiter(
    call: Callable[..., Any], name: str
) -> None:
    texts = [text for text in SOLID if " " not in text and "|" not in text]
    assert call("query", **{name: tuple(texts)})[name] == texts


@pytest.mark.parametrize("text", HOSTILE)
def test_queries_carry_objects(package: Any, call: Callable[..., Any], text: str) -> None:
    point = {"x": text, "y": 5}
    deep = {"x": text, "y": ["a", text]}
    told = call(
        "query",
        flat=model(package, "QueryFlatParam", **point),
        deep=model(package, "QueryDeepParam", **deep),
        json=model(package, "QueryJsonParam", **point),
    )
    assert (told["flat"], told["deep"], told["json"]) == (point, deep, point)


@pytest.mark.parametrize(
    "given", [{"number": 1.5, "flag": True}, {"number": -3.0, "flag": False}, {"page": 7}, {}]
)
def test_queries_carry_numbers_booleans_and_defaults(
    call: Callable[..., Any], given: dict[str, Any]
) -> None:
    told = call("query", **given)
    assert {name: told[name] for name in given} == given
    assert told["page"] == given.get("page", 1)


def test_headers_and_cookies_arrive(call: Callable[..., Any]) -> None:
    given = {"x_text": "a, b; c=d", "x_list": [1, 2, 3], "session": "a b=c;d,é", "count": 4}
    assert call("heads", **given) == given


def test_a_header_cannot_be_broken_out_of(call: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="X-Text must not contain control characters"):
        call("heads", x_text="a\r\nX-Key: stolen")


@pytest.mark.parametrize("text", HOSTILE)
def test_forms_carry_any_text(call: Callable[..., Any], text: str) -> None:
    told = call("send_form", name=text, count=3, tags=[text, "z"])
    assert told == {"name": text, "count": 3, "tags": [text, "z"]}


def test_a_body_chooses_its_media_type(package: Any, call: Callable[..., Any]) -> None:
    named = model(package, "Named", name="n", note=None)
    assert call("send_several", named) == "{'name': 'n', 'note': None}"
    assert call("send_several", "tëxt") == "tëxt"
    assert "'size': 3" in call("send_several", b"raw")
    assert call("send_several", {"name": "ü&="}) == "{'name': 'ü&='}"
    assert "'size': 3" in call("send_several", b"raw", content_type="application/octet-stream")
    with pytest.raises(ValueError, match="'image/png' is none of application/json"):
        call("send_several", b"raw", content_type="image/png")


def test_names_that_python_needs_itself_are_set_apart(
    package: Any, call: Callable[..., Any]
) -> None:
    named = model(package, "Named", name="n")
    told = call("import_", "c", named, self_="s", body="b", models_="m")
    assert sorted(told[0].values()) == ["b", "c", "m", "s"]
    assert told[1] == {"name": "n"}
    assert call("import_", "c")[1] is None
    assert call("list_") in ([], None)


def test_an_answer_with_promised_headers_is_its_class(
    package: Any, call: Callable[..., Any]
) -> None:
    told = call("answers", "ok")
    assert isinstance(told, package.operations__echo.Answers200)
    assert (told.body.name, told.x_count, list(told.x_tags)) == ("ok", 3, ["a", "b"])
    assert isinstance(call("answers", "none"), package.operations__echo.Answers204)


def test_ranges_and_default_are_raised_with_their_status(
    package: Any, call: Callable[..., Any]
) -> None:
    operations = package.operations__echo
    with pytest.raises(operations.Answers4xx) as caller:
        call("answers", "teapot")
    assert (caller.value.status, caller.value.body.name) == (418, "teapot")
    with pytest.raises(operations.AnswersDefault) as server:
        call("answers", "broken")
    assert (server.value.status, server.value.body.name) == (503, "broken")


def test_default_describes_success_where_nothing_else_does(call: Callable[..., Any]) -> None:
    assert call("only_default", group="client").name == "fine"


def test_several_credentials_are_shown_together(call: Callable[..., Any]) -> None:
    assert call("silent", group="client") is None


def test_an_unfit_answer_names_the_operation(package: Any) -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"nome": "x"}))
    with (
        package.client.Client("http://echo.test", transport=transport) as client,
        pytest.raises(UnexpectedResponse, match="answers answered 200") as caught,
    ):
        client.echo.answers("ok")
    assert caught.value.operation_id == "answers"
