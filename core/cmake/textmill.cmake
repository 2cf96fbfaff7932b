# What every target of the tree shares: warnings, sanitizers, and the function that makes a plugin.

option(TEXTMILL_WERROR "Warnings are errors" OFF)
set(TEXTMILL_SANITIZE "" CACHE STRING "Sanitizers for the whole tree: address,undefined or thread")

add_library(textmill_flags INTERFACE)
target_compile_features(textmill_flags INTERFACE c_std_11)
target_compile_definitions(textmill_flags INTERFACE _GNU_SOURCE)
target_compile_options(textmill_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -fno-strict-aliasing -ffp-contract=off)
if(TEXTMILL_WERROR)
  target_compile_options(textmill_flags INTERFACE -Werror)
endif()
if(TEXTMILL_SANITIZE)
  target_compile_options(textmill_flags INTERFACE -fsanitize=${TEXTMILL_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all -g)
  target_link_options(textmill_flags INTERFACE -fsanitize=${TEXTMILL_SANITIZE})
endif()


# For the last third of speed: link-time optimisation, and code laid out by a profile of real runs. tests/bench/pgo.sh
# makes such a build in one command.
option(TEXTMILL_LTO "Optimise at link time" OFF)
set(TEXTMILL_PGO "" CACHE STRING "Profile-guided build: generate (then run it) or use")
set(TEXTMILL_PGO_DIR "${CMAKE_BINARY_DIR}/profile" CACHE PATH "Where the profile is kept")
if(TEXTMILL_LTO)
  target_compile_options(textmill_flags INTERFACE -flto=auto)
  target_link_options(textmill_flags INTERFACE -flto=auto)
endif()
if(TEXTMILL_PGO STREQUAL "generate")
  target_compile_options(textmill_flags INTERFACE -fprofile-generate=${TEXTMILL_PGO_DIR} -fprofile-update=atomic)
  target_link_options(textmill_flags INTERFACE -fprofile-generate=${TEXTMILL_PGO_DIR})
elseif(TEXTMILL_PGO STREQUAL "use")
  target_compile_options(textmill_flags INTERFACE -fprofile-use=${TEXTMILL_PGO_DIR} -fprofile-partial-training
    -fprofile-correction -Wno-missing-profile)
  target_link_options(textmill_flags INTERFACE -fprofile-use=${TEXTMILL_PGO_DIR})
elseif(TEXTMILL_PGO)
  message(FATAL_ERROR "TEXTMILL_PGO is \"${TEXTMILL_PGO}\"; it may be generate, use or empty")
endif()

# textmill_add_plugin(NAME SOURCES a.c ... [LIBRARIES target ...] [DATA file ...])
# The shared object and its data land in <build>/plugins/NAME, as they do when installed. DATA are files to copy there;
# files that a build step makes are named by their path in the build tree.
function(textmill_add_plugin NAME)
  cmake_parse_arguments(P "" "" "SOURCES;LIBRARIES;DATA" ${ARGN})
  add_library(plugin_${NAME} MODULE ${P_SOURCES})
  set(OUT ${CMAKE_BINARY_DIR}/plugins/${NAME})
  set_target_properties(plugin_${NAME} PROPERTIES
    PREFIX "" OUTPUT_NAME ${NAME} C_VISIBILITY_PRESET hidden LIBRARY_OUTPUT_DIRECTORY ${OUT})
  target_include_directories(plugin_${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/core/include ${CMAKE_SOURCE_DIR}/plugins/kit)
  target_link_libraries(plugin_${NAME} PRIVATE textmill_flags ${P_LIBRARIES})
  if(NOT TEXTMILL_SANITIZE)
    target_link_options(plugin_${NAME} PRIVATE -Wl,-z,defs)
  endif()
  target_link_options(plugin_${NAME} PRIVATE -Wl,--exclude-libs,ALL)
  install(TARGETS plugin_${NAME} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/textmill/plugins/${NAME})
  foreach(FILE ${P_DATA})
    get_filename_component(BASE ${FILE} NAME)
    if(NOT "${FILE}" STREQUAL "${OUT}/${BASE}")
      add_custom_command(OUTPUT ${OUT}/${BASE} DEPENDS ${FILE}
        COMMAND ${CMAKE_COMMAND} -E copy ${FILE} ${OUT}/${BASE})
    endif()
    list(APPEND COPIES ${OUT}/${BASE})
    install(FILES ${OUT}/${BASE} DESTINATION ${CMAKE_INSTALL_LIBDIR}/textmill/plugins/${NAME})
  endforeach()
  if(COPIES)
    add_custom_target(plugin_${NAME}_data ALL DEPENDS ${COPIES})
    add_dependencies(plugin_${NAME} plugin_${NAME}_data)
  endif()
endfunction()

# textmill_add_test(NAME SOURCES a.c ... [LIBRARIES ...]): one program, one ctest case, linked to the core.
function(textmill_add_test NAME)
  cmake_parse_arguments(T "" "" "SOURCES;LIBRARIES;ARGS" ${ARGN})
  add_executable(test_${NAME} ${T_SOURCES})
  target_include_directories(test_${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/core ${CMAKE_SOURCE_DIR}/core/include
    ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(test_${NAME} PRIVATE textmill_flags textmill_core ${T_LIBRARIES})
  target_compile_definitions(test_${NAME} PRIVATE TEXTMILL_VERSION="${PROJECT_VERSION}")
  add_test(NAME ${NAME} COMMAND test_${NAME} ${T_ARGS})
  set_tests_properties(${NAME} PROPERTIES TIMEOUT 120 SKIP_RETURN_CODE 77)
endfunction()
