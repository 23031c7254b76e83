"""SET and SHOW: PostgreSQL's settings, and Redshift's own kept under a prefix."""

from __future__ import annotations

from sqlglot import TokenType

from redshift_standin.errors import Refused, unsupported
from redshift_standin.statements import Statement, Text, literal, quoted

_OURS = {
    "query_group", "wlm_query_slot_count", "enable_result_cache_for_session", "analyze_threshold_percent",
    "describe_field_name_in_uppercase", "error_on_nondeterministic_update", "json_serialization_enable",
    "max_cursor_result_set_size", "mv_enable_aqmv_for_session", "navigate_super_null_on_error",
    "spectrum_enable_pseudo_columns", "use_fips_ssl", "cast_super_null_on_error", "enable_numeric_rounding",
    "pg_federation_repeatable_read", "stored_proc_log_min_messages", "downcase_delimited_identifier",
}  # fmt: skip
_THEIRS = {
    "search_path", "application_name", "datestyle", "timezone", "statement_timeout", "extra_float_digits",
    "client_encoding", "standard_conforming_strings", "client_min_messages", "bytea_output", "lock_timeout",
}  # fmt: skip


def set_(text: Text) -> Statement:
    """SET [SESSION | LOCAL] name {TO | =} value."""
    at = 1
    scope = ""
    if text.word(1) in ("SESSION", "LOCAL"):
        scope, at = text.word(1) + " ", 2
    if text.words(2, at) == ("SESSION", "AUTHORIZATION") or text.words(2, 1) == ("SESSION", "AUTHORIZATION"):
        return Statement(text.sql)
    if text.word(at) in ("TRANSACTION", "CHARACTERISTICS"):
        # Whatever level is named, Redshift runs transactions at the database's own.
        return Statement("SET standin.isolation TO DEFAULT")
    name = text.tokens[at].text.lower() if at < len(text.tokens) else ""
    if name == "time" and text.word(at + 1) == "ZONE":
        return Statement(text.sql)
    if text.word(at + 1) not in ("TO", "="):
        raise Refused(f'syntax error at or near "{text.word(at + 1)}"', "42601")
    values = _values(text, at + 2)
    if name == "enable_case_sensitive_identifier":
        if values != ["'false'"] and values != ["'off'"] and values != ["DEFAULT"]:
            raise unsupported("enable_case_sensitive_identifier")
        return Statement("SET standin.enable_case_sensitive_identifier TO 'off'")
    return Statement(f"SET {scope}{_known(name)} TO {', '.join(values)}")


def show(text: Text) -> Statement:
    """SHOW {name | ALL}: a setting. The SHOW TABLES family is refused: drivers fall back to the system views."""
    if [token.text.lower() for token in text.tokens[1:]] == ["transaction", "isolation", "level"]:
        return Statement("SHOW transaction_isolation")
    if len(text.tokens) != 2:
        raise unsupported(f"SHOW {text.word(1)} …")
    name = text.tokens[1].text.lower()
    if name in _OURS:
        return Statement(f"SELECT coalesce(current_setting('standin.{name}', true), 'default') AS {quoted(name)}")
    if name in ("transaction_isolation", "transaction"):
        return Statement("SHOW transaction_isolation")
    if name in ("is_superuser", "server_version", "all"):
        return Statement(f"SHOW {name}" if name != "server_version" else "SELECT '8.0.2' AS server_version")
    return Statement(f"SHOW {_known(name)}")


def _known(name: str) -> str:
    if name in _OURS:
        return f"standin.{name}"
    if name in _THEIRS or name.startswith("standin."):
        return name
    raise Refused(f'unrecognized configuration parameter "{name}"', "42704")


def _values(text: Text, at: int) -> list[str]:
    values: list[str] = []
    for token in text.tokens[at:]:
        if token.token_type == TokenType.COMMA:
            continue
        if token.text.upper() == "DEFAULT" and token.token_type != TokenType.STRING:
            return ["DEFAULT"]
        is_name = token.token_type == TokenType.IDENTIFIER
        values.append(quoted(token.text) if is_name else literal(token.text))
    return values
