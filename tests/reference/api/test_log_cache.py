"""Is the log cache the one that the cf command line reads?"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest

from cloud_controller.api import log_rows
from cloud_controller.api.staging_log import StagingLog

READERS = (
    "admin",
    "admin_read_only",
    "global_auditor",
    "org_manager",
    "space_developer",
    "space_manager",
    "space_auditor",
    "space_supporter",
)


@pytest.fixture(autouse=True)
def _without_what_was_done_before(cloud: Any, place: Any) -> None:
    def forget(transaction: Any) -> None:
        log_rows.forget(transaction, place.app)

    cloud.http.portal.call(cloud.server.context.database.write, forget)


def write(cloud: Any, source: str, *lines: tuple[str, bytes]) -> None:
    async def store() -> None:
        log = StagingLog(cloud.server.context.database, source)
        async with log.storing():
            for stream, line in lines:
                log.line(stream, line)

    cloud.http.portal.call(store)


def read(session: Any, source: str, query: str = "") -> list[dict[str, Any]]:
    answer = session.get(f"/api/v1/read/{source}?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["envelopes"]["batch"]
    return found


def texts(batch: list[dict[str, Any]]) -> list[str]:
    return [base64.b64decode(entry["log"]["payload"]).decode() for entry in batch]


def test_a_line_is_an_envelope_as_the_gateway_sends_it(cloud: Any, place: Any) -> None:
    write(cloud, place.app, ("OUT", "-----> Grüße".encode()), ("ERR", b"\xff"))
    first, second = read(cloud.admin, place.app)
    assert list(first) == [
        "timestamp",
        "source_id",
        "instance_id",
        "deprecated_tags",
        "tags",
        "log",
    ]
    assert first["source_id"] == place.app
    assert first["instance_id"] == "0"
    assert first["deprecated_tags"] == {}
    assert first["tags"]["source_type"] == "STG"
    assert first["tags"]["app_id"] == place.app
    assert first["log"] == {
        "payload": base64.b64encode("-----> Grüße".encode()).decode(),
        "type": "OUT",
    }
    assert second["log"] == {"payload": "/w==", "type": "ERR"}
    assert int(second["timestamp"]) > int(first["timestamp"])


def test_a_walk_from_the_last_timestamp_on_sees_every_line_once(cloud: Any, place: Any) -> None:
    write(cloud, place.app, *[("OUT", str(number).encode()) for number in range(250)])
    write(cloud, place.app, *[("OUT", str(number).encode()) for number in range(250, 300)])
    found: list[str] = []
    start = -6795364578871345152  # what a Go client sends for no time at all
    while batch := read(cloud.admin, place.app, f"start_time={start}&envelope_types=LOG"):
        assert len(batch) <= 100
        found += texts(batch)
        start = int(batch[-1]["timestamp"]) + 1
    assert found == [str(number) for number in range(300)]


def test_the_newest_lines_come_first_when_asked_for(cloud: Any, place: Any) -> None:
    write(cloud, place.app, ("OUT", b"a"), ("OUT", b"b"), ("OUT", b"c"))
    assert texts(read(cloud.admin, place.app, "descending=true&limit=2")) == ["c", "b"]
    middle = read(cloud.admin, place.app)[1]["timestamp"]
    assert texts(read(cloud.admin, place.app, f"end_time={middle}")) == ["a"]
    assert texts(read(cloud.admin, place.app, f"start_time={middle}&limit=0")) == ["b", "c"]


def test_what_is_no_log_is_not_there(cloud: Any, place: Any) -> None:
    write(cloud, place.app, ("OUT", b"a"))
    for query in ("envelope_types=GAUGE", "envelope_types=TIMER&envelope_types=EVENT"):
        assert read(cloud.admin, place.app, query) == []
    assert read(cloud.admin, place.app, "name_filter=.*") == []
    for query in ("envelope_types=ANY", "envelope_types=GAUGE&envelope_types=LOG", "name_filter="):
        assert len(read(cloud.admin, place.app, query)) == 1
    assert len(read(cloud.admin, place.app, "unknown=1")) == 1


@pytest.mark.parametrize(
    ("query", "status", "code", "message"),
    [
        ("limit=1001", 500, 2, "Limit (1001) must be 1000 or less"),
        ("limit=-1", 500, 2, "Limit (-1) must be greater than zero"),
        ("start_time=5&end_time=4", 500, 2, "StartTime (5) must be before EndTime (4)"),
        (
            "limit=x",
            400,
            3,
            'parsing field "limit": strconv.ParseInt: parsing "x": invalid syntax',
        ),
        (
            "start_time=9223372036854775808",
            400,
            3,
            'parsing field "start_time": strconv.ParseInt: parsing "9223372036854775808": value out of range',
        ),
        (
            "envelope_types=SMOKE",
            400,
            3,
            'parsing list "envelope_types": "SMOKE" is not a valid value',
        ),
        (
            "descending=perhaps",
            400,
            3,
            'parsing field "descending": strconv.ParseBool: parsing "perhaps": invalid syntax',
        ),
    ],
)
def test_a_query_is_refused_in_the_gateways_words(
    cloud: Any, place: Any, query: str, status: int, code: int, message: str
) -> None:
    answer = cloud.admin.get(f"/api/v1/read/{place.app}?{query}")
    assert answer.status_code == status
    assert answer.json() == {"code": code, "message": message, "details": []}


def test_a_name_filter_must_be_a_regular_expression(cloud: Any, place: Any) -> None:
    answer = cloud.admin.get(f"/api/v1/read/{place.app}?name_filter={quote('(')}")
    assert answer.status_code == 500
    assert answer.json()["message"].startswith("Name filter must be a valid regular expression: ")


@pytest.mark.parametrize("role", READERS)
def test_who_reads_the_app_reads_its_logs(cloud: Any, place: Any, role: str) -> None:
    write(cloud, place.app, ("OUT", b"a"))
    reader = cloud.with_role(role, place)
    assert texts(read(reader, place.app)) == ["a"]
    assert place.app in reader.get("/api/v1/meta").json()["meta"]


@pytest.mark.parametrize("role", ["org_auditor", "org_billing_manager", "org_user", "none"])
def test_others_get_404_without_a_body(cloud: Any, place: Any, role: str) -> None:
    write(cloud, place.app, ("OUT", b"a"))
    other = cloud.with_role(role, place)
    answer = other.get(f"/api/v1/read/{place.app}")
    assert (answer.status_code, answer.content) == (404, b"")
    assert place.app not in other.get("/api/v1/meta").json().get("meta", {})


@pytest.mark.parametrize("path", ["read/x", "meta"])
@pytest.mark.parametrize("header", [None, "bearer nonsense", "Basic Y2Y6"])
def test_whatever_is_wrong_with_a_token_is_404(cloud: Any, path: str, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = cloud.anonymous.get(f"/api/v1/{path}", headers=headers)
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_token_without_the_needed_scope_is_404(cloud: Any, place: Any) -> None:
    session = cloud.user(scopes=("openid",))
    answer = session.get(f"/api/v1/read/{place.app}")
    assert (answer.status_code, answer.content) == (404, b"")


def test_the_version_tells_clients_the_path(cloud: Any) -> None:
    answer = cloud.anonymous.get("/api/v1/info")
    assert answer.status_code == 200
    assert int(answer.json()["version"].split(".")[0]) >= 2
    assert int(answer.json()["vm_uptime"]) >= 0


def test_meta_counts_the_lines_of_each_source(cloud: Any, place: Any) -> None:
    write(cloud, place.app, ("OUT", b"a"), ("OUT", b"b"))
    first, last = read(cloud.admin, place.app)
    assert cloud.admin.get("/api/v1/meta").json()["meta"][place.app] == {
        "count": "2",
        "oldestTimestamp": first["timestamp"],
        "newestTimestamp": last["timestamp"],
    }


def test_of_too_many_lines_the_oldest_go(
    cloud: Any, place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_rows, "MAX_LINES", 3)
    for number in range(5):
        write(cloud, place.app, ("OUT", str(number).encode()))
    assert texts(read(cloud.admin, place.app)) == ["2", "3", "4"]


def test_a_flood_is_cut_and_says_so(cloud: Any, place: Any) -> None:
    write(cloud, place.app, *[("OUT", b"x")] * 10_000)
    found = texts(read(cloud.admin, place.app, "descending=true&limit=1000"))
    assert found[0] == "8000 lines were dropped: there were too many"


def test_the_log_tells_what_was_done_to_the_app(cloud: Any, place: Any) -> None:
    cloud.admin.patch(f"/v3/apps/{place.app}", json={"name": "renamed"})
    related = {"app": {"data": {"guid": place.app}}}
    cloud.admin.post("/v3/packages", json={"type": "bits", "relationships": related})

    batch = read(cloud.admin, place.app)
    assert texts(batch) == [
        f"Updated app with guid {place.app}",
        f"Adding app package for app with guid {place.app}",
    ]
    assert {entry["tags"]["source_type"] for entry in batch} == {"API"}
    assert len({entry["timestamp"] for entry in batch}) == 2
