"""Make Superset ready and bring the assets in; run by Superset's own Python (docs/run-superset.md).

    python docker/superset/prepare.py build/superset.zip

Brings the metadata to this version, makes roles and, where SUPERSET_ADMIN_PASSWORD is set and there is none, the user
`admin`; then imports the assets over what is there. May be run again. It goes by Superset's own commands, in one
process: its `import-dashboards` leaves datasets that exist as they were, and so metrics that changed.
"""

from __future__ import annotations

import os
import sys
import zipfile

DATABASE = "databases/warehouse.yaml"


def main(bundle: str) -> None:
    """Upgrade, roles, users, assets."""
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        _metadata()
        admin = _users()
        _assets(bundle, admin)


def _metadata() -> None:
    import flask_migrate
    from superset.extensions import appbuilder

    flask_migrate.upgrade()
    appbuilder.add_permissions(update_perms=True)
    appbuilder.sm.sync_role_definitions()


def _users() -> object:
    from superset.extensions import appbuilder

    security = appbuilder.sm
    password = os.environ.get("SUPERSET_ADMIN_PASSWORD")
    if password and not security.find_user(username="admin"):
        role = security.find_role("Admin")
        security.add_user("admin", "Admin", "of Superset", "admin@example.com", role, password)
    # Who brings the assets in owns them: any admin, where logins come from elsewhere.
    admins = [user for user in security.get_all_users() if security.find_role("Admin") in user.roles]
    if not admins:
        sys.exit("No admin in Superset: set SUPERSET_ADMIN_PASSWORD, or make one: superset fab create-admin")
    return admins[0]


def _assets(bundle: str, admin: object) -> None:
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.commands.importers.v1.utils import get_contents_from_bundle
    from superset.extensions import appbuilder, db
    from superset.models.core import Database
    from superset.utils.core import override_user

    with zipfile.ZipFile(bundle) as opened:
        contents = get_contents_from_bundle(opened)
    password = os.environ.get("SUPERSET_WAREHOUSE_PASSWORD")
    passwords = {DATABASE: password} if password else {}
    with override_user(admin):
        ImportAssetsCommand(contents, passwords=passwords).run()
    _analysts(appbuilder.sm, db.session.query(Database).filter_by(database_name="Warehouse").one())
    print(f"Imported {sum(path.endswith('.yaml') for path in contents)} files of {bundle}")


def _analysts(security: object, database: object) -> None:
    """The role `Shop analyst`: reads all of the schema analytics. Given together with Gamma (and sql_lab)."""
    from superset.extensions import db

    schema = security.get_schema_perm(database.database_name, None, "analytics")
    role = security.add_role("Shop analyst")
    permission = security.add_permission_view_menu("schema_access", schema)
    if permission not in role.permissions:
        security.add_permission_role(role, permission)
    db.session.commit()


if __name__ == "__main__":
    main(sys.argv[1])
