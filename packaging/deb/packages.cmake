# `cpack` in the build folder makes Debian packages of what is built there:
# librollcall-dev and, with the node, rollcall-node. The libraries are archives,
# so there is no package with a shared library.
set(_deb ${CMAKE_CURRENT_LIST_DIR})
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME rollcall)
set(CPACK_PACKAGE_VENDOR "the Rollcall authors")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
# Each package has a description of its own.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER
    "Rollcall maintainers <maintainers@rollcall.invalid>")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)

# Installs a file into the packages alone: `cmake --install` leaves it out.
function(rollcall_deb_file component folder name file)
  install(FILES ${file} DESTINATION ${folder} RENAME ${name}
          COMPONENT ${component} EXCLUDE_FROM_ALL)
endfunction()

# What each package has for Debian: its licence and what changed.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             CHANGELOG.md config/rollcall.service)
find_program(ROLLCALL_GZIP gzip REQUIRED)
string(TIMESTAMP _date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${_deb}/changelog.in ${PROJECT_BINARY_DIR}/deb/changelog @ONLY)
execute_process(COMMAND ${ROLLCALL_GZIP} -9nc ${PROJECT_BINARY_DIR}/deb/changelog
                OUTPUT_FILE ${PROJECT_BINARY_DIR}/deb/changelog.Debian.gz
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${ROLLCALL_GZIP} -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md
                OUTPUT_FILE ${PROJECT_BINARY_DIR}/deb/changelog.gz
                COMMAND_ERROR_IS_FATAL ANY)
function(rollcall_deb_documents component package)
  set(_folder share/doc/${package})
  rollcall_deb_file(${component} ${_folder} copyright ${PROJECT_SOURCE_DIR}/LICENSE)
  foreach(_file changelog.Debian.gz changelog.gz)
    rollcall_deb_file(${component} ${_folder} ${_file}
                      ${PROJECT_BINARY_DIR}/deb/${_file})
  endforeach()
endfunction()

# librollcall-dev. An archive needs the libraries that it was compiled with: other
# versions of CAF, fmt and Boost have other symbols.
rollcall_deb_documents(rollcall_dev_debian librollcall-dev)
string(REGEX MATCH "^[0-9]+" _fmt "${fmt_VERSION}")
math(EXPR _fmt_next "${_fmt} + 1")
string(JOIN ", " CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
       "libcaf-dev (>= ${CAF_VERSION})" "libcaf-dev (<< ${CAF_VERSION}.1)"
       "libfmt-dev (>= ${_fmt})" "libfmt-dev (<< ${_fmt_next})"
       "libboost-json${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR}-dev"
       "libssl-dev (>= 3)")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME librollcall-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_DESCRIPTION
    "presence for live systems, on the C++ Actor Framework
Who is here, right now? This library answers that for a game backend or another
live system that embeds it, on every node of a cluster. The package brings
headers, archives, and what CMake and pkg-config need to find them.")
set(_components rollcall_dev rollcall_dev_debian)

# rollcall-node, with a service that starts when the package is installed, as
# Debian's services do. It listens on the loopback until somebody changes that.
if(TARGET rollcall-node)
  rollcall_deb_documents(rollcall_node_debian rollcall-node)
  file(READ ${PROJECT_SOURCE_DIR}/config/rollcall.service _unit)
  string(REPLACE /usr/local/ /usr/ _unit "${_unit}")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/deb/rollcall.service
       CONTENT "${_unit}" @ONLY)
  rollcall_deb_file(rollcall_node_debian /usr/lib/systemd/system rollcall.service
                    ${PROJECT_BINARY_DIR}/deb/rollcall.service)
  rollcall_deb_file(rollcall_node_debian /etc/rollcall rollcall.conf
                    ${PROJECT_SOURCE_DIR}/config/rollcall.conf)
  set(CPACK_DEBIAN_NODE_PACKAGE_NAME rollcall-node)
  set(CPACK_DEBIAN_NODE_PACKAGE_SECTION net)
  set(CPACK_DEBIAN_NODE_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_NODE_PACKAGE_DEPENDS adduser)
  set(CPACK_DEBIAN_NODE_PACKAGE_CONTROL_EXTRA
      ${_deb}/conffiles ${_deb}/postinst ${_deb}/prerm ${_deb}/postrm)
  set(CPACK_DEBIAN_NODE_DESCRIPTION
      "presence server that speaks Phoenix Channels
A node of Rollcall: it tells clients of the Phoenix Channels protocol who is
here, right now, in each topic, alone or as one of a cluster. It runs as a
service of its own user, with its settings in /etc/rollcall.")
  list(APPEND _components rollcall_node rollcall_node_debian)
endif()

set(CPACK_COMPONENTS_ALL ${_components})
include(CPack)
foreach(_component ${_components})
  string(REGEX MATCH "dev|node" _group ${_component})
  cpack_add_component(${_component} GROUP ${_group})
endforeach()
