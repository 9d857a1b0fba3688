"""How many answers does a server give for how much of its own processor time?"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Load:
    """One bounded burst of the same request."""

    answers: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Answers per second, as the client saw them."""
        return self.answers / self.seconds

    @property
    def cpu(self) -> float:
        """Processor time of the server for one answer, in seconds."""
        return self.cpu_seconds / self.answers


async def burst(port: int, request: bytes, pid: int, *, answers: int, connections: int = 8) -> Load:
    """Send `request` until `answers` came back, over keep-alive connections.

    The client is the smallest that works: prepared bytes out, Content-Length in, so that the
    server's share of the two processors is as large as it can be.
    """
    before, start = _cpu(pid), time.perf_counter()
    each = answers // connections
    await asyncio.gather(*(_converse(port, request, each) for _ in range(connections)))
    return Load(each * connections, time.perf_counter() - start, _cpu(pid) - before)


async def _converse(port: int, request: bytes, answers: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        for _ in range(answers):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode("latin-1"))
            lower = head.lower()
            at = lower.index(b"content-length:") + 15
            await reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))
    finally:
        writer.close()


def _cpu(pid: int) -> float:
    """Return user and system time of a process, all threads, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
