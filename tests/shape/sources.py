"""The project's own source as the shape tests read it: files, and what each imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app import AREAS

ROOT = Path(__file__).resolve().parents[2]
OURS = frozenset({"app", "bench", "blueprints", "core", "tests", "tools"})


@dataclass(frozen=True)
class Import:
    """One imported module (`blueprints.customers.models`, `flask`), by a file, at a line."""

    source: Source
    module: str
    line: int
    for_types_only: bool = False

    @property
    def top(self) -> str:
        return self.module.split(".")[0]

    @property
    def area(self) -> str | None:
        """The area that the module belongs to, None outside of blueprints/."""
        parts = self.module.split(".")
        return parts[1] if parts[0] == "blueprints" and len(parts) > 1 else None

    @property
    def part(self) -> str:
        """Which of an area's files it is: models, rules, … Empty for the area as such."""
        return [*self.module.split("."), "", "", ""][2]

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line} imports {self.module}"


@dataclass(frozen=True)
class Source:
    """One Python file of ours."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    @property
    def area(self) -> str:
        """The area whose file it is; empty outside of blueprints/."""
        parts = self.path.relative_to(ROOT).parts
        return parts[1] if parts[0] == "blueprints" and len(parts) > 2 else ""

    @property
    def part(self) -> str:
        """Which of an area's files it is: models, rules, …; `views` for every file of a folder views/."""
        return Path(self.path.relative_to(ROOT).parts[2]).stem

    def tree(self) -> ast.Module:
        return _parsed(self.path)

    def imports(self) -> Iterator[Import]:
        """Everything it imports, wherever in the file; `from a import b` is a.b if b is a module."""
        typed = _for_types_only(self.tree())
        for node in ast.walk(self.tree()):
            for module in self._modules(node):
                yield Import(self, module, getattr(node, "lineno", 0), node in typed)

    def _modules(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(self, node)
            if base.split(".")[0] not in OURS:
                yield base
                return
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if is_module(inner) else base


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    base = source.path.relative_to(ROOT).parts[: -node.level]
    return ".".join([*base, *([node.module] if node.module else [])])


def _for_types_only(tree: ast.Module) -> set[ast.AST]:
    guarded = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {inner for node in guarded for statement in node.body for inner in ast.walk(statement)}


@cache
def is_module(name: str) -> bool:
    """Whether a dotted name is a file or a folder with Python files of ours."""
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def sources(*folders: str) -> list[Source]:
    """The Python files of these folders, sorted."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Source(path) for path in sorted(found) if "__pycache__" not in path.parts]


def area_sources() -> list[Source]:
    """The files of all areas but their empty package files."""
    return [
        source for source in sources(*(f"blueprints/{area}" for area in AREAS)) if source.part != "__init__"
    ]


def templates() -> list[Path]:
    """All templates, sorted."""
    return sorted((ROOT / "templates").rglob("*.html"))
