"""What rules of several moments ask of an answer. Pure."""

from platform_sim.conformance.seen import Exchange


def is_clear_refusal(found: Exchange) -> bool:
    """A no that Heroku does not take for a failure (partner-api §2.4)."""
    return found.status == 422 and found.answer.problem is None


def refusal_message(found: Exchange) -> str:
    """What the customer is told of a refusal, "" for nothing."""
    message = found.object.get("message")
    return message.strip() if isinstance(message, str) else ""
