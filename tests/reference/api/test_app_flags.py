"""What of apps can an operator forbid to everybody but admins?"""

from __future__ import annotations

from typing import Any

import pytest

from cloud_controller.store import APPS


@pytest.mark.parametrize(
    ("flag", "method", "path", "body"),
    [
        ("app_scaling", "POST", "/processes/web/actions/scale", {"instances": 2}),
        ("app_scaling", "POST", "/processes/web/actions/scale", {"instances": -1}),
        ("env_var_visibility", "GET", "/env", None),
        ("env_var_visibility", "GET", "/environment_variables", None),
        ("space_developer_env_var_visibility", "GET", "/env", None),
        ("space_developer_env_var_visibility", "GET", "/environment_variables", None),
    ],
)
def test_a_feature_that_is_off_is_refused(
    start: Any, flag: str, method: str, path: str, body: Any
) -> None:
    cloud = start()
    place = cloud.place()
    developer = cloud.with_role("space_developer", place)
    auditor = cloud.with_role("space_auditor", place)
    path = f"/v3/apps/{place.app}{path}"
    cloud.admin.patch(f"/v3/feature_flags/{flag}", json={"enabled": False})

    assert cloud.detail(developer.send(method, path, json=body)) == (
        f"403 330002 Feature Disabled: {flag}"
    )
    assert auditor.send(method, path, json=body).status_code == 403
    assert "330002" not in cloud.admin.send(method, path, json=body).text
    message = {"enabled": False, "custom_error_message": "ask us"}
    cloud.admin.patch(f"/v3/feature_flags/{flag}", json=message)
    assert cloud.detail(developer.send(method, path, json=body)) == (
        "403 330002 Feature Disabled: ask us"
    )


@pytest.mark.parametrize("kind", ["docker", "cnb"])
def test_apps_of_a_lifecycle_that_is_off_do_not_start(start: Any, kind: str) -> None:
    cloud = start()
    app = cloud.app(cloud.place().space, lifecycle={"type": kind, "data": {}})
    cloud.write(lambda t: t.set_columns(APPS, app, current_droplet_guid="droplet"))
    cloud.admin.patch(f"/v3/feature_flags/diego_{kind}", json={"enabled": False})

    for action in ("start", "restart"):
        answer = cloud.admin.post(f"/v3/apps/{app}/actions/{action}")
        assert cloud.detail(answer) == f"403 330002 Feature Disabled: diego_{kind}"
    assert cloud.admin.post(f"/v3/apps/{app}/actions/stop").status_code == 200
