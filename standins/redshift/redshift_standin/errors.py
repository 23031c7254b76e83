"""The one exception the stand-in raises for a client to see, and how PostgreSQL's own errors are put as Redshift's."""

from __future__ import annotations

from collections.abc import Mapping

# Redshift reports a serialization failure as an internal error whose message is the number 1023, not as 40001.
SERIALIZATION_STATE = "XX000"


class Refused(Exception):
    """An error for the client: SQLSTATE, message and detail."""

    def __init__(self, message: str, state: str = "0A000", detail: str = "") -> None:
        super().__init__(message)
        self.message, self.state, self.detail = message, state, detail

    @property
    def fields(self) -> dict[str, str]:
        """The fields of an ErrorResponse."""
        known = {"S": "ERROR", "V": "ERROR", "C": self.state, "M": self.message}
        return {**known, "D": self.detail} if self.detail else known


class BackendError(Refused):
    """An error PostgreSQL gave to a statement of the stand-in's own; passed on as it came."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(fields.get("M", ""), fields.get("C", "XX000"), fields.get("D", ""))
        self.given = dict(fields)

    @property
    def fields(self) -> dict[str, str]:
        """The fields as PostgreSQL gave them."""
        return self.given


def unsupported(what: str) -> Refused:
    """For a statement that Redshift may know and the stand-in does not."""
    return Refused(f"stand-in: {what} is not supported here")


def not_redshift(what: str) -> Refused:
    """For a statement that PostgreSQL knows and Redshift does not."""
    return Refused(f"stand-in: {what} is not supported by Amazon Redshift")


def known(error: Exception) -> Refused:
    """A fault of its own as an error for the client; without its text, which may hold what nobody may see."""
    return error if isinstance(error, Refused) else Refused(f"stand-in: {type(error).__name__} within", "XX000")


def as_redshift(fields: dict[str, str]) -> dict[str, str]:
    """PostgreSQL's error fields in Redshift's words where loaders look at them."""
    state, message = fields.get("C", ""), fields.get("M", "")
    if state == "40001":
        changed = {
            "C": SERIALIZATION_STATE,
            "M": "1023",
            "D": f"Serializable isolation violation on table (stand-in: {message})",
        }
        return {**fields, **changed}
    if state == "23514" and fields.get("n", "").startswith("standin_bytes_"):
        limit = fields["n"].rsplit("_", 1)[-1]
        return {
            **fields,
            "C": "22001",
            "M": "Value too long for character type",
            "D": f"error: Value too long for character type code: 8001 "
            f"context: Value too long for type character varying({limit})",
        }
    if state == "23502" and "c" in fields:
        return {**fields, "M": f"Cannot insert a NULL value into column {fields['c']}"}
    if state == "22001":
        return {**fields, "D": f"error: Value too long for character type code: 8001 context: {message}"} | {
            "M": "Value too long for character type"
        }
    return fields
