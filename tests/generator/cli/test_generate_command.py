"""Does `generate` write only when it should, only what is its own, and nothing on an error?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

OPTIONS = ("--package", "pets", "--output", "out", "--only", "models,server")


@pytest.fixture
def generate(specfoundry: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run `specfoundry generate openapi.yaml` with a cache of its own."""
    cache = str(tmp_path_factory.mktemp("cache"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return specfoundry("generate", "openapi.yaml", *arguments, SPECFOUNDRY_CACHE=cache)

    return run


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_run_tells_what_it_made_and_the_next_has_nothing_to_do(
    generate: Run, project: Path
) -> None:
    first = generate(*OPTIONS)
    before = texts(project / "out")
    second = generate(*OPTIONS)

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines()[0].split() == ["step", "made", "files", "seconds"]
    assert first.stdout.splitlines()[-1] == f"out/pets: {len(before)} added"
    assert "1 operation" in first.stdout
    assert second.stdout == f"out/pets: nothing to do, {len(before)} files are up to date\n"
    assert texts(project / "out") == before


def test_a_broken_document_leaves_the_output_as_it_was(generate: Run, project: Path) -> None:
    generate(*OPTIONS)
    before = texts(project / "out")
    document = project / "openapi.yaml"
    document.write_text(
        document.read_text(encoding="utf-8").replace("description: Pets.", "summary: Pets."),
        encoding="utf-8",
    )

    done = generate(*OPTIONS)

    assert done.returncode == 1
    assert "openapi.yaml:8:9: error openapi-object: `description` is missing." in done.stderr
    assert texts(project / "out") == before


def test_check_shows_a_difference_and_writes_nothing(generate: Run, project: Path) -> None:
    generate(*OPTIONS)
    models = project / "out" / "pets" / "models.py"
    models.write_text(f"{models.read_text(encoding='utf-8')}edited = 1\n", encoding="utf-8")
    before = texts(project / "out")

    done = generate(*OPTIONS, "--check")

    assert done.returncode == 1
    assert "-edited = 1" in done.stdout.splitlines()
    assert "0 missing, 1 different, 0 left over" in done.stderr
    assert texts(project / "out") == before


def test_check_without_output_says_everything_is_missing(generate: Run, project: Path) -> None:
    done = generate(*OPTIONS, "--check")

    assert done.returncode == 1
    assert not (project / "out").exists()


def test_an_edited_file_is_made_anew_and_a_stale_one_goes(generate: Run, project: Path) -> None:
    generate(*OPTIONS)
    before = texts(project / "out")
    package = project / "out" / "pets"
    banner = (package / "models.py").read_text(encoding="utf-8").splitlines()[0]
    (package / "models.py").write_text("edited\n", encoding="utf-8")
    (package / "server" / "gone.py").write_text(f"{banner}\n", encoding="utf-8")

    done = generate(*OPTIONS)

    assert "1 changed, 1 removed" in done.stdout
    assert texts(project / "out") == before


def test_a_file_that_a_person_wrote_is_never_removed(generate: Run, project: Path) -> None:
    own = project / "out" / "pets" / "own.py"
    own.parent.mkdir(parents=True)
    own.write_text("mine = 1\n", encoding="utf-8")

    generate(*OPTIONS)

    assert own.read_text(encoding="utf-8") == "mine = 1\n"


def test_making_the_models_alone_leaves_the_server(generate: Run, project: Path) -> None:
    generate(*OPTIONS)
    before = texts(project / "out")

    generate(*OPTIONS[:-1], "models")

    assert texts(project / "out").keys() == before.keys()


def test_a_new_file_beside_the_document_is_looked_at(generate: Run, project: Path) -> None:
    generate(*OPTIONS)
    (project / "schemas" / "Pet.yaml").write_text("type: array\n", encoding="utf-8")

    assert "nothing to do" not in generate(*OPTIONS).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Which package? Say --package NAME"),
        (("--package", "pets"), "Where to? Say --output DIR"),
        (("--package", "my-pets"), "`my-pets` cannot be imported"),
        (("--package", "class"), "`class` cannot be imported"),
        (("--package", "pets", "--output", "openapi.yaml"), "openapi.yaml is no folder"),
        ((*OPTIONS, "--only", "all"), "`all` cannot be generated; there are models, server"),
        ((*OPTIONS, "--templates", "none"), "There is no folder of templates none"),
    ],
)
def test_a_wrong_option_is_one_line(generate: Run, arguments: tuple[str, ...], said: str) -> None:
    done = generate(*arguments)

    assert done.returncode == 1
    assert done.stderr.startswith(f"specfoundry: {said}")
    assert len(done.stderr.splitlines()) == 1


def test_a_mistake_in_an_own_template_is_named(generate: Run, project: Path) -> None:
    template = project / "mine" / "server" / "app.py.jinja"
    template.parent.mkdir(parents=True)
    template.write_text("one\n{% if %}\n", encoding="utf-8")

    done = generate(*OPTIONS, "--templates", "mine")

    assert done.returncode == 1
    assert done.stderr.startswith("specfoundry: mine/server/app.py.jinja:2: ")
    assert not (project / "out").exists()
