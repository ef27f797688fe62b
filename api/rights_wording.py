"""What a person reads of their consents and of the requests of employers, in words."""

from __future__ import annotations

from collections.abc import Sequence

from api.wording import CONSENT_WAYS
from profiling.models import ConsentEvent, FieldSet

#: How an agreement is given, as a counsellor chooses it.
CONSENT_HOW = {"signature": "signature", "thumbprint": "thumbprint", "spoken": "spoken before a witness"}
#: What a person is asked, one by one; the keys are those of ``api.routes.rights.ASKED``.
CONSENT_QUESTIONS = {
    "matching": "May the centre's counsellors compare your passport with vacancies and courses?",
    "employers": "May employers with a fitting vacancy see your work, skills and district, without your name?",
    "statistics": "May you be counted in statistics? Nobody can tell from them that it was you.",
    "follow_up": "May the centre ask you later how it went?",
}
DISCLOSABLE = {
    "name": "name",
    "phone": "telephone number",
    "references": "references",
    "credentials": "certificates",
}
REQUEST_STATES = {
    "open": "not answered yet",
    "accepted": "you said yes",
    "declined": "you said no",
    "taken back": "taken back or over",
}
_PURPOSES = {
    "matching": "matching by the centre",
    "sharing": "being put in touch with an employer",
    "statistics": "statistics",
    "follow_up": "being asked later",
}


def consent_state(events: Sequence[ConsentEvent], key: str) -> str:
    """The last word on one of the questions."""
    purpose = "matching" if key == "employers" else key
    last = next((event for event in reversed(events) if event.purpose == purpose), None)
    if last is None:
        return "not asked yet"
    yes = last.granted and (key != "employers" or last.field_set == FieldSet.EMPLOYERS)
    return f"last answer: {'yes' if yes else 'no'}"


def consent_line(event: ConsentEvent) -> str:
    """One answer in the history."""
    about = _PURPOSES.get(event.purpose, event.purpose)
    if event.granted and event.field_set == FieldSet.EMPLOYERS:
        about += " and by employers without the name"
    how = {"own session": "signed in themselves"}.get(event.how or "", CONSENT_WAYS.get(event.how or "", ""))
    parts = [f"{'yes' if event.granted else 'no'} to {about}", how]
    parts += [f"witness {event.witness}" if event.witness else "", f"in {event.language}" if event.language else ""]
    return ", ".join(filter(None, parts))
