"""GRANT and REVOKE, whose grantees Redshift calls ROLE, GROUP or user."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import Token, TokenType

from redshift_standin.errors import Refused, not_redshift, unsupported
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
    """CREATE ROLE r, CREATE GROUP g [WITH USER u, …], CREATE USER u PASSWORD {'…' | DISABLE}."""
    kind = text.word(1)
    name, at = text.name(2)
    if kind in ("ROLE", "GROUP"):
        members = text.tokens[at:]
        words = text.words(2, at)
        if not members:
            return Statement(f"CREATE ROLE {name} NOLOGIN")
        if kind == "GROUP" and "USER" in words:
            names = ", ".join(quoted(t.text) for t in members if t.text.upper() not in ("WITH", "USER", ","))
            return Statement(f"CREATE ROLE {name} NOLOGIN ROLE {names}")
        raise unsupported(f"CREATE {kind} with options")
    return Statement(f"CREATE ROLE {name} LOGIN{_user_options(text, at)}")


def alter_user(text: Text) -> Statement:
    """ALTER USER u PASSWORD '…'; ALTER GROUP g {ADD | DROP} USER u."""
    name, at = text.name(2)
    if text.word(1) == "GROUP" and text.word(at + 1) == "USER":
        member = text.name(at + 2)[0]
        verb = {"ADD": f"GRANT {name} TO", "DROP": f"REVOKE {name} FROM"}.get(text.word(at))
        if verb:
            return Statement(f"{verb} {member}")
    if text.word(1) == "USER":
        return Statement(f"ALTER ROLE {name}{_user_options(text, at)}")
    raise unsupported(f"ALTER {text.word(1)}")


def _user_options(text: Text, at: int) -> str:
    found = ""
    while at < len(text.tokens):
        word = text.word(at)
        if word == "PASSWORD" and text.word(at + 1) == "DISABLE":
            found, at = found + " PASSWORD NULL", at + 2
        elif word == "PASSWORD":
            found, at = found + f" PASSWORD {literal(text.tokens[at + 1].text)}", at + 2
        elif word in ("CREATEUSER", "NOCREATEUSER"):
            found, at = found + (" SUPERUSER" if word == "CREATEUSER" else " NOSUPERUSER"), at + 1
        elif word in ("CREATEDB", "NOCREATEDB", "WITH"):
            at += 1
        elif text.words(2, at) == ("IN", "GROUP"):
            found, at = found + f" IN ROLE {text.name(at + 2)[0]}", at + 3
        else:
            raise Refused(f"stand-in: this option of a user is not supported here: {word}", "0A000")
    return found


def _as_text(token: Token) -> str:
    if token.token_type == TokenType.STRING:
        return literal(token.text)
    return quoted(token.text) if token.token_type == TokenType.IDENTIFIER else token.text
