# The SDK: the library that a plugin's tests link to, what find_package and pkg-config read, and the template of
# `textmill new-plugin`, put into the program.

file(GLOB TESTHOST_SOURCES CONFIGURE_DEPENDS testhost/*.c)
add_library(textmill_testhost SHARED ${TESTHOST_SOURCES})
target_link_libraries(textmill_testhost PRIVATE textmill_flags textmill_core)
target_include_directories(textmill_testhost INTERFACE
  $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_options(textmill_testhost PRIVATE -Wl,--exclude-libs,ALL -Wl,--as-needed)
set_target_properties(textmill_testhost PROPERTIES OUTPUT_NAME textmill-testhost EXPORT_NAME testhost)
add_library(textmill_plugin_headers INTERFACE)
target_include_directories(textmill_plugin_headers INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(textmill_plugin_headers PROPERTIES EXPORT_NAME headers)

# In a folder of its own: it is no library of the system's, and nothing but tests looks for it.
set(TESTHOST_DIR ${CMAKE_INSTALL_LIBDIR}/textmill)
set(PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/textmill)
install(TARGETS textmill_testhost EXPORT textmillTargets LIBRARY DESTINATION ${TESTHOST_DIR})
install(TARGETS textmill_plugin_headers EXPORT textmillTargets)
install(EXPORT textmillTargets NAMESPACE textmill:: DESTINATION ${PACKAGE_DIR})

include(CMakePackageConfigHelpers)
file(STRINGS include/textmill/types.h ABI REGEX "^#define TM_ABI_(MAJOR|MINOR) ")
string(REGEX REPLACE "[^0-9]*([0-9]+)u[^0-9]*([0-9]+)u.*" "\\1.\\2" TEXTMILL_ABI "${ABI}")
configure_package_config_file(cmake/textmillConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/textmillConfig.cmake
  INSTALL_DESTINATION ${PACKAGE_DIR} NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/textmillConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/textmillConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/textmillConfigVersion.cmake
  DESTINATION ${PACKAGE_DIR})

# Back from lib/pkgconfig (or lib/TRIPLET/pkgconfig) to the prefix, so that the whole can be moved.
file(RELATIVE_PATH TEXTMILL_UP "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" TEXTMILL_UP "${TEXTMILL_UP}")
foreach(NAME textmill textmill-testhost)
  configure_file(cmake/${NAME}.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${NAME}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${NAME}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

# template/FILE becomes a string constant, line by line.
set(TEMPLATE "/* Made of cli/template/ by cmake/sdk.cmake. */\n")
foreach(FILE CMakeLists.txt Makefile README.md gitignore longlines.c longlines.cpp test_longlines.c)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cli/template/${FILE})
  file(READ cli/template/${FILE} TEXT)
  string(REPLACE "@ABI@" "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}" TEXT "${TEXT}")
  string(REPLACE "\\" "\\\\" TEXT "${TEXT}")
  string(REPLACE "\"" "\\\"" TEXT "${TEXT}")
  string(REPLACE "\n" "\\n\"\n    \"" TEXT "${TEXT}")
  string(MAKE_C_IDENTIFIER ${FILE} ID)
  string(APPEND TEMPLATE "static const char template_${ID}[] =\n    \"${TEXT}\";\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/template/new_plugin_template.h CONTENT "@TEMPLATE@" @ONLY)
target_include_directories(textmill PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/template)
