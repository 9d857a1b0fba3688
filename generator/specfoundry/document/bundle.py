"""How do many files become one self-contained OpenAPI 3.1 document?

What another file holds becomes a component, named after that file; path items and example values
are put where they are referred to. References inside the root file stay as they were written.
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from specfoundry.document.pointer import follow, from_tokens, join, split
from specfoundry.document.refs import is_alias, references, written_elsewhere
from specfoundry.document.structure import COMPONENT_KINDS, Place, children
from specfoundry.document.upgrade import upgrade

if TYPE_CHECKING:
    from specfoundry.document.finding import Finding, Location
    from specfoundry.document.load import Document, SourceFile, Target
    from specfoundry.document.refs import Reference

_SECTIONS = {kind: section for section, kind in COMPONENT_KINDS.items()}
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_CONTAINERS = frozenset({"$defs", "definitions", *COMPONENT_KINDS})


@dataclass(slots=True)
class Bundle:
    """One self-contained 3.1 document, and where each piece of it came from."""

    node: dict[str, Any]
    document: Document
    findings: list[Finding] = field(default_factory=list)
    """Warnings of loading and bundling."""
    grafts: dict[str, tuple[SourceFile, str]] = field(default_factory=dict)
    """Pointer in the bundle → file and pointer where that piece was written."""
    before_upgrade: dict[str, Any] | None = None
    """What an OpenAPI 3.0 document said itself, joined; None for 3.1."""

    def text(self) -> str:
        """Return the bundle as JSON, the same bytes for the same input."""
        return json.dumps(self.node, indent=2, ensure_ascii=False) + "\n"

    def origin(self, pointer: str) -> Location:
        """Return where a person wrote what stands at a pointer of the bundle."""
        tokens = split(pointer)
        for length in range(len(tokens), -1, -1):
            prefix = from_tokens(tokens[:length])
            if prefix in self.grafts:
                file, start = self.grafts[prefix]
                return file.locate(join(start, *tokens[length:]))
        return self.document.root.locate(pointer)


def bundle_document(document: Document) -> Bundle:
    """Join the files of a document; 3.0 is upgraded to 3.1.

    Bundling a bundle gives the same bytes again.
    """
    joiner = _Joiner(document)
    node = joiner.join()
    findings = list(document.findings)
    old = copy_tree(node) if document.version.startswith("3.0.") else None
    bundle = Bundle(node, document, findings, joiner.grafts, old)
    findings.extend(upgrade(bundle.node, bundle.origin))
    return bundle


@dataclass(slots=True)
class _Task:
    """An object of the bundle whose references still speak of `file`."""

    place: Place
    file: SourceFile
    source: str
    """The object's pointer in `file`."""


class _Joiner:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.root: dict[str, Any] = copy_tree(document.node)
        self.grafts: dict[str, tuple[SourceFile, str]] = {}
        self.names: dict[tuple[str, Target], str] = {}
        self.found: dict[str, dict[str, Any]] = {}
        self.tasks: deque[_Task] = deque()

    def join(self) -> dict[str, Any]:
        claimed = self.claim_names()
        self.run(_Task(Place("openapi", "", self.root), self.document.root, ""), claimed)
        while self.tasks:
            self.run(self.tasks.popleft(), claimed)
        self.add_found()
        return self.root

    def claim_names(self) -> dict[str, Target]:
        """Let components of the root that only point to a file give that file's object its name."""
        claimed: dict[str, Target] = {}
        components = self.root.get("components")
        for section, kind in COMPONENT_KINDS.items():
            members = components.get(section) if isinstance(components, dict) else None
            for name, node in members.items() if isinstance(members, dict) else ():
                pointer = join("", "components", section, name)
                target = self.document.targets.get((self.document.root.key, f"{pointer}/$ref"))
                if target is None or target[0] == self.document.root.key:
                    continue
                if not is_alias(node) or len(node) > 1:
                    continue
                if (kind, target) not in self.names:
                    self.names[kind, target] = name
                    claimed[pointer] = target
        return claimed

    def run(self, task: _Task, claimed: dict[str, Target]) -> None:
        """Rewrite all references below one object, parents before children."""
        stack = [task]
        while stack:
            task = stack.pop()
            replaced = self.replace(task, claimed)
            if replaced is not None:
                stack.append(replaced)
                continue
            place = task.place
            for reference in references(place):
                self.rewrite(task, reference)
            self.inline_data(task)
            base = len(place.pointer)
            below = [
                _Task(child, task.file, task.source + child.pointer[base:])
                for child in children(place)
            ]
            stack.extend(reversed(below))

    def replace(self, task: _Task, claimed: dict[str, Target]) -> _Task | None:
        """Put the target in the place of a reference, where that is what bundling means."""
        place = task.place
        if not is_alias(place.node) or place.parent is None:
            return None
        target = claimed.pop(place.pointer, None)
        if target is None and place.kind == "pathItem":
            target = self.document.targets.get((task.file.key, f"{task.source}/$ref"))
        if target is None:
            return None
        file = self.document.files[target[0]]
        node = copy_tree(follow(file.node, target[1]))
        if isinstance(node, dict) and place.kind == "pathItem":
            node |= {name: value for name, value in place.node.items() if name != "$ref"}
        place.parent[place.key] = node
        self.grafts[place.pointer] = (file, target[1])
        replaced = Place(place.kind, place.pointer, node, place.parent, place.key)
        return _Task(replaced, file, target[1])

    def rewrite(self, task: _Task, reference: Reference) -> None:
        source = task.source + reference.pointer[len(task.place.pointer) :]
        target = self.document.targets.get((task.file.key, source))
        if target is None:
            return
        root = self.document.root.key
        if target[0] == root:
            is_anchor = not reference.fragment.startswith("/") and reference.fragment != ""
            if task.file.key != root or is_anchor:
                reference.holder[reference.key] = "#" + quote(target[1], safe="/~!$&'()*+,;=:@")
            return
        name = self.name_of(reference.kind, target)
        section = _SECTIONS[reference.kind]
        reference.holder[reference.key] = f"#/components/{section}/{name}"

    def name_of(self, kind: str, target: Target) -> str:
        """Return the component's name, and queue the component when it is new."""
        if (kind, target) in self.names:
            return self.names[kind, target]
        section = _SECTIONS[kind]
        name = self.free_name(section, target)
        self.names[kind, target] = name
        file = self.document.files[target[0]]
        members = self.found.setdefault(section, {})
        members[name] = copy_tree(follow(file.node, target[1]))
        pointer = join("", "components", section, name)
        self.grafts[pointer] = (file, target[1])
        if isinstance(members[name], dict):
            place = Place(kind, pointer, members[name], members, name)
            self.tasks.append(_Task(place, file, target[1]))
        return name

    def free_name(self, section: str, target: Target) -> str:
        """Choose a name: the file's, or the fragment's last step; longer when it is taken."""
        components = self.root.get("components")
        taken = set(self.found.get(section, ()))
        if isinstance(components, dict) and isinstance(components.get(section), dict):
            taken |= set(components[section])
        candidates = list(_candidate_names(target))
        for name in candidates:
            if name not in taken:
                return name
        number = 2
        while f"{candidates[-1]}_{number}" in taken:
            number += 1
        return f"{candidates[-1]}_{number}"

    def inline_data(self, task: _Task) -> None:
        """Put what a local file holds as mere data into the document."""
        reference = written_elsewhere(task.place)
        if reference is None:
            return
        source = task.source + reference.pointer[len(task.place.pointer) :]
        target = self.document.targets.get((task.file.key, source))
        if target is None:
            return
        name = reference.key
        if name == "externalValue":
            del reference.holder[name]
            name = "value"
        file = self.document.files[target[0]]
        reference.holder[name] = copy_tree(follow(file.node, target[1]))
        self.grafts[join(task.place.pointer, name)] = (file, target[1])

    def add_found(self) -> None:
        """Append the new components by name, behind those that the root names in its own order."""
        if not self.found:
            return
        components = self.root.setdefault("components", {})
        for section in COMPONENT_KINDS:
            if section in self.found:
                members = components.setdefault(section, {})
                for name in sorted(self.found[section]):
                    members[name] = self.found[section][name]


def _candidate_names(target: Target) -> list[str]:
    """Return names from the shortest to the most qualified one."""
    path = PurePath(target[0])
    base = _clean(path.stem)
    steps = [_clean(token) for token in split(target[1])]
    if not steps:
        names = [base]
    elif len(steps) == 1 or split(target[1])[-2] in _CONTAINERS:
        names = [steps[-1], f"{base}_{steps[-1]}"]
    else:
        names = ["_".join([base, *steps])]
    for parent in path.parts[-2:0:-1]:
        names.append(f"{_clean(parent)}_{names[-1]}")
    return names


def _clean(text: str) -> str:
    return _NOT_IN_A_NAME.sub("_", text).strip("_") or "_"


def copy_tree(node: Any) -> Any:
    """Copy mappings and sequences; the loader has bounded their depth."""
    if isinstance(node, dict):
        return {name: copy_tree(value) for name, value in node.items()}
    if isinstance(node, list):
        return [copy_tree(item) for item in node]
    return node
