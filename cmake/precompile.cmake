# Most of the time of a build goes into reading the headers of CAF and Boost
# again for every file, so larger targets read them once.
function(rollcall_precompile target)
  if(ROLLCALL_PCH)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# The templates of CAF and Beast are instantiated once for many files. Those that
# cannot stand in one file with others are named.
function(rollcall_unity target) # FILE...
  if(ROLLCALL_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON
                                               UNITY_BUILD_BATCH_SIZE 12)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()
