"""Do the oracles for rights, tokens, bodies, blobs, addresses and cases blame the faulty, and only them?"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from specfoundry.fuzz.oracles.bench import Bench, Circumstances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specfoundry.fuzz.live.trial import Complaint

HERE = Path(__file__).parent
VAULT = runpy.run_path(str(HERE / "vault.py"))
DOCUMENT = runpy.run_path(str(HERE / "vault_document.py"))["DOCUMENT"]
ROLES = {role: role for role in ("keeper", "visitor", "stranger")}
OWN = ("tokens", "rights", "sight", "bodies", "raw-body", "protocol", "blob", "case")


def complaints(*faults: str, oracles: Sequence[str] = OWN) -> list[Complaint]:
    """Ask a vault with some faults."""
    names = ("", *ROLES)
    identities = {name: {"Authorization": VAULT["token"](name or "admin")} for name in names}
    identities["refused/a retired keeper"] = {"Authorization": VAULT["token"]("retired")}
    server = VAULT["Vault"](DOCUMENT, faults)
    circumstances = Circumstances(
        identities=identities,
        roles=ROLES,
        references={"getRoom": VAULT["HOME"]},
        restart=server.restart,
    )
    with TestClient(server.app, raise_server_exceptions=False) as http:
        return list(Bench.of(DOCUMENT, http, circumstances).examine(oracles))


def test_a_healthy_server_is_blamed_for_nothing() -> None:
    found = complaints()

    assert [(one.check, one.operation, one.message) for one in found] == []


@pytest.mark.parametrize(
    ("fault", "check", "operation"),
    [
        ("no-token-needed", "tokens", "getBox"),
        ("signature-not-checked", "tokens", "getBox"),
        ("retired-let-in", "tokens", "getBox"),
        ("info-needs-token", "tokens", "getInfo"),
        ("visitor-writes", "rights", "updateBox"),
        ("stranger-reads", "rights", "getBox"),
        ("hidden-is-denied", "rights", "getBox"),
        ("keeper-refused", "rights", "createBox"),
        ("roles-hold-everywhere", "rights", "getBox"),
        ("refused-but-done", "rights", "updateBox"),
        ("list-shows-all", "sight", "listBoxes"),
        ("list-shows-none", "sight", "listBoxes"),
        ("unknown-members-taken", "bodies", "createBox"),
        ("missing-members-taken", "bodies", "createBox"),
        ("long-labels", "bodies", "createBox"),
        ("any-kind", "bodies", "createBox"),
        ("size-beyond", "bodies", "updateBox"),
        ("any-colour", "bodies", "createBox"),
        ("most-refused", "bodies", "updateBox"),
        ("any-media-type", "raw-body", "createBox"),
        ("unreadable-taken", "raw-body", "createBox"),
        ("unknown-ids-answered", "protocol", "getBox"),
        ("unknown-paths-answered", "protocol", "getBox"),
        ("methods-not-found", "protocol", "getBox"),
        ("other-codes", "error-code", "getBox"),
        ("other-numbers", "error-code", "getBox"),
        ("other-charset", "media-type", "getBox"),
        ("any-part", "blob", "fillBox"),
        ("line-ends-rewritten", "blob", "fillBox"),
        ("cut-off", "blob", "fillBox"),
        ("digest-of-another", "blob", "fillBox"),
        ("never-ready", "blob", "fillBox"),
        ("early-download", "blob", "fillBox"),
        ("filled-twice", "case", "fillBox"),
        ("receipt-of-another", "case", "fillBox"),
        ("other-notes", "case", "fillBox"),
        ("forgetful", "case", "fillBox"),
        ("lost-in-words", "case", "fillBox"),
    ],
)
def test_each_fault_is_noticed_where_it_is(fault: str, check: str, operation: str) -> None:
    asked = [check if check in OWN else "rights"]  # what every answer tells comes with any
    found = {(one.check, one.operation) for one in complaints(fault, oracles=asked)}

    assert (check, operation) in found
