"""Broken in its letters: encodings, line ends, file names, and what is no text."""

from datetime import datetime

from tests.data.nasty.kind import AMBIGUOUS, EMPTY_ROW, GUESS, Nasty, text

_FERRIES = [("Ærø", "Køge", 12), ("Fanø", "Skærbæk", 3), ("Læsø", "Sæby", 7)]
_JAPANESE = [("東京", "晴れ", 12), ("大阪", "曇り", 15), ("名古屋", "雨", 9), ("札幌", "雪", 2)]
_CHINESE = [
    ("臺北市", "多雲時晴", 24),
    ("高雄市", "午後雷陣雨", 29),
    ("臺中市", "晴朗無雲", 27),
    ("花蓮縣", "短暫陣雨", 25),
]
_GREEK = [("Αθήνα", "ηλιόλουστη", 31), ("Θεσσαλονίκη", "βροχερή", 22), ("Πάτρα", "συννεφιά", 26)]


def _lines(names: str, rows: list[tuple[str, str, int]], end: str = "\n") -> str:
    return end.join([names, *(",".join(map(str, row)) for row in rows), ""])


LETTERS: list[Nasty] = [
    text("clean.csv", "nothing is broken: nothing is noted", "a,b\nx,1\ny,2\n", [("x", 1), ("y", 2)], "a|b"),
    text("crlf.csv", "lines end as on Windows", "a,b\r\nx,1\r\ny,2\r\n", [("x", 1), ("y", 2)], "a|b"),
    text(
        "cr.csv",
        "lines end with a carriage return alone, and a cell holds one",
        'a,b\r"up\rdown",1\ry,2\r',
        [("up\rdown", 1), ("y", 2)],
        "a|b",
    ),
    text("no_last_line_end.csv", "the last line does not end", "a,b\nx,1\ny,2", [("x", 1), ("y", 2)], "a|b"),
    text("blank_end.csv", "empty lines at the end", "a,b\nx,1\ny,2\n\n\n", [("x", 1), ("y", 2)], "a|b"),
    text(
        "utf8_bom.csv",
        "a byte order mark is no part of the first name",
        _lines("from,to,boats", _FERRIES),
        list(_FERRIES),
        "from|to|boats",
        encoding="utf-8-sig",
    ),
    text(
        "utf16_bom.csv",
        "UTF-16 with its mark",
        _lines("from,to,boats", _FERRIES),
        list(_FERRIES),
        "from|to|boats",
        encoding="utf-16",
    ),
    text(
        "late_utf8.csv",
        "the first letter that is not ASCII comes after 40 KB",
        "place,rows\n" + "plain,1\n" * 5_000 + "Ærø,2\n",
        5_001,
        "place|rows",
    ),
    text(
        "latin1.csv",
        "one byte that is not UTF-8, and no hint",
        "a,b\nx,1\n© y,2\n",
        [("x", 1), ("© y", 2)],
        "a|b",
        encoding="latin-1",
        says=(GUESS,),
    ),
    text(
        "latin1_long.csv",
        "Latin-1 with long texts that begin with a blank, thousands, and a row without cells",
        'no,budget,why\n1,"229,932.50"," Educación básica, más allá"\n,"10,105.40", Según el año\n,,\n',
        [(1, 229932.5, " Educación básica, más allá"), (None, 10105.4, " Según el año")],
        "no|budget|why",
        encoding="latin-1",
        says=(GUESS, EMPTY_ROW),
    ),
    text(
        "latin1_sparse.csv",
        "Latin-1, most cells empty, a column without a name, codes with leading zeros",
        "LP,Träger,Titel,\r\nA,Förderung,,\r\n,,0300368,\r\n,,,02\r\n,,,\r\nB,Übrige,0300389,\r\n",
        [
            ("A", "Förderung", None, None),
            (None, None, "0300368", None),
            (None, None, None, "02"),
            ("B", "Übrige", "0300389", None),
        ],
        "LP|Träger|Titel|column 4",
        encoding="latin-1",
        says=(GUESS, "without a name", "leading zeros", EMPTY_ROW),
    ),
    text(
        "windows.csv",
        "letters of cp1252, amounts below zero in quotes, days that could be months, empty rows at the end",
        'on,supplier,amount\n05/01/2011,Café “Zoë”,"75,307.72"\n06/01/2011,Bäcker – Sohn,"-2,610.12"\n,,\n,,\n',
        [
            (datetime(2011, 5, 1), "Café “Zoë”", 75307.72),
            (datetime(2011, 6, 1), "Bäcker – Sohn", -2610.12),
        ],
        "on|supplier|amount",
        encoding="cp1252",
        says=(GUESS, EMPTY_ROW, AMBIGUOUS),
    ),
    text(
        "shift_jis.csv",
        "Shift-JIS",
        _lines("都市,天気,気温", _JAPANESE, "\r\n"),
        list(_JAPANESE),
        "都市|天気|気温",
        encoding="shift_jis",
        says=(GUESS,),
    ),
    text(
        "big5.csv",
        "Big5; read as Latin-1 it would be nonsense without an error",
        _lines("縣市,天氣,氣溫", _CHINESE * 4, "\r\n"),
        _CHINESE * 4,
        "縣市|天氣|氣溫",
        encoding="cp950",
        says=(GUESS,),
    ),
    text(
        "greek.csv",
        "Greek of ISO-8859-7",
        _lines("city,weather,degrees", _GREEK),
        list(_GREEK),
        "city|weather|degrees",
        encoding="iso-8859-7",
        says=(GUESS,),
    ),
    text(
        "names_中文.csv",
        "the file's name is not ASCII",
        "a|b\nx|1\ny|2\n",
        [("x", 1), ("y", 2)],
        "a|b",
        delimiter="|",
    ),
    text(
        "nul.csv",
        "a NUL in a cell is taken out",
        "a,b,c\n\0,2,3\n",
        [(None, 2, 3)],
        "a|b|c",
        says=("held NUL characters: taken out",),
    ),
    Nasty("nothing.csv", "no byte at all", b"", None, says=("is empty",)),
    Nasty(
        "nothing.unknown",
        "no byte at all, and an ending that says nothing",
        b"",
        None,
        says=('".unknown" is not among',),
    ),
    Nasty(
        "picture.csv",
        "a picture that is named like a table",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        None,
        says=("a PNG picture",),
    ),
]
