#!/usr/bin/env python3
"""Tests of the deepmaacc command with test sets, files and places that cannot be used: each ends with one sentence, and nothing is left.

    tests/command/test_broken.py build/release/bin/deepmaacc [unittest's options]
"""
import gzip
import io
import json
import os
import pathlib
import resource
import struct
import subprocess
import zipfile

import command_test
from command_test import DATA, IMAGES, LABELS, MLP, UNUSABLE, USAGE, AnalysisTest, analyze_arguments, npy, npy_bytes, run

SMALL = ("--limit-inputs", 10)


def doubles(shape, *numbers):
    return npy("<f8", shape, struct.pack(f"<{len(numbers)}d", *numbers))


class TestSets(AnalysisTest):
    def images(self, name="images.npy", count=3, **changed):
        """An NPY file of inputs that the models take; changed: numbers by their place in the file, as n17=2.5."""
        numbers = [float(i % 16) for i in range(count * 64)]
        for place, number in changed.items():
            numbers[int(place[1:])] = number
        return self.file(name, doubles(f"({count}, 8, 8, 1)", *numbers))

    def test_inputs_that_are_not_finite(self):
        labels = self.file("labels.npy", npy_bytes(0, 1, 2))
        for number, word in ((float("nan"), "nan"), (float("inf"), "inf"), (float("-inf"), "-inf"), (1e300, "inf")):
            images = self.images(n64=number, n130=number)
            for wanted in (labels, None):
                options = [] if wanted else ["--oracle", "predictions"]
                self.refused_analysis(UNUSABLE, options, images, "input 1 ", word, "finite", images=images, labels=wanted)
        # The largest number is fine as it is, but not what the preparation makes of it.
        images = self.images(n191=3e38)
        self.refused_analysis(UNUSABLE, ["--prepare", "divide-by=0.5,pad=0"], images, "input 2 ", "inf", "divide-by=0.5,pad=0", images=images,
                              labels=labels)

    def test_labels(self):
        images = self.images()
        for name, content, words in (
                ("half.npy", doubles("(3,)", 0, 0.5, 1), ["0.5 is no class"]), ("nan.npy", doubles("(3,)", 0, float("nan"), 1), ["nan is no class"]),
                ("soft.npy", doubles("(3, 2)", 1, 0, 0.5, 0.5, 0, 1), ["row 1 ", "(3, 2)"]),
                ("twice.npy", npy("|b1", "(3, 2)", b"\x01\x00\x00\x01\x01\x01"), ["row 2 "]),
                ("deep.npy", npy("|u1", "(3, 2, 2)", bytes(12)), ["one class per input", "(3, 2, 2)"]),
                ("wide.npy", npy("|u1", "(3, 12)", b"\x01" + bytes(12) + b"\x01" + bytes(21) + b"\x01"), ["label 11", "classes 0 to 9"]),
                ("beyond.npy", npy_bytes(0, 10, 1), ["label 10", "classes 0 to 9"]), ("two.npy", npy_bytes(0, 1), ["3 images", "2 labels"]),
                ("rows.npy", npy("|b1", "(2, 2)", b"\x01\x00\x00\x01"), ["3 images", "2 labels"]), ("none.npy", npy_bytes(), ["3 images", "0 labels"])):
            labels = self.file(name, content)
            self.refused_analysis(UNUSABLE, [], *words, images=images, labels=labels)

    def test_one_hot_labels_are_classes(self):
        with zipfile.ZipFile(DATA / "digits-test.npz") as archive:
            content = archive.read("labels.npy")
        classes = content[-500:] if b"'|u1'" in content else struct.unpack(f"<{500}q", content[-4000:])
        rows = self.file("rows.npy", npy("|b1", "(500, 10)", b"".join(bytes(int(c == one) for c in range(10)) for one in classes)))
        numbers = self.file("numbers.npy", doubles("(500, 1)", *classes))
        wanted = self.mutants(MLP)
        for labels in (rows, numbers):
            self.assertEqual(self.mutants(MLP, labels=labels), wanted)

    def test_images_and_labels_in_each_others_place(self):
        self.refused_analysis(UNUSABLE, [], images=LABELS, labels=IMAGES)
        images = self.images()
        labels = self.file("labels.npy", npy_bytes(0, 1, 2))
        self.refused_analysis(UNUSABLE, [], images, "(3, 8, 8, 1)", "taken for each other", images=labels, labels=images)
        flat = self.file("flat.npy", npy("|u1", "(3, 64)", bytes(range(192))))
        self.refused_analysis(UNUSABLE, [], flat, "row 0 ", "images are no labels", images=labels, labels=flat)

    def test_sets_that_are_empty(self):
        empty, none = self.file("empty.npy", npy("<f4", "(0, 8, 8, 1)", b"")), self.file("none.npy", npy_bytes())
        self.refused_analysis(UNUSABLE, [], empty, "empty", images=empty, labels=none)
        self.refused_analysis(UNUSABLE, ["--oracle", "predictions"], empty, "empty", images=empty, labels=None)
        hollow = self.file("hollow.npy", npy("<f4", "(3, 0, 8, 1)", b""))
        self.refused_analysis(UNUSABLE, [], "(0, 8, 1)", "(8, 8, 1)", images=hollow, labels=self.file("labels.npy", npy_bytes(0, 1, 2)))
        endless = self.file("endless.npy", npy("<f4", "(1000000000000, 0)", b""))
        self.refused_analysis(UNUSABLE, ["--oracle", "predictions"], "(0)", "(8, 8, 1)", images=endless, labels=None)
        scalar = self.file("scalar.npy", npy("<f4", "()", bytes(4)))
        self.refused_analysis(UNUSABLE, ["--oracle", "predictions"], scalar, "no list of images", images=scalar, labels=None)

    def test_no_input_is_predicted_correctly(self):
        images = self.file("same.npy", npy("<f4", "(2, 8, 8, 1)", bytes(512)))
        refused = 0
        for label in range(10):
            labels = self.file("labels.npy", npy_bytes(label, label))
            if run(*analyze_arguments(MLP, images=images, labels=labels)).returncode:
                self.refused_analysis(UNUSABLE, [], "predicts none of the inputs correctly", images=images, labels=labels)
                refused += 1
        self.assertEqual(refused, 9)


class Files(AnalysisTest):
    def test_files_that_are_broken(self):
        labels = self.file("labels.npy", npy_bytes(0))
        whole = npy("<f4", "(1, 8, 8, 1)", bytes(256))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
            stream.writestr("images.npy", whole)
        packed = gzip.compress(whole, mtime=0)
        changed = bytearray(packed)
        changed[-7] ^= 1
        for name, content in (("cut.npy", whole[:-1]), ("long.npy", whole + b"x"), ("cut.gz", packed[:-1]), ("changed.gz", changed),
                              ("cut.npz", archive.getvalue()[:-1]), ("empty", b""), ("text", b"text"), ("text.gz", gzip.compress(b"text")),
                              ("zeros.gz", gzip.compress(bytes(1 << 24))), ("more.gz", gzip.compress(whole + bytes(1 << 24))),
                              ("less.npy", npy("<f4", "(1000000000000, 8, 8, 1)", bytes(256)))):
            path = self.file(name, bytes(content))
            self.refused_analysis(UNUSABLE, [], path, images=path, labels=labels)
            self.refused_analysis(UNUSABLE, [], path, labels=path)
            self.refused(UNUSABLE, ["inspect", path], path)

    def test_folders_and_files_that_are_not_there(self):
        for place in (self.folder, self.folder / "none", f"{self.folder / 'none.npz'}:images", "x" * 5000, "/dev/null"):
            self.refused_analysis(UNUSABLE, [], images=place)
            self.refused_analysis(UNUSABLE, [], labels=place)
            self.refused(UNUSABLE, ["inspect", place])

    def sparse(self, name, begin, size):
        """A file of a beginning and zeros, which take no place on the disk; the test is skipped where there are no such files."""
        path = self.file(name, begin)
        try:
            os.truncate(path, size)
        except OSError:
            self.skipTest("the file system has no such large files")
        return path

    def test_files_without_an_end(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        for place in (pipe, "/dev/zero"):
            self.refused_analysis(UNUSABLE, [], place, "a pipe or a device", images=place)
            self.refused_analysis(UNUSABLE, [], place, "a pipe or a device", labels=place)
            self.refused(UNUSABLE, ["inspect", place], place, "a pipe or a device")

    def test_large_files_of_no_format(self):
        for begin in (b"", b"text", b"PK\3\4", b"\x89HDF\r\n\x1a\n", b"\x1f\x8b\x08"):
            path = self.sparse("large", begin, 1 << 40)
            self.refused_analysis(UNUSABLE, [], path, images=path)
            self.refused_analysis(UNUSABLE, [], path, labels=path)
            self.refused(UNUSABLE, ["inspect", path], path)

    def test_of_a_large_file_the_first_inputs_are_read(self):
        begin = npy("<f4", "(20000000, 8, 8, 1)", b"")
        images = self.sparse("images.npy", begin, len(begin) + 20000000 * 256)
        begin = npy("|u1", "(20000000,)", b"")
        labels = self.sparse("labels.npy", begin, len(begin) + 20000000)
        process = subprocess.Popen([command_test.COMMAND, *map(str, analyze_arguments(
            MLP, "--oracle", "predictions", "--limit-inputs", 100, "--quiet", images=images, labels=labels))])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        self.assertLess(usage.ru_maxrss, 256 * 1024)  # KiB; the file has 5 GB

    def test_memory_that_is_not_there(self):
        with open(command_test.COMMAND, "rb") as program:
            if b"__asan_init" in program.read():
                self.skipTest("the address sanitizer itself asks for more addresses than the limit leaves")
        begin = npy("<f4", "(80000000, 8, 8, 1)", b"")
        images = self.sparse("images.npy", begin, len(begin) + 80000000 * 256)
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 34, 1 << 34))
        done = subprocess.run([command_test.COMMAND, *map(str, analyze_arguments(MLP, "--oracle", "predictions", images=images, labels=None))],
                              capture_output=True, text=True, timeout=300, preexec_fn=limit)
        self.assertEqual(done.returncode, UNUSABLE, done.stderr)
        self.assertIn(f"{images}: there is not enough memory for its {len(begin) + 80000000 * 256} bytes", done.stderr)

    def test_files_that_may_not_be_read(self):
        if os.geteuid() == 0:
            self.skipTest("root may read every file")
        locked = self.file("locked.npy", npy_bytes(0))
        locked.chmod(0)
        self.refused_analysis(UNUSABLE, [], locked, "permissions", images=locked)
        self.refused_analysis(UNUSABLE, [], locked, "permissions", labels=locked)
        self.refused(UNUSABLE, ["inspect", locked], locked, "permissions")


class Places(AnalysisTest):
    def test_outputs_that_cannot_be_written(self):
        occupied = self.file("file", b"kept")
        for place in (self.folder / "none" / "report.json", self.folder, occupied / "report", "/proc/none"):
            for option in ("--json", "--csv"):
                self.refused(UNUSABLE, analyze_arguments(MLP, option, place, *SMALL), place, "cannot be written")
        self.assertEqual(occupied.read_bytes(), b"kept")

    def test_outputs_that_would_overwrite_a_file_that_is_read_or_each_other(self):
        files = {"the model": self.file("m.keras", MLP.read_bytes()),
                 "the images": self.file("x.npz", pathlib.Path(IMAGES.partition(":")[0]).read_bytes()),
                 "the labels": self.file("y.npy", npy_bytes(*range(10)))}
        before = {file: file.read_bytes() for file in files.values()}
        model, images, labels = files.values()
        for what, file in files.items():
            os.link(file, self.folder / "hard")
            (self.folder / "symbolic").symlink_to(file.name)
            (self.folder / "twice").symlink_to("symbolic")
            for option in ("--json", "--csv"):
                for place in (file, file.name, f"../{self.folder.name}/{file.name}", "hard", "symbolic", "twice"):
                    self.refused(USAGE, analyze_arguments(model, option, place, images=f"{images}:images", labels=labels), option, place,
                                 f"the file of {what}")
            for name in ("hard", "symbolic", "twice"):
                (self.folder / name).unlink()
        self.assertEqual({file: file.read_bytes() for file in before}, before)

        (self.folder / "later").symlink_to("report")  # that is not there yet
        for one, other in (("report", "report"), ("report", "./report"), ("later", "report"), ("-", "-")):
            self.refused(USAGE, analyze_arguments(MLP, "--json", one, "--csv", other), "--json and --csv cannot both go to")
        for option in ("--json", "--csv"):
            self.refused(USAGE, analyze_arguments(MLP, option, ""), option, "empty")

    def test_a_file_with_a_colon_in_its_name_is_itself(self):
        archive = self.file("a:b", pathlib.Path(IMAGES.partition(":")[0]).read_bytes())
        model = self.file("m:n.keras", MLP.read_bytes())
        self.succeed(*analyze_arguments(model, "--json", "m", "--csv", "a", "--quiet", *SMALL, images=f"{archive}:images"), cwd=self.folder)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a", "a:b", "m", "m:n.keras"])

    def test_a_link_stays_and_the_file_behind_it_is_written(self):
        (self.folder / "results").mkdir()
        report = self.file("results/report.json", b"older")
        link = self.folder / "link"
        link.symlink_to("results/report.json")
        self.succeed(*analyze_arguments(MLP, "--json", link, "--quiet", *SMALL))
        self.assertTrue(link.is_symlink())
        self.assertIn("deepmaacc.report", report.read_text(encoding="utf-8"))
        self.assertEqual(os.listdir(report.parent), ["report.json"])

    def test_a_file_is_written_in_a_folder_that_takes_no_other(self):
        folder = self.folder / "locked"
        folder.mkdir()
        report = self.file("locked/report.json", b"x" * 100000)
        report.chmod(0o666)
        folder.chmod(0o555)
        self.addCleanup(folder.chmod, 0o755)
        self.folder.chmod(0o755)

        def as_nobody(*arguments):
            drop = (lambda: os.setuid(65534)) if os.geteuid() == 0 else None
            return subprocess.run([command_test.COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=300, preexec_fn=drop)

        try:
            done = as_nobody("inspect", MLP)
        except (PermissionError, subprocess.SubprocessError):
            self.skipTest("only root may run the command here, who may write to every folder")
        if done.returncode != 0:
            self.skipTest("only root may read the files here, who may write to every folder")
        done = as_nobody(*analyze_arguments(MLP, "--json", report, "--quiet", *SMALL))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(report.read_text(encoding="utf-8"))["schema"], "deepmaacc.report/1")
        done = as_nobody(*analyze_arguments(MLP, "--json", folder / "other.json", *SMALL))
        self.assertEqual(done.returncode, UNUSABLE)
        self.assertIn(f"{folder / 'other.json'}: it cannot be written", done.stderr)
        self.assertEqual(os.listdir(folder), ["report.json"])

    def test_devices_that_are_full(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        for option in ("--json", "--csv"):
            for more in ([], ["--per-mutant"]):
                self.refused(UNUSABLE, analyze_arguments(MLP, option, "/dev/full", *more, *SMALL), "/dev/full", "cannot be written", "space")
        self.assertTrue(os.path.exists("/dev/full"))

    def test_an_older_report_stays_when_the_analysis_fails(self):
        older = self.file("report.json", b"older")
        images = self.file("images.npy", npy("<f4", "(1, 8, 8, 1)", struct.pack("<f", float("nan")) + bytes(252)))
        self.refused_analysis(UNUSABLE, [], "finite", images=images, labels=self.file("labels.npy", npy_bytes(0)))
        self.assertEqual(older.read_bytes(), b"older")


if __name__ == "__main__":
    command_test.main()
