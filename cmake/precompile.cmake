# Most of the time of a build goes into the headers of CAF and Boost and into
# their templates, again for every file. There are two ways around it.

# The sources of a library are compiled together, so both are done once: least
# work for a whole build. Those that cannot stand in one file with others are
# named.
function(rollcall_unity target) # FILE...
  if(ROLLCALL_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON
                                               UNITY_BUILD_BATCH_SIZE 24)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

# The headers are read once and each source is compiled alone: less work after a
# change of one. Not for what is compiled together, where it would be more.
function(rollcall_precompile target) # HEADER...
  get_target_property(is_together ${target} UNITY_BUILD)
  if(ROLLCALL_PCH AND NOT is_together)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
