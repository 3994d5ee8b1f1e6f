"""Conan 2 recipe of Rollcall's libraries: conan create packaging/conan"""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load
from conan.tools.system.package_manager import Apt

# The libraries alone: neither the node nor the tests.
SOURCES = (
    "CHANGELOG.md", "CMakeLists.txt", "LICENSE", "actors/*",
    "app/CMakeLists.txt", "app/gateway/*", "cmake/*", "crdt/*", "include/*",
    "messages/*", "packaging/deb/*", "text/*")

required_conan_version = ">=2.0"


class RollcallConan(ConanFile):
    name = "rollcall"
    description = "Presence for live systems, on the C++ Actor Framework"
    license = "BSD-3-Clause"
    topics = ("presence", "actor-framework", "phoenix-channels")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"gateway": [True, False]}
    default_options = {"gateway": True}

    @property
    def _root(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        header = os.path.join("include", "rollcall", "version.hpp")
        text = load(self, os.path.join(self._root, header))
        match = re.search(r'#define ROLLCALL_VERSION_STRING "([^"]+)"', text)
        self.version = match.group(1)

    def export_sources(self):
        for pattern in SOURCES:
            copy(self, pattern, self._root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("fmt/[>=9 <11]")
        self.requires("boost/[>=1.81 <1.84]")
        self.requires("openssl/[>=3 <4]")

    def system_requirements(self):
        # ConanCenter has no CAF 0.17.6 for Conan 2; Debian 12 and 13 have it.
        Apt(self).install(["libcaf-dev"], check=True)

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("Rollcall is made for Linux")

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("APP", "BENCH", "EXAMPLES", "TESTS"):
            toolchain.cache_variables[f"ROLLCALL_BUILD_{part}"] = False
        toolchain.cache_variables["ROLLCALL_BUILD_GATEWAY"] = bool(
            self.options.gateway)
        toolchain.cache_variables["ROLLCALL_INSTALL"] = True
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder,
             os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # CMake finds the config file that is installed, as without Conan.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "rollcall")]
        self.cpp_info.libs = ["rollcall_testing", "rollcall", "rollcall_text"]
        self.cpp_info.system_libs = ["caf_io", "caf_core", "pthread"]
        if self.options.gateway:
            self.cpp_info.libs[:0] = ["rollcall_gateway",
                                      "rollcall_gateway_protocol"]
        self.cpp_info.defines = ["ROLLCALL_TYPE_ID_OFFSET=60000"]
