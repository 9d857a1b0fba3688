"""Do buildpacks keep the order of a plain list, whichever version of the API changes them?"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

LIFECYCLES = ("buildpack", "cnb")
VERSIONS = ("v2", "v3")


class Order(RuleBasedStateMachine):
    """A list of names per lifecycle beside the server's buildpacks."""

    cloud: Any
    buildpacks = Bundle("buildpacks")

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, list[str]] = {lifecycle: [] for lifecycle in LIFECYCLES}
        self.count = 0

    @initialize()
    def begin(self) -> None:
        for one in self.cloud.admin.get("/v2/buildpacks?results-per-page=100").json()["resources"]:
            assert self.cloud.admin.delete(one["metadata"]["url"]).status_code == 204

    @rule(
        target=buildpacks,
        version=st.sampled_from(VERSIONS),
        lifecycle=st.sampled_from(LIFECYCLES),
        position=st.none() | st.integers(-2, 9),
    )
    def insert(self, version: str, lifecycle: str, position: int | None) -> tuple[str, str, str]:
        self.count += 1
        name = f"buildpack-{self.count}"
        wanted = _allowed(version, position)
        body = {"name": name, "lifecycle": lifecycle, "position": wanted}
        answer = self.cloud.admin.post(f"/{version}/buildpacks", json=body)
        assert answer.status_code == 201, answer.text
        _place(self.model[lifecycle], name, 1 if wanted is None else wanted)
        shown = answer.json()
        found = shown["entity"] if version == "v2" else shown
        assert found["position"] == self.model[lifecycle].index(name) + 1
        guid = shown["metadata"]["guid"] if version == "v2" else shown["guid"]
        return guid, name, lifecycle

    @rule(one=buildpacks, version=st.sampled_from(VERSIONS), position=st.integers(-2, 9))
    def move(self, one: tuple[str, str, str], version: str, position: int) -> None:
        guid, name, lifecycle = one
        wanted = _allowed(version, position)
        method = "PUT" if version == "v2" else "PATCH"
        answer = self.cloud.admin.send(
            method, f"/{version}/buildpacks/{guid}", json={"position": wanted}
        )
        assert answer.status_code == (201 if version == "v2" else 200), answer.text
        self.model[lifecycle].remove(name)
        _place(self.model[lifecycle], name, wanted or 1)

    @rule(one=buildpacks, locked=st.booleans(), version=st.sampled_from(VERSIONS))
    def change_something_else(self, one: tuple[str, str, str], locked: bool, version: str) -> None:
        method = "PUT" if version == "v2" else "PATCH"
        answer = self.cloud.admin.send(
            method, f"/{version}/buildpacks/{one[0]}", json={"locked": locked}
        )
        assert answer.status_code in (200, 201)

    @rule(one=buildpacks)
    def fail_to_move(self, one: tuple[str, str, str]) -> None:
        answer = self.cloud.admin.patch(
            f"/v3/buildpacks/{one[0]}", json={"position": 1, "stack": "missing"}
        )
        assert answer.status_code == 422

    @rule(one=consumes(buildpacks), way=st.sampled_from(("v2", "v2-job", "v3")))
    def delete(self, one: tuple[str, str, str], way: str) -> None:
        guid, name, lifecycle = one
        if way == "v3":
            self.cloud.job(self.cloud.admin.delete(f"/v3/buildpacks/{guid}"))
        else:
            query = "?async=true" if way == "v2-job" else ""
            answer = self.cloud.admin.delete(f"/v2/buildpacks/{guid}{query}")
            assert answer.status_code == (202 if query else 204)
            self.cloud.eventually(
                lambda: self.cloud.admin.get(f"/v3/buildpacks/{guid}").status_code == 404 or None
            )
        self.model[lifecycle].remove(name)

    @invariant()
    def both_versions_show_the_model(self) -> None:
        wanted = [
            (lifecycle, position, name)
            for lifecycle in LIFECYCLES
            for position, name in enumerate(self.model[lifecycle], start=1)
        ]
        new = self.cloud.admin.get("/v3/buildpacks").json()["resources"]
        assert [(one["lifecycle"], one["position"], one["name"]) for one in new] == wanted
        old = [one["entity"] for one in self.cloud.admin.get("/v2/buildpacks").json()["resources"]]
        assert sorted((e["lifecycle"], e["position"], e["name"]) for e in old) == wanted


def _allowed(version: str, position: int | None) -> int | None:
    """Return a position that the version takes: version 3 begins at 1."""
    return position if position is None or version == "v2" else max(position, 1)


def _place(names: list[str], name: str, position: int) -> None:
    names.insert(min(max(position, 1), len(names) + 1) - 1, name)


def test_any_requests_leave_the_order_of_a_plain_list(cloud: Any) -> None:
    class Running(Order):
        """The machine with a server."""

    Running.cloud = cloud
    run_state_machine_as_test(
        Running,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_the_last_of_many_can_become_the_first(cloud: Any) -> None:
    for one in cloud.admin.get("/v2/buildpacks?results-per-page=100").json()["resources"]:
        cloud.admin.delete(one["metadata"]["url"])
    guids = [
        cloud.create("buildpacks", {"name": f"b-{number}", "position": 99}) for number in range(30)
    ]
    cloud.admin.patch(f"/v3/buildpacks/{guids[-1]}", json={"position": 1})
    names = [one["name"] for one in cloud.admin.get("/v3/buildpacks").json()["resources"]]
    assert names == ["b-29", *(f"b-{number}" for number in range(29))]
