"""Do buildpacks work as the `cf` command line uses them?"""

from __future__ import annotations

from typing import Any

import pytest


def test_buildpacks(cf: Any, new_name: Any, buildpack_zip: Any) -> None:
    called = new_name()
    body = {"name": called, "position": 1, "enabled": True}
    made = cf.json("POST", "/v3/buildpacks/", body)
    assert made["state"] == "AWAITING_UPLOAD"
    upload = f"/v3/buildpacks/{made['guid']}/upload"
    files = {"bits": ("b.zip", buildpack_zip, "application/zip")}
    cf.done(cf.send("POST", upload, files=files))
    ready = cf.find("buildpacks", called)
    assert (ready["state"], ready["filename"], ready["position"]) == ("READY", "b.zip", 1)

    path = f"/v3/buildpacks/{made['guid']}"
    changed = cf.json("PATCH", path, {"locked": True, "enabled": False, "stack": "cflinuxfs4"})
    assert (changed["locked"], changed["enabled"], changed["stack"]) == (True, False, "cflinuxfs4")
    with pytest.raises(cf.Refused, match="Buildpack is locked"):
        cf.send("POST", upload, files=files)
    cf.json("PATCH", path, {"name": f"{called}-renamed", "locked": False, "position": 5000})
    positions = [one["position"] for one in cf.all("/v3/buildpacks", order_by="position")]
    assert positions == sorted(positions)
    with pytest.raises(cf.Refused, match="already exists"):
        cf.json("POST", "/v3/buildpacks/", {"name": f"{called}-renamed", "stack": "cflinuxfs4"})
    cf.done(cf.send("DELETE", path))
    with pytest.raises(LookupError):
        cf.find("buildpacks", f"{called}-renamed")


def test_a_directory_that_is_no_buildpack_is_refused(cf: Any, new_name: Any) -> None:
    made = cf.json("POST", "/v3/buildpacks/", {"name": new_name()})
    files = {"bits": ("b.txt", b"nothing like a zip")}
    with pytest.raises(cf.Refused, match=r"b\.txt is not a zip file"):
        cf.send("POST", f"/v3/buildpacks/{made['guid']}/upload", files=files)


def upload(cf: Any, guid: str, bits: bytes, called: str = "b.zip") -> Any:
    """Send the bits as `cf` does, and wait for the job."""
    files = {"bits": (called, bits, "application/octet-stream")}
    answer = cf.send("POST", f"/v3/buildpacks/{guid}/upload", files=files)
    assert answer.json()["guid"] == guid
    return cf.poll(answer)


@pytest.fixture
def stack(cf: Any, new_name: Any) -> Any:
    """Another stack."""
    made = cf.json("POST", "/v3/stacks", {"name": new_name()})
    yield made["name"]
    cf.send("DELETE", f"/v3/stacks/{made['guid']}")


@pytest.fixture
def created(cf: Any, new_name: Any) -> Any:
    """Create buildpacks, and remove them in the end."""
    made: list[str] = []

    def create(**body: Any) -> Any:
        found = cf.json("POST", "/v3/buildpacks/", {"name": new_name(), **body})
        made.append(found["guid"])
        return found

    yield create
    for guid in made:
        cf.done(cf.send("DELETE", f"/v3/buildpacks/{guid}"))


def test_the_queries_of_buildpacks(cf: Any, created: Any) -> None:
    made = created(position=1)
    found = cf.all("/v3/buildpacks", order_by="position", lifecycle="buildpack")
    assert found[0]["guid"] == made["guid"]
    assert cf.all("/v3/buildpacks", order_by="position", lifecycle="cnb") == []
    assert cf.all("/v3/buildpacks", order_by="position", label_selector="env=nope") == []
    assert cf.all("/v3/buildpacks", names="nope", stacks="cflinuxfs4", lifecycle="cnb") == []


def test_creating_a_buildpack_that_there_is(cf: Any, created: Any) -> None:
    made = created()
    with pytest.raises(cf.Refused) as refused:
        cf.json("POST", "/v3/buildpacks/", {"name": made["name"], "position": 1})
    assert refused.value.status == 422
    text = f"Buildpack with name '{made['name']}' and an unassigned stack already exists"
    assert str(refused.value) == text


def test_the_one_without_a_stack_is_found_among_several(cf: Any, created: Any, stack: Any) -> None:
    first = created(stack="cflinuxfs4")
    named = {"name": first["name"]}
    created(stack=stack, **named)
    neither = created(**named)
    found = cf.all("/v3/buildpacks", names=first["name"])
    assert len(found) == 3
    assert [one["guid"] for one in found if one["stack"] is None] == [neither["guid"]]
    (found,) = cf.all("/v3/buildpacks", names=first["name"], stacks=stack)
    assert found["stack"] == stack
    assert cf.all("/v3/buildpacks", names=first["name"], stacks="nope") == []


def test_assigning_a_stack(cf: Any, created: Any, stack: Any) -> None:
    path = f"/v3/buildpacks/{created()['guid']}"
    with pytest.raises(cf.Refused, match="Stack 'nope' does not exist"):
        cf.json("PATCH", path, {"stack": "nope"})
    assert cf.json("PATCH", path, {"stack": "cflinuxfs4"})["stack"] == "cflinuxfs4"
    with pytest.raises(cf.Refused, match="Buildpack stack cannot be changed"):
        cf.json("PATCH", path, {"stack": stack})


# The command line tells these failures apart by their codes.
@pytest.mark.parametrize(
    ("manifest", "code", "text"),
    [
        ("stack: nope\n", 390012, "Uploaded buildpack stack (nope) does not exist"),
        (
            "stack: {stack}\n",
            390011,
            "Uploaded buildpack stack ({stack}) does not match cflinuxfs4",
        ),
        ("}}{{: no", 390013, "Buildpack zip error: buildpack manifest is not valid"),
    ],
)
def test_a_job_tells_why_the_bits_were_refused(
    cf: Any, created: Any, stack: Any, archived: Any, manifest: str, code: int, text: str
) -> None:
    guid = created(stack="cflinuxfs4")["guid"]
    files = {"manifest.yml": manifest.format(stack=stack).encode(), "bin/detect": b""}
    job = upload(cf, guid, archived(files))
    assert job["state"] == "FAILED"
    (error,) = job["errors"]
    assert (error["code"], error["detail"]) == (code, text.format(stack=stack))
    assert cf.json("GET", f"/v3/buildpacks/{guid}")["state"] == "AWAITING_UPLOAD"


def test_a_name_that_the_bits_make_a_duplicate(cf: Any, created: Any, archived: Any) -> None:
    first = created(stack="cflinuxfs4")
    second = created(name=first["name"])
    files = {"manifest.yml": b"stack: cflinuxfs4\n", "bin/detect": b""}
    job = upload(cf, second["guid"], archived(files))
    assert [error["code"] for error in job["errors"]] == [290000]
    assert f"The buildpack name {first['name']} is already in use" in job["errors"][0]["detail"]


def test_a_buildpack_of_a_directory_gets_the_stack_of_its_manifest(
    cf: Any, created: Any, archived: Any
) -> None:
    guid = created()["guid"]
    files = {"manifest.yml": b"stack: cflinuxfs4\n", "bin/detect": b"", "bin/compile": b""}
    assert upload(cf, guid, archived(files), "directory.zip")["state"] == "COMPLETE"
    found = cf.json("GET", f"/v3/buildpacks/{guid}")
    assert (found["stack"], found["filename"]) == ("cflinuxfs4", "directory.zip")


def test_enabling_locking_and_moving_one_at_a_time(cf: Any, created: Any) -> None:
    path = f"/v3/buildpacks/{created(enabled=False)['guid']}"
    for body in ({"enabled": True}, {"locked": True}, {"locked": False}, {"position": 1}):
        found = cf.json("PATCH", path, body)
        assert {name: found[name] for name in body} == body
    with pytest.raises(cf.Refused, match="Position must be greater than or equal to 1"):
        cf.json("PATCH", path, {"position": 0})
