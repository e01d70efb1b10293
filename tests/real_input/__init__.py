"""The platform's main job on a real catalogue: 1,442 models imported, published, revised, retired, compared.

`python -m tests.real_input embedded native` starts each stack and prints what every step took. What the store
must have is counted by `plain` from the same file, without any code of the platform.
"""
