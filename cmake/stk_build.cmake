# How every target of ours is compiled, and how tests, examples and fuzzers are declared.

find_program(STK_CCACHE ccache)
if(STK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # It passes by what is compiled with a precompiled header, and must: GCC compares the times of headers with those in the
  # precompiled one, so that a kept one defines everything twice.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${STK_CCACHE})
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
# The installed binary finds the library beside it.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

function(stk_compile_options target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wshadow -Wpedantic -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 warns of overlapping copies inside its own std::string at -O2 (its bug 105651).
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A compiler that does not collect its garbage below 512 MB is an eighth quicker.
    target_compile_options(${target} PRIVATE --param=ggc-min-heapsize=524288)
  endif()
  if(STK_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A source that is included by its group's file looks like a header to GCC, and its anonymous namespace like a mistake.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
  if(STK_WERROR)
    set_target_properties(${target} PROPERTIES COMPILE_WARNING_AS_ERROR ON)
  endif()
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(STK_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${STK_SANITIZE} -fno-omit-frame-pointer)
  endif()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  stk_link_options(${target})
endfunction()

function(stk_link_options target)
  if(STK_SANITIZE)
    target_link_options(${target} PUBLIC -fsanitize=${STK_SANITIZE})
  endif()
endfunction()

# stk_precompile(target HEADER...): compiled once for all sources of the target, where builds are for developing. What is
# shipped is built without: a source that forgets an include does not compile there.
function(stk_precompile target)
  if(STK_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# Counts the lines of a library's own sources; what links it needs the counters' runtime.
function(stk_count_lines target)
  if(STK_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
    target_link_options(${target} PUBLIC --coverage)
  endif()
endfunction()

# stk_add_test(NAME name SOURCES a.cpp ... LABELS unit ... [INTERNAL] [TIMEOUT seconds])
# One Catch2 executable. INTERNAL links the private symbols.
function(stk_add_test)
  cmake_parse_arguments(arg "INTERNAL" "NAME;TIMEOUT" "SOURCES;LABELS" ${ARGN})
  add_executable(${arg_NAME} ${arg_SOURCES})
  stk_compile_options(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE stk_catch_main Threads::Threads)
  if(arg_INTERNAL)
    target_link_libraries(${arg_NAME} PRIVATE stocktracker_internal_testing)
  else()
    target_link_libraries(${arg_NAME} PRIVATE stocktracker::testing)
  endif()
  target_precompile_headers(${arg_NAME} REUSE_FROM stk_catch_main)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_test(NAME ${arg_NAME} COMMAND ${arg_NAME} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${arg_NAME} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
  foreach(label unit contract property golden)
    if(label IN_LIST arg_LABELS)
      add_dependencies(tests_fast ${arg_NAME})  # what the address sanitizer builds
    endif()
  endforeach()
  if("threads" IN_LIST arg_LABELS)
    add_dependencies(tests_threads ${arg_NAME})  # what the thread sanitizer builds
  endif()
endfunction()

# stk_add_cases(name SOURCES a.cpp ...): tests that several executables run, compiled once.
# Use: stk_add_test(... SOURCES $<TARGET_OBJECTS:name>).
function(stk_add_cases name)
  cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
  add_library(${name} OBJECT ${arg_SOURCES})
  stk_compile_options(${name})
  target_link_libraries(${name} PRIVATE stk_catch_main stocktracker_internal_testing SQLite::SQLite3)
  target_precompile_headers(${name} REUSE_FROM stk_catch_main)
endfunction()

# stk_add_example(01_name): examples/01_name.cpp against the public targets alone, run as a test.
function(stk_add_example name)
  add_executable(example_${name} ${name}.cpp)
  stk_compile_options(example_${name})
  target_link_libraries(example_${name} PRIVATE stocktracker::testing)
  if(STK_BUILD_TESTS)
    add_test(NAME example_${name} COMMAND example_${name})
    set_tests_properties(example_${name} PROPERTIES LABELS example TIMEOUT 60)
  endif()
endfunction()

# stk_add_fuzzer(name SOURCES name.cpp): a libFuzzer target with the corpus tests/fuzz/corpus/name.
function(stk_add_fuzzer name)
  add_executable(fuzz_${name} ${name}.cpp)
  stk_compile_options(fuzz_${name})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_${name} PRIVATE stocktracker_internal)
endfunction()
