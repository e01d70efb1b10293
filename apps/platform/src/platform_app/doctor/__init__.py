"""`catalog doctor`: what is up, what lags, what is parked, what is stuck, and what to do.

`gathering` asks every part at once and writes down `facts`. `judging` makes `findings` of facts and asks
nobody: those about `parts` of a stack, and those about what goes on there (`flow`). `printing` shows them.
"""
