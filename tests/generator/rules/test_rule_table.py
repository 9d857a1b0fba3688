"""Is the table of rules whole: each rule named once, and shown by a broken document?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest

from specfoundry.document import bundle_document, load_document
from specfoundry.extensions import extensions
from specfoundry.rules import check
from specfoundry.rules.table import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specfoundry.extensions import Extension

BROKEN = Path(__file__).parents[1] / "broken"
OWN = Path(__file__).parents[3] / "spec" / "openapi.yaml"
HEAD = "openapi: 3.1.1\ninfo: {title: Pets, version: '1'}\n"


def rules_of(path: Path, profile: str = "errors") -> Iterable[tuple[str, str]]:
    findings = check(bundle_document(load_document(path)), profile)
    return sorted((finding.rule, finding.severity.value) for finding in findings)


def test_every_rule_has_one_name() -> None:
    names = [rule.name for rule in RULES]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", [rule.name for rule in RULES])
def test_every_rule_has_a_broken_document(name: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in BROKEN.glob("*/expected.txt")]

    assert any(re.search(rf": (error|warning) {name}: ", text) for text in texts)


def test_our_own_contract_keeps_every_rule() -> None:
    assert rules_of(OWN, "contract") == []


def test_a_foreign_document_may_do_what_a_contract_may_not(tmp_path: Path) -> None:
    document = tmp_path / "openapi.yaml"
    document.write_text(
        f"{HEAD}paths:\n  /pets:\n    get:\n      operationId: list_pets\n"
        "      responses: {'200': {description: Pets.}, '404': {description: None.}}\n"
        "components: {schemas: {Unused: {type: array}}}\n",
        encoding="utf-8",
    )

    assert rules_of(document) == []
    assert {rule for rule, _ in rules_of(document, "contract")} == {
        "described",
        "item-schema",
        "one-tag",
        "operation-id-camel-case",
        "security-stated",
        "unused-component",
    }


def test_a_link_may_cut_its_value_out_with_a_regular_expression(tmp_path: Path) -> None:
    document = tmp_path / "openapi.yaml"
    document.write_text(
        f"{HEAD}paths:\n  /jobs/{{id}}:\n    get:\n      operationId: getJob\n"
        "      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n"
        "      responses:\n        '200':\n          description: A job.\n"
        "          headers: {Location: {schema: {type: string}}}\n          links:\n"
        "            good: {operationId: getJob, parameters: {id: '$response.header.Location#regex:/jobs/(.+)'}}\n"
        "            bad: {operationId: getJob, parameters: {id: '$response.header.Location#regex:(('}}\n"
        "            own: {operationId: getJob, parameters: {id: '$request.path.id'}}\n"
        "            text: {operationId: getJob, parameters: {id: 'a-{$request.path.no}'}}\n",
        encoding="utf-8",
    )

    findings = check(bundle_document(load_document(document)))

    assert [(finding.line, finding.rule) for finding in findings] == [
        (14, "link-expression"),
        (16, "link-expression"),
    ]


def test_a_recursive_schema_is_checked_once(tmp_path: Path) -> None:
    document = tmp_path / "openapi.yaml"
    document.write_text(
        f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    Tree:\n      type: object\n"
        "      properties:\n        children: {type: array, items: {$ref: '#/components/schemas/Tree'}}\n"
        "      examples: [{children: [{children: [1]}]}]\n",
        encoding="utf-8",
    )

    assert rules_of(document) == [("schema-example", "warning")]


@pytest.mark.parametrize("extension", extensions().values(), ids=lambda found: found.name)
def test_every_example_in_the_reference_of_extensions_is_allowed(extension: Extension) -> None:
    validator = jsonschema_rs.Draft202012Validator(extension.schema)

    assert extension.examples
    assert all(validator.is_valid(example) for example in extension.examples)


@pytest.mark.parametrize("extension", extensions().values(), ids=lambda found: found.name)
def test_every_member_of_an_extension_is_described(extension: Extension) -> None:
    assert extension.title
    assert extension.description
    assert extension.places
    assert "validate" in extension.readers
    assert [member.name for member in extension.members if not member.description] == []
