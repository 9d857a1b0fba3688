"""What a reader of the docs types: curl against the public port."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

POLLS = 600

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Curl:
    def __init__(self, address: str) -> None:
        self.address = address
        self.token = ""

    def __call__(self, path: str, *arguments: str) -> Answer:
        """Run curl without its configuration file and split what it prints."""
        token = ["-H", f"Authorization: bearer {self.token}"] if self.token else []
        url = path if path.startswith("http") else f"{self.address}{path}"
        command = ["curl", "-q", "-sS", "-i", "-g", "--max-time", "60", *token, *arguments, url]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        while head.startswith((b"HTTP/1.1 100", b"HTTP/1.1 302")) and body.startswith(b"HTTP/"):
            head, _, body = body.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines if ": " in line)
        return Answer(int(first.split()[1]), {k.lower(): v for k, v in headers.items()}, body)

    def post(self, path: str, body: object) -> Any:
        sent = ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        made = self(path, "-X", "POST", *sent)
        assert made.status == 201, made.body
        return made.json


@pytest.fixture
def curl(address: str) -> Curl:
    opened = Curl(address)
    granted = opened("/oauth/token", "-u", "cf:", *_form("password"))
    assert granted.status == 200
    opened.token = granted.json["access_token"]
    return opened


def _form(grant: str, **fields: str) -> list[str]:
    given = fields or {"username": "admin", "password": "admin"}
    members = {"grant_type": grant, **given}
    return [part for name, value in members.items() for part in ("-d", f"{name}={value}")]


@pytest.fixture
def package(curl: Curl) -> str:
    name = uuid.uuid4().hex[:12]
    organization = curl.post("/v3/organizations", {"name": f"org-{name}"})["guid"]
    space = curl.post(
        "/v3/spaces",
        {"name": name, "relationships": {"organization": {"data": {"guid": organization}}}},
    )["guid"]
    app = curl.post(
        "/v3/apps", {"name": name, "relationships": {"space": {"data": {"guid": space}}}}
    )["guid"]
    made = curl.post(
        "/v3/packages", {"type": "bits", "relationships": {"app": {"data": {"guid": app}}}}
    )
    return str(made["guid"])


def upload(curl: Curl, package: str, app_zip: Path) -> None:
    sent = curl(f"/v3/packages/{package}/upload", "-F", f"bits=@{app_zip}")
    assert sent.status == 200, sent.body
    for _ in range(POLLS):
        state = curl(f"/v3/packages/{package}").json["state"]
        if state == "READY":
            return
    pytest.fail(f"the package is still {state}")


def test_the_token_endpoint_answers_as_oauth_asks(address: str) -> None:
    curl = Curl(address)
    granted = curl("/oauth/token", "-u", "cf:", *_form("password"))
    assert granted.headers["cache-control"] == "no-store"
    assert granted.json["token_type"] == "bearer"
    refresh = granted.json["refresh_token"]
    renewed = curl("/oauth/token", "-u", "cf:", *_form("refresh_token", refresh_token=refresh))
    assert renewed.json["access_token"]
    refused = curl("/oauth/token", "-u", "cf:", *_form("password", username="admin", password="x"))
    assert refused.status == 401
    assert refused.json == {"error": "unauthorized", "error_description": "Bad credentials"}


def test_a_multipart_upload_is_downloaded_whole_and_in_parts(
    curl: Curl, package: str, app_zip: Path
) -> None:
    upload(curl, package, app_zip)
    whole = curl(f"/v3/packages/{package}/download", "-L")
    assert whole.status == 200
    assert int(whole.headers["content-length"]) == len(whole.body)
    part = curl(f"/v3/packages/{package}/download", "-L", "-r", "4-9")
    assert part.status == 206
    assert part.body == whole.body[4:10]
    assert part.headers["content-range"] == f"bytes 4-9/{len(whole.body)}"
    tail = curl(f"/v3/packages/{package}/download", "-L", "-r", "-5")
    assert tail.body == whole.body[-5:]
    beyond = curl(f"/v3/packages/{package}/download", "-L", "-r", "999999999-")
    assert beyond.status == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole.body)}"
    head = curl(f"/v3/packages/{package}/download", "-L", "-I")
    assert head.status == 200
    assert not head.body


def test_a_changed_download_is_not_continued(curl: Curl, package: str, app_zip: Path) -> None:
    upload(curl, package, app_zip)
    path = f"/v3/packages/{package}/download"
    etag = curl(path, "-L").headers["etag"]
    assert curl(path, "-L", "-r", "1-", "-H", f"If-Range: {etag}").status == 206
    assert curl(path, "-L", "-r", "1-", "-H", 'If-Range: "another"').status == 200


def test_a_deletion_leads_to_a_job_by_its_location(curl: Curl, package: str) -> None:
    deleted = curl(f"/v3/packages/{package}", "-X", "DELETE")
    assert deleted.status == 202
    assert not deleted.body
    assert deleted.headers["location"].startswith(f"{curl.address}/v3/jobs/")
    for _ in range(POLLS):
        job = curl(deleted.headers["location"]).json
        if job["state"] != "PROCESSING":
            break
    assert (job["operation"], job["state"], job["errors"]) == ("package.delete", "COMPLETE", [])
    assert curl(f"/v3/packages/{package}").status == 404


def test_every_answer_names_its_request_and_forbids_sniffing(curl: Curl) -> None:
    answer = curl("/v3/packages", "-H", "X-VCAP-Request-ID: mine")
    assert answer.headers["x-vcap-request-id"].startswith("mine::")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (["/v3/packages?page=0"], 400, 10005),
        (["/v3/packages?bogus=1"], 400, 10005),
        (["/v3/packages", "-H", "Content-Type: application/json", "-d", "{"], 400, 1001),
        (["/v3/nothing"], 404, 10000),
        (["/v3/packages", "-X", "DELETE"], 404, 10000),
        (["/v3/packages", "-H", "Authorization: bearer x.y.z"], 401, 1000),
    ],
)
def test_a_bad_request_gets_the_code_of_the_api(
    curl: Curl, arguments: list[str], status: int, code: int
) -> None:
    path, *rest = arguments
    if any("Authorization" in one for one in rest):
        curl.token = ""
    answer = curl(path, *rest)
    assert answer.status == status
    assert answer.json["errors"][0]["code"] == code


def test_a_v2_buildpack_is_made_filled_and_removed(curl: Curl, buildpack_zip: Path) -> None:
    name = f"bp_{uuid.uuid4().hex[:12]}"
    made = curl("/v2/buildpacks", "-d", json.dumps({"name": name}))
    assert made.status == 201
    location = made.headers["location"]
    assert location == f"/v2/buildpacks/{made.json['metadata']['guid']}"
    bits = f"buildpack=@{buildpack_zip}"
    assert curl(f"{location}/bits", "-X", "PUT", "-F", bits).status == 201
    assert curl(f"{location}/bits", "-X", "PUT", "-F", bits).status == 204
    wrong = curl(f"{location}/bits", "-X", "PUT", "-F", f"{bits};filename=bp.tgz")
    assert (wrong.status, wrong.json["code"]) == (400, 290002)
    listed = curl(f"/v2/buildpacks?q=name:{name}&results-per-page=1").json
    assert listed["resources"][0]["entity"]["filename"] == buildpack_zip.name
    assert curl(location, "-X", "DELETE").status == 204
    assert curl(location).status == 404
