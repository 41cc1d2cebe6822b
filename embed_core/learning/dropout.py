"""Dropout whose noise is a few integer operations: Keras' own takes 30 ms a step when XLA compiles it for a CPU."""

from typing import Any

import keras
import tensorflow as tf


def first_call(seed: int) -> int:
    """Return from where the calls of a layer with this seed are counted."""
    return seed * 0x9E3779B1 % 2**31


class HashedDropout(keras.layers.Dropout):  # type: ignore[misc]
    """What `keras.layers.Dropout` does, with noise from a hash of the place, the call and the seed.

    The hash is the finaliser of MurmurHash3 (A. Appleby, public domain). Used while training; the model that is
    kept has Keras' own layer in its place.
    """

    def build(self, input_shape: Any) -> None:
        """Make the counter of calls."""
        super().build(input_shape)
        # The seed is in here because a compiled program is used again with other seeds: only weights can differ.
        start = keras.initializers.Constant(first_call(self.seed or 0))
        self.calls = self.add_weight(
            shape=(), dtype="int32", initializer=start, trainable=False, name="calls", autocast=False
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, some of them 0 and the others larger, in training; else as they are."""
        if not training or not self.rate:
            return inputs
        self.calls.assign_add(1)
        salt = tf.cast(tf.convert_to_tensor(self.calls), tf.uint32) * 0x85EBCA77
        bits = tf.reshape(tf.range(tf.size(inputs), dtype=tf.int32), tf.shape(inputs))
        bits = tf.cast(bits, tf.uint32) * 0x9E3779B1 + salt
        for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
            bits = (
                tf.bitwise.bitwise_xor(bits, tf.bitwise.right_shift(bits, tf.constant(shift, tf.uint32)))
                * factor
            )
        kept = tf.cast(bits >= int(self.rate * 2**32), inputs.dtype)
        return inputs * kept / (1 - self.rate)
