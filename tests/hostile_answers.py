"""Hostile pages, feeds and JSON answers."""

from __future__ import annotations

from collections.abc import Callable

from hostile import BIJOY, DEEP, FONT, ITEM, MANY, PREETI, Hostile, answer, feed, laughs, page, posting


def page_files() -> list[Hostile]:
    def h(name: str, make: Callable[[], bytes], told: str, offers: int = 0) -> Hostile:
        return Hostile(f"page {name}", "page", make, told, offers)

    scope = "<div itemscope itemtype='https://schema.org/JobPosting' itemprop='x' itemref='a b'>"
    script = "<script>alert(1)</script><img src=x onerror=alert(1)><p>Lays bricks</p>"
    return [
        h("empty", lambda: b"", "is empty"),
        h("too long", lambda: b" " * 5_000_000 + b"x", "larger than 5 MB"),
        h("without data", lambda: page("{}"), "states no JobPosting"),
        h("broken JSON-LD", lambda: page('{"@type": "JobPosting", "title": "Mason",}'), "cannot be read"),
        h("one broken block of two", lambda: page("{") + page(posting()), "Block 1 of its JSON-LD", 1),
        h("cut JSON-LD", lambda: page(posting())[:90], "cannot be read"),
        h("deep lists", lambda: page("[" * DEEP), "nested too deeply"),
        h("deep objects", lambda: page('{"a":' * DEEP), "nested too deeply"),
        h("whole deep lists", lambda: page("[" * 900 + posting() + "]" * 900), "states no|too deeply"),
        h("huge number", lambda: page(posting(baseSalary=1).replace(": 1}", ": " + "9" * 100_000 + "}")), "", 1),
        h("huge exponent", lambda: page(posting(baseSalary=1).replace(": 1}", ": 1e999999999}")), "", 1),
        h("NaN", lambda: page(posting(baseSalary=float("nan"))), "NaN is no number"),
        h("zero byte in a title", lambda: page(posting(title="Ma\0son")), "", 1),
        h("zero bytes between", lambda: b"\0" * 100 + page(posting()) + b"\0" * 100, "", 1),
        h("scripts in the description", lambda: page(posting(description=script)), "", 1),
        h(
            "scripts escaped three times",
            lambda: page(posting(description="&amp;lt;script&amp;gt;x")),
            "",
            1,
        ),
        h(
            "script that closes the block",
            lambda: page(posting(description="x").replace("x", "</script><script>alert(1)</script>")),
            "cannot be read",
        ),
        h("deep tags", lambda: page("{}", "<div>" * MANY), "states no"),
        h("deep items", lambda: page("{}", scope * 20_000), "states no"),
        h(
            "items that refer to each other",
            lambda: page(
                "{}",
                "".join(
                    f"<div id=a{n} itemscope itemprop=x itemref='a{n + 1} b{n + 1}'></div>"
                    f"<div id=b{n} itemscope itemprop=y itemref='a{n + 1} b{n + 1}'></div>"
                    for n in range(60)
                )
                + "<div itemscope itemtype='https://schema.org/JobPosting' itemref='a0 b0'>"
                "<b itemprop=title>Cook</b></div>",
            ),
            "",
            1,
        ),
        h(
            "item that refers to itself",
            lambda: page(
                "{}",
                "<div id=a itemscope itemref=a itemtype=https://schema.org/"
                "JobPosting><b itemprop=title>Cook</b></div>",
            ),
            "",
            1,
        ),
        h(
            "40,000 attributes",
            lambda: page("{}", "<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">"),
            "states no",
        ),
        h("endless tag", lambda: page("{}", "<p " + "a " * 600_000), "states no"),
        h("endless comment", lambda: page("{}", "<!--" * 500_000), "states no"),
        h("endless entities", lambda: page("{}", "&" * 600_000), "states no"),
        h(
            "entity of a huge number",
            lambda: page(
                "{}",
                f"<b itemscope itemtype=https://schema.org/JobPosting>"
                f"<i itemprop=title>Cook &#{'9' * 10_000};</i></b>",
            ),
            "",
            1,
        ),
        h("endless <", lambda: page("{}", "<" * 600_000), "states no"),
        h("unclosed script", lambda: b'<script type="application/ld+json">' + b"<" * 1_000_000, "cannot be read"),
        h("10,000 blocks", lambda: page("{}") * 10_000, "states no"),
        h(
            "10,000 offers",
            lambda: page("[" + ",".join([posting()] * 10_000) + "]"),
            "2,000 offers or more",
            2_000,
        ),
        h("wide object", lambda: page("{" + ",".join(f'"k{n}": 1' for n in range(200_000)) + "}"), "states no"),
        h("Bijoy", lambda: page(posting(description=BIJOY)), f"Bijoy, {FONT}"),
        h("UTF-7", lambda: b'<meta charset="utf-7">+ADw-script+AD4-', "states no"),
        h("link of another kind", lambda: page(posting(url="javascript:alert(1)")), "", 1),
        h("types of another kind", lambda: page('{"@type": {"a": 1}, "title": []}'), "states no"),
        h(
            "values of another kind",
            lambda: page(posting(title={"a": [1]}, baseSalary=[[1]], jobLocation=[[], 1, None])),
            "title|is empty",
        ),
    ]


def feed_files() -> list[Hostile]:
    def h(name: str, make: Callable[[], bytes], told: str, offers: int = 0) -> Hostile:
        return Hostile(f"feed {name}", "feed", make, told, offers)

    document, reference = laughs()
    return [
        h("HTML", lambda: b"<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        h("HTML without type", lambda: b"\n<html><head></head></html>", "web page"),
        h("JSON", lambda: b'{"items": []}', "no XML"),
        h("another XML", lambda: b"<svg><title>x</title></svg>", "XML of another kind"),
        h(
            "billion laughs",
            lambda: feed(f"<item><title>{reference}</title></item>", document),
            "entities of its own",
        ),
        h(
            "file from outside",
            lambda: feed(
                "<item><title>&x;</title></item>", "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
            ),
            "entities of its own",
        ),
        h("type from outside", lambda: feed(ITEM, "<!DOCTYPE rss SYSTEM 'http://127.0.0.1/x.dtd'>"), "", 1),
        h("unfinished type", lambda: b"<!DOCTYPE rss [" + b"[" * 1_000_000, "breaks off"),
        h("cut", lambda: feed(ITEM * 3 + "<item><title>Co")[:-20], "breaks off after entry 3", 3),
        h("cut before the first entry", lambda: feed("<item><title>Co")[:-20], "cannot be read"),
        h("endless", lambda: feed(ITEM * 30_000), "longer than what is read", 2_000),
        h("deep", lambda: feed("<d>" * DEEP), "no honest feed"),
        h("deep entries", lambda: feed("<item>" * DEEP), "no honest feed"),
        h(
            "100,000 attributes",
            lambda: feed("<a " + " ".join(f"a{n}='1'" for n in range(DEEP)) + "/>"),
            "no honest feed",
        ),
        h("endless <", lambda: feed(ITEM + "<" * 1_000_000), "breaks off after entry 1", 1),
        h("endless &", lambda: feed(ITEM + "&" * 900_000), "", 1),
        h("bare &", lambda: feed("<item><title>R & D & C</title></item>"), "", 1),
        h("zero byte", lambda: feed("<item><title>Ma\0son</title></item>"), "", 1),
        h("zero bytes only", lambda: b"\0" * 1000, "is empty"),
        h(
            "scripts",
            lambda: feed(
                "<item><title>Mason</title><description>&lt;script&gt;x&lt;/script&gt;Lays</description></item>"
            ),
            "",
            1,
        ),
        h(
            "deep escaped tags",
            lambda: feed(f"<item><title>Mason</title><description>{'&lt;b&gt;' * DEEP}</description></item>"),
            "",
            1,
        ),
        h("wrong encoding named", lambda: feed(ITEM.replace("Mason", "José")).replace(b"UTF-8", b"UTF-16"), "", 1),
        h("CP1252 as UTF-8", lambda: feed(ITEM.replace("Mason", "José")).decode().encode("cp1252"), "", 1),
        h("Preeti", lambda: feed(f"<item><title>Mason</title><description>{PREETI}</description></item>"), FONT),
        h("entries without anything", lambda: feed("<item/>" * 20), "title"),
        h("huge date", lambda: feed(f"<item><title>Mason</title><pubDate>{'9' * DEEP}</pubDate></item>"), "", 1),
        h("too long", lambda: feed(" " * 5_000_000), "larger than 5 MB"),
    ]


def api_files() -> list[Hostile]:
    def h(name: str, make: Callable[[], bytes], told: str, offers: int = 0) -> Hostile:
        return Hostile(f"api {name}", "api", make, told, offers)

    return [
        h("HTML", lambda: b"<html></html>", "no JSON"),
        h("cut", lambda: answer({"title": "Mason"})[:-3], "no JSON"),
        h("no list", lambda: b'{"jobs": {"title": "Mason"}}', "no list"),
        h("a text", lambda: b'"Mason"', "no list"),
        h("items of another kind", lambda: answer(1, None, [], "x", {"title": "Cook"}), "no object with fields", 1),
        h("deep", lambda: b'{"jobs":' + b"[" * DEEP, "nested too deeply"),
        h("huge number", lambda: b'{"jobs": [{"title": "Cook", "pay": ' + b"9" * DEEP + b"}]}", "", 1),
        h("infinity", lambda: b'{"jobs": [{"title": "Cook", "pay": Infinity}]}', "is no number"),
        h("next page is this page", lambda: b'{"jobs": [{"title": "Cook"}], "next": "/api"}', "circle", 1),
        h(
            "next page elsewhere",
            lambda: b'{"jobs": [{"title": "Cook"}], "next": "http://127.0.0.1/"}',
            "same site",
            1,
        ),
        h(
            "next page is a file",
            lambda: b'{"jobs": [{"title": "Cook"}], "next": "file:///etc/passwd"}',
            "same site",
            1,
        ),
        h("endless pages", lambda: b'{"jobs": [{"title": "Cook"}], "next": "?more"}', "circle|same page", 1),
        h("100,000 items", lambda: answer(*[{"title": "Cook"}] * DEEP), "no more are read", 5_000),
        h("a million lists", lambda: b'{"jobs": [' + b"[]," * 1_600_000 + b"[]]}", "no object with fields"),
        h("lone surrogate", lambda: b'{"jobs": [{"title": "Cook \\ud800"}]}', "", 1),
        h("zero byte", lambda: b'{"jobs": [{"title": "Co\\u0000ok"}]}', "", 1),
        h("scripts", lambda: answer({"title": "<script>x</script>Cook"}), "", 1),
        h("Bijoy", lambda: answer({"title": BIJOY}), f"Bijoy, {FONT}"),
        h("a title of another kind", lambda: answer({"title": {"a": 1}}), "is empty"),
    ]
