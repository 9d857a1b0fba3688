"""Does the installed command say what it did, and end with the right exit code?"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

NO_DESCRIPTION = (
    "openapi.yaml:8:9: error openapi-object: `description` is missing. "
    "(/paths/~1pets/get/responses/200)\n1 error\n"
)


def break_document(project: Path) -> None:
    path = project / "openapi.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("          description: Pets.\n", ""), encoding="utf-8")


def test_the_version_is_that_of_the_distribution(specfoundry: Run) -> None:
    done = specfoundry("--version")

    assert (done.returncode, done.stdout) == (0, f"specfoundry {version('specfoundry')}\n")


@pytest.mark.parametrize("command", ["validate", "bundle", "generate", "docs"])
def test_every_help_shows_an_example(specfoundry: Run, command: str) -> None:
    done = specfoundry(command, "--help")

    assert done.returncode == 0
    assert "Example" in done.stdout
    assert f"specfoundry {command} " in done.stdout.partition("Example")[2]


def test_a_sound_document_is_valid(specfoundry: Run) -> None:
    done = specfoundry("validate", "openapi.yaml")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "openapi.yaml: valid, OpenAPI 3.1.1, 1 operation, 1 schema\n"


def test_a_broken_document_ends_with_1_and_its_findings(specfoundry: Run, project: Path) -> None:
    break_document(project)

    done = specfoundry("validate", "openapi.yaml")

    assert (done.returncode, done.stdout, done.stderr) == (1, "", NO_DESCRIPTION)


def test_findings_can_be_had_as_json(specfoundry: Run, project: Path) -> None:
    break_document(project)

    done = specfoundry("validate", "openapi.yaml", "--format", "json")

    assert done.returncode == 1
    assert json.loads(done.stdout) == [
        {
            "rule": "openapi-object",
            "severity": "error",
            "file": "openapi.yaml",
            "line": 8,
            "column": 9,
            "pointer": "/paths/~1pets/get/responses/200",
            "message": "`description` is missing.",
        }
    ]


def test_findings_can_be_had_as_workflow_annotations(specfoundry: Run, project: Path) -> None:
    break_document(project)

    done = specfoundry("validate", "openapi.yaml", "--format", "github")

    assert done.stdout == (
        "::error file=openapi.yaml,line=8,col=9,title=openapi-object::"
        "`description` is missing. (/paths/~1pets/get/responses/200)\n"
    )


def test_several_documents_are_checked_in_one_run(specfoundry: Run, project: Path) -> None:
    (project / "other.yaml").write_text("swagger: '2.0'\n", encoding="utf-8")

    done = specfoundry("validate", "openapi.yaml", "other.yaml", "nowhere.yaml")

    assert done.returncode == 1
    assert "openapi.yaml: valid" in done.stdout
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "nowhere.yaml",
        "other.yaml",
        "2 errors",
    ]


def test_bundle_writes_json_to_the_terminal(specfoundry: Run) -> None:
    done = specfoundry("bundle", "openapi.yaml")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["components"] == {"schemas": {"Pet": {"type": "object"}}}


def test_bundle_writes_yaml_that_says_the_same(specfoundry: Run, project: Path) -> None:
    as_json = json.loads(specfoundry("bundle", "openapi.yaml").stdout)

    done = specfoundry("bundle", "openapi.yaml", "--output", "build/openapi.yaml")

    text = (project / "build" / "openapi.yaml").read_text(encoding="utf-8")
    assert (done.returncode, done.stdout) == (0, "")
    assert yaml.safe_load(text) == as_json
    assert (
        specfoundry("bundle", "build/openapi.yaml").stdout == json.dumps(as_json, indent=2) + "\n"
    )


def test_a_broken_document_leaves_the_old_bundle(specfoundry: Run, project: Path) -> None:
    (project / "bundle.json").write_text("old", encoding="utf-8")
    (project / "schemas" / "Pet.yaml").unlink()

    done = specfoundry("bundle", "openapi.yaml", "--output", "bundle.json")

    assert done.returncode == 1
    assert (project / "bundle.json").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in project.iterdir()) == [
        "bundle.json",
        "openapi.yaml",
        "schemas",
    ]


def test_a_place_that_cannot_be_written_is_one_line(specfoundry: Run) -> None:
    done = specfoundry("bundle", "openapi.yaml", "--output", "openapi.yaml/bundle.json")

    assert done.returncode == 1
    assert done.stderr.startswith("specfoundry: openapi.yaml/bundle.json cannot be written: ")
    assert len(done.stderr.splitlines()) == 1


def test_without_document_and_settings_the_question_is_which(specfoundry: Run) -> None:
    done = specfoundry("validate")

    assert done.returncode == 1
    assert done.stderr == (
        "specfoundry: Which document? Name it, or set `spec` in [tool.specfoundry] of "
        "pyproject.toml.\n"
    )


def test_an_unknown_option_is_the_users_mistake(specfoundry: Run) -> None:
    done = specfoundry("validate", "--unknown")

    assert done.returncode == 1
    assert "No such option" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_documents_own_settings_decide_which_rules_apply(
    specfoundry: Run, project: Path
) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.specfoundry]\nspec = "openapi.yaml"\nrules = "contract"\n', encoding="utf-8"
    )

    own = specfoundry("validate")
    foreign = specfoundry("validate", "--rules", "errors", "openapi.yaml")

    assert own.returncode == 1
    assert "error one-tag" in own.stderr
    assert foreign.returncode == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.specfoundry]\nspecs = 1\n", "has no setting `specs`; there are `spec`, `package`"),
        ("[tool.specfoundry]\nspec = 1\n", "`spec` in [tool.specfoundry] must be a text"),
        ("[tool.specfoundry]\nrules = 'all'\n", "must be one of errors, contract"),
        ("[tool.specfoundry]\nonly = ['all']\n", "must be a list of models, server, client, docs"),
        ("[tool.specfoundry]\npackage = 'a-b'\n", "must be the name of a Python package"),
        ("[tool\n", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(specfoundry: Run, project: Path, text: str, said: str) -> None:
    (project / "pyproject.toml").write_text(text, encoding="utf-8")

    done = specfoundry("validate", "openapi.yaml")

    assert done.returncode == 1
    assert done.stderr.startswith("specfoundry: pyproject.toml: ")
    assert said in done.stderr


def test_a_library_that_is_not_installed_is_named_with_its_extra(
    specfoundry: Run, tmp_path: Path
) -> None:
    broken = tmp_path / "path"
    broken.mkdir()
    (broken / "jsonschema_rs.py").write_text(
        "raise ModuleNotFoundError(name='jsonschema_rs')\n", encoding="utf-8"
    )

    done = specfoundry("validate", "openapi.yaml", PYTHONPATH=str(broken))

    assert done.returncode == 1
    assert done.stderr == (
        'specfoundry: jsonschema_rs is not installed: pip install "specfoundry[toolchain]"\n'
    )


def test_a_mistake_of_ours_is_one_line_and_ends_with_2(specfoundry: Run, tmp_path: Path) -> None:
    broken = tmp_path / "path"
    broken.mkdir()
    (broken / "jsonschema_rs.py").write_text("raise RuntimeError('oh\\nno')\n", encoding="utf-8")

    done = specfoundry("validate", "openapi.yaml", PYTHONPATH=str(broken))
    shown = specfoundry(
        "validate", "openapi.yaml", PYTHONPATH=str(broken), SPECFOUNDRY_TRACEBACK="1"
    )

    assert (done.returncode, shown.returncode) == (2, 2)
    assert done.stderr == (
        "specfoundry: this is a mistake of the toolchain: RuntimeError: oh no "
        "(SPECFOUNDRY_TRACEBACK=1 shows where)\n"
    )
    assert "Traceback" in shown.stderr
