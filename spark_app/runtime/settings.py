"""The settings of an environment: `conf/base.yaml` overlaid by `conf/<environment>.yaml`, validated once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from spark_app.runtime.airflow_settings import AirflowSettings
from spark_app.runtime.alert_settings import AlertRoute
from spark_app.runtime.apart import overlap, unclear
from spark_app.runtime.closed import Closed
from spark_app.runtime.cost_settings import CostSettings
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.packaged import unpacked
from spark_app.runtime.yaml_lines import Document, nearest
from spark_app.runtime.zones import unknown_zone

CONF_VARIABLE = "LAKEHOUSE_CONF"


class SparkSettings(Closed):
    """How a session is made where the platform does not bring one."""

    master: str | None = Field(None, description="Spark master; none where the platform sets it")
    driver_memory: str | None = Field(None, pattern=r"^\d+[mg]$", description="driver heap, as 4g")
    fetch_jars: bool = Field(True, description="get Delta's jars by Maven coordinates; false where the image has them")
    light_compiler: bool = Field(False, description="JIT at level 1 only: halves the CPU time of short runs")
    bytes_per_partition: int = Field(32 * 1024**2, gt=0, description="landed bytes one shuffle partition stands for")


class S3Settings(Closed):
    """How object stores are reached. Credentials are never here: the standard AWS chain finds them."""

    endpoint: str | None = Field(None, pattern=r"^https?://", description="S3's address where it is not AWS's own")
    region: str | None = Field(None, description="region; else what the AWS environment says")
    path_style: bool = Field(False, description="the bucket in the path, not in the host name, as MinIO wants it")
    log_table: str | None = Field(None, description="DynamoDB table that several Sparks writing one lake share")
    only_writer: bool = Field(
        default=False, description="nothing else ever writes the lake: a store without conditional puts will do"
    )


AWS_ITSELF = S3Settings(endpoint=None, region=None, path_style=False, log_table=None)


class RedshiftSettings(Closed):
    """Where Redshift is and how releases get into it.

    Never a password: that is `$LAKEHOUSE_REDSHIFT_PASSWORD`, or in Secrets Manager (`secret`), or not needed (IAM,
    by `workgroup` or `cluster`).
    """

    host: str | None = Field(None, description="its address; IAM finds it by cluster or workgroup where not given")
    port: int = Field(5439, ge=1, le=65535, description="its port")
    database: str = Field("dev", description="the database; schemas analytics and etl are made in it")
    user: str | None = Field(None, description="who loads; where not given, the secret or the IAM identity says")
    secret: str | None = Field(None, description="Secrets Manager id of a secret with password and perhaps username")
    cluster: str | None = Field(None, description="provisioned cluster: IAM credentials instead of a password")
    workgroup: str | None = Field(None, description="serverless workgroup: IAM credentials instead of a password")
    iam_role: str = Field("default", repr=False, description="role Redshift reads `temp` with: an ARN, or default")
    temp: str | None = Field(None, pattern=r"^s3a?://.", description="S3 prefix for a load's files; emptied after it")
    region: str | None = Field(None, description="region of Redshift, for IAM and secrets; else the AWS environment's")
    loader: Literal["copy", "connector"] = Field("copy", description="COPY of Parquet parts, or Spark's connector")
    ssl: bool = Field(True, description="encrypted connections; false for a stand-in only")
    connect_timeout: int = Field(30, ge=1, le=600, description="seconds one attempt to connect may take")
    wake_timeout: int = Field(180, ge=0, le=1800, description="seconds a serverless workgroup is given to wake up")
    statement_timeout: int = Field(3600, ge=0, le=86400, description="seconds a statement may take; 0 for no limit")
    lock_timeout: int = Field(
        600, ge=1, le=86400, description="seconds to wait for another load to let go of the ledger"
    )
    keepalive: int = Field(
        60, ge=0, le=3600, description="seconds of silence after which a sign of life is sent; 0: none"
    )
    leave_out: tuple[str, ...] = Field((), description="gold tables that are not loaded, by name, nor their views")


class ReportingSettings(Closed):
    """What gold, its warehouse and the pages count in. A change of currency or zone derives gold anew."""

    currency: str | None = Field(
        None, pattern="^[A-Z]{3}$", description="ISO 4217; the source's own default where not given, else USD"
    )
    timezone: str = Field("UTC", description="IANA zone of the shop's day: of order_date, months, yesterday")
    shop: str | None = Field(None, min_length=1, description="the shop's name, on pages")

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        if wrong := unknown_zone(value):
            raise ValueError(wrong)
        return value


class WatchSettings(Closed):
    """How `lakehouse watch` follows the running day."""

    every_seconds: float = Field(60, ge=1, le=3600, description="seconds from one look at landing to the next")
    night: str | None = Field(
        "02:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="when it completes the day before, UTC; null: never"
    )
    behind_minutes: float = Field(
        30, gt=0, description="minutes that a file may have waited; people are told where one waited longer"
    )
    keep_releases: int = Field(20, ge=1, description="newest intraday releases that maintenance keeps, beside others")


class KafkaSettings(Closed):
    """Topics whose events `lakehouse watch` lands, each as rows of a dataset."""

    servers: str = Field(pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$", description="bootstrap servers: a:9092,b:9092")
    topics: dict[str, str] = Field(min_length=1, description="topic -> dataset of the source")
    events_per_batch: int = Field(10_000, ge=1, le=1_000_000, description="events held in memory at once, at most")
    ssl: bool = Field(default=False, description="encrypted connections")
    iam: bool = Field(
        default=False, description="IAM access control of Amazon MSK, by the role the run has; encrypted as well"
    )
    skip_lost: bool = Field(
        default=False, description="go on where a topic or offsets are gone; else that is told and waits for people"
    )


class Settings(Closed):
    """One environment. Paths are local folders or URIs; relative ones are taken from `home`."""

    environment: str
    home: str = Field(".lakehouse", description="folder that relative paths below are taken from")
    landing: str = Field("landing", description="where the shop's systems drop files")
    lake: str = Field("lake", description="root of bronze, silver, gold and ops")
    reports: str = Field("reports", description="where reports and Data Docs are written")
    data_docs: bool = Field(
        default=True, description="Great Expectations judges the findings too and writes its Data Docs: 10 s of CPU"
    )
    query_memory: str = Field(
        "2g", pattern=r"^\d+[mg]$", description="memory that queries of the driver (DuckDB's) take at most, as 2g"
    )
    report_days: int = Field(800, ge=31, le=4000, description="newest days that the dashboards show, to stay small")
    source: str = Field("canonical", description="file in conf/sources that maps landing onto entities")
    lookback_days: int = Field(7, ge=0, le=400, description="days before the batch date searched for late files")
    lease_seconds: int = Field(
        60, ge=2, le=3600, description="seconds of silence after which a run's hold of the lake may be taken over"
    )
    parallel: int = Field(4, ge=1, le=32, description="tables worked on at once")
    warehouse: Literal["duckdb", "redshift", "none"] = Field("duckdb", description="where releases are loaded")
    warehouse_path: str = Field("warehouse.duckdb", description="DuckDB's file")
    email_salt_from: str | None = Field(
        None, pattern=r"^[A-Z_][A-Z0-9_]*$", description="environment variable that holds the salt of e-mail hashes"
    )
    email_salt_secret: str | None = Field(
        None, min_length=1, description="Secrets Manager id of that salt, where the variable is not set"
    )
    reporting: ReportingSettings = ReportingSettings()
    watch: WatchSettings = Field(WatchSettings(), description="how the running day is followed")
    kafka: KafkaSettings | None = Field(None, description="where events come from, if they do")
    spark: SparkSettings = SparkSettings()
    s3: S3Settings = AWS_ITSELF
    redshift: RedshiftSettings | None = Field(None, description="needed where warehouse is redshift")
    cost: CostSettings = Field(CostSettings(), description="who bills runs, and how much a month may cost")
    airflow: AirflowSettings = Field(AirflowSettings(), description="how the DAGs in dags/ run this environment")
    alerts: tuple[AlertRoute, ...] = Field((), description="whom runs tell, and of what; nobody where empty")
    heartbeat_url_from: str | None = Field(
        None,
        pattern=r"^[A-Z_][A-Z0-9_]*$",
        description="environment variable that holds the URL of a dead-man's switch, which is told of every night",
    )

    @property
    def on_s3(self) -> bool:
        """Whether landing or the lake is in S3."""
        return any(re.match(r"s3[an]?://", self.resolve(path)) for path in (self.landing, self.lake))

    @property
    def left_out(self) -> tuple[str, ...]:
        """Gold tables that the warehouse has not: Redshift only, as a DuckDB file costs nothing."""
        return self.redshift.leave_out if self.redshift is not None and self.warehouse == "redshift" else ()

    @property
    def emr_application(self) -> str | None:
        """The application of EMR Serverless that runs are billed by."""
        runner = self.airflow.emr_serverless
        return self.cost.emr_application or (runner.application_id if runner else None)

    def resolve(self, path: str) -> str:
        """A path of these settings, made absolute; URIs stay."""
        if "://" in path:
            return path
        return str(Path(self.home).expanduser().absolute() / path)


def conf_dir() -> Path:
    """The folder of settings, contracts and sources: `$LAKEHOUSE_CONF`, else the project's (or the wheel's) own."""
    given = os.environ.get(CONF_VARIABLE)
    if given:
        return Path(given)
    inside, beside = Path(__file__).resolve().parents[1] / "conf", Path(__file__).resolve().parents[2] / "conf"
    return (
        next((place for place in (inside, beside) if place.is_dir()), None) or unpacked("spark_app", "conf") or beside
    )


def environment_file(environment: str) -> Path:
    """The settings file of an environment; SettingsError names the nearest where there is none."""
    conf = conf_dir()
    known = {path.stem for path in conf.glob("*.yaml")} - {"base", "metrics", "prices"}
    if environment not in known:
        raise SettingsError(f"no settings for environment '{environment}' in {conf}{nearest(environment, known)}")
    return conf / f"{environment}.yaml"


def load_settings(environment: str, *, home: str | None = None, source: str | None = None) -> Settings:
    """Settings of `environment`; a SettingsError names file, line and the nearest valid word."""
    if home is not None and not home.strip():
        raise SettingsError("--home: found nothing, expected a folder")
    path = environment_file(environment)
    merged: dict[str, Any] = {"environment": environment}
    for document in (Document(path.with_name("base.yaml"), SettingsError), Document(path, SettingsError)):
        document.data.setdefault("environment", environment)
        document.parse(Settings)  # each file alone, so that an error names its own line
        merged = _overlay(merged, document.data)
    for key, value in (("home", home), ("source", source)):
        if value is not None:
            merged[key] = value
    settings = Settings.model_validate(merged)
    _check_path(settings.resolve(settings.lake))
    _check_apart(path, settings)
    _check_redshift(path, settings)
    if lacking := settings.airflow.lacking():
        raise SettingsError(f"{path}: airflow.{lacking}", hint="see docs/run-with-airflow.md")
    lacking = settings.cost.lacking()
    if settings.cost.billed_by == "emr_serverless" and settings.emr_application is None:
        lacking = "emr_application: found none, expected its id, for billed_by is emr_serverless"
    if lacking:
        raise SettingsError(f"{path}: cost.{lacking}", hint="see docs/cost.md")
    return settings


def _check_path(lake: str) -> None:
    # Delta's log reader takes a path for a URL: with these it finds another folder, none, or an empty history.
    found = re.search(r"[][\\#?^|]|%[0-9A-Fa-f]{2}", lake)
    if found and "://" not in lake:
        raise SettingsError(
            f"lake: found '{found[0]}' in {lake}, expected a path without [ ] \\ # ? ^ | and %-codes",
            hint="set home or lake to another folder",
        )


def _check_apart(path: Path, settings: Settings) -> None:
    # Only of the whole, too: what one file sets may lie in what the other has.
    given = {name: getattr(settings, name) for name in ("lake", "landing", "reports")}
    if settings.warehouse == "duckdb":
        given["warehouse_path"] = settings.warehouse_path
    if settings.redshift is not None and settings.redshift.temp is not None:
        given["redshift.temp"] = settings.redshift.temp
    places = {name: settings.resolve(value) for name, value in given.items()}
    if found := unclear(places) or overlap(places):
        raise SettingsError(f"{path}: {found.mistake}", hint=found.hint)


def _check_redshift(path: Path, settings: Settings) -> None:
    # Only of the whole: base.yaml may give a part of it.
    if settings.warehouse != "redshift":
        return
    given = settings.redshift
    missing = "redshift" if given is None else "redshift.temp" if given.temp is None else None
    if given and not (given.host or given.cluster or given.workgroup):
        missing = "redshift.host (or redshift.cluster, redshift.workgroup)"
    if given and not (given.user or given.secret or given.workgroup):
        missing = "redshift.user (or redshift.secret, redshift.workgroup)"
    if missing:
        raise SettingsError(
            f"{path}: warehouse: found redshift without {missing}, expected where it is, who loads and temp",
            hint="see docs/run-on-s3-and-redshift.md",
        )


def _overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        nested = isinstance(value, dict) and isinstance(both.get(key), dict)
        both[key] = _overlay(both[key], value) if nested else value
    return both
