"""Does every operation let in exactly whom the document's `x-permitted-roles` names?

Every operation is sent by every role about its own place and another one, and with six kinds of
tokens that must not pass. What an admin gets decides what a permitted caller must get.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from joserfc import jwt

if TYPE_CHECKING:
    from collections.abc import Iterator

GLOBAL = ("admin", "admin_read_only", "global_auditor")
ROLES = (
    *GLOBAL,
    "space_developer",
    "space_manager",
    "space_auditor",
    "space_supporter",
    "org_manager",
    "org_auditor",
    "org_billing_manager",
    "org_user",
    "none",
)
PLACELESS = frozenset({"buildpacks", "stacks", "jobs", "feature_flags", "security_groups", "Users"})
"""What belongs to no place: there is no other place's one."""
LEFT_OUT = {
    ("deleteRole", "space_manager"): "may take space roles only; here it is one of an organization"
}
NOWHERE = "11111111-1111-4111-8111-111111111111"
"""Stands for what cannot exist on this server."""


class Cell(NamedTuple):
    """What one caller got, and what the document promised."""

    who: str
    answer: Any
    expected: str

    @property
    def found(self) -> str:
        return outcome(self.answer)


def outcome(answer: Any) -> str:
    """The status, and for an error its code and text."""
    if answer.status_code < 400:
        return str(answer.status_code)
    try:
        body = answer.json()
    except ValueError:
        return f"{answer.status_code} {answer.text[:40]}"
    error = body["errors"][0] if "errors" in body else body
    return " ".join(
        str(part)
        for part in (
            answer.status_code,
            error.get("code", error.get("error", "")),
            error.get("detail", error.get("description", "")),
        )
    )


def effective(role: str, *, elsewhere: bool) -> str:
    return "none" if elsewhere and role not in GLOBAL else role


def promise(call: Any, role: str, admin: str) -> str:
    """What the document promises a role, as the beginning of an outcome; `!` means anything else."""
    rights = call.rights
    if rights.get("public") or rights.get("anyone") or role in rights.get("roles", ()):
        return admin
    for kind in ("denied", "hidden"):
        refusal = rights.get(kind)
        if refusal and role in refusal["roles"]:
            if refusal["status"] == 403 and call.path.startswith(("/Users", "/oauth/")):
                return "403 insufficient_scope"
            if refusal["status"] == 403:
                return "403 10007" if _is_upload_of_v2(call) else "403 10003"
            return str(refusal["status"])
    if rights.get("filtered"):
        return "200"
    return f"?? the document does not say what {role} gets"


def _is_upload_of_v2(call: Any) -> bool:
    return bool(call.path == "/v2/buildpacks/{guid}/bits")  # 3.1


def fits(found: str, expected: str, admin: str) -> bool:
    if expected == admin:
        return found == admin
    return found.startswith(expected) and found != admin


def uses_up(call: Any) -> bool:
    """Whether a success leaves nothing for the next one to do the same with."""
    if call.method == "delete":
        return bool(call.path.endswith("}"))
    # A role holds in the one it was given in, and an app that starts needs its droplet.
    keeps = call.kind in ("organizations", "spaces") or "/actions/" in call.path
    return call.method in ("post", "put") and not keeps


def by_role(world: Any, call: Any, admin: str) -> Iterator[Cell]:
    placed = call.kind is not None and call.kind not in PLACELESS
    for role in (role for role in ROLES if (str(call), role) not in LEFT_OUT):
        for elsewhere in (False, True) if placed or call.body else (False,):
            seen_as = effective(role, elsewhere=elsewhere)
            expected = promise(call, seen_as, admin)
            corner = world.other if elsewhere else world.own
            fresh = expected == admin and uses_up(call)
            answer = world.send(world.caller(role), call, corner, fresh=fresh)
            yield Cell(f"{role}{' elsewhere' * elsewhere}", answer, expected)


def test_roles_decide(world: Any, call: Any) -> None:
    fresh = uses_up(call)
    admin = outcome(world.send(world.caller("admin"), call, world.own, fresh=fresh))
    assert not admin.startswith(("401", "403", "500", "501")), f"admin got {admin}"
    wrong = [
        f"{cell.who}: {cell.found}, but promised was {cell.expected}"
        for cell in by_role(world, call, admin)
        if not fits(cell.found, cell.expected, admin)
    ]
    assert not wrong, "\n".join(wrong)


def tokens(world: Any, call: Any) -> Iterator[tuple[str, str | None, str]]:
    """Tokens that must not pass, with the beginning of what they must get."""
    reading = call.method == "get"
    missing = "403 10007" if call.is_v2 else "403 10003"
    one_sided = "cloud_controller.write" if reading else "cloud_controller.read"
    yield "no token", None, "401 10002"
    yield "basic credentials", "basic", "401 10002"
    yield "nonsense", "bearer nonsense", "401 1000"
    yield "expired", signed(world, exp=1), "401 1000"
    yield "wrong audience", signed(world, aud=["uaa"]), "401 1000"
    yield "wrong issuer", signed(world, iss="https://uaa.elsewhere/oauth/token"), "401 1000"
    yield "refresh token", signed(world, jti="x-r"), "401 1000"
    yield f"only {one_sided}", signed(world, scope=[one_sided]), missing
    yield "no scope", signed(world, scope=[]), missing


def signed(world: Any, **changes: Any) -> str:
    """Return the header of an admin's token with some claims changed."""
    cloud = world.cloud
    now = int(time.time())
    claims = {
        "user_id": cloud.admin.guid,
        "user_name": "admin",
        "client_id": "cf",
        "jti": "a-token",
        "scope": ["cloud_controller.admin"],
        "aud": ["cloud_controller"],
        "iss": cloud.server.settings.token_issuer,
        "iat": now,
        "exp": now + 600,
    }
    header = {"alg": "RS256", "kid": cloud.key.kid}
    return f"bearer {jwt.encode(header, claims | changes, cloud.key.private)}"


def test_tokens_that_must_not_pass(world: Any, call: Any) -> None:
    if not call.operation["security"] or {} in call.operation["security"]:
        pytest.skip("the document asks for no token")
    if call.path.startswith(("/oauth/", "/Users")):
        pytest.skip("the token issuer answers in its own form; tested with the tokens")
    wrong = []
    for what, header, expected in tokens(world, call):
        headers = {"Authorization": header} if header else {}
        caller = Sender(world.cloud.anonymous, headers)
        found = outcome(world.send(caller, call, world.own, fresh=False))
        if not found.startswith(expected):
            wrong.append(f"{what}: {found}, but promised was {expected}")
    assert not wrong, "\n".join(wrong)


class Sender(NamedTuple):
    """A caller with a header of its own."""

    session: Any
    headers: dict[str, str]

    def send(self, method: str, path: str, **options: Any) -> Any:
        headers = {**options.pop("headers", {}), **self.headers}
        return self.session.send(method, path, headers=headers, **options)


def test_lists_show_only_what_the_role_may_see(world: Any, call: Any) -> None:
    if not call.rights.get("filtered"):
        pytest.skip("not a list that is cut to what the caller may see")
    kind = call.path.removeprefix("/v3/")
    if kind not in world.makers:
        pytest.skip("a list on which nothing can be: tested for its form elsewhere")
    own, other = world.own.guid(kind), world.other.guid(kind)
    if own == NOWHERE:
        pytest.skip("a list on which nothing can be: tested for its form elsewhere")
    wrong = []
    for role in ROLES:
        answer = world.caller(role).get(call.path, params={"guids": f"{own},{other}"})
        shown = {resource["guid"] for resource in answer.json()["resources"]}
        # Who has no role sees himself at most, even in a list that is for all.
        wanted = {own} if role in call.rights["roles"] and role != "none" else set()
        if role in GLOBAL:
            wanted = {own, other}
        if shown != wanted:
            wrong.append(f"{role}: sees {len(shown)} instead of {len(wanted)}")
    assert not wrong, "\n".join(wrong)
