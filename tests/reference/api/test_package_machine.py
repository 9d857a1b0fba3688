"""Do packages go through exactly the documented states, whatever is done to them in which order?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 2
INVALID = "The app upload is invalid: Invalid zip archive."
ONCE = "400 150004 Bits may be uploaded only once. Create a new package to upload different bits."


@dataclass
class Model:
    """What a package must look like."""

    app: str
    kind: str
    state: str
    error: str | None = None
    sha256: str | None = None
    label: str | None = None
    username: str | None = None


class Packages(RuleBasedStateMachine):
    """Two apps that take both kinds, and what may be done to their packages."""

    cloud: ClassVar[Any]
    guids = Bundle("guids")

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Model] = {}
        self.apps: list[str] = []

    @initialize()
    def begin(self) -> None:
        space = self.cloud.place().space
        self.apps = [self.cloud.app(space, lifecycle={"type": "cnb", "data": {}}) for _ in "ab"]

    def finished(self, guid: str, state: str, **more: Any) -> None:
        """Move a package to READY or FAILED, which lets the oldest of its app expire."""
        model = self.known[guid]
        model.state = state
        for name, value in more.items():
            setattr(model, name, value)
        self.prune(model.app)

    def prune(self, app: str) -> None:
        ended = [m for m in self.known.values() if m.app == app and m.state in ("READY", "FAILED")]
        for old in ended[:-KEPT]:
            old.state, old.sha256 = "EXPIRED", None

    @rule(target=guids, app=st.integers(0, 1))
    def create_bits(self, app: int) -> str:
        guid: str = self.cloud.package(self.apps[app])
        self.known[guid] = Model(self.apps[app], "bits", "AWAITING_UPLOAD")
        return guid

    @rule(target=guids, app=st.integers(0, 1), username=st.none() | st.just("jane"))
    def create_docker(self, app: int, username: str | None) -> str:
        data = {"image": "i", "username": username, "password": "s3cret"}
        guid: str = self.cloud.package(self.apps[app], type="docker", data=data)
        self.known[guid] = Model(self.apps[app], "docker", "READY", username=username)
        self.prune(self.apps[app])
        return guid

    @rule(guid=guids, data=st.none() | st.binary(max_size=8))
    def upload(self, guid: str, data: bytes | None) -> None:
        sent = b"garbage" if data is None else self.cloud.zipped(a=data)
        path = f"/v3/packages/{guid}/upload"
        answer = self.cloud.admin.post(path, files={"bits": ("a.zip", sent)})
        model = self.known[guid]
        if model.kind == "docker":
            assert self.cloud.detail(answer) == "422 10008 Package type must be bits."
        elif model.state != "AWAITING_UPLOAD":
            assert self.cloud.detail(answer) == ONCE
        else:
            assert answer.json()["state"] == "PROCESSING_UPLOAD"
            self.cloud.settled(guid)
            if data is None:
                self.finished(guid, "FAILED", error=INVALID)
            else:
                self.finished(guid, "READY", sha256=hashlib.sha256(sent).hexdigest())

    @rule(target=guids, source=guids, app=st.integers(0, 1))
    def copy(self, source: str, app: int) -> Any:
        path = f"/v3/packages?source_guid={source}"
        answer = self.cloud.admin.post(path, json=self.cloud.related("app", self.apps[app]))
        origin = self.known[source]
        if origin.app == self.apps[app]:
            same = "422 10008 Source and destination app cannot be the same"
            assert self.cloud.detail(answer) == same
            return multiple()
        guid = answer.json()["guid"]
        state, sha256 = origin.state, origin.sha256
        self.known[guid] = Model(self.apps[app], origin.kind, answer.json()["state"])
        self.cloud.settled(guid)
        if origin.kind == "docker" or state == "READY":
            self.finished(guid, "READY", sha256=sha256)
        else:
            error = f"failed to copy - Could not find object '{source}'"
            self.finished(guid, "FAILED", error=error)
        return guid

    @rule(guid=guids, value=st.sampled_from(["a", "b", "", None]))
    def label(self, guid: str, value: str | None) -> None:
        body = {"metadata": {"labels": {"l": value}}}
        assert self.cloud.admin.patch(f"/v3/packages/{guid}", json=body).status_code == 200
        self.known[guid].label = value

    @rule(guid=guids)
    def name_a_user(self, guid: str) -> None:
        answer = self.cloud.admin.patch(f"/v3/packages/{guid}", json={"username": "joe"})
        if self.known[guid].kind == "docker":
            assert answer.status_code == 200
            self.known[guid].username = "joe"
        else:
            assert self.cloud.detail(answer).endswith("for a buildpack app.")

    @rule(guid=consumes(guids))
    def delete(self, guid: str) -> None:
        assert (
            self.cloud.job(self.cloud.admin.delete(f"/v3/packages/{guid}"))["state"] == "COMPLETE"
        )
        del self.known[guid]
        gone = self.cloud.admin.get(f"/v3/packages/{guid}")
        assert self.cloud.detail(gone) == "404 10010 Package not found"

    @rule(guid=guids)
    def download(self, guid: str) -> None:
        model = self.known[guid]
        answer = self.cloud.admin.get(f"/v3/packages/{guid}/download")
        if model.kind == "docker":
            assert self.cloud.detail(answer) == "422 10008 Package type must be bits."
        elif model.state != "READY":
            assert self.cloud.detail(answer) == "422 10008 Package has no bits to download."
        else:
            assert hashlib.sha256(answer.content).hexdigest() == model.sha256

    @invariant()
    def the_lists_show_the_model(self) -> None:
        for app in self.apps:
            expected = [(guid, m) for guid, m in self.known.items() if m.app == app]
            found = self.cloud.eventually(lambda app=app: self.listed(app))
            assert [shown["guid"] for shown in found] == [guid for guid, _ in expected]
            for shown, (_, model) in zip(found, expected, strict=True):
                self.compare(shown, model)

    def listed(self, app: str) -> list[Any] | None:
        """The packages of an app, once nothing of what expired is left."""
        path = f"/v3/apps/{app}/packages?per_page=5000"
        found: list[Any] = self.cloud.admin.get(path).json()["resources"]
        expired = [one["data"] for one in found if one["state"] == "EXPIRED"]
        is_bare = all(data.get("checksum", {}).get("value") is None for data in expired)
        return found if is_bare else None

    @staticmethod
    def compare(shown: dict[str, Any], model: Model) -> None:
        assert (shown["type"], shown["state"]) == (model.kind, model.state)
        labels = {} if model.label is None else {"l": model.label}
        assert shown["metadata"] == {"labels": labels, "annotations": {}}
        data = shown["data"]
        if model.kind == "bits":
            assert data["error"] == model.error
            assert data["checksum"] == {"type": "sha256", "value": model.sha256}
        else:
            stars = None if model.username is None else "***"
            assert (data["username"], data["password"]) == (model.username, stars)


def test_packages_go_through_the_documented_states(start: Callable[..., Any]) -> None:
    cloud = start(max_valid_packages_stored=KEPT)

    class Here(Packages):
        pass

    Here.cloud = cloud
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
