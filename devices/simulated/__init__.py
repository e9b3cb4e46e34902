"""The simulated fleet: a commune's water, waste, rain and air as functions of time, and its devices' uplinks.

Pure: time in, uplinks out. `world` is what is true, `sensors` what a device makes of it, `envelopes` how a
network server wraps it, `fleet` all of it together; `story` holds the incidents that are staged.
"""
