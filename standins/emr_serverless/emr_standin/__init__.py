"""A stand-in for Amazon EMR Serverless: the REST calls of its API, with spark-submit on this machine behind them."""

from emr_standin.server import Standin, start
from emr_standin.spark_submit import Platform

__all__ = ["Platform", "Standin", "start"]
