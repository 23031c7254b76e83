"""MERGE, in both of Redshift's forms."""

from __future__ import annotations

from sqlglot import exp

from redshift_standin import refuse
from redshift_standin.errors import Refused, not_redshift
from redshift_standin.rewrite import generate, parse, parse_only, table_name
from redshift_standin.statements import Context, Statement, Text


def merge(text: Text) -> Statement:
    """MERGE INTO t USING s ON … WHEN …, or … REMOVE DUPLICATES."""
    if text.words(2, len(text.tokens) - 2) == ("REMOVE", "DUPLICATES"):
        return _remove_duplicates(text)
    tree = parse(text)
    if not isinstance(tree, exp.Merge):
        raise Refused("stand-in: cannot read this MERGE", "42601")
    if not tree.args.get("whens"):
        raise Refused("syntax error: MERGE needs WHEN MATCHED and WHEN NOT MATCHED, or REMOVE DUPLICATES", "42601")
    for when in tree.args["whens"].expressions:
        _checked(when)
    return Statement(generate(tree), writes=table_name(tree.this))


def _checked(when: exp.Expr) -> None:
    change = when.args.get("then")
    if isinstance(change, exp.Insert):
        _insert(change)
    if isinstance(change, exp.Update):
        for item in change.expressions:
            if isinstance(item.this, exp.Column) and item.this.table:
                raise Refused(f'column "{item.this.table}" of the target does not exist: SET takes bare names', "42703")


def _insert(change: exp.Insert) -> None:
    """INSERT VALUES (…) without a column list: sqlglot reads its values where the list would be."""
    listed = change.this
    if not change.expression and isinstance(listed, exp.Tuple) and len(listed.expressions) == 1:
        values = listed.expressions[0]
        change.set("this", None)
        change.set("expression", exp.Tuple(expressions=[v.copy() for v in values.expressions]))
    elif not change.expression:
        raise not_redshift("MERGE … INSERT without VALUES")


def _remove_duplicates(text: Text) -> Statement:
    """Rows of the target that match go, the source's rows, each once, come."""
    first = Text(text.whole, text.tokens[:-2])
    # Read as the WHEN form, which the parser knows; its branches are thrown away.
    tree = parse_only(f"{first.sql} WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (1)")
    refuse.check(first, tree)
    target, source = table_name(tree.this), tree.args["using"]
    alias = generate(source)
    delete = f"DELETE FROM {target} USING {alias} WHERE {generate(tree.args['on'])}"
    insert = f"INSERT INTO {target} SELECT DISTINCT * FROM {alias}"

    def work(context: Context) -> str:
        context.backend.run(delete)
        return context.backend.run(insert).replace("INSERT 0", "MERGE")

    return Statement(work=work, writes=target)
