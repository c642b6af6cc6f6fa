# Writes service_table.inc, one SERVICE(stem) per file of sim/services/<family>/, and builds the library
# of services with the catalogue that reads it. Adding a service is adding a file.
file(GLOB_RECURSE service_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sim/services/*.cpp)
list(SORT service_sources)
set(table "")
foreach(source IN LISTS service_sources)
  cmake_path(GET source STEM stem)
  string(APPEND table "SERVICE(${stem})\n")
endforeach()
set(generated ${CMAKE_BINARY_DIR}/generated)
file(CONFIGURE OUTPUT ${generated}/service_table.inc CONTENT "${table}" @ONLY)

add_library(neph_services STATIC ${service_sources} ${CMAKE_SOURCE_DIR}/sim/service_table.cpp)
target_include_directories(neph_services PRIVATE ${generated})
target_precompile_headers(neph_services REUSE_FROM neph_precompiled)
target_link_libraries(neph_services PUBLIC neph_cloud)
