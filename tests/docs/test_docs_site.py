"""Is the static site complete, linked, harmless and the same every time?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specfoundry.cli import main
from specfoundry.extensions import extensions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    SiteOf = Callable[[dict[str, Any]], Any]

HOSTILE = '<script>alert(1)</script> [go](javascript:alert(1)) ![pixel](https://evil.example/x.png) "><img src=x onerror=alert(1)>'


def operation(**members: Any) -> dict[str, Any]:
    return {
        "operationId": "listPets",
        "tags": ["Pets"],
        "responses": {"200": {"description": "ok"}},
    } | members


def answers(schema: dict[str, Any], **media: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema, **media}}
    return {"responses": {"200": {"description": "ok", "content": content}}}


def pets(node: dict[str, Any], path: str = "/pets", **schemas: Any) -> dict[str, Any]:
    return {"paths": {path: {"get": node}}, "components": {"schemas": schemas}}


def test_every_link_of_the_contract_leads_somewhere(contract_site: Any) -> None:
    assert contract_site.dead_links() == []


def test_no_page_names_an_id_twice(contract_site: Any) -> None:
    for path, page in contract_site.pages().items():
        assert len(page.ids) == len(set(page.ids)), path


def test_every_asset_is_part_of_the_site_and_nothing_is_inline(contract_site: Any) -> None:
    for path, page in contract_site.pages().items():
        assert page.inline == [], path
        for source in page.sources:
            assert source == "data:," or (path.parent / source).is_file(), (path, source)
        assert "<style" not in path.read_text("utf-8")


def test_the_same_document_gives_the_same_bytes(site_of: SiteOf) -> None:
    document = pets(
        operation(**answers({"$ref": "#/components/schemas/Pet"})), Pet={"type": "object"}
    )
    first = {path: path.read_bytes() for path in site_of(document).root.rglob("*.*")}
    assert first == {path: path.read_bytes() for path in site_of(document).root.rglob("*.*")}


def test_hostile_text_is_shown_and_never_run(site_of: SiteOf) -> None:
    parameter = {
        "name": '"><b onclick=x>',
        "in": "query",
        "description": HOSTILE,
        "schema": {"type": "string", "default": HOSTILE},
    }
    schema = {
        "type": "object",
        "description": HOSTILE,
        "properties": {HOSTILE: {"type": "string", "enum": [HOSTILE]}},
    }
    node = operation(
        summary=HOSTILE,
        description=HOSTILE,
        parameters=[parameter],
        **answers(schema, example={"x": HOSTILE}),
    )
    node["externalDocs"] = {"url": "javascript:alert(1)"}
    document = pets(node) | {
        "info": {
            "title": HOSTILE,
            "version": HOSTILE,
            "description": HOSTILE,
            "contact": {"url": "javascript:alert(2)"},
        }
    }
    site = site_of(document)
    for page in site.pages().values():
        assert page.inline == []
        assert not any(link.lower().startswith("javascript") for link in page.links)
        assert not any(
            "evil.example" in source or source in ("x", "None") for source in page.sources
        )
    assert "&lt;script&gt;alert(1)" in site.text("operations/listPets.html")


def test_descriptions_are_commonmark(site_of: SiteOf) -> None:
    node = operation(
        description="Lists **all** pets.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n## Order\n\nSee [Pet](#/components/schemas/Pet) and [gone](nowhere.html)."
    )
    site = site_of(pets(node, Pet={"type": "object"}))
    page = site.text("operations/listPets.html")
    assert "<strong>all</strong>" in page
    assert "<td>1</td>" in page
    assert 'href="../schemas/Pet.html"' in page
    assert 'id="about-order"' in page
    assert site.dead_links() == []


def test_a_schema_that_holds_itself_is_linked_not_unrolled(site_of: SiteOf) -> None:
    node = {
        "type": "object",
        "properties": {
            "left": {"$ref": "#/components/schemas/Tree"},
            "fruit": {"$ref": "#/components/schemas/Fruit"},
        },
    }
    fruit = {"type": "object", "properties": {"tree": {"$ref": "#/components/schemas/Tree"}}}
    site = site_of(
        pets(operation(**answers({"$ref": "#/components/schemas/Tree"})), Tree=node, Fruit=fruit)
    )
    page = site.text("operations/listPets.html")
    assert page.count(">left<") == 1
    assert 'href="../schemas/Tree.html"' in page
    assert site.dead_links() == []


def test_a_parameter_shows_type_constraints_default_and_style(site_of: SiteOf) -> None:
    parameters = [
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}},
        {
            "name": "ids",
            "in": "query",
            "style": "form",
            "explode": False,
            "schema": {"type": "array", "items": {"type": "string"}},
        },
        {
            "name": "old",
            "in": "header",
            "deprecated": True,
            "schema": {"type": "string", "maxLength": 9},
        },
    ]
    words = site_of(pets(operation(parameters=parameters))).words("operations/listPets.html")
    for expected in (
        "minimum 1",
        "default 1",
        "separated by commas",
        "array of string",
        "length at most 9",
        "deprecated",
    ):
        assert expected in words


def test_variants_show_the_value_that_chooses_them(site_of: SiteOf) -> None:
    either = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "#/components/schemas/Cat", "dog": "Dog"},
        },
    }
    animal = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "name": {"type": ["string", "null"]}},
    }
    words = site_of(
        pets(
            operation(**answers({"$ref": "#/components/schemas/Pet"})),
            Pet=either,
            Cat=animal,
            Dog=animal,
        )
    ).words("schemas/Pet.html")
    assert "when kind is &#34;cat&#34;" in words
    assert "when kind is &#34;dog&#34;" in words
    assert "nullable" in words


def test_every_documented_example_is_shown(site_of: SiteOf) -> None:
    examples = {
        "tom": {"summary": "A cat", "value": {"name": "Tom"}},
        "rex": {"summary": "A dog", "value": {"name": "Rex"}},
    }
    words = site_of(pets(operation(**answers({"type": "object"}, examples=examples)))).words(
        "operations/listPets.html"
    )
    for expected in ("A cat", "Tom", "A dog", "Rex"):
        assert expected in words
    assert "not documented" not in words


def test_extensions_are_told_in_plain_words(site_of: SiteOf) -> None:
    node = operation(
        **{
            "x-permitted-roles": {
                "roles": ["admin"],
                "hidden": {"status": 404, "roles": ["guest"]},
            },
            "x-strict-query": True,
            "x-pagination": {"items": "/resources", "page": "page", "per-page": "size"},
            "x-async-job": {"location": "Location", "get": "listPets"},
        }
    )
    words = site_of(pets(node)).words("operations/listPets.html")
    assert "guest hidden: 404" in words
    assert "that is not listed here is refused" in words
    assert "page chooses the page, size the number of entries" in words
    assert "The header Location tells where the job can be read" in words


def test_what_a_list_filters_and_orders_by_is_told_at_its_parameters(site_of: SiteOf) -> None:
    parameters = [
        {"name": "names", "in": "query", "x-filter": {"path": "/name", "op": "in"}},
        {"name": "born", "in": "query", "x-filter": {"path": "/born", "op": "gte"}},
        {
            "name": "owners",
            "in": "query",
            "x-filter": {
                "path": "/owner/id",
                "op": "not-in",
                "null": "none",
                "ignore-case": True,
                "through": [{"operation": "listPets", "path": "/name"}],
            },
        },
        {
            "name": "sort",
            "in": "query",
            "x-order": {"values": {"age": "/born"}, "tie": "/id", "coarse": ["age"]},
        },
    ]
    node = operation(
        parameters=[{**one, "schema": {"type": "string"}} for one in parameters],
        **{"x-filters": {"born": {"path": "/birthday", "op": "lte"}}, "x-default-order": "created"},
    )
    site = site_of(pets(node))
    words = site.words("operations/listPets.html")
    for expected in (
        "filters by name lets through what is one of the values",
        "filters by birthday lets through what is at most the value",
        "filters by owner.id → listPets → name lets through what is none of the values",
        "case does not count stands for nothing &#34;none&#34;",
        "orders by age turned round by - equals by id",
        "sort orders the entries by age.",
        "Entries that look equal in age may stand in any order",
        "the entries stand in the order in which they were created",
    ):
        assert expected in words
    assert "filters by born" not in words
    assert 'href="#query-owners"' in site.text("operations/listPets.html")
    assert site.dead_links() == []


def test_every_way_to_compare_has_words(site_of: SiteOf) -> None:
    ways = extensions()["x-filter"].schema["$defs"]["filter"]["properties"]["op"]["enum"]
    parameters = [
        {
            "name": f"by-{way}",
            "in": "query",
            "x-filter": {"path": "/name", "op": way},
            "schema": {"type": "string"},
        }
        for way in ways
    ]
    words = site_of(pets(operation(parameters=parameters))).words("operations/listPets.html")
    assert words.count("filters by name lets through what") == len(ways)
    assert "what fits" not in words


def test_texts_of_a_little_language_are_told_one_by_one(site_of: SiteOf) -> None:
    forms = {
        "name:{}": {"path": "/name", "op": "in"},
        "age>{}": {"path": "/age", "op": "gt"},
    }
    parameter = {
        "name": "q",
        "in": "query",
        "x-filter": {"forms": forms},
        "schema": {"type": "string"},
    }
    words = site_of(pets(operation(parameters=[parameter]))).words("operations/listPets.html")
    assert "as name:{} filters by name lets through what is one of the values" in words
    assert "as age&gt;{} filters by age lets through what is more than the value" in words


def test_what_comes_along_leads_to_who_reads_it(site_of: SiteOf) -> None:
    parameter = {
        "name": "include",
        "in": "query",
        "x-include": {
            "owner": {"/included/owners": {"path": "/owner/id", "operation": "listPets"}}
        },
        "schema": {"type": "string"},
    }
    site = site_of(pets(operation(parameters=[parameter])))
    words = site.words("operations/listPets.html")
    assert "owner: included.owners has what owner.id names listPets" in words
    assert "brings along owner" in words
    assert site.dead_links() == []


def test_a_filter_that_no_entry_shows_is_told_nowhere(site_of: SiteOf) -> None:
    parameter = {
        "name": "names",
        "in": "query",
        "x-filter": {"path": "/name", "op": "in"},
        "schema": {"type": "string"},
    }
    node = operation(parameters=[parameter], **{"x-filters": {"names": False}})
    words = site_of(pets(node)).words("operations/listPets.html")
    assert "filters by" not in words
    assert "Filters" not in words


def test_what_is_created_and_changed_leads_to_the_operations_that_know_it(
    site_of: SiteOf,
) -> None:
    creates = {
        "id": "/id",
        "get": "getPet",
        "lists": ["listPets"],
        "update": "updatePet",
        "delete": "gone",
        "references": {"/owner/id": "getPet", "{shop}": "listPets"},
        "unique": ["/name"],
        "hides": ["/secret"],
        "position": {"at": "/rank"},
        "after": {"/owner/id": "updatePet"},
    }
    merge = {"get": "getPet", "maps": ["/labels"], "keeps": ["/id"], "bumps": ["/updated_at"]}
    create = operation(operationId="createPet", **{"x-creates": creates})
    update = operation(operationId="updatePet", **{"x-merge-patch": merge})
    site = site_of(
        {
            "paths": {
                "/pets": {"get": operation(), "post": create},
                "/pet": {"get": operation(operationId="getPet"), "patch": update},
            }
        }
    )
    words = site.words("operations/createPet.html")
    for expected in (
        "id of the answer names what was created",
        "read by getPet listed by listPets changed by updatePet removed by gone",
        "owner.id names what is read by getPet",
        "{shop} names what is read by listPets",
        "no two may share name not shown again secret place in the list, at rank",
        "owner.id needs before updatePet",
    ):
        assert expected in words
    words = site.words("operations/updatePet.html")
    for expected in (
        "What the body leaves out stays as it is",
        "merged key by key, null deletes a key labels",
        "stays as it is id",
        "moves on updated_at",
    ):
        assert expected in words
    assert 'href="../operations/getPet.html"' in site.text("operations/createPet.html")
    assert 'href="../extensions.html#x-creates"' in site.text("operations/createPet.html")
    assert site.dead_links() == []


def test_what_must_exist_before_leads_to_the_operations_that_tell(site_of: SiteOf) -> None:
    references = {
        "{pet}": {"operation": "listPets", "path": "/pets/0/id"},
        "/owner": {"operation": "listPets"},
    }
    site = site_of(pets(operation(**{"x-references": references})))
    words = site.words("operations/listPets.html")
    assert "{pet} is pets.0.id of listPets owner is known to listPets" in words
    assert site.dead_links() == []


def test_a_job_may_be_named_by_the_answer_itself(site_of: SiteOf) -> None:
    job = {"location": "/links/self", "get": "listPets", "state": "/state", "done": ["DONE"]}
    words = site_of(pets(operation(**{"x-async-job": job}))).words("operations/listPets.html")
    assert "The member /links/self of the answer tells where the job can be read" in words


def test_the_first_page_tells_how_unknown_methods_are_answered(site_of: SiteOf) -> None:
    site = site_of(pets(operation()) | {"x-unknown-method-status": 404})
    assert "Unknown methods answered 404" in site.words("index.html")
    assert site.dead_links() == []


def test_the_first_page_tells_which_roles_are_special(site_of: SiteOf) -> None:
    roles = {"everywhere": ["admin", "auditor"], "nobody": "stranger"}
    site = site_of(pets(operation()) | {"x-roles": roles})
    words = site.words("index.html")
    assert "Roles that hold everywhere admin, auditor" in words
    assert "Role of those who have none stranger" in words
    assert site.dead_links() == []


def test_cases_show_what_is_called_sent_and_answered(site_of: SiteOf) -> None:
    steps = [
        {"operation": "listPets", "name": "first", "role": "keeper", "set": {"?name": "Rex"}},
        {
            "operation": "gone",
            "set": {"/of": "$first/id", "/why": "x" * 400},
            "without": ["/more"],
            "together": 3,
            "after-restart": True,
            "status": 409,
            "code": "Busy",
            "shows": {"/text": "Come later."},
            "hides": {"/text": None},
            "says": ["later"],
        },
    ]
    case = {"title": "nothing is told twice", "steps": steps}
    site = site_of(pets(operation(**{"x-cases": [case]})))
    words = site.words("operations/listPets.html")
    for expected in (
        "nothing is told twice",
        "listPets as keeper called $first sends ?name = Rex",
        "gone 409 after a restart 3 times at once sends /of = $first/id",
        "x… leaves out /more",
        "shows /text = Come later. does not show /text = null code Busy says later",
    ):
        assert expected in words
    assert 'href="../extensions.html#x-cases"' in site.text("operations/listPets.html")
    assert site.dead_links() == []


def test_refusals_and_errors_of_an_operation_are_told(site_of: SiteOf) -> None:
    node = operation(
        **{
            "x-state-dependent": {"422": "names are unique"},
            "x-state-dependent-members": ["/owner/id", "/name"],
            "x-error-codes": ["NameTaken"],
        }
    )
    site = site_of(pets(node))
    words = site.words("operations/listPets.html")
    assert "422 names are unique depends on owner.id, name" in words
    assert "any answer may have NameTaken" in words
    assert 'href="../errors.html#NameTaken"' in site.text("operations/listPets.html")
    assert site.dead_links() == []


def test_errors_list_codes_with_their_operations(site_of: SiteOf) -> None:
    node = operation(responses={"404": {"description": "none", "x-error-codes": ["NoSuchPet"]}})
    site = site_of(pets(node))
    assert "NoSuchPet" in site.words("errors.html")
    assert 'href="../errors.html#NoSuchPet"' in site.text("operations/listPets.html")
    assert site.dead_links() == []


def test_a_document_without_error_codes_has_no_page_of_errors(site_of: SiteOf) -> None:
    site = site_of(pets(operation()))
    assert not (site.root / "errors.html").exists()
    assert site.dead_links() == []


def test_samples_call_the_documented_address_and_client(site_of: SiteOf) -> None:
    node = operation(
        parameters=[
            {
                "name": "guid",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
                "example": "p 1",
            }
        ],
        security=[{"bearer": []}],
    )
    document = pets(node, "/pets/{guid}") | {"servers": [{"url": "https://api.example.com/v1"}]}
    document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    words = site_of(document).words("operations/listPets.html")
    assert "curl https://api.example.com/v1/pets/p%201" in words
    assert "from pets.client import Client" in words.replace("  ", " ")


def test_names_become_files_that_any_file_system_keeps(site_of: SiteOf) -> None:
    document = {
        "paths": {
            "/a": {"get": operation(operationId="get/it all")},
            "/b": {"get": operation(operationId="getPet")},
            "/c": {
                "get": operation(operationId="GetPet2"),
                "post": operation(operationId="getpet2"),
            },
        }
    }
    site = site_of(document)
    names = [path.name for path in (site.root / "operations").iterdir()]
    assert len({name.lower() for name in names}) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]+", name) for name in names)
    assert site.dead_links() == []


def test_deep_nesting_neither_fails_nor_grows_without_end(site_of: SiteOf) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(60):
        schema = {
            "type": "object",
            "properties": {"x": schema, "list": {"type": "array", "items": {"type": "string"}}},
        }
    site = site_of(pets(operation(**answers(schema))))
    assert len(site.text("operations/listPets.html")) < 200_000
    assert site.dead_links() == []


def test_the_command_writes_the_site_and_says_where(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "openapi.yaml"
    source.write_text(
        "openapi: 3.1.1\ninfo: {title: Pets, version: '1'}\npaths:\n  /pets:\n    get:\n      operationId: listPets\n      responses: {'200': {description: Pets.}}\n",
        encoding="utf-8",
    )
    try:
        code = main(["docs", str(source), "--output", str(tmp_path / "out")])
    except SystemExit as left:
        code = left.code
    assert not code
    assert (tmp_path / "out" / "operations" / "listPets.html").is_file()
    assert str(tmp_path / "out") in capfd.readouterr().out


def test_the_reference_of_extensions_has_each_of_them(site_of: SiteOf) -> None:
    site = site_of(pets(operation(**{"x-strict-query": True})))
    words = site.words("extensions.html")
    ids = site.pages()[site.root / "extensions.html"].ids
    for extension in extensions().values():
        assert extension.name in ids
        assert extension.title in words
        for member in extension.members:
            assert f"<code>{member.name}</code>" in site.text("extensions.html")
    assert 'href="../extensions.html"' in site.text("operations/listPets.html")
    assert site.dead_links() == []


def test_the_reference_of_extensions_leads_to_the_operations_that_have_them(
    site_of: SiteOf,
) -> None:
    page = {
        "name": "page",
        "in": "query",
        "x-decode": "leading-integer",
        "schema": {"type": "integer"},
    }
    site = site_of(pets(operation(parameters=[page])))
    assert "1 operation GET /pets" in site.words("extensions.html")
    assert 'href="operations/listPets.html"' in site.text("extensions.html")


def test_a_document_without_extensions_has_no_reference_of_them(site_of: SiteOf) -> None:
    site = site_of(pets(operation(**{"x-logo": "cat.png"})))
    assert not (site.root / "extensions.html").exists()
    assert site.dead_links() == []
