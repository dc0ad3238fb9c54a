"""What a donor may ask of her data: a copy, and that it be erased; what traceability keeps."""
