"""In which order are mutants put through the checks, and what is remembered when that is interrupted?"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mutation.forking import run_all
from mutation.grounds import Grounds, prepare
from mutation.seeded import CONTRACT, SERVER
from mutation.tracing import focus
from mutation.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mutation.seeded import Mutant
    from mutation.tracing import Trace

    Outcome = dict[str, Any]

_ROOT = CONTRACT.parents[1]
_SETUP_SECONDS = 120.0
_HEALTHY_SECONDS = 1800.0
SETTINGS_OF: Final[Mapping[str, Mapping[str, Any]]] = {"late": {"job_delay": 1.0}}
"""Settings of the server by the way to check it."""
# What decides on an outcome beside the mutant.
_DECISIVE = (
    _ROOT / "generator" / "specfoundry" / "fuzz",
    _ROOT / "generated" / "capi" / "openapi.json",
    SERVER,
    CONTRACT / "mutation",
)


class CourseError(Exception):
    """The mutants cannot be judged; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """How mutants are judged.

    Attributes:
        grounds: What each server begins with.
        jobs: How many at a time.
        seed: For what is drawn by chance.
        budget: Seconds for one mutant and one way of checking it.
        memory: File that remembers outcomes; None: nothing is remembered.
        known: Findings that do not count, as pairs of check and operation.
        trace: Which operations the functions of the server work for; empty: not known.
        hints: operationIds in which a mutant shows, by its name; the healthy server is asked about
            all of them first.
        thorough: Whether to ask about everything when nothing is found where it is likely.
        alarms: What does not count of a mutant, by its name: the healthy server is blamed for it as
            well when it is asked the same.
        idle: Called about twice a second.

    """

    grounds: Grounds
    jobs: int
    seed: int
    budget: float
    memory: Path | None = None
    known: frozenset[tuple[str, str]] = frozenset()
    trace: Trace = field(default_factory=dict, repr=False)
    hints: Mapping[str, frozenset[str]] = field(default_factory=dict)
    thorough: bool = True
    alarms: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    idle: Callable[[], None] = lambda: None

    def judge(self, mutants: Sequence[Mutant], way: str) -> Iterator[tuple[Mutant, Outcome]]:
        """Put mutants through one way of checking; yield each with its outcome as it comes."""
        remembered = self._remembered()
        by_name = {mutant.name: mutant for mutant in mutants}
        fresh = []
        for mutant in mutants:
            outcome = remembered.get(self._key(mutant, way))
            if outcome is None:
                fresh.append((mutant.name, self._trial(mutant, way)))
            else:
                yield mutant, outcome
        # In no order, so that a run that was interrupted has something to say of every class.
        fresh.sort(key=lambda one: hashlib.sha256(one[0].encode()).digest())
        for name, outcome in self._run(fresh, patient=way != "stock"):
            self._remember(self._key(by_name[name], way), outcome)
            yield by_name[name], outcome

    def _run(
        self, trials: Sequence[tuple[str, Trial]], *, patient: bool
    ) -> Iterator[tuple[str, Outcome]]:
        """Run trials; a patient one begins again, alone, with those that did not end in time."""
        late = []
        for name, outcome in run_all(trials, jobs=self.jobs, timeout=self.budget, idle=self.idle):
            if "error" in outcome:
                raise CourseError(f"{name}: {outcome['error']}")
            if patient and [one["check"] for one in outcome["findings"]] == ["timeout"]:
                late.append(name)
            else:
                yield name, outcome
        again = [(name, trial) for name, trial in trials if name in late]
        yield from run_all(again, jobs=1, timeout=3 * self.budget, idle=self.idle)

    def healthy(
        self,
        way: str,
        circumstances: Iterable[tuple[int, Mapping[str, Any], int]],
        asked: frozenset[str] = frozenset(),
    ) -> Iterator[tuple[tuple[int, Mapping[str, Any], int], Outcome]]:
        """Put the server without changes through checks, with these seeds, settings and thrifts.

        `asked` are operations that it is asked about before all others, as mutants are.
        """
        first = asked.union(*self.hints.values())
        trials = [
            (
                (seed, setting, thrift),
                replace(
                    self._unchanged(way, seed, setting, first),
                    thrift=thrift,
                    thorough=self.thorough or not self.hints,
                ),
            )
            for seed, setting, thrift in circumstances
        ]
        yield from run_all(trials, jobs=self.jobs, timeout=_HEALTHY_SECONDS, idle=self.idle)

    def _unchanged(
        self, way: str, seed: int, settings: Mapping[str, Any], asked: frozenset[str]
    ) -> Trial:
        """Return what is done with the healthy server, which is told everything it is blamed for."""
        return Trial(
            grounds=self.grounds,
            way=way,
            seed=seed,
            settings=settings,
            keep_on=True,
            focus=asked,
            thorough=self.thorough,
        )

    def _trial(self, mutant: Mutant, way: str) -> Trial:
        return Trial(
            grounds=self.grounds,
            way=way,
            sources=mutant.sources,
            seed=self.seed,
            settings=SETTINGS_OF.get(way, {}),
            known=self.known | self.alarms.get(mutant.name, frozenset()),
            focus=self.focus(mutant),
            thorough=self.thorough,
        )

    def focus(self, mutant: Mutant) -> frozenset[str]:
        """Return the operations in which a mutant is likely to show; none when those could be all."""
        return self.hints.get(mutant.name) or focus(self.trace, mutant.sources)

    def alarmed(self, mutants: Iterable[Mutant], way: str, seeds: int) -> Course:
        """Return the same course, knowing what the healthy server is blamed for.

        It is asked what each mutant will be asked, with several seeds: a way of checking that tells
        the healthy server from none blames both, by chance now one and now the other.
        """
        focuses = {mutant.name: self.focus(mutant) for mutant in mutants}
        trials = [
            (
                (asked, seed),
                self._unchanged(way, seed, SETTINGS_OF.get(way, {}), asked),
            )
            for asked in set(focuses.values())
            for seed in range(self.seed, self.seed + seeds)
        ]
        found: dict[frozenset[str], set[tuple[str, str]]] = {}
        for (asked, _), outcome in run_all(
            trials, jobs=self.jobs, timeout=_HEALTHY_SECONDS, idle=self.idle
        ):
            if "error" in outcome:
                raise CourseError(f"healthy server, {way}: {outcome['error']}")
            blamed = {(one["check"], one["operation"]) for one in outcome["findings"]}
            found.setdefault(asked, set()).update(blamed)
        alarms = {name: frozenset(found[asked]) for name, asked in focuses.items()}
        return replace(self, alarms=alarms)

    def watched(self, folder: Path, kept: Path) -> Course:
        """Return the same course, knowing which operations the server's functions work for.

        Args:
            folder: Where to write it at first.
            kept: Where it is kept for the next run of the same server.

        Raises:
            CourseError: The healthy server could not be watched.

        """
        server = fingerprint(SERVER)
        with suppress(OSError, ValueError, KeyError, TypeError):
            before = json.loads(kept.read_text("utf-8"))
            if before["server"] == server:
                return replace(self, trace=before["trace"])
        path = folder / "trace.json"
        trial = Trial(grounds=self.grounds, seed=self.seed, keep_on=True, trace=path)
        for _, outcome in run_all([("trace", trial)], jobs=1, timeout=_HEALTHY_SECONDS):
            if not path.is_file():
                raise CourseError(f"the healthy server could not be watched: {outcome}")
        trace: Trace = json.loads(path.read_text("utf-8"))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"server": server, "trace": trace}), "utf-8")
        return replace(self, trace=trace)

    def _key(self, mutant: Mutant, way: str) -> str:
        known = self.known | self.alarms.get(mutant.name, frozenset())
        parts = [way, str(self.seed), str(sorted(known))]
        parts += [text for pair in sorted(mutant.sources.items()) for text in pair]
        return hashlib.sha256("\0".join((fingerprint(*_DECISIVE), *parts)).encode()).hexdigest()[
            :32
        ]

    def _remembered(self) -> dict[str, Outcome]:
        found = {}
        if self.memory is not None and self.memory.is_file():
            for line in self.memory.read_text("utf-8").splitlines():
                with suppress(ValueError, KeyError, TypeError):  # the last line of a killed run
                    entry = json.loads(line)
                    # Who was hasty and found nothing has to ask about the rest.
                    if entry["outcome"]["findings"] or entry["thorough"] or not self.thorough:
                        found[entry["key"]] = entry["outcome"]
        return found

    def _remember(self, key: str, outcome: Outcome) -> None:
        if self.memory is not None:
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            with self.memory.open("a", encoding="utf-8") as file:
                entry = {"key": key, "thorough": self.thorough, "outcome": outcome}
                file.write(json.dumps(entry) + "\n")


@cache
def fingerprint(*places: Path) -> str:
    """Return a digest of files and of the Python files in folders."""
    digest = hashlib.sha256()
    for place in places:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def prepare_grounds(folder: Path) -> Grounds:
    """Prepare what all servers begin with, and import here what they import.

    Raises:
        CourseError: The healthy server cannot be prepared.

    """

    def task(_: Path) -> Outcome:
        return prepare(folder)

    (_, outcome), *_ = run_all([("grounds", task)], jobs=1, timeout=_SETUP_SECONDS)
    if "identities" not in outcome:
        raise CourseError(f"the healthy server cannot be prepared: {outcome}")
    own = (SERVER.name, "__main__", "__mp_main__")
    for name in outcome["modules"]:
        if name.split(".")[0] not in own:
            with suppress(ImportError):  # modules that others made up at run time
                importlib.import_module(name)
    return Grounds(
        folder=folder, identities=outcome["identities"], references=outcome["references"]
    )


def cores() -> int:
    """Return how many processes can really run at a time."""
    return len(os.sched_getaffinity(0))
