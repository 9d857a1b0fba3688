"""Which role gives which right (section 1.2)?"""

from __future__ import annotations

import pytest

from cloud_controller.domain import roles
from cloud_controller.domain.roles import Right

SPACE = {"space_developer", "space_manager", "space_auditor", "space_supporter"}
ORGANIZATION = {
    "organization_manager",
    "organization_auditor",
    "organization_user",
    "organization_billing_manager",
}


@pytest.mark.parametrize(
    ("right", "allowed"),
    [
        (Right.READ_SPACE, SPACE | {"organization_manager"}),
        (Right.WRITE_SPACE, {"space_developer"}),
        (Right.MANAGE_APPS, {"space_developer", "space_supporter"}),
        (Right.READ_SECRETS, {"space_developer"}),
        (
            Right.DOWNLOAD_DROPLET,
            {"space_developer", "space_manager", "space_auditor", "organization_manager"},
        ),
        (Right.READ_ENVIRONMENT, {"space_developer", "space_supporter"}),
        (Right.UPDATE_SPACE, {"space_manager", "organization_manager"}),
        (Right.READ_ORGANIZATION, ORGANIZATION),
        (Right.WRITE_ORGANIZATION, {"organization_manager"}),
    ],
)
def test_a_right_is_given_by_exactly_these_roles(right: Right, allowed: set[str]) -> None:
    given = {role for role in SPACE | ORGANIZATION if roles.grants(right, scopes=(), roles={role})}

    assert given == allowed


@pytest.mark.parametrize(
    ("scope", "rights"),
    [
        ("cloud_controller.admin", set(Right)),
        (
            "cloud_controller.admin_read_only",
            {
                Right.READ_SPACE,
                Right.READ_ORGANIZATION,
                Right.READ_SECRETS,
                Right.READ_ENVIRONMENT,
                Right.DOWNLOAD_DROPLET,
            },
        ),
        ("cloud_controller.global_auditor", {Right.READ_SPACE, Right.READ_ORGANIZATION}),
        ("cloud_controller.write", set()),
    ],
)
def test_a_scope_gives_rights_everywhere(scope: str, rights: set[Right]) -> None:
    assert {right for right in Right if roles.grants(right, scopes={scope}, roles=())} == rights


@pytest.mark.parametrize(
    ("scope", "reads", "writes"),
    [
        ("cloud_controller.admin", True, True),
        ("cloud_controller.admin_read_only", True, False),
        ("cloud_controller.global_auditor", True, False),
        ("cloud_controller.read", True, False),
        ("cloud_controller.write", False, True),
        ("openid", False, False),
    ],
)
def test_the_scope_gate_stands_before_everything(scope: str, reads: bool, writes: bool) -> None:
    assert roles.may_call("GET", {scope}) is reads
    assert roles.may_call("HEAD", {scope}) is reads
    assert roles.may_call("PATCH", {scope}) is writes
