"""Does a document with rare features become a package that is typed, silent and right on the wire?"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

PNG = b"\x89PNG\r\n\x1a\n"
SENT = {
    "model_dump": "a",
    "model_validate_json": "b",
    "colour": "red",
    "long": "x" * 1000,
    "short": "abc",
    "lax": "a-b.c",
}


class Odd:
    """One object for all three tags."""

    def __init__(self, package: Any) -> None:
        self._package = package

    async def headers(self) -> Any:
        package = self._package
        return package.operations__日本語.Headers200(
            body=package.models.Odd.model_validate(SENT),
            x_json={"ü": "a\nb"},
            x_pairs=package.models.Headers200XPairsHeader(a=1, b="2"),
            x_text=5,
        )

    async def query(self, params: Any) -> Any:
        said = {name: value for name, value in asdict(params).items() if value is not None}
        said["filter"] = params.filter and params.filter.model_dump()
        return self._package.operations__client.Query200(body=said)

    async def image(self, body: Any) -> Any:
        return self._package.operations__async_client.Image200(body=body.image.size)


@pytest.fixture
def package(generated: Callable[[str], Any]) -> Any:
    return generated("odd")


@pytest.fixture
def url(package: Any, serve: Callable[[Any], str]) -> str:
    odd = Odd(package)
    apis = package.server.Apis(日本語=odd, client=odd, async_client=odd)
    return serve(package.server.create_app(apis, strict=True))


@pytest.mark.parametrize(
    "arguments",
    [
        ["-W", "error", "-c", "import generated_odd.server, generated_odd.client"],
        ["-m", "mypy", "--strict", "-p", "generated_odd"],
    ],
    ids=["imported", "typed"],
)
def test_the_package_gives_no_reason_to_complain(package: Any, arguments: list[str]) -> None:
    folder = str(Path(package.models.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": folder, "MYPYPATH": folder},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_members_named_like_methods_of_models_keep_their_names_on_the_wire(
    url: str,
) -> None:
    assert httpx2.get(f"{url}/headers").json() == SENT


def test_headers_of_objects_and_of_json_arrive_as_they_were_sent(package: Any, url: str) -> None:
    with package.client.Client(url) as client:
        answer = client.日本語.headers()
    assert answer.x_json == {"ü": "a\nb"}
    assert answer.x_pairs.model_dump() == {"a": 1, "b": "2"}
    assert answer.x_text == 5


def test_an_object_of_any_members_takes_what_belongs_to_no_other_parameter(url: str) -> None:
    query = "page=1&filter[a]=x&text=plain&size=3&depth=4"
    said = httpx2.get(f"{url}/query?{query}").json()
    assert said == {
        "page": 1,
        "filter": {"a": "x"},
        "text": "plain",
        "free": {"size": 3, "depth": 4},
    }


def test_limits_between_integers_hold(package: Any, serve: Callable[[Any], str]) -> None:
    app = package.server.create_app(package.server.Apis(client=Odd(package)))
    assert httpx2.get(f"{serve(app)}/query?page=0").status_code == 400


def test_a_part_whose_media_type_is_an_image_is_a_file(package: Any, url: str) -> None:
    with package.client.Client(url) as client:
        assert client.async_client.image(image=PNG) == len(PNG)
