"""GRANT and REVOKE, whose grantees Redshift calls ROLE, GROUP or user."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import Token, TokenType

from redshift_standin.errors import not_redshift, unsupported
from redshift_standin.statements import Statement, Text, literal, quoted


def grant(text: Text) -> Statement:
    """GRANT privileges ON … TO {ROLE r | GROUP g | user | PUBLIC}, GRANT ROLE r TO …; REVOKE likewise."""
    words = text.words(len(text.tokens))
    if "FOR" in words and words[:4] != ("REVOKE", "GRANT", "OPTION", "FOR"):
        raise unsupported("a scoped permission (GRANT … FOR TABLES IN …)")
    if "COLUMNS" in words or "ASSUMEROLE" in words:
        raise unsupported("this GRANT")
    if "ON" in words and any(word in ("SEQUENCE", "SEQUENCES", "TYPE", "DOMAIN") for word in words):
        raise not_redshift("a grant on sequences or types")
    return Statement(without_kinds(text.tokens))


def without_kinds(tokens: Sequence[Token]) -> str:
    """The statement with ROLE and GROUP before grantees left out: roles are all one to PostgreSQL."""
    kept = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1].text.upper() if at else ""
        is_kind = token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER) and token.text.upper() in (
            "ROLE",
            "GROUP",
        )
        if is_kind and before in ("TO", "FROM", ",", "GRANT", "REVOKE"):
            continue
        kept.append(_as_text(token))
    return " ".join(kept).replace(" . ", ".")


def create_role(text: Text) -> Statement:
    """CREATE ROLE r, CREATE USER u PASSWORD '…'."""
    name, at = text.name(2)
    if text.word(1) == "USER" and text.word(at) == "PASSWORD" and at + 2 == len(text.tokens):
        return Statement(f"CREATE ROLE {name} LOGIN PASSWORD {literal(text.tokens[at + 1].text)}")
    if text.word(1) == "ROLE" and at == len(text.tokens):
        return Statement(f"CREATE ROLE {name} NOLOGIN")
    raise unsupported(f"CREATE {text.word(1)} with options")


def _as_text(token: Token) -> str:
    if token.token_type == TokenType.STRING:
        return literal(token.text)
    return quoted(token.text) if token.token_type == TokenType.IDENTIFIER else token.text
