import json
from collections.abc import Callable, Mapping
from xml.etree import ElementTree as ET

import pytest
import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat import codec
from bot.channels.wechat.codec import LARGEST, DataFormat, Unreadable, read, writable, write
from tests.bot.channels.wechat.payloads import GOOD, HOSTILE, hostile, payload

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
XML_TEXT = ANY_TEXT.map(writable)
TEXT_XML = payload("text.xml")
TEXT_JSON = payload("text.json")


def test_text_keeps_its_whitespace() -> None:
    fields, data_format = read(payload("text_with_whitespace.xml"))
    assert fields["Content"] == "  低保\n 怎么申请 \n"
    assert data_format is DataFormat.XML


def test_numbers_in_json_are_text() -> None:
    fields, data_format = read(TEXT_JSON)
    assert fields["MsgId"] == "23456789012345678"
    assert data_format is DataFormat.JSON


def test_nested_fields_are_left_out() -> None:
    assert "ScanCodeInfo" not in read(payload("event_scancode_push.xml"))[0]
    assert "ScanType" not in read(payload("event_scancode_push.xml"))[0]
    assert "List" not in read(payload("event_with_list.json"))[0]


def test_a_byte_order_mark_does_not_matter() -> None:
    assert read(b"\xef\xbb\xbf" + TEXT_XML) == read(TEXT_XML)
    assert read(b"\xef\xbb\xbf \n" + TEXT_JSON) == read(TEXT_JSON)


def test_a_citizen_may_write_about_doctypes() -> None:
    assert read(payload("text_with_markup.xml"))[0]["Content"] == "<!DOCTYPE html> a < b && c > d"


def test_text_around_comments_and_cdata_is_joined() -> None:
    body = b"<xml><A>a<!-- no -->b<![CDATA[<c>]]>&amp;&#x4f4e;</A></xml>"
    assert read(body)[0] == {"A": "ab<c>&低"}


@pytest.mark.parametrize("name", GOOD)
def test_xmltodict_reads_the_same_fields(name: str) -> None:
    fields, data_format = read(payload(name))
    if data_format is DataFormat.JSON:
        expected = {k: str(v) for k, v in json.loads(payload(name)).items() if not isinstance(v, list | dict)}
    else:
        parsed = xmltodict.parse(payload(name), strip_whitespace=False)["xml"]
        del parsed["#text"]
        expected = {k: v or "" for k, v in parsed.items() if not isinstance(v, dict)}
    assert fields == expected


@given(st.dictionaries(st.from_regex(r"[A-Za-z]{1,8}", fullmatch=True), XML_TEXT, max_size=6))
def test_what_is_written_is_read_again(fields: dict[str, str]) -> None:
    for data_format in DataFormat:
        read_again, found = read(write(fields, data_format))
        assert found is data_format
        # XML has one line ending (XML 1.0, 2.11)
        expected = {k: v.replace("\r\n", "\n").replace("\r", "\n") for k, v in fields.items()}
        assert {k: v.replace("\r\n", "\n").replace("\r", "\n") for k, v in read_again.items()} == expected


@given(ANY_TEXT)
def test_another_parser_reads_what_is_written(text: str) -> None:
    text = writable(text).replace("\r", "")
    root = ET.fromstring(write({"Content": text, "CreateTime": 7}, DataFormat.XML))  # noqa: S314  our own XML
    assert root.findtext("Content") == text
    assert root.findtext("CreateTime") == "7"


def test_a_cdata_end_cannot_break_out() -> None:
    evil = "a]]></Content><MsgType>image</MsgType><Content><![CDATA["
    assert read(write({"Content": evil}, DataFormat.XML))[0] == {"Content": evil}


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_every_character_that_xml_refuses_is_dropped(code: int) -> None:
    kept = chr(code) if code in {0x09, 0x0A, 0x0D} else ""
    assert writable(f"a{chr(code)}b") == f"a{kept}b"
    ET.fromstring(write({"Content": writable(f"a{chr(code)}b")}, DataFormat.XML))  # noqa: S314  our own XML


def test_escapes_in_json_cannot_smuggle_what_xml_refuses() -> None:
    body = b'{"Content": "a\\u0000b\\ud800c\\ud83d\\ude00"}'
    assert read(body)[0] == {"Content": "abc😀"}


UNREADABLE = [
    *(name for name in HOSTILE if "doctype" in name or "entity" in name or "laughs" in name or "dtd" in name),
    "array.json",
    "attribute.xml",
    "control_character.xml",
    "control_reference.xml",
    "deep.xml",
    "duplicate_nested_user.xml",
    "duplicate_user.json",
    "duplicate_user.xml",
    "half.json",
    "half_utf8.xml",
    "not_xml.txt",
    "number.json",
    "other_root.xml",
    "trailing.json",
    "truncated.xml",
    "two_roots.xml",
    "utf16.json",
    "utf16.xml",
    "utf7.xml",
    "whitespace.txt",
]


@pytest.mark.parametrize("body", [b"<xml></xml>", b"<xml>\n</xml>", b" <xml> </xml> "])
def test_an_empty_root_has_no_fields(body: bytes) -> None:
    assert read(body)[0] == {}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_hostile_body_is_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        read(hostile(name))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>" + b"<a>" * 50_000,
        b"<xml>" + b"".join(b"<a%d/>" % number for number in range(20_000)) + b"</xml>",
        b"<xml " + b" ".join(b'a%d="1"' % number for number in range(10_000)) + b"/>",
        b"[" * 100_000,
        b'{"a":' * 40_000,
        b'{"MsgId": ' + b"9" * 5000 + b"x}",
        b"<xml>" + b"a" * LARGEST + b"</xml>",
    ],
    ids=["empty", "deep", "wide", "attributes", "brackets", "braces", "digits", "large"],
)
def test_a_body_made_to_cost_much_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def outcome(way: Callable[[bytes], Mapping[str, str]], body: bytes) -> object:
    try:
        return way(body)
    except Unreadable:
        return Unreadable


MARKUP = ["<xml>", "</xml>", "<a>", "</a>", "<b>", "</b>", "<a/>", "<a x='1'>", "<![CDATA[", "]]>", "<!-- -->", "<?p?>"]
CHARACTERS = [
    "]",
    ">",
    "<",
    "&amp;",
    "&",
    "x",
    "低",
    " ",
    "\n",
    "\r",
    "\t",
    "\x00",
    "\x7f",
    "\x85",
    "\u3000",
    "\ufdd0",
    "\ufeff",
]
PIECES = st.sampled_from(MARKUP + CHARACTERS)


@given(
    st.lists(PIECES, max_size=14).map("".join) | st.lists(PIECES, max_size=10).map(lambda p: f"<xml>{''.join(p)}</xml>")
)
@settings(max_examples=1000)
def test_the_short_way_reads_what_the_parser_reads(text: str) -> None:
    """The parser of the platform's plain form stands in for expat and must not differ on anything."""
    assert outcome(codec._read_xml, text.encode()) == outcome(codec._parse_xml, text.encode())


FIELD = st.tuples(
    st.sampled_from(["a", "b", "ToUserName", "x1"]),
    st.lists(st.sampled_from(["]", "]]>", "]]", ">", "x", "低", " ", "\n", "<", "&", "\r", "\x01"]), max_size=4).map(
        "".join
    ),
    st.sampled_from(["<{0}><![CDATA[{1}]]></{0}>", "<{0}>{1}</{0}>", "\n<{0}>{1}</{0}> "]),
)


@given(st.lists(FIELD, max_size=4))
@settings(max_examples=1000)
def test_the_short_way_reads_fields_as_the_parser_does(fields: list[tuple[str, str, str]]) -> None:
    body = f"<xml>{''.join(form.format(name, text) for name, text, form in fields)}</xml>".encode()
    assert outcome(codec._read_xml, body) == outcome(codec._parse_xml, body)


@given(st.sampled_from([TEXT_XML, TEXT_JSON]), st.data())
def test_a_mutated_body_is_read_or_unreadable(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    stop = data.draw(st.integers(start, min(len(body), start + 20)))
    mutated = body[:start] + data.draw(st.binary(max_size=20)) + body[stop:]
    try:
        fields, _ = read(mutated)
    except Unreadable:
        return
    assert all(isinstance(value, str) for value in fields.values())
    "".join(fields.values()).encode()
