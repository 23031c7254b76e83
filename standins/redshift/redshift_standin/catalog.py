"""A new data folder made ready: the database, its user, Redshift's functions and system views."""

from __future__ import annotations

from pathlib import Path

from psycopg import sql

from redshift_standin.postgres import Postgres

_HERE = Path(__file__).parent
MONITOR = "sys:monitor"  # the role of Redshift's own that lets users see what others did
_SCRIPTS = ("catalog.sql", "functions.sql", "views.sql")


def prepare(postgres: Postgres, database: str, user: str, password: str) -> None:
    """Make what is missing; the user's password is set anew each time."""
    with postgres.admin() as admin:
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user]).fetchone():
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN SUPERUSER").format(sql.Identifier(user)))
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(password)))
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [MONITOR]).fetchone():
            admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(MONITOR)))
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            return
        making = sql.Identifier(database + "_in_the_making")
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(making))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(making))
        with postgres.admin(database + "_in_the_making") as new:
            new.execute("SET allow_system_table_mods = on")
            for name in _SCRIPTS:
                new.execute((_HERE / name).read_text().encode())
            new.execute(sql.SQL("GRANT ALL ON SCHEMA public TO PUBLIC"))
        # Half-made databases are never met: the name comes last.
        admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(making, sql.Identifier(database)))
