"""Floor 1, the ground: sites, devices, quantities, readings, formats, codecs. Bytes in, readings out."""
