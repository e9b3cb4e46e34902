"""The demo commune: a simulated Bát Tràng whose fleet speaks to Kênh the way real devices do.

Everything in it is simulated ("Số liệu mô phỏng"): real place names, neutral names for the parties that
get marks. `commune` is what stands there, `story` what happens, `play` publishes it, `crew` answers.
"""
