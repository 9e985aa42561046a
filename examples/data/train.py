#!/usr/bin/env python3
"""Trains the sample networks on scikit-learn's handwritten digits and writes them, with the held-out images, beside this file.

    python3 -m pip install keras tensorflow-cpu scikit-learn
    KERAS_BACKEND=tensorflow python3 examples/data/train.py
"""
import pathlib

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).parent


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
    }
    for name, stack in networks.items():
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((8, 8, 1)), *stack])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(train_x, train_y, epochs=40, batch_size=32, verbose=0)
        print(name, "accuracy on the held-out images:", round(model.evaluate(test_x, test_y, verbose=0)[1], 4))
        model.compile()  # leaves the optimiser's state out of the file
        model.save(HERE / f"{name}.keras")
    np.savez_compressed(HERE / "digits-test.npz", images=test_x, labels=test_y.astype("uint8"))


if __name__ == "__main__":
    main()
