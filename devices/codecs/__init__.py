"""Codec files as vendors publish them: YAML with vectors beside a JavaScript file. Text in, values out."""
