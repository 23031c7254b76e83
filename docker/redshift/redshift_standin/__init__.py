"""A stand-in for Amazon Redshift, for tests and laptops: PostgreSQL behind a wire proxy. Not Redshift itself."""

from redshift_standin.server import Standin, start

__all__ = ["Standin", "start"]
