"""What the YAML parser complains of, in a producer's words."""

from typing import Any

# The parser's words, and what they nearly always mean.
_MEANINGS = (
    (
        "mapping values are not allowed",
        "a colon stands where none can; put text that holds a colon in quotes, and set keys one below the other",
    ),
    ("expected ',' or ']'", "a list opened with [ is not closed; write ] at its end and a comma between its parts"),
    ("expected ',' or '}'", "a mapping opened with { is not closed; write } at its end and a comma between its parts"),
    ("unexpected end of stream", "a quotation mark is opened and not closed"),
    ("unexpected document indicator", "a quotation mark is opened and not closed"),
    (
        "unknown escape character",
        "a backslash in double quotes begins a special sign; use single quotes, or write \\\\",
    ),
    (
        "expected hexdecimal number",
        "a backslash in double quotes begins a special sign; use single quotes, or write \\\\",
    ),
    ("cannot start any token", "text cannot begin with this sign; put it in quotes"),
    ("expected '-' indicator", "an entry of this list does not begin with -; indent it like the others"),
    ("block sequence entries", "a list cannot begin on the line of its key; begin it on the next line"),
    ("could not find expected ':'", "this line has no colon after its key; write key: value, and indent longer text"),
    ("expected key", "this does not fit the lines above; check the indentation, the quotes and the brackets"),
    ("expected node content", "something is missing or one too many before this sign; check the commas and brackets"),
    ("undefined tag handle", "text cannot begin with !; put it in quotes"),
    ("expected <document start>", "the file goes on after its end; remove the line ... above"),
    ("directive", "a line cannot begin with %; put it in quotes or remove it"),
    ("incompatible YAML document", "the line %YAML asks for another YAML than 1.1 or 1.2; remove it"),
    ("comment or line break", "after | or > nothing but the text's own lines can follow"),
    ("anchor", "text cannot begin with & or *; put it in quotes"),
    ("alias", "text cannot begin with & or *; put it in quotes"),
)


def in_plain_words(error: Any, words: str) -> tuple[int, int, str]:
    """Line, column (1-based) and message for an error of the parser in a text."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    problem = str(getattr(error, "problem", None) or "")
    lines = words.splitlines() or [""]
    if tab := _tab_at(lines, line):
        return *tab, f"line {tab[0]} is indented with a tab; use spaces"
    context = getattr(error, "context_mark", None)
    # What is never closed is found at the end of the file, and mended where it was opened.
    if context and ("end of stream" in problem or "expected ','" in problem):
        line, column = context.line, context.column
    for jargon, meaning in _MEANINGS:
        if jargon in problem:
            return line + 1, column + 1, meaning
    return line + 1, column + 1, f"this cannot be read as YAML ({problem}); check the indentation, colons and quotes"


def _tab_at(lines: list[str], line: int) -> tuple[int, int] | None:
    """The place of a tab that indents a line at or just above or below one (0-based), if there is one."""
    for near in (line, line - 1, line + 1):
        if 0 <= near < len(lines):
            indent = lines[near][: len(lines[near]) - len(lines[near].lstrip(" \t"))]
            if "\t" in indent and lines[near].strip():
                return near + 1, indent.index("\t") + 1
    return None
