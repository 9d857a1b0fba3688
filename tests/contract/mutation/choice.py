"""Which mutants are to be judged, and how?"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mutation.course import cores
from mutation.mechanical import Choice, mechanical_mutants
from mutation.results import MECHANICAL, SEEDED
from mutation.seeded import CONTRACT, FaultError, Mutant, seeded_faults

if TYPE_CHECKING:
    from rich.console import Console

_BUILD: Final = CONTRACT.parents[1] / "build"
_QUICK: Final = Path(__file__).with_name("quick.toml")
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "--class": {"dest": "classes", "action": "append", "help": "only this class of seeded faults"},
    "--only": {"action": "append", "help": "only the mutant of this name"},
    "--mechanical": {"type": int, "default": 200, "metavar": "N", "help": "size of the sample"},
    "--mechanical-only": {"action": "store_true", "help": "no seeded faults"},
    "--part": {
        "choices": ("held-out", "rest", "all"),
        "default": "held-out",
        "help": "of the mechanical mutants: those that nobody looked at, or the others",
    },
    "--module": {
        "dest": "modules",
        "action": "append",
        "metavar": "PREFIX",
        "help": "only mechanical mutants of these modules, such as `api.routes`",
    },
    "--operation": {
        "dest": "operations",
        "action": "append",
        "metavar": "ID",
        "help": "ask about these operations alone, and do not ask the healthy server first",
    },
    "--all": {"action": "store_true", "help": "all mechanical mutants; takes hours"},
    "--list": {"action": "store_true", "help": "say what there is and judge nothing"},
    "--healthy": {"type": int, "metavar": "N", "help": "only the healthy server, with N seeds"},
    "--engine": {
        "action": "store_true",
        "help": "put survivors through the fuzzing engine as well",
    },
    "--audit": {
        "type": int,
        "default": 0,
        "metavar": "N",
        "help": "ask the healthy server what N caught mutants were asked",
    },
    "--stock": {
        "type": int,
        "default": 0,
        "metavar": "N",
        "help": "ask stock Schemathesis about N of each kind",
    },
    "--seed": {"type": int, "default": 1, "help": "of the sample and the checks"},
    "--jobs": {"type": int, "default": cores(), "help": "servers at a time"},
    "--budget": {"type": float, "default": 90.0, "help": "seconds for one server"},
    "--stock-budget": {
        "type": float,
        "default": 180.0,
        "help": "seconds for one server and stock Schemathesis",
    },
    "--quick": {"action": "store_true", "help": "only the faults of quick.toml, where they show"},
    "--hasty": {"action": "store_true", "help": "ask only what a change concerns"},
    "--despite-healthy": {
        "action": "store_true",
        "help": "do not count what the healthy server is blamed for",
    },
    "--despite-misfits": {
        "action": "store_true",
        "help": "leave out faults that do not fit the source",
    },
    "--report": {
        "type": Path,
        "default": _BUILD / "mutants.json",
        "help": "where the results go",
    },
}


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    found = argparse.ArgumentParser(
        prog="mutation",
        description="How many faults of a server does the contract notice?",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    for name, options in _OPTIONS.items():
        found.add_argument(name, **options)
    return found


def quick_faults() -> dict[str, frozenset[str]]:
    """Return some faults of every class that are noticed soon, with the operations that show them."""
    entries = tomllib.loads(_QUICK.read_text("utf-8"))
    return {name: frozenset(operations) for name, operations in entries.items()}


def chosen(arguments: argparse.Namespace, told: Console) -> list[tuple[str, Mutant]]:
    """Return the mutants that were asked for, each with its kind.

    Raises:
        FaultError: A fault does not fit, or there is nothing of that name.

    """
    if arguments.quick:
        arguments.only, arguments.hasty = list(quick_faults()), True
    seeded = _seeded(arguments, told)
    wanted = set(arguments.only or ()) - {mutant.name for mutant in seeded}
    found = [(SEEDED, mutant) for mutant in seeded]
    if wanted or not (arguments.only or arguments.classes or arguments.healthy):
        choice = Choice(
            count=None if arguments.all or wanted else arguments.mechanical,
            seed=arguments.seed,
            modules=tuple(arguments.modules or ()),
            part="all" if wanted else arguments.part,
        )
        found += [(MECHANICAL, mutant) for mutant in mechanical_mutants(choice)]
    if arguments.only:
        found = [one for one in found if one[1].name in arguments.only]
        wanted -= {mutant.name for _, mutant in found}
    if wanted or not found:
        raise FaultError(f"there is no such mutant: {', '.join(sorted(wanted))}")
    return found


def _seeded(arguments: argparse.Namespace, told: Console) -> list[Mutant]:
    found, problems = seeded_faults()
    for problem in problems:
        told.print(f"mutants: {problem}")
    if problems and not arguments.despite_misfits:
        raise FaultError(f"{len(problems)} faults do not fit the source")
    return [
        mutant
        for mutant in found
        if not arguments.mechanical_only
        and not arguments.modules
        and (not arguments.classes or mutant.group in arguments.classes)
    ]
