"""What does the `cf` command line send, and what does it read?

Each method of `Cf` sends the requests of one command, as recorded from its documented routes: the
same paths (also with their trailing slashes), queries, bodies and order, and reads the members which
the command reads.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import time
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALL = {"per_page": "5000"}


class Refused(Exception):  # noqa: N818 -- what the command line shows after FAILED
    """An error answer; the text is what `cf` shows."""

    def __init__(self, answer: Any) -> None:
        error = answer.json()["errors"][0]
        super().__init__(error["detail"])
        self.status = answer.status_code
        self.title = error["title"]


class Cf:
    """What the command line keeps between commands, and the requests that its commands send."""

    Refused = Refused

    def __init__(self, address: str) -> None:
        self.http = httpx2.Client(
            headers={"User-Agent": "cf/8.8.0 (go1.21; amd64 linux)", "Accept": "application/json"},
            timeout=60,
        )
        self.api(address)
        self.token = ""
        self.refresh = ""
        self.org = self.space = ""

    # -- the ground ------------------------------------------------------------------------------

    def api(self, address: str) -> None:
        self.links = self.http.get(f"{address}/").json()["links"]
        self.base = self.links["self"]["href"]
        assert self.links["cloud_controller_v3"]["meta"]["version"].startswith("3.")
        for name in ("login", "uaa", "log_cache", "network_policy_v1", "app_ssh"):
            assert self.links[name]["href"] is not None or name == "app_ssh", name

    def auth(self, user: str, password: str) -> None:
        prompts = self.http.get(f"{self.links['login']['href']}/login").json()["prompts"]
        assert prompts["username"][0] == "text"
        assert prompts["password"][0] == "password"
        self._tokens({"grant_type": "password", "username": user, "password": password})

    def refresh_token(self) -> None:
        self._tokens({"grant_type": "refresh_token", "refresh_token": self.refresh})

    def _tokens(self, form: dict[str, str]) -> None:
        address = f"{self.links['uaa']['href']}/oauth/token"
        answer = self.http.post(address, data=form, auth=("cf", ""))
        if answer.status_code != 200:
            raise PermissionError(answer.json()["error_description"])
        found = answer.json()
        self.token, self.refresh = found["access_token"], found["refresh_token"]
        assert found["token_type"] == "bearer"

    def claims(self) -> dict[str, Any]:
        payload = self.token.split(".")[1]
        found: dict[str, Any] = json.loads(
            base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        )
        return found

    def logout(self) -> None:
        address = f"{self.links['uaa']['href']}/oauth/token/revoke/{self.claims()['jti']}"
        answer = self.http.delete(address, headers=self._bearer())
        assert answer.status_code == 200
        self.token = ""

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"bearer {self.token}"} if self.token else {}

    def send(self, method: str, path: str, **options: Any) -> Any:
        url = path if path.startswith("http") else f"{self.base}{path}"
        headers = {**self._bearer(), **options.pop("headers", {})}
        answer = self.http.request(method, url, headers=headers, **options)
        if answer.status_code >= 400:
            raise Refused(answer)
        return answer

    def json(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        options = {} if body is None else {"json": body}
        found: dict[str, Any] = self.send(method, path, params=query, **options).json()
        return found

    def all(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Read a list to its end, as every listing command does."""
        found = self.json("GET", path, **{**ALL, **query})
        resources: list[dict[str, Any]] = list(found["resources"])
        while found["pagination"]["next"] is not None:
            found = self.json("GET", found["pagination"]["next"]["href"])
            resources += found["resources"]
        return resources

    def poll(self, answer: Any) -> dict[str, Any]:
        """Wait for the job of a 202, which every deleting command does."""
        assert answer.status_code == 202
        for _ in range(600):
            job: dict[str, Any] = self.send("GET", answer.headers["Location"]).json()
            if job["state"] in ("COMPLETE", "FAILED"):
                return job
            time.sleep(0.05)  # the pause between two looks at a job
        pytest.fail("the job never ended")

    # -- organizations and spaces ----------------------------------------------------------------

    def create_org(self, name: str) -> str:
        org = self.json("POST", "/v3/organizations", {"name": name})
        self.give_role("organization_user", "organization", org["guid"], tolerate=True)
        self.give_role("organization_manager", "organization", org["guid"])
        return str(org["guid"])

    def create_space(self, name: str, org: str) -> str:
        related = {"organization": {"data": {"guid": org}}}
        space = self.json("POST", "/v3/spaces", {"name": name, "relationships": related})
        self.give_role("space_manager", "space", space["guid"])
        self.give_role("space_developer", "space", space["guid"])
        return str(space["guid"])

    def give_role(self, role: str, kind: str, guid: str, *, tolerate: bool = False) -> None:
        claims = self.claims()
        user = {"username": claims["user_name"], "origin": claims["origin"]}
        related = {kind: {"data": {"guid": guid}}, "user": {"data": user}}
        try:
            self.json("POST", "/v3/roles", {"type": role, "relationships": related})
        except Refused as refused:
            if not (tolerate and "already has" in str(refused)):
                raise

    def find(self, kind: str, name: str, **query: str) -> dict[str, Any]:
        found = self.all(f"/v3/{kind}", names=name, **query)
        if not found:
            raise LookupError(f"{kind} {name} not found")
        return found[0]

    def target(self, org: str, space: str) -> None:
        self.org = self.find("organizations", org)["guid"]
        self.space = self.find("spaces", space, organization_guids=self.org)["guid"]

    def show_org(self, name: str) -> dict[str, Any]:
        org = self.find("organizations", name)
        quota = org["relationships"]["quota"]["data"]["guid"]
        return {
            "domains": self.all(f"/v3/organizations/{org['guid']}/domains"),
            "quota": self.json("GET", f"/v3/organization_quotas/{quota}")["name"],
            "spaces": self.all("/v3/spaces", organization_guids=org["guid"]),
            "segment": self.json(
                "GET", f"/v3/organizations/{org['guid']}/relationships/default_isolation_segment"
            )["data"],
        }

    def show_space(self, name: str) -> dict[str, Any]:
        space = self.find("spaces", name, organization_guids=self.org, include="organization")
        guid = space["guid"]
        return {
            "apps": self.all("/v3/apps", space_guids=guid),
            "services": self.all("/v3/service_instances", space_guids=guid),
            "segment": self.json("GET", f"/v3/spaces/{guid}/relationships/isolation_segment")[
                "data"
            ],
            "running": self.all(f"/v3/spaces/{guid}/running_security_groups"),
            "staging": self.all(f"/v3/spaces/{guid}/staging_security_groups"),
        }

    # -- apps ------------------------------------------------------------------------------------

    def app(self, name: str) -> dict[str, Any]:
        return self.find("apps", name, space_guids=self.space)

    def create_app(self, name: str, kind: str = "buildpack") -> dict[str, Any]:
        related = {"space": {"data": {"guid": self.space}}}
        body: dict[str, Any] = {"name": name, "relationships": related}
        if kind == "docker":
            body["lifecycle"] = {"type": "docker", "data": {}}
        return self.json("POST", "/v3/apps", body)

    def show_app(self, name: str) -> dict[str, Any]:
        app = self.app(name)
        guid = app["guid"]
        processes = []
        for listed in self.all(f"/v3/apps/{guid}/processes"):
            process = self.json("GET", f"/v3/processes/{listed['guid']}")
            process["sidecars"] = self.all(f"/v3/processes/{listed['guid']}/sidecars")
            stats = self.json("GET", f"/v3/processes/{listed['guid']}/stats")
            process["instance_states"] = [one["state"] for one in stats["resources"]]
            processes.append(process)
        routes = self.all(f"/v3/apps/{guid}/routes")
        deployments = self.all(
            "/v3/deployments", app_guids=guid, order_by="-created_at", status_values="ACTIVE"
        )
        try:
            droplet = self.json("GET", f"/v3/apps/{guid}/droplets/current")
        except Refused as refused:
            if str(refused) != "Droplet not found":  # which the command line compares literally
                raise
            droplet = None
        return {
            "app": app,
            "processes": processes,
            "routes": routes,
            "deployments": deployments,
            "droplet": droplet,
        }

    def apps(self) -> list[dict[str, Any]]:
        found = self.all("/v3/apps", space_guids=self.space, order_by="name")
        guids = ",".join(app["guid"] for app in found)
        processes = self.all("/v3/processes", app_guids=guids)
        for process in processes:
            self.json("GET", f"/v3/processes/{process['guid']}/stats")
        self.all("/v3/processes", app_guids=guids, embed="process_instances")
        self.all("/v3/routes", app_guids=guids)
        return found

    def package(self, app: str, bits: bytes | None = None, resources: Any = None) -> dict[str, Any]:
        body = {"type": "bits", "relationships": {"app": {"data": {"guid": app}}}}
        package = self.json("POST", "/v3/packages", body)
        parts: dict[str, Any] = {"resources": (None, json.dumps(resources or []))}
        if bits is not None:
            parts["bits"] = ("package.zip", bits, "application/zip")
        self.send("POST", f"/v3/packages/{package['guid']}/upload", files=parts)
        return self.wait(f"/v3/packages/{package['guid']}", "READY", "FAILED", "EXPIRED")

    def wait(self, path: str, *states: str) -> dict[str, Any]:
        for _ in range(1200):
            found = self.json("GET", path)
            if found["state"] in states:
                return found
            time.sleep(0.05)  # the pause between two looks
        pytest.fail(f"{path} stayed {found['state']}")

    def stage(self, package: str) -> dict[str, Any]:
        build = self.json("POST", "/v3/builds", {"package": {"guid": package}})
        ended = self.wait(f"/v3/builds/{build['guid']}", "STAGED", "FAILED")
        if ended["state"] == "FAILED":
            raise RuntimeError(ended["error"])
        return self.json("GET", f"/v3/droplets/{ended['droplet']['guid']}")

    def logs(self, source: str) -> list[str]:
        base = self.links["log_cache"]["href"]
        assert "version" in self.send("GET", f"{base}/api/v1/info").json()
        answer = self.send(
            "GET",
            f"{base}/api/v1/read/{source}",
            params={"envelope_types": "LOG", "start_time": "0", "limit": "1000"},
        )
        batch = answer.json()["envelopes"]["batch"]
        staging = [one for one in batch if one["tags"]["source_type"] == "STG"]
        return [base64.b64decode(one["log"]["payload"]).decode() for one in staging]

    def set_droplet(self, app: str, droplet: str) -> None:
        path = f"/v3/apps/{app}/relationships/current_droplet"
        self.json("PATCH", path, {"data": {"guid": droplet}})

    def delete_app(self, name: str) -> None:
        self.done(self.send("DELETE", f"/v3/apps/{self.app(name)['guid']}"))

    def done(self, answer: Any) -> None:
        job = self.poll(answer)
        assert job["state"] == "COMPLETE", job["errors"]

    def push(
        self, name: str, files: dict[str, bytes], manifest: str, *, start: bool = False
    ) -> Any:
        """`cf push`: the manifest, the app, the files that are not known yet, then staging."""
        yaml = {"Content-Type": "application/x-yaml"}
        spaces = f"/v3/spaces/{self.space}"
        diff = self.send("POST", f"{spaces}/manifest_diff", content=manifest, headers=yaml).json()
        applied = self.send(
            "POST", f"{spaces}/actions/apply_manifest", content=manifest, headers=yaml
        )
        self.done(applied)
        app = self.find("apps", name, space_guids=self.space)
        package = self.package(app["guid"], *self._unknown(files))
        if package["state"] != "READY":
            raise RuntimeError(package["data"]["error"])
        if start:
            droplet = self.stage(package["guid"])
            self.set_droplet(app["guid"], droplet["guid"])
            self.json("POST", f"/v3/apps/{app['guid']}/actions/restart")
        elif app["state"] == "STARTED":
            self.json("POST", f"/v3/apps/{app['guid']}/actions/stop")
        return {"diff": diff["diff"], "package": package, "app": self.show_app(name)}

    def _unknown(self, files: dict[str, bytes]) -> tuple[bytes | None, list[Any]]:
        known = [
            {
                "path": path,
                "checksum": {"value": hashlib.sha1(data).hexdigest()},  # noqa: S324 -- what cf sends
                "size_in_bytes": len(data),
                "mode": "644",
            }
            for path, data in files.items()
            if len(data) > 65536
        ]
        matched = []
        if known:
            body = {"resources": known}
            matched = self.json("POST", "/v3/resource_matches", body)["resources"]
        paths = {one["path"] for one in matched}
        self.uploaded = {path for path in files if path not in paths}
        if not self.uploaded:
            return None, matched
        return zipped({path: files[path] for path in self.uploaded}), matched


def zipped(files: dict[str, bytes], mode: int = 0o644) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = mode << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


BUILDPACK = zipped(
    {
        "bin/detect": b"#!/bin/sh\n[ -f $1/index.html ] && echo static 1.0\n",
        "bin/supply": b"#!/bin/sh\necho '-----> Supplying'\n",
        "bin/finalize": b"#!/bin/sh\necho '-----> Finalizing'\n",
        "bin/release": b"#!/bin/sh\nprintf 'default_process_types:\\n  web: serve\\n'\n",
    },
    0o755,
)


def name() -> str:
    return f"cf-{uuid.uuid4()}"


@pytest.fixture(scope="module")
def cf(address: str) -> Iterator[Cf]:
    """An admin who has targeted a space of his own."""
    made = Cf(address)
    made.auth("admin", "admin")
    org, space = name(), name()
    made.create_space(space, made.create_org(org))
    made.target(org, space)
    yield made
    made.http.close()


@pytest.fixture
def new_name() -> Callable[[], str]:
    return name


@pytest.fixture
def archived() -> Callable[..., bytes]:
    return zipped


@pytest.fixture
def log_in(address: str) -> Iterator[Callable[[], Cf]]:
    """Make a command line of somebody else, who has not logged in yet."""
    made: list[Cf] = []

    def make() -> Cf:
        made.append(Cf(address))
        return made[-1]

    yield make
    for one in made:
        one.http.close()


@pytest.fixture
def buildpack_zip() -> bytes:
    """A buildpack that stages whatever has an index.html."""
    return BUILDPACK


@pytest.fixture(scope="module")
def buildpack(cf: Cf) -> Iterator[str]:
    """A buildpack that stages whatever has an index.html."""
    called = name()
    made = cf.json("POST", "/v3/buildpacks/", {"name": called, "position": 1})
    files = {"bits": ("b.zip", BUILDPACK, "application/zip")}
    cf.done(cf.send("POST", f"/v3/buildpacks/{made['guid']}/upload", files=files))
    yield called
    cf.done(cf.send("DELETE", f"/v3/buildpacks/{made['guid']}"))
