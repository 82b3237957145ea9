"""Every error the API can answer: one class a public id (platform-api §4.3). Actions raise, dispatch translates."""

from collections.abc import Mapping


class PlatformError(Exception):
    """An answer that is not what the caller hoped for; `message` says what, why and what to do next."""

    status = 500
    id = "internal_server_error"

    def __init__(self, message: str, **extra: object) -> None:
        super().__init__(message)
        self.message = message
        self.extra: Mapping[str, object] = extra

    def body(self) -> dict[str, object]:
        """The JSON the client sees: `{id, message, ...}`."""
        return {"id": self.id, "message": self.message, **self.extra}


class BadRequest(PlatformError):
    status, id = 400, "bad_request"


class MissingVersion(PlatformError):
    """The text is under `error`, not `message`: so the real API answers (platform-api §4.2)."""

    status, id = 400, "missing_version"

    def body(self) -> dict[str, object]:
        """The JSON the client sees: `{id, error}`."""
        return {"id": self.id, "error": self.message}


class Unauthorized(PlatformError):
    status, id = 401, "unauthorized"


class Delinquent(PlatformError):
    status, id = 402, "delinquent"


class Forbidden(PlatformError):
    status, id = 403, "forbidden"


class Suspended(PlatformError):
    status, id = 403, "suspended"


class TwoFactor(PlatformError):
    """Clients ask for a code and repeat with it in `Heroku-Two-Factor-Code`; with `app` in the body they
    authorize that app first (heroku-cli §2)."""

    status, id = 403, "two_factor"


class NotFound(PlatformError):
    """`resource` names the kind (`app`, `add_on`, `add_on attachment`): clients' resolvers depend on it."""

    status, id = 404, "not_found"

    def __init__(self, resource: str, message: str = "") -> None:
        super().__init__(message or f"Couldn't find that {resource.replace('_', '-')}.", resource=resource)


class EndpointNotFound(PlatformError):
    """No such path, or an Accept header that names no API version (platform-api §4.2)."""

    status, id = 404, "not_found"

    def __init__(self) -> None:
        super().__init__(
            "The requested API endpoint was not found. Are you using the right HTTP verb "
            "(i.e. `GET` vs. `POST`), and did you specify your intended version with the `Accept` header?"
        )


class NotAcceptable(PlatformError):
    status, id = 406, "not_acceptable"


class Conflict(PlatformError):
    status, id = 409, "conflict"


class Gone(PlatformError):
    status, id = 410, "gone"


class PreconditionFailed(PlatformError):
    status, id = 412, "precondition_failed"


class TooLarge(PlatformError):
    status, id = 413, "request_entity_too_large"


class BadRange(PlatformError):
    status, id = 416, "requested_range_not_satisfiable"


class InvalidParams(PlatformError):
    status, id = 422, "invalid_params"


class ConfirmationRequired(PlatformError):
    """Clients repeat the request with `confirm` set to the app's name (heroku-cli §7)."""

    status, id = 423, "confirmation_required"


class MultipleMatches(PlatformError):
    status, id = 422, "multiple_matches"


class ProviderRefused(PlatformError):
    """The partner said no, or answered nonsense: its message or ours, for the customer (partner-api §2.4)."""

    status, id = 422, "provisioning_failed"


class Unavailable(PlatformError):
    """The partner could not be reached or broke down (partner-api §2.4), or an operator wants the platform itself to
    be so (docs/faults.md); it may be tried again."""

    status, id = 503, "service_unavailable"


class RateLimited(PlatformError):
    status, id = 429, "rate_limit"


class NotSimulated(PlatformError):
    """Published by Heroku, not simulated here; never a silent success (design §2 rule 5)."""

    status, id = 501, "not_simulated"


class Internal(PlatformError):
    """A bug of ours. The message says so; the trace goes to our own log, never to the client."""

    status, id = 500, "internal_server_error"
