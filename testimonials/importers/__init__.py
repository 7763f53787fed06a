"""Reviews that were written elsewhere, brought in unpublished: nobody has permission on file to show them here.

``google`` and ``table`` read a file row by row, ``rows`` judges what each says, ``storing`` stores it, ``outcomes``
counts what became of it. Nothing a file points at is fetched.
"""
