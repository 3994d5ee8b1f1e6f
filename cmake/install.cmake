# What an embedder gets: `find_package(rollcall)` with rollcall::rollcall,
# rollcall::testing and, if it is built, rollcall::gateway; the same for
# pkg-config.
include(CMakePackageConfigHelpers)
set(_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/rollcall)

set(_targets rollcall rollcall_text rollcall_testing)
set_target_properties(rollcall_testing PROPERTIES EXPORT_NAME testing
                                                  EXCLUDE_FROM_ALL OFF)
if(ROLLCALL_BUILD_GATEWAY)
  list(APPEND _targets rollcall_gateway rollcall_gateway_protocol)
  set_target_properties(rollcall_gateway PROPERTIES EXPORT_NAME gateway)
endif()
install(TARGETS ${_targets} EXPORT rollcall-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT rollcall_dev
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT rollcall_dev)
install(EXPORT rollcall-targets NAMESPACE rollcall::
        DESTINATION ${_package_dir} COMPONENT rollcall_dev)

# No other header of ours: it could stand before one of the embedder's.
install(DIRECTORY include/rollcall DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT rollcall_dev)
configure_package_config_file(
  cmake/rollcall-config.cmake.in ${PROJECT_BINARY_DIR}/rollcall-config.cmake
  INSTALL_DESTINATION ${_package_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/rollcall-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rollcall-config.cmake
              ${PROJECT_BINARY_DIR}/rollcall-config-version.cmake
              cmake/FindCAF.cmake
        DESTINATION ${_package_dir} COMPONENT rollcall_dev)
include(cmake/pkg_config.cmake)
