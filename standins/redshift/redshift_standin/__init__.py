"""A stand-in for Amazon Redshift, for tests and laptops: PostgreSQL behind a wire proxy. Not Redshift itself."""

from redshift_standin.server import start
from redshift_standin.standin import Standin

__all__ = ["Standin", "start"]
