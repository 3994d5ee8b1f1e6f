# Writes rollcall.pc, rollcall-testing.pc and rollcall-gateway.pc. Our libraries are archives. Who
# links an archive links also what it needs, so all of that is public in the .pc
# file, and nobody has to ask pkg-config for --static.

# The folders are found from where the file is, so that the installation can be
# moved, and belongs to whatever prefix `cmake --install` is given.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(_pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
  file(RELATIVE_PATH _up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" /prefix)
  string(REGEX REPLACE "/$" "" _up "${_up}")
  set(_pc_prefix "\${pcfiledir}/${_up}")
endif()
foreach(_folder libdir includedir)
  string(TOUPPER ${_folder} _variable)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${_variable}}")
    set(_pc_${_folder} "${CMAKE_INSTALL_${_variable}}")
  else()
    set(_pc_${_folder} "\${prefix}/${CMAKE_INSTALL_${_variable}}")
  endif()
endforeach()

# CAF and Boost have no .pc file: their folders are named unless the compiler
# searches them anyway.
set(_pc_include_flags "")
if(CAF_INCLUDE_DIR
   AND NOT CAF_INCLUDE_DIR IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
  set(_pc_include_flags " -I${CAF_INCLUDE_DIR}")
endif()
get_filename_component(_caf_folder "${CAF_core_LIBRARY}" DIRECTORY)
set(_pc_link_folders "")
foreach(_folder ${_caf_folder} ${Boost_LIBRARY_DIRS})
  file(REAL_PATH "${_folder}" _folder)
  if(NOT _folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
    string(APPEND _pc_link_folders " -L${_folder}")
  endif()
endforeach()

set(_pc_files rollcall.pc rollcall-testing.pc)
if(ROLLCALL_BUILD_GATEWAY)
  list(APPEND _pc_files rollcall-gateway.pc)
endif()
foreach(_file ${_pc_files})
  configure_file(cmake/${_file}.in ${PROJECT_BINARY_DIR}/${_file} @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${_file} COMPONENT rollcall_dev
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
