"""Do the built distributions hold what they should, and does the wheel work where nothing else is?"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")

pytestmark = pytest.mark.xdist_group("packaging")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bin folder of an environment that holds nothing but the wheel."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    (wheel,) = dist.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    subprocess.run(
        [
            *(str(UV), "pip", "install", "--quiet", "--python", str(environment / "bin/python")),
            *("--constraint", str(ROOT / "requirements/dev.txt")),
            f"specfoundry[toolchain,server,fuzz] @ {wheel.as_uri()}",
        ],
        check=True,
    )
    return environment / "bin"


def test_no_room_of_the_checkout_is_importable_from_the_wheel(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {
        "specfoundry",
        "capi",
        "cloud_controller",
    }


def test_the_wheel_carries_templates_migrations_types_docs_and_the_bundle(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for package in ("specfoundry", "capi", "cloud_controller"):
        assert f"{package}/py.typed" in names
    assert "capi/openapi.json" in names
    assert "capi/docs/index.html" in names
    assert any(name.startswith("specfoundry/templates/server/") for name in names)
    assert any(name.startswith("cloud_controller/store/migrations/") for name in names)


def test_the_source_distribution_carries_the_contract_and_the_tests(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"spec/openapi.yaml", "Makefile", "README.md", "pyproject.toml"} <= names
    assert any(name.startswith("tests/contract/") for name in names)


def test_the_installed_toolchain_generates_a_package(installed: Path, tmp_path: Path) -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/pets": {
                "get": {
                    "operationId": "listPets",
                    "tags": ["Pets"],
                    "responses": {
                        "200": {
                            "description": "All pets.",
                            "content": {
                                "application/json": {
                                    "schema": {"type": "array", "items": {"type": "string"}}
                                }
                            },
                        }
                    },
                }
            }
        },
    }
    spec = tmp_path / "pets.json"
    spec.write_text(json.dumps(document))
    command = [str(installed / "specfoundry"), "generate", str(spec), "--package", "pets"]
    subprocess.run([*command, "--output", str(tmp_path)], check=True, cwd=tmp_path)
    story = "import pets.client, pets.server, pets.models; print(pets.__version__)"
    done = subprocess.run(
        [str(installed / "python"), "-c", story],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"


def test_the_installed_server_answers(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "cloud-controller"), "serve", "--port", "0", "--data"]
    with subprocess.Popen(
        [*command, str(tmp_path / "data")], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            links = httpx2.get(address, timeout=30).json()["links"]
            assert links["cloud_controller_v3"]["href"] == f"{address}/v3"
            assert "listPackages" in httpx2.get(f"{address}/docs/", timeout=30).text
        finally:
            process.terminate()
