"""The bars of the panel beside the map: small, and labelled with text as it is."""

from collections.abc import Sequence
from typing import Any

from embed_core.ui.charts import curves as charts

_LONGEST_TIP = 120
_FRAME: dict[str, Any] = {
    "padding": {"left": 0, "right": 0, "top": 2, "bottom": 2},
    "config": {"view": {"stroke": None}},
}


def level_bars(
    levels: Sequence[str],
    names: tuple[str, str],
    shares: tuple[Sequence[float], Sequence[float]],
    counts: tuple[Sequence[int], Sequence[int]],
) -> charts.Spec:
    """Return a pair of bars for each level: its share of the rows of one part and of another, with the counts.

    Arguments:
        levels: a text for each.
        names: of the two parts.
        shares: of each part's rows at each level, from 0 to 1.
        counts: the rows themselves.
    """
    shade = charts.colors()
    first, second = (f"{place + 1}. {name[:24]}" for place, name in enumerate(names))
    lines: list[dict[str, Any]] = [
        {
            "level": level,
            "name": level[:_LONGEST_TIP],
            "part": part,
            "share": share,
            "rows": int(count),
            "words": f"{100 * share:.0f} % · {count:,}",
        }
        for part, part_shares, part_counts in zip((first, second), shares, counts, strict=True)
        for level, share, count in zip(levels, part_shares, part_counts, strict=True)
    ]
    most = max((line["share"] for line in lines), default=1.0) or 1.0
    x = {"field": "share", "type": "quantitative", "axis": None, "scale": {"domain": [0, 2.1 * most]}}
    offset = {"field": "part", "sort": None}
    return {
        "height": 34 * len(levels) + 8,
        "data": {"values": lines},
        "encoding": {
            "y": _names("level"),
            "yOffset": offset,
            "x": x,
            "tooltip": [
                {"field": "name", "title": "level"},
                {"field": "part", "title": "of"},
                {"field": "share", "format": ".1%", "title": "share"},
                {"field": "rows", "format": ",d", "title": "rows"},
            ],
        },
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 2},
                "encoding": {
                    "color": {
                        "field": "part",
                        "type": "nominal",
                        "scale": {"domain": [first, second], "range": [shade["accent"], shade["second"]]},
                        "legend": {"title": None, "orient": "top", "offset": 4, "labelLimit": 100},
                    }
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 10, "color": shade["ink"]},
                "encoding": {"text": {"field": "words"}},
            },
        ],
        **_FRAME,
    }


def _names(field: str) -> charts.Spec:
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 90, "ticks": False, "domain": False, "labelPadding": 6},
    }
