"""The columns of an offer that are read from its texts: one function a field, each leaves the words beside."""

from __future__ import annotations

import datetime

from jobs_ingest.demands.course import read_lengths
from jobs_ingest.normal_values import Unread, Work, country_code
from jobs_ingest.places import name_of, read_place
from jobs_ingest.places.gazetteer import HOME_COUNTRIES
from jobs_ingest.places.phrases import is_region_abroad, tells_no_place
from jobs_ingest.reading.contract import read_contract
from jobs_ingest.reading.date_values import Calendar, DateNote, DateReading
from jobs_ingest.reading.dates import read_date
from jobs_ingest.reading.deadlines import read_deadline
from jobs_ingest.reading.pay import read_pay, read_stated_pay
from jobs_ingest.reading.values import Benefit, PayPeriod, PayReading, PayUnknown, Told
from jobs_ingest.readings import Read
from profiling.fields import Row

#: Of these nothing was promised that could be read: an honest unknown.
_HONEST = frozenset(
    {
        PayUnknown.NEGOTIABLE, PayUnknown.COMPANY_POLICY, PayUnknown.ATTRACTIVE, PayUnknown.NOT_DISCLOSED,
        PayUnknown.UNPAID, PayUnknown.COMMISSION, PayUnknown.MINIMUM_WAGE,
    }
)  # fmt: skip


def place(work: Work) -> None:
    """Country, province and district of the first place that is named; the text itself stays in ``place``.

    A cell that holds something else is unread and leaves ``place`` empty. A region abroad leaves the country open:
    that of the source is not where the work is.
    """
    asked = work.text("place")
    if asked and work.empty("place"):
        work.cells["place"] = asked
    parts = [work.cells.get(name, "") for name in ("place", "district", "province")]
    text = ", ".join(dict.fromkeys(part for part in parts if part))
    if not text:
        return
    stated = country_code(work.cells.get("country", ""))
    found = read_place(text, stated or work.home)
    if found.country is None:
        said = work.cells.get("place", "")
        if said and tells_no_place(said):
            del work.cells["place"]
            work.unread.append(Unread.PLACE)
            return
        if is_region_abroad(said):
            if stated in HOME_COUNTRIES:
                del work.cells["country"]
            work.home = None
            return
        if not (found.anywhere or found.remote or not work.empty("country", "district")):
            work.unread.append(Unread.PLACE)
        return
    if stated and stated != found.country and country_code(text.rsplit(",", 1)[-1].strip()) == found.country:
        # Portals put the region that was searched into that column; the importer believes the place too.
        del work.cells["country"]
    elif stated and stated != found.country:
        # The two contradict each other: what the source states stays, and nothing is put beside it.
        work.unread.append(Unread.PLACE)
        return
    codes = (("country", found.country), ("province", found.province), ("district", found.district))
    for column, code in codes:
        if code:
            work.fill(column, code if column == "country" else name_of(code), found.words)


def pay(work: Work) -> None:
    """The pay per month in its currency, from the pay text, or else from what the description says of it."""
    if not work.empty("pay_min", "pay_max"):
        return
    said = work.text("pay")
    found = _read_pay_cell(said, work.country) if said else read_stated_pay(_whole(work), work.country)
    if found is None:
        return
    low, high = found.lowest, found.highest
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        if said and found.why not in _HONEST:
            work.unread.append(Unread.PAY)
        return
    words = found.stated.words if found.stated else said
    for column, amount in (("pay_min", low), ("pay_max", high)):
        if amount is not None:
            work.fill(column, _plain(amount), words)
    # An amount is worth nothing beside a period or currency that belongs to another one.
    for column in ("pay_period", "pay_currency"):
        work.cells.pop(column, None)
    work.fill("pay_period", PayPeriod.MONTH.value, words)
    if found.currency:
        work.fill("pay_currency", found.currency, words)


def _read_pay_cell(text: str, country: str | None) -> PayReading:
    """A cell that holds nothing but pay needs no word that says so."""
    found = read_pay(text, country)
    if found.stated is None and found.why is PayUnknown.NOT_SAID:
        return read_pay(f"Salary: {text}", country)
    return found


def _plain(amount: float) -> str:
    """A number as a cell holds it: ``25000``, ``108.33``."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def _whole(work: Work) -> str:
    parts = (work.cells.get("title", ""), work.cells.get("description", ""), work.text("requirements"))
    return "\n".join(part for part in parts if part)


def posted(work: Work) -> None:
    """The day of posting, where it is one day."""
    said = work.text("posted")
    found = read_date(said, work.today, work.country) if said else DateReading()
    if found.calendar is Calendar.RELATIVE:
        work.identity.pop("posted", None)
        work.identity.pop("posted_on", None)
    if not said or not work.empty("posted_on"):
        return
    closes = _day(work.cells.get("closes_on", ""))
    contradicts = bool(closes and found.day and found.day > closes)
    if found.day is None or found.last or contradicts or _OPEN & set(found.notes):
        work.unread.append(Unread.POSTED)
    else:
        work.fill("posted_on", found.day.isoformat(), found.words)


#: A day that is only a bound, or one of two.
_OPEN = frozenset({DateNote.MONTH_ONLY, DateNote.OR_BEFORE, DateNote.AMBIGUOUS_ORDER})


def deadline(work: Work) -> None:
    """The last day to apply, from the deadline text, or else from what the description says of it."""
    said = work.text("deadline")
    if not work.empty("closes_on"):
        return
    posted = _day(work.cells.get("posted_on", ""))
    found = read_deadline(said or _whole(work), work.today, work.country, published=posted)
    if said and found.day is None:
        found = read_date(said, work.today, work.country, published=posted)
    if said and found.calendar is Calendar.RELATIVE and found.day:
        work.identity["deadline"] = found.day.isoformat()
    day = found.last or found.day
    contradicts = bool(day and posted and day < posted) or _may_be_next_year(found, day, posted, work.today)
    if day is None or DateNote.AMBIGUOUS_ORDER in found.notes or contradicts:
        if said:
            work.unread.append(Unread.DEADLINE)
    else:
        work.fill("closes_on", day.isoformat(), found.words)


#: Days after a deadline in which an advert may still stand there, and days beyond which no deadline is believed.
_JUST_PAST, _FAR_AHEAD = 31, 183


def _may_be_next_year(
    found: DateReading, day: datetime.date | None, posted: datetime.date | None, today: datetime.date
) -> bool:
    """Whether a day told without its year, of an advert without a day of posting, may be of any year.

    "1 March" read in April is the one that has just passed; read in August it is none that can be known.
    """
    if day is None or posted or DateNote.YEAR_ASSUMED not in found.notes or -_JUST_PAST <= (day - today).days <= 0:
        return False
    ahead = (day - today).days % 365
    return ahead > _FAR_AHEAD


def _day(text: str) -> datetime.date | None:
    return Row(0, {"day": text}).day("day")


def contract(work: Work) -> None:
    """Kind of contract, openings and what is given beside the pay, from their texts and the description."""
    said = work.text("employment").replace("_", " ")
    told, whole = read_contract(said), read_contract(_whole(work))
    kind, words = (told.kind, told.kind_words) if told.kind else (whole.kind, whole.kind_words)
    if kind:
        work.fill("contract", kind, words or "")
    elif said and work.empty("contract"):
        work.unread.append(Unread.CONTRACT)
    openings = work.text("openings")
    figure = read_contract(f"Openings: {openings}").openings if openings else told.openings or whole.openings
    if figure and figure.least == figure.most:
        work.fill("openings", f"{figure.least:.0f}", openings or figure.words)
    elif openings:
        work.unread.append(Unread.OPENINGS)
    benefits = work.text("benefits")
    given = read_contract(benefits) if benefits else whole
    _benefit(work, "accommodation", given.accommodation, whole.accommodation)
    _benefit(work, "transport", given.transport, whole.transport)
    if benefits and given.accommodation.told is Told.NOT_SAID and given.transport.told is Told.NOT_SAID:
        work.unread.append(Unread.BENEFIT)


def _benefit(work: Work, column: str, *readings: Benefit) -> None:
    found = next((one for one in readings if one.told is not Told.NOT_SAID), None)
    if found:
        work.fill(column, found.told.value, found.words or "")


def requirements(work: Work) -> None:
    """What is asked for stands behind the description, where its demands are read."""
    said, told = work.text("requirements"), work.cells.get("description", "")
    if said and said not in told:
        work.cells["description"] = f"{told}\n\nRequirements:\n{said}" if told else f"Requirements:\n{said}"


def duration(work: Work) -> None:
    """Weeks and hours of a course."""
    said = work.text("duration")
    if not said or not work.empty("weeks", "hours"):
        return
    lengths = read_lengths(said)
    for length in lengths:
        for column, amount in (("weeks", length.weeks), ("hours", length.hours)):
            if amount is not None and work.empty(column):
                # Under the text's name: what coding reads under the columns' names, it reads again.
                work.cells[column] = _plain(amount)
                work.read.append(Read("duration", f"{_plain(amount)} {column}", length.words))
    if not lengths:
        work.unread.append(Unread.DURATION)


def entry(work: Work) -> None:
    """What is asked for at entry."""
    said = work.text("requirements")
    if said and work.empty("entry_conditions"):
        work.cells["entry_conditions"] = said
