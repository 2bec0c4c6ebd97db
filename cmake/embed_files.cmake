# cmake -DFOLDER=… -DOUTPUT=… -P embed_files.cmake: writes a C++ source that holds the folder's files.
# Byte by byte, since a file may hold whatever would end a literal.

file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT files)
set(arrays "")
set(table "")
set(index 0)
foreach(file IN LISTS files)
    file(READ "${FOLDER}/${file}" bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(APPEND arrays "constexpr unsigned char file_${index}[] = {${bytes}0};\n")
    string(APPEND table "    {\"${file}\", {reinterpret_cast<const char*>(file_${index}), sizeof(file_${index}) - 1}},\n")
    math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${OUTPUT}" "#include \"server/built_in_page.hpp\"

namespace sockeye::app {

namespace {
${arrays}} // namespace

const std::vector<built_in_file>& built_in_page() {
    static const std::vector<built_in_file> files = {
${table}    };
    return files;
}

} // namespace sockeye::app
")
