# Installs the CMake package: find_package(deepmaacc COMPONENTS io report cublas compiled). Three components for `cmake --install --component`:
# headers, which need no build, with the package files, licences and documentation; compiled, the library; command (in examples).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set_target_properties(deepmaacc PROPERTIES EXPORT_NAME deepmaacc)
foreach(component io report cublas compiled)
  if(TARGET deepmaacc_${component})
    set_target_properties(deepmaacc_${component} PROPERTIES EXPORT_NAME ${component})
  endif()
endforeach()

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/deepmaacc")
set(header_targets deepmaacc)
foreach(component io report cublas)
  if(TARGET deepmaacc_${component})
    list(APPEND header_targets deepmaacc_${component})
  endif()
endforeach()
install(TARGETS ${header_targets} EXPORT deepmaacc-targets)
install(EXPORT deepmaacc-targets NAMESPACE deepmaacc:: DESTINATION "${package_dir}" COMPONENT headers)
install(DIRECTORY include/deepmaacc DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT headers FILES_MATCHING PATTERN "*.hpp")
configure_package_config_file(cmake/deepmaacc-config.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/deepmaacc-config.cmake"
  INSTALL_DESTINATION "${package_dir}")
# Headers serve every machine, the compiled library one kind.
set(for_any_machine ARCH_INDEPENDENT)
if(DEEPMAACC_COMPILED)
  set(for_any_machine "")
  install(TARGETS deepmaacc_compiled EXPORT deepmaacc-compiled-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT compiled)
  install(EXPORT deepmaacc-compiled-targets NAMESPACE deepmaacc:: DESTINATION "${package_dir}" COMPONENT compiled)
endif()
# Below 1.0 a minor version may break users.
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/deepmaacc-config-version.cmake" COMPATIBILITY SameMinorVersion
  ${for_any_machine})
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/deepmaacc-config.cmake" "${CMAKE_CURRENT_BINARY_DIR}/deepmaacc-config-version.cmake"
  cmake/deepmaacc-dependencies.cmake DESTINATION "${package_dir}" COMPONENT headers)
# Messages name pages as docs/….md: that is where they are below this folder.
install(FILES LICENSE THIRD-PARTY.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT headers)
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT headers FILES_MATCHING PATTERN "*.md")
