# The port is part of the sources, so these are taken from where it stands.
get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../../../.." ABSOLUTE)
vcpkg_check_linkage(ONLY_STATIC_LIBRARY)
vcpkg_check_features(OUT_FEATURE_OPTIONS _features
                     FEATURES gateway ROLLCALL_BUILD_GATEWAY)
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS ${_features}
          -DROLLCALL_BUILD_APP=OFF
          -DROLLCALL_BUILD_BENCH=OFF
          -DROLLCALL_BUILD_EXAMPLES=OFF
          -DROLLCALL_BUILD_TESTS=OFF
          -DROLLCALL_INSTALL=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/rollcall)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage"
     DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
