"""An e-commerce analytics pipeline: daily CSV drops to an audited star schema, on Spark and Delta."""

__version__ = "0.1.0"
