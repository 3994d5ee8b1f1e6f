"""Runs the steps of the Conan recipe against stand-ins for Conan's modules, and
configures the sources that it exports with the options that it sets.

    conan_recipe.py ROOT VERSION FOLDER
"""

import glob
import importlib.util
import os
import shutil
import subprocess
import sys
import types
from unittest import mock

root, version, work = sys.argv[1:]
folder = os.path.join(root, "packaging", "conan")


class AnyModule(types.ModuleType):
    """A module that has whatever is imported from it."""

    __path__ = []

    def __getattr__(self, name):
        return mock.MagicMock(name=name)


class BaseRecipe:
    """What the recipe's class inherits from."""

    recipe_folder = folder
    export_sources_folder = os.path.join(work, "sources")


def load(_, path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def copy(_, pattern, source, target):
    found = glob.glob(os.path.join(source, pattern))
    assert found, f"there is no {pattern}"
    for path in found:
        name = os.path.join(target, os.path.relpath(path, source))
        os.makedirs(os.path.dirname(name), exist_ok=True)
        if os.path.isdir(path):
            shutil.copytree(path, name, dirs_exist_ok=True)
        else:
            shutil.copy(path, name)


def load_recipe():
    for name in ("", ".errors", ".tools", ".tools.build", ".tools.cmake",
                 ".tools.files", ".tools.system",
                 ".tools.system.package_manager"):
        sys.modules["conan" + name] = AnyModule("conan" + name)
    sys.modules["conan"].ConanFile = BaseRecipe
    sys.modules["conan.tools.files"].load = load
    sys.modules["conan.tools.files"].copy = copy
    spec = importlib.util.spec_from_file_location(
        "conanfile", os.path.join(folder, "conanfile.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


shutil.rmtree(work, ignore_errors=True)
conanfile = load_recipe()
toolchain = mock.MagicMock(cache_variables={})
conanfile.CMakeToolchain = lambda _: toolchain
recipe = conanfile.RollcallConan()
recipe.settings = mock.MagicMock(os="Linux")
recipe.options = mock.MagicMock(gateway=True)
recipe.requires = mock.MagicMock()
recipe.cpp_info = mock.MagicMock()
recipe.source_folder = BaseRecipe.export_sources_folder
recipe.package_folder = os.path.join(work, "package")
for step in ("set_version", "export_sources", "layout", "requirements",
             "system_requirements", "validate", "generate", "build", "package",
             "package_info"):
    getattr(recipe, step)()
assert recipe.version == version, f"the recipe has version {recipe.version}"
options = [f"-D{name}={'ON' if value else 'OFF'}"
           for name, value in toolchain.cache_variables.items()]
subprocess.run(["cmake", "-S", BaseRecipe.export_sources_folder, "-B",
                os.path.join(work, "build"), *options], check=True)
