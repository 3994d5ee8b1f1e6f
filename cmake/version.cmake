# Holds include/rollcall/version.hpp to the version of the project. The recipes in
# packaging/ are held to it by the test package_recipes.
set(_header ${PROJECT_SOURCE_DIR}/include/rollcall/version.hpp)
file(READ ${_header} _text)
foreach(_part MAJOR MINOR PATCH)
  if(NOT _text MATCHES
     "#define ROLLCALL_VERSION_${_part} ${PROJECT_VERSION_${_part}}\n")
    message(FATAL_ERROR "${_header}: ROLLCALL_VERSION_${_part} is not "
                        "${PROJECT_VERSION_${_part}}")
  endif()
endforeach()
if(NOT _text MATCHES "#define ROLLCALL_VERSION_STRING \"${PROJECT_VERSION}\"\n")
  message(FATAL_ERROR
          "${_header}: ROLLCALL_VERSION_STRING is not \"${PROJECT_VERSION}\"")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_header})
