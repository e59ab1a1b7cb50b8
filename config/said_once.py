"""Words of a template without values in them: said when it is compiled, once for a language."""

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from config.translation import translations

SAYING = frozenset({"_", "gettext"})


class Speaking(Environment):
    """Templates in one language, in which words without values stand as they are said."""

    spoken: str
    """The language; set before the first template is compiled."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        said: nodes.Template = _Said(self, self.spoken).visit(tree)
        return said


class _Said(NodeTransformer):
    """Puts what is said in the place of what would say it each time."""

    def __init__(self, environment: Environment, language: str) -> None:
        self._words = translations(language)
        self._is_html = bool(environment.autoescape)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named for the class of node
        """Return the words that a call says, or the call where they depend on a value."""
        called = self.generic_visit(node)
        text = _constant_said(node)
        if text is None:
            return called
        said = self._words.gettext(text) % {}
        words = Markup(said) if self._is_html else said  # noqa: S704 - ours, as jinja2.ext.i18n says them
        return nodes.Const(words, lineno=node.lineno)


def _constant_said(node: nodes.Call) -> str | None:
    """Return the text that a call says; None where it depends on a value, or says nothing."""
    is_saying = isinstance(node.node, nodes.Name) and node.node.name in SAYING
    match node.args:
        case [nodes.Const(value=str(text))] if is_saying:
            return None if node.kwargs or node.dyn_args or node.dyn_kwargs else text
    return None
