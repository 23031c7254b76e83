"""`conf/prices.yaml`: what AWS asks for, of a region, as of a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field

from spark_app.runtime.closed import Closed
from spark_app.runtime.cost_settings import Architecture
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import conf_dir
from spark_app.runtime.yaml_lines import Document

Dollars = Annotated[Decimal, Field(gt=0)]
_PLACES = Decimal("1e-10")
_VCPU_WEIGHT = 9  # of a vCPU beside a GB of memory, in AWS's split cost allocation


class Published(Closed):
    """A part of the price list, and the page it stands on."""

    source: str = Field(pattern=r"^https://.", description="the page")


class Compute(Closed):
    """Dollars an hour."""

    vcpu_hour: Dollars
    memory_gb_hour: Dollars
    storage_gb_hour: Dollars


class EmrPrices(Published):
    """EMR Serverless, by the workers' processors."""

    x86_64: Compute
    arm64: Compute

    def of(self, architecture: Architecture) -> Compute:
        return self.arm64 if architecture == "arm64" else self.x86_64


class Node(Closed):
    """A machine that pods share."""

    node: str
    node_hour: Dollars
    spot_hour: Dollars | None = Field(None, description="what it is let for while AWS does not need it, of late")
    vcpu: Dollars
    memory_gb: Dollars

    @property
    def memory_gb_hour(self) -> Decimal:
        """Dollars of a GB-hour: the node's hour over its GB, and its vCPUs counted nine times."""
        return (self.node_hour / (_VCPU_WEIGHT * self.vcpu + self.memory_gb)).quantize(_PLACES)

    @property
    def vcpu_hour(self) -> Decimal:
        """Dollars of a vCPU-hour."""
        return _VCPU_WEIGHT * self.memory_gb_hour


class KubernetesPrices(Published):
    """Nodes of EKS, by their processors."""

    x86_64: Node
    arm64: Node

    def of(self, architecture: Architecture) -> Node:
        return self.arm64 if architecture == "arm64" else self.x86_64


class GluePrices(Published):
    """Glue's jobs."""

    dpu_hour: Dollars


class RedshiftPrices(Published):
    """Redshift Serverless."""

    rpu_hour: Dollars
    storage_gb_month: Dollars


class RedshiftNodePrices(Published):
    """Nodes of a Redshift cluster, on demand; what it stores is not in them."""

    node: str
    node_hour: Dollars


class S3Prices(Published):
    """Objects kept, and asked for."""

    standard_gb_month: Dollars
    infrequent_gb_month: Dollars
    writes_per_1000: Dollars
    reads_per_1000: Dollars


class Prices(Closed):
    """The file."""

    region: str
    date: date
    emr_serverless: EmrPrices
    kubernetes: KubernetesPrices
    glue: GluePrices
    redshift_cluster: RedshiftNodePrices
    redshift_serverless: RedshiftPrices
    s3: S3Prices


def load_prices(path: Path | None = None) -> Prices:
    """The prices; SettingsError names file, line and the nearest valid word."""
    return Document(path or conf_dir() / "prices.yaml", SettingsError).parse(Prices)
