"""The laboratory: from the hand-over of milk to released, stored bottles."""
