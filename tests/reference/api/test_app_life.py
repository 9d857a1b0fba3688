"""Does an app behave as the model says, whatever is done to it in which order?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("A", "B", "RACK_ENV", "PATH_1")
FORBIDDEN = ("PORT", "VCAP_APPLICATION", "VMC_X")
FEATURES = {
    "ssh": True,
    "revisions": True,
    "service-binding-k8s": False,
    "file-based-vcap-services": False,
}
RIVALS = {
    "service-binding-k8s": "file-based-vcap-services",
    "file-based-vcap-services": "service-binding-k8s",
}
KINDS = ("web", "worker", "clock")


class AppLife(RuleBasedStateMachine):
    """One app: its state, variables, features, labels, droplet and processes."""

    cloud: Any = None

    @initialize()
    def begin(self) -> None:
        self.app = self.cloud.place().app
        self.state = "STOPPED"
        self.variables: dict[str, str] = {}
        self.features = dict(FEATURES)
        self.labels: dict[str, str] = {}
        self.droplet: str | None = None
        self.detected: Mapping[str, str] = {}
        self.commands: dict[str, str | None] = {"web": None}
        self.scale = {"web": (1, 1024)}

    def _call(self, method: str, path: str, body: object = None) -> Any:
        return self.cloud.admin.send(method, f"/v3/apps/{self.app}{path}", json=body)

    @rule(types=st.dictionaries(st.sampled_from(KINDS), st.sampled_from(["run", "go"]), min_size=1))
    def assign_a_droplet(self, types: dict[str, str]) -> None:
        self.droplet = self.cloud.staged_droplet(self.app, process_types=types)
        self.cloud.assign(self.app, self.droplet)
        self.detected = types
        for kind in types:
            self.commands.setdefault(kind, None)
            self.scale.setdefault(kind, (0, 1024))

    @rule(action=st.sampled_from(["start", "restart", "stop"]))
    def act(self, action: str) -> None:
        answer = self._call("POST", f"/actions/{action}")
        if action != "stop" and self.droplet is None:
            assert answer.status_code == 422
            return
        assert answer.status_code == 200
        self.state = "STOPPED" if action == "stop" else "STARTED"

    @rule(
        sent=st.dictionaries(
            st.sampled_from([*NAMES, *FORBIDDEN]), st.one_of(st.none(), st.text(max_size=5))
        )
    )
    def set_variables(self, sent: dict[str, str | None]) -> None:
        answer = self._call("PATCH", "/environment_variables", {"var": sent})
        if set(sent) & set(FORBIDDEN):
            assert answer.status_code == 422
            return
        merged = {**self.variables, **sent}
        self.variables = {name: value for name, value in merged.items() if value is not None}
        assert answer.json()["var"] == self.variables

    @rule(name=st.sampled_from([*FEATURES]), enabled=st.booleans())
    def switch(self, name: str, enabled: bool) -> None:
        answer = self._call("PATCH", f"/features/{name}", {"enabled": enabled})
        if enabled and name in RIVALS and self.features[RIVALS[name]]:
            assert answer.status_code == 422
            return
        self.features[name] = enabled

    @rule(
        sent=st.dictionaries(
            st.sampled_from(["env", "example.com/tier"]), st.sampled_from([None, "", "a", "b"])
        )
    )
    def label(self, sent: dict[str, str | None]) -> None:
        self._call("PATCH", "", {"metadata": {"labels": sent}})
        merged = {**self.labels, **sent}
        self.labels = {name: value for name, value in merged.items() if value is not None}

    @rule(
        kind=st.sampled_from(KINDS),
        instances=st.one_of(st.none(), st.integers(-1, 4)),
        memory=st.one_of(st.none(), st.integers(0, 4096)),
    )
    def scale_a_process(self, kind: str, instances: int | None, memory: int | None) -> None:
        body = {"instances": instances, "memory_in_mb": memory}
        answer = self._call("POST", f"/processes/{kind}/actions/scale", body)
        if kind not in self.scale:
            assert answer.status_code == 404
        elif instances == -1 or memory == 0:
            assert answer.status_code == 422
        else:
            assert answer.status_code == 202
            now = self.scale[kind]
            self.scale[kind] = (
                now[0] if instances is None else instances,
                now[1] if memory is None else memory,
            )

    @precondition(lambda self: self.commands)
    @rule(data=st.data(), command=st.sampled_from([None, "mine", "yours"]))
    def choose_a_command(self, data: Any, command: str | None) -> None:
        kind = data.draw(st.sampled_from(list(self.commands)))
        answer = self._call("PATCH", f"/processes/{kind}", {"command": command})
        assert answer.status_code == 200
        self.commands[kind] = command

    @rule()
    def delete_and_begin_again(self) -> None:
        assert self.cloud.job(self._call("DELETE", ""))["state"] == "COMPLETE"
        assert self._call("GET", "").status_code == 404
        assert self._call("GET", "/processes").status_code == 404
        self.begin()

    @invariant()
    def everything_is_as_in_the_model(self) -> None:
        app = self._call("GET", "").json()
        assert app["state"] == self.state
        assert app["metadata"]["labels"] == self.labels
        assert app["relationships"]["current_droplet"]["data"]["guid"] == self.droplet
        assert self._call("GET", "/environment_variables").json()["var"] == self.variables
        features = self._call("GET", "/features").json()["resources"]
        assert {one["name"]: one["enabled"] for one in features} == self.features

    @invariant()
    def the_processes_are_as_in_the_model(self) -> None:
        listed = self._call("GET", "/processes").json()["resources"]
        assert [one["type"] for one in listed] == list(self.scale)
        assert {
            one["type"]: (one["instances"], one["memory_in_mb"]) for one in listed
        } == self.scale
        for kind, command in self.commands.items():
            shown = self._call("GET", f"/processes/{kind}").json()["command"]
            assert shown == (command or self.detected.get(kind))
            stats = self._call("GET", f"/processes/{kind}/stats").json()["resources"]
            # None is there to wait for once the app is started.
            assert len(stats) == (0 if self.state == "STARTED" else self.scale[kind][0])


def test_an_app_lives_as_the_model_says(cloud: Any) -> None:
    machine = type("Life", (AppLife,), {"cloud": cloud})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
