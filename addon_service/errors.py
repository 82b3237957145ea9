"""What can go wrong, as the caller is told it. Rooms raise these; `web.py` turns them into answers."""

from __future__ import annotations


class ServiceError(Exception):
    """An answer other than success: `status` for HTTP, `id` for programs, the message for people."""

    status = 500
    id = "internal"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(ServiceError):
    """The body cannot be read at all."""

    status, id = 400, "bad_request"


class Unauthorized(ServiceError):
    """Wrong or missing credentials; nothing was done."""

    status, id = 401, "unauthorized"


class PlanLimit(ServiceError):
    """The plan holds no more (partner-api §12: 402 to the app)."""

    status, id = 402, "plan_limit"


class Forbidden(ServiceError):
    """Known, but not allowed."""

    status, id = 403, "forbidden"


class NotFound(ServiceError):
    """Never existed here."""

    status, id = 404, "not_found"


class Conflict(ServiceError):
    """Not possible in the present state."""

    status, id = 409, "conflict"


class Gone(ServiceError):
    """Existed once, and never will again (partner-api §2.6)."""

    status, id = 410, "gone"


class Invalid(ServiceError):
    """Understood, and cannot be fulfilled; Heroku shows the message to the customer (partner-api §2.4)."""

    status, id = 422, "invalid_params"


class Unavailable(ServiceError):
    """Not now, and nobody's fault at the other end (partner-api §2.4: 503, with a message for the customer)."""

    status, id = 503, "unavailable"


class PlatformFailed(ServiceError):
    """Heroku could not be reached, or gave an answer that cannot be used."""

    status, id = 502, "platform_failed"


class EnvironmentProblem(Exception):
    """The machine is not as needed (port taken, folder in use, key lost): the program ends with 3."""
