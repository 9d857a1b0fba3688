"""How does each task get a process of its own, quickly and without a trace?

The parent has imported all that is heavy; each child is a fork of it, and whatever a child leaves
behind (processes, files) goes with it.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    Task: TypeAlias = Callable[[Path], dict[str, Any]]

Key = TypeVar("Key")
_WAIT_SECONDS = 0.5


@dataclass(slots=True)
class _Child(Generic[Key]):
    key: Key
    process: int
    pipe: int
    folder: Path
    begun: float
    deadline: float
    said: bytearray = field(default_factory=bytearray)


def run_all(
    tasks: Iterable[tuple[Key, Task]],
    *,
    jobs: int,
    timeout: float,
    idle: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Carry out tasks, some at a time; yield each outcome as it comes.

    Args:
        tasks: What to do in an empty folder, each with a key; what it returns must be JSON.
        jobs: How many processes at a time.
        timeout: Seconds for one; then its finding is `timeout`.
        idle: Called about twice a second.

    Yields:
        The key, and what the task returned with `seconds`. A task that takes too long or dies has
        the finding `timeout` or `crash`; one that raises has `error`, the traceback.

    """
    waiting = iter(tasks)
    children: dict[int, _Child[Key]] = {}
    selector = selectors.DefaultSelector()
    gc.collect()
    gc.freeze()  # a collection in a child must not copy every page of the parent
    try:
        while True:
            while len(children) < jobs and (one := next(waiting, None)) is not None:
                child = _fork(*one, timeout)
                children[child.pipe] = child
                selector.register(child.pipe, selectors.EVENT_READ)
            if not children:
                return
            for child in _ready(selector, children):
                selector.unregister(child.pipe)
                del children[child.pipe]
                yield child.key, _end(child)
            idle()
    finally:
        for child in children.values():
            _end(child)
        selector.close()


def _ready(
    selector: selectors.BaseSelector, children: dict[int, _Child[Key]]
) -> Iterator[_Child[Key]]:
    for ready, _ in selector.select(_WAIT_SECONDS):
        child = children[ready.fd]
        data = os.read(child.pipe, 1 << 16)
        child.said += data
        if not data:
            yield child
    now = time.monotonic()
    yield from [child for child in children.values() if child.deadline < now]


def _fork(key: Key, task: Task, timeout: float) -> _Child[Key]:
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _be_child(task, folder, writing)
    os.close(writing)
    now = time.monotonic()
    return _Child(key, process, reading, folder, now, now + timeout)


def _be_child(task: Task, folder: Path, writing: int) -> None:
    status = 1
    try:
        os.setsid()  # so that all its processes can be ended together
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT, 0o600)
        for descriptor in (1, 2):
            os.dup2(log, descriptor)
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        try:
            outcome = task(folder)
        except Exception:  # noqa: BLE001 -- told to the parent, who says whose fault it is
            outcome = {"error": traceback.format_exc()}
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(outcome).encode())
        status = 0
    finally:
        os._exit(status)


def _end(child: _Child[Any]) -> dict[str, Any]:
    """End a child with all that it started, and return what it said."""
    with suppress(ProcessLookupError):
        os.killpg(child.process, signal.SIGKILL)
    os.waitpid(child.process, 0)
    os.close(child.pipe)
    seconds = round(time.monotonic() - child.begun, 3)
    log = (child.folder / "log").read_text("utf-8", "replace") if not child.said else ""
    shutil.rmtree(child.folder, ignore_errors=True)
    if child.said:
        return {**json.loads(child.said), "seconds": seconds}
    late = time.monotonic() >= child.deadline
    check, text = ("timeout", "") if late else ("crash", log[-500:])
    found = {"check": check, "operation": "", "message": text}
    return {"findings": [found], "unused": [], "seconds": seconds}
