"""Packs two trees: the code in src/ and the rulebook, which is data and lives beside it as `duecourse_rulebook`.

Everything else about the package stands in pyproject.toml, which has no way to say this.
"""

from setuptools import find_namespace_packages, setup

setup(
    packages=[*find_namespace_packages("src"), "duecourse_rulebook"],
    package_dir={"": "src", "duecourse_rulebook": "rulebook"},
)
