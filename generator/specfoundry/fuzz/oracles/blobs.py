"""Does what is uploaded come back, and only when it may?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError, Plant
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.archives import files_of, members_of, tarred, zipped
from specfoundry.fuzz.oracles.bodies import turned_down
from specfoundry.fuzz.oracles.shapes import parts
from specfoundry.fuzz.promises.semantics import blob_of
from specfoundry.fuzz.server.exchange import MULTIPART, Call, FilePart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Body, Operation
    from specfoundry.fuzz.promises.resources import Blob

CHECK: Final = "blob"
_PART: Final = 40
_DIGESTS: Final = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


@verdict
def comes_back(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last step does not give back what the first one uploaded.

    Arguments: `keeps` (`bytes` or `entries`).
    """
    upload, download = taken[0].step.call, taken[-1].last
    if upload is None or 300 <= download.status < 400:  # it lies with somebody else
        return None
    if not download.ok:
        return f"what was uploaded cannot be downloaded: {download.status}"
    sent = upload.files[0].content
    if arguments["keeps"] == "entries":
        if members_of(download.content) != members_of(sent):
            return "the files of the archive are not those that were uploaded"
        return None
    return None if download.content == sent else "the bytes are not those that were uploaded"


@verdict
def is_digest(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the resource tells another digest than that of its content.

    The last step but one reads the resource, the last one downloads. Arguments: `checksum`.
    """
    told, download = taken[-2].last.at(arguments["checksum"]), taken[-1].last
    if not taken[-2].last.ok or download.status != 200:
        return None
    if not isinstance(told, str):
        return f"{arguments['checksum']} holds no digest although there is content"
    name = _DIGESTS.get(len(told))
    if name is None:  # the digits of no digest that anybody uses
        return f"{arguments['checksum']} is as long as no digest: {len(told)} characters"
    kind = taken[-2].last.at(f"{arguments['checksum'].rpartition('/')[0]}/type")
    if isinstance(kind, str) and kind.lower().replace("-", "") in _DIGESTS.values():
        name = kind.lower().replace("-", "")
    found = hashlib.new(name, download.content, usedforsecurity=False).hexdigest()
    return None if found == told.lower() else f"{arguments['checksum']} is not the {name} of it"


@verdict
def becomes_ready(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when content does not get ready after its upload, or goes through unknown states.

    Arguments: `state`, `pending`, `ready`.
    """
    if not taken[0].first.ok:
        return f"the upload was refused: {taken[0].first.status}"
    states = [one.last.at(arguments["state"]) for one in taken[1:]]
    wrong = [one for one in states if one not in (*arguments["pending"], *arguments["ready"])]
    if wrong:
        return f"a good upload led to the state {wrong[0]!r}"
    return None if states[-1] in arguments["ready"] else f"it stays in the state {states[-1]!r}"


@verdict
def is_part(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last step does not give the part of the step before it that was asked for.

    Arguments: `range` (as in the header), `first` and `last` (its bytes; null: there are none).
    """
    whole, part, asked = taken[-2].last, taken[-1].last, arguments["range"]
    if whole.status != 200:
        return None
    first, last = arguments["first"], arguments["last"]
    if first is None:
        return None if part.status == 416 else f"{asked}: 416 is right, and {part.status} came"
    if part.status != 206:
        return f"{asked}: 206 is right, and {part.status} came"
    if part.content != whole.content[first : last + 1]:
        return f"{asked}: other bytes came"
    told = f"bytes {first}-{last}/{len(whole.content)}"
    shown = part.headers.get("content-range")
    return None if shown == told else f"{asked}: Content-Range is not that of the bytes"


@verdict
def has_own_tag(taken: Sequence[Taken], _arguments: Mapping[str, Any]) -> str | None:
    """Say when the last two steps downloaded different bytes with the same entity tag."""
    one, other = taken[-2].last, taken[-1].last
    tag = one.headers.get("etag")
    if one.status != 200 or other.status != 200 or one.content == other.content or tag is None:
        return None
    return "other bytes have the same ETag" if other.headers.get("etag") == tag else None


@verdict
def nothing_yet(taken: Sequence[Taken], _arguments: Mapping[str, Any]) -> str | None:
    """Say when there is something to download before anything was uploaded."""
    return None if taken[-1].last.refused else f"before any upload: {taken[-1].last.status}"


def blobs(ground: Ground) -> Iterator[Complaint]:
    """Upload to one resource of every kind that takes content, wrongly first."""
    if ground.read_only:
        return
    for operation in ground.contract:
        blob = blob_of(operation)
        media = next((one for one in operation.bodies if one.media_type == MULTIPART), None)
        if blob is None or media is None:
            continue
        if not ground.concerns(operation, blob.get, blob.download):
            continue
        try:
            plant = _holder(ground, operation, blob)
        except BarrenError:
            continue
        yield from _Upload(ground, operation, blob, media, plant).run()


def _holder(ground: Ground, operation: Operation, blob: Blob) -> Plant:
    """Grow a resource that takes content.

    Raises:
        BarrenError: There is no way.

    """
    above = operation.path.rpartition("/")[0]
    found = ground.contract.paths.get(("GET", above))
    reader = blob.get or (found.id if found else "")
    if reader not in ground.garden.creators:
        raise BarrenError(f"nobody creates what {operation.id} uploads to")
    return ground.garden.grow(*ground.garden.creators[reader])


@dataclass
class _Upload:
    """The uploads to one resource."""

    ground: Ground
    operation: Operation
    blob: Blob
    media: Body
    plant: Plant

    def run(self) -> Iterator[Complaint]:
        """Yield what is wrong, first with bad uploads, then with a good one."""
        if self.blob.download:
            yield from self._found(nothing_yet, [self.download(self.blob.download)])
        for what, call in self._bad_calls():
            sent = [self.ground.take(call)]
            statuses = [400, 413, 415, 422]
            yield from self._found(turned_down, sent, what=what, statuses=statuses)
        upload = self.ground.take(self._call(), "job")
        looks = list(self.watch())
        if looks:
            states = {
                "state": self.blob.state,
                "pending": list(self.blob.pending),
                "ready": list(self.blob.ready),
            }
            yield from self._found(becomes_ready, [upload, *looks], **states)
        if upload.first.ok and self.blob.download:
            yield from self._content(upload, looks, self.download(self.blob.download))

    def _content(
        self, upload: Taken, looks: Sequence[Taken], download: Taken
    ) -> Iterator[Complaint]:
        yield from self._kept(upload, looks, download)
        if download.last.status == 200:
            yield from self._parts(upload, download)
            yield from self._another(download)

    def _kept(self, upload: Taken, looks: Sequence[Taken], download: Taken) -> Iterator[Complaint]:
        yield from self._found(comes_back, [upload, download], keeps=self.blob.keeps)
        if self.blob.checksum and looks:
            yield from self._found(
                is_digest, [upload, looks[-1], download], checksum=self.blob.checksum
            )

    def _parts(self, upload: Taken, download: Taken) -> Iterator[Complaint]:
        """Ask for parts, where the document knows them."""
        operation = self.ground.contract[self.blob.download or ""]
        call, size = download.first.call, len(download.last.content)
        if "206" not in operation.answers or size < _PART:
            return
        asked: list[tuple[str, int | None, int | None]] = [
            ("bytes=0-9", 0, 9),
            ("bytes=10-19", 10, 19),
            (f"bytes={size - 5}-", size - 5, size - 1),
            ("bytes=-7", size - 7, size - 1),
            (f"bytes=5-{size + 100}", 5, size - 1),
        ]
        if "416" in operation.answers:
            asked.append((f"bytes={size}-{size + 10}", None, None))
        for text, first, last in asked:
            part = self.ground.take(replace(call, headers={"Range": text}))
            what = text if first in {0, 10} or text == "bytes=-7" else "bytes at the end"
            yield from self._found(
                is_part, [upload, download, part], range=what, first=first, last=last
            )

    def _another(self, download: Taken) -> Iterator[Complaint]:
        """Upload other content to another resource, and compare what caches go by."""
        try:
            other = replace(self, plant=_holder(self.ground, self.operation, self.blob))
        except BarrenError:
            return
        upload = self.ground.take(other.other_call(), "job")
        looks = list(other.watch())
        if upload.first.ok and self.blob.download:
            second = other.download(self.blob.download)
            yield from self._kept(upload, looks, second)
            yield from self._found(has_own_tag, [upload, download, second])

    def other_call(self) -> Call:
        """Return an upload of other content than usual, in an archive with a folder."""
        name = self._call().files[0].filename
        small = {"folder/": b"", "folder/other.txt": b"other content"}
        content = tarred(small) if name.endswith((".tgz", ".tar.gz")) else zipped(small)
        return self._call(files_of(self.operation, self.media, content))

    def _call(self, files: Sequence[FilePart] | None = None) -> Call:
        path = self.plant.path(self.operation)
        given = files_of(self.operation, self.media) if files is None else files
        return Call(operation=self.operation.id, path=path, media_type=MULTIPART, files=given)

    def _bad_calls(self) -> Iterator[tuple[str, Call]]:
        good = self._call()
        own = good.files[0]
        yield "a form without parts", replace(good, files=[], body={})
        other = replace(own, name="nobody_knows_this")
        yield "a part of another name instead", replace(good, files=[other])
        if self.media.node.get("schema", {}) and self._is_closed():
            yield "one more part", replace(good, files=[own, other])
        raw = replace(good, files=(), body=zipped(), media_type="application/zip")
        yield "no form at all", raw
        headers = {"Content-Type": f"{MULTIPART}; boundary=b"}
        broken = replace(
            raw, media_type="multipart/broken", headers=headers, body=b"--b\r\nnothing"
        )
        yield "a form that breaks off", broken

    def _is_closed(self) -> bool:
        found = parts(self.ground.contract.node, self.media.node["schema"])
        return any(part.get("additionalProperties") is False for part in found)

    def download(self, name: str) -> Taken:
        """Ask for the content."""
        operation = self.ground.contract[name]
        return self.ground.take(Call(operation=operation.id, path=self.plant.path(operation)))

    def watch(self) -> Iterator[Taken]:
        """Read the resource until its content is ready, or is not going to be."""
        if self.blob.get is None or self.blob.state is None:
            return
        reader = self.ground.contract[self.blob.get]
        state, pending = self.blob.state, self.blob.pending
        call = Call(operation=reader.id, path=self.plant.path(reader))
        yield from self.ground.looks(call, lambda last: last.at(state) not in pending)

    def _found(self, rule: Any, taken: Sequence[Taken], **arguments: Any) -> Iterator[Complaint]:
        complaint = judged(CHECK, self.operation.id, rule, taken, **arguments)
        if complaint:
            yield complaint
