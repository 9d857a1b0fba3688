"""Does a type checker, and the server itself, notice what the document does not allow?"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from specfoundry.runtime.strict import ContractViolation

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).parent.parent / "golden"

IMPLEMENTATION = """
from __future__ import annotations

from shared_errors import models
from shared_errors.operations import errors
from shared_errors.operations import things as operations
from shared_errors.server import Apis, create_app


class Things:
    async def get_thing(self, params: operations.GetThingParams) -> RESULT:
        if params.id == 1:
            return operations.GetThing200(body="one")
        if params.id == 2:
            raise operations.GetThing409(body=models.Error(code=2))
        return ANSWER


app = create_app(Apis(things=Things()), strict=True)
"""
DOCUMENTED = (
    "operations.GetThing200 | errors.NotFound",
    "errors.NotFound(body=models.Error(code=0))",
)


def implementation(result: str, answer: str) -> str:
    return IMPLEMENTATION.replace("RESULT", result).replace("ANSWER", answer)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for feature in ("shared_errors", "security"):
        shutil.copytree(GOLDEN / feature / "expected", tmp_path / feature)
    return tmp_path


@pytest.fixture
def imported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in [
        n for n in sys.modules if n.split(".")[0] in {"shared_errors", "security", "server_x"}
    ]:
        del sys.modules[name]


def checked(folder: Path, source: str) -> str:
    """Return what mypy says about a file beside the generated packages."""
    (folder / "server_x.py").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "server_x.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def served(folder: Path, source: str) -> TestClient:
    (folder / "server_x.py").write_text(source, encoding="utf-8")
    module: Any = importlib.import_module("server_x")
    return TestClient(module.app)


def test_a_documented_implementation_passes_the_type_check(folder: Path) -> None:
    assert checked(folder, implementation(*DOCUMENTED)) == ""


def test_it_answers_as_documented(imported: Path) -> None:
    client = served(imported, implementation(*DOCUMENTED))
    assert client.get("/things/1").json() == "one"
    conflict, missing = client.get("/things/2"), client.get("/things/3")
    assert (conflict.status_code, conflict.json()) == (409, {"code": 2})
    assert (missing.status_code, missing.json()) == (404, {"code": 0})


def test_a_missing_handler_fails_the_type_check_and_answers_501(imported: Path) -> None:
    source = implementation(*DOCUMENTED).replace("get_thing", "get_things")
    said = checked(imported, source)
    assert "arg-type" in said
    assert "ThingsApi" in said
    assert served(imported, source).get("/things/1").status_code == 501


def test_what_is_left_out_of_the_apis_answers_501(imported: Path) -> None:
    source = "from shared_errors.server import Apis, create_app\n\napp = create_app(Apis())\n"
    assert checked(imported, source) == ""
    assert served(imported, source).get("/things/1").status_code == 501


def test_an_undocumented_answer_fails_the_type_check_and_strict_mode(imported: Path) -> None:
    extra = (
        "@dataclass(frozen=True)\nclass Teapot(Response[None]):\n"
        "    status: ClassVar[int] = 418\n\n\nclass Things:"
    )
    source = implementation("operations.GetThing200 | Teapot", "Teapot()")
    source = source.replace("class Things:", extra, 1).replace(
        "from shared_errors import models",
        "from dataclasses import dataclass\nfrom typing import ClassVar\n\n"
        "from specfoundry.runtime.responses import Response\n\nfrom shared_errors import models",
    )
    assert "ThingsApi" in checked(imported, source)
    client = served(imported, source)
    with pytest.raises(ContractViolation, match="status 418 is not documented"):
        client.get("/things/3")


def test_a_caller_of_another_type_fails_the_type_check(folder: Path) -> None:
    source = """
from __future__ import annotations

from security.operations import things as operations
from security.server import Apis, create_app
from specfoundry.runtime.operations import Operation
from specfoundry.runtime.requests import RequestHead


class Names:
    async def authenticate(self, request: RequestHead, operation: Operation) -> NAME:
        return NAME()


class Things:
    async def list_things(self, caller: str | None) -> operations.ListThings204:
        return operations.ListThings204()

    async def create_thing(self, caller: str) -> operations.CreateThing204:
        return operations.CreateThing204()


app = create_app(Apis[str](things=Things()), authenticator=Names())
"""
    assert checked(folder, source.replace("NAME", "str")) == ""
    assert "CallerT" in checked(folder, source.replace("NAME", "int"))
