"""What may be done with a review, one module a topic. Each step is atomic and adds a ReviewEvent.

Nothing here needs the center's private key except publishing a review and reading its photo.
"""
