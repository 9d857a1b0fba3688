"""Which steps lead to a complaint, in a form that can be kept and taken again?

A script holds the calls as they were sent. Where a call repeats a value that an earlier answer gave
(a resource's id), the script knows from where; where it sends a text that this run made up, the
text begins with the run's prefix. Both are replaced when the script is run again.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from specfoundry.fuzz.live.trial import VERDICTS, Step
from specfoundry.fuzz.server.exchange import Call, FilePart

VERSION: Final = 1


class ScriptError(Exception):
    """A file is no script of this version; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from.

    Attributes:
        step: Index of the step whose answer gave it.
        place: JSON pointer into the body of that step's first answer that has it, or the lower-case
            name of a header followed by a colon.

    """

    step: int
    place: str


@dataclass(frozen=True, kw_only=True)
class Script:
    """The steps that lead to one complaint.

    Attributes:
        check: Which check found it.
        operation: operationId of what is to be mended.
        message: What was expected and what came.
        verdict: Name of the verdict on the shown steps; None: the document judges the last answer.
        arguments: Of the verdict.
        steps: Everything that is done, in order.
        shown: How many of the steps, from the end, the verdict is about.
        origins: Where values in the calls and arguments came from.
        prefix: Begins the texts that were made up.
        invented: Ids that were made up.

    """

    check: str
    operation: str
    message: str
    verdict: str | None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...]
    shown: int
    origins: Mapping[str, Origin] = field(default_factory=dict)
    prefix: str
    invented: frozenset[str] = frozenset()

    def to_json(self) -> str:
        """Return the script as the text of a file."""
        value = {
            "script": VERSION,
            "check": self.check,
            "operation": self.operation,
            "message": self.message,
            "verdict": self.verdict,
            "arguments": self.arguments,
            "prefix": self.prefix,
            "invented": sorted(self.invented),
            "shown": self.shown,
            "origins": {text: asdict(origin) for text, origin in self.origins.items()},
            "steps": [_step_to_json(step) for step in self.steps],
        }
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Script:
        """Read the text of a file.

        Raises:
            ScriptError: It is no script.

        """
        try:
            value = json.loads(text)
        except ValueError as error:
            raise ScriptError(f"it is no JSON: {error}") from error
        if not isinstance(value, dict) or "script" not in value:
            raise ScriptError("it has no member `script`: it is no script of a finding")
        if value["script"] != VERSION:
            raise ScriptError(f"it is of version {value['script']}, not {VERSION}")
        try:
            script = cls(
                check=value["check"],
                operation=value["operation"],
                message=value["message"],
                verdict=value["verdict"],
                arguments=value["arguments"],
                prefix=value["prefix"],
                invented=frozenset(value["invented"]),
                shown=value["shown"],
                origins={name: Origin(**origin) for name, origin in value["origins"].items()},
                steps=tuple(_step_from_json(step) for step in value["steps"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ScriptError(f"it is damaged: {error!r}") from error
        if script.verdict is not None and script.verdict not in VERDICTS:
            raise ScriptError(f"there is no verdict {script.verdict!r}")
        if not 0 < script.shown <= len(script.steps):
            raise ScriptError(f"it shows {script.shown} of {len(script.steps)} steps")
        return script


def _step_to_json(step: Step) -> dict[str, Any]:
    if step.call is None:
        return {"restart": True}
    call = step.call
    value: dict[str, Any] = {"operation": call.operation}
    for name in ("path", "query", "headers"):
        if getattr(call, name):
            value[name] = dict(getattr(call, name))
    if call.media_type is not None:
        value["media_type"] = call.media_type
        value["body"] = _to_json(call.body)
    if call.files:
        value["files"] = [
            {**asdict(file), "content": _to_json(file.content)} for file in call.files
        ]
    for name in ("identity", "method", "address"):
        if getattr(call, name):
            value[name] = getattr(call, name)
    if step.follow:
        value["follow"] = step.follow
    if step.together:
        value["together"] = step.together
    return value


def _step_from_json(value: Mapping[str, Any]) -> Step:
    if value.get("restart"):
        return Step(call=None)
    files = [
        FilePart(**{**file, "content": _from_json(file["content"])})
        for file in value.get("files", ())
    ]
    call = Call(
        operation=value["operation"],
        path=value.get("path", {}),
        query=value.get("query", {}),
        headers=value.get("headers", {}),
        media_type=value.get("media_type"),
        body=_from_json(value.get("body")),
        files=tuple(files),
        identity=value.get("identity", ""),
        method=value.get("method", ""),
        address=value.get("address", ""),
    )
    follow = value.get("follow", "")
    if follow not in {"", "pages", "job"}:
        raise ValueError(f"a step cannot follow {follow!r}")
    return Step(call=call, follow=follow, together=value.get("together", 0))


def _to_json(value: Any) -> Any:
    return {"$bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"$bytes"}:
        return base64.b64decode(value["$bytes"], validate=True)
    return value


def texts(value: Any) -> Sequence[str]:
    """Return every text in a JSON value, the names of members left out."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for member in value.values() for text in texts(member)]
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [text for member in value for text in texts(member)]
    return []


def call_texts(call: Call) -> Sequence[str]:
    """Return every text in a call that may name a resource."""
    parts = [unquote(part) for part in re.split(r"[/?&=,]", call.address) if part]
    return [*texts([call.path, call.query, call.headers, call.body]), *parts]
