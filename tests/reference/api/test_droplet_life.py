"""Do an app's droplets live as the model says, whatever is done to them in which order (5.5)?"""

from __future__ import annotations

import io
import tarfile
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from starlette.testclient import TestClient

from cloud_controller import app as composition
from cloud_controller.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

API = "https://api.example.local"
KEPT = 2


def _archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz"):
        pass
    return buffer.getvalue()


class DropletLife(RuleBasedStateMachine):
    """The droplets of one app, oldest first, each with the state that it must be in."""

    cloud: Any = None

    @initialize()
    def begin(self) -> None:
        self.app = self.cloud.place().app
        self.states: dict[str, str] = {}
        self.current: str | None = None

    def _in(self, state: str) -> list[str]:
        return [guid for guid, found in self.states.items() if found == state]

    def _becomes_staged(self, guid: str) -> None:
        self.states[guid] = "STAGED"
        counted = [one for one in self._in("STAGED") if one != self.current]
        for old in counted[: max(0, len(counted) - KEPT)]:
            self.states[old] = "EXPIRED"

    @rule()
    def create(self) -> None:
        answer = self.cloud.admin.post("/v3/droplets", json=self.cloud.related("app", self.app))
        self.states[answer.json()["guid"]] = "AWAITING_UPLOAD"

    @precondition(lambda self: self._in("AWAITING_UPLOAD"))
    @rule(data=st.data())
    def upload(self, data: Any) -> None:
        guid = data.draw(st.sampled_from(self._in("AWAITING_UPLOAD")))
        form = {"bits": ("d.tgz", _archive())}
        answer = self.cloud.admin.post(f"/v3/droplets/{guid}/upload", files=form)
        assert self.cloud.job(answer)["state"] == "COMPLETE"
        self._becomes_staged(guid)

    @precondition(lambda self: any(s != "AWAITING_UPLOAD" for s in self.states.values()))
    @rule(data=st.data())
    def upload_again(self, data: Any) -> None:
        others = [guid for guid, state in self.states.items() if state != "AWAITING_UPLOAD"]
        guid = data.draw(st.sampled_from(others))
        form = {"bits": ("d.tgz", _archive())}
        answer = self.cloud.admin.post(f"/v3/droplets/{guid}/upload", files=form)
        assert answer.status_code == 422

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def copy(self, data: Any) -> None:
        source = data.draw(st.sampled_from(list(self.states)))
        path = f"/v3/droplets?source_guid={source}"
        answer = self.cloud.admin.post(path, json=self.cloud.related("app", self.app))
        if self.states[source] != "STAGED":
            assert answer.status_code == 422
            return
        guid = answer.json()["guid"]
        self.cloud.eventually(lambda: None if self._seen(guid) == "COPYING" else True)
        self._becomes_staged(guid)

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def delete(self, data: Any) -> None:
        guid = data.draw(st.sampled_from(list(self.states)))
        answer = self.cloud.admin.delete(f"/v3/droplets/{guid}")
        if guid == self.current:
            assert answer.status_code == 422
            return
        assert self.cloud.job(answer)["state"] == "COMPLETE"
        del self.states[guid]

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def assign(self, data: Any) -> None:
        guid = data.draw(st.sampled_from(list(self.states)))
        path = f"/v3/apps/{self.app}/relationships/current_droplet"
        answer = self.cloud.admin.patch(path, json={"data": {"guid": guid}})
        assert (answer.status_code == 200) is (self.states[guid] == "STAGED")
        if answer.status_code == 200:
            self.current = guid

    def _seen(self, guid: str) -> str:
        return str(self.cloud.admin.get(f"/v3/droplets/{guid}").json()["state"])

    @invariant()
    def the_list_shows_the_model(self) -> None:
        shown = self.cloud.admin.get(f"/v3/apps/{self.app}/droplets").json()["resources"]
        assert {droplet["guid"]: droplet["state"] for droplet in shown} == self.states

    @invariant()
    def what_is_staged_can_be_downloaded_and_nothing_else(self) -> None:
        for guid, state in self.states.items():
            answer = self.cloud.admin.get(f"/v3/droplets/{guid}/download")
            assert answer.status_code == (200 if state == "STAGED" else 422)


@pytest.fixture(scope="module")
def server(cloud: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server that keeps few droplets."""
    options = Settings(
        data=tmp_path_factory.mktemp("few") / "data",
        external_url=API,
        strict=True,
        max_staged_droplets_stored=KEPT,
    )
    with ExitStack() as stack:
        running = composition.create(options)
        http = stack.enter_context(TestClient(running, base_url=API))
        yield type(cloud)(running, http)


def test_droplets_live_as_the_model_says(server: Any) -> None:
    machine = type("Life", (DropletLife,), {"cloud": server})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
