"""Do the lists of what no app has here behave like lists?"""

from __future__ import annotations

from typing import Any

import pytest

READERS = (
    "admin",
    "admin_read_only",
    "global_auditor",
    "space_developer",
    "space_manager",
    "space_auditor",
    "space_supporter",
    "org_manager",
)
OUTSIDERS = ("org_auditor", "org_billing_manager", "org_user", "none")
PLAIN = (
    "/v3/deployments",
    "/v3/tasks",
    "/v3/service_credential_bindings",
    "/v3/service_route_bindings",
    "/v3/service_instances",
)
OF_APP = (
    "/v3/apps/{app}/sidecars",
    "/v3/apps/{app}/revisions",
    "/v3/apps/{app}/revisions/deployed",
    "/v3/apps/{app}/tasks",
    "/v3/processes/{app}/sidecars",
)
COMMON = "'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids'"


@pytest.mark.parametrize("path", [*PLAIN, *OF_APP])
def test_the_list_is_an_empty_page(cloud: Any, place: Any, path: str) -> None:
    path = path.format(app=place.app)
    here = {"href": f"https://api.example.local{path}?page=1&per_page=50", "method": "GET"}

    assert cloud.admin.get(path).json() == {
        "pagination": {
            "total_results": 0,
            "total_pages": 1,
            "first": here,
            "last": here,
            "next": None,
            "previous": None,
        },
        "resources": [],
    }


@pytest.mark.parametrize("role", [*READERS, *OUTSIDERS])
def test_only_readers_of_the_app_see_its_lists(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)

    for path in PLAIN:
        assert caller.get(path).status_code == 200
    for path in OF_APP:
        answer = caller.get(path.format(app=place.app))
        if role in READERS:
            assert answer.status_code == 200
        else:
            kind = "Process" if path.startswith("/v3/processes") else "App"
            assert cloud.detail(answer) == f"404 10010 {kind} not found"


@pytest.mark.parametrize(
    ("path", "query", "error"),
    [
        ("/v3/deployments", "per_page=0", "Per page must be a positive integer"),
        (
            "/v3/deployments",
            "x=1",
            (
                f"Unknown query parameter(s): 'x'. Valid parameters are: {COMMON}, 'app_guids', "
                "'states', 'status_reasons', 'status_values', 'label_selector'"
            ),
        ),
        ("/v3/deployments", "label_selector=a b", "Invalid label_selector value"),
        ("/v3/tasks", "order_by=name", "Order by can only be: 'created_at', 'updated_at'"),
        ("/v3/tasks", "sequence_ids=1", "Unknown query parameter(s): 'sequence_ids'"),
        (
            "/v3/apps/{app}/tasks",
            "app_guids=1&space_guids=2",
            "Unknown query parameter(s): 'app_guids', 'space_guids'",
        ),
        ("/v3/apps/{app}/revisions", "deployable=x", "Deployable must be a boolean"),
        (
            "/v3/apps/{app}/sidecars",
            "x=1",
            f"Unknown query parameter(s): 'x'. Valid parameters are: {COMMON}",
        ),
        ("/v3/service_credential_bindings", "type=x", "Type must be one of 'app', 'key'"),
        (
            "/v3/service_credential_bindings",
            "include=x",
            (
                "Invalid included resource: 'x'. Valid included resources are: 'app', "
                "'service_instance'"
            ),
        ),
        (
            "/v3/service_route_bindings",
            "route_guids=1&include=x",
            (
                "Invalid included resource: 'x'. Valid included resources are: 'route', "
                "'service_instance'"
            ),
        ),
        (
            "/v3/service_route_bindings",
            "app_guids=1",
            (
                f"Unknown query parameter(s): 'app_guids'. Valid parameters are: {COMMON}, "
                "'service_instance_guids', 'service_instance_names', 'route_guids', 'include', "
                "'label_selector'"
            ),
        ),
        ("/v3/service_instances", "type=x", "Type must be one of 'managed', 'user-provided'"),
    ],
)
def test_a_bad_query_gets_the_documented_text(
    cloud: Any, place: Any, path: str, query: str, error: str
) -> None:
    answer = cloud.admin.get(f"{path.format(app=place.app)}?{query}")

    assert cloud.detail(answer) == f"400 10005 The query parameter is invalid: {error}"


def test_links_repeat_what_the_command_line_asks(cloud: Any, place: Any) -> None:
    """`cf app` asks for the one deployment that is going on."""
    query = f"app_guids={place.app}&order_by=-created_at&page=1&per_page=1&status_values=ACTIVE"
    page = cloud.admin.get(f"/v3/deployments?{query}").json()

    assert page["pagination"]["first"]["href"] == (
        f"https://api.example.local/v3/deployments?{query}"
    )


def test_services_are_asked_for_with_fields(cloud: Any, place: Any) -> None:
    query = (
        "fields[service_plan]=name,relationships.service_offering&fields[space]=name&"
        f"space_guids={place.space}"
    )

    assert cloud.admin.get(f"/v3/service_instances?{query}").json()["resources"] == []
