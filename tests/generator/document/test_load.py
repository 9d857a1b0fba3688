"""Is YAML read as YAML 1.2, and JSON as JSON, with every key a text?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specfoundry.document import load_document
from specfoundry.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "openapi: 3.1.1\ninfo: {title: Pets, version: '1'}\npaths: {}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("2020-01-31", "2020-01-31"),
        ("2020-01-31T12:00:00Z", "2020-01-31T12:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("0777", 777),
        ("0o17", 15),
        ("0x1F", 31),
        ("-3", -3),
        ("1_000", "1_000"),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.2.3", "1.2.3"),
        ("'200'", "200"),
        ("!!str 200", "200"),
        ("!!float 2", 2.0),
        ("=", "="),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(
    write: Callable[..., Path], text: str, value: object
) -> None:
    write({"openapi.yaml": f"{HEAD}x-value: {text}\n"})

    found = load_document("openapi.yaml").node["x-value"]

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("key", ["200", "true", "null", "1.0", "2020-01-31", "yes"])
def test_a_key_is_always_a_text(write: Callable[..., Path], key: str) -> None:
    write({"openapi.yaml": f"{HEAD}x-value: {{{key}: 1}}\n"})

    assert load_document("openapi.yaml").node["x-value"] == {key: 1}


def test_an_alias_is_a_copy_and_not_the_same_object(write: Callable[..., Path]) -> None:
    write({"openapi.yaml": f"{HEAD}x-a: &a {{b: [1]}}\nx-c: *a\n"})

    node = load_document("openapi.yaml").node

    assert node["x-a"] == node["x-c"]
    assert node["x-a"]["b"] is not node["x-c"]["b"]


def test_a_merge_key_is_merged_and_warned_of(write: Callable[..., Path]) -> None:
    write({"openapi.yaml": f"{HEAD}x-a: &a {{b: 1, c: 2}}\nx-d: {{<<: *a, c: 3}}\n"})

    document = load_document("openapi.yaml")

    assert document.node["x-d"] == {"b": 1, "c": 3}
    assert [finding.rule for finding in document.findings] == ["yaml-merge"]


def test_json_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    text = '{"openapi": "3.1.1", "info": {"title": "Pets", "version": "1"}, "paths": {}}'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert load_document(path).version == "3.1.1"


def test_a_missing_file_is_one_finding(write: Callable[..., Path]) -> None:
    write({})

    with pytest.raises(DocumentError) as error:
        load_document("nowhere.yaml")

    assert str(error.value) == (
        "nowhere.yaml:1:1: error unreadable-file: "
        "`nowhere.yaml` cannot be read: No such file or directory."
    )


def test_a_folder_and_a_device_are_no_documents(write: Callable[..., Path]) -> None:
    folder = write({})

    for path in (folder, Path("/dev/null")):
        with pytest.raises(DocumentError, match="cannot be read"):
            load_document(path)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_hundred_thousand_levels_are_a_finding(write: Callable[..., Path], opening: str) -> None:
    write({"openapi.yaml": f"{HEAD}x-deep:\n  {opening * 100_000}\n"})

    with pytest.raises(DocumentError, match="Nested deeper than 150 levels"):
        load_document("openapi.yaml")


def test_a_hundred_thousand_levels_of_json_are_a_finding(write: Callable[..., Path]) -> None:
    write({"openapi.json": "[" * 100_000 + "]" * 100_000})

    with pytest.raises(DocumentError, match="Nested deeper than 150 levels"):
        load_document("openapi.json")


def test_all_broken_references_are_reported_at_once(write: Callable[..., Path]) -> None:
    write(
        {
            "openapi.yaml": (
                f"{HEAD}components:\n  schemas:\n    A: {{$ref: a.yaml}}\n"
                "    B: {$ref: '#/components/schemas/C'}\n    D: {$ref: 'http://example.com/d'}\n"
            )
        }
    )

    with pytest.raises(DocumentError) as error:
        load_document("openapi.yaml")

    assert [(finding.rule, finding.line) for finding in error.value.findings] == [
        ("unreadable-file", 6),
        ("unresolved-ref", 7),
        ("remote-ref", 8),
    ]


def test_a_schema_may_refer_to_itself(write: Callable[..., Path]) -> None:
    write(
        {
            "openapi.yaml": (
                f"{HEAD}components:\n  schemas:\n"
                "    Tree: {items: {$ref: '#/components/schemas/Tree'}}\n"
            )
        }
    )

    assert load_document("openapi.yaml").findings == []


def test_files_may_refer_to_each_other(write: Callable[..., Path]) -> None:
    write(
        {
            "openapi.yaml": f"{HEAD}components: {{schemas: {{A: {{$ref: a.yaml}}}}}}\n",
            "a.yaml": "properties: {b: {$ref: b.yaml}}\n",
            "b.yaml": "properties: {a: {$ref: a.yaml}}\n",
        }
    )

    assert len(load_document("openapi.yaml").files) == 3
