"""Do `cloud-controller users`, `clients` and `serve --uaa` work, and say what is wrong?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sys.executable).with_name("cloud-controller")
Serve = Callable[..., Any]
Command = Callable[..., str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("CLOUD_CONTROLLER_")}


def run(data: Path, *words: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *words, "--data", data],
        capture_output=True,
        text=True,
        input=said or "",
        timeout=60,
        env=environment(),
        check=False,
    )


@pytest.fixture
def command(data: Path) -> Command:
    def call(*words: str, said: str | None = None) -> str:
        ended = run(data, *words, said=said)
        assert (ended.returncode, ended.stderr) == (0, ""), ended
        return ended.stdout

    return call


@pytest.fixture
def mistake(data: Path) -> Command:
    def call(*words: str, said: str | None = None) -> str:
        ended = run(data, *words, said=said)
        assert (ended.returncode, ended.stdout) == (1, ""), ended
        assert ended.stderr.startswith("cloud-controller: ")
        assert ended.stderr.count("\n") == 1
        return ended.stderr.removeprefix("cloud-controller: ").strip()

    return call


@pytest.fixture
def running(serve: Serve) -> Iterator[Any]:
    return serve()


def made(running: Any, kind: str, body: dict[str, Any]) -> str:
    status, answer = running.call("POST", f"/v3/{kind}", body, running.token())
    assert status == 201, answer
    return str(answer["guid"])


def place(running: Any) -> tuple[str, str]:
    organization = made(running, "organizations", {"name": "acme"})
    inside = {"organization": {"data": {"guid": organization}}}
    return organization, made(running, "spaces", {"name": "dev", "relationships": inside})


def test_a_user_added_beside_the_server_logs_in_at_once(running: Any, command: Command) -> None:
    said = command("users", "add", "joe", "--password-stdin", said="s3cret\n")
    assert said.startswith("Created the user joe (")
    assert "s3cret" not in said
    status, answer = running.login("joe", "s3cret")
    assert status == 200
    assert "cloud_controller.admin" not in answer["scope"].split()
    assert running.login("JOE", "s3cret")[0] == 200
    command("users", "password", "joe", "--password-stdin", said="other")
    assert running.login("joe", "s3cret")[0] == 401
    assert running.login("joe", "other")[0] == 200


@pytest.mark.parametrize(
    ("option", "scope"),
    [
        ("--admin", "cloud_controller.admin"),
        ("--admin-read-only", "cloud_controller.admin_read_only"),
        ("--global-auditor", "cloud_controller.global_auditor"),
        ("--scope=cloud_controller.update_build_state", "cloud_controller.update_build_state"),
    ],
)
def test_users_get_the_scopes_that_they_are_given(
    running: Any, command: Command, option: str, scope: str
) -> None:
    command("users", "add", "joe", "--password-stdin", option, said="s3cret")
    assert scope in running.login("joe", "s3cret")[1]["scope"].split()


def test_roles_granted_beside_the_server_count_at_once(running: Any, command: Command) -> None:
    _, space = place(running)
    command("users", "add", "joe", "--password-stdin", said="s3cret")
    token = running.login("joe", "s3cret")[1]["access_token"]
    path = f"/v3/spaces/{space}"
    assert running.call("GET", path, token=token)[0] == 404
    given = ("joe", "SpaceDeveloper", "--org", "acme", "--space", "dev")
    assert command("users", "grant", *given) == (
        "joe is space_developer in space dev of organization acme.\n"
    )
    assert running.call("GET", path, token=token)[0] == 200
    assert command("users", "roles", "joe").splitlines() == [
        "ROLE               ORGANIZATION  SPACE",
        "organization_user  acme          -",
        "space_developer    acme          dev",
    ]
    command("users", "revoke", *given)
    assert running.call("GET", path, token=token)[0] == 404


def test_a_locked_user_is_unlocked(running: Any, command: Command) -> None:
    command("users", "add", "joe", "--password-stdin", said="s3cret")
    for _ in range(5):
        running.login("joe", "wrong")
    assert "locked" in running.login("joe", "s3cret")[1]["error_description"]
    assert "locked" in command("users", "list")
    command("users", "unlock", "joe")
    assert running.login("joe", "s3cret")[0] == 200


def test_a_removed_user_is_gone(running: Any, command: Command) -> None:
    place(running)
    command("users", "add", "joe", "--password-stdin", said="s3cret")
    command("users", "grant", "joe", "OrgManager", "--org", "acme")
    command("users", "remove", "joe")
    assert running.login("joe", "s3cret")[0] == 401
    assert "joe" not in command("users", "list")
    status, found = running.call("GET", "/v3/users?usernames=joe", token=running.token())
    assert (status, found["resources"]) == (200, [])


def test_a_client_gets_tokens_of_its_own_and_roles(running: Any, command: Command) -> None:
    place(running)
    command("clients", "add", "deployer", "--secret-stdin", said="s3cret")
    command("users", "grant", "deployer", "OrgManager", "--org", "acme")
    form = {
        "grant_type": "client_credentials",
        "client_id": "deployer",
        "client_secret": "s3cret",
    }
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{running.url}/oauth/token", data, timeout=20) as answer:
        token = json.loads(answer.read())["access_token"]
    status, found = running.call("GET", "/v3/organizations", token=token)
    assert (status, [one["name"] for one in found["resources"]]) == (200, ["acme"])
    assert "deployer" in command("clients", "list")
    command("clients", "remove", "deployer")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{running.url}/oauth/token", data, timeout=20)


def test_tokens_outlive_a_restart_on_another_port(serve: Serve) -> None:
    first = serve()
    token = first.token()
    assert first.call("GET", "/v3/organizations", token=token)[0] == 200
    first.end()
    second = serve()
    assert second.url != first.url
    assert second.call("GET", "/v3/organizations", token=token)[0] == 200


def test_many_commands_and_the_server_write_at_the_same_time(
    running: Any, data: Path, command: Command
) -> None:
    organization, _ = place(running)
    commands = [
        subprocess.Popen(
            [COMMAND, "users", "add", f"user-{number}", "--password-stdin", "--data", data],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for number in range(4)
    ]
    for number in range(20):
        inside = {"organization": {"data": {"guid": organization}}}
        made(running, "spaces", {"name": f"space-{number}", "relationships": inside})
    for process in commands:
        assert process.communicate("s3cret", timeout=60)[1] == ""
        assert process.returncode == 0
    assert command("users", "list").count("user-") == 4


def test_mistakes_are_said_in_one_line(running: Any, command: Command, mistake: Command) -> None:
    place(running)
    assert mistake("users", "add", "joe") == (
        "there is no terminal to ask for the password on; use --password-stdin"
    )
    assert mistake("users", "add", "joe", "--password-stdin") == "the password must not be empty"
    assert mistake("users", "add", "Admin", "--password-stdin", said="x") == (
        "there is a user 'Admin' already"
    )
    assert mistake("users", "add", "joe", "--password-stdin", "--scope", "a b", said="x") == (
        "'a b' is no scope; write one such as cloud_controller.read"
    )
    assert mistake("users", "remove", "joe") == "there is no user 'joe'"
    assert mistake("users", "remove", "admin") == (
        "admin is the last administrator; add another one first, or say --force"
    )
    granting = ("users", "grant", "admin")
    assert mistake(*granting, "Boss", "--org", "acme").startswith("'Boss' is no role; write ")
    assert mistake(*granting, "OrgUser", "--org", "no") == "there is no organization 'no'"
    assert mistake(*granting, "SpaceAuditor", "--org", "acme") == (
        "space_auditor is a role in a space: say which with --space"
    )
    assert mistake(*granting, "SpaceAuditor", "--org", "acme", "--space", "no") == (
        "there is no space 'no' in acme"
    )
    assert mistake(*granting, "OrgUser", "--org", "acme", "--space", "dev") == (
        "organization_user is a role in an organization: leave --space out"
    )
    assert mistake("users", "revoke", "admin", "OrgUser", "--org", "acme") == (
        "admin is not organization_user in organization acme"
    )
    command("users", "grant", "admin", "SpaceAuditor", "--org", "acme", "--space", "dev")
    assert mistake("users", "revoke", "admin", "OrgUser", "--org", "acme") == (
        "Cannot delete organization_user role while user has roles in spaces in that organization."
    )
    assert mistake("clients", "add", "cf", "--secret-stdin", said="x") == (
        "there is a client or user 'cf' already"
    )
    assert mistake("clients", "remove", "no") == "there is no client 'no'"


def test_without_a_database_nothing_is_made(mistake: Command, data: Path) -> None:
    assert "start `cloud-controller serve` there once" in mistake("users", "list")
    assert not data.exists()


def test_somebody_else_s_database_is_left_alone(mistake: Command, data: Path) -> None:
    data.mkdir()
    (data / "cloud_controller.db").write_bytes(b"not a database at all")
    assert "cloud_controller.db" in mistake("users", "list")
    assert (data / "cloud_controller.db").read_bytes() == b"not a database at all"


def test_no_command_takes_a_secret_as_an_argument() -> None:
    for words in (("users", "add"), ("users", "password"), ("clients", "add")):
        shown = subprocess.run(
            [COMMAND, *words, "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert "-stdin" in shown
        assert "--password TEXT" not in shown
        assert "--secret TEXT" not in shown


def test_another_server_is_the_uaa(serve: Serve, tmp_path: Path) -> None:
    uaa = serve()
    token = uaa.token()
    told = {"CLOUD_CONTROLLER_UAA": uaa.url}
    first = serve(data=tmp_path / "first", **told)
    status, root = first.call("GET", "/")
    assert (status, root["links"]["uaa"]["href"]) == (200, uaa.url)
    status, users = first.call("GET", "/v3/users", token=token)
    assert (status, [user["username"] for user in users["resources"]]) == (200, ["admin"])
    status, made = first.call("POST", "/v3/organizations", {"name": "acme"}, token)
    assert status == 201, made
    assert first.login()[0] == 404
    uaa.end()
    assert first.call("GET", "/v3/organizations", token=token)[0] == 200, "its key is known"
    second = serve("--uaa", uaa.url, data=tmp_path / "second")
    status, error = second.call("GET", "/v3/organizations", token=token)
    assert (status, error["errors"][0]["title"]) == (502, "CF-UaaUnavailable")
    said = first.end()[1]
    assert f"Tokens come from {uaa.url}." in said
    assert "password" not in said


def test_an_address_that_is_none_is_refused(refused: Command) -> None:
    assert refused("--uaa", "uaa.example.com/") == (
        "cloud-controller: uaa 'uaa.example.com/': write it like https://uaa.example.com, without a"
        " slash at the end\n"
    )
