"""What Redshift does not take, PostgreSQL though it may: found in the parsed statement and refused."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from redshift_standin.aliases import of_system
from redshift_standin.errors import Refused, not_redshift, unsupported
from redshift_standin.reserved import RESERVED
from redshift_standin.statements import Text

_TYPES = {
    exp.DType.JSON: "json",
    exp.DType.JSONB: "jsonb",
    exp.DType.UUID: "uuid",
    exp.DType.ARRAY: "an array type",
    exp.DType.SERIAL: "serial",
    exp.DType.BIGSERIAL: "bigserial",
    exp.DType.SMALLSERIAL: "smallserial",
    exp.DType.MONEY: "money",
    exp.DType.XML: "xml",
    exp.DType.INET: "inet",
    exp.DType.TINYINT: "tinyint",
    exp.DType.BIT: "bit",
    exp.DType.HSTORE: "hstore",
    exp.DType.INT4RANGE: "a range type",
    exp.DType.DATERANGE: "a range type",
    exp.DType.TSRANGE: "a range type",
    exp.DType.NUMRANGE: "a range type",
}
_NOT_HERE = {
    exp.DType.SUPER: "the type SUPER",
    exp.DType.VARBINARY: "the type VARBYTE",
    exp.DType.GEOMETRY: "the type GEOMETRY",
    exp.DType.GEOGRAPHY: "the type GEOGRAPHY",
    exp.DType.HLLSKETCH: "the type HLLSKETCH",
}
_FUNCTIONS = {
    "array_agg", "jsonb_agg", "json_agg", "jsonb_build_object", "json_build_object", "to_jsonb", "to_json",
    "row_to_json", "gen_random_uuid", "unnest", "make_date", "make_timestamp", "make_interval", "regexp_matches",
    "regexp_split_to_table", "regexp_split_to_array", "string_to_array", "format", "clock_timestamp",
    "transaction_timestamp", "pg_try_advisory_lock", "pg_advisory_lock", "pg_advisory_xact_lock", "setval", "nextval",
    "currval", "lastval", "string_agg", "txid_current", "xmlelement", "jsonb_set", "width_bucket", "num_nonnulls",
}  # fmt: skip
_LEADER_ONLY = {"now", "generate_series", "current_setting", "has_table_privilege", "pg_get_viewdef"}


def check(text: Text, tree: exp.Expr) -> None:
    """Raise for the first thing in a statement that Redshift would not take."""
    for node in tree.walk():
        for kind, rule in _RULES:
            if isinstance(node, kind):
                rule(node)
    functions(text)
    leader_only(text, tree)
    if isinstance(tree, exp.Insert) and tree.args.get("with_"):
        raise not_redshift("WITH before INSERT (it stands after INSERT INTO t)")


def column_type(kind: exp.DataType) -> None:
    """Raise for a type that Redshift, or the stand-in, does not have."""
    name = kind.this
    if name in _TYPES:
        raise Refused(f'Column "{_TYPES[name]}": stand-in: Amazon Redshift has no such type', "0A000")
    if name in _NOT_HERE:
        raise unsupported(_NOT_HERE[name])


def reserved(name: exp.Identifier) -> None:
    """Raise for a reserved word of Redshift's that stands unquoted where a name should."""
    if name.quoted or str(name.this).upper() not in RESERVED:
        return
    after_dot = (
        isinstance(name.parent, exp.Column | exp.Dot) and name.arg_key == "this" and "table" in _set(name.parent)
    )
    label = isinstance(name.parent, exp.Alias)
    # Every table of the catalogue has a column oid, which queries name bare.
    system = isinstance(name.parent, exp.Column) and str(name.this).upper() == "OID"
    if not (after_dot or label or system):
        raise Refused(f'syntax error at or near "{name.this}" (a reserved word of Amazon Redshift)', "42601")


def _set(node: exp.Expr) -> set[str]:
    return {key for key, value in node.args.items() if value}


def _refuse(what: str) -> Callable[[exp.Expr], None]:
    def rule(node: exp.Expr) -> None:
        raise not_redshift(what)

    return rule


def functions(text: Text) -> None:
    """Raise for a function Redshift lacks; by its name in the text, since the tree has other names for some."""
    names = [text.word(at).lower() for at in range(len(text.tokens)) if text.word(at + 1) == "("]
    for name in names:
        if name in _FUNCTIONS:
            raise Refused(f"function {name}() does not exist (stand-in: not one of Amazon Redshift's)", "42883")


def leader_only(text: Text, tree: exp.Expr) -> None:
    """Raise for a function of the leader node's in a statement about tables of users."""
    names = {text.word(at).lower() for at in range(len(text.tokens)) if text.word(at + 1) == "("} & _LEADER_ONLY
    if names and not all(of_system(table) for table in tree.find_all(exp.Table)):
        raise Refused(
            "Specified types or functions (one per INFO message) not supported on Redshift tables.",
            "0A000",
            f"stand-in: {min(names)}() runs on the leader node only",
        )


def _target(node: exp.Expr) -> None:
    if isinstance(node.this, exp.Table) and node.this.alias:
        raise Refused(
            f'syntax error at or near "{node.this.alias}": stand-in: Amazon Redshift takes no alias here', "42601"
        )


def _with(node: exp.Expr) -> None:
    if any(not isinstance(cte.this, exp.Query) for cte in node.expressions):
        raise not_redshift("a statement that changes data inside WITH")


def _values(node: exp.Expr) -> None:
    if not isinstance(node.parent, exp.Insert):
        raise not_redshift("VALUES as a table")


def _distinct(node: exp.Expr) -> None:
    if node.args.get("on"):
        raise not_redshift("DISTINCT ON")


def _cast(node: exp.Expr) -> None:
    if isinstance(node.args.get("to"), exp.DataType):
        column_type(node.args["to"])


_RULES: tuple[tuple[type[exp.Expr], Callable[..., None]], ...] = (
    (exp.OnConflict, _refuse("ON CONFLICT")),
    (exp.Returning, _refuse("RETURNING")),
    (exp.Lateral, _refuse("LATERAL")),
    (exp.Lock, _refuse("SELECT … FOR UPDATE")),
    (exp.Filter, _refuse("FILTER (WHERE …)")),
    (exp.NullSafeEQ, _refuse("IS NOT DISTINCT FROM")),
    (exp.NullSafeNEQ, _refuse("IS DISTINCT FROM")),
    (exp.TableSample, _refuse("TABLESAMPLE")),
    (exp.Distinct, _distinct),
    (exp.Values, _values),
    (exp.With, _with),
    (exp.Cast, _cast),
    (exp.Delete, _target),
    (exp.Identifier, reserved),
)
