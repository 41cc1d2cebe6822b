"""The lesson's network: its layers, what passes through them, and the Keras code that builds it."""

import numpy as np
import pandas as pd

from embed_core.types import Floats

LAYERS = ("Input", "Embedding", "Flatten", "Dense")


def layer_table(categories: int, dimension: int) -> pd.DataFrame:
    """Return the layers from the input on: ``layer``, ``output shape`` and ``parameters``.

    >>> layer_table(3, 2)["parameters"].tolist()
    [0, 6, 0, 3]
    """
    shapes = ["(batch, 1)", f"(batch, 1, {dimension})", f"(batch, {dimension})", "(batch, 1)"]
    return pd.DataFrame(
        {
            "layer": LAYERS,
            "output shape": shapes,
            "parameters": [0, categories * dimension, 0, dimension + 1],
        }
    )


def forward(code: int, *, categories: int, dimension: int, seed: int) -> dict[str, Floats]:
    """Return what each layer gives for one category, before any training.

    The start is drawn as Keras draws it: the vectors uniform between -0.05 and 0.05, the output weights
    uniform after X. Glorot and Y. Bengio (AISTATS 2010), the bias 0.

    Args:
        code: position of the category.
        categories: rows of the embedding.
        dimension: numbers per category.
        seed: of the start.

    Returns:
        Per layer its output for a batch of one row, in the layer's shape.

    >>> {name: value.shape for name, value in forward(1, categories=3, dimension=2, seed=0).items()}
    {'Input': (1, 1), 'Embedding': (1, 1, 2), 'Flatten': (1, 2), 'Dense': (1, 1)}
    """
    rng = np.random.default_rng(seed)
    table = rng.uniform(-0.05, 0.05, (categories, dimension)).astype(np.float32)
    reach = np.sqrt(6 / (dimension + 1))
    kernel = rng.uniform(-reach, reach, (dimension, 1)).astype(np.float32)
    codes = np.full((1, 1), code, np.float32)
    vector = table[[[code]]]
    flat = vector.reshape(1, -1)
    return dict(zip(LAYERS, (codes, vector, flat, 1 / (1 + np.exp(-flat @ kernel))), strict=True))


def keras_code(categories: int, dimension: int) -> str:
    """Return the lesson in plain Keras: it runs as it is, and trains five epochs.

    >>> "Embedding(3, 2)" in keras_code(3, 2)
    True
    """
    return f"""\
import keras
import numpy as np

# 100 rows: a category, and a yes or no
random = np.random.default_rng(0)
codes = random.integers(0, {categories}, 100)
chances = np.linspace(0.9, 0.1, {categories})[codes]
answers = (random.random(100) < chances).astype(int)

model = keras.Sequential([
    keras.Input((1,), dtype="int32"),
    keras.layers.Embedding({categories}, {dimension}),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(
    optimizer="sgd",
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
model.fit(codes, answers, epochs=5, batch_size=32)

# a row per category: ({categories}, {dimension})
vectors = model.layers[0].get_weights()[0]
"""
