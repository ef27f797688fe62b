"""From what a source wrote to cells of the documented layout, each reading beside the words it was read from.

What a source states in the layout's own columns stays. The texts beside them (``sources.base.TEXT_CELLS``) fill the
columns that are still empty; a cell that does not fit its own column is taken for such a text, so that it costs
nobody the whole row. What cannot be read stays empty and is counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jobs_ingest.demands.course import read_lengths
from jobs_ingest.places import name_of, read_place
from jobs_ingest.reading.contract import read_contract
from jobs_ingest.reading.date_values import Calendar, DateNote, DateReading
from jobs_ingest.reading.dates import read_date
from jobs_ingest.reading.deadlines import read_deadline
from jobs_ingest.reading.pay import read_pay
from jobs_ingest.reading.values import Benefit, PayPeriod, PayReading, PayUnknown, Told
from jobs_ingest.readings import Read
from jobs_ingest.sources.base import LAYOUTS, RawOffer
from jobs_ingest.sources.config import SourceConfig
from jobs_ingest.vacancies import CONTRACTS
from profiling.codes import CountryCode
from profiling.errors import BadValue
from profiling.fields import EDUCATION_LEVELS, PAY_PERIODS, Row


class Unread(StrEnum):
    """What a source told and nobody could read; it is counted and stays empty."""

    PLACE = "place"
    PAY = "pay"
    POSTED = "posted"
    DEADLINE = "deadline"
    CONTRACT = "contract"
    OPENINGS = "openings"
    DURATION = "duration"
    BENEFIT = "benefit"


@dataclass(frozen=True, slots=True)
class Normalised:
    """An offer by the columns of its layout, what was read of it, and what could not be read.

    ``identity`` is what tells whether the offer changed: everything that the source wrote but the counting of days
    ("2 days ago"), which changes daily and says nothing new.
    """

    cells: dict[str, str]
    read: tuple[Read, ...]
    unread: tuple[Unread, ...]
    identity: dict[str, str]


@dataclass
class _Work:
    """One offer on its way: the source's cells, what is filled in, and the texts that were looked at."""

    given: Mapping[str, str]
    cells: dict[str, str]
    home: str | None
    today: datetime.date
    read: list[Read] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    identity: dict[str, str] = field(default_factory=dict)

    def text(self, *names: str) -> str:
        """The source's texts under these names, a line each."""
        return "\n".join(text for name in names if (text := self.given.get(name, "").strip()))

    def empty(self, *columns: str) -> bool:
        """Whether nothing stands in any of these columns."""
        return not any(self.cells.get(column) for column in columns)

    def fill(self, column: str, value: str, words: str) -> None:
        """Fill an empty column with what was read; the words say from where."""
        if self.empty(column):
            self.cells[column] = value
            self.read.append(Read(column, value, " ".join(words.split())[:_WORDS]))

    @property
    def country(self) -> str | None:
        """The country of the work where it is known, else that of the source."""
        return _country_code(self.cells.get("country", "")) or self.home


#: Characters of the words that are kept beside a reading.
_WORDS = 200
#: Of these nothing was promised that could be read: an honest unknown.
_HONEST = frozenset(
    {
        PayUnknown.NEGOTIABLE, PayUnknown.COMPANY_POLICY, PayUnknown.ATTRACTIVE, PayUnknown.NOT_DISCLOSED,
        PayUnknown.UNPAID, PayUnknown.COMMISSION, PayUnknown.MINIMUM_WAGE,
    }
)  # fmt: skip
#: Which text a cell is taken for when it does not fit its column; under which label where it stands among others.
_TEXT_OF: Mapping[str, tuple[str, str]] = {
    "pay_min": ("pay", ""),
    "pay_max": ("pay", ""),
    "pay_period": ("pay", ""),
    "pay_currency": ("pay", ""),
    "posted_on": ("posted", ""),
    "closes_on": ("deadline", ""),
    "contract": ("employment", ""),
    "openings": ("openings", ""),
    "country": ("place", ""),
    "accommodation": ("benefits", "Accommodation"),
    "transport": ("benefits", "Transport"),
    "experience_years": ("requirements", "Experience"),
    "education_level": ("requirements", "Education"),
    "languages": ("requirements", "Languages"),
    "weeks": ("duration", ""),
    "hours": ("duration", ""),
}
_FITS: Mapping[str, Callable[[Row, str], object]] = {
    "pay_min": Row.number,
    "pay_max": Row.number,
    "pay_currency": Row.currency,
    "pay_period": lambda row, column: row.choice(column, PAY_PERIODS),
    "posted_on": Row.day,
    "closes_on": Row.day,
    "contract": lambda row, column: row.choice(column, CONTRACTS),
    "openings": Row.whole,
    "country": Row.country,
    "accommodation": Row.yes_no,
    "transport": Row.yes_no,
    "experience_years": Row.number,
    "education_level": lambda row, column: row.choice(column, EDUCATION_LEVELS),
    "languages": Row.languages,
    "weeks": Row.number,
    "hours": Row.number,
}


def normalise(offer: RawOffer, config: SourceConfig, today: datetime.date) -> Normalised:
    """An offer by the documented layout. ``today`` is the day from which relative dates count.

    Nothing is refused here: what no column can hold is refused by the importer, with its reason.
    """
    given, stated = _sorted_out(offer.cells, config.offers)
    work = _Work(given, stated, config.country, today, identity=dict(offer.cells))
    for step in _STEPS[config.offers]:
        step(work)
    cells = {name: text for name, text in work.cells.items() if text}
    return Normalised(cells, tuple(work.read), tuple(dict.fromkeys(work.unread)), work.identity)


def _sorted_out(cells: Mapping[str, str], offers: str) -> tuple[dict[str, str], dict[str, str]]:
    """The texts by name, and the cells that fit their columns."""
    texts: dict[str, str] = {}
    stated: dict[str, str] = {}
    columns = LAYOUTS[offers]
    for name, text in cells.items():
        told = text.strip()
        if not told:
            continue
        if name not in columns or (name in _TEXT_OF and name in _FITS and not _fits(name, told)):
            other, label = _TEXT_OF.get(name, (name, ""))
            line = f"{label}: {told}" if label else told
            texts[other] = f"{texts[other]}\n{line}" if other in texts else line
        else:
            stated[name] = told
    return texts, stated


def _fits(column: str, text: str) -> bool:
    row = Row(0, {column: text})
    _FITS[column](row, column)
    return not row.problems


def _country_code(text: str) -> str | None:
    if not text:
        return None
    try:
        return str(CountryCode(text))
    except BadValue:
        return None


# --- one function a field ----------------------------------------------------------------------------


def _place(work: _Work) -> None:
    """Country, province and district of the first place that is named; the text itself stays in ``place``."""
    asked = work.text("place")
    if asked and work.empty("place"):
        work.cells["place"] = asked
    parts = [work.cells.get(name, "") for name in ("place", "district", "province")]
    text = ", ".join(dict.fromkeys(part for part in parts if part))
    if not text:
        return
    stated = _country_code(work.cells.get("country", ""))
    found = read_place(text, stated or work.home)
    if found.country is None:
        if not (found.anywhere or found.remote or not work.empty("country", "district")):
            work.unread.append(Unread.PLACE)
        return
    if stated and stated != found.country and _country_code(text.rsplit(",", 1)[-1].strip()) == found.country:
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


def _pay(work: _Work) -> None:
    """The pay per month in its currency, from the pay text, or else from what the description says of it."""
    if not work.empty("pay_min", "pay_max"):
        return
    said = work.text("pay")
    found = _read_pay_cell(said, work.country) if said else read_pay(_whole(work), work.country)
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


def _whole(work: _Work) -> str:
    parts = (work.cells.get("title", ""), work.cells.get("description", ""), work.text("requirements"))
    return "\n".join(part for part in parts if part)


def _posted(work: _Work) -> None:
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


def _deadline(work: _Work) -> None:
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
    contradicts = bool(day and posted and day < posted)
    if day is None or DateNote.AMBIGUOUS_ORDER in found.notes or contradicts:
        if said:
            work.unread.append(Unread.DEADLINE)
    else:
        work.fill("closes_on", day.isoformat(), found.words)


def _day(text: str) -> datetime.date | None:
    return Row(0, {"day": text}).day("day")


def _contract(work: _Work) -> None:
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


def _benefit(work: _Work, column: str, *readings: Benefit) -> None:
    found = next((one for one in readings if one.told is not Told.NOT_SAID), None)
    if found:
        work.fill(column, found.told.value, found.words or "")


def _requirements(work: _Work) -> None:
    """What is asked for stands behind the description, where its demands are read."""
    said, told = work.text("requirements"), work.cells.get("description", "")
    if said and said not in told:
        work.cells["description"] = f"{told}\n\nRequirements:\n{said}" if told else f"Requirements:\n{said}"


def _duration(work: _Work) -> None:
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


def _entry(work: _Work) -> None:
    """What is asked for at entry."""
    said = work.text("requirements")
    if said and work.empty("entry_conditions"):
        work.cells["entry_conditions"] = said


_Step = Callable[[_Work], None]
#: In this order: the place tells which rupee is meant, the day of posting from where a deadline counts.
_STEPS: Mapping[str, tuple[_Step, ...]] = {
    "vacancies": (_place, _pay, _posted, _deadline, _contract, _requirements),
    "courses": (_place, _duration, _entry),
}
#: Fields that ``normalise`` reads; coding again leaves them alone (``jobs_ingest.recode``).
NORMALISED = frozenset(
    (
        "country province district pay_min pay_max pay_currency pay_period posted_on closes_on contract openings"
        " accommodation transport duration"
    ).split()
)
