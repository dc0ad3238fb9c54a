"""Reception: take-over of containers, intakes, quarantine."""
