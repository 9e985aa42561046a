#!/usr/bin/env python3
"""Writes the inputs that the fuzz targets begin with, a folder per target, from the fixtures of the readers' tests.

    make_corpus.py FOLDER
"""
import gzip
import pathlib
import shutil
import struct
import sys
import zipfile

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "fixtures"


def idx_files():
    """An IDX array of every type, a few numbers each, plain and compressed."""
    for code, size in ((0x08, 1), (0x09, 1), (0x0B, 2), (0x0C, 4), (0x0D, 4), (0x0E, 8)):
        content = bytes([0, 0, code, 2]) + struct.pack(">II", 2, 3) + bytes(range(6 * size))
        yield f"{code:02x}.idx", content
        yield f"{code:02x}.idx.gz", gzip.compress(content, mtime=0)


def npy_files():
    """The arrays of the fixtures one by one, and their archives."""
    for path in sorted(FIXTURES.glob("*.npy")):
        yield path.name, path.read_bytes()
    yield "one-array.npz", (FIXTURES / "one-array.npz").read_bytes()
    with zipfile.ZipFile(FIXTURES / "arrays-stored.npz") as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def legacy_files():
    """Keras files that are kept in one archive, because .h5 files are large."""
    with zipfile.ZipFile(FIXTURES / "h5.zip") as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def keras_files():
    """Every model file of the fixtures."""
    for path in sorted((FIXTURES / "keras").glob("*.keras")):
        yield path.name, path.read_bytes()
    yield from legacy_files()


def hdf5_files():
    """Weights of archives, and arrays and texts of every kind."""
    for name in ("batch-norm-dense", "conv-same", "dense-float64", "dense-linear", "lenet"):
        with zipfile.ZipFile(FIXTURES / "keras" / f"{name}.keras") as archive:
            yield f"{name}.h5", archive.read("model.weights.h5")
    with zipfile.ZipFile(FIXTURES / "hdf5.zip") as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def keras_configs():
    """The descriptions within them."""
    for folder in ("keras", "refused"):
        for path in sorted((FIXTURES / folder).glob("*.keras")):
            with zipfile.ZipFile(path) as archive:
                yield f"{path.stem}.json", archive.read("config.json")


def main():
    folder = pathlib.Path(sys.argv[1])
    targets = {"idx": idx_files, "npy": npy_files, "keras_file": keras_files, "hdf5": hdf5_files, "keras_config": keras_configs}
    for target, files in targets.items():
        shutil.rmtree(folder / target, ignore_errors=True)
        (folder / target).mkdir(parents=True)
        for name, content in files():
            (folder / target / name).write_bytes(content)


if __name__ == "__main__":
    main()
