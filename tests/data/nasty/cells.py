"""Broken in its cells: numbers, dates, codes, words for nothing, and categories that look like something else."""

from datetime import datetime

from tests.data.nasty.kind import AS_TEXT, NUMBERED, Cell, Nasty, text

HOSTILE = [
    *(
        "New York",
        "New York ",
        "new york",
        "NEW\N{NO-BREAK SPACE}YORK",
        "Caf\u00e9",
        "Cafe\u0301",
        "İzmir",
        "izmir",
    ),
    *(
        '=cmd|"/c calc"!A1',
        "<script>alert(1)</script>",
        '<b>bold</b> & "quoted"',
        "O'Brien; DROP TABLE",
        "@sum",
        "+1",
    ),
    *(
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "👩\u200d👩\u200d👧",
        "שלום",
        "مرحبا",
    ),
    *(
        "\u202eevil",
        "zero\u200bwidth",
        "a\tb",
        "line1\nline2",
        "nan",
        "None",
        "null",
        "NULL",
        "NA",
        "0",
        "00",
        "1.0",
    ),
    *("1", "True", "-", "?", "$\\alpha$ %s {x}", "(rare)", "(missing)", "(unknown)", "x" * 5_000),
]
"""Texts that break displays, exports, what tells missing values, and what tells letters apart."""


def _quoted(cell: Cell) -> str:
    word = "" if cell is None else str(cell)
    return '"' + word.replace('"', '""') + '"' if set(word) & set(',"\n') else word


def _csv(names: str, rows: list[tuple[Cell, ...]]) -> str:
    return "\n".join([",".join(names.split("|")), *(",".join(map(_quoted, row)) for row in rows), ""])


_UNLIKE: list[Cell] = [12, 12.5, "$4", "1e3", "12%", "twelve", None]
_DAYS = ["Jan 5 2023", "44931", "2023-01-05", "05/01/2023"]
_MIXED: list[tuple[Cell, ...]] = [
    (
        row,
        None if row % 7 == 6 else str(_UNLIKE[row % 7]),
        ["Y", "N", "0", "false"][row % 4],
        _DAYS[row % 4],
        "same",
        None,
    )
    for row in range(28)
]
_ORDERS: list[tuple[Cell, ...]] = [
    (
        f"{row * 2654435761 % 2**32:08x}",
        f"C{int(400 / (row + 1)):05d}",
        ["NO", "DE", "IT"][row % 3],
        row + 0.5,
    )
    for row in range(300)
]
_WIDE = [f"q{column:04d}" for column in range(3_000)]

CELLS: list[Nasty] = [
    text(
        "number_like_a_date.csv",
        "4.5 is a number and not a day in May",
        "a\n4.5\n",
        [(4.5,)],
        "a",
        delimiter=None,
    ),
    text(
        "thousands.csv",
        "commas between thousands, in quotes",
        'name,money\nAda,"100,000.00"\nBo,"300,000,000.40"\nCy,"50"\nDi,"9999999999.20"\n',
        [("Ada", 100_000.0), ("Bo", 300_000_000.4), ("Cy", 50.0), ("Di", 9_999_999_999.2)],
        "name|money",
    ),
    text(
        "decimal_commas.csv",
        "decimal commas and points between thousands, in quotes",
        'a,b,c\n"1,7","200.000.000",\n',
        [(1.7, 200_000_000.0, None)],
        "a|b|c",
        decimal=",",
    ),
    text(
        "decimal_commas_semicolon.csv",
        "semicolons, decimal commas, days first, and a name that is not ASCII",
        "class;on;Année;rate\r\n3 stars;01-01-13;2013;0,611553\r\n4 stars;01-01-13;2013;81,5\r\n",
        [("3 stars", "01-01-13", 2013, 0.611553), ("4 stars", "01-01-13", 2013, 81.5)],
        "class|on|Année|rate",
        delimiter=";",
        decimal=",",
        encoding="latin-1",
        says=("which is a guess",),
    ),
    text(
        "decimal_commas_and_a_point.csv",
        "one column has a decimal point, the others commas; a day is eight digits",
        'code,paid,due,on,value\nA 1,"80000000,00","7,5",20060502,300.00\nB,"0,50","71000170,90",20150928,424428.25\n',
        [("A 1", 80_000_000.0, 7.5, 20060502, 300.0), ("B", 0.5, 71_000_170.9, 20150928, 424428.25)],
        "code|paid|due|on|value",
        decimal=",",
        says=(
            'The numbers in "value" have a decimal point, unlike the other columns',
            '"due" have more or fewer decimals',
        ),
    ),
    text(
        "decimals_of_both_kinds.csv",
        "a column with 5,5 and 5.5 and 5;5 stays text",
        "A|B\n1|5,5\n2|5;5\n3|5\n4|5;555\n5|5.5\n",
        [(1, "5,5"), (2, "5;5"), (3, "5"), (4, "5;555"), (5, "5.5")],
        "A|B",
        delimiter="|",
        says=(f'"B" {AS_TEXT}',),
    ),
    text(
        "infinite.csv",
        "NaN and INF are texts",
        "a,b\nNaN,NaN\nINF,INF\n-INF,-INF\n-1,\n0,0\n-99.99,-99.99\n",
        [("NaN", "NaN"), ("INF", "INF"), ("-INF", "-INF"), ("-1", None), ("0", "0"), ("-99.99", "-99.99")],
        "a|b",
        says=(f'"a" {AS_TEXT}',),
    ),
    text(
        "leading_zeros.csv",
        "the codes of places keep their zeros",
        "code,born\n09001,0\n09002,6\n10003,4\n",
        [("09001", 0), ("09002", 6), ("10003", 4)],
        "code|born",
        says=("leading zeros",),
    ),
    text(
        "codes_and_times.csv",
        "codes with dashes, a constant column, commas in quotes, days that begin with the month",
        'state,stock,item,cost,sent\nKS,1005-00-073,"RIFLE, 5.56 MM",499,5/19/2006 0:00:00\n'
        "KS,2320-01-107,TRUCK,1500,12/1/2010 0:00:00\n",
        [
            ("KS", "1005-00-073", "RIFLE, 5.56 MM", 499, datetime(2006, 5, 19)),
            ("KS", "2320-01-107", "TRUCK", 1500, datetime(2010, 12, 1)),
        ],
        "state|stock|item|cost|sent",
    ),
    text(
        "words_for_nothing.csv",
        "only the empty cell is missing: the words are texts",
        "a,b,c,d,e,f\n,NA,N/A,NONE,NULL,.\n",
        [(None, "NA", "N/A", "NONE", "NULL", ".")],
        "a|b|c|d|e|f",
    ),
    text(
        "null_without_names.csv",
        "the word null beside empty cells, and no names",
        "1,null,0\n2,0,null\n3,null,\n",
        [(1, "null", "0"), (2, "0", "null"), (3, "null", None)],
        header_line=None,
        says=(NUMBERED, f'"column 3" {AS_TEXT}'),
    ),
    text(
        "every_type.csv",
        "lists, maps, truths, times, emoji, Arabic; a name twice, and names that are lacking",
        "whole,double,double,,text!@#$%,time,list,map,\n"
        '7,1.5,2.5,false,🦆,1990-08-05 15:20:03,"[3,4]","{""k"":""v""}",x\n'
        ",1.25,2,true,مرحبا,1970-04-26 07:48:00,,,y\n",
        [
            (7, 1.5, 2.5, "false", "🦆", datetime(1990, 8, 5, 15, 20, 3), "[3,4]", '{"k":"v"}', "x"),
            (None, 1.25, 2.0, "true", "مرحبا", datetime(1970, 4, 26, 7, 48), None, None, "y"),
        ],
        "whole|double|double (2)|column 4|text!@#$%|time|list|map|column 9",
        says=("without a name", "more than once"),
    ),
    text(
        "mixed_types.csv",
        "each cell of a column is of another type; one column is constant and one is empty",
        _csv("id|value|flag|when|const|empty", _MIXED),
        _MIXED,
        "id|value|flag|when|const|empty",
        says=(f'"value" {AS_TEXT}', f'"when" {AS_TEXT}'),
    ),
    text(
        "hostile_categories.csv",
        "categories that look like markup, formulas, numbers, nothing, or one another: none is changed",
        _csv("label|y", [(label, "pos" if row % 3 else "neg") for row, label in enumerate(HOSTILE)]),
        [(label, "pos" if row % 3 else "neg") for row, label in enumerate(HOSTILE)],
        "label|y",
    ),
    text(
        "identifiers.csv",
        "a column that never repeats, customers most of whom come once, and Norway, which is not false",
        _csv("order|customer|country|amount", _ORDERS),
        _ORDERS,
        "order|customer|country|amount",
    ),
    text(
        "one_class.csv",
        "a target with one class can be read, if not learned",
        _csv("f|y", [("abc"[row % 3], "yes") for row in range(40)]),
        [("abc"[row % 3], "yes") for row in range(40)],
        "f|y",
    ),
    text(
        "every_class_once.csv",
        "a target with another class in every row can be read, if not learned",
        _csv("f|y", [("abc"[row % 3], f"label {row}") for row in range(40)]),
        [("abc"[row % 3], f"label {row}") for row in range(40)],
        "f|y",
    ),
    text(
        "wide.csv",
        "3,001 columns, of four rows",
        _csv("|".join([*_WIDE, "target"]), [(*["ab"[row % 2]] * 3_000, "yn"[row // 2]) for row in range(4)]),
        [(*["ab"[row % 2]] * 3_000, "yn"[row // 2]) for row in range(4)],
        "|".join([*_WIDE, "target"]),
    ),
]
