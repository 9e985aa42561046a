"""Checks the includes of the headers against the table in docs/architecture.md, and that no text of theirs names an option of the command.

    architecture.py ROOT             every fault found, one a line; exit status 1 where there is one
    architecture.py --self-test ROOT plants faults in a copy of the headers, and demands that each is found
"""

import pathlib
import re
import shutil
import sys
import tempfile

# How the include of an outside library begins. What has no dot and no slash is the standard library.
LIBRARIES = {
    "Kokkos": ("Kokkos_",),
    "xtensor": ("xtensor/", "xtl/"),
    "xtensor-blas": ("xtensor-blas/",),
    "cuBLAS": ("cublas",),
    "Boost.Graph": ("boost/graph/",),
    "Boost.Math": ("boost/math/",),
    "nlohmann-json": ("nlohmann/",),
    "jansson": ("jansson.h",),
    "HDF5": ("hdf5.h",),
    "libzip": ("zip.h",),
    "zlib": ("zlib.h",),
    "POSIX": ("sys/", "unistd.h", "fcntl.h"),
}
GROUND = {"core", "concepts"}
MOST_LINES = 400
OPTION = re.compile(r'"(?:[^"\\\n]|\\.)*(?<![\w-])--[a-z](?:[^"\\\n]|\\.)*"')
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


class Table:
    """The rows of the table: which folders there are, and what each may include."""

    def __init__(self, text):
        self.named, self.libraries, self.planned, self.exceptions = {}, {}, set(), {}
        for row in re.findall(r"^\| `(\w+)/` \|(.*)\|(.*)\|(.*)\|$", text, re.MULTILINE):
            folder, holds, folders, libraries = row[0], *(cell.strip() for cell in row[1:])
            names = {name.strip() for name in folders.split(",") if name.strip()}
            for exception in {name for name in names if " for " in name}:
                names.remove(exception)
                name, header = exception.split(" for ")
                self.exceptions.setdefault(f"{folder}/{header}", set()).add(name)
            self.named[folder] = names
            self.libraries[folder] = {name.strip() for name in libraries.split(",") if name.strip()}
            if holds.startswith("planned"):
                self.planned.add(folder)

    def allowed(self, folder, header=""):
        """Every folder that this one may include, and what one header of it may include besides."""
        found = {folder, "core"} if folder in GROUND else {folder} | GROUND
        waiting = [*self.named[folder], *self.exceptions.get(header, ())]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.named[name])
        return found

    def faults(self):
        if not self.named:
            return ["docs/architecture.md: there is no table of folders that can be read"]
        found = []
        folders = {f"{folder}/": names for folder, names in self.named.items()}
        for place, names in {**folders, **self.exceptions}.items():
            found += [f"docs/architecture.md: {place} may include {name}/, which has no row" for name in sorted(names - self.named.keys())]
        for folder in self.named:
            unknown = sorted(self.libraries[folder] - LIBRARIES.keys())
            found += [f"docs/architecture.md: {folder}/ names the library {name}, which this test does not know" for name in unknown]
        if not found:
            for folder in self.named:
                upwards = [name for name in sorted(self.allowed(folder) - {folder}) if folder in self.allowed(name)]
                found += [f"docs/architecture.md: {folder}/ and {name}/ may include each other" for name in upwards]
        return found


def library_of(include):
    """The outside library that an include belongs to; "" for the standard library, None where it is unknown."""
    for name, begins in LIBRARIES.items():
        if include.startswith(begins):
            return name
    return "" if re.fullmatch(r"\w+", include) else None


def faults_of_header(path, place, table):
    """`place` is the path below include/deepmaacc/."""
    text = path.read_text(encoding="utf-8")
    name = f"include/deepmaacc/{place.as_posix()}"
    found = []
    lines = text.count("\n")
    if lines > MOST_LINES:
        found.append(f"{name}: {lines} lines; a header has {MOST_LINES} at most")
    for match in OPTION.finditer(text):
        where = f"{name}:{text.count(chr(10), 0, match.start()) + 1}"
        found.append(f"{where}: {match.group()} names an option; say it in the library's words, which the command may answer in its own")
    folder = place.parts[0] if len(place.parts) > 1 else None
    if folder is None and place.name != "deepmaacc.hpp":
        found.append(f"{name}: a header lies in a folder of the table")
    if folder is not None and folder not in table.named:
        return found + [f"{name}: docs/architecture.md has no row for {folder}/"]
    for match in INCLUDE.finditer(text):
        where = f"{name}:{text.count(chr(10), 0, match.start(2)) + 1}"
        include = match.group(2)
        parts = include.split("/")
        if parts[0] == "deepmaacc":
            target = parts[1] if len(parts) > 2 else None
            if folder is None:
                if target in ("io", "report"):
                    found.append(f"{where}: deepmaacc.hpp must not include {target}/; programs that need it include it themselves")
            elif target is None:
                found.append(f"{where}: a header must not include <{include}>, which includes everything")
            elif target not in table.allowed(folder, place.as_posix()):
                found.append(f"{where}: {folder}/ must not include {target}/ (<{include}>)")
        elif match.group(1) == '"':
            found.append(f'{where}: write <deepmaacc/…> instead of "{include}"')
        else:
            library = library_of(include)
            if library is None:
                found.append(f"{where}: <{include}> is of no library that docs/architecture.md knows")
            elif library and (folder is None or library not in table.libraries[folder]):
                found.append(f"{where}: {folder or 'deepmaacc.hpp'} must not include {library} (<{include}>)")
    return found


def faults(headers, table):
    found = table.faults()
    if found:
        return found
    there = {path.name for path in headers.iterdir() if path.is_dir()}
    expected = table.named.keys() - table.planned
    found += [f"docs/architecture.md: {name}/ has a row, but is not there" for name in sorted(expected - there)]
    found += [f"docs/architecture.md: {name}/ is there, and no longer planned" for name in sorted(table.planned & there)]
    found += [f"docs/architecture.md: {name} has an exception, but is not there" for name in table.exceptions if not (headers / name).is_file()]
    for path in sorted(headers.rglob("*.hpp")):
        found += faults_of_header(path, path.relative_to(headers), table)
    return found


def self_test(headers, table):
    plants = {
        "an arrow the wrong way": ("core/shape.hpp", "#include <deepmaacc/model/program.hpp>", "core/ must not include model/"),
        "an arrow sideways": ("mutation/mutant.hpp", "  #  include <deepmaacc/model/program.hpp>", "mutation/ must not include model/"),
        "a run of what is plain data": ("model/program.hpp", "#include <deepmaacc/network/plan.hpp>", "model/ must not include network/"),
        "an exception for another header": ("io/model.hpp", "#include <deepmaacc/network/network.hpp>", "io/ must not include network/"),
        "concepts above core": ("core/shape.hpp", "#include <deepmaacc/concepts/kill_rule.hpp>", "core/ must not include concepts/"),
        "graphs outside model": ("evaluation/decision.hpp", "#include <boost/graph/adjacency_list.hpp>", "must not include Boost.Graph"),
        "BLAS outside storage": ("network/network.hpp", "#include <xtensor-blas/xlinalg.hpp>", "must not include xtensor-blas"),
        "cuBLAS outside storage": ("network/network.hpp", "#include <cublas_v2.h>", "must not include cuBLAS"),
        "JSON outside report": ("analysis/score.hpp", "#include <nlohmann/json.hpp>", "must not include nlohmann-json"),
        "HDF5 outside io": ("report/csv.hpp", "#include <hdf5.h>", "must not include HDF5"),
        "libzip outside io": ("core/error.hpp", "#include <zip.h>", "must not include libzip"),
        "the system outside core": ("distance/distance_matrix.hpp", "#include <sys/mman.h>", "must not include POSIX"),
        "zlib outside io": ("core/error.hpp", "#include <zlib.h>", "must not include zlib"),
        "an unknown library": ("core/error.hpp", "#include <fmt/core.h>", "of no library"),
        "an include in quotes": ("core/error.hpp", '#include "shape.hpp"', "instead of"),
        "the main header from within": ("io/file.hpp", "#include <deepmaacc/deepmaacc.hpp>", "includes everything"),
        "io in the main header": ("deepmaacc.hpp", "#include <deepmaacc/io/keras.hpp>", "must not include io/"),
        "report in the main header": ("deepmaacc.hpp", "#include <deepmaacc/report/json.hpp>", "must not include report/"),
        "a header that is too long": ("core/error.hpp", "//\n" * 401, "at most"),
        "an option in a text": ("core/error.hpp", 'inline const char* advice = "too large; try --memory-limit";', "names an option"),
        "a folder without a row": ("new_folder/file.hpp", "", "no row for new_folder/"),
        "a header outside of folders": ("other.hpp", "", "lies in a folder"),
        "a folder that was planned": ("distributed/share.hpp", "", "no longer planned"),
    }
    found = []
    for what, (place, text, expected) in plants.items():
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch) / "deepmaacc"
            shutil.copytree(headers, copy)
            file = copy / place
            file.parent.mkdir(exist_ok=True)
            before = file.read_text(encoding="utf-8") if file.exists() else ""
            file.write_text(before + "\n" + text + "\n", encoding="utf-8")
            new = set(faults(copy, table)) - set(faults(headers, table))
            if not any(expected in fault for fault in new):
                found.append(f"not found: {what}")
    tables = {
        "no table": ("", "can be read"),
        "an unknown folder": ("| `a/` | x | b | Kokkos |\n", "which has no row"),
        "an exception for an unknown folder": ("| `a/` | x | b for one.hpp | |\n", "which has no row"),
        "an unknown library": ("| `a/` | x | | fmt |\n", "does not know"),
        "a circle": ("| `a/` | x | b | |\n| `b/` | x | a | |\n| `core/` | x | | |\n| `concepts/` | x | core | |\n", "each other"),
    }
    for what, (text, expected) in tables.items():
        if not any(expected in fault for fault in Table(text).faults()):
            found.append(f"not found: {what} in the table")
    return found


def main(arguments):
    root = pathlib.Path(arguments[-1])
    headers = root / "include" / "deepmaacc"
    table = Table((root / "docs" / "architecture.md").read_text(encoding="utf-8"))
    found = (self_test if arguments[0] == "--self-test" else faults)(headers, table)
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main(sys.argv[1:])
