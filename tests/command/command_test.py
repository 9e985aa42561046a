"""What tests of the deepmaacc command share: running it, small files, and what a refusal looks like."""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

COMMAND = None  # set by main
USAGE, UNUSABLE = 2, 3  # exit status

DATA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "data"
CNN, MLP = DATA / "digits-cnn.keras", DATA / "digits-mlp.keras"
IMAGES, LABELS = f"{DATA / 'digits-test.npz'}:images", f"{DATA / 'digits-test.npz'}:labels"


def run(*arguments, cwd=None, text=True):
    options = {"text": True, "encoding": "utf-8"} if text else {}
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, cwd=cwd, timeout=300, **options)


def npy(descr, shape, data):
    """An NPY file."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def npy_bytes(*numbers):
    return npy("|u1", f"({len(numbers)},)", bytes(numbers))


def analyze_arguments(model, *options, images=IMAGES, labels=LABELS):
    return ["analyze", model, "--images", images, *(["--labels", labels] if labels else []), *options]


class CommandTest(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="deepmaacc-command-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def succeed(self, *arguments, **options):
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(done.stderr, done.stderr)
        return done.stdout

    def check_type(self, value, wanted, where):
        """Dictionaries describe objects by their fields in order, lists of one the type of what a list holds."""
        if isinstance(wanted, dict):
            self.assertEqual(list(value), list(wanted), where)
            for name, kind in wanted.items():
                self.check_type(value[name], kind, f"{where}.{name}")
        elif isinstance(wanted, list):
            self.assertIs(type(value), list, where)
            for i, one in enumerate(value):
                self.check_type(one, wanted[0], f"{where}[{i}]")
        elif isinstance(wanted, tuple):  # one of several
            self.assertIn(type(value), (int, *wanted) if float in wanted else wanted, where)
        elif wanted is float:  # zero seconds and a score of one are written as 0.0 and 1.0, or without a point
            self.assertIn(type(value), (float, int), where)
        else:
            self.assertIs(type(value), wanted, where)

    def refused(self, status, arguments, *words):
        """The command ends with this status and one sentence on stderr that has these words, and writes nothing."""
        before = sorted(os.listdir(self.folder))
        done = run(*arguments, cwd=self.folder)
        shown = " ".join(map(str, arguments))
        self.assertEqual(done.returncode, status, f"{shown}: {done.stderr}")
        self.assertEqual(done.stdout, "", shown)
        self.assertTrue(done.stderr.startswith("deepmaacc: ") and done.stderr.endswith("\n"), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in words:
            self.assertIn(str(word), done.stderr, shown)
        self.assertEqual(sorted(os.listdir(self.folder)), before, shown)

    def refused_where_the_standard_output_is_full(self, *arguments):
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        with open("/dev/full", "w") as full:
            done = subprocess.run([COMMAND, *map(str, arguments)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=300)
        self.assertEqual(done.returncode, UNUSABLE, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn("standard output", done.stderr)


class AnalysisTest(CommandTest):
    def report(self, model, *options, **data):
        """The JSON report of an analysis, from the standard output."""
        return json.loads(self.succeed(*analyze_arguments(model, "--json", "-", *options, **data)))

    def mutants(self, model, *options, **data):
        return self.report(model, "--per-mutant", *options, **data)["runs"][0]["mutant_list"]

    def refused_analysis(self, status, options, *words, model=MLP, images=IMAGES, labels=LABELS):
        """An analysis that is told to write both reports is refused."""
        reports = ["--json", self.folder / "report.json", "--csv", self.folder / "report.csv", "--limit-inputs", 20]
        self.refused(status, analyze_arguments(model, *reports, *options, images=images, labels=labels), *words)


def main():
    """Runs the tests of the script that was called with the path of the command."""
    global COMMAND
    if len(sys.argv) < 2:
        sys.exit(f"{sys.argv[0]}: give the path of the built command")
    COMMAND = os.path.abspath(sys.argv.pop(1))
    if not os.access(COMMAND, os.X_OK):
        sys.exit(f"{sys.argv[0]}: {COMMAND} is no program that can be run")
    unittest.main()
