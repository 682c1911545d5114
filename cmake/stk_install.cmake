# Installed: the library, its headers, the testing component, a CMake package and a pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS stocktracker EXPORT stocktracker
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS stocktracker_testing EXPORT stocktracker
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(STK_BUILD_POSTGRES)
  install(TARGETS stocktracker_postgres EXPORT stocktracker
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
install(FILES data/limits.json DESTINATION ${CMAKE_INSTALL_DATADIR}/stocktracker)
install(EXPORT stocktracker NAMESPACE stocktracker:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/stocktracker)

# "TRUE" where the add-on is part of the installation.
if(STK_BUILD_POSTGRES)
  set(STK_HAS_POSTGRES TRUE)
else()
  set(STK_HAS_POSTGRES FALSE)
endif()
configure_package_config_file(cmake/stocktracker-config.cmake.in stocktracker-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/stocktracker)
write_basic_package_version_file(stocktracker-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/stocktracker-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/stocktracker-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/stocktracker)
# The pkg-config files find their prefix from where they lie, so that they follow `cmake --install --prefix` and a prefix
# that is moved. Absolute folders do not move.
set(STK_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  file(RELATIVE_PATH to_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
  set(STK_PC_PREFIX "\${pcfiledir}/${to_prefix}")
endif()
foreach(folder LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${folder}}")
    set(STK_PC_${folder} ${CMAKE_INSTALL_${folder}})
  else()
    set(STK_PC_${folder} "\${prefix}/${CMAKE_INSTALL_${folder}}")
  endif()
endforeach()
configure_file(cmake/stocktracker.pc.in stocktracker.pc @ONLY)
# stk_install_component_pc(NAME DESCRIPTION LIBS): stocktracker-NAME.pc; LIBS are added for a static link.
function(stk_install_component_pc STK_PC_COMPONENT STK_PC_DESCRIPTION STK_PC_LIBS_PRIVATE)
  configure_file(cmake/stocktracker-component.pc.in stocktracker-${STK_PC_COMPONENT}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/stocktracker-${STK_PC_COMPONENT}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
stk_install_component_pc(testing "Simulated marketplaces, doubles and contract suites of stocktracker" "-lpthread")
if(STK_BUILD_POSTGRES)
  stk_install_component_pc(postgres "The store of stocktracker on PostgreSQL" "-lpq -lpthread")
endif()
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/stocktracker.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
