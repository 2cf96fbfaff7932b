# What is installed besides program and plugins, and the Debian package: cpack -G DEB in the build folder. Included last, by
# the top level.

# The unit names the program by its place, which is known when it is installed.
install(CODE "
  file(READ \"${CMAKE_CURRENT_LIST_DIR}/../watch/textmill@.service\" UNIT)
  string(REPLACE \"@CMAKE_INSTALL_FULL_BINDIR@\" \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\" UNIT \"\${UNIT}\")
  set(FOLDER \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")
  message(STATUS \"Installing: \${FOLDER}/textmill@.service\")
  file(WRITE \"\${FOLDER}/textmill@.service\" \"\${UNIT}\")")
install(FILES ${CMAKE_CURRENT_LIST_DIR}/textmill.sysusers DESTINATION lib/sysusers.d RENAME textmill.conf)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/textmill RENAME copyright)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/textmill)
install(FILES plugins/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/textmill RENAME plugins.md)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME textmill)
set(CPACK_PACKAGE_VENDOR textmill)
set(CPACK_PACKAGE_CONTACT "textmill <textmill@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "mill for text: pipelines of native stages")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "A pipeline, written in a JSON file, names stages; documents stream through them.
What is cut is recorded, and the record can be replayed. Runs over files and
streams, or as a service over a drop folder. With what plugins are written with.")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION text)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS passwd)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake, pkg-config, g++ | c-compiler")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/debian/postinst ${CMAKE_CURRENT_LIST_DIR}/debian/prerm
  ${CMAKE_CURRENT_LIST_DIR}/debian/postrm)
include(CPack)
