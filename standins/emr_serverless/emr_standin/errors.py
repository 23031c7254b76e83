"""The API's errors, by the names and HTTP statuses of its service model."""

from __future__ import annotations


class ApiError(Exception):
    """Answered as JSON with the error's name in the x-amzn-errortype header."""

    status = 400
    name = "ValidationException"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(ApiError):
    """The request does not fit the API, or asks what this state of things does not allow."""


class NotFound(ApiError):
    """No such application or job run."""

    status, name = 404, "ResourceNotFoundException"


class Conflict(ApiError):
    """The state of the resource stands against it."""

    status, name = 409, "ConflictException"
