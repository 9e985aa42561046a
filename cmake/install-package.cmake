# Installs headers and the CMake package: find_package(deepmaacc COMPONENTS io report compiled).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set_target_properties(deepmaacc PROPERTIES EXPORT_NAME deepmaacc)
foreach(component io report compiled)
  if(TARGET deepmaacc_${component})
    set_target_properties(deepmaacc_${component} PROPERTIES EXPORT_NAME ${component})
  endif()
endforeach()

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/deepmaacc")
install(TARGETS ${deepmaacc_targets} EXPORT deepmaacc-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT deepmaacc-targets NAMESPACE deepmaacc:: DESTINATION "${package_dir}")
install(DIRECTORY include/deepmaacc DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
configure_package_config_file(cmake/deepmaacc-config.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/deepmaacc-config.cmake"
  INSTALL_DESTINATION "${package_dir}")
# Headers serve every machine, the compiled library one kind.
set(for_any_machine ARCH_INDEPENDENT)
if(DEEPMAACC_COMPILED)
  set(for_any_machine "")
endif()
# Below 1.0 a minor version may break users.
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/deepmaacc-config-version.cmake" COMPATIBILITY SameMinorVersion
  ${for_any_machine})
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/deepmaacc-config.cmake" "${CMAKE_CURRENT_BINARY_DIR}/deepmaacc-config-version.cmake"
  cmake/deepmaacc-dependencies.cmake DESTINATION "${package_dir}")
