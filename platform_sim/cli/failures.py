"""What can go wrong in a command, and the exit code that each kind has (design §5).

0 ok, 1 a finding or an error the API answered, 2 usage (click's own), 3 environment, 4 a bug of ours, 130 interrupted.
"""

from collections.abc import Mapping
from typing import Any

FINDINGS, USAGE, ENVIRONMENT, INTERNAL, INTERRUPTED = 1, 2, 3, 4, 130


class Failure(Exception):
    """A command could not do its work; the message says what, why and what to do next."""

    code = FINDINGS


class EnvironmentProblem(Failure):
    """The machine or the platform is not as needed: nothing answers, a file is missing."""

    code = ENVIRONMENT


class ApiError(Failure):
    """The platform answered with an error. `id` and `body` as it sent them (platform-api §4.3)."""

    def __init__(self, message: str, *, status: int, id: str = "", body: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.id = id
        self.body = body or {}
