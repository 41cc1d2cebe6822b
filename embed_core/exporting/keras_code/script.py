"""The run as a script in plain Keras: its settings, what is done with the table, the model and its training."""

from typing import Any

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.keras_code.columns import Columns
from embed_core.exporting.keras_code.data import data
from embed_core.learning.batches import FULL_BATCH_ROWS
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import MOST_UNKNOWN
from embed_core.learning.objectives.base import ContextToCount, Objective
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.unfolding import LEAST_EPOCHS, SURPLUS
from embed_core.runs.record import RunRecord

_OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
_LOSSES = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy"}
_ACTIVATIONS = {"binary": "sigmoid", "multiclass": "softmax"}


def _make(content: Content) -> bytes:
    record = content.record
    assert record is not None
    config, columns = record.trained_by, Columns.of(content)
    objective = OBJECTIVES[config.objective]
    blocks = [
        _opening(config),
        _settings(record, columns, objective),
        columns.reading(),
        data(record, columns),
        _sizes(config),
        _layers(record, objective),
        objective.keras_lines.rstrip("\n"),
        _training(record, objective),
        _result(config),
    ]
    return ("\n\n".join(blocks) + "\n").encode()


def _opening(config: TrainingConfig) -> str:
    promise = "and its numbers" if _has_told_order(config) else "and other draws of chance"
    return (
        f'"""A run of Category Atlas in plain Keras: its table, its model, its settings, {promise}."""\n\n'
        "import keras\nimport numpy as np\nimport pandas as pd"
    )


def _settings(record: RunRecord, columns: Columns, objective: Objective) -> str:
    config = record.trained_by
    settings: dict[str, Any] = {
        "FILE": columns.file,
        "DIMENSION": config.dimension,
        "LEARNING_RATE": config.learning_rate,
        "SEED": config.seed,
        "MIN_FREQUENCY": config.min_frequency,
        "VALIDATION_SHARE": config.validation_share,
        "PRIOR": config.prior_strength,
    }
    if objective.has_unknown(config):
        settings["UNKNOWN"] = config.category_dropout / max(1.0, len(record.columns) / MOST_UNKNOWN)
    if objective.takes("hidden"):
        settings |= {"HIDDEN": list(config.hidden), "DROPOUT": config.dropout}
    if objective.takes("measure"):
        settings["MEASURE"] = config.measure
    lines = [f"{name} = {value!r}" for name, value in settings.items()]
    lines[0] += "  # the table, where it lies with you"
    return "\n".join(lines)


def _sizes(config: TrainingConfig) -> str:
    """Return the lines that say how many rows a batch has, and how many epochs there are."""
    lines = ["total, visited = training[2].sum(), np.count_nonzero(training[2])"]
    if config.batch_size == "auto":
        lines += [
            f"BATCH_SIZE = min(4_096, max(32, 2 ** round(np.log2(visited / 100)))) "
            f"if visited > {FULL_BATCH_ROWS} else visited"
        ]
    else:
        lines += [f"BATCH_SIZE = {config.batch_size}"]
    epochs = (
        "min(600, max(100, 9_000 // -(-visited // BATCH_SIZE)))" if config.epochs == "auto" else config.epochs
    )
    return "\n".join([*lines, f"EPOCHS = {epochs}"])


def _layers(record: RunRecord, objective: Objective) -> str:
    """Return the lines that say how a category is looked up, and what predicts."""
    config, target = record.trained_by, record.target
    kind = "multiclass" if target is None else target.kind
    activation = "exponential" if target and target.count else _ACTIVATIONS.get(kind, "linear")
    unknown = objective.has_unknown(config)
    held = "keras.regularizers.L2(PRIOR / total)" if config.prior_strength else ""
    width = "DIMENSION if place == 0 else min(DIMENSION, (len(of) + 1) // 2)"
    lines = []
    if _surplus(config, objective):
        lines += [_SPARE]
        width, held = "DIMENSION + SPARE", "OnSpareAxes()"
    lines += [
        "tables = [",
        "    keras.layers.Embedding(",
        f"        len(of){' + 1' if unknown else ''},",
        f"        {width},",
        "        embeddings_initializer=keras.initializers.RandomUniform(-0.05, 0.05, seed=SEED + 10_000 * place),",
        *([f"        embeddings_regularizer={held},"] if held else []),
        "    )",
        "    for place, of in enumerate(names)",
        "]",
        "",
        "",
        *([_FORGET] if unknown else []),
        "def look_up(codes, place):",
        '    """The vectors of categories."""',
        f"    return tables[place]({'Forget(len(names[place]), UNKNOWN)(codes)' if unknown else 'codes'})",
    ]
    if not objective.keras_lines.count("output("):
        return "\n".join([*lines, ""])
    on_kernel = f", kernel_regularizer={held}" if held and objective.reads_directly else ""
    if objective.takes("hidden"):
        lines += [*([_ON_KERNEL] if held else ["", "", "on_kernel = None"])]
    lines += [
        "",
        "",
        "def output(layer, head=0):",
        '    """What predicts."""',
        "    start = keras.initializers.GlorotUniform(seed=SEED + 1 + head)",
        f'    return keras.layers.Dense(outputs[head], "{activation}", kernel_initializer=start{on_kernel})(layer)',
    ]
    return "\n".join([*lines, ""])


_FORGET = '''\
class Forget(keras.layers.Layer):
    """A small share of what is learned teaches the vector of (unknown), the last one."""

    def __init__(self, unknown, share):
        super().__init__()
        self.unknown, self.share = unknown, share
        self.seeds = keras.random.SeedGenerator(SEED)

    def call(self, codes, training=False):
        if not training:
            return codes
        drawn = keras.random.uniform(keras.ops.shape(codes), seed=self.seeds)
        return keras.ops.where(drawn < self.share, self.unknown, codes)


'''

_ON_KERNEL = '''

class OnKernel(keras.regularizers.Regularizer):
    """The prior, on the weights that vectors meet, and not on those of the numbers below."""

    def __call__(self, kernel):
        return PRIOR / total * keras.ops.sum(keras.ops.square(kernel[: sum(tables[i].output_dim for i in places)]))


on_kernel = OnKernel()'''

_SPARE = f'''\
# With {SURPLUS} axes to spare the halves of a folded map pass one another; then they are pressed flat.
SPARE, TURN, CUT = {SURPLUS}, int(0.3 * EPOCHS), int(0.7 * EPOCHS)
press = keras.Variable(0.0, trainable=False)
met = sum(np.bincount(codes[:, 0], training[2] / total, len(names[0])) for codes in training[0])


class OnSpareAxes(keras.regularizers.Regularizer):
    """A penalty on what lies on the spare axes, and the prior."""

    def __call__(self, vectors):
        squares = keras.ops.square(vectors)
        spare = keras.ops.sum(met[:, None].astype("float32") * squares[:, DIMENSION:])
        return press * spare + PRIOR / total * keras.ops.sum(squares)


class Unfold(keras.callbacks.Callback):
    """Turn the vectors onto their principal axes, press the spare ones flat, and cut them."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch in (TURN, CUT):
            vectors = tables[0].get_weights()[0]
            if epoch == TURN:
                vectors = vectors - vectors.mean(axis=0)
                vectors = vectors @ np.linalg.svd(vectors, full_matrices=True)[2].T
            else:
                vectors[:, DIMENSION:] = 0
            tables[0].set_weights([vectors])
            for variable in self.model.optimizer.variables:
                variable.assign(keras.ops.zeros_like(variable))
            self.model.optimizer.learning_rate.assign(LEARNING_RATE)
        pressed = TURN <= epoch < CUT
        press.assign(0.003 * 1_000 ** ((epoch - TURN) / max(1, CUT - TURN - 1)) if pressed else 0.0)


'''


def _training(record: RunRecord, objective: Objective) -> str:
    config, target = record.trained_by, record.target
    momentum = f", momentum={config.momentum}" if config.momentum and config.optimizer == "sgd" else ""
    loss = "categorical_crossentropy"
    if target is not None:
        loss = "poisson" if target.count else _LOSSES.get(target.kind, "mean_squared_error")
    has_order = _has_told_order(config)
    lines = [
        "model.compile(",
        f"    keras.optimizers.{_OPTIMIZERS[config.optimizer]}(LEARNING_RATE{momentum}),",
        f'    loss=["{loss}"] * len(outputs),',
        "    loss_weights=loss_weights,",
        *(["    jit_compile=True,  # as the run was: XLA adds up in an order of its own"] * has_order),
        ")",
    ]
    if has_order:
        return "\n".join([*lines, *_IN_ORDER])
    callbacks = []
    surplus = _surplus(config, objective)
    if surplus:
        callbacks.append("Unfold()")
    if config.schedule == "cosine":
        falling = "lambda epoch, rate: LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))"
        callbacks.append(f"keras.callbacks.LearningRateScheduler({falling})")
    if config.keeps_best or (isinstance(config.patience, int) and config.validation_share):
        patience = config.patience if isinstance(config.patience, int) else "max(10, EPOCHS // 5)"
        patience = "EPOCHS" if config.patience is None else patience
        first = ", start_from_epoch=CUT" if surplus else ""
        best = f", restore_best_weights={config.keeps_best}"
        callbacks.append(f'keras.callbacks.EarlyStopping("val_loss", patience={patience}{best}{first})')
    lines += [
        "keras.utils.set_random_seed(SEED)",
        *(
            ["validation = (*validation[:2], validation[2] / validation[2].mean())"]
            if config.validation_share
            else []
        ),
        "history = model.fit(",
        "    *training[:2],",
        "    sample_weight=training[2] / training[2].mean(),",
        "    batch_size=BATCH_SIZE,",
        "    epochs=EPOCHS,",
        *(["    validation_data=validation,"] if config.validation_share else []),
        *(["    callbacks=[", *(f"        {each}," for each in callbacks), "    ],"] if callbacks else []),
        "    verbose=0,",
        ")",
    ]
    return "\n".join(lines)


_IN_ORDER = [
    "losses = []",
    "for epoch in range(1, EPOCHS + 1):",
    "    order = np.random.default_rng((SEED, epoch)).permutation(len(training[1]))",
    "    inputs = [part[order] for part in training[0]] if isinstance(training[0], list) else training[0][order]",
    "    fitted = model.fit(inputs, training[1][order], batch_size=BATCH_SIZE, shuffle=False, verbose=0)",
    '    losses += fitted.history["loss"]',
]


def _has_told_order(config: TrainingConfig) -> bool:
    """Whether rows are visited one by one in an order that a script can tell, and nothing else is left to chance."""
    objective = OBJECTIVES[config.objective]
    is_plain = not config.aggregate and config.schedule == "constant" and not config.validation_share
    by_chance = objective.has_unknown(config) or (objective.takes("hidden") and config.dropout > 0)
    return is_plain and not by_chance and config.weight is None and not _surplus(config, objective)


def _surplus(config: TrainingConfig, objective: Objective) -> bool:
    is_short = config.epochs != "auto" and config.epochs < LEAST_EPOCHS
    return objective.takes("measure") and not is_short


def _result(config: TrainingConfig) -> str:
    lines = [
        "vectors = pd.DataFrame(tables[0].get_weights()[0][: len(names[0]), :DIMENSION], names[0])",
        "print(vectors)",
    ]
    if config.validation_share:
        lines += [
            "# Without the penalty of the prior, which Keras counts as loss.",
            "penalty = float(sum(model.losses))",
            "found = model.evaluate(*validation[:2], sample_weight=validation[2], verbose=0, return_dict=True)",
            'held_out_loss = found["loss"] - penalty',
            'print("held-out loss", held_out_loss)',
        ]
    return "\n".join(lines)


def _refused(content: Content) -> str:
    record = content.record
    assert record is not None
    objective = OBJECTIVES[record.config.objective]
    if not objective.is_offered:
        return "These vectors were not trained here, so no code trains them again."
    if not objective.keras_lines:
        return f"The objective {record.config.objective} has no lines of plain Keras."
    if record.changes:
        return "The table was changed by hand, which these lines cannot: take your own table back, and train on that."
    is_context = isinstance(objective.counting(record.config), ContextToCount)
    if is_context and not record.heads:
        return "This run does not say which columns it was related by. Train it again."
    if is_context and not record.config.aggregate:
        return "This run learned from rows one by one, and these lines learn from counts. Train it with aggregate=True."
    return ""


KERAS_CODE = Exporter(
    "keras-code",
    "Python code in plain Keras",
    "The model of this run and its training in Keras, NumPy and pandas alone: to read, to teach with, to build upon.",
    ".py",
    _make,
    needs=("run",),
    section="The run",
    refuses=_refused,
)
