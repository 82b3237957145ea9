"""The lessons as JSON: what `GET /sim/lessons` answers and the page shows."""

from urllib.parse import quote

from platform_sim.core.model.lessons import Course, Learned
from platform_sim.core.model.values import iso_or_none

Json = dict[str, object]


def course(row: Course) -> Json:
    """All lessons. `next`: the first that has not happened, null after the last."""
    return {
        "app": row.app,
        "begun_at": iso_or_none(row.begun),
        "next": row.next,
        "lessons": [lesson(each, row.app) for each in row.learned],
    }


def lesson(row: Learned, app: str | None) -> Json:
    """One lesson, its check with it. Paths are below the platform's address."""
    return {
        "number": row.lesson.number,
        "title": row.lesson.title,
        "text": list(row.lesson.text),
        "commands": list(row.lesson.commands),
        "then": row.lesson.then or None,
        "clicks": row.lesson.clicks,
        "page": row.lesson.page,
        "done": row.check.done,
        "done_at": iso_or_none(row.check.at),
        "found": row.check.says,
        "timeline": timeline(app),
        "question": row.lesson.question,
        "try": row.lesson.trial,
        "answer": row.lesson.answer,
    }


def timeline(app: str | None) -> str:
    """Where the dashboard shows what followed from what."""
    return "/dashboard/timeline" + (f"?app={quote(app, safe='')}" if app else "")
