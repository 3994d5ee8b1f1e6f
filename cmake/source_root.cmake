# Our own sources include each other from the root of the repository. Projects
# that take us with add_subdirectory must not: a folder of theirs may have the
# name of one of ours. They see `include/` alone, as who installs us does.
function(rollcall_source_root target)
  if(PROJECT_IS_TOP_LEVEL)
    set(_scope PUBLIC)
  else()
    set(_scope PRIVATE)
  endif()
  target_include_directories(
    ${target} ${_scope} $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
endfunction()
