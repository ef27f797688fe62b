"""Dates and deadlines of adverts: written cases in many languages and calendars, and properties."""

from __future__ import annotations

import datetime
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs_ingest.reading.calendars import (
    bengali_month_days,
    from_bengali,
    from_bikram_sambat,
    from_hijri,
    to_bengali,
    to_bikram_sambat,
    to_hijri,
)
from jobs_ingest.reading.date_values import DateNote, DateUnknown
from jobs_ingest.reading.dates import read_date
from jobs_ingest.reading.deadlines import read_deadline

TODAY = date(2026, 2, 20)
PUBLISHED = date(2026, 2, 18)

#: text | country | day | calendar
DATES = """
2026-03-05 | | 2026-03-05 | gregorian
2026.3.5 | | 2026-03-05 | gregorian
05/03/2026 | NP | 2026-03-05 | gregorian
05/03/2026 | US | 2026-05-03 | gregorian
02/25/2026 | | 2026-02-25 | gregorian
25/02/2026 | US | 2026-02-25 | gregorian
13-12-25 | IN | 2025-12-13 | gregorian
March 15, 2023 | | 2023-03-15 | gregorian
16th March, 2023 | | 2023-03-16 | gregorian
Sunday 22nd February 2026 | | 2026-02-22 | gregorian
01stMarch 25 | IN | 2025-03-01 | gregorian
8thFeb-25 | IN | 2025-02-08 | gregorian
27 february'25 | | 2025-02-27 | gregorian
1st March | | 2026-03-01 | gregorian
Mar 01 | | 2026-03-01 | gregorian
5th of March | | 2026-03-05 | gregorian
28 December | | 2025-12-28 | gregorian
Saturday (Feb 14th) | | 2026-02-14 | gregorian
3 Oct, 2025 | | 2025-10-03 | gregorian
Mar 5 11:59 pm | | 2026-03-05 | gregorian
१५ मार्च २०२६ | NP | 2026-03-15 | gregorian
15 मार्च 2026 | IN | 2026-03-15 | gregorian
১৫ মার্চ ২০২৬ | BD | 2026-03-15 | gregorian
15 مارچ 2026 | PK | 2026-03-15 | gregorian
2026 මාර්තු 15 | LK | 2026-03-15 | gregorian
15 மார்ச் 2026 | LK | 2026-03-15 | gregorian
மார்ச் 15, 2026 | IN | 2026-03-15 | gregorian
2082-08-15 | NP | 2025-12-01 | bikram_sambat
2082-08-15 | | 2025-12-01 | bikram_sambat
२०८२/११/०५ | NP | 2026-02-17 | bikram_sambat
२०८२ मंसिर १५ गते | NP | 2025-12-01 | bikram_sambat
2082 Mangsir 15 | | 2025-12-01 | bikram_sambat
15 Mangsir 2082 | | 2025-12-01 | bikram_sambat
15 Falgun 2082 B.S. | | 2026-02-27 | bikram_sambat
फागुन १५ गते | NP | 2026-02-27 | bikram_sambat
২১ ফেব্রুয়ারি ২০২৬ | BD | 2026-02-21 | gregorian
৮ ফাল্গুন ১৪৩২ | BD | 2026-02-21 | bengali
১২ চৈত্র ১৪৩২ বঙ্গাব্দ | BD | 2026-03-26 | bengali
১লা বৈশাখ ১৪৩৩ | BD | 2026-04-14 | bengali
15 Ramadan 1447 | | 2026-03-04 | hijri
1447-09-15 | SA | 2026-03-04 | hijri
15-09-1447 AH | | 2026-03-04 | hijri
١٥ رمضان ١٤٤٧ | SA | 2026-03-04 | hijri
today | | 2026-02-20 | relative
yesterday | | 2026-02-19 | relative
tomorrow | | 2026-02-21 | relative
2 days ago | | 2026-02-18 | relative
30+ Days Ago | | 2026-01-21 | relative
2 weeks ago | | 2026-02-06 | relative
last week | | 2026-02-13 | relative
15 days from now | | 2026-03-07 | relative
within 7 days of publication | | 2026-02-25 | relative
within 15 days from the date of publication | | 2026-03-05 | relative
सूचना प्रकाशित भएको मितिले १५ दिनभित्र | NP | 2026-03-05 | relative
2 दिन पहिले | NP | 2026-02-18 | relative
৩ দিন আগে | BD | 2026-02-17 | relative
۳ دن پہلے | PK | 2026-02-17 | relative
3 நாட்களுக்கு முன் | IN | 2026-02-17 | relative
දින 3 කට පෙර | LK | 2026-02-17 | relative
"""

#: text | first | last
RANGES = """
24 Feb - 05 Mar | 2026-02-24 | 2026-03-05
27nd To 28th Feb | 2026-02-27 | 2026-02-28
26 to 28 March 2026 | 2026-03-26 | 2026-03-28
Mar 1-5, 2026 | 2026-03-01 | 2026-03-05
20 December - 10 January 2026 | 2025-12-20 | 2026-01-10
01/03/2026 to 05/03/2026 | 2026-03-01 | 2026-03-05
Sep 2026 | 2026-09-01 | 2026-09-30
"""

#: text | why
NO_DATE = """
31 Feb 2026 | impossible
31/02/2026 | impossible
2026-13-45 | impossible
मंसिर ३१ गते २०८२ | impossible
15 experience | not_said
5 years experience | not_said
10 am to 5 pm | not_said
+977-9841-234567 | not_said
5-10 years | not_said
ISO 9001:2015 | not_said
 | not_said
"""

#: text | country | last day ("-": none told)
DEADLINES = """
Apply before 15 March 2026 | | 2026-03-15
Deadline: 05/03/2026 | NP | 2026-03-05
Last date to apply: 2082-11-25 | NP | 2026-03-09
Closing date 12 Mar | | 2026-03-12
Job Closing Date (YYYY-MM-DD): [PHONE] | CA | -
Posting Open Date: 02/17/2026 Posting Close Date: 02/25/2026 | CA | 2026-02-25
The deadline for submission of the application is March 5, 2026. | NP | 2026-03-05
Please send your CV by 10 March 2026 | | 2026-03-10
to apply before the 5th of March | | 2026-03-05
valid till 30.06.2026 | | 2026-06-30
Walk-in on 24 Feb to 28 Feb 2026 | IN | 2026-02-28
Walk in interview from 1st March to 3rd March, 10 am to 5 pm | IN | 2026-03-03
Java Developer - 1st Mar - Face To Face interview at Pune | IN | 2026-03-01
24 Feb - 05 Mar | IN | 2026-03-05
Apply within 7 days of publication of this notice | | 2026-02-25
Posted 2 days ago. Apply within 15 days | | 2026-03-07
Apply by tomorrow | | 2026-02-21
Expires in 5 days | | 2026-02-25
आवेदन दिने अन्तिम मिति २०८२ फागुन १५ गते | NP | 2026-02-27
२०८२ फागुन १५ गते सम्म आवेदन दिनुहोला | NP | 2026-02-27
फागुन १५ गतेभित्र दरखास्त दिनुहोस् | NP | 2026-02-27
सूचना प्रकाशित भएको मितिले १५ दिनभित्र निवेदन दिनुहोला | NP | 2026-03-05
आवेदन की अंतिम तिथि: 15 मार्च 2026 | IN | 2026-03-15
আবেদনের শেষ তারিখ: ১৫ মার্চ ২০২৬ | BD | 2026-03-15
১৫ মার্চ পর্যন্ত আবেদন করা যাবে | BD | 2026-03-15
درخواست جمع کرانے کی آخری تاریخ 15 مارچ 2026 | PK | 2026-03-15
අයදුම් කළ යුතු අවසන් දිනය 2026 මාර්තු 15 | LK | 2026-03-15
விண்ணப்பிக்க கடைசி தேதி 15 மார்ச் 2026 | IN | 2026-03-15
Deadline 15-09-1447 AH | SA | 2026-03-04
Contract until 31 Dec 2026. Apply by 5 March. | | 2026-03-05
Published: 16 Feb 2026, Deadline: 2 Mar 2026 | | 2026-03-02
Joining 1 March, interview on 25 Feb | | 2026-02-25
Age limit as of 1 March 2026: 35. Deadline 20 March 2026 | | 2026-03-20
Start date: 1 April 2026 | | -
Posted on 16 Feb 2026 | | -
2 days ago | | -
Apply today and join us | | -
Duration of the contract will be up to 29th February 2028 | | -
Established in March 2010. | | -
Sales Representative - 6th Of October | EG | -
Position open until filled | | -
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]


@pytest.mark.parametrize(("text", "country", "day", "calendar"), _rows(DATES))
def test_date(text: str, country: str, day: str, calendar: str) -> None:
    found = read_date(text, TODAY, country or None, published=PUBLISHED)
    assert (str(found.day), found.calendar, found.why) == (day, calendar, None)
    assert text[found.start : found.end] == found.words


@pytest.mark.parametrize(("text", "first", "last"), _rows(RANGES))
def test_range(text: str, first: str, last: str) -> None:
    found = read_date(text, TODAY)
    assert (str(found.day), str(found.last)) == (first, last)


@pytest.mark.parametrize(("text", "why"), _rows(NO_DATE))
def test_no_date_says_why(text: str, why: str) -> None:
    found = read_date(text, TODAY)
    assert (found.day, found.why) == (None, why)


@pytest.mark.parametrize(("text", "country", "day"), _rows(DEADLINES))
def test_deadline(text: str, country: str, day: str) -> None:
    found = read_deadline(text, TODAY, country or None, published=PUBLISHED)
    assert found.day == (None if day == "-" else date.fromisoformat(day))
    assert (found.why is None) == (found.day is not None)


def test_what_is_assumed_is_told() -> None:
    ambiguous = read_date("05/03/2026", TODAY)
    assert (ambiguous.other, ambiguous.notes) == (date(2026, 5, 3), (DateNote.AMBIGUOUS_ORDER,))
    assert read_date("05/03/2026", TODAY, "NP").notes == (DateNote.ORDER_OF_COUNTRY,)
    assert read_date("13-12-25", TODAY).notes == (DateNote.CENTURY_ASSUMED,)
    assert read_date("1st March", TODAY).notes == (DateNote.YEAR_ASSUMED,)
    assert read_date("30+ days ago", TODAY).notes == (DateNote.OR_BEFORE,)
    assert read_date("last week", TODAY).notes == (DateNote.ABOUT,)
    assert read_date("Friday 5 March 2026", TODAY).notes == (DateNote.WEEKDAY_DISAGREES,)
    assert read_date("15 Ramadan 1447", TODAY).notes == (DateNote.UMM_AL_QURA,)
    assert read_date("Sep 2026", TODAY).notes == (DateNote.MONTH_ONLY,)


def test_publication_that_is_not_given_stays_open() -> None:
    found = read_deadline("Apply within 7 days of publication", TODAY)
    assert (found.day, found.why) == (None, DateUnknown.PUBLICATION_NOT_GIVEN)


def test_impossible_deadline_says_so() -> None:
    found = read_deadline("Last Date: 31 Feb 2026", TODAY)
    assert (found.day, found.why, found.words, found.cue) == (
        None,
        DateUnknown.IMPOSSIBLE,
        "31 Feb 2026",
        "Last Date",
    )


@pytest.mark.parametrize(
    ("gregorian", "bengali"),
    [((2026, 2, 21), (1432, 11, 8)), ((2025, 12, 16), (1432, 9, 1)), ((2026, 3, 26), (1432, 12, 12)),
     ((2026, 4, 14), (1433, 1, 1)), ((2024, 3, 14), (1430, 11, 30)), ((2019, 4, 14), (1426, 1, 1))],
)  # fmt: skip
def test_bengali_days_of_remembrance(gregorian: tuple[int, int, int], bengali: tuple[int, int, int]) -> None:
    """The revision of 2019 set 21 February to 8 Falgun, 26 March to 12 Chaitra and 16 December to 1 Poush."""
    assert to_bengali(date(*gregorian)) == bengali
    assert from_bengali(*bengali) == date(*gregorian)


def test_days_that_a_calendar_lacks() -> None:
    assert bengali_month_days(1432, 11) == 29
    assert from_bengali(1432, 11, 30) is None
    assert from_bikram_sambat(2082, 8, 31) is None
    assert from_bikram_sambat(1800, 1, 1) is None
    assert from_hijri(1447, 13, 1) is None
    with pytest.raises(ValueError, match="calendar table"):
        to_bikram_sambat(date(1850, 1, 1))


@given(st.dates(date(1944, 1, 1), date(2033, 12, 31)))
def test_bikram_sambat_there_and_back(day: datetime.date) -> None:
    year, month, number = to_bikram_sambat(day)
    assert from_bikram_sambat(year, month, number) == day
    if abs((day - TODAY).days) < 365 * 50:
        assert read_date(f"{year}-{month:02}-{number:02} BS", TODAY).day == day


@given(st.dates(date(1945, 1, 1), date(2070, 1, 1)))
def test_bengali_and_hijri_there_and_back(day: datetime.date) -> None:
    assert from_bengali(*to_bengali(day)) == day
    assert from_hijri(*to_hijri(day)) == day


@given(
    st.dates(date(2000, 1, 1), date(2049, 12, 31)),
    st.sampled_from(
        ["%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%B %d, %Y", "%d/%m/%Y", "%d.%m.%Y", "Deadline: %d %b %Y"]
    ),
)
def test_a_written_day_comes_back(day: datetime.date, form: str) -> None:
    assert read_date(day.strftime(form), TODAY, "NP").day == day


ALPHABET = "0123456789०१২৩/-. ,:stndrhmaFebMrwalkinpyogতিगतेमंसिर\n"


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=100), st.text(ALPHABET, max_size=60)),
    st.dates(),
    st.sampled_from([None, "NP", "US", "BD", "XX"]),
)
def test_any_text_is_read(text: str, today: datetime.date, country: str | None) -> None:
    for read in (read_date, read_deadline):
        found = read(text, today, country, published=today)
        assert (found.day is None) == (found.why is not None)
        assert text[found.start : found.end] == found.words
    ranged = read_date(text, today, country)
    if ranged.day and ranged.last:
        assert ranged.day <= ranged.last
