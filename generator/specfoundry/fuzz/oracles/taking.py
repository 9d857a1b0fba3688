"""Which values does a parameter take, going by its schema?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.fuzz.promises.contract import target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.promises.contract import Parameter


def takes(ground: Ground, parameter: Parameter, value: Any) -> bool:
    """Return whether a parameter's schema allows a value."""
    return ground.contract.validators.allows(join(parameter.pointer, "schema"), value)


def schema_of(ground: Ground, parameter: Parameter) -> Mapping[str, Any]:
    """Return a parameter's schema, or that of a list's items, references followed."""
    schema = target(ground.contract.node, "", parameter.schema)[1]
    if schema.get("type") == "array":
        return target(ground.contract.node, "", schema.get("items", {}))[1]
    return schema
