# Checks the recipes for vcpkg and Conan as far as it goes without these tools:
# the port is run against stand-ins for what vcpkg calls, the Conan recipe by
# conan_recipe.py if there is Python.
#   cmake -DVERSION=X.Y.Z -DWORK=FOLDER -P tests/package/recipes.cmake
get_filename_component(_root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
set(CURRENT_PORT_DIR ${_root}/packaging/vcpkg/ports/rollcall)

file(READ ${CURRENT_PORT_DIR}/vcpkg.json _manifest)
string(JSON _version GET "${_manifest}" version-semver)
if(NOT _version STREQUAL VERSION)
  message(FATAL_ERROR "vcpkg.json has version ${_version}, and not ${VERSION}")
endif()

file(READ ${_root}/CMakeLists.txt _project)
function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 port "" SOURCE_PATH OPTIONS)
  if(NOT port_SOURCE_PATH STREQUAL _root)
    message(FATAL_ERROR "the port builds ${port_SOURCE_PATH}")
  endif()
  foreach(_option ${port_OPTIONS})
    string(REGEX REPLACE "^-D([A-Z_]+)=.*" "\\1" _name "${_option}")
    if(NOT _project MATCHES "option\\(${_name} ")
      message(FATAL_ERROR "the port sets ${_name}, which is no option")
    endif()
  endforeach()
  set(_is_configured TRUE PARENT_SCOPE)
endfunction()
function(vcpkg_check_features)
  cmake_parse_arguments(PARSE_ARGV 0 port "" OUT_FEATURE_OPTIONS FEATURES)
  list(GET port_FEATURES 0 _feature)
  list(GET port_FEATURES 1 _option)
  string(JSON _description GET "${_manifest}" features ${_feature} description)
  set(${port_OUT_FEATURE_OPTIONS} -D${_option}=ON PARENT_SCOPE)
endfunction()
function(vcpkg_install_copyright)
  if(NOT EXISTS "${ARGV1}")
    message(FATAL_ERROR "the port takes ${ARGV1} for the licence")
  endif()
endfunction()
foreach(_name vcpkg_check_linkage vcpkg_cmake_install vcpkg_cmake_config_fixup
              vcpkg_fixup_pkgconfig)
  cmake_language(EVAL CODE "function(${_name})\nendfunction()")
endforeach()
set(PORT rollcall)
set(CURRENT_PACKAGES_DIR ${WORK})
include(${CURRENT_PORT_DIR}/portfile.cmake)
if(NOT _is_configured OR NOT EXISTS ${WORK}/share/rollcall/usage)
  message(FATAL_ERROR "the port does not do its work")
endif()

find_program(_python python3)
if(_python)
  execute_process(
    COMMAND ${_python} -B ${CMAKE_CURRENT_LIST_DIR}/conan_recipe.py
            ${_root} ${VERSION} ${WORK}/conan
    COMMAND_ERROR_IS_FATAL ANY)
else()
  message(STATUS "no python3: the Conan recipe is not checked")
endif()
