# Builds the files of the live page into a C++ source, so that the node is one
# file and needs no internet. phoenix.js comes from the npm package `phoenix`
# in this folder; app/run puts it there.
set(ROLLCALL_WEB_DIR ${CMAKE_CURRENT_LIST_DIR})

function(_rollcall_web_entry out path type file)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  set(${out} "  {\"${path}\", \"${type}\", {\"${bytes}\", ${size}}},\n"
      PARENT_SCOPE)
endfunction()

# Writes `target_file` if what it would hold has changed.
function(rollcall_embed_web target_file)
  set(phoenix ${ROLLCALL_WEB_DIR}/node_modules/phoenix/priv/static/phoenix.mjs)
  if(NOT EXISTS ${phoenix})
    message(WARNING "The live page will not connect: run `npm ci` in app/web, "
                    "or build by app/run.")
    set(phoenix ${ROLLCALL_WEB_DIR}/phoenix-missing.mjs)
  endif()
  set(script "text/javascript; charset=utf-8")
  _rollcall_web_entry(page "/" "text/html; charset=utf-8"
                      ${ROLLCALL_WEB_DIR}/index.html)
  _rollcall_web_entry(app "/assets/app.js" "${script}" ${ROLLCALL_WEB_DIR}/app.js)
  _rollcall_web_entry(cluster "/assets/cluster.js" "${script}"
                      ${ROLLCALL_WEB_DIR}/cluster.js)
  _rollcall_web_entry(style "/assets/style.css" "text/css; charset=utf-8"
                      ${ROLLCALL_WEB_DIR}/style.css)
  _rollcall_web_entry(icon "/assets/icon.svg" "image/svg+xml"
                      ${ROLLCALL_WEB_DIR}/icon.svg)
  _rollcall_web_entry(phoenix "/assets/phoenix.mjs" "${script}" ${phoenix})
  string(CONCAT source
    "#include \"app/node/web_files.hpp\"\n\nnamespace rollcall::node {\n\n"
    "namespace {\n\nconstexpr web_file files[] = {\n"
    "${page}${app}${cluster}${style}${icon}${phoenix}};\n\n} // namespace\n\n"
    "const web_file* find_web_file(std::string_view path) {\n"
    "  for (const auto& file : files)\n    if (file.path == path)\n"
    "      return &file;\n  return nullptr;\n}\n\n} // namespace rollcall::node\n")
  file(CONFIGURE OUTPUT ${target_file} CONTENT "${source}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${ROLLCALL_WEB_DIR}/index.html ${ROLLCALL_WEB_DIR}/app.js
    ${ROLLCALL_WEB_DIR}/cluster.js ${ROLLCALL_WEB_DIR}/style.css
    ${ROLLCALL_WEB_DIR}/icon.svg ${phoenix})
endfunction()
