"""Does a pointer lead to the line and column where a person wrote it?"""

from __future__ import annotations

import pytest

from specfoundry.document.source_map import SourceMap

YAML = """\
# a comment
openapi: 3.1.1
info:
    title: >-
        folded
        text
    "quoted key": {a: 1,
      b: [x, {c: 2}]}
list:
- first
-   - nested
    - key: value
"a/b~c": 1
"""
JSON = """\
{
  "openapi": "3.1.1",
  "info": { "title": "a \\" , : { text", "empty": {}, "none": [] },
  "list": [
    1, [true,
    {"key": null}],
    "last"
  ],
  "a/b~c": 1
}
"""


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        ("", 2, 1),
        ("/openapi", 2, 1),
        ("/info/title", 4, 5),
        ("/info/quoted key", 7, 5),
        ("/info/quoted key/b", 8, 7),
        ("/info/quoted key/b/1", 8, 14),
        ("/info/quoted key/b/1/c", 8, 15),
        ("/list", 9, 1),
        ("/list/0", 10, 3),
        ("/list/1/1/key", 12, 7),
        ("/a~1b~0c", 13, 1),
    ],
)
def test_a_place_in_yaml(pointer: str, line: int, column: int) -> None:
    assert SourceMap(YAML, is_json=False).locate(pointer) == (line, column, pointer)


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        ("", 1, 1),
        ("/openapi", 2, 3),
        ("/info/title", 3, 13),
        ("/info/none", 3, 54),
        ("/list", 4, 3),
        ("/list/0", 5, 5),
        ("/list/1", 5, 8),
        ("/list/1/0", 5, 9),
        ("/list/1/1/key", 6, 6),
        ("/list/2", 7, 5),
        ("/a~1b~0c", 9, 3),
    ],
)
def test_a_place_in_json(pointer: str, line: int, column: int) -> None:
    assert SourceMap(JSON, is_json=True).locate(pointer) == (line, column, pointer)


def test_what_is_missing_is_found_at_what_holds_it() -> None:
    assert SourceMap(YAML, is_json=False).locate("/list/1/1/missing/deep") == (12, 7, "/list/1/1")
