# Man pages and completions: written by the program itself from the tables that its commands parse by. The commands are
# those that stand in main.c's table.

set(MANUAL ${CMAKE_BINARY_DIR}/manual)
file(STRINGS cli/main.c ROWS REGEX "^    {\"[a-z-]+\", command_")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cli/main.c)
set(MANUAL_FILES)

function(manual_file FILE)
  add_custom_command(OUTPUT ${MANUAL}/${FILE} COMMAND textmill manual ${ARGN} > ${MANUAL}/${FILE} DEPENDS textmill VERBATIM)
  set(MANUAL_FILES ${MANUAL_FILES} ${MANUAL}/${FILE} PARENT_SCOPE)
endfunction()

file(MAKE_DIRECTORY ${MANUAL}/man1)
manual_file(man1/textmill.1 man)
foreach(ROW ${ROWS})
  string(REGEX REPLACE "^    {\"([a-z-]+)\".*" "\\1" NAME "${ROW}")
  manual_file(man1/textmill-${NAME}.1 man ${NAME})
endforeach()
manual_file(textmill.bash bash)
manual_file(_textmill zsh)
manual_file(textmill.fish fish)
add_custom_target(manual ALL DEPENDS ${MANUAL_FILES})

install(DIRECTORY ${MANUAL}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${MANUAL}/textmill.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME textmill)
install(FILES ${MANUAL}/_textmill DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${MANUAL}/textmill.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
