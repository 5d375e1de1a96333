# SPDX-License-Identifier: Apache-2.0
# Scenario files as tests: cowbell_scenario_tests(PREFIX) takes all of the calling folder. Each runs
# in the simulator, twice, because two runs must not differ (S13); and what needs nothing that only
# a simulator has, on files and on loop devices as well.

# Faults, a world that changes, storage that is slower than any, and devices that are larger than a
# file can be: the rest is in both worlds.
set(COWBELL_ONLY_SIMULATED "\n *(fault |latency [^\n]*( stall|[0-9]s)|storage +device +0)")
string(APPEND COWBELL_ONLY_SIMULATED "|\n *([0-9]+: *)?(power_cut|resize)|\n *origin [^\n]*[0-9]T")

function(cowbell_scenario_tests prefix)
  set(in_both_worlds 0)
  file(GLOB scenarios CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cowbell)
  foreach(scenario ${scenarios})
    set(path ${CMAKE_CURRENT_SOURCE_DIR}/${scenario})
    cmake_path(REMOVE_EXTENSION scenario OUTPUT_VARIABLE name)
    add_test(NAME ${prefix}.${name} COMMAND cowbell run ${path} --quiet --twice)
    set_tests_properties(${prefix}.${name} PROPERTIES LABELS sim TIMEOUT 60)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${scenario})
    file(READ ${scenario} text)
    if(text MATCHES "${COWBELL_ONLY_SIMULATED}")
      continue()
    endif()
    math(EXPR in_both_worlds "${in_both_worlds} + 1")
    set(kinds files loop)
    if(text MATCHES "\n *storage +device ")
      set(kinds loop large-blocks)
    endif()
    foreach(kind ${kinds})
      set(test ${prefix}.${name}.on.${kind})
      add_test(NAME ${test}
        COMMAND ${PROJECT_SOURCE_DIR}/tests/replay/run-on-devices ${kind}
          $<TARGET_FILE:cowbell> ${path} ${CMAKE_CURRENT_BINARY_DIR})
      set_tests_properties(${test} PROPERTIES LABELS uring TIMEOUT 60 SKIP_RETURN_CODE 77)
    endforeach()
  endforeach()
  if(in_both_worlds EQUAL 0)
    message(FATAL_ERROR "No scenario of ${CMAKE_CURRENT_SOURCE_DIR} runs in both worlds any more")
  endif()
endfunction()
