"""What does an object's schema ask for besides its members' own types?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import MISSING, BaseModel, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRules:
    """The rules of one schema (JSON Schema 2020-12, Validation 6.5), by wire names."""

    at_least: int = 0
    at_most: int | None = None
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Member → members that must be there as well (`dependentRequired`)."""

    def check(self, present: frozenset[str]) -> None:
        """Raise PydanticCustomError for the first rule that the members present break."""
        if len(present) < self.at_least:
            told = {"wanted": self.at_least, "found": len(present)}
            raise PydanticCustomError(
                "too_few_members", "Object should have at least {wanted} members, not {found}", told
            )
        if self.at_most is not None and len(present) > self.at_most:
            told = {"wanted": self.at_most, "found": len(present)}
            raise PydanticCustomError(
                "too_many_members", "Object should have at most {wanted} members, not {found}", told
            )
        for member, others in self.together.items():
            if member in present and not present.issuperset(others):
                missing = next(name for name in others if name not in present)
                raise PydanticCustomError(
                    "dependent_member",
                    "Member `{missing}` is required beside `{member}`",
                    {"missing": missing, "member": member},
                )


class CheckedModel(BaseModel):
    """Base of the models whose schemas have such rules."""

    object_rules: ClassVar[ObjectRules] = ObjectRules()

    @model_validator(mode="before")
    @classmethod
    def _check_rules(cls, data: Any) -> Any:
        if isinstance(data, dict):
            wire = {name: info.alias or name for name, info in cls.model_fields.items()}
            present = [str(key) for key, value in data.items() if value is not MISSING]
            cls.object_rules.check(frozenset(wire.get(key, key) for key in present))
        return data
