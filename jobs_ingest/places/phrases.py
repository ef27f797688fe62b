"""Phrases that leave the place open or put the work into the worker's own home, and cells that name no place."""

from __future__ import annotations

import re

_ANYWHERE = re.compile(
    r"\bany\s?wh?[ae]re\b|\ball over\b|\b(?:multiple|various|several|different|any|all)\s+(?:job\s+|work\s+)?"
    r"(?:locations?|places?|cities|districts?|provinces?|branches|areas of|parts of|across)\b"
    r"|\bany district\b|\b(?:pan|all|across)[\s-]+(?:india|bangladesh|nepal|pakistan|sri\s?lanka)\b"
    r"|\bcountry\s?wide\b|\bnation\s?wide\b|\bwhole (?:country|of)\b|\bthroughout\b"
    r"|\bjaha(?:a)?n?\s?(?:pani|bhi)\b|\bje kono (?:jayga|jaiga|sthan)\w*|\bsara (?:desh|bangladesh)\w*"
    r"|देशभर|देश भर|सारा देश|पूरे (?:देश|भारत)|कहीं भी|जहाँ पनि|जुनसुकै (?:ठाउँ|स्थान)|नेपालभर|भारत भर"
    r"|যে\s?কোনো? (?:স্থান|জায়গা|জেলা)|যেকোন|সারা ?দেশ|সারা বাংলাদেশ|দেশের যে|বাংলাদেশের যে"
    r"|දිවයින පුරා|ලංකාව පුරා|දිවයිනේ ඕනෑම|ඕනෑම ස්ථාන|நாடு முழுவதும்|எங்கும்|இலங்கை முழுவதும்"
    r"|ملک بھر|پورے (?:ملک|پاکستان)|پاکستان بھر|کہیں بھی",
    re.IGNORECASE,
)
_REMOTE = re.compile(
    r"\bwork(?:ing)?[\s-]+(?:from|at)[\s-]+home\b|\bwfh\b|\b(?:fully|100%)?\s*\bremote(?:ly)?\b"
    r"(?!\s+(?:area|place|village|site|district|location of))"
    r"|\bhome[\s-]?based\b|\btele-?work\w*|\bghar (?:bata|se|theke|bose) kaam\b"
    r"|घरबाटै? (?:काम|कार्य)|घर से काम|घर बैठे|वर्क फ्रॉम होम|ঘরে বসে|বাসা থেকে কাজ|ঘর থেকে কাজ|ওয়ার্ক ফ্রম হোম"
    r"|නිවසේ සිට|ගෙදර සිට|வீட்டிலிருந்து|گھر سے کام|گھر بیٹھے",
    re.IGNORECASE,
)
_HYBRID = re.compile(r"\bhybrid\b|\bon[\s-]?site\b", re.IGNORECASE)

#: When somebody starts, and skills: what stands in the column of the place by mistake.
_TIME = re.compile(
    r"\s*(?:(?:starts?|starting|begins?|joining|available|notice period|duration)\b.*\d.*"
    r"|(?:within\s+)?\d{1,2}\s*(?:(?:-|to)\s*\d{1,2}\s*)?(?:days?|weeks?|months?|years?)"
    r"|immediate(?:ly)?(?:\s+(?:start|joining))?)\s*\.?\s*",
    re.IGNORECASE | re.DOTALL,
)
_SKILL = re.compile(
    r"(?:skills?|handling|leading|leadership|management|communication|excel|ms\s?office|ms\s?word|microsoft|powerpoint"
    r"|teamwork|marketing|sales|accounting|typing|software|photoshop|autocad|javascript|python|sql|negotiation"
    r"|problem solving|data entry|customer service|time management)\b",
    re.IGNORECASE,
)
_LOST_END = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_ITEM_ENDS = re.compile(rf"[,;|/\n•]|{_LOST_END.pattern}")
#: A text that was cut short.
_CUT_TEXT = re.compile(r".{30,}(?:\.\.\.|…)\s*", re.DOTALL)
#: So many items without anything between them are no name.
_LOST_ENDS = 3
#: Least items of a list of skills.
_FEWEST_ITEMS = 2
_LETTER = re.compile(r"[^\W\d_]")
#: Regions that hold none of the gazetteer's home countries.
_ABROAD = re.compile(
    r"\s*(?:(?:the\s+)?(?:european\s+union|eu|europe(?:an\s+economic\s+area)?|eea|(?:western|eastern|northern|southern"
    r"|central)\s+europe|emea|middle\s+east|gulf(?:\s+countries)?|gcc|(?:north|south|east|west)(?:ern)?\s+africa|africa"
    r"|(?:north|south|latin|central)\s+america|latam|americas?|scandinavia|caribbean|oceania|schengen(?:\s+area)?))\s*\.?\s*",
    re.IGNORECASE,
)


def tells_no_place(text: str) -> bool:
    """Whether a cell for a place holds something else: no letter, when the work starts, skills, a text cut short.

    Ask only where no name of the gazetteer was found.
    """
    if not _LETTER.search(text) or _TIME.fullmatch(text) or _CUT_TEXT.fullmatch(text):
        return True
    if len(_LOST_END.findall(text)) >= _LOST_ENDS:
        return True
    items = [item for item in _ITEM_ENDS.split(text) if item.strip()]
    skills = sum(_SKILL.search(item) is not None for item in items)
    return len(items) >= _FEWEST_ITEMS and 2 * skills > len(items)


def is_region_abroad(text: str) -> bool:
    """Whether a text is the name of a region in which no home country lies: *European Union*."""
    return _ABROAD.fullmatch(text) is not None


def leaves_open(text: str) -> bool:
    """Whether a text says that the work is anywhere or in many places."""
    return _ANYWHERE.search(text) is not None


def from_home(text: str) -> bool:
    """Whether a text says that the work is done from home; hybrid work is not."""
    return _REMOTE.search(text) is not None and _HYBRID.search(text) is None
