"""Texts of many languages are read in the encoding in which they were written, which nothing says."""

from pathlib import Path

import pytest

from embed_core.tables.reading.read import read_table

WESTERN = [
    "It’s the “best” café – don’t",  # noqa: RUF001
    "Année;Élève;Forêt;Noël;où",
    "Größe;Straße;Köln;Übung",
    "Año;Población;¿Qué?;León;España",
    "São Paulo;Ação;Município;Três",
    "Malmö;Gävle;Århus;Tønder;Præstø",
    "Þórshöfn;Ísafjörður;Reykjavík",
    "São Paulo;Zürich;Malmö;Besançon;Þingvellir",
    "5 £;20 °C;m²;10 µg;§ 3;½",
    "Köln",
    "ÉCOLE;GRÖSSE;MÜNCHEN;ESPAÑA",
]
OTHERS = [
    ("cp1250", "Łódź;Gdańsk;Poznań;Białystok"),
    ("iso8859-2", "Łódź;Gdańsk;Poznań;Białystok"),
    ("cp1250", "Plzeň;České Budějovice;Žďár;Třebíč"),
    ("cp1250", "Győr;Kovács Ödön;Szűcs Áron;Székesfehérvár"),
    ("cp1250", "Bucureşti;Iaşi;Braşov;Constanţa;Bacău"),
    ("cp1254", "Şehir;İstanbul;Eskişehir;Muğla;Iğdır"),  # noqa: RUF001
    ("cp1257", "Šiauliai;Panevėžys;Klaipėda;Ukmergė"),
    ("cp1251", "Москва;Казань;Омск;Ёлкино"),
    ("koi8-r", "Москва;Казань;Омск;Санкт-Петербург"),
    ("iso8859-5", "Москва;Казань;Омск;Санкт-Петербург"),
    ("cp866", "Москва;Казань;Омск;Санкт-Петербург"),
    ("mac_cyrillic", "Москва;Казань;Омск;Санкт-Петербург"),
    ("cp1251", "Київ;Львів;Запоріжжя;Чернівці"),
    ("cp1253", "Αθήνα;Θεσσαλονίκη;Πάτρα;Ηράκλειο"),
    ("cp1255", "ירושלים;חיפה;באר שבע;תל אביב"),
    ("cp1256", "القاهرة;الإسكندرية;أسوان;الجيزة"),
    ("cp874", "กรุงเทพ;เชียงใหม่;ขอนแก่น;ภูเก็ต"),
    ("mac_roman", "Région;Année;Besançon;Nîmes;Angoulême"),
    ("cp850", "Región;Año;León;España;Besançon"),
    ("cp932", "東京都;大阪府;ﾀﾛｳ;表示;能力"),
    ("euc_jp", "東京都;大阪府;北海道;福岡県"),
    ("iso2022_jp", "東京都;大阪府;北海道;福岡県"),
    ("gb18030", "北京;上海;广州;成都"),
    ("big5", "臺北市;高雄市;臺中市;許功蓋"),
    ("euc_kr", "서울;부산;대구;수원"),
    ("utf-16-le", "Москва;Казань;Омск;Пермь"),
    ("utf-16-be", "東京都;大阪府;北海道;福岡県"),
]


@pytest.mark.parametrize(("encoding", "words"), [*(("cp1252", words) for words in WESTERN), *OTHERS])
def test_words_are_read_as_they_were_written(tmp_path: Path, encoding: str, words: str) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{word},{number}\n" for number, word in enumerate(words.split(";"))]
    path.write_bytes("".join(["name,number\n", *rows]).encode(encoding))
    table = read_table(path)
    assert table.to_pandas()["name"].tolist() == words.split(";")
    assert table.expression["number"].type().is_integer()
