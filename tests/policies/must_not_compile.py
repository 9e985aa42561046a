"""Checks what the compiler says of programs that break a rule of the toolkit.

    must_not_compile.py accepts COMMANDS SOURCE          the source compiles as it is
    must_not_compile.py refuses COMMANDS SOURCE FAULT    with the macro FAULT it does not, and the rule's sentence is printed
    must_not_compile.py covers  SOURCE...                every sentence in the headers is expected by some fault, and well formed
    must_not_compile.py control COMMANDS SOURCE          the checks above find what they are meant to find

COMMANDS is a compile_commands.json. A source lists its faults in comments at its top, each a macro and the sentence expected.
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys

HEADERS = pathlib.Path(__file__).resolve().parents[2] / "include" / "deepmaacc"
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
FORM = re.compile(r"deepmaacc(::\w+)+: .*\bmust\b.*; .+")


def sentences(code):
    """The texts of the static_asserts in C++ code; those without a text are left out."""
    found = []
    for start in re.finditer(r"\bstatic_assert\s*\(", code):
        depth, at, strings = 1, start.end(), []
        while depth:
            literal = LITERAL.match(code, at)
            if literal:
                strings.append(literal.group(1))
                at = literal.end()
                continue
            depth += {"(": 1, ")": -1}.get(code[at], 0)
            at += 1
        if strings:
            found.append("".join(strings))
    return found


def sentences_of_headers():
    return {text: path for path in sorted(HEADERS.rglob("*.hpp")) for text in sentences(path.read_text(encoding="utf-8"))}


def faults(source):
    """The faults that a source lists: {macro: sentence}."""
    found, macro = {}, None
    for line in pathlib.Path(source).read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"// [A-Z][A-Z_]+", line):
            macro = line[3:]
            found[macro] = ""
        elif macro and line.startswith("//   "):
            found[macro] = (found[macro] + " " + line[5:]).strip()
        elif not line.startswith("//"):
            break
    return found


def compile_source(commands, source, macro=None):
    """Exit status and output of the compiler, which only looks at the source."""
    source = pathlib.Path(source).resolve()
    entries = json.loads(pathlib.Path(commands).read_text(encoding="utf-8"))
    entry = next(one for one in entries if pathlib.Path(one["file"]).resolve() == source)
    command = shlex.split(entry["command"])
    at = command.index("-o")
    del command[at : at + 2]
    command += ["-fsyntax-only"] + ([f"-D{macro}"] if macro else [])
    if "clang" in pathlib.Path(command[0]).name:
        command.append("-ferror-limit=0")  # g++ has no limit; the sentence may come after other errors
    ran = subprocess.run(command, cwd=entry["directory"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         encoding="utf-8", errors="replace", check=False)
    return ran.returncode, ran.stdout


def fault_with_accepted(commands, source):
    status, output = compile_source(commands, source)
    return None if status == 0 else f"does not compile, but should:\n{output}"


def fault_with_refused(commands, source, macro, known):
    """What is wrong with how the compiler answers a fault; None where it is right."""
    wanted = faults(source)[macro]
    status, output = compile_source(commands, source, macro)
    if status == 0:
        return f"compiles in spite of {macro}"
    # Errors only: where the compiler quotes source lines, it may show sentences that hold.
    said = "\n".join(line for line in output.splitlines() if "error:" in line)
    if wanted not in said:
        return f"{macro}: expected was\n  {wanted}\nbut the compiler said\n{output}"
    others = [text for text in known if text != wanted and text in said]
    if others:
        return f"{macro}: this is said as well, but does not hold\n  " + "\n  ".join(others)
    return None


def fault_with_coverage(sources, known):
    expected = {text for source in sources for text in faults(source).values()}
    lines = [f"{path.relative_to(HEADERS.parent)}: no case expects\n  {text}" for text, path in known.items() if text not in expected]
    lines += [f"no header says\n  {text}" for text in sorted(expected - known.keys())]
    lines += [
        f"{path.relative_to(HEADERS.parent)}: write `deepmaacc::<function>: <slot> must <rule>; <how to mend it>` instead of\n  {text}"
        for text, path in known.items()
        if not FORM.fullmatch(text)
    ]
    return "\n".join(lines) or None


def fault_with_control(commands, source):
    known = {text: HEADERS / "control" for text in sentences(pathlib.Path(source).read_text(encoding="utf-8"))}
    first, second = known
    spoilt = "deepmaacc::control: broken"
    checks = {
        "a good program is accepted": fault_with_accepted(commands, source) is None,
        "a broken one is refused": fault_with_refused(commands, source, "BROKEN", known) is None,
        "one that compiles is noticed": "compiles" in (fault_with_refused(commands, source, "HARMLESS", known) or ""),
        "another error is noticed": "expected was" in (fault_with_refused(commands, source, "UNRELATED", known) or ""),
        "a second sentence is noticed": second in (fault_with_refused(commands, source, "BROKEN_TWICE", known) or ""),
        "literals are joined": sentences('static_assert(f("x)"),\n  "one "\n "two");') == ['x)one two'],
        "an uncovered sentence is noticed": "no case expects\n  " + second in fault_with_coverage([source], known),
        "an outdated case is noticed": "no header says\n  " + first in fault_with_coverage([source], {}),
        "a malformed sentence is noticed": "instead of\n  " + spoilt in fault_with_coverage([source], {spoilt: HEADERS / "control"}),
    }
    return "\n".join(f"failed: {what}" for what, holds in checks.items() if not holds) or None


def main(mode, *arguments):
    if mode == "accepts":
        fault = fault_with_accepted(*arguments)
    elif mode == "refuses":
        fault = fault_with_refused(*arguments, sentences_of_headers())
    elif mode == "covers":
        fault = fault_with_coverage(arguments, sentences_of_headers())
    else:
        fault = fault_with_control(*arguments)
    if fault:
        sys.exit(fault)


if __name__ == "__main__":
    main(*sys.argv[1:])
