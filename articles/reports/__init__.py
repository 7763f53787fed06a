"""What staff look through to plan their work: the content calendar, and reports over all articles and pages."""
