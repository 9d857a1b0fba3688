"""Two places with something of everything in them, and requests that the document itself suggests."""

from __future__ import annotations

import io
import json
import tarfile
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

DOCUMENT: dict[str, Any] = json.loads(files("capi").joinpath("openapi.json").read_bytes())
METHODS = ("get", "post", "put", "patch", "delete")
UNKNOWN = "11111111-1111-4111-8111-111111111111"


def resolved(node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


@dataclass(frozen=True)
class Call:
    """One operation of the document."""

    method: str
    path: str
    operation: Mapping[str, Any]
    path_item: Mapping[str, Any]

    def __str__(self) -> str:
        return str(self.operation["operationId"])

    @property
    def rights(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.operation["x-permitted-roles"]
        return found

    @property
    def kind(self) -> str | None:
        """The collection whose resource the path addresses, such as `apps`."""
        segments = self.path.split("/")
        return next((segments[i - 1] for i, s in enumerate(segments) if s == "{guid}"), None)

    @property
    def is_v2(self) -> bool:
        return self.path.startswith("/v2/")

    @property
    def parameters(self) -> Iterator[Mapping[str, Any]]:
        declared = [*self.path_item.get("parameters", ()), *self.operation.get("parameters", ())]
        return (resolved(parameter) for parameter in declared)

    @cached_property
    def body(self) -> tuple[str, Any] | None:
        """The media type of the body and an example."""
        content = resolved(self.operation.get("requestBody", {})).get("content")
        if not content:
            return None
        media_type, media = next(iter(content.items()))
        examples = [resolved(one)["value"] for one in media.get("examples", {}).values()]
        # What belongs somewhere tells more than what is for all.
        examples.sort(key=lambda one: "relationships" not in one)
        return media_type, examples[0] if examples else media.get("example", {})


def calls() -> list[Call]:
    return [
        Call(method, path, item[method], item)
        for path, item in DOCUMENT["paths"].items()
        for method in METHODS
        if method in item
    ]


@dataclass
class Corner:
    """A place and, made when they are asked for, resources in it by collection."""

    world: World
    place: Any
    made: dict[str, str] = field(default_factory=dict)

    def guid(self, kind: str, *, fresh: bool = False) -> str:
        fixed = {
            "organizations": self.place.organization,
            "spaces": self.place.space,
            "apps": self.place.app,
        }
        if not fresh and kind in fixed:
            return fixed[kind]
        if fresh or kind not in self.made:
            made = MAKERS[kind](self)
            if fresh:
                return made
            self.made[kind] = made
        return self.made[kind]

    def create(self, kind: str, body: dict[str, Any]) -> str:
        return str(self.world.cloud.create(kind, body))


@dataclass
class World:
    """The server with an own place, another one, and a caller for each role in the own one."""

    cloud: Any
    own: Corner = None  # type: ignore[assignment] # set right below
    other: Corner = None  # type: ignore[assignment]
    callers: dict[str, Any] = field(default_factory=dict)

    @property
    def makers(self) -> Collection[str]:
        """The collections of which a resource can be made."""
        return MAKERS.keys()

    def caller(self, role: str) -> Any:
        if role not in self.callers:
            session = self.cloud.with_role(role, self.own.place)
            if role.startswith("space_"):  # who has a role in a space is in its organization
                self.cloud.grant(session, "organization_user", self.own.place)
            self.callers[role] = session
        return self.callers[role]

    def send(self, caller: Any, call: Call, corner: Corner, *, fresh: bool) -> Any:
        """Send what the document's example says, about resources of this corner."""
        path = call.path
        if call.kind:
            path = path.replace("{guid}", corner.guid(call.kind, fresh=fresh))
        query = {}
        for parameter in call.parameters:
            name = parameter["name"]
            if name == "org_guid":
                path = path.replace("{org_guid}", self._shared(path.split("/")[3]))
            if parameter["in"] == "path" and name != "guid":
                path = path.replace(f"{{{name}}}", str(parameter["example"]))
            if parameter["in"] == "query" and (parameter.get("required") or name == "unmapped"):
                query[name] = parameter["example"]
        return caller.send(call.method.upper(), path, params=query, **self._body(call, corner))

    def _shared(self, domain: str) -> str:
        """Let an organization that the manager can read share a domain; return which."""
        place = self.cloud.place()
        self.cloud.grant(self.caller("org_manager"), "organization_user", place)
        body = {"data": [{"guid": place.organization}]}
        path = f"/v3/domains/{domain}/relationships/shared_organizations"
        answer = self.cloud.admin.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return str(place.organization)

    def _body(self, call: Call, corner: Corner) -> dict[str, Any]:
        if call.body is None:
            return {}
        media_type, example = call.body
        if str(call) == "createRole":  # the first example gives a role that not all may give
            return {"json": _new_role(corner)}
        if str(call) == "shareDomain":  # nobody here manages another organization
            return {"json": {"data": []}}
        if media_type == "application/json":
            return {"json": placed(example, corner)}
        if media_type == "multipart/form-data":
            part = "buildpack" if call.is_v2 else "bits"
            data = tarball() if call.kind == "droplets" else self.cloud.zipped(a=b"1")
            name = "a.tgz" if call.kind == "droplets" else "a.zip"
            return {"files": {part: (name, data)}}
        if media_type == "application/x-www-form-urlencoded":
            return {"data": example}
        text = example if isinstance(example, str) else json.dumps(example)
        return {"content": text.encode(), "headers": {"Content-Type": media_type}}


def placed(node: Any, corner: Corner, kind: str = "") -> Any:
    """Return an example with the guids of this corner and names that nobody else uses."""
    if isinstance(node, list):
        return [placed(entry, corner, kind) for entry in node]
    if not isinstance(node, dict):
        return node
    found = {}
    for key, value in node.items():
        if key == "guid" and isinstance(value, str) and kind:
            found[key] = corner.guid(kind)
        elif key in ("name", "host", "guid", "userName") and not kind and isinstance(value, str):
            found[key] = _fresh(key, value)
        elif key in ("data", "relationships"):
            found[key] = placed(value, corner, kind)
        else:
            found[key] = placed(value, corner, KINDS.get(key, ""))
    return found


def _fresh(key: str, example: str) -> str:
    text = str(uuid.uuid4())
    if key == "guid":
        return text
    return f"n-{text}.{example}" if "." in example else f"n-{text}"  # names of domains have dots


def tarball() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("app/file"))
    return buffer.getvalue()


KINDS = {
    "app": "apps",
    "space": "spaces",
    "organization": "organizations",
    "package": "packages",
    "user": "users",
    "domain": "domains",
    "current_droplet": "droplets",
}
"""Which collection a member of a request body names."""


def _related(kind: str, guid: str) -> dict[str, Any]:
    return {"relationships": {kind: {"data": {"guid": guid}}}}


def _name() -> str:
    return f"n-{uuid.uuid4()}"


def _account(corner: Corner) -> str:
    body = {"userName": _name(), "password": "S3cret!"}
    return str(corner.world.cloud.admin.post("/Users", json=body).json()["id"])


def _organization(corner: Corner) -> str:
    return corner.create("organizations", {"name": _name()})


def _space(corner: Corner) -> str:
    return corner.create(
        "spaces", {"name": _name(), **_related("organization", corner.place.organization)}
    )


def _app(corner: Corner) -> str:
    return corner.create("apps", {"name": _name(), **_related("space", corner.place.space)})


def _package(corner: Corner) -> str:
    return corner.create("packages", {"type": "bits", **_related("app", corner.place.app)})


def _buildpack(corner: Corner) -> str:
    answer = corner.world.cloud.admin.post("/v2/buildpacks", json={"name": _name()})
    return str(answer.json()["metadata"]["guid"])


def _job(corner: Corner) -> str:
    cloud = corner.world.cloud
    answer = cloud.admin.delete(f"/v3/packages/{_package(corner)}")
    return str(answer.headers["location"].rsplit("/", 1)[1])


def _docker_app(corner: Corner) -> str:
    lifecycle = {"lifecycle": {"type": "docker", "data": {}}}
    body = {"name": _name(), **_related("space", corner.place.space), **lifecycle}
    return corner.create("apps", body)


def _build(corner: Corner) -> str:
    body = {"type": "docker", "data": {"image": "nobody/nothing"}}
    package = corner.create("packages", {**body, **_related("app", _docker_app(corner))})
    return corner.create("builds", {"package": {"guid": package}})


def _droplet(corner: Corner) -> str:
    return corner.create("droplets", _related("app", corner.place.app))


def _process(corner: Corner) -> str:
    return _app(corner)  # the process `web` has its app's guid


def _domain(corner: Corner) -> str:
    body = {"name": f"{_name()}.example.com"}
    return corner.create("domains", {**body, **_related("organization", corner.place.organization)})


def _route(corner: Corner) -> str:
    related = {"space": corner.place.space, "domain": corner.guid("domains")}
    relationships = {name: {"data": {"guid": guid}} for name, guid in related.items()}
    return corner.create("routes", {"host": _name(), "relationships": relationships})


def _stack(corner: Corner) -> str:
    return corner.create("stacks", {"name": _name()})


def _user(corner: Corner) -> str:
    member = corner.world.cloud.user()
    corner.world.cloud.grant(member, "organization_user", corner.place)
    return str(member.guid)


def _new_role(corner: Corner, kind: str = "space", role: str = "space_auditor") -> dict[str, Any]:
    related = {kind: corner.guid(f"{kind}s"), "user": _user(corner)}
    relationships = {name: {"data": {"guid": guid}} for name, guid in related.items()}
    return {"type": role, "relationships": relationships}


def _role(corner: Corner) -> str:
    return corner.create("roles", _new_role(corner, "organization", "organization_auditor"))


def _first(kind: str, query: str = "") -> Callable[[Corner], str]:
    def find(corner: Corner) -> str:
        answer = corner.world.cloud.admin.get(f"/v3/{kind}?per_page=1&{query}")
        return str(answer.json()["resources"][0]["guid"])

    return find


def _audit_event(corner: Corner) -> str:
    return _first("audit_events", f"target_guids={corner.guid('apps')}")(corner)


MAKERS: dict[str, Callable[[Corner], str]] = {
    "read": lambda corner: corner.place.app,  # the log cache's path for an app's logs
    "audit_events": _audit_event,
    "builds": _build,
    "domains": _domain,
    "droplets": _droplet,
    "isolation_segments": lambda _: UNKNOWN,  # there is none: all are told so
    "organization_quotas": _first("organization_quotas"),
    "processes": _process,
    "roles": _role,
    "routes": _route,
    "security_groups": lambda _: UNKNOWN,
    "space_quotas": lambda _: UNKNOWN,
    "stacks": _stack,
    "users": _user,
    "Users": _account,
    "organizations": _organization,
    "spaces": _space,
    "apps": _app,
    "packages": _package,
    "buildpacks": _buildpack,
    "jobs": _job,
}


@pytest.fixture(scope="session")
def world(cloud_apart: Any) -> World:
    made = World(cloud_apart)
    made.own = Corner(made, cloud_apart.place())
    made.other = Corner(made, cloud_apart.place())
    for corner in (made.own, made.other):
        # Without a droplet an app cannot start.
        cloud_apart.assign(corner.place.app, cloud_apart.staged_droplet(corner.place.app))
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test for every operation of the document."""
    if "call" in metafunc.fixturenames:
        metafunc.parametrize("call", calls(), ids=str)
