"""What must be done to a resource before others can refer to it, and when is that over?"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.promises.semantics import blob_of
from specfoundry.fuzz.server.exchange import MULTIPART, Call, Exchange, FilePart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specfoundry.fuzz.promises.contract import Body, Contract, Operation
    from specfoundry.fuzz.server.session import Session

_POLLS: Final = 1500
_PAUSE: Final = 0.02
_NAMED: Final = re.compile(r'filename="([^"]+)"')


def preparation(operation: Operation, path: Mapping[str, Any]) -> Call:
    """Return the call that prepares a resource: the operation's own first example.

    A form's part with content holds the example's text, one byte for each character.
    """
    media = next(iter(operation.bodies), None)
    example = next(iter(media.examples), None) if media else None
    files: list[FilePart] = []
    blob = blob_of(operation)
    if media is not None and media.media_type == MULTIPART and isinstance(example, dict):
        example = dict(example)
        if blob is not None and isinstance(example.get(blob.part), str):
            content = example.pop(blob.part).encode("latin-1", "replace")
            files = [
                FilePart(name=blob.part, filename=filename_of(media, blob.part), content=content)
            ]
    return Call(
        operation=operation.id,
        path=path,
        media_type=media.media_type if media else None,
        body=example,
        files=files,
    )


def settled(
    session: Session,
    contract: Contract,
    operation: Operation,
    call: Call,
    looks: int = _POLLS,
) -> Exchange:
    """Wait until the content that a call has stored can be used; return the last look at it.

    Raises:
        KeyError: The operation stores nothing whose state can be read (`x-blob`).

    """
    blob = blob_of(operation)
    reader = contract.get(blob.get) if blob else None
    if blob is None or reader is None or blob.state is None:
        raise KeyError(operation.id)
    look = session.send(Call(operation=reader.id, path=call.path))
    for _ in range(looks):
        if look.at(blob.state) not in blob.pending:
            break
        time.sleep(_PAUSE)  # between two looks at what is being worked on
        look = session.send(Call(operation=reader.id, path=call.path))
    return look


def is_ready(operation: Operation, look: Exchange) -> bool:
    """Return whether what was stored came to be as it should."""
    blob = blob_of(operation)
    return blob is None or blob.state is None or look.at(blob.state) in blob.ready


def filename_of(media: Body, part: str) -> str:
    """Return the file name that the document shows for a part, else one of a zip archive."""
    headers = media.node.get("encoding", {}).get(part, {}).get("headers", {})
    shown = headers.get("Content-Disposition", {})
    example = shown.get("example") or shown.get("schema", {}).get("example") or ""
    found = _NAMED.search(str(example))
    return found.group(1) if found else f"{part}.zip"
