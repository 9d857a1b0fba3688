"""What does recorded traffic break of a document?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from specfoundry.fuzz.conform.har import read_recording
from specfoundry.fuzz.conform.live import Found, Outcome
from specfoundry.fuzz.live.judge import Judge
from specfoundry.fuzz.live.requests import RequestJudge
from specfoundry.fuzz.live.trial import Complaint, Step, Taken

if TYPE_CHECKING:
    from specfoundry.fuzz.conform.har import Recorded
    from specfoundry.fuzz.live.judge import Objection
    from specfoundry.fuzz.promises.contract import Contract


def judge_recording(text: str, contract: Contract, server: str | None = None) -> Outcome:
    """Judge every answer of a recording, and every request that was accepted.

    Args:
        text: An HTTP Archive.
        contract: The document.
        server: Only entries below this address are judged; None: all.

    Raises:
        RecordingError: It is no HTTP Archive.
    """
    judge = Judge(contract)
    requests = RequestJudge(contract, judge)
    outcome = Outcome()
    seen: set[tuple[str, Objection]] = set()
    for entry in read_recording(text, contract, server):
        operation, exchange = entry.operation, entry.exchange
        if operation is None:
            place = f"{entry.method} {entry.url.partition('?')[0]}"
            outcome.unknown[place] += 1
        elif exchange is None:
            outcome.statuses.setdefault(operation.id, Counter())[0] += 1
        else:
            outcome.statuses.setdefault(operation.id, Counter())[exchange.status] += 1
            said = (
                *judge.objections(operation, exchange),
                *requests.objections(operation, exchange),
            )
            for objection in said:
                if (operation.id, objection) not in seen:
                    seen.add((operation.id, objection))
                    outcome.found.append(_found(entry, objection))
    return outcome


def _found(entry: Recorded, objection: Objection) -> Found:
    if entry.exchange is None or entry.operation is None:
        raise ValueError("only what was answered can be objected to")
    taken = Taken(Step(call=entry.exchange.call), (entry.exchange,))
    complaint = Complaint(
        check=objection.check,
        operation=entry.operation.id,
        message=f"Entry {entry.number}: {objection.message}",
        taken=(taken,),
    )
    return Found(complaint=complaint, script=None)
