"""Is every parameter read as OpenAPI 3.1, 4.8.12.2 says?"""

from __future__ import annotations

from dataclasses import field, make_dataclass
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from specfoundry.runtime.operations import Answer, Operation, Parameter, Shape
from specfoundry.runtime.responses import Response

STRINGS = Shape(("array",), items=Shape())
INTEGERS = Shape(("array",), items=Shape(("integer",)))
INTEGER = Shape(("integer",))
POINT = Shape(("object",), properties={"x": INTEGER, "y": INTEGER})


class Done(Response[None]):
    status: ClassVar[int] = 204


def operation(path: str, kinds: dict[str, Any], *parameters: Parameter, **more: Any) -> Operation:
    members = []
    for parameter in parameters:
        kind = kinds[parameter.identifier]
        if parameter.required:
            members.append((parameter.identifier, kind))
        else:
            members.append((parameter.identifier, kind | None, field(default=None)))
    params = make_dataclass("Params", members, frozen=True, kw_only=True)
    return Operation(
        operation_id="find",
        method="GET",
        path=path,
        tag="things",
        handler="find",
        params=params,
        parameters=parameters,
        answers=(Answer(status="204", cls=Done),),
        **more,
    )


def query(shape: Shape, **more: Any) -> Parameter:
    return Parameter(name="p", identifier="p", location="query", shape=shape, **more)


CASES = [
    ("form", True, STRINGS, tuple[str, ...], "p=a&p=b%2Cc", ("a", "b,c")),
    ("form", False, STRINGS, tuple[str, ...], "p=a,b%2Cc", ("a", "b,c")),
    ("form", False, STRINGS, tuple[str, ...], "p=", ("",)),
    ("form", False, INTEGERS, tuple[int, ...], "p=1,-2,3", (1, -2, 3)),
    ("spaceDelimited", False, STRINGS, tuple[str, ...], "p=a%20b+c", ("a", "b", "c")),
    ("pipeDelimited", False, STRINGS, tuple[str, ...], "p=a|b%7Cc", ("a", "b", "c")),
    ("form", True, POINT, dict[str, int], "x=1&y=2&z=3", {"x": 1, "y": 2}),
    ("form", False, POINT, dict[str, int], "p=x,1,y,2", {"x": 1, "y": 2}),
    ("deepObject", True, POINT, dict[str, int], "p[x]=1&p%5By%5D=2", {"x": 1, "y": 2}),
    ("form", True, Shape(("boolean",)), bool, "p=true", True),
    ("form", True, Shape(("number",)), float, "p=1.5", 1.5),
    ("form", True, Shape(("integer", "string")), int | str, "p=1x", "1x"),
    ("form", True, Shape(), str, "p=a+b%2Bc%C3%A9", "a b+cé"),
]


@pytest.mark.parametrize("case", CASES)
def test_a_query_parameter_is_read_by_style_and_explode(
    serve: Any, record: Any, case: tuple[Any, ...]
) -> None:
    style, explode, shape, kind, sent, wanted = case
    handler = record(Done())
    one = operation("/t", {"p": kind}, query(shape, style=style, explode=explode))
    client = serve(one, handlers={"find": handler})
    assert client.get(f"/t?{sent}").status_code == 204
    assert handler.calls[0][0].p == wanted


def test_a_deep_object_may_nest_and_hold_lists(serve: Any, record: Any) -> None:
    inner = Shape(("object",), properties={"tags": STRINGS, "point": POINT})
    handler = record(Done())
    one = operation("/t", {"p": dict[str, Any]}, query(inner, style="deepObject"))
    client = serve(one, handlers={"find": handler})
    client.get("/t?p[tags]=a&p[tags]=b&p[point][x]=1")
    client.get("/t?p[tags][]=a&p[tags][]=b")
    client.get("/t?p[tags][0]=a&p[tags][1]=b")
    lists = [call[0].p["tags"] for call in handler.calls]
    assert lists == [["a", "b"]] * 3
    assert handler.calls[0][0].p["point"] == {"x": 1}


def test_names_may_have_brackets_and_dashes(serve: Any, record: Any) -> None:
    handler = record(Done())
    one = operation(
        "/t",
        {"below": str, "per_page": int},
        Parameter(name="created[lt]", identifier="below", location="query"),
        Parameter(name="per-page", identifier="per_page", location="query", shape=INTEGER),
        strict_query=True,
    )
    client = serve(one, handlers={"find": handler})
    assert client.get("/t?created%5Blt%5D=now&per-page=5").status_code == 204
    assert (handler.calls[0][0].below, handler.calls[0][0].per_page) == ("now", 5)


@pytest.mark.parametrize(
    "case",
    [
        ("simple", False, Shape(), str, "a%2Fb", "a/b"),
        ("simple", False, STRINGS, tuple[str, ...], "a,b%2Cc", ("a", "b,c")),
        ("simple", True, POINT, dict[str, int], "x=1,y=2", {"x": 1, "y": 2}),
        ("simple", False, POINT, dict[str, int], "x,1,y,2", {"x": 1, "y": 2}),
        ("label", False, STRINGS, tuple[str, ...], ".a,b", ("a", "b")),
        ("label", True, STRINGS, tuple[str, ...], ".a.b", ("a", "b")),
        ("matrix", False, STRINGS, tuple[str, ...], ";p=a,b", ("a", "b")),
        ("matrix", True, STRINGS, tuple[str, ...], ";p=a;p=b", ("a", "b")),
        ("matrix", True, POINT, dict[str, int], ";x=1;y=2", {"x": 1, "y": 2}),
        ("matrix", False, INTEGER, int, ";p=5", 5),
    ],
)
def test_a_path_parameter_is_read_by_style_and_explode(
    serve: Any, record: Any, case: tuple[Any, ...]
) -> None:
    style, explode, shape, kind, sent, wanted = case
    handler = record(Done())
    parameter = Parameter(
        name="p",
        identifier="p",
        location="path",
        shape=shape,
        required=True,
        style=style,
        explode=explode,
    )
    client = serve(operation("/t/{p}", {"p": kind}, parameter), handlers={"find": handler})
    assert client.get(f"/t/{sent}").status_code == 204
    assert handler.calls[0][0].p == wanted


def test_headers_cookies_and_json_content_are_typed(serve: Any, record: Any) -> None:
    handler = record(Done())
    one = operation(
        "/t",
        {"ids": tuple[int, ...], "size": int, "filter": dict[str, Any]},
        Parameter(
            name="X-Ids", identifier="ids", location="header", shape=INTEGERS, style="simple"
        ),
        Parameter(name="size", identifier="size", location="cookie", shape=INTEGER),
        Parameter(
            name="filter",
            identifier="filter",
            location="query",
            content_type="application/json",
            shape=Shape(("object",)),
        ),
    )
    client = serve(one, handlers={"find": handler})
    sent = {"X-Ids": "1, 2", "Cookie": "size=3"}
    assert client.get('/t?filter={"a":[1]}', headers=sent).status_code == 204
    params = handler.calls[0][0]
    assert (params.ids, params.size, params.filter) == ((1, 2), 3, {"a": [1]})


def test_all_problems_are_told_at_once(serve: Any, record: Any) -> None:
    one = operation(
        "/t/{id}",
        {"id": int, "page": Annotated[int, Field(ge=1)], "names": tuple[str, ...], "need": str},
        Parameter(name="id", identifier="id", location="path", shape=INTEGER, required=True),
        Parameter(name="page", identifier="page", location="query", shape=INTEGER),
        Parameter(name="names", identifier="names", location="query", shape=STRINGS),
        Parameter(name="need", identifier="need", location="header", required=True),
        strict_query=True,
    )
    client = serve(one, handlers={"find": record(Done())})
    answer = client.get("/t/x?page=0&colour=red&page=0&names=a&names=b")
    assert answer.status_code == 400
    told = {(e["in"], e["name"], e["kind"]) for e in answer.json()["errors"]}
    assert told == {
        ("path", "id", "type"),
        ("query", "page", "duplicate"),
        ("query", "page", "constraint"),
        ("query", "colour", "unknown"),
        ("header", "need", "missing"),
    } - {("query", "page", "constraint")}


def test_unknown_query_parameters_pass_where_the_document_is_not_strict(
    serve: Any, record: Any
) -> None:
    one = operation("/t", {"p": str}, query(Shape()))
    client = serve(one, handlers={"find": record(Done())})
    assert client.get("/t?other=1&p=2&p=3").status_code == 204


@pytest.mark.parametrize("sent", ["p=%", "p=%zz", "p=%ff", "%ff=1", "p=%ed%a0%80"])
def test_malformed_percent_encoding_is_a_problem_and_no_crash(
    serve: Any, record: Any, sent: str
) -> None:
    one = operation("/t", {"p": str}, query(Shape()))
    scope_query = sent.encode()
    answer = serve(one, handlers={"find": record(Done())}).get("/t", params=None, extensions={})
    assert answer.status_code == 204
    client = serve(one, handlers={"find": record(Done())})
    request = client.build_request("GET", "http://testserver/t")
    request.url = request.url.copy_with(query=scope_query)
    refused = client.send(request)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["kind"] == "syntax"


@pytest.mark.parametrize(
    ("sent", "wanted"), [("2x", 2), ("%20%2B7", 7), ("-3", -3), ("abc", 0), ("", 0), ("1.9", 1)]
)
def test_leading_integer_reads_the_digits_at_the_front(
    serve: Any, record: Any, sent: str, wanted: int
) -> None:
    handler = record(Done())
    one = operation("/t", {"p": int}, query(INTEGER, decode="leading-integer"))
    assert serve(one, handlers={"find": handler}).get(f"/t?p={sent}").status_code == 204
    assert handler.calls[0][0].p == wanted


def test_split_decoded_splits_after_decoding(serve: Any, record: Any) -> None:
    handler = record(Done())
    one = operation(
        "/t", {"p": tuple[str, ...]}, query(STRINGS, explode=False, decode="split-decoded")
    )
    client = serve(one, handlers={"find": handler})
    client.get("/t?p=a%2C%20b,c%252Cd")
    assert handler.calls[0][0].p == ("a", "b", "c,d")


def test_text_is_no_number_and_an_empty_value_is_a_value(serve: Any, record: Any) -> None:
    one = operation("/t", {"p": int}, query(INTEGER))
    client = serve(one, handlers={"find": record(Done())})
    for sent in ("", "1_000", "5.0", "+5", "0x1", "%D9%A3"):
        answer = client.get(f"/t?p={sent}")
        assert (sent, answer.status_code) == (sent, 400)
        assert answer.json()["errors"][0]["kind"] == "type"
