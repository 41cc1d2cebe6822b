"""The lines that make of a table what a model trains on: inputs, answers and weights, to learn from and to judge on."""

from embed_core.exporting.keras_code.columns import Columns, as_dict
from embed_core.learning.objectives.base import ContextToCount, RowsToCount
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord

CATEGORIES = '''\
def categories(*columns, least=1, most=None):
    """The categories of columns that share them, the most frequent first; (rare) and (missing) come last."""
    texts = pd.concat(columns)
    counts = texts.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    named = counts.index[counts >= least][:most].tolist()
    return named + ["(rare)"] * (len(named) < len(counts)) + ["(missing)"] * bool(texts.isna().any())


def codes(texts, names):
    """The place of each text among the categories; of one that is not there that of (rare), or else of (unknown)."""
    place = {name: code for code, name in enumerate(names)}
    stranger = place.get("(rare)", len(names))
    return np.array([place.get(text, stranger) for text in texts.fillna("(missing)")], "int32")'''

_IN_BINS = '''

def in_bins(values):
    """The tenth of the rows that each number lies in."""
    edges = np.unique(values.quantile(np.arange(1, 10) / 10))
    return pd.cut(values, [-np.inf, *edges[edges < values.max()], np.inf]).astype("string")'''

_HEADS = '''\
names = [categories(texts, least=MIN_FREQUENCY)]
most = min(65_536, max(4_096, 4_000_000 // len(names[0])))  # levels of another column, the rest is pooled
heads = [categories(level, most=most) for level in levels.values()]
category, levels = codes(texts, names[0]), [codes(*pair) for pair in zip(levels.values(), heads)]


def counted(chosen):
    """Every category once: how often each level of each column goes with it, and its rows."""
    total = np.bincount(category[chosen], weight[chosen], len(names[0]))
    shares = [np.zeros((len(names[0]), len(head)), "float32") for head in heads]
    for share, level in zip(shares, levels):
        np.add.at(share, (category[chosen], level[chosen]), weight[chosen] / total[category[chosen]])
    return np.arange(len(names[0]), dtype="int32")[:, None], shares, total


held_out = np.random.default_rng(SEED).random(len(table)) < VALIDATION_SHARE
training, validation = counted(~held_out), counted(held_out)
# A column counts with 1 / its entropy, averaged over the columns: knowing nothing has a loss of 1.
known = [training[2] @ share / training[2].sum() for share in training[1]]
outputs = [len(head) for head in heads]
loss_weights = [float(1 / max(1e-3, -(p[p > 0] @ np.log(p[p > 0]))) / len(heads)) for p in known]'''

_DISTINCT = '''

def distinct(rows):
    """The rows that differ and how often each is there: a loss over all rows is the weighted one over these."""
    names = [name for name in rows if name != "weight"]
    return rows.groupby(names, dropna=False, as_index=False)["weight"].sum()

'''

_ARRAYS = '''

def arrays(rows):
    """Rows as Keras takes them: inputs, answers and weights."""
    inputs = [rows[[place]].to_numpy("int32") for place in range(len(places))]
    if numbers:
        missing = [rows[name].isna() for name in numbers if all_rows[name].isna().any()]
        standard = [(rows[name] - mean[name]) / (spread[name] or 1) for name in numbers]
        inputs.append(np.nan_to_num(np.stack([*standard, *missing], 1).astype("float32")))
    answers = ((rows["answer"] - offset) / scale).to_numpy("float32")
    return inputs if len(inputs) > 1 else inputs[0], answers, rows["weight"].to_numpy()


training, validation = arrays(training), arrays(validation)'''


_ARRAYS_OF_ONE = '''

def arrays(rows):
    """Rows as Keras takes them: inputs, answers and weights."""
    answers = ((rows["answer"] - offset) / scale).to_numpy("float32")
    return rows[[0]].to_numpy("int32"), answers, rows["weight"].to_numpy()


training, validation = arrays(training), arrays(validation)'''


def data(record: RunRecord, columns: Columns) -> str:
    """Return the lines: they make ``names``, ``outputs``, ``training`` and ``validation``."""
    counting = OBJECTIVES[record.config.objective].counting(record.config)
    if isinstance(counting, ContextToCount):
        return _of_heads(record, columns)
    return _of_rows(record, columns, counting)


def _of_heads(record: RunRecord, columns: Columns) -> str:
    levels = {name: columns.text(name) for name in record.heads}
    binned = any(level.startswith("in_bins(") for level in levels.values())
    lines = [
        CATEGORIES + (_IN_BINS if binned else "") + "\n\n",
        f"texts = {columns.text(record.config.column)}",
        as_dict("levels", levels),
        f"weight = {_weight(record, columns)}.fillna(0).to_numpy()",
        _HEADS,
    ]
    return "\n".join(lines)


def _weight(record: RunRecord, columns: Columns) -> str:
    weight = record.config.weight
    return "pd.Series(1.0, table.index)" if weight is None else columns.number(weight)


def _of_rows(record: RunRecord, columns: Columns, counting: RowsToCount) -> str:
    config, target = record.config, record.target
    assert target is not None
    embedded = [*counting.inputs[:1], *(name for name in record.columns if name not in counting.inputs)]
    together = ", ".join(f"texts[{name!r}]" for name in counting.inputs)
    others = "".join(f", categories(texts[{name!r}], least=MIN_FREQUENCY)" for name in embedded[1:])
    places = [0 if name in counting.inputs else embedded.index(name) for name in record.columns]
    is_alone = len(places) == 1 and not record.numbers
    lines = [
        CATEGORIES + "\n\n",
        as_dict("texts", {name: columns.text(name) for name in record.columns}),
        f"weight = {_weight(record, columns)}",
        f"names = [categories({together}, least=MIN_FREQUENCY){others}]",
        f"places = {places}  # which of them each input takes",
        *([] if is_alone else [f"numbers = {list(record.numbers)!r}"]),
        *_answers(record, columns),
        "all_rows = pd.DataFrame({place: codes(text, names[of]) for place, (text, of) in "
        "enumerate(zip(texts.values(), places))})",
        *(f"all_rows[{name!r}] = {columns.number(name)}" for name in record.numbers),
        'all_rows["answer"], all_rows["weight"] = answers, weight',
        'all_rows = all_rows[all_rows["answer"].notna() & (all_rows["weight"] > 0)]',
    ]
    if counting.paired:
        lines += [
            "pairs = all_rows.groupby([0, 1]).ngroup()  # of which all rows go the same way",
            "held_out = np.random.default_rng(SEED).random(pairs.max() + 1)[pairs] < VALIDATION_SHARE",
        ]
    else:
        lines.append("held_out = np.random.default_rng(SEED).random(len(all_rows)) < VALIDATION_SHARE")
    if config.aggregate:
        lines += [
            _DISTINCT,
            "training, validation = distinct(all_rows[~held_out]), distinct(all_rows[held_out])",
        ]
    else:
        lines.append("training, validation = all_rows[~held_out], all_rows[held_out]")
    if record.numbers:
        lines += [
            "mean, spread = {}, {}",
            "for name in numbers:",
            '    there, rows_each = training[name].dropna(), training["weight"][training[name].notna()]',
            "    mean[name] = np.average(there, weights=rows_each)",
            "    spread[name] = np.average((there - mean[name]) ** 2, weights=rows_each) ** 0.5",
        ]
    lines += [*_scale(record, counting), _ARRAYS_OF_ONE if is_alone else _ARRAYS]
    return "\n".join(lines)


def _answers(record: RunRecord, columns: Columns) -> list[str]:
    target = record.target
    assert target is not None
    if target.kind != "number":
        as_numbers = ", key=float" if all(map(_is_number, target.classes)) else ""
        units = "1" if target.kind == "binary" else "len(classes)"
        return [
            f"answers = {columns.text(target.column)}",
            f"classes = sorted(answers.dropna().unique(){as_numbers})",
            "answers = answers.map({name: code for code, name in enumerate(classes)})",
            f"outputs, loss_weights = [{units}], [1.0]",
        ]
    lines = [f"answers = {columns.number(target.column)}", "outputs, loss_weights = [1], [1.0]"]
    if target.exposure:
        exposure = columns.number(target.exposure)
        lines += [f"exposure = {exposure}", "answers, weight = answers / exposure, weight * exposure"]
    return [*lines, "answers = np.log1p(answers)"] if target.log else lines


def _scale(record: RunRecord, counting: RowsToCount) -> list[str]:
    """Return the lines that say in what unit the answers are learned."""
    target = record.target
    assert target is not None
    if target.kind != "number":
        return ["offset, scale = 0, 1"]
    average = 'np.average(training["answer"], weights=training["weight"])'
    if target.count:
        return [f"offset, scale = 0, {average}"]
    lines = [
        f"middle = {average}",
        'scale = np.average((training["answer"] - middle) ** 2, weights=training["weight"]) ** 0.5',
    ]
    return [*lines, f"offset = {'middle' if counting.centered else '0'}"]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
