# Our own sources include each other from the root of the repository. Projects
# that take us with add_subdirectory must not: a folder of theirs may have the
# name of one of ours. They find the few headers behind the public ones in a
# folder that holds nothing else.
set(ROLLCALL_HEADERS_BEHIND dot entry leaf ref_ptr snapshot)

function(rollcall_source_root target)
  if(PROJECT_IS_TOP_LEVEL)
    target_include_directories(${target}
                               PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
    return()
  endif()
  foreach(_header ${ROLLCALL_HEADERS_BEHIND})
    configure_file(${PROJECT_SOURCE_DIR}/crdt/${_header}.hpp
                   ${PROJECT_BINARY_DIR}/behind/crdt/${_header}.hpp COPYONLY)
  endforeach()
  target_include_directories(
    ${target} PRIVATE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
              PUBLIC $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/behind>)
endfunction()
