"""Phrases that leave the place open, or put the work into the worker's own home."""

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


def leaves_open(text: str) -> bool:
    """Whether a text says that the work is anywhere or in many places."""
    return _ANYWHERE.search(text) is not None


def from_home(text: str) -> bool:
    """Whether a text says that the work is done from home; hybrid work is not."""
    return _REMOTE.search(text) is not None and _HYBRID.search(text) is None
