"""Import of reviews from other sites, unpublished: there is no consent on file to display them here.

``google`` and ``csv_source`` read a file row by row, ``records`` validates each row, ``loader`` stores it, ``report``
counts the outcomes. Nothing that a file links to is fetched.
"""
