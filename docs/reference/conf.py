"""Settings of Sphinx for the reference of the planner; `make docs` builds it."""

from importlib import metadata

project = "milkround-routing"
author = "The Milkround team"
version = release = metadata.version("milkround")
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "alabaster"
html_show_copyright = False
html_show_sourcelink = False
autodoc_member_order = "groupwise"
autodoc_typehints = "description"
autodoc_class_signature = "separated"
napoleon_google_docstring = False
napoleon_use_ivar = True
nitpicky = False
