"""Does applying a manifest again change nothing, and is it then no different from the app?"""

from __future__ import annotations

import uuid
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

YAML = {"Content-Type": "application/x-yaml"}

words = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
amounts = st.tuples(st.integers(1, 4096), st.sampled_from(["M", "MB", "m", "G"])).map(
    lambda pair: f"{pair[0]}{pair[1]}"
)
checks = st.one_of(
    st.fixed_dictionaries({"health-check-type": st.sampled_from(["port", "process"])}),
    st.fixed_dictionaries(
        {"health-check-type": st.just("http")},
        optional={"health-check-http-endpoint": words.map("/{}".format)},
    ),
)
processes = st.builds(
    lambda kind, members, check: {"type": kind, **members, **check},
    st.sampled_from(["web", "worker", "clock"]),
    st.fixed_dictionaries(
        {},
        optional={
            "instances": st.integers(0, 20),
            "memory": amounts,
            "disk_quota": amounts,
            "log-rate-limit-per-second": st.one_of(st.sampled_from([-1, "0"]), amounts),
            "command": words,
            "timeout": st.integers(1, 180),
            "health-check-invocation-timeout": st.integers(1, 60),
            "health-check-interval": st.integers(1, 60),
            "readiness-health-check-interval": st.integers(1, 60),
        },
    ),
    st.one_of(st.just({}), checks),
)
texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)
applications = st.fixed_dictionaries(
    {},
    optional={
        "env": st.dictionaries(words, texts, min_size=1, max_size=4),
        "processes": st.lists(processes, min_size=1, max_size=3, unique_by=lambda p: p["type"]),
        "stack": st.just("cflinuxfs4"),
        "lifecycle": st.just("buildpack"),
        "buildpacks": st.lists(
            words.map("https://example.com/{}.git".format), min_size=1, max_size=2, unique=True
        ),
        "metadata": st.fixed_dictionaries(
            {"labels": st.dictionaries(words, words, min_size=1, max_size=3)}
        ),
        "features": st.dictionaries(
            st.sampled_from(["ssh", "revisions"]), st.booleans(), min_size=1
        ),
        "hosts": st.lists(words, min_size=1, max_size=2, unique=True),
    },
)


def manifest_of(drawn: dict[str, Any], name: str) -> dict[str, Any]:
    entry = {"name": name, **drawn}
    hosts = entry.pop("hosts", [])
    if hosts:
        entry["routes"] = [{"route": f"{name}-{host}.apps.example.local"} for host in hosts]
    return {"applications": [entry]}


def state(cloud: Any, guid: str) -> Any:
    """What the app is, without the moments at which it changed."""
    shown = cloud.admin.get(f"/v3/apps/{guid}/manifest").text
    paths = ("", "/processes", "/routes", "/environment_variables")
    answers = [cloud.admin.get(f"/v3/apps/{guid}{path}").json() for path in paths]
    return shown, answers


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=applications)
def test_applying_twice_changes_nothing_and_leaves_no_difference(
    cloud: Any, place: Any, drawn: dict[str, Any]
) -> None:
    name = f"p-{uuid.uuid4().hex[:10]}"
    text = yaml.safe_dump(manifest_of(drawn, name), allow_unicode=True).encode()

    def apply() -> None:
        path = f"/v3/spaces/{place.space}/actions/apply_manifest"
        job = cloud.job(cloud.admin.post(path, content=text, headers=YAML))
        assert (job["state"], job["errors"]) == ("COMPLETE", [])

    apply()
    listed = cloud.admin.get(f"/v3/apps?names={name}").json()["resources"]
    once = state(cloud, listed[0]["guid"])
    apply()
    assert state(cloud, listed[0]["guid"]) == once
    difference = cloud.admin.post(
        f"/v3/spaces/{place.space}/manifest_diff", content=text, headers=YAML
    )
    assert difference.json() == {"diff": []}
    entry = yaml.safe_load(once[0])["applications"][0]
    described = yaml.safe_dump({"applications": [entry]}).encode()
    same = cloud.admin.post(
        f"/v3/spaces/{place.space}/manifest_diff", content=described, headers=YAML
    )
    assert same.json() == {"diff": []}
