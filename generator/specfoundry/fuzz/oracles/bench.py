"""How are the parts put together that question one server?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.live.garden import Garden
from specfoundry.fuzz.live.ground import Ground
from specfoundry.fuzz.live.judge import Judge
from specfoundry.fuzz.oracles.suite import ORACLES, examine
from specfoundry.fuzz.promises.contract import Contract, read_contract
from specfoundry.fuzz.promises.inference import completed
from specfoundry.fuzz.server.belongings import Belongings
from specfoundry.fuzz.server.guard import Guard, spared
from specfoundry.fuzz.server.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import httpx2

    from specfoundry.fuzz.live.trial import Complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known about a server beside its document.

    Attributes:
        identities: Headers by the name of who calls; the empty name is the usual caller.
        roles: Name of an identity by role, for those who may be asked.
        seed: Of every choice that the document leaves open.
        prefix: Begins every text that must be unique.
        read_only: Nothing may be changed.
        references: Id of a resource to be used, and left alone, by the operation that reads it.
        operations: operationIds to judge; None: all.
        restart: Stops the server and starts it again on what it stored; None: that cannot be done.
        hamper: Takes away the server's room to store anything, or gives it back; None: that cannot
            be done.
        pause: Called before every request, for a bounded rate.
        is_shared: The server is somebody's: what this run did not create is not changed.
        thrift: Of so many variations of a question one is sent, another one for each seed; 1: all.
        is_alone: Nobody else judges the operations that this run leaves out.
        has_others: Others may change what is on the server meanwhile; true of what is shared.

    """

    identities: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {"": {}})
    roles: Mapping[str, str] = field(default_factory=dict)
    seed: int = 1
    prefix: str = "specfoundry"
    read_only: bool = False
    references: Mapping[str, str] = field(default_factory=dict)
    operations: frozenset[str] | None = None
    restart: Callable[[], None] | None = None
    hamper: Callable[[bool], None] | None = None
    pause: Callable[[], None] = lambda: None
    is_shared: bool = False
    thrift: int = 1
    is_alone: bool = False
    has_others: bool = False


@dataclass(frozen=True)
class Bench:
    """One server, and everything that questions it.

    Attributes:
        contract: The document.
        ground: Where the oracles stand.
        complaints: What the judge said of every answer so far.
        belongings: What was created there.

    """

    contract: Contract
    ground: Ground
    complaints: list[Complaint]
    belongings: Belongings

    @classmethod
    def of(
        cls, node: Mapping[str, Any], http: httpx2.Client, circumstances: Circumstances
    ) -> Bench:
        """Read a document and put the parts together.

        Args:
            node: The bundled OpenAPI 3.1 document.
            http: Reaches the server; its base URL is the server's.
            circumstances: What is known about the server.
        """
        return cls.on(completed(read_contract(node)), http, circumstances)

    @classmethod
    def on(cls, contract: Contract, http: httpx2.Client, circumstances: Circumstances) -> Bench:
        """Put the parts together for a contract that is read already."""
        complaints: list[Complaint] = []
        session = Session(contract, http, circumstances.identities, pause=circumstances.pause)
        session.watchers.append(Judge(contract).watch(complaints))
        garden = Garden(contract, session, circumstances.prefix, circumstances.seed)
        for reader, value in circumstances.references.items():
            name = list(contract[reader].at("path"))[-1].name
            garden.shared[reader] = {name: value}
        belongings = Belongings(contract)
        session.watchers.append(belongings.watch)
        others = belongings if circumstances.has_others else None
        session.withhold = spared(circumstances.references, others)
        if circumstances.is_shared or circumstances.read_only:
            guard = Guard(contract, belongings, read_only=circumstances.read_only)
            session.withhold = guard.reason
        ground = Ground(
            contract,
            session,
            garden,
            seed=circumstances.seed,
            read_only=circumstances.read_only,
            roles=circumstances.roles,
            restart=circumstances.restart,
            hamper=circumstances.hamper,
            operations=circumstances.operations,
            thrift=circumstances.thrift,
            is_alone=circumstances.is_alone or circumstances.operations is None,
            has_others=circumstances.has_others or circumstances.is_shared,
        )
        return cls(contract, ground, complaints, belongings)

    def examine(
        self,
        names: Sequence[str] = tuple(ORACLES),
        listen: Callable[[str], None] = lambda _name: None,
        crashed: Callable[[str, Exception], None] | None = None,
    ) -> Iterator[Complaint]:
        """Ask oracles in turn; see `oracles.suite.examine`."""
        return examine(self.ground, self.complaints, names, listen, crashed)
