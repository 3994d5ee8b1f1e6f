# Most of the time of a build goes into reading the headers of CAF and Boost
# again for every file, so larger targets read them once.
function(rollcall_precompile target)
  if(ROLLCALL_PCH)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
