"""How templates become pages: compiled once for each language, with all that is the same on every page put in.

A page names a hundred texts, icons and files by words that stand in its template. Looking each of them up as the page
was drawn took longer than drawing what it tells.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_babel import get_locale
from jinja2 import Template, nodes
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped  # in C; the public function makes a Markup of what it answers


def shown(value: Any) -> str:
    """How a value stands in a page. What it answers is only ever joined to the page, and needs no Markup around it."""
    kind = type(value)
    return value if kind is Markup else escaped(value) if kind is str else escape(value)


def answers_alike(app: Flask, **functions: Callable[..., Any]) -> None:
    """Give templates functions whose answer to the same words is always the same in one language."""
    templates = app.jinja_env
    assert isinstance(templates, Templates)
    templates.globals.update(functions)
    templates.alike.update(functions)


class Names(Context):
    """What a template knows by name, and may call."""

    def call(
        self, called: Any, /, *args: Any, _loop_vars: Any = None, _block_vars: Any = None, **kwargs: Any
    ) -> Any:
        """Most of what is called wants nothing but what the template gives it: no need to ask it twice."""
        if hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        return called(*args, **kwargs)


class Templates(Environment):
    """Flask's, with one of its kind for each language."""

    context_class = Names

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.alike: dict[str, Callable[..., Any]] = {}
        self._in_language: dict[str, Templates] | None = {}
        self._loaded: dict[str, Template] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """No template has names of its own: Jinja's second mapping, asked for every name, was a fifth of a file."""
        return super().make_globals(d) if d else self.globals

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        if self._in_language is None:
            return super()._load_template(name, globals)
        language = str(get_locale())
        if language not in self._in_language:
            self._in_language[language] = self._of_one_language()
        return self._in_language[language]._load_template(name, globals)

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:
        """A page imports seventy times from a dozen templates; those of one language stay as they are."""
        if self._in_language is not None or self.auto_reload or globals:
            return super().get_template(name, parent, globals)
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = super().get_template(name, parent)
        return found

    def _of_one_language(self) -> Templates:
        made = self.overlay()
        made._in_language, made._loaded = None, {}
        return made

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        if self._in_language is None and not self.auto_reload:  # what is reloaded may answer differently
            source = _Answered(self.alike).visit(source)
        names, code = super()._generate(source, *args, **options).split("\n", 1)
        return f"{names}; from {__name__} import shown as escape\n{code}"


class _Answered(NodeTransformer):
    """A template in which the answers stand in place of the questions, where they are asked by words alone."""

    def __init__(self, functions: dict[str, Callable[..., Any]]) -> None:
        self._functions = functions

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - Jinja asks for it by this name
        self.generic_visit(node)
        function = self._functions.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if function is None or node.dyn_args or node.dyn_kwargs:
            return node
        try:
            args = [arg.as_const() for arg in node.args]
            kwargs = dict(kwarg.as_const() for kwarg in node.kwargs)
        except nodes.Impossible:
            return node
        return nodes.Const(function(*args, **kwargs), lineno=node.lineno, environment=node.environment)
