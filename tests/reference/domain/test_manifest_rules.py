"""How are amounts, routes and YAML of a manifest read?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_controller.domain import byte_amounts, manifest, manifest_routes, manifest_text


@pytest.mark.parametrize(
    ("text", "megabytes"),
    [("256M", 256), ("1.5GB", 1536), ("20.1GB", 20582), (" 1g ", 1024), ("2048K", 2), ("1023K", 0)],
)
def test_amounts_are_read_in_whole_megabytes(text: str, megabytes: int) -> None:
    assert byte_amounts.in_megabytes(text) == megabytes


@pytest.mark.parametrize("text", ["256", "1X", "1 M", "1MiB", "9" * 100 + "T"])
def test_amounts_need_a_unit(text: str) -> None:
    with pytest.raises(byte_amounts.UnitError):
        byte_amounts.in_bytes(text)


@given(st.integers(1, 2**60))
def test_a_written_amount_is_read_as_the_same(amount: int) -> None:
    assert byte_amounts.in_bytes(byte_amounts.written(amount)) == amount


@pytest.mark.parametrize(
    ("written", "host", "path", "port"),
    [
        ("a.example.com", "a.example.com", "", None),
        ("https://a.example.com/shop?x=y", "a.example.com", "/shop", None),
        ("tcp://a.example.com:1234", "a.example.com", "", 1234),
        ("*.example.com", "*.example.com", "", None),
    ],
)
def test_routes_are_taken_apart(written: str, host: str, path: str, port: int | None) -> None:
    route = manifest_routes.parse(written)
    assert route is not None
    assert (route.host, route.path, route.port) == (host, path, port)


@pytest.mark.parametrize("written", ["", "http://", "ftp://a.b", "http://a.b:80", 5, None, "/path"])
def test_what_is_no_route(written: object) -> None:
    assert manifest_routes.parse(written) is None


def test_the_longest_domain_is_tried_first() -> None:
    route = manifest_routes.parse("a.b.example.com")
    assert route is not None
    assert route.candidates() == [
        ("", "a.b.example.com"),
        ("a", "b.example.com"),
        ("a.b", "example.com"),
    ]


def test_yaml_gives_plain_values() -> None:
    text = "on: 2020-01-01\n1: yes\nlist: [1, 2.5, ~, 0x1F]\nnested: {a: 'b'}"
    assert manifest_text.parse(text) == {
        "true": "2020-01-01",
        "1": True,
        "list": [1, 2.5, None, 31],
        "nested": {"a": "b"},
    }


@pytest.mark.parametrize(
    "text",
    [
        "- a",
        "a: !!binary aGk=",
        "a: !!python/object/apply:os.system [ls]",
        "[" * 100_000,
        "{a: " * 100,
        "a: \x00",
        "a: 1\n---\nb: 2",
        "a: " + "9" * 5000,
        "? {a: 1}\n: x",
        "a: " + "x" * 1_100_000,
        "a: [" + "1," * 200_000 + "]",
        "\ud800",
        'a: "\\ud800"',
    ],
)
def test_texts_that_are_no_manifest(text: str) -> None:
    with pytest.raises(manifest_text.ManifestUnreadableError):
        manifest_text.parse(text)


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    lines = ["a0: &a0 [lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(manifest_text.ManifestAliasError):
        manifest_text.parse("\n".join(lines))


def test_what_stands_beside_the_processes_is_for_web() -> None:
    beside = manifest.members({"disk_quota": "1G", "instances": 2})
    assert manifest.scales(beside) == [{"type": "web", "instances": 2, "disk_quota": 1024}]
    both = manifest.members({"instances": 2, "processes": [{"type": "web", "memory": "1M"}]})
    assert manifest.scales(both) == [{"type": "web", "memory": 1}]


def test_numbers_that_json_does_not_know_stay_texts() -> None:
    text = "a: .inf\nb: -.inf\nc: .nan\nd: 1.0e+999\ne: 1.5"
    assert manifest_text.parse(text) == {
        "a": ".inf",
        "b": "-.inf",
        "c": ".nan",
        "d": "1.0e+999",
        "e": 1.5,
    }


def test_one_buildpack_or_none_at_all() -> None:
    assert manifest.buildpacks({"buildpack": "ruby"}) == ["ruby"]
    assert manifest.buildpacks({"buildpack": "default"}) == []
    assert manifest.buildpacks({"buildpack": None}) == []
    assert manifest.buildpacks({}) is None
