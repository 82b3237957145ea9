"""The clock of a private Heroku."""

from datetime import datetime

from platform_sim.stand_ins.questions import Questions, Refused

__tracebackhide__ = True


class Clock:
    """The platform's clock. What a partner does in its own time goes by the wall."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def __repr__(self) -> str:
        try:
            told = self._questions.ask("GET", "/sim/status")["clock"]
        except (RuntimeError, Refused):
            return "<Clock of a Heroku that does not run>"
        return f"<Clock {told['now']}{', frozen' if told['frozen'] else ''}>"

    def now(self) -> datetime:
        """The platform's time."""
        return datetime.fromisoformat(self._questions.ask("GET", "/sim/status")["clock"]["now"])

    def freeze(self) -> None:
        """Stop time here."""
        self._questions.ask("POST", "/sim/clock/freeze", {})

    def resume(self) -> None:
        """Let time run on."""
        self._questions.ask("POST", "/sim/clock/resume", {})

    def advance(self, by: str = "", *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Move it forward at once, standing or running; what is due then is done in the background.

        `by`: as on the command line, `9h` or `1d12h`, in place of the numbers. Refused for what is no length of time,
        TypeError for both.
        """
        counts = {"d": days, "h": hours, "m": minutes, "s": seconds}
        if by and any(counts.values()):
            raise TypeError('give one of both: advance("9h") or advance(hours=9)')
        given = by or "".join(f"{count}{unit}" for unit, count in counts.items())
        self._questions.ask("POST", "/sim/clock/advance", {"by": given})

    def run(self) -> None:
        """From one thing that is due to the next, until nothing waits: retries are all made."""
        self._questions.ask("POST", "/sim/clock/run", {"until": "idle"})
