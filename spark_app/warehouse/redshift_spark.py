"""Spark's connector for Redshift as the loader: it writes a slice's rows to S3 again and has Redshift COPY them.

https://github.com/spark-redshift-community/spark-redshift, version 6.4.3. It commits what it loads by itself, so it
loads staging tables only; the transaction that shows a release is the same for both loaders. Its traps, and how they
are met: a null mark that a text could equal, and microseconds that its text formats cut (Parquet has neither);
columns bound by position (their list is given); a staging table that it makes with types of its own (ours exists).
"""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import TimestampNTZType

from spark_app.runtime.errors import SettingsError, WarehouseError
from spark_app.runtime.messages import clipped
from spark_app.runtime.settings import RedshiftSettings, S3Settings
from spark_app.warehouse.redshift_copy import Stager, upload
from spark_app.warehouse.redshift_session import Session, bracketed, login, place
from spark_app.warehouse.redshift_temp import remove_prefix
from spark_app.warehouse.staging import Slice

FORMAT = "io.github.spark_redshift_community.spark.redshift"
_CAUSE = "Caused by: "


def connector_stager(spark: Callable[[], SparkSession], settings: RedshiftSettings, s3: S3Settings) -> Stager:
    """A stager by the connector; Spark is started when there is something to load.

    It raises SettingsError where the settings do not suffice for the connector.
    """

    def stage(session: Session, part: Slice) -> int:
        options = _options(settings)
        parts = list(upload(part, s3))
        if not parts:
            return 0
        rows = _frame(spark(), [_s3a(p.uri) for p in parts])
        temp = f"{part.prefix}/connector"
        try:
            (
                rows.write.format(FORMAT)
                .options(**options)
                .option("dbtable", f'"etl"."{part.table}"')
                .option("tempdir", _s3a(temp))
                .mode("append")
                .save()
            )
        except Exception as error:
            # `from None`: the connector's own errors carry the statement with the role, and Java's stack.
            raise _failed(error, part, session) from None
        finally:
            remove_prefix(temp, s3)
        return sum(p.rows for p in parts)

    return stage


def _options(settings: RedshiftSettings) -> dict[str, str]:
    who = login(settings)
    if not {"host", "user", "password"} <= {key for key, value in who.items() if value}:
        raise SettingsError(
            f"warehouse {place(settings)}: redshift.loader connector found no host, user and password; expected all "
            "three (the password from the environment or redshift.secret)",
            hint="give them, or set redshift.loader to copy, which logs in by IAM as well",
        )
    if settings.iam_role == "default":
        raise SettingsError(
            f"warehouse {place(settings)}: redshift.loader connector found iam_role 'default', expected the role's ARN",
            hint="write out redshift.iam_role, or set redshift.loader to copy",
        )
    tls = "" if settings.ssl else "?ssl=false"
    options = {
        "url": f"jdbc:redshift://{bracketed(who['host'])}:{settings.port}/{settings.database}{tls}",
        # Options by these names are redacted in plans and in Spark's UI; a password in the URL would not be.
        "user": str(who["user"]),
        "password": str(who["password"]),
        "aws_iam_role": settings.iam_role,
        "tempformat": "PARQUET",
        "include_column_list": "true",
        # A refused COPY is refused again: the run's own message should not wait a minute for that.
        "copyretrycount": "1",
        "copydelay": "2000",
    }
    return options | ({"tempdir_region": settings.region} if settings.region else {})


def _frame(spark: SparkSession, uris: list[str]) -> DataFrame:
    """The slice's rows; its times, which are UTC without a zone, as Spark's, for the connector knows no others."""
    rows = spark.read.parquet(*uris)
    times = [field.name for field in rows.schema.fields if isinstance(field.dataType, TimestampNTZType)]
    return rows.withColumns({name: F.col(name).cast("timestamp") for name in times})


def _failed(error: Exception, part: Slice, session: Session) -> WarehouseError:
    text = str(error)
    causes = [line.strip() for line in text.splitlines() if line.strip().startswith(_CAUSE)]
    said = (causes[-1].removeprefix(_CAUSE) if causes else text.strip().splitlines()[0]) if text.strip() else ""
    if "ClassNotFound" in text or "DATA_SOURCE_NOT_FOUND" in text:
        return WarehouseError(
            f"warehouse {session.place}: Spark has no connector {FORMAT}",
            hint="name its jar in $SPARK_REDSHIFT_JAR, or set redshift.loader to copy",
        )
    why = clipped(session.clean(said), 500)
    return WarehouseError(
        f'warehouse {session.place}: the connector could not load "etl"."{part.table}": {why}; '
        "nothing of the release is visible",
        hint="run again: lakehouse run --layers publish",
    )


def _s3a(uri: str) -> str:
    return "s3a://" + uri.partition("://")[2]
