"""Which files make a document, and do all its references lead somewhere?"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from specfoundry.document.finding import Finding, Location, Severity
from specfoundry.document.json_reader import read_json
from specfoundry.document.pointer import PointerError, follow, from_tokens
from specfoundry.document.refs import Reference, references, written_elsewhere
from specfoundry.document.source_map import SourceMap
from specfoundry.document.structure import walk
from specfoundry.document.syntax import Problem, SyntaxProblemsError
from specfoundry.document.yaml_reader import read_yaml
from specfoundry.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

Target = tuple[str, str]
"""A file's key and the JSON pointer inside of it."""

_VERSION = re.compile(r"3\.[01]\.\d+(-.+)?\Z")


@dataclass(slots=True)
class SourceFile:
    """One file as read; `node` is its whole value."""

    key: str
    """The real path: two spellings of one file are one file."""
    name: str
    """The path as the user would type it."""
    text: str
    is_json: bool
    node: Any
    _map: SourceMap | None = None

    def locate(self, pointer: str) -> Location:
        """Return the place of a pointer, or of the nearest place above it that exists."""
        if self._map is None:
            self._map = SourceMap(self.text, is_json=self.is_json)
        line, column, found = self._map.locate(pointer)
        return Location(self.name, line, column, found)


@dataclass(slots=True)
class Document:
    """A document and all files that it refers to."""

    root: SourceFile
    files: dict[str, SourceFile]
    findings: list[Finding] = field(default_factory=list)
    """Warnings; errors have been raised."""
    targets: dict[Target, Target] = field(default_factory=dict)
    """Where each reference (file, pointer of its text) leads."""

    @property
    def node(self) -> dict[str, Any]:
        """The root object, with its references as they were written."""
        return self.root.node  # type: ignore[no-any-return]  # checked when it was loaded

    @property
    def version(self) -> str:
        """The text of the member `openapi`."""
        return str(self.node["openapi"])

    @property
    def directory(self) -> Path:
        """Where the root file lies."""
        return Path(self.root.key).parent


def load_document(path: str | Path) -> Document:
    """Read a document and every local file that it refers to.

    Raises:
        DocumentError: Anything cannot be read or resolved; all findings are collected.
    """
    loader = _Loader()
    document = loader.load(Path(path))
    if any(finding.severity is Severity.ERROR for finding in loader.findings):
        raise DocumentError(sorted(loader.findings, key=lambda finding: finding.sort_key))
    return document


class _Loader:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.files: dict[str, SourceFile | None] = {}
        self.targets: dict[Target, Target] = {}

    def load(self, path: Path) -> Document:
        root = self.open(path, None)
        if root is None or not self.check_version(root):
            raise DocumentError(self.findings)
        self.resolve_all(root)
        self.check_cycles()
        files = {key: file for key, file in self.files.items() if file is not None}
        return Document(root, files, self.findings, self.targets)

    def open(self, path: Path, wanted_at: Location | None) -> SourceFile | None:
        """Read a file once; `wanted_at` is the reference to blame when it is not there."""
        key = os.path.realpath(path)
        if key not in self.files:
            self.files[key] = self.read(path, key, wanted_at)
        elif self.files[key] is None and wanted_at is not None:
            self.report(wanted_at, "unreadable-file", f"`{_display(path)}` cannot be read.")
        return self.files[key]

    def read(self, path: Path, key: str, wanted_at: Location | None) -> SourceFile | None:
        name = _display(path)
        place = wanted_at or Location(name, 1, 1)
        try:
            text = _read_text(path)
        except OSError as error:
            reason = error.strerror or str(error)
            self.report(place, "unreadable-file", f"`{name}` cannot be read: {reason}.")
            return None
        except UnicodeDecodeError as error:
            message = f"`{name}` is not UTF-8: byte {error.start} cannot be decoded."
            self.report(place, "unreadable-file", message)
            return None
        is_json = path.suffix.lower() == ".json"
        try:
            node, problems = read_json(text) if is_json else read_yaml(text)
        except SyntaxProblemsError as error:
            self.report_problems(name, error.problems)
            return None
        self.report_problems(name, problems)
        return SourceFile(key, name, text, is_json, node)

    def report_problems(self, name: str, problems: Any) -> None:
        for problem in problems:
            self.findings.append(_finding(name, problem))

    def report(
        self, place: Location, rule: str, message: str, severity: Severity = Severity.ERROR
    ) -> None:
        finding = Finding.at(place, rule, message, severity)
        if finding not in self.findings:
            self.findings.append(finding)

    def check_version(self, root: SourceFile) -> bool:
        message = _version_problem(root.node)
        if message:
            pointer = next(
                (
                    f"/{name}"
                    for name in ("openapi", "swagger")
                    if isinstance(root.node, dict) and name in root.node
                ),
                "",
            )
            self.report(root.locate(pointer), "openapi-version", message)
        return not message

    def resolve_all(self, root: SourceFile) -> None:
        seen: set[tuple[str, str, str]] = set()
        queue: list[tuple[SourceFile, str, str]] = [(root, "", "openapi")]
        while queue:
            file, pointer, kind = queue.pop()
            if (file.key, pointer, kind) in seen:
                continue
            for place in walk(follow(file.node, pointer), kind, pointer):
                if (file.key, place.pointer, place.kind) in seen:
                    continue
                seen.add((file.key, place.pointer, place.kind))
                self.open_data(file, written_elsewhere(place))
                for reference in references(place):
                    target = self.resolve(file, reference)
                    if target is not None:
                        queue.append((*target, reference.kind))

    def resolve(self, file: SourceFile, reference: Reference) -> tuple[SourceFile, str] | None:
        """Find what a reference points to, or report why it points to nothing."""
        if not isinstance(reference.text, str):
            message = "The value of `$ref` must be a text."
            self.report(file.locate(reference.pointer), "ref-not-text", message)
            return None
        if reference.is_remote:
            message = f"`{reference.text}` lies on a network, and nothing is fetched from there; keep a copy beside the document."
            self.report(file.locate(reference.pointer), "remote-ref", message)
            return None
        target_file = self.target_file(file, reference)
        if target_file is None:
            return None
        pointer = self.target_pointer(file, reference, target_file)
        if pointer is None:
            return None
        self.targets[(file.key, reference.pointer)] = (target_file.key, pointer)
        return target_file, pointer

    def target_file(self, file: SourceFile, reference: Reference) -> SourceFile | None:
        if not reference.file:
            return file
        if "\x00" in reference.file:
            message = "A file's name cannot hold the character U+0000."
            self.report(file.locate(reference.pointer), "unreadable-file", message)
            return None
        folder = Path(file.name).parent
        path = Path(os.path.normpath(folder / reference.file))
        if "%" in reference.file and not path.exists():
            # A reference is a URI (RFC 3986, 2.1), though many write the file's name as it is.
            path = Path(os.path.normpath(folder / _decoded(reference.file)))
        return self.open(path, file.locate(reference.pointer))

    def target_pointer(
        self, file: SourceFile, reference: Reference, target: SourceFile
    ) -> str | None:
        fragment = reference.fragment
        place = file.locate
        if fragment and not fragment.startswith("/"):
            pointer = _find_anchor(target.node, fragment)
            if pointer is None:
                message = f"`{reference.text}`: no `$anchor` of this name in `{target.name}`."
                self.report(place(reference.pointer), "unresolved-ref", message)
            return pointer
        try:
            value = follow(target.node, fragment)
        except PointerError as error:
            message = f"`{reference.text}` leads nowhere: {error} in `{target.name}`."
            self.report(place(reference.pointer), "unresolved-ref", message)
            return None
        if (
            not isinstance(value, dict)
            and reference.kind != "data"
            and not (isinstance(value, bool) and reference.kind == "schema")
        ):
            message = f"`{reference.text}` leads to a value that is no object."
            self.report(place(reference.pointer), "unresolved-ref", message)
            return None
        return fragment

    def open_data(self, file: SourceFile, reference: Reference | None) -> None:
        """Find data that is taken as it is; URLs stay what they are."""
        if reference is None or reference.is_remote:
            return
        target = self.target_file(file, reference)
        if target is None:
            return
        pointer = "" if reference.kind == "file" else self.target_pointer(file, reference, target)
        if pointer is not None:
            self.targets[(file.key, reference.pointer)] = (target.key, pointer)

    def check_cycles(self) -> None:
        """Report chains of references that never reach an object."""
        safe: set[Target] = set()
        for start in self.targets:
            chain = [start]
            while chain[-1] not in safe:
                key, pointer = self.targets[chain[-1]]
                following = (key, f"{pointer}/$ref")
                if following not in self.targets:
                    break
                if following in chain:
                    self.report_cycle(chain[chain.index(following) :])
                    break
                chain.append(following)
            safe.update(chain)

    def report_cycle(self, cycle: list[Target]) -> None:
        key, pointer = cycle[0]
        file = self.files[key]
        if file is not None:
            message = "References lead in a circle and never reach an object."
            self.report(file.locate(pointer), "circular-ref", message)


def _read_text(path: Path) -> str:
    if path.is_dir():
        raise IsADirectoryError(21, "it is a folder")
    if path.exists() and not path.is_file():
        raise OSError(22, "it is no ordinary file")
    return path.read_bytes().decode("utf-8-sig")


def _display(path: Path) -> str:
    """Return a path as a user would type it: relative when it lies below the working directory."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _finding(name: str, problem: Problem) -> Finding:
    return Finding(
        rule=problem.rule,
        message=problem.message,
        file=name,
        line=problem.line,
        column=problem.column,
        pointer=from_tokens(problem.tokens),
        severity=Severity.ERROR if problem.fatal else Severity.WARNING,
    )


def _version_problem(node: Any) -> str | None:
    if not isinstance(node, dict):
        return "An OpenAPI document is an object; this file holds something else."
    if "openapi" not in node:
        if "swagger" in node:
            return f"This is Swagger {node['swagger']}; OpenAPI 3.0 and 3.1 are understood. Convert it first."
        return "This is no OpenAPI document: the member `openapi` is missing."
    version = node["openapi"]
    if not isinstance(version, str):
        return (
            f'`openapi` must be a text such as "3.1.1", in quotes where needed; it is {version!r}.'
        )
    if not _VERSION.match(version):
        return f"OpenAPI `{version}` is not understood; 3.0.x and 3.1.x are."
    return None


def _find_anchor(node: Any, name: str) -> str | None:
    """Return the pointer of the object with this `$anchor` or `$dynamicAnchor`."""
    for pointer, value in _objects(node):
        if name in (value.get("$anchor"), value.get("$dynamicAnchor")):
            return pointer
    return None


def _objects(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    stack: list[tuple[tuple[str, ...], Any]] = [((), node)]
    while stack:
        tokens, value = stack.pop()
        if isinstance(value, dict):
            yield from_tokens(tokens), value
            stack.extend(((*tokens, name), member) for name, member in value.items())
        elif isinstance(value, list):
            stack.extend(((*tokens, str(index)), item) for index, item in enumerate(value))


def _decoded(name: str) -> str:
    return unquote(name).replace("\x00", "\N{REPLACEMENT CHARACTER}")
