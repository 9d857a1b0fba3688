"""Does `cloud-controller serve` come up, say how to use it, and end cleanly?"""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cloud_controller.settings import Settings, SettingsError, load

Serve = Callable[..., Any]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_first_start_says_how_to_log_in_and_ends_with_success(
    serve: Serve, number: signal.Signals
) -> None:
    running = serve()
    assert running.token()
    code, said, complained = running.end(number)
    assert (code, complained) == (0, "")
    assert "created the administrator  admin  with the password  admin" in said
    assert f"cf api {running.url} --skip-ssl-validation" in said
    assert "cf auth admin admin" in said
    assert f"{running.url}/oauth/token" in said
    assert f"{running.url}/docs" in said


def test_a_second_start_finds_everything_and_creates_nothing(serve: Serve) -> None:
    first = serve()
    status, organization = first.call("POST", "/v3/organizations", {"name": "kept"}, first.token())
    assert status == 201
    first.end()
    second = serve()
    path = f"/v3/organizations/{organization['guid']}"
    status, found = second.call("GET", path, token=second.token())
    assert (status, found["name"]) == (200, "kept")
    assert found["links"]["self"]["href"] == second.url + path
    assert "First start" not in second.end()[1]


def test_a_chosen_password_is_used_and_never_shown(serve: Serve, tmp_path: Path) -> None:
    chosen = {"CLOUD_CONTROLLER_ADMIN_USER": "root", "CLOUD_CONTROLLER_ADMIN_PASSWORD": "pa55 wörd"}
    running = serve(**chosen)
    assert running.login("root", "pa55 wörd")[0] == 200
    assert running.login("admin", "admin")[0] == 401
    code, said, complained = running.end()
    assert code == 0
    assert "pa55" not in said + complained
    assert "administrator root" in said
    database = (tmp_path / "data" / "cloud_controller.db").read_bytes()
    assert b"pa55" not in database


def test_several_workers_share_the_address_and_the_data(serve: Serve) -> None:
    running = serve("--workers", "2")
    token = running.token()
    names = {f"org-{number}" for number in range(10)}
    for name in names:
        assert running.call("POST", "/v3/organizations", {"name": name}, token)[0] == 201
        _, listed = running.call("GET", "/v3/organizations", token=token)
        assert name in {entry["name"] for entry in listed["resources"]}
    assert running.end()[0] == 0


def test_workers_end_when_their_supervisor_is_killed(serve: Serve, until: Any) -> None:
    running = serve("--workers", "2")
    running.token()
    workers = children(running.process.pid)
    assert len(workers) >= 2
    running.process.kill()
    running.process.wait()

    def gone() -> bool:
        return not any(alive(pid) for pid in workers)

    until(gone, "the workers end")


def children(parent: int) -> list[int]:
    processes = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [pid for pid in processes if state_and_parent(pid)[1] == str(parent)]


def alive(pid: int) -> bool:
    return state_and_parent(pid)[0] not in ("", "Z")


def state_and_parent(pid: int) -> tuple[str, str]:
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return "", ""
    return state, parent


def test_a_second_server_on_the_same_data_is_refused(serve: Serve, refused: Any) -> None:
    running = serve()
    assert "another cloud-controller is using it" in refused("--port", "0")
    assert running.token()


def test_a_port_in_use_is_refused_before_anything_is_made(refused: Any, tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in refused(
            "--port", port
        )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--port", "70000"), "port 70000: it must be between 0 and 65535"),
        (("--workers", "0"), "workers 0"),
        (("--host", "no.such.host.invalid"), "cannot listen on no.such.host.invalid:"),
        (("--host", "a" * 300), "cannot listen on"),
        (("--external-url", "api.example.com"), "external url 'api.example.com'"),
        (("--external-url", "https://api.example.com/"), "without a slash at the end"),
        (("--database", "postgresql://u:secret@h/d"), "only sqlite:///PATH is supported"),
        (("--blobs", "s3://u:secret@bucket"), "only file:///PATH is supported"),
        (("--job-delay", "-1"), "job delay -1.0"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(
    refused: Any, options: tuple[str, ...], said: str
) -> None:
    line = refused(*(options if "--port" in options else ("--port", "0", *options)))
    assert said in line
    assert "secret" not in line


def test_a_wrong_variable_is_named(refused: Any) -> None:
    assert "CLOUD_CONTROLLER_PORT='x': it must be a whole number" in refused(
        CLOUD_CONTROLLER_PORT="x"
    )


def test_options_win_over_the_environment_over_defaults() -> None:
    variables = {"CLOUD_CONTROLLER_PORT": "1", "CLOUD_CONTROLLER_STRICT": "yes"}
    found = load({"port": 2, "host": None}, variables)
    assert (found.port, found.strict, found.host) == (2, True, "127.0.0.1")
    with pytest.raises(SettingsError, match="write true or false"):
        load({}, {"CLOUD_CONTROLLER_STRICT": "perhaps"})
    with pytest.raises(SettingsError, match="admin password"):
        Settings(admin_password="")


def damage_text(data: Path) -> Path:
    path = data / "cloud_controller.db"
    path.write_text("not a database " * 1000)
    return path


def damage_half(data: Path) -> Path:
    path = data / "cloud_controller.db"
    path.write_bytes(path.read_bytes()[:9000])
    return path


def damage_foreign(data: Path) -> Path:
    path = data / "cloud_controller.db"
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    return path


def damage_key(data: Path) -> Path:
    path = data / "token-key.pem"
    path.write_text("-----BEGIN NONSENSE-----")
    return path


@pytest.mark.parametrize("damage", [damage_text, damage_half, damage_foreign, damage_key])
def test_a_damaged_data_directory_is_refused_and_left_alone(
    serve: Serve, refused: Any, tmp_path: Path, damage: Callable[[Path], Path]
) -> None:
    serve().end()
    damaged = damage(tmp_path / "data")
    before = damaged.read_bytes()
    assert str(damaged) in refused("--port", "0")
    assert damaged.read_bytes() == before


def test_blobs_without_their_database_are_refused_and_kept(
    serve: Serve, refused: Any, tmp_path: Path
) -> None:
    serve().end()
    data = tmp_path / "data"
    blob = data / "blobs" / "packages" / "ab" / "cd" / "abcd-guid"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"bits")
    for path in data.glob("cloud_controller.db*"):
        path.unlink()
    assert "it is missing, but" in refused("--port", "0")
    assert blob.read_bytes() == b"bits"


def test_a_data_directory_that_cannot_be_made_is_refused(refused: Any, tmp_path: Path) -> None:
    missing = tmp_path / "no" / "such" / "data"
    assert f"{missing.parent} does not exist" in refused("--port", "0", "--data", missing)
    file = tmp_path / "file"
    file.write_text("mine")
    assert "File exists" in refused("--port", "0", "--data", file)
    assert file.read_text() == "mine"


def test_help_shows_examples() -> None:
    command = Path(sys.executable).with_name("cloud-controller")
    for arguments in (["--help"], ["serve", "--help"]):
        text = subprocess.run(
            [command, *arguments], capture_output=True, text=True, check=True
        ).stdout
        assert "cloud-controller serve --port 0" in text
