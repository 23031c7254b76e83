"""The secret salt of e-mail hashes: where it comes from, and how two salts are told apart without showing either.

An address can be guessed, so a hash of it alone hides nothing from whoever tries all addresses they have; one that is
keyed with a secret does. The salt itself is in no setting, note, log or plan: only where it is.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import Settings

SHORTEST = 16  # characters: what is shorter is guessed with the addresses
_HINT = "make one, keep it, never change it: openssl rand -hex 32; see docs/run-on-s3-and-redshift.md"


@dataclass(frozen=True)
class Salt:
    """A key of HMAC-SHA-256; without one, hashes are plain SHA-256. `origin`: where it came from, for people."""

    key: bytes | None = field(repr=False)
    origin: str

    @property
    def fingerprint(self) -> str:
        """A word that another salt does not have; it says nothing of the salt."""
        if self.key is None:
            return "none"
        return hmac.new(self.key, b"which salt e-mail addresses are hashed with", hashlib.sha256).hexdigest()[:16]


def require_salt(settings: Settings) -> None:
    """Raises SettingsError where nothing says a salt and the environment is not `local`."""
    if settings.environment != "local" and not (settings.email_salt_from or settings.email_salt_secret):
        raise SettingsError(
            f"environment {settings.environment}: email_salt_from: found none, expected the environment variable that "
            "holds the secret salt of e-mail hashes (or email_salt_secret): only environment local goes without",
            hint=_HINT,
        )


def find_salt(settings: Settings) -> Salt:
    """The salt that the settings refer to: of the environment variable, where that is set, else of Secrets Manager.

    Raises SettingsError where it is not there or too short.
    """
    require_salt(settings)
    variable, secret = settings.email_salt_from, settings.email_salt_secret
    if variable is None and secret is None:
        return Salt(None, "unsalted, as environment local may be")
    given = os.environ.get(variable, "").strip() if variable else ""
    origin = f"${variable}"
    if not given and secret:
        given, origin = _from_secrets_manager(secret, settings.s3.region).strip(), f"secret {secret}"
    if len(given) < SHORTEST:
        found = f"{len(given)} characters" if given else "nothing"
        raise SettingsError(
            f"the salt of e-mail hashes: found {found} in {origin}, expected {SHORTEST} characters or more", hint=_HINT
        )
    return Salt(given.encode(), f"salted, from {origin}")


def _from_secrets_manager(secret: str, region: str | None) -> str:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = boto3.client("secretsmanager", region_name=region).get_secret_value(SecretId=secret)
    except (BotoCoreError, ClientError) as error:
        raise SettingsError(
            f"email_salt_secret {secret}: not read from Secrets Manager: {error}",
            hint="the run's role needs secretsmanager:GetSecretValue on it, and the right region",
        ) from None
    return str(found.get("SecretString", ""))
