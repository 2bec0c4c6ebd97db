# What every target of the project is compiled with. Targets link `sockeye_options` PRIVATE, so that none of it reaches
# a program that embeds the library.

option(SOCKEYE_WERROR "Treat warnings as errors" OFF)
option(SOCKEYE_COVERAGE "Instrument for gcov" OFF)
set(SOCKEYE_SANITIZE "" CACHE STRING "Sanitizer: address (with undefined), thread, or empty")
set_property(CACHE SOCKEYE_SANITIZE PROPERTY STRINGS "" address thread)

add_library(sockeye_options INTERFACE)
target_compile_features(sockeye_options INTERFACE cxx_std_20)

target_compile_options(sockeye_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Woverloaded-virtual -Wextra-semi
    -Wconversion # lengths that peers announce must not lose bits unseen
    -Wno-missing-field-initializers) # options are meant to be written {.one = ..., .that = ..., .differs = ...}
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(sockeye_options INTERFACE -Wno-restrict) # its "a" + std::string warnings are false
endif()
if(SOCKEYE_WERROR)
    target_compile_options(sockeye_options INTERFACE -Werror)
endif()

# Bounds checks in the standard library's containers wherever speed is not what is measured.
target_compile_definitions(sockeye_options INTERFACE $<$<NOT:$<CONFIG:Release>>:_GLIBCXX_ASSERTIONS>)

if(SOCKEYE_SANITIZE STREQUAL "address")
    set(flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(SOCKEYE_SANITIZE STREQUAL "thread")
    set(flags -fsanitize=thread -fno-omit-frame-pointer)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Asio uses fences, which g++ says that TSan does not model; every fence there is next to a lock that it does.
        list(APPEND flags -Wno-tsan)
    endif()
elseif(NOT SOCKEYE_SANITIZE STREQUAL "")
    message(FATAL_ERROR "SOCKEYE_SANITIZE is '${SOCKEYE_SANITIZE}': expected address, thread or nothing")
endif()
if(SOCKEYE_COVERAGE)
    list(APPEND flags --coverage)
endif()
target_compile_options(sockeye_options INTERFACE ${flags})
target_link_options(sockeye_options INTERFACE ${flags})
unset(flags)

# ccache must be told that a precompiled header's defines and times are not part of what it hashes, and the compilers to
# leave out of the header what changes from one build to the next; otherwise every use of one is a miss.
find_program(SOCKEYE_CCACHE ccache)
mark_as_advanced(SOCKEYE_CCACHE)
if(SOCKEYE_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${SOCKEYE_CCACHE}")
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(sockeye_options INTERFACE -fpch-preprocess)
    else()
        target_compile_options(sockeye_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
endif()
