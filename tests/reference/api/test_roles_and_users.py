"""Do roles and users behave as the real ones, with the real texts?"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Cloud, Place, Session  # type: ignore[import-not-found]

BASE = "https://api.example.local"
TYPES = (
    '["organization_auditor", "organization_manager", "organization_billing_manager",'
    ' "organization_user", "space_auditor", "space_manager", "space_developer", "space_supporter"]'
)
NOT_IN_ORGANIZATION = (
    "422 10008 Users cannot be assigned roles in a space if they do not have a role in that space's"
    " organization."
)
UNAUTHORIZED = "403 10003 You are not authorized to perform the requested action"


def body(kind: str, user: dict[str, Any], place: Place) -> dict[str, Any]:
    where = "space" if kind.startswith("space_") else "organization"
    guid = place.space if where == "space" else place.organization
    return {
        "type": kind,
        "relationships": {"user": {"data": user}, where: {"data": {"guid": guid}}},
    }


def give(cloud: Cloud, kind: str, session: Session, place: Place) -> dict[str, Any]:
    answer = cloud.admin.post("/v3/roles", json=body(kind, {"guid": session.guid}, place))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def name_of(cloud: Cloud, guid: str) -> str:
    name: str = cloud.admin.get(f"/v3/users/{guid}").json()["username"]
    return name


def test_a_role_shows_user_place_and_links(cloud: Cloud, place: Place) -> None:
    user = cloud.user()
    role = give(cloud, "organization_auditor", user, place)
    assert role["type"] == "organization_auditor"
    assert role["relationships"] == {
        "user": {"data": {"guid": user.guid}},
        "organization": {"data": {"guid": place.organization}},
        "space": {"data": None},
    }
    assert role["links"] == {
        "self": {"href": f"{BASE}/v3/roles/{role['guid']}"},
        "user": {"href": f"{BASE}/v3/users/{user.guid}"},
        "organization": {"href": f"{BASE}/v3/organizations/{place.organization}"},
    }
    assert cloud.admin.get(f"/v3/roles/{role['guid']}").json() == role


def test_a_role_counts_at_once(cloud: Cloud, place: Place) -> None:
    user = cloud.user()
    assert user.get(f"/v3/spaces/{place.space}").status_code == 404
    give(cloud, "organization_user", user, place)
    give(cloud, "space_developer", user, place)
    assert user.get(f"/v3/spaces/{place.space}").status_code == 200


def test_who_is_in_no_organization_gets_no_role_in_its_spaces(cloud: Cloud, place: Place) -> None:
    user = cloud.user()
    answer = cloud.admin.post("/v3/roles", json=body("space_auditor", {"guid": user.guid}, place))
    assert cloud.detail(answer) == NOT_IN_ORGANIZATION
    unknown = body("space_auditor", {"username": "nobody-at-all"}, place)
    assert cloud.detail(cloud.admin.post("/v3/roles", json=unknown)) == NOT_IN_ORGANIZATION


def test_a_role_is_given_by_name_whatever_the_case(cloud: Cloud, place: Place) -> None:
    user = cloud.user()
    name = name_of(cloud, user.guid)
    named = body("organization_user", {"username": name.upper(), "origin": "uaa"}, place)
    answer = cloud.admin.post("/v3/roles", json=named)
    assert answer.status_code == 201, answer.text
    assert answer.json()["relationships"]["user"]["data"]["guid"] == user.guid
    again = body("organization_user", {"username": name}, place)
    organization = cloud.admin.get(f"/v3/organizations/{place.organization}").json()["name"]
    assert cloud.detail(cloud.admin.post("/v3/roles", json=again)) == (
        f"422 10008 User '{name}' already has 'organization_user' role in organization"
        f" '{organization}'."
    )


def test_names_that_nobody_or_several_have_are_refused(cloud: Cloud, place: Place) -> None:
    def refused(**user: str) -> str:
        sent = body("organization_user", user, place)
        return cloud.detail(cloud.admin.post("/v3/roles", json=sent))

    assert refused(username="nobody") == "422 10008 No user exists with the username 'nobody'."
    assert refused(username="nobody", origin="ldap") == (
        "422 10008 No user exists with the username 'nobody' and origin 'ldap'."
    )
    name = f"twice-{uuid.uuid4()}"
    for origin in ("ldap", "azure"):
        created = cloud.admin.post("/v3/users", json={"username": name, "origin": origin})
        assert created.status_code == 201, created.text
    assert refused(username=name) == (
        f"422 10008 Ambiguous user. User with username '{name}' exists in the following origins:"
        " azure, ldap. Specify an origin to disambiguate."
    )


def test_an_unknown_guid_gets_known_with_a_role_in_an_organization(
    cloud: Cloud, place: Place
) -> None:
    guid = f"client-{uuid.uuid4()}"
    answer = cloud.admin.post("/v3/roles", json=body("organization_user", {"guid": guid}, place))
    assert answer.status_code == 201
    user = cloud.admin.get(f"/v3/users/{guid}").json()
    assert (user["username"], user["presentation_name"], user["origin"]) == (None, guid, None)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({}, f"Relationships 'relationships' is not an object, Type must be one of {TYPES}"),
        (
            {"type": "organization_user", "relationships": {}, "x": 1},
            (
                "Unknown field(s): 'x', Relationships User can't be blank, Relationships User must have"
                " a username or guid specified, Relationships must specify either a space or an"
                " organization."
            ),
        ),
        (
            {
                "type": "organization_user",
                "relationships": {
                    "user": {"data": {"guid": "u", "username": "n", "origin": "o"}},
                    "space": {"data": {"guid": "s"}},
                },
            },
            (
                "Relationships Username cannot be specified when identifying user by guid,"
                " Relationships User origin cannot be specified when identifying user by guid,"
                " Relationships Space cannot be provided with the organization role type:"
                " 'organization_user'."
            ),
        ),
        (
            {
                "type": "space_manager",
                "relationships": {
                    "user": {"data": {"origin": "o"}},
                    "space": {"data": {"guid": "s"}},
                    "organization": {"data": {"guid": "o"}},
                },
            },
            (
                "Relationships User origin cannot be specified without specifying the username,"
                " Relationships User must have a username or guid specified, Relationships Organization"
                " cannot be provided with the space role type: 'space_manager'., Relationships cannot"
                " specify both an organization and a space."
            ),
        ),
        (
            {
                "type": "space_manager",
                "relationships": {
                    "user": {"data": {"username": 5, "origin": 6}},
                    "space": {"data": {"guid": "s"}},
                },
            },
            "Relationships Username must be a string, Relationships User origin must be a string",
        ),
    ],
)
def test_bodies_for_roles_are_refused_with_the_real_texts(
    cloud: Cloud, sent: dict[str, Any], text: str
) -> None:
    wanted = text.replace("must be one of [", "must be one of the allowed types [")
    assert cloud.detail(cloud.admin.post("/v3/roles", json=sent)) == f"422 10008 {wanted}"


def test_places_that_are_not_there_are_refused(cloud: Cloud, place: Place) -> None:
    for kind, where in (("organization_user", "organization"), ("space_auditor", "space")):
        sent = body(kind, {"guid": cloud.admin.guid}, place)
        sent["relationships"][where]["data"]["guid"] = "nowhere"
        assert cloud.detail(cloud.admin.post("/v3/roles", json=sent)) == (
            f"422 10008 Invalid {where}. Ensure that the {where} exists and you have access to it."
        )


def test_managers_give_and_take_roles_where_they_manage(cloud: Cloud, place: Place) -> None:
    user = cloud.user()
    org_manager = cloud.with_role("org_manager", place)
    space_manager = cloud.with_role("space_manager", place)
    cloud.grant(space_manager, "organization_user", place)
    in_organization = body("organization_user", {"guid": user.guid}, place)
    in_space = body("space_developer", {"guid": user.guid}, place)
    assert cloud.detail(space_manager.post("/v3/roles", json=in_organization)) == UNAUTHORIZED
    first = org_manager.post("/v3/roles", json=in_organization)
    assert first.status_code == 201, first.text
    second = space_manager.post("/v3/roles", json=in_space)
    assert second.status_code == 201, second.text
    role = first.json()["guid"]
    assert cloud.detail(space_manager.delete(f"/v3/roles/{role}")) == UNAUTHORIZED
    assert cloud.detail(org_manager.delete(f"/v3/roles/{role}")) == (
        "422 10008 Cannot delete organization_user role while user has roles in spaces in that"
        " organization."
    )
    for manager, answer in ((space_manager, second), (org_manager, first)):
        job = cloud.job(manager.delete(f"/v3/roles/{answer.json()['guid']}"))
        assert (job["operation"], job["state"]) == ("role.delete", "COMPLETE")
    assert cloud.detail(org_manager.get(f"/v3/roles/{role}")) == "404 10010 Role not found"


def test_roles_are_told_of_in_audit_events(cloud: Cloud, place: Place) -> None:
    user = cloud.user()
    role = give(cloud, "organization_manager", user, place)
    cloud.job(cloud.admin.delete(f"/v3/roles/{role['guid']}"))
    events = cloud.admin.get(f"/v3/audit_events?target_guids={user.guid}").json()["resources"]
    assert [event["type"] for event in events] == [
        "audit.user.organization_manager_add",
        "audit.user.organization_manager_remove",
    ]
    assert {event["actor"]["guid"] for event in events} == {cloud.admin.guid}
    assert {event["organization"]["guid"] for event in events} == {place.organization}
    assert events[0]["target"]["name"] == name_of(cloud, user.guid)


def test_a_suspended_organization_takes_no_roles(cloud: Cloud, place: Place) -> None:
    manager, user = cloud.with_role("org_manager", place), cloud.user()
    path = f"/v3/organizations/{place.organization}"
    assert cloud.admin.patch(path, json={"suspended": True}).status_code == 200
    sent = body("organization_user", {"guid": user.guid}, place)
    assert cloud.detail(manager.post("/v3/roles", json=sent)) == (
        "403 10017 The organization is suspended"
    )
    assert cloud.admin.post("/v3/roles", json=sent).status_code == 201


def test_lists_of_roles_filter_include_and_page(cloud: Cloud, place: Place) -> None:
    user = cloud.user()
    for kind in ("organization_user", "space_developer"):
        give(cloud, kind, user, place)
    path = f"/v3/roles?user_guids={user.guid}&include=user,space&per_page=1"
    page = cloud.admin.get(path).json()
    assert page["pagination"]["first"]["href"] == (
        f"{BASE}/v3/roles?include=user%2Cspace&order_by=%2Bcreated_at&page=1&per_page=1"
        f"&user_guids={user.guid}"
    )
    assert page["pagination"]["total_results"] == 2
    assert [one["guid"] for one in page["included"]["users"]] == [user.guid]
    assert page["included"]["spaces"] == []
    assert "organizations" not in page["included"]
    only = cloud.admin.get(f"/v3/roles?space_guids={place.space}&types=space_developer").json()
    assert [one["type"] for one in only["resources"]] == ["space_developer"]
    mine = user.get("/v3/roles").json()["resources"]
    assert {one["type"] for one in mine} == {"organization_user", "space_developer"}
    one = cloud.admin.get(f"/v3/roles/{mine[0]['guid']}?include=organization").json()
    assert [each["guid"] for each in one["included"]["organizations"]] == [place.organization]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("page=0", "Page must be a positive integer"),
        ("order_by=name", "Order by can only be: 'created_at', 'updated_at'"),
        (
            "include=app",
            (
                "Invalid included resource: 'app'. Valid included resources are: 'user',"
                " 'organization', 'space'"
            ),
        ),
        ("include=user,user", "Duplicate included resource: 'user'"),
        (
            "names=x",
            (
                "Unknown query parameter(s): 'names'. Valid parameters are: 'page', 'per_page',"
                " 'order_by', 'created_ats', 'updated_ats', 'guids', 'organization_guids',"
                " 'space_guids', 'user_guids', 'types', 'include'"
            ),
        ),
    ],
)
def test_lists_of_roles_refuse_bad_parameters_with_422(cloud: Cloud, query: str, text: str) -> None:
    assert cloud.detail(cloud.admin.get(f"/v3/roles?{query}")) == f"422 10008 {text}"


def test_users_see_themselves_and_their_colleagues(cloud: Cloud, place: Place) -> None:
    one, other, stranger = cloud.user(), cloud.user(), cloud.user()
    for session in (one, other):
        give(cloud, "organization_user", session, place)
    seen = {user["guid"] for user in one.get("/v3/users").json()["resources"]}
    assert seen == {one.guid, other.guid}
    assert one.get(f"/v3/users/{other.guid}").status_code == 200
    assert cloud.detail(one.get(f"/v3/users/{stranger.guid}")) == "404 10010 User not found"
    members = one.get(f"/v3/organizations/{place.organization}/users").json()
    assert {user["guid"] for user in members["resources"]} == {one.guid, other.guid}
    assert members["pagination"]["first"]["href"] == (
        f"{BASE}/v3/organizations/{place.organization}/users?page=1&per_page=50"
    )
    assert cloud.admin.get(f"/v3/spaces/{place.space}/users").json()["resources"] == []
    give(cloud, "space_auditor", one, place)
    members = cloud.admin.get(f"/v3/spaces/{place.space}/users").json()["resources"]
    assert [user["guid"] for user in members] == [one.guid]
    assert cloud.detail(stranger.get(f"/v3/spaces/{place.space}/users")) == (
        "404 10010 Space not found"
    )


def test_users_are_found_by_name_part_of_it_and_origin(cloud: Cloud) -> None:
    mark = uuid.uuid4().hex
    for name, origin in ((f"Ann-{mark}", "ldap"), (f"ann-{mark}-2", "azure")):
        assert (
            cloud.admin.post("/v3/users", json={"username": name, "origin": origin}).status_code
            == 201
        )

    def names(query: str) -> list[str]:
        found = cloud.admin.get(f"/v3/users?{query}").json()["resources"]
        return [user["username"] for user in found]

    assert names(f"usernames=ANN-{mark}") == [f"Ann-{mark}"]
    assert names(f"partial_usernames={mark}") == [f"Ann-{mark}", f"ann-{mark}-2"]
    assert names(f"partial_usernames={mark}&origins=azure") == [f"ann-{mark}-2"]
    assert names("usernames=") == []
    assert cloud.detail(cloud.admin.get("/v3/users?origins=uaa")) == (
        "422 10008 Origins filter cannot be provided without usernames or partial_usernames filter."
    )
    assert cloud.detail(cloud.admin.get("/v3/users?usernames=a&partial_usernames=b")) == (
        "422 10008 Usernames filter cannot be provided with both usernames and partial_usernames"
        " filter."
    )


def test_users_get_known_once(cloud: Cloud) -> None:
    guid = str(uuid.uuid4())
    sent = {"guid": guid, "metadata": {"labels": {"env": "dev"}}}
    user = cloud.admin.post("/v3/users", json=sent)
    assert user.status_code == 201
    assert user.json()["metadata"] == {"labels": {"env": "dev"}, "annotations": {}}
    assert user.json()["links"] == {"self": {"href": f"{BASE}/v3/users/{guid}"}}
    assert cloud.detail(cloud.admin.post("/v3/users", json=sent)) == (
        f"422 10008 User with guid '{guid}' already exists."
    )
    named = {"username": f"joe-{guid}", "origin": "ldap"}
    assert cloud.admin.post("/v3/users", json=named).json()["origin"] == "ldap"
    assert cloud.detail(cloud.admin.post("/v3/users", json=named)) == (
        f"422 10008 User with username 'joe-{guid}' and origin 'ldap' already exists."
    )


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({}, "Guid or 'username' and 'origin' must be provided"),
        ({"guid": 5}, "Guid must be a string, Guid must be between 1 and 200 characters"),
        (
            {"guid": "g", "username": "n", "origin": "o"},
            "Username cannot be provided with 'guid', Origin cannot be provided with 'guid'",
        ),
        ({"username": "n"}, "Username can only be provided together with 'origin'"),
        ({"origin": "o"}, "Origin can only be provided together with 'username'"),
        (
            {"username": "n", "origin": "uaa"},
            "Origin cannot be 'uaa' when creating a user by username",
        ),
        ({"guid": "g", "x": 1}, "Unknown field(s): 'x'"),
    ],
)
def test_bodies_for_users_are_refused_with_the_real_texts(
    cloud: Cloud, sent: dict[str, Any], text: str
) -> None:
    assert cloud.detail(cloud.admin.post("/v3/users", json=sent)) == f"422 10008 {text}"
    assert cloud.detail(cloud.user().post("/v3/users", json=sent)) == UNAUTHORIZED


def test_only_admins_change_and_forget_users(cloud: Cloud) -> None:
    user = cloud.user()
    path = f"/v3/users/{user.guid}"
    labels = {"metadata": {"labels": {"team": "blue"}}}
    assert cloud.detail(user.patch(path, json=labels)) == UNAUTHORIZED
    assert cloud.detail(user.patch(path, json={"x": 1})) == UNAUTHORIZED
    assert cloud.detail(cloud.user().patch(path, json=labels)) == "404 10010 User not found"
    assert cloud.detail(cloud.admin.patch(path, json={"x": 1})) == (
        "422 10008 Unknown field(s): 'x'"
    )
    changed = cloud.admin.patch(path, json=labels)
    assert changed.json()["metadata"]["labels"] == {"team": "blue"}
    found = cloud.admin.get("/v3/users?label_selector=team=blue").json()["resources"]
    assert user.guid in {one["guid"] for one in found}
    assert cloud.detail(user.delete(path)) == UNAUTHORIZED


def test_a_forgotten_user_loses_his_roles_and_is_known_again_when_he_calls(
    cloud: Cloud, place: Place
) -> None:
    user = cloud.user()
    give(cloud, "organization_user", user, place)
    job = cloud.job(cloud.admin.delete(f"/v3/users/{user.guid}"))
    assert (job["operation"], list(job["links"])) == ("user.delete", ["self"])
    assert cloud.admin.get(f"/v3/users/{user.guid}").status_code == 404
    assert cloud.admin.get(f"/v3/roles?user_guids={user.guid}").json()["resources"] == []
    assert user.get("/v3/organizations").json()["resources"] == []
    assert cloud.admin.get(f"/v3/users/{user.guid}").status_code == 200
