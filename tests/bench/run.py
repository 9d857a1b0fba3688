"""How does the project compare, side by side in one run, with the least that could be done?"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
from fuzzing import measure_fuzzing
from load import burst
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ROUNDS = 5


@contextmanager
def served(*command: str, **environment: str) -> Iterator[tuple[int, int]]:
    """Start a server; give its port and process id; end it."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"{command[0]} did not start")
            yield int(line.rsplit(":", 1)[1]), process.pid
        finally:
            process.terminate()


def log_in(address: str) -> httpx2.Client:
    """Return a client with an admin's token."""
    client = httpx2.Client(base_url=address, timeout=120)
    form = {"grant_type": "password", "username": "admin", "password": "admin"}
    token = client.post("/oauth/token", data=form, auth=("cf", "")).raise_for_status().json()
    client.headers["Authorization"] = f"bearer {token['access_token']}"
    return client


def created(client: httpx2.Client, path: str, **body: Any) -> str:
    """Create a resource and return its guid."""
    return str(client.post(path, json=body).raise_for_status().json()["guid"])


def to(guid: str) -> dict[str, Any]:
    """Return a to-one relationship."""
    return {"data": {"guid": guid}}


def fill(client: httpx2.Client, packages: int) -> tuple[str, str]:
    """Create an app with that many packages; return the app's guid and one package's."""
    org = created(client, "/v3/organizations", name=f"bench-{time.time_ns()}")
    space = created(client, "/v3/spaces", name="bench", relationships={"organization": to(org)})
    app = created(client, "/v3/apps", name="bench", relationships={"space": to(space)})
    guid = ""
    for _ in range(packages):
        guid = created(client, "/v3/packages", type="bits", relationships={"app": to(app)})
    return app, guid


def measure_reads(folder: Path, answers: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Compare a page of 50 packages, and one package, with a constant body of the same size."""
    with served(
        str(BIN / "cloud-controller"), "serve", "--port", "0", "--data", str(folder)
    ) as ours:
        client = log_in(f"http://127.0.0.1:{ours[0]}")
        _, package = fill(client, 200)
        paths = {"page": "/v3/packages?page=2&per_page=50", "get": f"/v3/packages/{package}"}
        for name, path in paths.items():
            size = len(client.get(path).content)
            token = client.headers["Authorization"]
            request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n\r\n"
            constant = (sys.executable, str(Path(__file__).with_name("constant.py")))
            with served(*constant, CONSTANT_SIZE=str(size)) as theirs:
                rates, cpus = asyncio.run(_alternate(ours, theirs, request.encode(), answers))
            against = f"a constant body of {size} bytes on the same server"
            yield f"{name}-throughput", {"ratio": rates, "unit": "answers/s", "against": against}
            yield f"{name}-cpu", {"ratio": cpus, "unit": "CPU s/answer", "against": against}


async def _alternate(
    ours: tuple[int, int], theirs: tuple[int, int], request: bytes, answers: int
) -> tuple[float, float]:
    rates, cpus = [], []
    for _ in range(ROUNDS):
        mine = await burst(ours[0], request, ours[1], answers=answers)
        least = await burst(theirs[0], request, theirs[1], answers=answers)
        rates.append(mine.rate / least.rate)
        cpus.append(mine.cpu / least.cpu)
    return statistics.median(rates), statistics.median(cpus)


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _paired(first: Callable[[], object], second: Callable[[], object], rounds: int) -> float:
    return statistics.median(_seconds(first) / _seconds(second) for _ in range(rounds))


def measure_upload(folder: Path, mebibytes: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Compare an upload of random bytes in a zip with hashing the same file locally."""
    archive = folder / "bits.zip"
    make_archive(archive, mebibytes)
    with served(
        str(BIN / "cloud-controller"), "serve", "--port", "0", "--data", str(folder / "data")
    ) as (port, _):
        client = log_in(f"http://127.0.0.1:{port}")
        app, _package = fill(client, 0)

        def upload() -> None:
            guid = created(client, "/v3/packages", type="bits", relationships={"app": to(app)})
            with archive.open("rb") as bits:
                form = {"bits": ("bits.zip", bits, "application/zip")}
                client.post(f"/v3/packages/{guid}/upload", files=form).raise_for_status()

        def hash_locally() -> None:
            with archive.open("rb") as bits:
                sha1, sha256 = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
                while block := bits.read(1 << 20):
                    sha1.update(block)
                    sha256.update(block)

        ratio = _paired(upload, hash_locally, 3)
    against = "SHA-1 and SHA-256 of the same file, locally"
    yield f"upload-{mebibytes}-mib", {"ratio": ratio, "unit": "s", "against": against}


def make_archive(path: Path, mebibytes: int) -> None:
    """Write a stored zip of that many MiB of random bytes."""
    import zipfile  # noqa: PLC0415  (only here)

    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(mebibytes // 16):
            archive.writestr(f"{number}.bin", os.urandom(16 << 20))


def measure_generation(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Compare the whole generation with datamodel-code-generator alone on the same bundle."""
    spec = ROOT / "generated/capi/openapi.json"
    environment = {**os.environ, "SPECFOUNDRY_CACHE": str(folder / "cache")}
    generate = [str(BIN / "specfoundry"), "generate", str(spec), "--package", "capi"]
    models = [
        *(str(BIN / "datamodel-codegen"), "--input", str(spec), "--input-file-type", "openapi"),
        *("--output", str(folder / "models.py"), "--output-model-type", "pydantic_v2.BaseModel"),
        *("--formatters", "ruff-check", "ruff-format", "--use-annotated", "--disable-timestamp"),
    ]
    count = iter(range(1000))

    def cold() -> None:
        output = str(folder / f"out-{next(count)}")
        fresh = {**environment, "SPECFOUNDRY_CACHE": output + "-cache"}
        command = [*generate, "--output", output]
        subprocess.run(command, check=True, env=fresh, cwd=folder, capture_output=True)

    def warm() -> None:
        command = [*generate, "--output", str(folder / "out")]
        subprocess.run(command, check=True, env=environment, cwd=folder, capture_output=True)

    def models_alone() -> None:
        subprocess.run(models, check=True, cwd=folder, capture_output=True)

    warm()
    against = "datamodel-code-generator alone, on the same bundle"
    yield "generate-all", {"ratio": _paired(cold, models_alone, 3), "unit": "s", "against": against}
    yield (
        "generate-again",
        {"ratio": _paired(warm, models_alone, 3), "unit": "s", "against": against},
    )


def measure_fuzzers(folder: Path, seconds: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Compare the fuzzer with Schemathesis alone on the reference server full of seeded faults."""
    faulty = str(Path(__file__).with_name("faulty.py"))
    folder.mkdir()
    environment = {
        "CLOUD_CONTROLLER_ACCESS_TOKEN_VALIDITY": "86400",
        "CLOUD_CONTROLLER_LOCKOUT_FAILURES": "0",
    }
    with ExitStack() as servers:
        reached = []
        programs = {"faulty": (sys.executable, faulty), "healthy": (str(BIN / "cloud-controller"),)}
        for name, program in programs.items():
            command = (*program, "serve", "--port", "0", "--data", str(folder / name))
            port, _ = servers.enter_context(served(*command, **environment))
            address = f"http://127.0.0.1:{port}"
            header = f"Authorization: {log_in(address).headers['Authorization']}"
            reached.append((address, header))
        yield from measure_fuzzing(reached[0], reached[1], folder, seconds)


def main() -> None:
    """Run every comparison and write the ratios."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller, to see that it works")
    quick = parser.parse_args().quick
    console = Console()
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as name, console.status("measuring"):
        folder = Path(name)
        results.update(measure_reads(folder / "reads", 400 if quick else 4000))
        results.update(measure_upload(folder, 16 if quick else 256))
        results.update(measure_generation(folder))
        results.update(measure_fuzzers(folder / "fuzz", 20 if quick else 120))
    table = Table("what", "ratio", "unit", "against")
    for what, result in results.items():
        table.add_row(what, f"{result['ratio']:.2f}", result["unit"], result["against"])
    console.print(table)
    target = ROOT / "build/bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2) + "\n")
    console.print(f"Written to {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
