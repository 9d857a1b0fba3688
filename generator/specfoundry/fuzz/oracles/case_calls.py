"""Which call is a step of a case (`x-cases`)?"""

from __future__ import annotations

import copy
import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import follow
from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.oracles.archives import archive_of, files_of
from specfoundry.fuzz.oracles.edits import left_out, put_anew
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.promises.contract import target
from specfoundry.fuzz.server.exchange import MULTIPART, Call
from specfoundry.fuzz.server.session import address
from specfoundry.fuzz.server.spoilt import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.promises.contract import Body, Operation
    from specfoundry.fuzz.server.exchange import Exchange

_INSIDE: Final = re.compile(r"\{(\$[^{}]+)\}")
_TIMES: Final = "$times"
_LIKE: Final = "11111111-2222-4333-8444-555555555555"


def _id_of_token(text: str) -> str:
    """Return the `jti` of a JSON Web Token (RFC 7519, 4.1.7), which nobody verifies here."""
    try:
        claims = text.split(".")[1]
        return str(json.loads(urlsafe_b64decode(claims + "=="))["jti"])
    except (LookupError, ValueError) as error:
        raise BarrenError("what was answered is no token with an id") from error


_CHANGES: Final[Mapping[str, Callable[[str], str]]] = {"upper": str.upper, "jti": _id_of_token}


@dataclass
class CaseCalls:
    """Makes calls of steps, some of them with what earlier ones answered.

    Attributes:
        ground: The live server.
        named: What was answered to the steps that have a name.

    """

    ground: Ground
    named: dict[str, Exchange] = field(default_factory=dict)

    def call(self, step: Mapping[str, Any]) -> Call:
        """Return the call of a step.

        Raises:
            BarrenError: Something that it needs cannot be had.
            PointerError: It speaks of what an earlier step did not answer.

        """
        operation = self.ground.contract[step["operation"]]
        call = self._begin(operation, step)
        body, path, query = copy.deepcopy(call.body), dict(call.path), dict(call.query)
        headers, raw = dict(call.headers), None
        for place, value in step.get("set", {}).items():
            new = self.value(value)
            if place.startswith("{"):
                path[place[1:-1]] = new
            elif place == "?":
                raw = str(new)
            elif place.startswith("?"):
                query[place[1:]] = new
            elif place.startswith("@"):
                headers[place[1:]] = new
            else:
                body = put_anew(body, place, new)
        for place in step.get("without", ()):
            body = left_out(body, place)
        identity = self.ground.roles.get(step.get("role", ""), "")
        if HEADER in headers:  # what calls hold is written down: no tokens
            identity = f"held/{len(self.ground.session.held)}"
            self.ground.session.held[identity] = {HEADER: headers.pop(HEADER)}
        call = replace(call, body=body, path=path, query=query, headers=headers, identity=identity)
        if "address" in step or "method" in step:
            method, where = step.get("method", operation.method), step.get("address", "")
            return replace(call, method=method, address=self.value(where))
        if raw is None:
            return call
        where = address(operation, replace(call, query={}))
        return replace(call, address=f"{where}?{raw}")

    def value(self, value: Any) -> Any:
        """Return a value of a step with everything in its place that stands for another.

        Raises:
            BarrenError: No step has the name.
            PointerError: The step did not answer, or send, what it stands for.

        """
        if isinstance(value, dict) and value.keys() == {_TIMES, "value"}:
            return self.value(value["value"]) * value[_TIMES]
        if isinstance(value, dict):
            return {name: self.value(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, str) and "{$" in value:
            return _INSIDE.sub(lambda one: str(self.value(one.group(1))), value)
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value == "$unknown":
            return self.ground.garden.fresh(_LIKE)
        if value.startswith("$fresh"):
            return self.ground.garden.fresh(value[6:] or None)
        return self._found(value)

    def _found(self, value: str) -> Any:
        value, _, change = value.partition("|")
        name, slash, rest = value[1:].partition("/")
        step, _, part = name.partition(".")
        if step not in self.named:
            raise BarrenError(f"no step is named {step}")
        exchange = self.named[step]
        whole = {"": exchange.json, "request": exchange.call.body, "path": dict(exchange.call.path)}
        found = follow(whole[part], slash + rest)
        return _CHANGES[change](found) if change in _CHANGES and isinstance(found, str) else found

    def _begin(self, operation: Operation, step: Mapping[str, Any]) -> Call:
        """Return the call before anything is set; what is going to be set need not exist."""
        media = next(iter(operation.bodies), None)
        example = _example(self.ground, media, step.get("example"))
        own = {place[1:-1] for place in step.get("set", {}) if place.startswith("{")}
        if own >= {parameter.name for parameter in operation.at("path")} and own:
            call = Call(
                operation=operation.id,
                media_type=media.media_type if media else None,
                body=copy.deepcopy(example),
            )
        else:
            call = likely(self.ground, operation, example)
        if media is not None and media.media_type == MULTIPART:
            return self._upload(operation, media, step, call)
        if "content" in step:
            return replace(call, body=str(self.value(step["content"])).encode())
        return call

    def _upload(
        self, operation: Operation, media: Body, step: Mapping[str, Any], call: Call
    ) -> Call:
        content = self.value(step["content"]).encode("latin-1") if "content" in step else None
        if "archive" in step:
            entries, packing = self.value(step["archive"]), step.get("packing", {})
            content = archive_of(operation, media, entries, packing)
        files = files_of(operation, media, content)
        if "filename" in step:
            files = [replace(one, filename=step["filename"]) for one in files]
        sent = [one for one in files if f"/{one.name}" not in step.get("without", ())]
        return replace(call, body=None if sent else {}, files=sent)


def _example(ground: Ground, media: Body | None, name: str | None) -> Any:
    if media is None or name is None:
        return next(iter(media.examples), None) if media else None
    given = media.node.get("examples", {}).get(name)
    return target(ground.contract.node, "", given)[1].get("value")
