# The C++ of a Markdown document, as one source file whose messages name the document's lines:
#
#   ```cpp            statements: each block becomes a function
#   ```cpp global     what stands outside of functions, whole programs included
#   | Node | C++ |    a table with such a second column: each `code span` there is a statement
#
# SNIPPET_NAMES, the parameters of each function, is the prelude's.
#
# awk -v document=docs/page.md [-v prelude=names.hpp] -f extract.awk docs/page.md

BEGIN {
    FS = "|"
    if (prelude) printf "#include \"%s\"\n", prelude
}

/^```/ {
    if (kind == "statements") print "}}"
    if (kind) { kind = ""; next }
    kind = /^```cpp$/ ? "statements" : /^```cpp global$/ ? "global" : "other"
    if (kind != "other") { printf "#line %d \"%s\"\n", NR + 1, document; ++found }
    if (kind == "statements") printf "void from_line_%d(SNIPPET_NAMES) {{", NR + 1
    next
}
kind == "statements" || kind == "global" { print; next }
kind { next }

!/^\|/ { in_table = 0; next }
!in_table { in_table = $3 ~ /^ *C\+\+ *$/ ? "C++" : "other"; next }
in_table == "C++" {
    count = split($3, piece, "`") # text, code, text, code, text
    if (count < 3) next
    printf "#line %d \"%s\"\nvoid from_line_%d(SNIPPET_NAMES) {", NR, document, NR
    for (i = 2; i < count; i += 2) printf " { %s; }", piece[i]
    print " }"
    ++found
}

END {
    if (kind || !found) print "#error no snippets, or one that does not end"
}
