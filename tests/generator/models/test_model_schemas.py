"""Do special schemas become models that a caller can rely on?"""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import MISSING, TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVENT = """
Event:
  type: object
  properties:
    at: {type: string, format: date-time}
    maybe: {type: [string, 'null'], format: date-time}
    day: {type: string, format: date}
    id: {type: string, format: uuid}
    pause: {type: string, format: duration}
    data: {type: string, format: byte}
    address: {type: string, format: uri}
    mail: {type: string, format: email}
    size: {type: [integer, string], maxLength: 3, minimum: 2}
    tags: {type: array, items: {type: string}, uniqueItems: true}
    kind: {type: string, default: null}
    old: {type: string, deprecated: true}
"""


def _both_ways(model: Any, value: Any) -> list[Any]:
    adapter = TypeAdapter(model)
    read = [adapter.validate_python(value), adapter.validate_json(json.dumps(value))]
    return [adapter.dump_python(one, mode="json", by_alias=True) for one in read]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", "2020-01-01T00:00:00Z"),
        ("at", "2020-01-01T00:00:00.100Z"),
        ("at", "2020-01-01T00:00:00+00:00"),
        ("at", "2020-01-01T02:00:00.123456789+02:00"),
        ("maybe", None),
        ("day", "2020-02-29"),
        ("id", "0A0B7C1E-1111-4222-8333-ABCDEFABCDEF"),
        ("pause", "PT60S"),
        ("data", "/w=="),
        ("address", "HTTP://Example.com"),
        ("mail", "Nobody <not an address>"),
        ("size", "abc"),
        ("size", 2),
        ("tags", ["b", "a", "b"]),
    ],
)
def test_a_text_leaves_as_it_came(models: Callable[[str], Any], name: str, value: Any) -> None:
    assert _both_ways(models(EVENT).Event, {name: value}) == [{name: value}] * 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", 5),
        ("at", "5"),
        ("at", "2020-01-01T00:00:00"),
        ("at", "2020-13-01T00:00:00Z"),
        ("at", None),
        ("maybe", "soon"),
        ("day", 0),
        ("day", "0"),
        ("day", "2020-01-01T00:00:00Z"),
        ("day", "2021-02-29"),
        ("id", "not-a-uuid"),
        ("size", "abcd"),
        ("size", 1),
        ("size", True),
    ],
)
def test_what_is_no_such_text_is_refused(
    models: Callable[[str], Any], name: str, value: Any
) -> None:
    event = models(EVENT).Event
    with pytest.raises(ValidationError):
        event.model_validate({name: value})
    with pytest.raises(ValidationError):
        event.model_validate_json(json.dumps({name: value}))


def test_dates_are_dates_and_can_be_given_as_such(models: Callable[[str], Any]) -> None:
    event = models(EVENT).Event
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    assert event.model_validate({"at": "2020-01-01T00:00:00.000Z"}).at == moment
    made = event(at=moment, day=date(2020, 1, 2))
    assert made.model_dump(mode="json") == {"at": "2020-01-01T00:00:00Z", "day": "2020-01-02"}
    with pytest.raises(ValidationError, match="timezone"):
        event(at=moment.replace(tzinfo=None))


def test_a_copied_moment_keeps_its_text(models: Callable[[str], Any]) -> None:
    value = {"at": "2020-01-01T00:00:00.000Z"}
    event = models(EVENT).Event.model_validate(value)
    assert event.model_copy(deep=True).model_dump(mode="json") == value
    assert pickle.loads(pickle.dumps(event.at)).text == value["at"]  # noqa: S301  (made just here)
    later = copy.copy(event.at).replace(year=2021)
    assert event.model_copy(update={"at": later}).model_dump(mode="json") == {
        "at": "2021-01-01T00:00:00Z"
    }


def test_a_default_of_null_is_no_value(models: Callable[[str], Any]) -> None:
    assert models(EVENT).Event.model_validate({}).kind is MISSING


def test_parts_that_contradict_each_other_become_one_class(models: Callable[[str], Any]) -> None:
    module = models("""
    Base: {type: object, required: [id], properties: {id: {type: string}, state: {type: string, enum: [a, b]}}}
    Special:
      allOf:
        - {$ref: '#/components/schemas/Base'}
        - {type: object, required: [state], properties: {state: {type: string, enum: [b, c]}}}
    """)
    assert _both_ways(module.Special, {"id": "1", "state": "b"})[0] == {"id": "1", "state": "b"}
    for wrong in ({"id": "1", "state": "a"}, {"state": "b"}, {"id": "1"}):
        with pytest.raises(ValidationError):
            module.Special.model_validate(wrong)


def test_parts_that_agree_stay_a_subclass(models: Callable[[str], Any]) -> None:
    module = models("""
    Base: {type: object, properties: {kind: {type: string}}}
    Special: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {kind: {type: string, enum: [x]}}}]}
    """)
    assert issubclass(module.Special, module.Base)


def test_a_discriminator_tells_a_class_from_its_base(models: Callable[[str], Any]) -> None:
    module = models("""
    Act: {type: object, required: [type], properties: {type: {type: string, enum: [stop, resize]}}}
    Resize: {allOf: [{$ref: '#/components/schemas/Act'}, {properties: {size: {type: integer}}}]}
    Any:
      oneOf: [{$ref: '#/components/schemas/Act'}, {$ref: '#/components/schemas/Resize'}]
      discriminator:
        propertyName: type
        mapping: {stop: '#/components/schemas/Act', resize: '#/components/schemas/Resize'}
    """)
    adapter = TypeAdapter(module.AnyModel)
    assert adapter.validate_python({"type": "resize", "size": 5}).size == 5
    assert type(adapter.validate_python({"type": "stop"})) is module.Act


def test_properties_called_like_keywords_are_properties(models: Callable[[str], Any]) -> None:
    module = models("""
    Odd:
      type: object
      properties:
        title: {type: string}
        format: {type: string}
        default: {type: 'null'}
        example: {type: integer}
        required: {type: boolean}
        $ref: {type: string}
        type: {type: string}
    """)
    value = {"title": "t", "format": "f", "default": None, "example": 1, "required": True}
    value |= {"$ref": "r", "type": "t"}
    assert _both_ways(module.Odd, value) == [value] * 2
    with pytest.raises(ValidationError):
        module.Odd.model_validate({"example": "1"})


def test_a_reference_into_a_component_follows_its_new_name(models: Callable[[str], Any]) -> None:
    module = models("""
    a.b: {type: object, properties: {c: {type: object, required: [d], properties: {d: {type: integer}}}}}
    Other: {type: object, properties: {c: {$ref: '#/components/schemas/a.b/properties/c'}}}
    """)
    assert _both_ways(module.Other, {"c": {"d": 1}})[0] == {"c": {"d": 1}}
    with pytest.raises(ValidationError):
        module.Other.model_validate({"c": {}})


@pytest.mark.parametrize(
    "text",
    [
        'ends with "',
        '"""',
        "back\\slash \\",
        "\x00\x07\x1b[31m",
        "a\r\nb",
        "'''",
        "\u2028 \u0085",
        "{% x %}",
    ],
)
def test_no_text_of_a_document_can_become_code(models: Callable[[str], Any], text: str) -> None:
    quoted = json.dumps(text)
    module = models(f"""
    Thing:
      type: object
      description: {quoted}
      properties:
        a: {{type: string, description: {quoted}}}
        b: {{type: string, default: {quoted}}}
        c: {{enum: [{quoted}]}}
        {quoted}: {{type: string}}
    """)
    assert module.Thing.model_validate({}).b == text
    assert module.Thing.model_validate({"c": text}).c == text
    assert module.Thing.model_validate({text: "x"}).model_dump(by_alias=True)[text] == "x"


def test_models_are_the_same_whatever_the_hash_seed(tmp_path: Path) -> None:
    program = """
import sys, yaml
from pathlib import Path
from specfoundry.ir.lift import lift
from specfoundry.ir.naming import schema_names
from specfoundry.render.cache import Cache
from specfoundry.targets.models import build_models
lifted = lift({"paths": {}, "components": {"schemas": yaml.safe_load(sys.stdin.read())}})
names = schema_names(lifted["components"]["schemas"])
print(build_models(lifted, names, "#", Cache(Path(sys.argv[1])))[0])
"""
    texts = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / seed)],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            input=EVENT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("pattern", "fine", "wrong"),
    [
        (r"^[\w-\.]+$", "a-b", "a b"),
        ("x(?=y)", "axy", "ax"),
        (r"^(?<n>a)\k<n>$", "aa", "a"),
        ("(?<=a|bc)x", "anything", None),
    ],
)
def test_patterns_are_run_by_whichever_engine_can(
    models: Callable[[str], Any], pattern: str, fine: str, wrong: str | None
) -> None:
    module = models(f"""
    Name: {{type: string, pattern: {json.dumps(pattern)}}}
    Thing: {{type: object, properties: {{a: {{type: string, pattern: {json.dumps(pattern)}}}}}}}
    """)
    adapter = TypeAdapter(module.Name)
    assert adapter.validate_python(fine) == fine
    assert module.Thing.model_validate({"a": fine}).a == fine
    if wrong is not None:
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)
        with pytest.raises(ValidationError):
            module.Thing.model_validate({"a": wrong})


def test_a_schema_that_is_part_of_itself_says_nothing_more(models: Callable[[str], Any]) -> None:
    module = models("""
    A: {allOf: [{$ref: '#/components/schemas/B'}, {type: object, required: [a], properties: {a: {type: integer}}}]}
    B: {allOf: [{$ref: '#/components/schemas/A'}, {type: object, properties: {b: {type: integer}}}]}
    """)
    assert module.A.model_validate({"a": 1}).a == 1


@pytest.mark.parametrize("default", ["5", "null", "{x: 1}"])
def test_a_default_of_another_type_is_no_default(
    models: Callable[[str], Any], default: str
) -> None:
    module = models(
        f"Thing: {{type: object, properties: {{a: {{type: string, default: {default}}}}}}}"
    )
    assert module.Thing.model_validate({}).a is MISSING


RULED = """
Change:
  type: object
  description: What to change.
  minProperties: 1
  maxProperties: 2
  dependentRequired: {a-b: [c]}
  properties:
    a-b: {type: string}
    c: {type: [string, 'null']}
    d: {type: integer}
Wider: {allOf: [{$ref: '#/components/schemas/Change'}, {properties: {e: {type: integer}}}]}
"""


@pytest.mark.parametrize("value", [{"c": None}, {"a-b": "x", "c": "y"}, {"d": 1, "other": 2}])
def test_rules_about_whole_objects_let_pass_what_they_allow(
    models: Callable[[str], Any], value: dict[str, Any]
) -> None:
    module = models(RULED)
    known = {key: member for key, member in value.items() if key != "other"}
    assert _both_ways(module.Change, value) == [known] * 2


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "at least 1 members, not 0"),
        ({"c": "", "d": 1, "other": 2}, "at most 2 members, not 3"),
        ({"a-b": "x"}, "`c` is required beside `a-b`"),
    ],
)
def test_rules_about_whole_objects_are_enforced(
    models: Callable[[str], Any], value: dict[str, Any], message: str
) -> None:
    module = models(RULED)
    for model in (module.Change, module.Wider):
        with pytest.raises(ValidationError, match=message):
            model.model_validate(value)
        with pytest.raises(ValidationError, match=message):
            model.model_validate_json(json.dumps(value))


def test_rules_hold_for_python_names_as_well(models: Callable[[str], Any]) -> None:
    change = models(RULED).Change
    assert change(a_b="x", c="y", d=MISSING).a_b == "x"
    with pytest.raises(ValidationError, match="required beside"):
        change(a_b="x")
