"""Is what the real API forgives forgiven, and what it refuses refused with its texts?"""

from __future__ import annotations

import json
from typing import Any

import pytest

NUMBER = "9" * 5000
TOO_MANY = "400 10005 The query parameter is invalid: Maximum result (page * per_page) must be"


@pytest.mark.parametrize("authorization", ["Basic YTpi", "bearer", "bearer x.y.z", "nonsense"])
def test_what_is_open_to_everybody_does_not_judge_credentials(
    cloud: Any, authorization: str
) -> None:
    answer = cloud.anonymous.get("/v2/info", headers={"Authorization": authorization})
    assert answer.status_code == 200
    assert "user" not in answer.json()


@pytest.mark.parametrize(
    "query",
    ["guids=other&guids={}", "guids[]=other&guids={}", "order_by=x&order_by=name&guids={}"],
)
def test_the_last_of_a_repeated_parameter_counts(cloud: Any, place: Any, query: str) -> None:
    found = cloud.admin.get("/v3/apps?" + query.format(place.app)).json()["resources"]
    assert [one["guid"] for one in found] == [place.app]


def test_a_list_in_brackets_is_a_text_that_matches_nothing(cloud: Any, place: Any) -> None:
    answer = cloud.admin.get(f"/v3/apps?guids[]={place.app}")
    assert (answer.status_code, answer.json()["resources"]) == (200, [])
    assert cloud.detail(cloud.admin.get("/v3/apps?guids[x]=a")).endswith("Guids must be an array")


def test_numbers_beyond_all_bounds_are_refused(cloud: Any) -> None:
    assert cloud.detail(cloud.admin.get(f"/v3/packages?page={NUMBER}")).startswith(TOO_MANY)
    for sent in (NUMBER, "9" * 20):
        answer = cloud.admin.get(f"/v2/buildpacks?page={sent}")
        assert (answer.status_code, answer.json()["code"]) == (400, 10005)


@pytest.mark.parametrize("query", ["page=0x1", "page=%201%20", "pretty=x", "q=", "order-by=name"])
def test_version_2_reads_leniently(cloud: Any, query: str) -> None:
    assert cloud.admin.get("/v2/buildpacks?" + query).status_code == 200


@pytest.mark.parametrize("value", ["maybe", "TRUE", "", "false"])
def test_only_the_word_true_makes_a_job_of_a_deletion(cloud: Any, value: str) -> None:
    made = cloud.admin.post("/v2/buildpacks", json={"name": "deleted_at_once"})
    answer = cloud.admin.delete(f"{made.json()['metadata']['url']}?async={value}")
    assert answer.status_code == 204


def test_an_unknown_route_of_version_2_ends_without_newline(cloud: Any) -> None:
    assert cloud.admin.get("/v2/nothing").content.endswith(b"}")
    assert cloud.admin.get("/v2/buildpacks/nothing").content.endswith(b"}\n")


def test_keys_of_blank_annotations_are_not_looked_at(cloud: Any, place: Any) -> None:
    path = f"/v3/packages/{cloud.package(place.app)}"
    for value in (None, "", "  "):
        body = {"metadata": {"annotations": {"a/b/c": value}}}
        assert cloud.admin.patch(path, json=body).status_code == 200
    answer = cloud.admin.patch(path, json={"metadata": {"annotations": {"a b": "x"}}})
    assert cloud.detail(answer) == (
        "422 10008 Metadata annotation key error: 'a b' contains invalid characters"
    )


def test_numbers_are_stored_as_text_and_too_many_labels_are_counted(cloud: Any, place: Any) -> None:
    path = f"/v3/packages/{cloud.package(place.app)}"
    sent = {"labels": {"a": 1, "b": 1.5, "c": True}, "annotations": {"d": 2, "e": False}}
    answer = cloud.admin.patch(path, json={"metadata": sent}).json()["metadata"]
    assert answer["labels"] == {"a": "1", "b": "1.5", "c": "true"}
    assert answer["annotations"]["e"] == "false"
    labels = {f"l{number}": "" for number in range(51)}
    refused = cloud.admin.patch(path, json={"metadata": {"labels": labels}})
    assert cloud.detail(refused).startswith("422 390020 Failed to add 51 labels")


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ({"sha1": "abc", "size": 1, "fn": "x"}, "Could not find object 'abc'"),
        ({}, "The resource file path is invalid: File path '' is not safe."),
    ],
)
def test_bad_fingerprints_are_found_by_the_worker(
    cloud: Any, place: Any, entry: dict[str, Any], error: str
) -> None:
    guid = cloud.package(place.app)
    parts = {"resources": (None, json.dumps([entry]))}
    assert cloud.admin.post(f"/v3/packages/{guid}/upload", files=parts).status_code == 200
    failed = cloud.settled(guid)
    assert (failed["state"], failed["data"]["error"]) == ("FAILED", error)


def test_a_passcode_is_refused_and_a_huge_form_is_no_failure_of_the_server(cloud: Any) -> None:
    def ask(**form: str) -> Any:
        return cloud.anonymous.post(
            "/oauth/token", data=form, headers={"Authorization": "Basic Y2Y6"}
        )

    passcode = ask(grant_type="password", passcode="abc")
    assert (passcode.status_code, passcode.json()["error"]) == (401, "unauthorized")
    assert ask(grant_type="x" * 2_000_000).status_code == 400
