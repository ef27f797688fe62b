"""schema.org on pages: JSON-LD and microdata to cells, as they were written."""

from __future__ import annotations

import json
import re

import pytest
from hostile import page, posting
from sources_world import Answers, config, read

from jobs_ingest.sources.base import Validators

HERE = "https://jobs.example/7"
SOURCE = config("page", addresses=(HERE,))


def cells(**fields: object) -> dict[str, str]:
    """The cells of a posting with these properties, without title and number."""
    found = read(SOURCE, Answers({HERE: page(posting(**fields))})).offers[0]
    return {column: text for column, text in found.cells.items() if column not in ("title", "ref")}


@pytest.mark.parametrize(
    ("salary", "pay"),
    [
        (
            {"currency": "NPR", "value": {"minValue": 25000, "maxValue": 30000.50, "unitText": "MONTH"}},
            "NPR 25000 - 30000.5 per month",
        ),
        ({"currency": "BDT", "value": {"value": "18,000", "unitText": "month"}}, "BDT 18,000 per month"),
        ({"currency": "LKR", "value": 900, "unitText": "DAY"}, "LKR 900 per day"),
        ({"currency": "INR", "minValue": 500}, "INR from 500"),
        ({"currency": "INR", "value": {"maxValue": 700, "unitText": "WEEK"}}, "INR up to 700 per week"),
        ({"currency": "INR", "value": {"minValue": 700, "maxValue": 700}}, "INR 700"),
        ([{"currency": "PKR", "value": 1}, {"currency": "PKR", "value": 2}], "PKR 1; PKR 2"),
        ("Rs 25,000 a month", "Rs 25,000 a month"),
        (40000, "40000"),
        ({"currency": "NPR"}, None),
        ({"value": {}}, None),
        (None, None),
        ([], None),
        ({"name": "Negotiable"}, "Negotiable"),
    ],
)
def test_pay(salary: object, pay: str | None) -> None:
    assert cells(baseSalary=salary).get("pay") == pay


def test_an_old_spelling_of_pay() -> None:
    assert cells(baseSalary="25000", salaryCurrency="NPR") == {"pay": "NPR 25000"}


@pytest.mark.parametrize(
    ("location", "place", "country"),
    [
        (
            {
                "address": {
                    "streetAddress": "Ring Road",
                    "addressLocality": "Bharatpur",
                    "addressRegion": "Bagmati",
                    "addressCountry": "NP",
                }
            },
            "Ring Road, Bharatpur, Bagmati, NP",
            "NP",
        ),
        ({"@type": "Place", "address": "Kathmandu, Nepal"}, "Kathmandu, Nepal", None),
        ("Dhaka", "Dhaka", None),
        (
            [
                {"address": {"addressLocality": "Galle", "addressCountry": {"name": "Sri Lanka"}}},
                {"address": {"addressLocality": "Kandy"}},
            ],
            "Galle, Sri Lanka; Kandy",
            "Sri Lanka",
        ),
        (
            [
                {"address": {"addressLocality": "Galle", "addressCountry": "LK"}},
                {"address": {"addressCountry": "QA"}},
            ],
            "Galle, LK; QA",
            None,
        ),
        ({"addressLocality": "Lahore"}, "Lahore", None),
        ({"name": "Head office"}, "Head office", None),
        (None, None, None),
        ([None, True, []], None, None),
        ({"address": [{}]}, None, None),
    ],
)
def test_places(location: object, place: str | None, country: str | None) -> None:
    found = cells(jobLocation=location)
    assert (found.get("place"), found.get("country")) == (place, country)


def test_all_the_rest_of_a_posting() -> None:
    found = cells(
        description="&lt;p&gt;Lays bricks &amp;amp; blocks.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Plaster&lt;/ul&gt;",
        hiringOrganization={"@type": "Organization", "name": "Demo &amp; Sons"},
        employmentType=["FULL_TIME", "TEMPORARY"],
        datePosted="2026-11-01",
        validThrough="2026-12-31T23:59+05:45",
        experienceRequirements={"monthsOfExperience": 24},
        educationRequirements="Grade 8",
        skills=["Plaster", "Level"],
        qualifications="Own tools",
        totalJobOpenings=5,
        identifier={"@type": "PropertyValue", "value": "J-7"},
    )
    assert found == {
        "description": "Lays bricks & blocks.\nPlaster",
        "employer": "Demo & Sons",
        "employment": "FULL_TIME; TEMPORARY",
        "posted": "2026-11-01",
        "deadline": "2026-12-31T23:59+05:45",
        "requirements": "Experience: 24 months\nEducation: Grade 8\nOwn tools",
        "essential_skills": "Plaster; Level",
        "openings": "5",
    }


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "JobPosting", "title": "Mason"},
        [{"@type": "WebSite"}, {"@type": ["Thing", "JobPosting"], "title": "Mason"}],
        {"@graph": [{"@type": "WebPage"}, {"@type": "https://schema.org/JobPosting", "title": "Mason"}]},
        {
            "@type": "ItemList",
            "itemListElement": [{"@type": "ListItem", "item": {"@type": "schema:JobPosting", "title": "Mason"}}],
        },
        {"@type": "WebPage", "mainEntity": {"@type": "JobPosting", "title": "Mason"}},
    ],
)
def test_where_a_posting_may_stand(data: object) -> None:
    found = read(SOURCE, Answers({HERE: page(json.dumps(data))}))
    assert [offer.cells["title"] for offer in found.offers] == ["Mason"]
    assert (found.offers[0].url, found.offers[0].ref, found.problems) == (HERE, HERE, [])


def test_a_reference_within_the_page_is_filled_in() -> None:
    graph = [
        {"@type": "JobPosting", "title": "Mason", "hiringOrganization": {"@id": "#o"}},
        {"@id": "#o", "name": "Demo Co"},
    ]
    assert (
        read(SOURCE, Answers({HERE: page(json.dumps({"@graph": graph}))})).offers[0].cells["employer"] == "Demo Co"
    )


def test_a_broken_block_is_told_and_the_others_are_read() -> None:
    body = page("{oops") + page(posting(url="/jobs/1#top", identifier="1")) + page(posting(title="Cook")[:-1])
    found = read(SOURCE, Answers({HERE: body}))
    assert [(offer.cells["title"], offer.ref, offer.url) for offer in found.offers] == [
        ("Mason", "1", "https://jobs.example/jobs/1")
    ]
    assert [problem.reason[:40] for problem in found.problems] == [
        "Block 1 of its JSON-LD cannot be read: e",
        "Block 3 of its JSON-LD cannot be read: e",
    ]
    assert found.visited[0].changed


@pytest.mark.parametrize("wrap", ["<!-- {} -->", "//<![CDATA[\n{}\n//]]>", "{};", "\n {} \n"])
def test_what_pages_put_around_json(wrap: str) -> None:
    body = page(wrap.replace("{}", posting()))
    assert [offer.cells["title"] for offer in read(SOURCE, Answers({HERE: body})).offers] == ["Mason"]


MICRODATA = """
<div itemscope itemtype="http://schema.org/JobPosting"><h1 itemprop=title>Cook <b>(5)</b></h1>
<p itemprop="hiringOrganization" itemscope><span itemprop='name'>Hotel Demo</span> not the name
<ul><li itemprop=skills>Fry<li itemprop="skills">Bake</ul>
<div itemprop="description"><p>Cooks&nbsp;food<br>each day</p><script>alert(1)</script></div>
<meta itemprop="datePosted" content="2026-11-02"><time itemprop=validThrough datetime=2026-12-31>the last day</time>
<span itemprop=baseSalary itemscope><meta itemprop=currency content=NPR><b itemprop="value" itemscope>
<meta itemprop=value content=18000><meta itemprop=unitText content=MONTH></b></span>
<a itemprop=url href="/cook">more</a></div>
<div itemscope itemtype="https://schema.org/Person"><b itemprop=name>Somebody</b></div>
"""


def test_microdata() -> None:
    found = read(SOURCE, Answers({HERE: MICRODATA.encode()}))
    assert [offer.url for offer in found.offers] == ["https://jobs.example/cook"]
    assert found.offers[0].cells == {
        "title": "Cook (5)",
        "employer": "Hotel Demo",
        "essential_skills": "Fry; Bake",
        "posted": "2026-11-02",
        "description": "Cooks food\neach day",
        "deadline": "2026-12-31",
        "pay": "NPR 18000 per month",
        "ref": "https://jobs.example/cook",
    }


def test_an_offer_that_a_page_states_in_both_ways_is_one() -> None:
    assert len(read(SOURCE, Answers({HERE: page(posting(), MICRODATA)})).offers) == 1


def test_properties_that_stand_elsewhere_on_the_page() -> None:
    body = b"<div itemscope itemtype='https://schema.org/JobPosting' itemref='a b a'></div>"
    body += b"<b id=a><i itemprop=title>Cook</i></b>"
    found = read(SOURCE, Answers({HERE: body + b"<i itemprop=datePosted id=b>2026-11-01</i>"}))
    assert (found.offers[0].cells["title"], found.offers[0].cells["posted"]) == ("Cook", "2026-11-01")


def test_courses() -> None:
    course = {
        "@type": "Course",
        "name": "Plumbing",
        "description": "Learn to lay pipes.",
        "courseCode": "P-2",
        "provider": {"name": "Demo Centre"},
        "teaches": ["Pipes", "Taps"],
        "coursePrerequisites": "Grade 5",
        "offers": {"price": 1500, "priceCurrency": "NPR"},
        "inLanguage": "ne",
        "hasCourseInstance": [
            {"startDate": "2027-01-10", "duration": "P8W", "location": {"address": {"addressLocality": "Butwal"}}},
            {"startDate": "2027-03-01"},
        ],
    }
    source = config("page", addresses=(HERE,), offers="courses", constants={"kind": "course"})
    offer = read(source, Answers({HERE: page(json.dumps(course))})).offers[0]
    assert (offer.kind, offer.ref) == ("course", "P-2")
    assert offer.cells == {
        "title": "Plumbing",
        "provider": "Demo Centre",
        "skills": "Pipes; Taps",
        "entry_conditions": "Grade 5",
        "cost": "1500",
        "cost_currency": "NPR",
        "language": "ne",
        "intakes": "2027-01-10; 2027-03-01",
        "description": "Learn to lay pipes.",
        "duration": "P8W",
        "weeks": "8",
        "place": "Butwal",
        "kind": "course",
        "ref": "P-2",
    }


def test_links_that_fit_the_pattern_are_visited() -> None:
    links = "<a href='/job/1?a=1&amp;b=2#x'>1</a><a href=/job/1?a=1&b=2>again</a><a href='/about'>no</a>"
    links += "<a href='https://else.example/job/3'>no</a><a href='javascript:/job/'>no</a>"
    links += "<a href=/job/2>2</a><a href=/job/4>4</a>"
    start = "https://jobs.example/list"
    answers = Answers(
        {
            start: links.encode(),
            "https://jobs.example/job/1?a=1&b=2": page(posting()),
            "https://jobs.example/job/2": 500,
        }
    )
    found = read(config("page", addresses=(start,), follow=re.compile("/job/"), most_pages=3), answers)
    assert answers.asked == [start, "https://jobs.example/job/1?a=1&b=2", "https://jobs.example/job/2"]
    assert [offer.cells["title"] for offer in found.offers] == ["Mason"]
    assert found.reasons == [
        "address: It links to 3 pages; 2 of them are visited.",
        "address: The server answers with an error (500); try again later.",
    ]
    assert not any(problem.counted for problem in found.problems)


def test_what_did_not_change_is_not_read() -> None:
    answers = Answers({HERE: page(posting())}, etag='"1"')
    first = read(SOURCE, answers).visited[0]
    assert (first.etag, first.modified, first.changed) == ('"1"', "Sun, 01 Nov 2026 00:00:00 GMT", True)
    again = read(SOURCE, answers, {HERE: Validators(first.etag, first.modified)})
    assert (again.offers, again.problems) == ([], [])
    assert (again.visited[0].etag, again.visited[0].modified, again.visited[0].changed) == (
        '"1"',
        first.modified,
        False,
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (404, "address: The server has no such page (404); correct the address of the source."),
        ("jobs.example is not known.", "address: jobs.example is not known."),
        (b" \n", "address: The answer is empty; look at the address in a browser."),
        (b"<p>Mason wanted", "page: It states no JobPosting of schema.org; it may have moved, or be a list."),
        (page(posting(title="")), "title: is empty and must be filled."),
    ],
)
def test_pages_that_give_nothing(answer: bytes | int | str, told: str) -> None:
    other = "https://jobs.example/8"
    found = read(config("page", addresses=(HERE, other)), Answers({HERE: answer, other: page(posting())}))
    assert found.reasons == [told]
    assert len(found.offers) == 1
