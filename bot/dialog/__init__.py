"""The brain: flows, the engine that walks them, slots, templates. Pure but for `loader`, which reads disk."""
