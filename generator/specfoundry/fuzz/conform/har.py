"""What went over the wire, according to a recording (HTTP Archive 1.2)?"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from specfoundry.fuzz.server.exchange import Call, Exchange
from specfoundry.runtime.routing import Router

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Contract, Operation


class RecordingError(Exception):
    """A file is no recording; the text says where it is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One entry of a recording.

    Attributes:
        number: Its place in the file, from 1.
        method: In upper case.
        url: The whole address.
        operation: What the document calls it; None when it knows no such path or method.
        exchange: Request and answer; None when the entry was never answered (status 0).

    """

    number: int
    method: str
    url: str
    operation: Operation | None
    exchange: Exchange | None


def read_recording(text: str, contract: Contract, server: str | None = None) -> Iterator[Recorded]:
    """Yield the entries of a recording, in the order in which they stand there.

    Args:
        text: The file.
        contract: Says which operation an entry is of.
        server: Only entries whose address begins so are read; the rest of their path counts. None:
            all entries are read, by their whole path.

    Raises:
        RecordingError: It is no HTTP Archive.
    """
    router: Router[Operation] = Router()
    names = {one.id: router.add(one.method, one.path, one) for one in contract}
    for number, entry in enumerate(_entries(text), 1):
        try:
            method, url = entry["request"]["method"].upper(), entry["request"]["url"]
            below = _below(url, server)
            if below is None:
                continue
            found = router.find(method, below)
            operation = found.target
            path = dict(zip(names[operation.id], found.captured, strict=True)) if operation else {}
            call = Call(
                operation=operation.id if operation else "",
                path={name: unquote(value) for name, value in path.items()},
            )
            exchange = _exchange(entry, call)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RecordingError(
                f"entry {number} (/log/entries/{number - 1}): {error!r}"
            ) from error
        yield Recorded(
            number=number, method=method, url=url, operation=operation, exchange=exchange
        )


def _entries(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise RecordingError(f"it is no JSON: {error}") from error
    log = value.get("log") if isinstance(value, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise RecordingError("it has no list of entries at /log/entries: it is no HTTP Archive")
    return entries


def _below(url: str, server: str | None) -> str | None:
    """Return the path below a server's address, percent-encoded; None when it is another server's."""
    parts = urlsplit(url)
    if server is None:
        return parts.path or "/"
    wanted = urlsplit(server)
    base = wanted.path.rstrip("/")
    is_there = parts.netloc == wanted.netloc and f"{parts.path}/".startswith(f"{base}/")
    return (parts.path[len(base) :] or "/") if is_there else None


def _exchange(entry: Mapping[str, Any], call: Call) -> Exchange | None:
    request, response = entry["request"], entry["response"]
    if response["status"] < 100:
        return None
    headers: dict[str, str] = {}
    for header in response.get("headers", ()):
        name = header["name"].lower()
        headers[name] = (
            f"{headers[name]}, {header['value']}" if name in headers else header["value"]
        )
    content = response.get("content", {})
    mime = content.get("mimeType")
    if mime and "content-type" not in headers and mime != "x-unknown":
        headers["content-type"] = mime
    posted = request.get("postData") or {}
    return Exchange(
        call=call,
        method=request["method"].upper(),
        url=request["url"],
        request_headers={one["name"]: one["value"] for one in request.get("headers", ())},
        request_body=_bytes(posted),
        status=response["status"],
        headers=headers,
        content=_bytes(content),
    )


def _bytes(content: Mapping[str, Any]) -> bytes:
    text = content.get("text", "")
    if content.get("encoding") != "base64":
        return str(text).encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"the content is no base64: {error}") from error
