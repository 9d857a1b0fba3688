"""Does a folder become exactly the tree, and only what is ours?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specfoundry.errors import OutputError
from specfoundry.render.cache import Cache, digest
from specfoundry.render.format import FormatError, format_python
from specfoundry.render.tree import compare_tree, iter_diff, write_tree

if TYPE_CHECKING:
    from pathlib import Path

TREE = {"a.py": "a = 1\n", "sub/b.py": "b = 2\n"}


def _write(folder: Path, tree: dict[str, str], owned: frozenset[str] = frozenset()) -> None:
    write_tree(tree, folder, compare_tree(tree, folder, owned))


def test_a_tree_is_written_and_found_unchanged(tmp_path: Path) -> None:
    _write(tmp_path, TREE)
    changes = compare_tree(TREE, tmp_path, frozenset())
    assert not changes.any
    assert changes.unchanged == ("a.py", "sub/b.py")
    assert (tmp_path / "sub/b.py").read_text() == "b = 2\n"


def test_a_stale_file_and_its_empty_folder_go_but_foreign_files_stay(tmp_path: Path) -> None:
    _write(tmp_path, TREE)
    (tmp_path / "notes.txt").write_text("mine")
    _write(tmp_path, {"a.py": "a = 1\n"}, frozenset(TREE))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.py", "notes.txt"]


def test_the_diff_names_what_would_change(tmp_path: Path) -> None:
    _write(tmp_path, TREE)
    tree = {"a.py": "a = 2\n"}
    changes = compare_tree(tree, tmp_path, frozenset(TREE))
    lines = list(iter_diff(tree, tmp_path, changes))
    assert "-a = 1" in lines
    assert "+a = 2" in lines
    assert f"+++ {tmp_path}/a.py" in lines
    assert "-b = 2" in lines
    assert (tmp_path / "a.py").read_text() == "a = 1\n"


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "sub").write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="sub"):
        _write(tmp_path, TREE)


def test_no_temporary_file_stays_behind(tmp_path: Path) -> None:
    _write(tmp_path, TREE)
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]


def test_python_is_formatted_and_unused_imports_go() -> None:
    files = {
        "pkg/a.py": "import os\nimport json\nx = json.dumps( {'a':1} )\n",
        "pkg/__init__.py": "import os\n",
    }
    assert format_python(files) == {
        "pkg/a.py": 'import json\n\nx = json.dumps({"a": 1})\n',
        "pkg/__init__.py": "import os\n",
    }


def test_code_that_is_no_python_is_our_mistake() -> None:
    with pytest.raises(FormatError):
        format_python({"a.py": "def ("})


def test_a_damaged_cache_is_no_cache(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("key", {"a": 1})
    assert cache.get("key") == {"a": 1}
    (tmp_path / "key.json").write_text("{")
    assert cache.get("key") is None


def test_the_borders_of_texts_count() -> None:
    assert digest("ab", "c") != digest("a", "bc")


def test_the_cache_forgets_old_results_but_no_run(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("run-1", {"written": []})
    for number in range(60):
        cache.put(str(number), number)
    assert cache.get("59") == 59
    assert cache.get("run-1") == {"written": []}
    assert len(list(tmp_path.iterdir())) == 51
