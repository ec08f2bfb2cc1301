# pre-commit installs this repository to get the hooks `iamsim` and `iamsim-fix`. What it is to get is
# the wheel of the same version, which needs no Rust; the wheel itself is made by python/pyproject.toml.
from setuptools import setup

setup(
    name="pre_commit_placeholder_package",
    version="0.0.0",
    # Without this, setuptools takes the folders below src/ for packages.
    packages=[],
    install_requires=["iamsim==0.1.0"],
)
