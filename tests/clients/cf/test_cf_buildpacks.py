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
