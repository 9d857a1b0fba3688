"""Which steps turn a bundle into the tree of generated files?"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from specfoundry import resources
from specfoundry.ir.build import build_api
from specfoundry.ir.lift import lift
from specfoundry.ir.naming import schema_names
from specfoundry.render.environment import environment
from specfoundry.render.format import format_python
from specfoundry.targets.context import Context, banner_of
from specfoundry.targets.models import build_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.document.bundle import Bundle
    from specfoundry.document.finding import Finding
    from specfoundry.render.cache import Cache
    from specfoundry.targets.context import TargetOptions

Progress: TypeAlias = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Step:
    """One step of a run: what it made and how long it took."""

    name: str
    seconds: float = 0.0
    files: int = 0
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Generation:
    """The whole outcome, still in memory."""

    tree: dict[str, str] = field(default_factory=dict)
    """Path below the package's folder → text."""
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    operations: int = 0
    models: int = 0


def build_tree(
    bundle: Bundle,
    options: TargetOptions,
    cache: Cache,
    progress: Progress = lambda _step: None,
) -> Generation:
    """Render everything that was asked for.

    Args:
        bundle: a document without errors.
        options: what was asked for.
        cache: results of earlier runs, by content.
        progress: told the name of each step as it begins.

    Raises:
        ModelsError: datamodel-code-generator failed.
        FormatError: generated code is no Python.
    """
    return _Run(bundle, options, cache, progress).run()


class _Run:
    def __init__(
        self, bundle: Bundle, options: TargetOptions, cache: Cache, progress: Progress
    ) -> None:
        self.bundle = bundle
        self.options = options
        self.cache = cache
        self.progress = progress
        self.result = Generation()

    def run(self) -> Generation:
        context = self.context()
        wanted = self.options.only
        if {"server", "client", "models"} & wanted:
            self.python(context)
        if "docs" in wanted:
            self.docs(context)
        self.result.tree["openapi.json"] = self.bundle.text()
        return self.result

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        self.progress(name)
        made, start, before = Step(name=name), time.perf_counter(), len(self.result.tree)
        yield made
        made.seconds = time.perf_counter() - start
        made.files = len(self.result.tree) - before
        self.result.steps.append(made)

    def context(self) -> Context:
        with self.step("read") as step:
            lifted = lift(self.bundle.node)
            names = schema_names(lifted["components"]["schemas"])
            api, findings = build_api(lifted, names, self.bundle, self.options.common_headers)
            self.result.findings += findings
            self.result.operations = len(api.operations)
            step.note = f"{len(api.operations)} operations in {len(api.tags)} tags"
        banner = banner_of(api.title, api.version)
        models = ""
        if {"server", "client", "models"} & self.options.only:
            with self.step("models") as step:
                models, was_kept = build_models(lifted, names, banner, self.cache)
                self.result.models = len(names)
                step.note = f"{len(names)} models" + (", unchanged" if was_kept else "")
                self.result.tree["models.py"] = models
        templates = resources.templates()
        own = [self.options.templates] if self.options.templates else []
        return Context(
            api=api,
            bundle=self.bundle,
            package=self.options.package,
            models=models,
            environment=environment([*own, templates]),
            templates=templates,
            banner=banner,
        )

    def python(self, context: Context) -> None:
        from specfoundry.targets import client, operations, server

        def render(template: str, view: object) -> str:
            return context.environment.get_template(template).render(view=view)

        tree = self.result.tree
        with self.step("operations"):
            files = operations.build(context.api, context.banner, render)
            if not {"server", "client"} & self.options.only:
                files = {"__init__.py": files["__init__.py"]}
            tree |= files
        if "server" in self.options.only:
            with self.step("server") as step:
                tree |= server.build(context.api, context.banner, render)
                step.note = f"{len(context.api.tags)} protocols"
        if "client" in self.options.only:
            with self.step("client"):
                tree |= client.build(context.api, context.banner, context.models, render)
        with self.step("format"):
            tree |= format_python({p: text for p, text in tree.items() if p.endswith(".py")})
        tree["py.typed"] = ""

    def docs(self, context: Context) -> None:
        from specfoundry.targets import docs

        with self.step("docs") as step:
            site = docs.build(context)
            self.result.tree |= {f"docs/{path}": text for path, text in site.items()}
            step.note = f"{sum(path.endswith('.html') for path in site)} pages"
