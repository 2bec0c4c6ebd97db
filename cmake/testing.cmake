# Tests and fuzzers in one line each.

if(SOCKEYE_BUILD_TESTS)
    find_package(doctest REQUIRED)
    # doctest's runner is most of what a test file would compile: once for all test programs.
    add_library(sockeye_doctest_main STATIC "${PROJECT_SOURCE_DIR}/tests/support/doctest_main.cpp")
    target_link_libraries(sockeye_doctest_main PUBLIC doctest::doctest PRIVATE sockeye_options)
    # Tables of small numbers read better without casts. Takes effect where it is linked after sockeye_options.
    target_compile_options(sockeye_doctest_main INTERFACE -Wno-conversion)
endif()

# sockeye_test(NAME SOURCES file... LIBRARIES target... [INCLUDES dir...] [PCH header...])
#
# One program of doctest cases, registered with ctest. PCH names heavy headers beside doctest's own.
function(sockeye_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;INCLUDES;PCH")
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support" ${arg_INCLUDES})
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} sockeye_options sockeye_doctest_main)
    target_precompile_headers(${name} PRIVATE <doctest/doctest.h> ${arg_PCH})
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()

if(SOCKEYE_BUILD_FUZZERS)
    # What the fuzz preset builds: the fuzzers and what they link, which is never what moves bytes.
    add_custom_target(sockeye_fuzzers)
endif()

# sockeye_fuzzer(NAME LIBRARIES target... [INCLUDES dir...])
#
# The libFuzzer program NAME_fuzz from NAME_fuzz.cpp of the current folder. Its seeds (seeds/NAME) and the inputs that
# once broke it (regressions/NAME) are replayed by ctest.
function(sockeye_fuzzer name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;INCLUDES")
    set(target ${name}_fuzz)
    add_executable(${target} ${target}.cpp)
    target_include_directories(${target} PRIVATE ${arg_INCLUDES})
    target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} sockeye_options)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
    add_dependencies(sockeye_fuzzers ${target})
    foreach(kind IN ITEMS seeds regressions)
        if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/${kind}/${name}")
            add_test(NAME ${target}_${kind}
                COMMAND ${target} -runs=0 "${CMAKE_CURRENT_SOURCE_DIR}/${kind}/${name}")
        endif()
    endforeach()
endfunction()

# sockeye_header_check(NAME DIR include-dir LIBRARIES target...)
#
# Compiles each public header under DIR alone: a header must bring what it uses.
function(sockeye_header_check name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "DIR" "LIBRARIES")
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${arg_DIR}" "${arg_DIR}/*.hpp")
    set(sources)
    foreach(header IN LISTS headers)
        string(MAKE_C_IDENTIFIER "${header}" id)
        set(source "${CMAKE_CURRENT_BINARY_DIR}/header_check/${id}.cpp")
        file(CONFIGURE OUTPUT "${source}" CONTENT "#include <${header}>\n")
        list(APPEND sources "${source}")
    endforeach()
    if(sources)
        add_library(${name} OBJECT ${sources})
        target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} sockeye_options)
    endif()
endfunction()
