"""Plans in plain words: what a step brings, what it takes, and what is not known."""

from __future__ import annotations

from datetime import date

from api.wording import amount, count, day, licence_label, pay, plain, skill_label
from matching.gaps import Gap, GapKind
from matching.market import CourseView
from matching.plans import Plan, Step
from matching.prospects import Opening
from profiling.taxonomy import Taxonomy

NOT_KNOWN = "not known"
KINDS = {
    "rpl": "Assessment", "course": "Course", "bridging": "Bridging course", "apprenticeship": "Apprenticeship",
    "soft_skills": "Course",
}  # fmt: skip
#: What closing a gap means, by its kind; an assessment confirms where a course teaches.
CLOSED = {
    GapKind.SKILL: "teaches “{label}”",
    GapKind.UNCONFIRMED: "covers “{label}”",
    GapKind.LICENCE: "brings {label}",
    GapKind.LEVEL: "gives {label}",
}
CONFIRMED = "confirms “{label}”"
BARRED = "cannot be offered today for want of the licence; fit {after} with it"
RISES = "fit {before} today, {after} after"
KEEPS = "fit {after} as today, but nothing that is asked for is missing any more"
LATE = "closes on {closes}, before this can be over: take it as an example of such posts"
REPEATS = "An assessment confirms the same and opens the same jobs: think of that first"
#: What the numbers are, said once under every list.
NUMBERS = (
    "A fit is a number from 0 to 1, like the probability of being shortlisted; it is worked out, not yet measured. "
    "Expected shortlists are these numbers summed over the vacancies within reach."
)
NO_PLAN = "No course or assessment opens a vacancy within reach wholly today."
NOTHING_NEAR = "No open vacancy is within reach today, so no course can be said to open one."
LEFT_OUT = "{plans} left out by the limits or for want of a known length or cost (--unknown shows the latter)"
TOO_FEW = "Fewer than five people of this caseload agree to matching (there): nothing is counted."
FEW = "fewer than 5"


def kind(course: CourseView) -> str:
    """What kind of step a course is."""
    return KINDS.get(course.kind, plain(course.kind).capitalize())


def where(step: Step) -> str:
    """Provider, place and distance, as far as they are known."""
    course = step.course
    place = course.district or course.place or course.province
    far = f"{amount(round(step.km))} km from home as the crow flies" if step.km else ""
    if step.near == 1.0 or step.km == 0:
        far = "in the home district or where they would work"
    lodging = "with lodging" if course.lodging else ""
    return ", ".join(filter(None, (course.provider, place, far, lodging)))


def terms(step: Step) -> str:
    """Length, cost, stipend, next intake and seats of a step; what is not known is said to be so."""
    course = step.course
    said = [
        f"length {weeks(course.weeks)}",
        f"cost {cost(course.cost, course.cost_currency)}",
        f"next intake {day(step.intake) if step.intake else NOT_KNOWN}",
    ]
    if course.stipend is not None:
        paid = course.stipend
        every = "for all of it" if paid.period == "course" else f"a {paid.period}"
        said.append(f"pays {paid.currency} {amount(paid.amount)} {every}")
    if course.seats is not None:
        said.append(count(course.seats, "seat", "seats"))
    return "; ".join(said)


def weeks(number: float | None) -> str:
    """A number of weeks."""
    return NOT_KNOWN if number is None else count(number, "week", "weeks")


def cost(sum_: float | None, currency: str | None) -> str:
    """A cost; nothing is free that is not known to be."""
    if sum_ is None:
        return NOT_KNOWN
    return pay(sum_, None, currency, "") if sum_ else "nothing"


def summary(plan: Plan, today: date) -> str:
    """What a plan takes in all, and when it may be over."""
    over = f"; over from {day(plan.earliest)} at the earliest" if plan.earliest > today else ""
    return (
        f"In all: learning {weeks(plan.weeks)}, cost {cost(plan.cost, plan.currency)}{over}; "
        f"expected shortlists {gain(plan.gain)}"
    )


def gain(value: float) -> str:
    """A gain in expected shortlists."""
    return f"+{value:.2f}" if value >= 0.005 else "hardly more"


def change(opening: Opening) -> str:
    """What learning does to the fit of one vacancy."""
    before, after = f"{opening.before:.2f}", f"{opening.after:.2f}"
    if opening.barred:
        return BARRED.format(after=after)
    return (KEEPS if before == after and opening.whole else RISES).format(before=before, after=after)


def late(opening: Opening) -> str:
    """That a vacancy closes too early."""
    return LATE.format(closes=day(opening.vacancy.closes_on))


def closed(opening: Opening, assesses: bool, taxonomy: Taxonomy) -> str:
    """What is closed at a vacancy; ``assesses``: by assessment alone."""
    return "; ".join(_closed(gap, assesses, taxonomy) for gap in opening.closed)


def _closed(gap: Gap, assesses: bool, taxonomy: Taxonomy) -> str:
    if gap.kind in (GapKind.SKILL, GapKind.UNCONFIRMED):
        text = CONFIRMED if assesses else CLOSED[gap.kind]
        return text.format(label=skill_label(gap.code, taxonomy))
    label = licence_label(gap.code, taxonomy) if gap.kind == GapKind.LICENCE else f"level {gap.words}"
    return CLOSED[gap.kind].format(label=label)
