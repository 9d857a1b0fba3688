"""What is done with one part of a document, and what is told of it?"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from specfoundry.fuzz.live.judge import Judge
from specfoundry.fuzz.live.requests import RequestJudge
from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.oracles.suite import ORACLES
from specfoundry.fuzz.phases.engine import Engine, Options, Target
from specfoundry.fuzz.phases.outcome import Outcome
from specfoundry.fuzz.phases.pool import Pool
from specfoundry.fuzz.promises.plan import build_plan
from specfoundry.fuzz.reports.coverage import Coverage
from specfoundry.fuzz.runs.keeping import Keeper
from specfoundry.fuzz.server.hosting import Host, HostingError, Relay, load, maker
from specfoundry.fuzz.server.session import GoneError, StopRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specfoundry.fuzz.live.trial import Complaint
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.reports.report import Finding
    from specfoundry.fuzz.runs.shards import Part, Work
    from specfoundry.fuzz.server.exchange import Exchange
    from specfoundry.fuzz.server.session import Watcher

_TIMEOUT = 30.0


class StoppedError(StopRunError):
    """Whoever started the run wants it to end."""


@dataclass
class Shard:
    """One part of a document on a server; with an application, on one of its own.

    Attributes:
        work: What is to be done.
        part: With which operations.
        relay: Shows the engine an application that runs here.
        tell: Told every event: JSON values.
        is_stopped: Whether to end soon.

    """

    work: Work
    part: Part
    relay: Relay
    tell: Callable[[dict[str, Any]], None]
    is_stopped: Callable[[], bool] = lambda: False
    _host: Host | None = None
    _data: tempfile.TemporaryDirectory[str] | None = None
    _is_primed: bool = False
    _is_clearing: bool = False
    _asked: int = 0
    bench: Bench = field(init=False)

    def open(self) -> None:
        """Reach the server and log in.

        Raises:
            HostingError: The application does not start, or nobody can log in.

        """
        http, restart = self._reach()
        # An application's own client knows the application, too.
        known = _logged_in(self.work, http if self._host is None else self._host.client)
        self._circumstances = Circumstances(
            identities=known["identities"],
            roles=known["roles"],
            references=known["references"],
            seed=self.part.seed(self.work.seed),
            prefix=self._prefix,
            operations=frozenset(self.part.operations),
            restart=restart,
            pause=self._pause,
            thrift=self.work.thrift,
            has_others=self.work.has_others,
        )
        self.bench = Bench.of(self.work.node, http, self._circumstances)
        session = self.bench.ground.session
        # Schemathesis judges what it sent itself: of the watchers, the judge is not told of it.
        self._watchers: list[Watcher] = session.watchers[1:]
        self.coverage = Coverage(self.bench.contract)
        self._requests = RequestJudge(self.bench.contract, Judge(self.bench.contract))
        for watchers in (session.watchers, self._watchers):
            watchers.append(self.coverage.watch)
        session.watchers.append(self._count)
        report = Path(self.work.report) if self.work.report else None
        name = f"{self.part.number}-{self.part.round}"
        self._keeper = Keeper(self.bench, report, name, self._anew)
        self._engine = self._built(known["identities"].get("", {}))

    def run(self, stage: str) -> None:
        """Go through a stage, one of `shards.STAGES`, and tell what came of it."""
        asked, sent = self._asked, self._engine.outcome.cases
        try:
            if stage == "oracles":
                self._ask()
            else:
                self._fuzz(stage)
            if self.work.shrink:
                self._keeper.shrink(self.is_stopped)
        except StoppedError:
            pass
        except GoneError as error:
            self._crash(stage, f"the server has stopped answering: {error}")
        except StopRunError as error:
            self._crash(stage, str(error))
        finally:
            count = self._asked - asked + self._engine.outcome.cases - sent
            self.tell({"event": "coverage", "requests": count, **self.coverage.to_json()})
            self.coverage.clear()
            for name, reason in self.bench.ground.session.withheld.items():
                self.tell({"event": "withheld", "operation": name, "reason": reason})

    def close(self) -> None:
        """Remove what was created on a server that goes on, or end the application."""
        self._is_clearing = True
        if self._host is None:
            self._clear()
            self.bench.ground.session.http.close()
            return
        self._host.stop()
        if self._data is not None:
            self._data.cleanup()

    @property
    def _prefix(self) -> str:
        return f"{self.work.prefix}-{self.part.number}-{self.part.round}"

    def _reach(self) -> tuple[httpx2.Client, Callable[[], None] | None]:
        if self.work.url:
            return httpx2.Client(base_url=self.work.url, timeout=_TIMEOUT), None
        make, has_folder = maker(load(self.work.app, Path(self.work.folder)))
        self._data = tempfile.TemporaryDirectory(prefix="specfoundry-fuzz-")
        self._host = self.relay.host = Host(make, Path(self._data.name))
        self._host.start()
        may = has_folder if self.work.restart is None else self.work.restart
        return self._host.http, self._restart if may else None

    def _restart(self) -> None:
        if self._host is not None:
            self._host.restart()
            self.bench.ground.session.http = self._host.http

    def _anew(self, prefix: str) -> Bench:
        circumstances = replace(self._circumstances, prefix=prefix)
        return Bench.on(self.bench.contract, self.bench.ground.session.http, circumstances)

    def _pause(self) -> None:
        if self.is_stopped() and not self._is_clearing:
            raise StoppedError("interrupted")

    def _count(self, _operation: Operation, _exchange: Exchange) -> None:
        self._asked += 1

    def _built(self, headers: Mapping[str, str]) -> Engine:
        seed = self.part.seed(self.work.seed)
        options = Options(
            seed=seed,
            max_examples=self.work.max_examples,
            headers=headers,
            shrink=self.work.shrink,
            operations=tuple(self._random_ones()),
            boundaries=self.work.boundaries,
        )
        return Engine(
            node=self.work.node,
            target=Target(url=self.work.url) if self.work.url else Target(app=self.relay),
            plan=build_plan(self.work.node),
            options=options,
            outcome=Outcome(take_finding=self._take, allows_query=self._allows_query),
            pool=Pool.of(self.work.node, seed),
            watch=self._watch,
            spare=self._spare,
            is_stopped=self.is_stopped,
        )

    def _watch(self, exchange: Exchange) -> None:
        operation = self.bench.contract.get(exchange.call.operation)
        if operation is not None:
            for watcher in self._watchers:
                watcher(operation, exchange)

    def _allows_query(self, exchange: Exchange) -> bool:
        operation = self.bench.contract.get(exchange.call.operation)
        return operation is not None and self._requests.allows_query(operation, exchange)

    @property
    def _is_disposable(self) -> bool:
        return self._host is not None or self.work.disposable

    def _random_ones(self) -> Iterator[str]:
        """Yield the operations that may be called at random, with ids of something else if need be."""
        for name in self.part.operations:
            operation = self.bench.contract[name]
            is_free = self._is_disposable or any(operation.at("path"))
            if is_free or not self.bench.belongings.is_lasting(operation, {}):
                yield name

    def _spare(self, name: str, path: Mapping[str, Any]) -> str:
        operation = self.bench.contract.get(name)
        if operation is None or self._is_disposable:
            return ""
        return self.bench.belongings.spare(operation, path)

    def _ask(self) -> None:
        names = self.work.oracles if self.work.oracles is not None else tuple(ORACLES)
        listen = self._progress("oracles")
        for complaint in self.bench.examine(names, listen, self._oracle_crashed):
            found = self._keeper.complain(complaint, "oracles")
            if found is not None:
                self._found(found)

    def _fuzz(self, stage: str) -> None:
        self.relay.host = self._host
        if not self._is_primed:
            self._is_primed = True
            self._progress("priming")("")
            try:
                self._engine.prime()
            except KeyboardInterrupt:
                raise StoppedError("interrupted") from None
        before = set(self._engine.outcome.crashes)
        progress = self._progress(stage)
        self._engine.run((stage,), lambda _phase, operation: progress(operation))
        for key, crash in self._engine.outcome.crashes.items():
            if key not in before:
                self.tell({"event": "crash", **asdict(crash), "phase": stage})

    def _take(self, finding: Finding, complaint: Complaint | None) -> None:
        found = self._keeper.keep(finding, complaint)
        if found is not None:
            self._found(found)

    def _found(self, finding: Finding) -> None:
        self.tell({"event": "finding", **asdict(finding)})

    def _progress(self, stage: str) -> Callable[[str], None]:
        def listen(name: str) -> None:
            requests = self._asked + self._engine.outcome.cases
            self.tell({"event": "progress", "doing": stage, "name": name, "requests": requests})

        return listen

    def _oracle_crashed(self, name: str, error: Exception) -> None:
        import traceback  # noqa: PLC0415 -- only when something went wrong

        details = "".join(traceback.format_exception(error))
        self._crash(f"oracle {name}", repr(error), details)

    def _crash(self, phase: str, message: str, details: str = "") -> None:
        crash = {"operation": "*", "phase": phase, "message": message}
        self.tell({"event": "crash", **crash, "is_ours": bool(details), "details": details})

    def _clear(self) -> None:
        try:
            for plant, exchange in self.bench.ground.garden.clear():
                text = f"{plant.creator.id} made {plant.id}, which stays: {exchange.summary()}"
                self.tell({"event": "left", "message": text})
        except StopRunError as error:
            self.tell({"event": "left", "message": f"not everything could be removed: {error}"})


def _logged_in(work: Work, http: httpx2.Client) -> dict[str, Mapping[str, Any]]:
    known: dict[str, Mapping[str, Any]] = {
        "identities": work.identities,
        "roles": work.roles,
        "references": work.references,
    }
    if work.login:
        try:
            told = load(work.login, Path(work.folder))(http)
        except HostingError:
            raise
        except Exception as error:
            raise HostingError(f"{work.login} cannot log in: {error!r}") from error
        known = {name: {**found, **told.get(name, {})} for name, found in known.items()}
    return known
