"""What a statement has become: PostgreSQL's own text, or work the stand-in does itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import Token, TokenType
from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import TokenError

from redshift_standin.backend import Backend
from redshift_standin.errors import Refused
from redshift_standin.standin import Standin


@dataclass(frozen=True)
class Context:
    """What work has at hand: its session's PostgreSQL connection, the server, a way to tell the client something."""

    backend: Backend
    server: Standin
    tell: Callable[[str], None]


@dataclass(frozen=True)
class Statement:
    """`sql` for PostgreSQL as it stands, or `work`, which runs in a transaction and gives the command tag.

    `writes`: the table it changes. `reads`: tables and views it names, for SYS_QUERY_DETAIL. `control`: begin, commit,
    rollback.
    """

    sql: str = ""
    work: Callable[[Context], str] | None = None
    writes: str = ""
    reads: tuple[str, ...] = ()
    control: str = ""


@dataclass(frozen=True)
class Text:
    """One statement's text and its tokens, whose positions are those of `whole`."""

    whole: str
    tokens: Sequence[Token]

    @property
    def sql(self) -> str:
        """The statement as it was written, without a comment before or a semicolon behind."""
        return self.between(0, len(self.tokens))

    def between(self, first: int, end: int) -> str:
        """The text of tokens [first, end)."""
        if first >= end:
            return ""
        return self.whole[self.tokens[first].start : self.tokens[end - 1].end + 1]

    def word(self, at: int) -> str:
        """The token at this place in upper case; empty past the end and for strings and quoted names."""
        if not 0 <= at < len(self.tokens) or self.tokens[at].token_type in (TokenType.STRING, TokenType.IDENTIFIER):
            return ""
        return self.tokens[at].text.upper()

    def words(self, count: int, at: int = 0) -> tuple[str, ...]:
        """So many tokens from this place as `word` gives them."""
        return tuple(self.word(at + i) for i in range(count))

    def closing(self, opening: int) -> int:
        """The place of the parenthesis that closes the one at `opening`."""
        depth = 0
        for at in range(opening, len(self.tokens)):
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(self.tokens[at].token_type, 0)
            if depth == 0:
                return at
        raise Refused('syntax error: "(" is not closed', "42601")

    def name(self, at: int) -> tuple[str, int]:
        """A table's name, quoted for PostgreSQL, that begins here, and the place after it."""
        parts = [_identifier(self.tokens, at)]
        at += 1
        while at + 1 < len(self.tokens) and self.tokens[at].token_type == TokenType.DOT:
            parts.append(_identifier(self.tokens, at + 1))
            at += 2
        return ".".join(quoted(part) for part in parts[-2:]), at


class Dialect(Redshift):
    """sqlglot's, but it looks into commands (UNLOAD, EXPLAIN, …) and takes `$1,$2` for parameters, not for a quote."""

    class Tokenizer(Redshift.Tokenizer):
        COMMANDS: ClassVar[set[TokenType]] = set()
        HEREDOC_STRINGS: ClassVar[list[str | tuple[str, str]]] = []
        SINGLE_TOKENS: ClassVar[dict[str, TokenType]] = {
            **Redshift.Tokenizer.SINGLE_TOKENS,
            "$": TokenType.PARAMETER,
        }


def split(sql: str) -> list[Text]:
    """The statements of a query string."""
    try:
        tokens = Dialect().tokenize(sql)
    except TokenError:
        raise Refused("syntax error: a quote is not closed", "42601") from None
    found: list[Text] = []
    start = 0
    for at, token in enumerate(tokens):
        if token.token_type == TokenType.SEMICOLON:
            found.append(Text(sql, tokens[start:at]))
            start = at + 1
    found.append(Text(sql, tokens[start:]))
    return [text for text in found if text.tokens]


def quoted(name: str) -> str:
    """A name for PostgreSQL; Redshift folds names to lower case even in quotes."""
    return '"' + name.lower().replace('"', '""') + '"'


def literal(value: str) -> str:
    """A string for PostgreSQL."""
    return "'" + value.replace("'", "''") + "'"


def _identifier(tokens: Sequence[Token], at: int) -> str:
    if at >= len(tokens) or tokens[at].token_type in (TokenType.STRING, TokenType.L_PAREN, TokenType.R_PAREN):
        raise Refused("syntax error: a name is missing", "42601")
    return tokens[at].text
