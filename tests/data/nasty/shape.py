"""Broken in its shape: separators, quotes, names, lines of other lengths, and what stands around the table."""

from tests.data.nasty.kind import AS_TEXT, EMPTY_ROW, GUESS, MONEY, NUMBERED, QUOTE, UNEQUAL, Nasty, text

_SHORT, _LONG = UNEQUAL
_SALES = (
    "DATE,TIME,Qty,Product,Price,Text\n"
    '28/01/2018,00:00,2,MG-8,$74.69,"Boots, for men"\n'
    '29/01/2018,00:15,0,RI-3,$29.81,"A jacket"\n'
    '30/01/2018,00:30,1,RI-8,$80.08,"Shoes, light"\n'
    '31/01/2018,00:45,1,RI-9,$25.55,"A rod"\n'
)
_NAMES = "DATE|TIME|Qty|Product|Price|Text"

SHAPES: list[Nasty] = [
    text(
        "one_row.csv", "one row of data", "\n".join(_SALES.splitlines()[:2]) + "\n", 1, _NAMES, says=(MONEY,)
    ),
    text("names_only.csv", "names and no rows", "name of a file\n", None, says=("has no rows",)),
    text(
        "one_value.csv",
        "one value and 3,000 empty lines",
        "1" + "\n" * 3_000,
        [(1,)],
        delimiter=None,
        header_line=None,
        says=(NUMBERED, EMPTY_ROW),
    ),
    text(
        "empty_cells.csv",
        "cells that are empty, in quotes or not, and Windows' line ends",
        'a,b,c\r\n1,"",""\r\n2,3,4',
        [(1, None, None), (2, 3, 4)],
        "a|b|c",
    ),
    text(
        "line_ends_in_cells.csv",
        "line ends within quotes",
        'a,b,c\nx,2,3\n"Once upon \na time",5,6\ny,8,9\n',
        [("x", 2, 3), ("Once upon \na time", 5, 6), ("y", 8, 9)],
        "a|b|c",
    ),
    text(
        "quotes_in_cells.csv",
        "quotes and line ends within quotes",
        'a,b\n1,"ha \n""ha"" \nha"\n3,x\n',
        [(1, 'ha \n"ha" \nha'), (3, "x")],
        "a|b",
    ),
    text(
        "minutes_and_seconds.csv",
        "quotes and apostrophes as signs of a place, and a letter that was lost before",
        "Phone,Place\n2095257564,37\ufffd36'37.8\"N 121\ufffd2'17.9\"W\n",
        [(2095257564, "37\ufffd36'37.8\"N 121\ufffd2'17.9\"W")],
        "Phone|Place",
    ),
    text(
        "open_quote.csv",
        "a quote within a quoted cell is not doubled: no row is lost",
        'stop,name,lat\n"de:1","Weil","48.7"\n"de:2","Stadt "Süd","48.8"\n"de:3","Ost","48.9"\n"de:4","West","49.0"\n',
        4,
        "stop|name|lat",
        says=(QUOTE,),
    ),
    text(
        "stray_quotes.csv",
        "quotes that mean nothing, in one file with too many cells: no row is swallowed",
        'id;owner;place;area\n1;ROSSI;VIA "ROMA 3;NA\n2;BIANCHI;VIA MILANO;MI\n3;VERDI;NULL;NULL\n'
        '4;"NERI;VIA PO;TO\n5;GALLI;A;B;C\n6;RICCI;VIA DANTE;RM\n',
        6,
        "id|owner|place|area",
        delimiter=";",
        says=(QUOTE, _LONG),
    ),
    text(
        "quote_in_a_row.csv",
        "a quote too many in one row makes it short: the rows after it stay whole",
        _SALES.replace("1,RI-8,", '1,"RI-8,'),
        4,
        _NAMES,
        says=(MONEY, QUOTE, _SHORT),
    ),
    text(
        "separator_lacking.csv",
        "one separator is lacking in one row",
        _SALES.replace("1,RI-8,", "1RI-8,"),
        4,
        _NAMES,
        says=(_SHORT, f'"Qty" {AS_TEXT}'),
    ),
    text(
        "long_and_short.csv",
        "one row is too long, the next too short",
        'column_a,column_b,column_c\n1,27,,"I\'m too long!"\n,"I\'m too short!"\n0,mixed types,17\n',
        [(1, "27", None), (None, "I'm too short!", None), (0, "mixed types", 17)],
        "column_a|column_b|column_c",
        says=(_SHORT, _LONG),
    ),
    text(
        "empty_and_long.csv",
        "an empty row, and one that is far too long",
        "id,name,age\n1101,John,30\n1102,Julie,26\n,,\n1,2,3,4,5,6\n",
        [(1101, "John", 30), (1102, "Julie", 26), (1, "2", 3)],
        "id|name|age",
        says=(EMPTY_ROW, _LONG),
    ),
    text(
        "nameless_columns.csv",
        "two columns without a name, and a row without cells",
        "a,b,c,,\na,,,,\n,,c,\n,,,,\n",
        [("a", None, None, None, None), (None, None, "c", None, None)],
        "a|b|c|column 4|column 5",
        says=("without a name", EMPTY_ROW, _SHORT),
    ),
    text(
        "twelve_times_a.csv",
        "twelve columns of one name, and one of none",
        "a," * 12 + "\n123,x," + "," * 10 + "one\n345,y," + "," * 10 + "two\n",
        2,
        "|".join(["a", *(f"a ({number})" for number in range(2, 13)), "column 13"]),
        says=("without a name", "more than once"),
    ),
    text(
        "names_collide.csv",
        "the name that a repeated name would get is taken",
        "a,b,a,a (2)\n123,x,t,u\n345,y,v,w\n",
        2,
        "a|b|a (3)|a (2)",
        says=("more than once",),
    ),
    text(
        "single_quotes.csv",
        "texts in single quotes, and no names",
        "1,'di-N.wav','di',10.25\n2,'bu-N.wav','bu',8.5\n3,'bu-a.wav','bu',2.25\n",
        [(1, "di-N.wav", "di", 10.25), (2, "bu-N.wav", "bu", 8.5), (3, "bu-a.wav", "bu", 2.25)],
        header_line=None,
        says=(NUMBERED,),
    ),
    text(
        "apostrophes.csv",
        "texts in single quotes, and apostrophes that are not doubled",
        _SALES.replace('"', "'")
        .replace("MG-8", "'MG-8'")
        .replace("RI-", "'RI-")
        .replace(",$", "',$")
        .replace("''", "'")
        .replace("A jacket", "A man's jacket")
        .replace("Shoes", "Men's shoes"),
        4,
        _NAMES,
        says=(
            MONEY,
            QUOTE,
        ),
    ),
    text(
        "comma_and_blank.csv",
        "a comma and a blank separate the cells",
        _SALES.replace(",", ", ").replace(",  ", ", "),
        4,
        _NAMES,
        says=(
            MONEY,
            "was taken as part of the separator",
        ),
    ),
    text(
        "comment_above.csv",
        "a remark above the names",
        "# it's a comment!\nid,name\n1,english\n2,中国人\n",
        [(1, "english"), (2, "中国人")],
        "id|name",
        header_line=1,
        says=("Line 1 above the table was left out",),
    ),
    text(
        "device_above.csv",
        "a device says what it is above the names, which have units, in Latin-1",
        "#EXPORT:  ,DATA ALL\n#FILE:    ,a.dm2\n#RANGE:   ,20.0°C/5.0(K/min)\n\n"
        "##Temp./°C,Time/min,tan d(1.000 Hz)\n 21.56102, 0.88667,5.6564e-002\n 21.83386, 0.93667,5.6740e-002\n",
        2,
        "##Temp./°C|Time/min|tan d(1.000 Hz)",
        encoding="latin-1",
        header_line=4,
        says=(GUESS, "Lines 1, 2, 3 above the table were left out"),
    ),
    text(
        "settings_above.csv",
        "settings with commas and brackets above a table with semicolons",
        "$cars\nindices=[1,2,3,4]\nlength=[4.010,15.000,4.210,4.640]\nwidth=[1.850,3.170,2.000,2.000]\n\n"
        + ";".join(f"x_{column}" for column in range(40))
        + ";\n"
        + "".join(";".join(f"{row}.{column}25" for column in range(40)) + ";\n" for row in range(1, 9)),
        8,
        "|".join(f"x_{column}" for column in range(40)),
        delimiter=";",
        header_line=5,
        says=(
            "Lines 1, 2, 3, 4 above the table were left out",
            "the point was taken as decimal mark",
        ),
    ),
    text(
        "names_twice.csv",
        "the names stand in two lines",
        _SALES.replace("Text\n", f"Text\n{_SALES.splitlines()[0]}\n"),
        5,
        _NAMES,
        says=("repeats the column names", f'"Qty" {AS_TEXT}'),
    ),
    text(
        "names_over_three_lines.csv",
        "names with line ends in them, and a second line of names: no row is lost",
        'Organisation,"Kind, or \nparent",Staff,,,"Total \n(numbers)"\n,,"Junior","Senior \nstaff",Other,\n'
        "Board,Agency,10,4,,14\nOffice,Department,3,1,1,5\n,,,,,\n,,,,,\n",
        2,
        "Organisation|Kind, or \nparent|Staff Junior|Staff Senior \nstaff|Staff Other|Total \n(numbers)",
        says=("Lines 1, 4 hold the column names", EMPTY_ROW),
    ),
    text(
        "second_table.csv",
        "a second table, with more columns, below the first",
        _SALES + "\nid,a,b,c,d,e,f,g\n" + "1,2,3,4,5,6,7,8\n" * 2,
        7,
        _NAMES,
        says=(_LONG, AS_TEXT),
    ),
    text(
        "three_tables.csv",
        "three tables of other widths, one below the other",
        "RUN,a,b,c,d,e\n"
        + "0,.,E,.,A,A\n" * 8
        + "GEN,a,b\n"
        + "1,x,y\n" * 4
        + "SUM,a,b,c,d,e,f,g,h\n"
        + "2,1,2,3,4,5,6,7,8\n" * 4,
        18,
        "RUN|a|b|c|d|e",
        says=(*UNEQUAL, AS_TEXT),
    ),
]
