"""The life of a vacancy in plain words: why it is no longer open, and what people changed in it."""

from __future__ import annotations

from api.life import ChangeShown, LifeShown, Why
from api.reading_wording import field_label, value_text
from api.wording import ROLES, STATUS, day, moment
from profiling.taxonomy import Taxonomy

_WHY = {
    Why.DEADLINE: "its last day has passed",
    Why.UNSEEN: "its source no longer shows it",
    Why.SOURCE: "its source says so",
    Why.EMPLOYER: "the employer said so",
    Why.CENTRE: "a centre said so",
    Why.REVIEW: "a centre confirmed what it is marked for",
    Why.MERGED: "it is part of another vacancy",
}


def ending(life: LifeShown) -> str:
    """Why it is not open, and since when; empty for one that is open or held."""
    if life.why is None:
        return ""
    since = day(life.ended_at.date()) if life.ended_at else ""
    return ", ".join(filter(None, (_WHY[life.why], since)))


def who_ended(life: LifeShown) -> str:
    """For staff: who ended it and the reason that was given; empty when nobody did or it is not shown."""
    return ": ".join(filter(None, (life.by, life.reason)))


def change_line(change: ChangeShown, taxonomy: Taxonomy) -> str:
    """One change by a person: when, by whom, what and why."""
    if change.field == "status":
        what = f"{STATUS.get(change.was, change.was)} to {STATUS.get(change.value, change.value)}"
    else:
        was, value = (
            value_text(change.field, said, taxonomy) if said else "not known" for said in (change.was, change.value)
        )
        what = f"{field_label(change.field)}: {was} to {value}"
    who = ", ".join(filter(None, (change.by, ROLES.get(change.role, change.role))))
    return f"{moment(change.at)}, {who}: {what}" + (f" ({change.reason})" if change.reason else "")
