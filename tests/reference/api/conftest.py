"""The whole reference server in this process, with a real store in a temporary directory."""

from __future__ import annotations

import io
import tarfile
import time
import uuid
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from starlette.testclient import TestClient

from cloud_controller import app as composition
from cloud_controller.auth import grant_role, load_or_create_key
from cloud_controller.auth.claims import TokenPolicy, access_token
from cloud_controller.auth.users import USER_SCOPES, create_user
from cloud_controller.installation import KEY_FILE
from cloud_controller.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx2

    from cloud_controller.auth.users import RoleType
    from cloud_controller.store import Transaction

ResultT = TypeVar("ResultT")
BASE_URL = "https://api.example.local"
SPACE_ROLES = ("space_developer", "space_manager", "space_auditor", "space_supporter")
GLOBAL_SCOPES = {
    "admin": "cloud_controller.admin",
    "admin_read_only": "cloud_controller.admin_read_only",
    "global_auditor": "cloud_controller.global_auditor",
}


@dataclass(frozen=True)
class Session:
    """Requests of one caller."""

    http: TestClient
    token: str | None
    guid: str = ""

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"bearer {self.token}")
        return self.http.request(method, path, headers=headers, follow_redirects=False, **options)

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("DELETE", path, **options)


@dataclass(frozen=True)
class Place:
    """An organization with a space and an app in it."""

    organization: str
    space: str
    app: str


def related(kind: str, guid: str) -> dict[str, Any]:
    return {"relationships": {kind: {"data": {"guid": guid}}}}


def eventually(found: Callable[[], ResultT | None], seconds: float = 20.0) -> ResultT:
    """Ask until there is an answer, but not for ever."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = found()
        if result is not None:
            return result
        time.sleep(0.01)
    pytest.fail("it never happened")


def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in entries.items():
            archive.writestr(name, contents)
    return buffer.getvalue()


def detail(answer: httpx2.Response) -> str:
    """The one error of a v3 answer as `status code text`."""
    errors = answer.json()["errors"]
    assert len(errors) == 1
    return f"{answer.status_code} {errors[0]['code']} {errors[0]['detail']}"


def v2_detail(answer: httpx2.Response) -> str:
    body = answer.json()
    return f"{answer.status_code} {body['code']} {body['description']}"


class Cloud:
    """A running server, and what tests need to arrange in it."""

    related = staticmethod(related)
    eventually = staticmethod(eventually)
    zipped = staticmethod(zipped)
    detail = staticmethod(detail)
    v2_detail = staticmethod(v2_detail)

    def __init__(self, server: composition.CloudController, http: TestClient) -> None:
        self.server = server
        self.http = http
        self.key = load_or_create_key(server.settings.data / KEY_FILE)
        self.admin = self.user("cloud_controller.admin")
        self.anonymous = Session(http, None)

    def write(self, change: Callable[[Transaction], ResultT]) -> ResultT:
        assert self.server.context is not None
        assert self.http.portal is not None
        return self.http.portal.call(self.server.context.database.write, change)

    def user(self, *extra_scopes: str, scopes: tuple[str, ...] = USER_SCOPES) -> Session:
        wanted = (*scopes, *extra_scopes)
        record = self.write(
            lambda t: create_user(t, f"user-{uuid.uuid4()}", "secret", scopes=wanted)
        )
        policy = TokenPolicy.of(self.server.settings)
        _, token = access_token(self.key, policy, record, "cf", wanted, "password")
        return Session(self.http, token, record.guid)

    def grant(self, session: Session, role: RoleType, place: Place) -> None:
        in_space = role.startswith("space_")
        where = (
            {"space_guid": place.space} if in_space else {"organization_guid": place.organization}
        )
        self.write(lambda t: grant_role(t, session.guid, role, **where))

    def with_role(self, role: str, place: Place) -> Session:
        """A caller with a role or global scope by the names of the behaviour document."""
        if role in GLOBAL_SCOPES:
            scopes = (
                USER_SCOPES
                if role == "admin"
                else ("cloud_controller.read", "cloud_controller.write")
            )
            return self.user(GLOBAL_SCOPES[role], scopes=scopes)
        session = self.user()
        if role != "none":
            self.grant(session, role.replace("org_", "organization_"), place)  # type: ignore[arg-type]
        return session

    def place(self) -> Place:
        name = f"n-{uuid.uuid4()}"
        organization = self.create("organizations", {"name": name})
        space = self.create("spaces", {"name": name, **related("organization", organization)})
        return Place(organization, space, self.app(space))

    def app(self, space: str, **members: Any) -> str:
        return self.create(
            "apps", {"name": f"app-{uuid.uuid4()}", **related("space", space), **members}
        )

    def package(self, app: str, **members: Any) -> str:
        return self.create("packages", {"type": "bits", **related("app", app), **members})

    def create(self, kind: str, body: dict[str, Any]) -> str:
        answer = self.admin.post(f"/v3/{kind}", json=body)
        assert answer.status_code == 201, answer.text
        guid: str = answer.json()["guid"]
        return guid

    def staged_droplet(self, app: str, process_types: dict[str, str] | None = None) -> str:
        """A droplet that the app could run."""
        kinds = {"web": "bundle exec rackup"} if process_types is None else process_types
        guid = self.create("droplets", {"process_types": kinds, **related("app", app)})
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w:gz") as archive:
            archive.addfile(tarfile.TarInfo("./app"))
        bits = {"bits": ("droplet.tgz", data.getvalue())}
        job = self.job(self.admin.post(f"/v3/droplets/{guid}/upload", files=bits))
        assert job["state"] == "COMPLETE", job
        return guid

    def assign(self, app: str, droplet: str) -> None:
        """Make a droplet the app's current one."""
        path = f"/v3/apps/{app}/relationships/current_droplet"
        answer = self.admin.patch(path, json={"data": {"guid": droplet}})
        assert answer.status_code == 200, answer.text

    def upload(self, package: str, data: bytes) -> dict[str, Any]:
        """Upload bits and return the package once it is processed."""
        answer = self.admin.post(f"/v3/packages/{package}/upload", files={"bits": ("a.zip", data)})
        assert answer.status_code == 200, answer.text
        return self.settled(package)

    def settled(self, package: str) -> dict[str, Any]:
        def finished() -> dict[str, Any] | None:
            found: dict[str, Any] = self.admin.get(f"/v3/packages/{package}").json()
            return None if found["state"] in ("PROCESSING_UPLOAD", "COPYING") else found

        return eventually(finished)

    def job(self, answer: httpx2.Response) -> dict[str, Any]:
        """Return the job behind a 202 once it ended."""
        assert answer.status_code == 202, answer.text
        path = answer.headers["location"].removeprefix(BASE_URL)

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.admin.get(path).json()
            return None if found["state"] == "PROCESSING" else found

        return eventually(ended)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One strict server for all tests; each works in an organization of its own."""
    with running(_settings(tmp_path_factory)) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def cloud_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A server for tests that change what holds for everybody, such as feature flags."""
    with running(_settings(tmp_path_factory)) as cloud:
        yield cloud


def _settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        data=tmp_path_factory.mktemp("cloud") / "data",
        external_url=BASE_URL,
        strict=True,
        access_token_validity=24 * 3600,  # all tests of a worker share one administrator
    )


@contextmanager
def running(settings: Settings) -> Iterator[Cloud]:
    server = composition.create(settings)
    with TestClient(server, base_url=BASE_URL) as http:
        yield Cloud(server, http)


@pytest.fixture
def start(cloud: Cloud, tmp_path: Path) -> Iterator[Callable[..., Cloud]]:
    """Start another server with settings of its own."""
    key = (cloud.server.settings.data / KEY_FILE).read_bytes()  # making one takes its time
    with ExitStack() as servers:

        def begin(**settings: Any) -> Cloud:
            folder = tmp_path / f"server-{uuid.uuid4()}"
            folder.mkdir()
            (folder / KEY_FILE).write_bytes(key)
            options = {"data": folder, "external_url": BASE_URL, "strict": True, **settings}
            return servers.enter_context(running(Settings(**options)))

        yield begin


@pytest.fixture
def place(cloud: Cloud) -> Place:
    return cloud.place()
