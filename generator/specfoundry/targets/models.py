"""Which pydantic models do the schemas become?

datamodel-code-generator writes them; here it is told how, and its answer is checked.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specfoundry.ir.naming import snake
from specfoundry.ir.schema_types import EXACT
from specfoundry.ir.schemas import iter_schemas
from specfoundry.render.cache import digest, toolchain_digest
from specfoundry.resources import package_folder
from specfoundry.targets.models_input import models_input
from specfoundry.targets.models_rules import take_rules, with_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.render.cache import Cache

_DATES = "specfoundry.runtime.dates"
OPTIONS = (
    *("--input-file-type", "openapi"),
    *("--output-model-type", "pydantic_v2.BaseModel"),
    *("--target-python-version", "3.11", "--target-pydantic-version", "2.14"),
    *(
        "--use-annotated",
        "--field-constraints",
        "--use-standard-collections",
        "--use-union-operator",
    ),
    # Absent and null are two things: optional members are MISSING unless they are sent.
    *("--strict-nullable", "--use-missing-sentinel"),
    # "1" is no integer and 1 is no boolean, in Python as in JSON.
    *("--strict-types", "int", "float", "bool"),
    # A schema that is a plain string stays a `str` with a name, not a class around it.
    "--use-type-alias",
    *("--enum-field-as-literal", "all"),
    *("--naming-strategy", "primary-first", "--no-treat-dot-as-module", "--keep-model-order"),
    *("--type-mappings", "uri=string", "uri-reference=string", "email=string", "hostname=string"),
    *("ipv4=string", "ipv6=string", "password=string"),
    *("--use-schema-description", "--use-field-description"),
    *("--strict-refs", "--no-allow-remote-refs", "--disable-timestamp", "--disable-warnings"),
    *("--no-use-type-checking-imports", "--allow-population-by-field-name"),
    *("--type-overrides", json.dumps({name: f"{_DATES}.{name}" for name in EXACT.values()})),
    *("--formatters", "builtin"),
)
_HEADER = '''{banner}
"""What do the schemas of the document look like in Python?"""
'''


class ModelsError(Exception):
    """datamodel-code-generator failed, or did not make what was asked for."""


def build_models(
    lifted: Mapping[str, Any], names: Mapping[str, str], banner: str, cache: Cache
) -> tuple[str, bool]:
    """Return the source of the models module, and whether it came out of the cache.

    Args:
        lifted: the bundled document after `ir.lift`.
        names: class names of its components.schemas.
        banner: first line of the module.
        cache: where results are kept by content.

    Raises:
        ModelsError: The generator failed.
    """
    if not names:  # the generator takes a document without schemas for a mistake
        return _HEADER.format(banner=banner), False
    document = models_input(lifted, names)
    rules = take_rules(document["components"]["schemas"])
    text = json.dumps(document, ensure_ascii=False)
    key = digest("models", text, banner, toolchain_digest(package_folder()), *OPTIONS)
    kept = cache.get(key)
    if isinstance(kept, str):
        return kept, True
    source = _HEADER.format(banner=banner) + with_rules(
        _without_header(_run(text, _aliases(document["components"]["schemas"]))), rules
    )
    missing = set(names.values()) - set(_defined(source))
    if missing:
        raise ModelsError(f"no models came out for {', '.join(sorted(missing)[:5])}")
    cache.put(key, source)
    return source, False


def _aliases(schemas: Mapping[str, Any]) -> dict[str, str]:
    """Return other Python names for members that pydantic keeps for its own methods."""
    names = {
        name
        for schema in schemas.values()
        for node in iter_schemas(schema)
        for name in node.get("properties") or ()
    }
    return {name: f"field_{snake(name)}" for name in sorted(names) if _is_protected(snake(name))}


def _is_protected(name: str) -> bool:
    return name.startswith(("model_dump", "model_validate"))


def _run(text: str, aliases: Mapping[str, str]) -> str:
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "document.json"), Path(name, "models.py")
        source.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "datamodel_code_generator"]
        paths = ["--input", str(source), "--output", str(target)]
        done = subprocess.run(  # noqa: S603  (our own arguments)
            [*command, *paths, *OPTIONS, "--aliases", json.dumps(aliases)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 or not target.is_file():
            message = (done.stderr or done.stdout).strip().splitlines()
            raise ModelsError(f"datamodel-code-generator: {' '.join(message[-3:])[:1000]}")
        return target.read_text(encoding="utf-8")


def _without_header(source: str) -> str:
    lines = source.splitlines(keepends=True)
    while lines and (lines[0].startswith("#") or not lines[0].strip()):
        lines.pop(0)
    return "\n" + "".join(lines)


def _defined(source: str) -> Iterator[str]:
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
