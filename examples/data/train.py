#!/usr/bin/env python3
"""Trains the sample networks on scikit-learn's handwritten digits and writes them, with the held-out images, beside this file.

    python3 -m pip install keras tensorflow-cpu scikit-learn
    KERAS_BACKEND=tensorflow python3 examples/data/train.py
"""
import pathlib
import zipfile

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).parent


@keras.saving.register_keras_serializable(package="Digits")
class SqueezeExcite(keras.layers.Layer):
    """A layer of one's own: weighs each channel by what all of them are on average (Hu et al. 2018)."""

    def __init__(self, ratio=2, **settings):
        super().__init__(**settings)
        self.ratio = ratio

    def build(self, shape):
        channels = shape[-1]
        few = channels // self.ratio
        self.squeeze, self.squeeze_bias = self.add_weight(shape=(channels, few)), self.add_weight(shape=(few,))
        self.excite, self.excite_bias = self.add_weight(shape=(few, channels)), self.add_weight(shape=(channels,))

    def call(self, images):
        means = keras.ops.mean(images, axis=(1, 2), keepdims=True)
        few = keras.ops.relu(keras.ops.matmul(means, self.squeeze) + self.squeeze_bias)
        return images * keras.ops.sigmoid(keras.ops.matmul(few, self.excite) + self.excite_bias)

    def get_config(self):
        return {**super().get_config(), "ratio": self.ratio}


def pack(path):
    """Keras stores its files unpacked; packed, they are a fifth as large."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def main():
    digits = load_digits()
    images = (digits.images / 16).astype("float32")[..., np.newaxis]
    train_x, test_x, train_y, test_y = train_test_split(
        images, digits.target, test_size=500, random_state=1, stratify=digits.target)
    layers = keras.layers
    networks = {
        "digits-cnn": [
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ],
        "digits-mlp": [
            layers.Flatten(),
            layers.Dense(40, activation="relu"),
            layers.Dense(30, activation="sigmoid"),
            layers.Dense(10, activation="softmax"),
        ],
        "digits-excite": [
            layers.Conv2D(6, 3, strides=2, activation="relu"),
            SqueezeExcite(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
    }
    for name, stack in networks.items():
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((8, 8, 1)), *stack])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(train_x, train_y, epochs=40, batch_size=32, verbose=0)
        print(name, "accuracy on the held-out images:", round(model.evaluate(test_x, test_y, verbose=0)[1], 4))
        model.compile()  # leaves the optimiser's state out of the file
        model.save(HERE / f"{name}.keras")
        pack(HERE / f"{name}.keras")
        if name == "digits-excite":  # what its own layer has to give elsewhere
            model.layers[-1].activation = keras.activations.linear
            np.save(HERE / f"{name}-outputs.npy", np.array(model(test_x[:8], training=False)))
    np.savez_compressed(HERE / "digits-test.npz", images=test_x, labels=test_y.astype("uint8"))


if __name__ == "__main__":
    main()
