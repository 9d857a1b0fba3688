"""Does a thrifty run send less, and do several seeds together leave nothing out?"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from starlette.testclient import TestClient

from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.server.direct import Direct

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("shop.py")))["DOCUMENT"]


def _bench(client: httpx2.Client, **circumstances: Any) -> Bench:
    return Bench.of(DOCUMENT, client, Circumstances(**circumstances))


@pytest.mark.parametrize("count", [1, 2, 7, 10, 11, 25])
def test_ten_seeds_in_a_row_send_every_variation_and_each_at_least_one(count: int) -> None:
    variations = list(range(count))
    client = httpx2.Client()
    chosen = [
        _bench(client, seed=seed, thrift=10).ground.some(variations, "check", "operation")
        for seed in range(5, 15)
    ]
    assert all(1 <= len(one) <= -(-count // 10) for one in chosen)
    assert sorted({value for one in chosen for value in one}) == variations


def test_without_thrift_everything_is_sent() -> None:
    assert _bench(httpx2.Client()).ground.some([1, 2, 3], "check") == [1, 2, 3]


async def _odd(scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    if scope["type"] == "lifespan":
        for _ in range(2):
            await send({"type": f"{(await receive())['type']}.complete"})
        return
    body = (await receive())["body"]
    if scope["path"] == "/fails":
        raise ValueError("no answer at all")
    headers = [(b"x-query", scope["query_string"])]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    if scope["path"] == "/without-end":
        while True:
            chunk = {"type": "http.response.body", "body": bytes(2**23), "more_body": True}
            await send(chunk)
    await send({"type": "http.response.body", "body": body})


def test_an_application_is_asked_directly_and_may_fail_or_talk_without_end() -> None:
    with TestClient(_odd) as client:
        http = httpx2.Client(transport=Direct(client), base_url="http://testserver")
        answer = http.post("/echo?a=b%20c", content=b"text")
        assert (answer.status_code, answer.content) == (201, b"text")
        assert answer.headers["x-query"] == "a=b%20c"
        assert http.get("/fails").status_code == 500
        with pytest.raises(httpx2.ReadError, match="longer than"):
            http.get("/without-end")
    with pytest.raises(httpx2.ConnectError, match="has ended"):
        http.get("/echo")
