"""Are an app's features and environment shown and changed as the real Cloud Controller does it?"""

from __future__ import annotations

from typing import Any

import pytest

NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
APP_NOT_FOUND = "404 10010 App not found"
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
ROLES = (*READERS, *OUTSIDERS)
WRITERS = ("admin", "space_developer")
MANAGERS = (*WRITERS, "space_supporter")
FEATURES = [
    {"name": "ssh", "description": "Enable SSHing into the app.", "enabled": True},
    {"name": "revisions", "description": "Enable versioning of an application", "enabled": True},
    {
        "name": "service-binding-k8s",
        "description": "Enable k8s service bindings for the app",
        "enabled": False,
    },
    {
        "name": "file-based-vcap-services",
        "description": "Enable file-based VCAP service bindings for the app",
        "enabled": False,
    },
]


def check(cloud: Any, answer: Any, role: str, allowed: tuple[str, ...]) -> None:
    if role in allowed:
        assert answer.status_code == 200, answer.text
    else:
        assert cloud.detail(answer) == (APP_NOT_FOUND if role in OUTSIDERS else NOT_AUTHORIZED)


def test_a_new_app_has_the_features_of_upstream(cloud: Any, place: Any) -> None:
    path = f"/v3/apps/{place.app}/features"
    here = {"href": f"https://api.example.local{path}"}

    assert cloud.admin.get(path).json() == {
        "resources": FEATURES,
        "pagination": {
            "total_results": 4,
            "total_pages": 1,
            "first": here,
            "last": here,
            "next": None,
            "previous": None,
        },
    }
    for feature in FEATURES:
        assert cloud.admin.get(f"{path}/{feature['name']}").json() == feature


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: str(feature["name"]))
def test_a_feature_is_switched(cloud: Any, place: Any, feature: Any) -> None:
    path = f"/v3/apps/{place.app}/features/{feature['name']}"
    switched = {**feature, "enabled": not feature["enabled"]}

    assert cloud.admin.patch(path, json={"enabled": switched["enabled"]}).json() == switched
    assert cloud.admin.get(path).json() == switched


def test_two_features_exclude_each_other(cloud: Any, place: Any) -> None:
    path = f"/v3/apps/{place.app}/features"
    error = (
        "422 10008 'file-based-vcap-services' and 'service-binding-k8s' features cannot be enabled "
        "at the same time."
    )
    for first, second in (
        ("service-binding-k8s", "file-based-vcap-services"),
        ("file-based-vcap-services", "service-binding-k8s"),
    ):
        cloud.admin.patch(f"{path}/{first}", json={"enabled": True})
        answer = cloud.admin.patch(f"{path}/{second}", json={"enabled": True})
        assert cloud.detail(answer) == error
        cloud.admin.patch(f"{path}/{first}", json={"enabled": False})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Enabled must be a boolean"),
        ({"enabled": "true"}, "Enabled must be a boolean"),
        ({"enabled": None}, "Enabled must be a boolean"),
        ({"enabled": True, "x": 1}, "Unknown field(s): 'x'"),
    ],
)
def test_a_feature_is_on_or_off(cloud: Any, place: Any, body: Any, error: str) -> None:
    answer = cloud.admin.patch(f"/v3/apps/{place.app}/features/ssh", json=body)

    assert cloud.detail(answer) == f"422 10008 {error}"


def test_an_unknown_feature_is_not_found(cloud: Any, place: Any) -> None:
    path = f"/v3/apps/{place.app}/features/x"
    error = "404 10010 Feature not found"

    assert cloud.detail(cloud.admin.get(path)) == error
    assert cloud.detail(cloud.admin.patch(path, json={"enabled": True})) == error
    assert cloud.detail(cloud.admin.patch(path, json={"enabled": 1})) == error


@pytest.mark.parametrize("role", ROLES)
def test_features_follow_the_roles(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)
    path = f"/v3/apps/{place.app}/features"

    check(cloud, caller.get(path), role, READERS)
    check(cloud, caller.get(f"{path}/ssh"), role, READERS)
    check(cloud, caller.patch(f"{path}/ssh", json={"enabled": True}), role, WRITERS)
    check(cloud, caller.patch(f"{path}/revisions", json={"enabled": True}), role, MANAGERS)
    if role not in WRITERS:
        check(cloud, caller.patch(f"{path}/ssh", json={"enabled": 1}), role, WRITERS)


def test_variables_are_set_kept_and_removed(cloud: Any, place: Any) -> None:
    path = f"/v3/apps/{place.app}/environment_variables"
    base = "https://api.example.local/v3"
    links = {
        "self": {"href": f"{base}/apps/{place.app}/environment_variables"},
        "app": {"href": f"{base}/apps/{place.app}"},
    }
    assert cloud.admin.get(path).json() == {"var": {}, "links": links}

    first = cloud.admin.patch(path, json={"var": {"A": "1", "B": "two", "C": ""}}).json()
    assert first == {"var": {"A": "1", "B": "two", "C": ""}, "links": links}
    second = cloud.admin.patch(path, json={"var": {"A": None, "B": "2", "missing": None}}).json()
    assert second["var"] == {"B": "2", "C": ""}
    assert cloud.admin.get(path).json() == second
    assert cloud.admin.patch(path, json={"var": {}}).json() == second


def test_variables_of_a_new_app_become_texts(cloud: Any, place: Any) -> None:
    app = cloud.app(
        place.space, environment_variables={"A": 1, "B": True, "C": {"d": []}, "E": "x"}
    )

    assert cloud.admin.get(f"/v3/apps/{app}/environment_variables").json()["var"] == {
        "A": "1",
        "B": "true",
        "C": '{"d": []}',
        "E": "x",
    }


@pytest.mark.parametrize(
    ("variables", "error"),
    [
        ({"PORT": "1"}, "Var cannot set PORT"),
        ({"port": "1"}, "Var cannot set PORT"),
        ({"VCAP_SERVICES": "1"}, "Var cannot start with VCAP_"),
        ({"vcap_x": None}, "Var cannot start with VCAP_"),
        ({"VMC_X": "1"}, "Var cannot start with VMC_"),
        ({"": "1"}, "Var key must be a minimum length of 1"),
        ({"A": 1}, "Non-string value in environment variable for key 'A', value '1'"),
        (
            {"A": {"b": [True, None]}},
            "Non-string value in environment variable for key 'A', value '{\"b\":[true,null]}'",
        ),
        ({"PORT": "1", "VCAP_A": "2"}, "Var cannot set PORT, Var cannot start with VCAP_"),
        (None, "Var must be an object"),
        ([], "Var must be an object"),
    ],
)
def test_some_variables_are_refused(cloud: Any, place: Any, variables: Any, error: str) -> None:
    path = f"/v3/apps/{place.app}/environment_variables"

    assert cloud.detail(cloud.admin.patch(path, json={"var": variables})) == f"422 10008 {error}"
    assert cloud.admin.get(path).json()["var"] == {}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (None, "Var must be an object"),
        ({}, "Var must be an object"),
        ({"A": "1"}, "Unknown field(s): 'A', Var must be an object"),
        ({"var": {}, "x": 1}, "Unknown field(s): 'x'"),
    ],
)
def test_variables_stand_in_var(cloud: Any, place: Any, body: Any, error: str) -> None:
    answer = cloud.admin.patch(f"/v3/apps/{place.app}/environment_variables", json=body)

    assert cloud.detail(answer) == f"422 10008 {error}"


@pytest.mark.parametrize("role", ROLES)
def test_the_environment_follows_the_roles(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)
    path = f"/v3/apps/{place.app}"
    readers = (*MANAGERS, "admin_read_only")

    check(cloud, caller.get(f"{path}/env"), role, readers)
    check(cloud, caller.get(f"{path}/environment_variables"), role, readers)
    changed = caller.patch(f"{path}/environment_variables", json={"var": {"A": "1"}})
    check(cloud, changed, role, MANAGERS)
    if role not in MANAGERS:
        check(cloud, caller.patch(f"{path}/environment_variables", json=[]), role, MANAGERS)


def test_the_whole_environment_names_app_space_and_organization(cloud: Any, place: Any) -> None:
    app = cloud.admin.get(f"/v3/apps/{place.app}?include=org,space").json()
    space, organization = app["included"]["spaces"][0], app["included"]["organizations"][0]
    cloud.admin.patch(f"/v3/apps/{place.app}/environment_variables", json={"var": {"A": "1"}})

    assert cloud.admin.get(f"/v3/apps/{place.app}/env").json() == {
        "staging_env_json": {},
        "running_env_json": {},
        "environment_variables": {"A": "1"},
        "system_env_json": {"VCAP_SERVICES": {}},
        "application_env_json": {
            "VCAP_APPLICATION": {
                "cf_api": "https://api.example.local",
                "limits": {"fds": 16384},
                "application_name": app["name"],
                "application_uris": [],
                "name": app["name"],
                "space_name": space["name"],
                "space_id": place.space,
                "organization_id": place.organization,
                "organization_name": organization["name"],
                "uris": [],
                "users": None,
                "application_id": place.app,
            }
        },
    }


def test_the_environment_has_what_the_operator_set(start: Any) -> None:
    cloud = start()
    place = cloud.place()
    for group in ("staging", "running"):
        path = f"/v3/environment_variable_groups/{group}"
        cloud.admin.patch(path, json={"var": {"GROUP": group}})
    environment = cloud.admin.get(f"/v3/apps/{place.app}/env").json()

    assert environment["staging_env_json"] == {"GROUP": "staging"}
    assert environment["running_env_json"] == {"GROUP": "running"}


def test_supporters_do_not_see_what_services_add(cloud: Any, place: Any) -> None:
    environment = cloud.with_role("space_supporter", place).get(f"/v3/apps/{place.app}/env").json()

    assert environment["system_env_json"] == {"redacted_message": "[PRIVATE DATA HIDDEN]"}


def test_values_of_variables_are_not_told_in_events(cloud: Any, place: Any) -> None:
    path = f"/v3/apps/{place.app}/environment_variables"
    cloud.admin.patch(path, json={"var": {"A": "s3cret"}})
    events = cloud.admin.get(f"/v3/audit_events?target_guids={place.app}")

    assert "audit.app.update" in events.text
    assert "s3cret" not in events.text
