"""What staff upload besides pictures: checked before it is stored, with an error in words for whoever sent it."""
