"""Why there is no whole answer, in words for customers. Pure."""

from platform_sim.partners.contract import PartnerAnswer


def reason(answer: PartnerAnswer) -> str:
    """Completes "The add-on's provider ..."."""
    return {
        "bad address": "has an address that cannot be used",
        "unknown host": "could not be found: its host name has no address",
        "refused connection": "could not be reached: nothing listens at its address",
        "no connection": "could not be reached",
        "bad certificate": "could not be reached safely: its certificate is not valid",
        "timeout": "did not answer in time",
        "cut": "closed the connection before its answer was complete",
        "garbled": "answered something that is not HTTP",
    }.get(answer.problem or "", "could not be asked")
