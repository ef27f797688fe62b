"""The pay of adverts: written cases in many languages, and properties."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs_ingest.reading.pay import read_pay
from jobs_ingest.reading.values import PayNote, PayPeriod, PayUnknown

#: text | country | lowest and highest per month ("-": open) | currency ("?": unknown) | period stated or assumed
KNOWN = """
NPR 25000/- | | 25000 25000 | NPR | month
Tk. 20,000 - 25,000 (Monthly) | | 20000 25000 | BDT | month
AED 1,200 + food | | 1200 1200 | AED | month
1200-1500 SAR | | 1200 1500 | SAR | month
BDT 15000.00 | | 15000 15000 | BDT | month
20k-25k | NP | 20000 25000 | NPR | month
20k-25k | | 20000 25000 | ? | month
Rs. 15,000 to 18,000 | NP | 15000 18000 | NPR | month
Rs. 15,000 to 18,000 | PK | 15000 18000 | PKR | month
Rs. 15,000 to 18,000 | IN | 15000 18000 | INR | month
Rs. 15,000 to 18,000 | LK | 15000 18000 | LKR | month
Rs. 15,000 to 18,000 | | 15000 18000 | ? | month
Rs. 15,000 to 18,000 | AE | 15000 18000 | ? | month
NRs. 18,000-20,000 per month | | 18000 20000 | NPR | month
IC 15000 | NP | 15000 15000 | INR | month
2.4 LPA | IN | 20000 20000 | INR | year
3 LPA to 6.6 LPA | IN | 25000 55000 | INR | year
3-4 lakh p.a. | IN | 25000 33333.33 | INR | year
60,000-2 Lacs PA | IN | 5000 16666.67 | INR | year
CTC 3.6L | IN | 30000 30000 | INR | year
Annual package: between 4.5 lakhs to 6 lakhs per annum | IN | 37500 50000 | INR | year
Rs. 1,50,000 per annum | IN | 12500 12500 | INR | year
₹1,20,000/year | | 10000 10000 | INR | year
PKR 1.2 lakh per month | | 120000 120000 | PKR | month
Tk 1,20,000 per year | BD | 10000 10000 | BDT | year
starting from Rs 20,000 | NP | 20000 - | NPR | month
Salary upwards of 25k | IN | 25000 - | INR | month
Minimum 15000 taka | BD | 15000 - | BDT | month
BDT 30,000+ per month | | 30000 - | BDT | month
25,000 onwards | IN | 25000 - | INR | month
up to NPR 40,000 | | - 40000 | NPR | month
Salary upto 35K | IN | - 35000 | INR | month
Package up to- 7LPA | IN | - 58333.33 | INR | year
वेतन अधिकतम 20000 रुपये | IN | - 20000 | INR | month
Basic 1000 SAR + food 300 | | 1000 1000 | SAR | month
Salary 1500 AED (basic 900 + allowances 600) | | 900 900 | AED | month
basic 800 AED, accommodation and transportation provided by company | | 800 800 | AED | month
RM 1,500 basic + OT | | 1500 1500 | MYR | month
RM1700 - RM2000 | | 1700 2000 | MYR | month
SR 1500 | | 1500 1500 | SAR | month
Total salary 1400 QR | | 1400 1400 | QAR | month
KD 120 | | 120 120 | KWD | month
120.500 KWD | | 120.5 120.5 | KWD | month
Rs.25.000 | NP | 25000 25000 | NPR | month
Rs 65 000 | LK | 65000 65000 | LKR | month
Salary 25,000/= per month | LK | 25000 25000 | LKR | month
Rs 800 per day | NP | 20800 20800 | NPR | day
Rs. 700/day | IN | 18200 18200 | INR | day
Rs 500 per day to 700 per day | NP | 13000 18200 | NPR | day
Daily wage Rs.1015 | NP | 26390 26390 | NPR | day
Wages: 650/- per day | IN | 16900 16900 | INR | day
₹ 90 per hour | | 18720 18720 | INR | hour
$20.10 / Hour | US | 4180.8 4180.8 | USD | hour
$85/hr Remote | FR | 17680 17680 | USD | hour
Pay: $32.00 - $42.00 per hour | AU | 6656 8736 | AUD | hour
Stipend starting at €15 per hour | FR | 3120 - | EUR | hour
Rs 6000 per week | LK | 26000 26000 | LKR | week
$450 | NP | 450 450 | USD | month
USD 450 per month | | 450 450 | USD | month
900 euros net per month | | 900 900 | EUR | month
Monthly gross 1.5 million LKR | | 1500000 1500000 | LKR | month
Salary range: $137551.0-$154055.0 | AU | 11462.58 12837.92 | AUD | year
तलब रु. २५,००० देखि ३०,००० सम्म | NP | 25000 30000 | NPR | month
मासिक तलब: २५ हजार | NP | 25000 25000 | NPR | month
दैनिक ज्याला रु ८०० | NP | 20800 20800 | NPR | day
तलब २५ हजार रुपैयाँ | | 25000 25000 | NPR | month
वेतन 15000 से 20000 रुपये प्रति माह | IN | 15000 20000 | INR | month
दैनिक मजदूरी ५०० रुपये | IN | 13000 13000 | INR | day
সালারি নয়, বেতন: ২০,০০০ - ২৫,০০০ টাকা (মাসিক) | BD | 20000 25000 | BDT | month
দৈনিক মজুরি ৬০০ টাকা | BD | 15600 15600 | BDT | day
বেতন ২০ হাজার টাকা | | 20000 20000 | BDT | month
বেতন সর্বোচ্চ ৩০০০০ টাকা | | - 30000 | BDT | month
تنخواہ ۲۵۰۰۰ روپے ماہانہ | PK | 25000 25000 | PKR | month
تنخواہ ٢٥٬٠٠٠ روپے | PK | 25000 25000 | PKR | month
یومیہ اجرت 1200 روپے | PK | 31200 31200 | PKR | day
சம்பளம் ரூ. 15,000 | IN | 15000 15000 | INR | month
சம்பளம் ரூ. ௧௫௦௦௦ | LK | 15000 15000 | LKR | month
වැටුප රු. 45,000 - 60,000 | | 45000 60000 | LKR | month
මාසික වැටුප රු. 55,000යි | LK | 55000 55000 | LKR | month
மாத சம்பளம் ரூ.18,000 முதல் ரூ.22,000 வரை | IN | 18000 22000 | INR | month
मासिक तलब कतारी रियाल १२००, खाना ३०० रियाल | QA | 1200 1200 | QAR | month
সাপ্তাহিক মজুরি ৪,৫০০ টাকা | BD | 19500 19500 | BDT | week
Investment Rs 2 lakh required. Earn Rs 50,000 monthly | IN | 50000 50000 | INR | month
talab 20 hajar | NP | 20000 20000 | NPR | month
tankhwah 30 hazar | PK | 30000 30000 | PKR | month
Beton 15 hajar taka | | 15000 15000 | BDT | month
Registration fee Rs 500. Salary 20000 | NP | 20000 20000 | NPR | month
Deposit Rs 10000 refundable; wage Rs 18,000/month | NP | 18000 18000 | NPR | month
Rs 10 lakh insurance, salary Rs 20,000 | NP | 20000 20000 | NPR | month
Age 25-40, salary 1200 AED | | 1200 1200 | AED | month
Phone 9841234567, salary NPR 22,000 | | 22000 22000 | NPR | month
12 hours, 30 days, 1500 SAR | | 1500 1500 | SAR | month
Company turnover Rs 50 crore. Pay: 18,000 per month | IN | 18000 18000 | INR | month
SALARY:20K-35k VACANCY:2 | IN | 20000 35000 | INR | month
CTC UPTO 8.5 lakhs | IN | - 70833.33 | INR | year
Salary: 25000-20000 | BD | 20000 25000 | BDT | month
Salary range NPR 30,000 - 40,000 yearly bonus 10,000 | | 30000 40000 | NPR | month
"""

#: text | country | kind of unknown
UNKNOWN = """
Negotiable | | negotiable
Salary: Negotiable | NP | negotiable
तलब: आपसी सहमति अनुसार | NP | negotiable
বেতন: আলোচনা সাপেক্ষে | BD | negotiable
as per company policy | | company_policy
Remuneration - Industry Standard | | company_policy
तलब नियमानुसार | NP | company_policy
Attractive salary | | attractive
आकर्षक तलब | NP | attractive
Salary not disclosed | | not_disclosed
Unpaid internship | | unpaid
Commission only | | commission
minimum wage as per government | | minimum_wage
Salary Range: [PHONE] INR | IN | unreadable
Rs 12 per piece | IN | by_piece
$4 - $5 | | period_not_said
Fee Rs 5,000 to be paid by the candidate | NP | not_said
Company turnover of Rs 50 crore | IN | not_said
loan up to Rs 50,000 at 5% | NP | not_said
We raised $14M from investors | | not_said
Family income should be 8 LPA | IN | not_said
Trainer: +$1.50/hr | US | not_said
2082 | NP | not_said
+977 9841234567 | NP | not_said
10 openings, age 25 to 35 | NP | not_said
Working hours: 330 PM to 1230 AM | IN | not_said
Expertise in Nexus 6K, 7K, 9K | IN | not_said
each referral gets you 50K as bonus | IN | not_said
 | | not_said
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]


def _end(cell: str) -> float | None:
    return None if cell == "-" else float(cell)


@pytest.mark.parametrize(("text", "country", "month", "currency", "period"), _rows(KNOWN))
def test_month_pay(text: str, country: str, month: str, currency: str, period: str) -> None:
    found = read_pay(text, country or None)
    assert (found.lowest, found.highest) == tuple(map(_end, month.split()))
    assert (found.currency, found.why) == (None if currency == "?" else currency, None)
    assert found.stated is not None
    assert found.stated.period == period
    assert text[found.stated.start : found.stated.end] == found.stated.words


@pytest.mark.parametrize(("text", "country", "why"), _rows(UNKNOWN))
def test_unknown_pay_says_why(text: str, country: str, why: str) -> None:
    found = read_pay(text, country or None)
    assert (found.lowest, found.highest, found.why) == (None, None, why)


def test_assumptions_are_told_and_the_original_stays() -> None:
    found = read_pay("₹ 90 per hour")
    assert found.notes == (PayNote.HOURS_8, PayNote.DAYS_26)
    assert found.stated is not None
    assert (found.stated.least, found.stated.period, found.stated.words) == (90.0, PayPeriod.HOUR, "₹ 90 per hour")
    assert read_pay("Rs 900", "NP").why is PayUnknown.PERIOD_NOT_SAID
    assert read_pay("NPR 20,000").notes == (PayNote.MONTH_ASSUMED,)
    assert read_pay("Rs 20,000 monthly").notes == (PayNote.CURRENCY_AMBIGUOUS,)
    assert read_pay("$450 monthly", "NP").notes == (PayNote.DOLLAR_OF_US,)
    assert read_pay("18k ctc", "IN").notes == (PayNote.CURRENCY_OF_COUNTRY, PayNote.MONTH_ASSUMED)
    assert PayNote.ALSO_NEGOTIABLE in read_pay("Salary: 35,000 BDT (Negotiable)").notes


@pytest.mark.parametrize(
    ("text", "allowances"),
    [
        ("Basic QAR 1,000 + food allowance QAR 300 + accommodation", [("food", 300.0), ("housing", None)]),
        ("AED 800 + 400 food", [("food", 400.0)]),
        ("SAR 1500 + 300 food allowance", [("food", 300.0)]),
        ("Salary 15k + 5k incentive", [("variable", 5000.0)]),
        ("Pay AED 900 plus overtime", [("overtime", None)]),
        ("Salary: 17000+pf and esic", [("social", None), ("social", None)]),
        ("Salary Rs.12000 p.m + PF, 9.30 am to 6.30 pm", [("social", None)]),
        ("EUR 900 a month, room provided, plus food", [("housing", None), ("food", None)]),
        ("Salary 1200 AED. Overtime hours are long", []),
    ],
)
def test_allowances_are_told_apart(text: str, allowances: list[tuple[str, float | None]]) -> None:
    assert [(found.kind, found.amount) for found in read_pay(text, "IN").allowances] == allowances


ALPHABET = "0123456789০১२३.,-/ +kKlLRsTk৳₹$ laksalrypedmonthदेতन\n()%:"


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=120), st.text(ALPHABET, max_size=80)),
    st.sampled_from([None, "NP", "IN", "XX", "ne"]),
)
def test_any_text_is_read_and_low_is_not_above_high(text: str, country: str | None) -> None:
    found = read_pay(text, country)
    if found.lowest is not None and found.highest is not None:
        assert found.lowest <= found.highest
    assert (found.why is None) == (found.lowest is not None or found.highest is not None)
    if found.stated:
        assert text[found.stated.start : found.stated.end] == found.stated.words


def _indian(number: int) -> str:
    head, tail = str(number)[:-3], str(number)[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*groups, tail]) if head else tail


@given(
    st.integers(8000, 90_000),
    st.sampled_from(["NPR", "INR", "BDT", "PKR", "LKR", "EGP"]),
    st.sampled_from(["{c} {n}", "{n} {c}", "Salary: {c} {n} per month", "{c}.{n}/-", "Pay {n} {c} monthly"]),
    st.sampled_from(
        [str, "{:,}".format, _indian, lambda n: str(n).translate(str.maketrans("0123456789", "०१२३४५६७८९"))]
    ),
)
def test_a_written_amount_comes_back(number: int, code: str, form: str, write: object) -> None:
    found = read_pay(form.format(c=code, n=write(number)))  # type: ignore[operator]
    assert (found.lowest, found.highest, found.currency) == (number, number, code)
