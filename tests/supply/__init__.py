"""What the site is made of: the pinned packages, their licenses, the bill of materials. script/sbom writes both.

It needs nothing but Python, since it runs among the pinned packages alone.
"""
