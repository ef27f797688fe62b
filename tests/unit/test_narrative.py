"""What a narrative says of each skill, in seven languages and mixed: how, how long, with what, unpaid."""

from __future__ import annotations

import time
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiling.coding import Coder
from profiling.intake import code_passport
from profiling.models import Evidence, Experience, Passport
from profiling.narrative import Claim, How, read_narrative
from profiling.narrative_lexicon import CueTable, Kind, LexiconError, lexicon, pattern
from profiling.narrative_years import durations
from profiling.taxonomy import read_starter

CODER = Coder(read_starter())


def told(text: str) -> dict[str, How]:
    return {claim.skill: claim.how for claim in read_narrative(text, CODER)}


def expected(listed: str) -> dict[str, How]:
    return {skill: How(how) for skill, _, how in (pair.partition("=") for pair in listed.split())}


def one(text: str) -> Claim:
    claims = read_narrative(text, CODER)
    assert claims, text
    return claims[0]


DENIED = [
    ("I did not weld", "weld-metal=denied"),
    ("I didn't do any welding there.", "weld-metal=denied"),
    ("I don’t know welding", "weld-metal=denied"),
    ("I have never drove a truck", "drive-heavy-vehicle=denied"),
    ("welding I never did", "weld-metal=denied"),
    ("Unable to do arc welding", "weld-arc=denied"),
    ("I don't know welding, plastering or block work", "weld-metal=denied plaster-walls=denied lay-blocks=denied"),
    ("I did all welding but not gas welding", "weld-metal=did weld-gas=denied"),
    ("I know arc welding except gas welding", "weld-arc=did weld-gas=denied"),
    ("No experience in arc welding, but good at house wiring", "weld-arc=denied electric-wiring-basic=did"),
    ("I don't know anything except arc welding", "weld-arc=did"),
    ("I don't know plastering except gypsum plaster", "plaster-walls=denied gypsum-plaster=did"),
    ("Brick laying - no. Plastering - yes.", "lay-bricks=denied plaster-walls=did"),
    ("Arc welding: nahi", "weld-arc=denied"),
    ("Without welding certificate I did arc welding", "weld-arc=did"),
    ("Did arc welding, gas welding, not TIG.", "weld-arc=did weld-gas=did weld-tig=denied"),
    (
        "They did not allow me to operate tower crane, only rigging and slinging",
        "operate-tower-crane=denied sling-loads=did",
    ),
    ("I never did gas welding. Arc welding every day.", "weld-gas=denied weld-arc=did"),
    ("I did not like the place, welding 5 years", "weld-metal=did"),
    ("I do not drive a car or a truck, but arc welding", "weld-arc=did"),
    ("arc welding, forklift nahi", "weld-arc=did use-forklift=denied"),
    ("I did house wiring and never had an accident", "electric-wiring-basic=did"),
    ("I never worked as helper, did block work", "lay-blocks=did"),
    ("welding nahi aati", "weld-metal=denied"),
    ("mujhe welding, plastering nahi aati", "weld-metal=denied plaster-walls=denied"),
    ("Welding, plastering aur brick laying nahi aati", "weld-metal=denied plaster-walls=denied lay-bricks=denied"),
    ("welding karta hun plastering nahi aati", "weld-metal=did plaster-walls=denied"),
    ("welding aati hai lekin plastering nahi", "weld-metal=did plaster-walls=denied"),
    ("बिना ट्रेनिंग के मुझे वेल्डिंग नहीं आती", "weld-metal=denied"),
    ("मुझे सिलाई आती है पर वेल्डिंग नहीं आती।", "sew-clothes=did weld-metal=denied"),
    ("वेल्डिङ गरेको छैन", "weld-metal=denied"),
    ("मलाई वेल्डिङ आउँदैन, सिलाइ आउँछ", "weld-metal=denied sew-clothes=did"),
    ("मैले वेल्डिङ गरेँ तर प्लास्टर गर्ने काम गरेको छैन", "weld-metal=did plaster-walls=denied"),
    ("welding ke siwa plastering aati hai", "weld-metal=denied plaster-walls=did"),
    ("main driver nahi hun, forklift chalata hun", "use-forklift=did"),
    ("maine 3 saal welding ka kaam kiya aur gas welding kabhi nahi kiya", "weld-metal=did weld-gas=denied"),
    ("maile welding ko kaam gareko ho, plastering gareko chhaina", "weld-metal=did plaster-walls=denied"),
    ("मैले ४ वर्ष वेल्डिङको काम गरेको हो, सिलाइ भने जानेको छैन", "weld-metal=did sew-clothes=denied"),
    ("म वेल्डिङ गर्दिनँ", "weld-metal=denied"),
    ("maile arc welding gareko chaina tara plastering gareko chu", "weld-arc=denied plaster-walls=did"),
    ("gas welding jandina, arc welding janchu", "weld-gas=denied weld-arc=did"),
    ("আমি ওয়েল্ডিং করিনি", "weld-metal=denied"),
    ("আমি ওয়েল্ডিং জানি না কিন্তু সেলাই জানি", "weld-metal=denied sew-clothes=did"),
    ("সেলাই পারি। ওয়েল্ডিং পারি না।", "sew-clothes=did weld-metal=denied"),
    ("সেলাই ছাড়া অন্য কাজ পারি না", "sew-clothes=did"),
    ("ami welding kori nai, tailoring work kortam", "weld-metal=denied sew-clothes=did"),
    ("මට වෙල්ඩින් බැහැ", "weld-metal=denied"),
    ("වෙල්ඩින් කරලා නැහැ, ඒත් මැසීම දන්නවා", "weld-metal=denied sew-clothes=did"),
    ("මැසීම කළා නමුත් වෙල්ඩින් දන්නේ නැහැ", "sew-clothes=did weld-metal=denied"),
    ("mama welding karala na", "weld-metal=denied"),
    ("வெல்டிங் தவிர தையல் தெரியும்", "weld-metal=denied sew-clothes=did"),
    ("எனக்கு வெல்டிங் தெரியாது", "weld-metal=denied"),
    ("வெல்டிங் செய்யவில்லை, ஆனால் தையல் செய்தேன்", "weld-metal=denied sew-clothes=did"),
    ("தையல் தெரியும், வெல்டிங் செய்ததில்லை", "sew-clothes=did weld-metal=denied"),
    ("enakku welding theriyathu aanal plastering theriyum", "weld-metal=denied plaster-walls=did"),
    ("مجھے ویلڈنگ نہیں آتی۔ سلائی آتی ہے۔", "weld-metal=denied sew-clothes=did"),
    ("میں نے سلائی کی لیکن ویلڈنگ نہیں کی", "sew-clothes=did weld-metal=denied"),
    ("سلائی کرتا تھا، ویلڈنگ نہیں آتی", "sew-clothes=did weld-metal=denied"),
]

NOT_DENIED = [
    ("not only welding but also pipe fitting", "weld-metal=did plumbing-basic=did"),
    ("I have no problem with heights and do arc welding", "weld-arc=did"),
    ("arc welding without supervision", "weld-arc=did"),
    ("I can do arc welding without any help", "weld-arc=did"),
    ("No accident in 6 years, drove trailer", "drive-heavy-vehicle=did"),
    ("I did block work no 1 in the camp, and plastering", "lay-blocks=did plaster-walls=did"),
    ("No salary for 3 months, did plastering", "plaster-walls=did"),
    ("सिर्फ वेल्डिंग नहीं, सिलाई भी आती है", "weld-metal=did sew-clothes=did"),
    ("वेल्डिङ मात्र होइन, सिलाइ पनि जान्दछु", "weld-metal=did sew-clothes=did"),
    ("আমি শুধু ওয়েল্ডিং না, সেলাইও করি", "weld-metal=did sew-clothes=did"),
    ("নয় বছর ওয়েল্ডিং করেছি", "weld-metal=did"),
    ("වෙල්ඩින් විතරක් නෙවෙයි, මැසීම දන්නවා", "weld-metal=did sew-clothes=did"),
    ("வெல்டிங் மட்டுமல்ல, தையல் தெரியும்", "weld-metal=did sew-clothes=did"),
    ("صرف ویلڈنگ نہیں، سلائی بھی کرتا ہوں", "weld-metal=did sew-clothes=did"),
    ("bina supervision arc welding karta hun", "weld-arc=did"),
]

HELPED = [
    ("helper of the mason, brick laying", "lay-bricks=helped"),
    ("I passed bricks to the mason for block work", "lay-blocks=helped"),
    ("with the electrician I carried cables for house wiring", "electric-wiring-basic=helped"),
    ("I assisted in arc welding", "weld-arc=helped"),
    ("worked as mate in pipe fitting", "plumbing-basic=helped"),
    (
        "I helped the plumber with pipe fitting, then did house wiring",
        "plumbing-basic=helped electric-wiring-basic=did",
    ),
    ("I helped old people, personal care", "personal-care=did"),
    ("Block work and plastering. Helper gave me mortar", "lay-blocks=did plaster-walls=did"),
    ("मिस्त्री के साथ प्लास्टर में मदद की, वेल्डिंग में मदद की", "plaster-walls=helped weld-metal=helped"),
    ("mistri ke saath plastering karta tha", "plaster-walls=helped"),
    ("मिस्त्रीलाई प्लास्टर गर्ने काममा सघाएँ", "plaster-walls=helped"),
    ("mistri lai brick laying ma saghaye", "lay-bricks=helped"),
    ("আমি ওয়েল্ডিং কাজে সাহায্য করেছি", "weld-metal=helped"),
    ("වෙල්ඩින් වැඩට උදව් කළා", "weld-metal=helped"),
    ("வெல்டிங் வேலையில் உதவியாளராக இருந்தேன்", "weld-metal=helped"),
    ("ویلڈنگ میں مستری کی مدد کی", "weld-metal=helped"),
]

LED = [
    ("I led a team of 6 shuttering carpenters, slab formwork", "slab-formwork=led"),
    ("As foreman of plastering", "plaster-walls=led"),
    ("I supervised block work and plastering", "lay-blocks=led plaster-walls=led"),
    ("I did plastering under the foreman", "plaster-walls=did"),
    ("वेल्डिङ टोली प्रमुख थिएँ", "weld-metal=led"),
    ("सुपरवाइजर था, वेल्डिंग", "weld-metal=led"),
    ("ওয়েল্ডিং সুপারভাইজার ছিলাম", "weld-metal=led"),
    ("වෙල්ඩින් කණ්ඩායම් නායකයා", "weld-metal=led"),
    ("வெல்டிங் மேற்பார்வை செய்தேன்", "weld-metal=led"),
    ("ویلڈنگ کا فورمین تھا", "weld-metal=led"),
]

LEARNED = [
    ("2 months training in pipe fitting", "plumbing-basic=learned"),
    ("I learned tailoring work", "sew-clothes=learned"),
    ("I did plastering and learned block work", "plaster-walls=did lay-blocks=learned"),
    ("My brother taught me arc welding", "weld-arc=learned"),
    ("gave training to helpers in plastering", "plaster-walls=did train-others=did"),
    ("मैले सिलाइ सिकेँ", "sew-clothes=learned"),
    ("silai ko talim, tailoring work sike", "sew-clothes=learned"),
    ("मैंने वेल्डिंग सीखी और सिलाई करता था", "weld-metal=learned sew-clothes=did"),
    ("welding ki training li hai", "weld-metal=learned"),
    ("আমি সেলাই শিখেছি", "sew-clothes=learned"),
    ("මම මැසීම ඉගෙන ගත්තා", "sew-clothes=learned"),
    ("தையல் கற்றுக்கொண்டேன்", "sew-clothes=learned"),
    ("میں نے سلائی سیکھی", "sew-clothes=learned"),
]

WATCHED = [
    ("I saw how they weld", "weld-metal=watched"),
    ("Only watched arc welding, did plastering", "weld-arc=watched plaster-walls=did"),
    ("I watched the mason do block work", "lay-blocks=watched"),
    ("वेल्डिङ हेरेको मात्र हो", "weld-metal=watched"),
    ("वेल्डिंग सिर्फ देखा है", "weld-metal=watched"),
    ("ওয়েল্ডিং শুধু দেখেছি", "weld-metal=watched"),
    ("වෙල්ඩින් කරනකොට බලාගෙන හිටියා", "weld-metal=watched"),
    ("வெல்டிங் மட்டும் பார்த்தேன்", "weld-metal=watched"),
    ("ویلڈنگ صرف دیکھی ہے", "weld-metal=watched"),
]

NO_CLAIM = [
    "I want to learn driving truck, drive truck",
    "would like to work as cook, cook curry",
    "I can learn welding",
    "willing to learn arc welding and plastering",
    "Looking for a job in arc welding",
    "In future I will do tailoring work",
    "if I get a machine, arc welding",
    "no certificate in arc welding",
    "my brother is a welder, arc welding",
    "My husband does plastering",
    "He did the block work and the plastering",
    "I worked with men who did arc welding",
    "welding seekhna chahta hun",
    "मैं वेल्डिंग सीखना चाहता हूँ",
    "मेरे भाई ने वेल्डिंग की",
    "म वेल्डिङ सिक्न चाहन्छु",
    "मेरो दाइ वेल्डिङ गर्छ",
    "malai welding sikna man cha",
    "mero bhai arc welding garcha",
    "আমি ওয়েল্ডিং শিখতে চাই",
    "আমার ভাই ওয়েল্ডিং করে",
    "මම වෙල්ඩින් ඉගෙන ගන්න කැමතියි",
    "මගේ අයියා වෙල්ඩින් කරනවා",
    "வெல்டிங் கற்றுக்கொள்ள விரும்புகிறேன்",
    "என் அண்ணன் வெல்டிங் செய்கிறார்",
    "میں ویلڈنگ سیکھنا چاہتا ہوں",
    "میرا بھائی ویلڈنگ کرتا ہے",
    "", "x", "वे", "...", "<p></p>",
]  # fmt: skip

OTHERS_AND_ME = [
    ("My brother does arc welding and I do plastering", "plaster-walls=did"),
    ("My father and I did plastering", "plaster-walls=did"),
    ("plastering work with my father", "plaster-walls=did"),
    ("मेरे भाई के साथ वेल्डिंग की", "weld-metal=did"),
    ("मेरो दाइ वेल्डिङ गर्छ तर म सिलाइ गर्छु", "sew-clothes=did"),
    ("I want to learn welding. I did plastering", "plaster-walls=did"),
    ("I did plastering and want to learn welding", "plaster-walls=did"),
]

EVERY = [*DENIED, *NOT_DENIED, *HELPED, *LED, *LEARNED, *WATCHED, *OTHERS_AND_ME]


@pytest.mark.parametrize(("text", "listed"), EVERY, ids=[text for text, _ in EVERY])
def test_what_is_said_of_each_skill(text: str, listed: str) -> None:
    found, wanted = told(text), expected(listed)
    assert {skill: found.get(skill) for skill in wanted} == wanted
    assert all(how == How.DENIED for skill, how in found.items() if skill not in wanted)


@pytest.mark.parametrize("text", NO_CLAIM)
def test_wishes_and_other_people_make_no_claims(text: str) -> None:
    assert told(text) == {}


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("arc welding 6 yr", 6), ("arc welding 3 saal", 3), ("५ वर्ष वेल्डिङ गरें", 5), ("six months arc welding", 0.5),
        ("arc welding since 2015 to 2019", 4), ("arc welding 2015-19", 4), ("arc welding 5+ years", 5),
        ("two and a half years of arc welding", 2.5), ("2 years 6 months arc welding", 2.5),
        ("arc welding for 10 to 12 years", 10), ("do saal welding ki hai", 2), ("dui barsa welding gare", 2),
        ("डेढ वर्ष वेल्डिङ गरें", 1.5), ("২ বছর ওয়েল্ডিং করেছি", 2), ("নয় বছর ওয়েল্ডিং করেছি", 9),
        ("වෙල්ඩින් අවුරුදු 5ක් කළා", 5), ("වෙල්ඩින් වසර පහක් කළා", 5), ("ஐந்து வருடங்கள் தையல் செய்தேன்", 5),
        ("۵ سال ویلڈنگ کرتا تھا", 5), ("چھ ماہ سلائی کی", 0.5), ("arc welding 6-year experience", 6),
        ("arc welding since 2015", None), ("I am 35 years old, arc welding", None),
        ("arc welding 2 years ago", None),
        ("I never did arc welding in 6 years", None), ("arc welding", None), ("arc welding 500 years", None),
        ("२०७२ देखि २०७६ सम्म वेल्डिङ गरें", 4),
    ],
)  # fmt: skip
def test_how_long(text: str, years: float | None) -> None:
    assert one(text).years == years


def test_each_skill_has_the_duration_beside_it() -> None:
    claims = read_narrative("Arc welding 6 yr, plastering 3 yr. Block work and pipe fitting for 2 years", CODER)
    assert {claim.skill: claim.years for claim in claims} == {
        "weld-arc": 6, "plaster-walls": 3, "lay-blocks": 2, "plumbing-basic": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ("arc welding with MIG machine", ["MIG machine"]),
        ("arc welding by MIG welding machine", ["MIG welding machine"]),
        ("dig trenches with JCB", ["JCB"]), ("arc welding with grinder, chain block", ["grinder", "chain block"]),
        ("arc welding with the machine", []), ("arc welding. Used a grinder", []),
        ("ग्राइन्डर र वेल्डिङ मेसिनले वेल्डिङ गरें", ["ग्राइन्डर", "वेल्डिङ मेसिनले"]), ("সেলাই মেশিনে সেলাই করি", ["সেলাই মেশিনে"]),
        ("سلائی مشین پر سلائی", ["سلائی مشین"]),
    ],
)  # fmt: skip
def test_tools_of_the_clause(text: str, tools: list[str]) -> None:
    claim = one(text)
    assert [tool.words for tool in claim.tools] == tools
    assert all(text[tool.start : tool.end] == tool.words for tool in claim.tools)


@pytest.mark.parametrize(
    ("text", "unpaid"),
    [
        ("I was milking cows on our farm", True), ("At our farm, I was milking cows", True),
        ("Volunteer in first aid", True), ("plastering of my own house", True), ("arc welding without pay", True),
        ("I cared for my mother, personal care", True), ("personal care of a family in Kuwait", False),
        ("sewing in my own shop", False), ("plastering with my father", False), ("आफ्नै घरमा सिलाइ गरें", True),
        ("अपने घर में सिलाई करती थी", True), ("নিজের বাড়িতে সেলাই করি", True), ("අපේ ගෙදර මැසීම කළා", True),
        ("சொந்த வீட்டில் தையல் செய்தேன்", True), ("اپنے گھر میں سلائی کی", True),
    ],
)  # fmt: skip
def test_unpaid_work_is_work(text: str, unpaid: bool) -> None:
    claim = one(text)
    assert (claim.how, claim.unpaid) == (How.DID, unpaid)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I did not weld", "I did not"), ("helper of the mason, brick laying", "helper of the mason"),
        ("arc welding", None), ("वेल्डिङ गरेको छैन", "छैन"), ("I saw how they weld", "I saw"),
    ],
)  # fmt: skip
def test_the_words_that_decided(text: str, words: str | None) -> None:
    decided = one(text).decided
    assert (decided.words if decided else None) == words
    assert decided is None or text[decided.start : decided.end] == decided.words


@pytest.mark.parametrize(("how", "counts"), [(how, how not in (How.WATCHED, How.DENIED)) for how in How])
def test_what_counts_as_a_skill(how: How, counts: bool) -> None:
    assert Claim("x", "x", 0, 1, how).counts is counts


def test_a_pasted_page_is_read_without_its_markup() -> None:
    text = "<div class='arc welding'><p>I did <b>not</b>&nbsp;do arc welding</p><li>plastering</li></div>"
    claims = read_narrative(text, CODER)
    assert [(claim.skill, claim.how) for claim in claims] == [
        ("weld-arc", How.DENIED), ("plaster-walls", How.DID),
    ]  # fmt: skip
    assert all(text[claim.start : claim.end] == claim.words for claim in claims)


def test_a_skill_may_be_denied_here_and_done_there() -> None:
    claims = read_narrative("In Qatar I did not do arc welding. In Dubai I did arc welding.", CODER)
    assert [claim.how for claim in claims] == [How.DENIED, How.DID]


def test_intake_stores_what_counts_and_nothing_is_verified_by_it() -> None:
    owner = uuid.uuid4()
    duties = (
        "Helper of the mason, brick laying. I learned block work. I did plastering. I only watched arc welding."
        " I never did gas welding. I want to learn pipe fitting. My brother does house wiring."
    )
    job = Experience(returnee_id=owner, position=1, title="labour", duties=duties, tools="angle grinder")
    passport = Passport(
        returnee_id=owner, home_country="NP", wanted_work=[], not_wanted_work=[],
        skills_said="tailoring work; I can learn first aid; not floor tiles",
    )  # fmt: skip
    stored = {claim.skill: claim for claim in code_passport(CODER, passport, [job], [], [])}
    assert set(stored) == {"lay-bricks", "lay-blocks", "plaster-walls", "angle-grinder", "sew-clothes"}
    assert {claim.evidence for claim in stored.values()} == {Evidence.DECLARED}
    claim = stored["lay-bricks"]
    assert (claim.source_text, duties[claim.start : claim.end]) == ("brick laying", "brick laying")


def test_a_vacancy_still_asks_for_what_it_names_as_a_future() -> None:
    text = "You should be able to do arc welding and will learn pipe welding"
    assert {hit.what for hit in CODER.skills(text)} == {"weld-arc", "weld-pipe"}


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("I cut, bent and tied rebar", "cut-bend-rebar tie-rebar"),
        ("fitted basins, taps and lights", "fit-sanitary-ware fit-lights-fans"),
        ("सरिया काटा, मोड़ा और बाँधा", "cut-bend-rebar tie-rebar"), ("কমোড আর বেসিন বসিয়েছি", "fit-sanitary-ware"),
        ("கம்பி வெட்டினேன், வளைத்தேன், கட்டினேன்", "cut-bend-rebar tie-rebar"),
        ("ट्रक पाँच वर्ष चलाएँ", "drive-heavy-vehicle"),
        ("ٹرک پانچ سال چلایا", "drive-heavy-vehicle"),
        ("मैंने चलाया ट्रक", "drive-heavy-vehicle"), ("tiles laying", "lay-floor-tiles"),
        ("Naan lorry ottinen", "drive-heavy-vehicle"),
    ],
)  # fmt: skip
def test_lists_gaps_and_word_order(text: str, skills: str) -> None:
    assert set(told(text)) == set(skills.split())
    assert set(told(text).values()) == {How.DID}


@pytest.mark.parametrize(
    "text",
    [
        "The forklift was driven by my brother",
        "Tiling was done by another gang", "Somebody else did the plastering",
        "प्लास्टर दूसरे लोग करते थे", "फोर्कलिफ्ट मेरा दोस्त चलाता था",
        "खाना कुक बनाता था", "शटरिंग ठेकेदार के आदमियों ने की", "टाइल वाले अलग थे",
        "प्लास्टर अरूले गर्थे", "ट्र्याक्टर दाइले चलाउनुहुन्छ", "শাটারিং অন্যরা করত",
        "রান্না শাশুড়ি করতেন", "ෂටරින් ගැහුවේ වෙන අය", "කෑම ඉව්වේ කෝකියා",
        "சென்ட்ரிங் வேலை மற்றவர்கள் செய்தார்கள்", "சமையல் செய்வது சமையல்காரர்",
        "شٹرنگ دوسرے لوگ کرتے تھے", "کھانا باورچی بناتا تھا",
        "वेल्डर को सामान देता था", "வெல்டருக்கு சாமான் கொடுத்தேன்",
        "plaster arule garthe", "khana cook banata tha", "ranna shashuri korten",
        "बिजुलीको काम सिक्ने मौका पाइनँ", "ویلڈنگ سیکھنی تھی", "ট্রাক চালানোর ইচ্ছা ছিল",
    ],
)  # fmt: skip
def test_what_others_did_or_was_only_wished_is_no_claim(text: str) -> None:
    assert told(text) == {}


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Plumbing? No.", "plumbing-basic=denied"), ("टाइल लगाते हुए देखा है", "lay-floor-tiles=watched"),
        ("টাইলস বসানো দেখেছি", "lay-floor-tiles=watched"),
        ("मुझे न सिलाई आती है न कढ़ाई", "sew-clothes=denied embroider-by-hand=denied"),
        ("মিস্ত্রি আমাকে ওয়েল্ডিং শিখিয়েছে", "weld-metal=learned"),
        ("मैं वेल्डर का काम करता हूँ, गेट बनाता हूँ", "make-gates-grills=did"),
    ],
)  # fmt: skip
def test_questions_and_what_was_seen_or_taught(text: str, listed: str) -> None:
    found = told(text)
    assert {skill: found.get(skill) for skill in expected(listed)} == expected(listed)


# --- any text ---------------------------------------------------------------------------------------

PIECES = [
    "not", "never", "welding", "arc welding", "plastering", "I", "and", "or", "but", ",", ". ", "\n", "<b>",
    "&amp;",     "helped", "want to", "my brother", "नहीं", "वेल्डिङ", "छैन", "सिलाई", "।", "ওয়েল্ডিং", "না", "মেশিন",
    "6 yr", "වෙල්ඩින්", "නැහැ", "අවුරුදු 5ක්",
    "வெல்டிங்", "தெரியாது", "ویلڈنگ", "نہیں", "،", "MIG", "machine", "2015 to 2019", "’t", "\u200d", "½", "_", "*",
]  # fmt: skip


def _holds(text: str) -> None:
    for claim in read_narrative(text, CODER):
        quotes = [(claim.words, claim.start, claim.end), *((q.words, q.start, q.end) for q in claim.tools)]
        if claim.decided:
            quotes.append((claim.decided.words, claim.decided.start, claim.decided.end))
        assert all(text[start:end] == words and words for words, start, end in quotes)
        assert claim.skill in CODER.taxonomy.skills
        assert claim.years is None or 0 < claim.years <= 120
        assert claim.how != How.DENIED or claim.years is None


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_spans_hold_the_words_of_any_mixture(text: str) -> None:
    _holds(text)


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_text_is_too_strange(text: str) -> None:
    _holds(text)
    assert read_narrative(text, CODER) == read_narrative(text, CODER)


@given(st.sampled_from([text for text, _ in EVERY]), st.integers(0, 30))
@settings(deadline=None)
def test_a_sentence_before_changes_nothing(text: str, pad: int) -> None:
    before = "." * pad + "Came home in winter. "
    alone, behind = read_narrative(text, CODER), read_narrative(before + text, CODER)
    assert [(c.skill, c.how, c.start + len(before)) for c in alone] == [(c.skill, c.how, c.start) for c in behind]


@pytest.mark.parametrize(
    "unit",
    ["not welding ", "welding and ", "वेल्डिङ छैन ", "<b>not</b> welding, ", "my brother welding ", "a", "<p", "&",
     "5 years truck, ", "rod, cut, and "],
)  # fmt: skip
def test_a_long_page_takes_less_than_a_second(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    read_narrative("warm", CODER)
    began = time.process_time()
    read_narrative(text, CODER)
    assert time.process_time() - began < 1.0


# --- the lists --------------------------------------------------------------------------------------


def test_the_lists_hold_together_and_have_every_key() -> None:
    assert lexicon().cues.find(["not"], [0])[0].kind == Kind.NOT_BEFORE


def test_a_phrase_has_one_meaning() -> None:
    table = CueTable()
    table.add("never mind", Kind.NOTHING)
    table.add("never mind", Kind.AND)
    with pytest.raises(LexiconError, match="'never mind' stands under says_nothing and helped"):
        table.add("never mind", Kind.HELPED)
    for phrase in ("", "_ x", "!"):
        with pytest.raises(LexiconError, match="does not begin with a word"):
            table.add(phrase, Kind.HELPED)


def test_the_longest_phrase_wins_and_none_runs_over_a_mark() -> None:
    table = CueTable()
    for phrase in ("no", "no _ help", "சம்பள*", "*வில்லை"):
        table.add(phrase, phrase)
    said = ["no", "big", "help", "no", "சம்பளமின்றி", "செய்யவில்லை"]
    assert [(cue.kind, cue.first, cue.past) for cue in table.find(said, [0] * 6)] == [
        ("no _ help", 0, 3), ("no", 3, 4), ("சம்பள*", 4, 5), ("*வில்லை", 5, 6),
    ]  # fmt: skip
    assert [cue.kind for cue in table.find(said[:3], [0, 0, 1])] == ["no"]


def test_a_pattern_keeps_its_stars() -> None:
    assert pattern("Don’t _ abc* *xyz") == ("don", "t", "_", "abc*", "*xyz")


def test_durations_have_spans() -> None:
    text = "6 yr here, then 2015 to 2019"
    assert [(item.years, text[item.start : item.end]) for item in durations(text)] == [
        (6, "6 yr"), (4, "2015 to 2019"),
    ]  # fmt: skip
