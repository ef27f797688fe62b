"""What people write around a title: the place, the shift, *urgent*, a grade, a slip of the finger."""

from __future__ import annotations

import random

PLACES = (
    "Qatar", "Doha", "Dubai", "Saudi", "Riyadh", "Jeddah", "KSA", "UAE", "Kuwait", "Oman", "Bahrain", "Malaysia",
    "Johor", "Penang", "Selangor", "KL", "Korea", "Nepal", "Kathmandu", "Pokhara", "Dhaka", "Chittagong", "Colombo",
    "Kandy", "Delhi", "Mumbai", "Chennai", "Hyderabad", "Karachi", "Lahore", "Punjab", "Kerala",
)  # fmt: skip
_BEFORE = (
    "Urgent: ", "Urgently required ", "Hiring ", "Wanted ", "Required ", "Looking for ", "Senior ", "Junior ",
    "Sr. ", "Jr. ", "Assistant ", "Trainee ", "Asst. ", "Executive ", "Vacancy for ",
)  # fmt: skip
_BEHIND = (
    " (Night shift)", " - Full time", " 2 yrs exp", " (Contract)", " (Male/Female)", " - Immediate start", " x 5",
    " Grade II", " (Fresher)", " required urgently", " 6 yr", " - Part time", " at a leading company", " Sdn Bhd",
    " Pvt Ltd", " (2 posts)", " 1200 SAR", " job",
)  # fmt: skip


def noisy(title: str, rng: random.Random, share: float) -> str:
    """The title as it is, or, for this share of them, with one piece of noise."""
    if rng.random() >= share:
        return title
    place = rng.choice(PLACES)
    makers = (
        title.upper(), title.title(), title.lower(), f"{title} - {place}", f"{title} ({place})",
        f"{title} in {place}", rng.choice(_BEFORE) + title, title + rng.choice(_BEHIND), _slip(title, rng),
    )  # fmt: skip
    return rng.choice(makers)


def _slip(title: str, rng: random.Random) -> str:
    """One letter left out, or two exchanged."""
    if len(title) < 6:
        return title
    at = rng.randrange(1, len(title) - 2)
    if rng.random() < 0.5:
        return title[:at] + title[at + 1 :]
    return title[:at] + title[at + 1] + title[at] + title[at + 2 :]
