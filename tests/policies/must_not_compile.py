"""Checks what the compiler says of programs that break a rule of the toolkit.

    must_not_compile.py compile COMMANDS SOURCE LOGS     asks the compiler, and keeps what it says in the folder LOGS for
    must_not_compile.py accepts SOURCE LOGS              the source compiles as it is
    must_not_compile.py refuses SOURCE LOGS FAULT        with the macro FAULT it does not, and the rule's sentence is printed
    must_not_compile.py covers  SOURCE...                every sentence in the headers is expected by some fault, and well formed
    must_not_compile.py control COMMANDS SOURCE LOGS     the checks above find what they are meant to find

COMMANDS is a compile_commands.json. A source lists its faults in comments at its top, each a macro and the sentence expected. All its
faults are compiled at once: a program that includes what the source does, and then holds the source once for each fault, in a namespace.
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


def program_of_faults(source):
    """One program of all faults of a source; for the compiler each of them lies in a file SOURCE[FAULT]."""
    lines = source.read_text(encoding="utf-8").splitlines()
    includes = [line for line in lines if line.startswith("#include")]
    text = [line if line not in includes else "" for line in lines]
    program = list(includes)
    for macro in faults(source):
        program += [f"#define {macro}", f"namespace fault_{macro.lower()} {{", f'#line 1 "{source}[{macro}]"', *text, "}", f"#undef {macro}"]
    return "\n".join(program) + "\n"


def compile_source(commands, source, logs):
    """Has the compiler look at a source, and at all its faults; what it says is kept in the folder LOGS."""
    source = pathlib.Path(source).resolve()
    log_of(source, logs, "accepted").parent.mkdir(exist_ok=True)
    entries = json.loads(pathlib.Path(commands).read_text(encoding="utf-8"))
    entry = next(one for one in entries if pathlib.Path(one["file"]).resolve() == source)
    command = shlex.split(entry["command"])
    for option in ("-o", "-c"):
        at = command.index(option)
        del command[at : at + 2]
    command += ["-fsyntax-only", "-iquote", str(source.parent)]
    if "clang" in pathlib.Path(command[0]).name:
        command.append("-ferror-limit=0")  # g++ has no limit; the sentence may come after other errors
    programs = {"accepted": source}
    if faults(source):
        programs["faults"] = log_of(source, logs, "faults").with_suffix(".cpp")
        programs["faults"].write_text(program_of_faults(source), encoding="utf-8")
    for form, program in programs.items():
        log = log_of(source, logs, form)
        log.unlink(missing_ok=True)
        ran = subprocess.run([*command, str(program)], cwd=entry["directory"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             encoding="utf-8", errors="replace", check=False)
        log.write_text(f"exit status {ran.returncode}\n{ran.stdout}", encoding="utf-8")


def log_of(source, logs, form):
    return pathlib.Path(logs).resolve() / f"{pathlib.Path(source).stem}.{form}.log"


def errors_by_fault(source, logs):
    """The errors of each fault, {macro: [line]}; those that belong to none, and those that end the compilation, have the macro None."""
    place = re.compile(re.escape(pathlib.Path(source).name) + r"\[([A-Z_]+)\]:")
    errors = []  # each error's line, and where its line, its notes, and what stands before it say that it comes from
    before, notes = [], []
    for line in log_of(source, logs, "faults").read_text(encoding="utf-8").splitlines():
        found = place.findall(line)
        if ": note: " in line:
            notes += found
            before = notes or before
        elif ": warning: " in line or "error: " in line:
            notes = []
            if "error: " in line:
                errors.append((line, place.findall(line.partition("error: ")[0]), notes, before))
        elif re.search(r": (In|At) .*:$", line):
            before = found
        else:
            before = before + found
    by_fault = {}
    for line, *places in errors:
        owners = set(next(filter(None, places), []))
        macro = owners.pop() if len(owners) == 1 and "fatal error: " not in line else None
        by_fault.setdefault(macro, []).append(line)
    return by_fault


def fault_with_attribution(source, logs):
    lines = errors_by_fault(source, logs).get(None) if faults(source) else None
    return "these errors belong to no fault, or hide others\n" + "\n".join(lines) if lines else None


def fault_with_accepted(source, logs):
    output = log_of(source, logs, "accepted").read_text(encoding="utf-8")
    return None if output.startswith("exit status 0\n") else f"does not compile, but should:\n{output}"


def fault_with_refused(source, logs, macro, known):
    """What is wrong with how the compiler answers a fault; None where it is right."""
    wanted = faults(source)[macro]
    # Errors only: where the compiler quotes source lines, it may show sentences that hold.
    said = "\n".join(errors_by_fault(source, logs).get(macro, []))
    if not said:
        return f"compiles in spite of {macro}"
    if wanted not in said:
        return f"{macro}: expected was\n  {wanted}\nbut the compiler said\n{said}\nin {log_of(source, logs, 'faults')}"
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


def fault_with_control(commands, source, logs):
    compile_source(commands, source, logs)
    known = {text: HEADERS / "control" for text in sentences(pathlib.Path(source).with_suffix(".hpp").read_text(encoding="utf-8"))}
    first, second = known
    spoilt = "deepmaacc::control: broken"
    unattributed = fault_with_attribution(source, logs) or ""
    checks = {
        "a good program is accepted": fault_with_accepted(source, logs) is None,
        "a broken one is refused": fault_with_refused(source, logs, "BROKEN", known) is None,
        "another one, with other errors before": fault_with_refused(source, logs, "BROKEN_TOO", known) is None,
        "one that compiles is noticed": "compiles" in (fault_with_refused(source, logs, "HARMLESS", known) or ""),
        "another error is noticed": "expected was" in (fault_with_refused(source, logs, "UNRELATED", known) or ""),
        "a second sentence is noticed": second in (fault_with_refused(source, logs, "BROKEN_TWICE", known) or ""),
        "an error of no fault is noticed": "nobody" in unattributed and unattributed.count("error: ") == 1,
        "literals are joined": sentences('static_assert(f("x)"),\n  "one "\n "two");') == ['x)one two'],
        "an uncovered sentence is noticed": "no case expects\n  " + second in fault_with_coverage([source], known),
        "an outdated case is noticed": "no header says\n  " + first in fault_with_coverage([source], {}),
        "a malformed sentence is noticed": "instead of\n  " + spoilt in fault_with_coverage([source], {spoilt: HEADERS / "control"}),
    }
    return "\n".join(f"failed: {what}" for what, holds in checks.items() if not holds) or None


def main(mode, *arguments):
    if mode == "compile":
        compile_source(*arguments)
        fault = fault_with_attribution(*arguments[1:])
    elif mode == "accepts":
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
