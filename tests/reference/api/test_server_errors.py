"""What is answered when the server itself cannot do what it should?"""

from __future__ import annotations

import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from capi.server import Apis, create_app
from cloud_controller.api.translator import Translator
from cloud_controller.blobs import BlobError
from cloud_controller.store import StoreError


class Broken:
    """Operations that fail in the middle."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def get_v3_root(self) -> Any:
        raise self.error

    async def get_root(self) -> Any:
        raise self.error


class Anybody:
    """Lets everybody in."""

    async def authenticate(self, request: Any, operation: Any) -> None:
        """Return no caller."""


def serve(cloud: Any, **apis: Any) -> TestClient:
    translator = Translator(cloud.server.context, issuer=None)  # type: ignore[arg-type]
    return TestClient(create_app(Apis(**apis), authenticator=Anybody(), errors=translator))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/v3/info",
            {
                "errors": [
                    {
                        "detail": "This operation is not implemented",
                        "title": "CF-NotImplemented",
                        "code": 10001,
                    }
                ]
            },
        ),
        (
            "/v2/buildpacks",
            {
                "description": "This operation is not implemented",
                "error_code": "CF-NotImplemented",
                "code": 10001,
            },
        ),
    ],
)
def test_an_operation_that_nobody_wrote_says_so_in_the_envelope(
    cloud: Any, path: str, body: Any
) -> None:
    answer = serve(cloud).get(path)

    assert (answer.status_code, answer.json()) == (501, body)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError("secret"), 500, 10001),
        (StoreError("secret"), 503, 10015),
        (BlobError("secret"), 502, 150006),
    ],
)
def test_a_failure_tells_the_client_nothing_of_the_inside(
    cloud: Any, caplog: pytest.LogCaptureFixture, error: Exception, status: int, code: int
) -> None:
    with caplog.at_level(logging.CRITICAL):
        answer = serve(cloud, root=Broken(error)).get("/v3")

    assert answer.status_code == status
    assert answer.json()["errors"][0]["code"] == code
    assert "secret" not in answer.text


def test_a_body_that_is_too_large_is_refused(start: Any) -> None:
    cloud = start(max_json_size=1000)
    body = {"name": "x" * 2000}

    assert cloud.admin.post("/v3/organizations", json=body).status_code == 413


def test_an_upload_that_is_too_large_is_refused(start: Any) -> None:
    cloud = start(max_upload_size=10_000)
    package = cloud.package(cloud.place().app)
    bits = {"bits": ("a.zip", bytes(20_000))}

    assert cloud.admin.post(f"/v3/packages/{package}/upload", files=bits).status_code == 413
    assert list(cloud.server.settings.uploads.iterdir()) == []
    assert cloud.admin.get(f"/v3/packages/{package}").json()["state"] == "AWAITING_UPLOAD"
